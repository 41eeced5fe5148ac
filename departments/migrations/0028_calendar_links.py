"""One live calendar feed of a role; a guest of the house (a volunteer) keeps the own one too."""

from django.db import migrations, models

from msw_portal.kernel.walls import POLICIES

TABLE = "departments_accesslink"
LINK = POLICIES["LINK"]
BEFORE_CHECK = "organization_id = (select app.org())"
BEFORE_USING = f"{BEFORE_CHECK} or token_hash = (select app.token())"


def _policies(using, check):
    return [
        f"ALTER POLICY wall_select ON {TABLE} USING ({using})",
        f"ALTER POLICY wall_insert ON {TABLE} WITH CHECK ({check})",
        f"ALTER POLICY wall_update ON {TABLE} USING ({check}) WITH CHECK ({check})",
        f"ALTER POLICY wall_delete ON {TABLE} USING ({check})",
    ]


class Migration(migrations.Migration):
    dependencies = [("departments", "0027_waiting_tasks")]
    operations = [
        migrations.RunSQL(_policies(LINK.using, LINK.check), _policies(BEFORE_USING, BEFORE_CHECK)),
        migrations.AddConstraint(
            model_name="accesslink",
            constraint=models.UniqueConstraint(
                name="access_link_one_live_calendar",
                fields=["organization", "subject_id"],
                condition=models.Q(kind="calendar", revoked_at__isnull=True),
            ),
        ),
    ]
