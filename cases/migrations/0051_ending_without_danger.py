"""A case does not end over a danger; nobody calls a family for somebody who has died."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

# Sees every alert and report: who ends the case may not be named for all of them.
ENDS_WITHOUT_DANGER = """
begin
  if exists (select 1 from cases_riskalert a where a.case_id = new.id and a.handled_at is null)
     or exists (select 1 from cases_mandatoryreport r where r.case_id = new.id and r.ended_at is null) then
    raise exception 'a danger is still open'
      using errcode = '23514', constraint = 'case_ends_without_danger';
  end if;
  return new;
end
"""
ENDED = "'closed', 'declined', 'referred_out', 'voided'"
# Of every case of the person, those of level 5 too, which who notes the death may not know.
CANCEL_CALLS = """
  with cancelled as (
    update departments_task t set state = 'cancelled', closed_at = now()
     where t.organization_id = app.care() and t.state = 'open' and t.subject_kind = 'case'
       and t.kind in ('follow_up', 'discharge_call', 'next_contact')
       and t.subject_id in (
         select c.id from cases_case c join cases_client p on p.id = c.client_id
          where p.root_id = p_root and c.organization_id = app.care())
    returning 1)
  select count(*) from cancelled
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0050_alert_trigger_words"), ("departments", "0047_audit_numbered")]
    operations = [
        Definer("ends_without_danger()", "trigger", ENDS_WITHOUT_DANGER),
        Definer("cancel_calls(p_root bigint)", "bigint", CANCEL_CALLS, language="sql"),
        Trigger(
            "cases.Case",
            "ends_without_danger",
            "BEFORE UPDATE OF stage",
            "app.ends_without_danger()",
            condition=f"new.stage in ({ENDED}) and old.stage not in ({ENDED})",
        ),
    ]
