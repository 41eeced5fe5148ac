"""How many open cases somebody supervises: a number, as the caseload's, for who ends roles and for the head."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

SUPERVISED = """
  select count(*) from cases_case
   where organization_id = app.org() and supervisor_id = p_user and closed_at is null
     and app.role() in ('secadmin', 'dept_head', 'system')
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0038_group_parts_rekeyed")]

    operations = [
        Definer(
            "supervised_count(p_user bigint)",
            "bigint",
            SUPERVISED,
            language="sql",
            volatility="STABLE",
        ),
    ]
