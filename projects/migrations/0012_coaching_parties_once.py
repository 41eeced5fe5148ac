"""A coaching note takes its parties when it is written: a change of keys, which alone updates it, asks nothing anew."""

from django.db import migrations

DROP = "DROP TRIGGER take_parties ON projects_coachingnote;"
MAKE = (
    "CREATE TRIGGER take_parties BEFORE {when} ON projects_coachingnote "
    "FOR EACH ROW EXECUTE FUNCTION app.take_parties('projects_project', 'project_id');"
)


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_call_files")]
    operations = [
        migrations.RunSQL(
            DROP + MAKE.format(when="INSERT"), DROP + MAKE.format(when="INSERT OR UPDATE")
        )
    ]
