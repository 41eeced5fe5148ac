"""A deadline can rest; a task of a closed compartment is for who may enter it, and for whose it is."""

from django.db import migrations, models

from msw_portal.kernel.walls import POLICIES

TABLE = "departments_task"


def _wall(name):
    using = POLICIES[name].using
    return (
        f"ALTER POLICY wall ON {TABLE} USING ({using}) WITH CHECK ({using});"
        f"COMMENT ON TABLE {TABLE} IS 'wall:{name}'"
    )


class Migration(migrations.Migration):
    dependencies = [("departments", "0047_audit_numbered")]
    operations = [
        migrations.AddField(
            model_name="task",
            name="paused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(_wall("TENANT+COMP"), _wall("TENANT")),
    ]
