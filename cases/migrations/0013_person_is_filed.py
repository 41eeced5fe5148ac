"""Whether an identity may be taken away: asked beyond the compartments, answered with yes or no alone."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

BODY = """
  with own as (select id from cases_client where root_id = p_root and organization_id = app.care())
  select exists (select 1 from cases_case c where c.client_id in (select id from own))
         or exists (select 1 from cases_referral r where r.client_id in (select id from own))
         or exists (select 1 from cases_consent s where s.client_id in (select id from own)),
         exists (select 1 from cases_case c where c.client_id in (select id from own) and c.closed_at is null)
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_rights_and_households")]
    operations = [
        Definer(
            "person_is_filed(p_root bigint)",
            "table (is_filed boolean, is_served boolean)",
            BODY,
            language="sql",
            volatility="STABLE",
        ),
    ]
