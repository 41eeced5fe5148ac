"""Nobody approves more than was proposed: that sum is what the committee and the public have seen."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

WITHIN = """
begin
  if new.amount > (select proposed from donations_fundingrequest where id = new.request_id) then
    raise exception 'more than was proposed' using errcode = '23514', constraint = 'funding_act_approved_within_proposed';
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0032_lists_taken")]

    operations = [
        Definer("approved_within_proposed()", "trigger", WITHIN),
        Trigger(
            "donations.FundingAct",
            "approved_within_proposed",
            "BEFORE INSERT",
            "app.approved_within_proposed()",
            condition="new.step = 'approve'",
        ),
    ]
