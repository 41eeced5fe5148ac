"""Marks of a family beside its request, and the question whether they meet a register; it answers yes or no."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from msw_portal.kernel.walls import Definer

# Asked by the deciding house alone, of its own running request; the marks themselves never leave.
HIT = """
  select exists (
    select 1 from donations_requestsheet s join donations_fundingrequest r on r.id = s.request_id
     where r.id = p_request and r.counterparty_id = app.org() and r.on_hold_at is null
       and r.state not in ('draft', 'rejected', 'rejected_ineligible', 'withdrawn', 'objection_upheld', 'recovered', 'closed')
       and s.tie_marks::text[] && p_marks)
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0039_rest_and_other_grants")]

    operations = [
        migrations.AddField(
            model_name="requestsheet",
            name="tie_marks",
            field=ArrayField(
                models.CharField(max_length=40),
                blank=True,
                editable=False,
                null=True,
                size=None,
            ),
        ),
        Definer(
            "ties_hit(p_request bigint, p_marks text[])",
            "boolean",
            HIT,
            language="sql",
            volatility="STABLE",
        ),
    ]
