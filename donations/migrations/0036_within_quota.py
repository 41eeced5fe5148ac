"""A request is approved within the places of its programme's version, and says whether its sum was the least of its limits."""

from django.db import migrations, models

from msw_portal.kernel.walls import Definer, Trigger

REFUSE = "raise exception '{text}' using errcode = '23514', constraint = '{name}'"
FULL = REFUSE.format(text="no place is left", name="funding_request_within_quota")
SIDES = REFUSE.format(text="not this side''s to write", name="funding_request_sides")
# The version is locked, so that two approvals at once do not both see the last place. What was approved
# before stays: only the arrow is looked at.
APPROVED = f"""
declare places int; helped bigint;
begin
  if app.org() is null then return new; end if;
  if new.is_least is distinct from old.is_least and app.org() is distinct from old.counterparty_id then {SIDES}; end if;
  if new.state = 'approved' and old.state <> 'approved' then
    select quota into places from donations_programmeversion where id = new.programme_version_id and quota is not null
       for no key update;
    if places is not null then
      select count(*) into helped from donations_fundingrequest r
       where r.programme_version_id = new.programme_version_id and r.id <> new.id and r.committed > 0
         and r.state in ('approved', 'agreement', 'disbursing', 'disbursed', 'reconciled', 'revisited', 'closed', 'deceased');
      if helped >= places then {FULL}; end if;
    end if;
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0035_no_money_after_death")]

    operations = [
        migrations.AddField(
            model_name="fundingrequest",
            name="is_least",
            field=models.BooleanField(editable=False, null=True, verbose_name="按上限核定"),
        ),
        Definer("funding_request_approved()", "trigger", APPROVED),
        Trigger(
            "donations.FundingRequest",
            "approved",
            "BEFORE UPDATE OF state, is_least",
            "app.funding_request_approved()",
        ),
    ]
