"""Mandatory reports stand behind a wall of their own; what must be known of them outside is one yes or no."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

# The parts follow their report; nobody forges the compartment.
TAKE_REPORT = """
begin
  select r.compartment_id, r.organization_id into strict new.compartment_id, new.organization_id
    from cases_mandatoryreport r where r.id = new.report_id;
  return new;
end
"""
# A case is closed by people who may not know of the report: they learn no more than that it cannot be.
IS_OPEN = """
  select exists (select 1 from cases_mandatoryreport r
   where r.case_id = p_case and r.organization_id = app.care() and r.ended_at is null)
"""
IS_WAITING = """
  select exists (select 1 from cases_mandatoryreport r
   where r.case_id = p_case and r.organization_id = app.care() and r.state = 'opened')
"""
ALERT_IS_REPORTED = """
begin
  if exists (select 1 from cases_mandatoryreport r where r.case_id = new.case_id and r.state = 'opened')
     or (new.trigger = 'minor_harm' and new.mandatory_report_at is null
         and not exists (select 1 from cases_mandatoryreport r where r.case_id = new.case_id)) then
    raise exception 'harm is reported first'
      using errcode = '23514', constraint = 'risk_alert_minor_harm_is_reported';
  end if;
  return new;
end
"""
# What was reported stays as reported; re-keying alone rewrites ciphertext.
FREEZE_REPORT = """
begin
  if coalesce(current_setting('app.rekey', true), '') = '1' and tg_op = 'UPDATE' then return new; end if;
  if tg_op = 'DELETE' or new.case_id <> old.case_id or new.compartment_id <> old.compartment_id
     or new.organization_id <> old.organization_id
     or (old.ended_at is not null and app.content_differs(to_jsonb(old), to_jsonb(new), array[]::text[])) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  return new;
end
"""
PARTS = ("cases.ReportNotice", "cases.ReportEntry")


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_mandatory_reports"), ("departments", "0019_training_apart")]
    operations = [
        Wall("cases.MandatoryReport", "NAMED"),
        Wall("cases.ReportNotice", "NAMED"),
        Wall("cases.ReportEntry", "NAMED"),
        Definer("take_report()", "trigger", TAKE_REPORT),
        Definer("freeze_report()", "trigger", FREEZE_REPORT),
        Definer("alert_is_reported()", "trigger", ALERT_IS_REPORTED),
        Definer(
            "report_is_open(p_case bigint)", "boolean", IS_OPEN, language="sql", volatility="STABLE"
        ),
        Definer(
            "report_is_waiting(p_case bigint)",
            "boolean",
            IS_WAITING,
            language="sql",
            volatility="STABLE",
        ),
        *(
            Trigger(part, "take_report", "BEFORE INSERT OR UPDATE", "app.take_report()")
            for part in PARTS
        ),
        *(
            Trigger(
                part,
                "entry_frozen",
                "BEFORE UPDATE OR DELETE",
                "app.freeze_content('created_at')",
            )
            for part in PARTS
        ),
        Trigger(
            "cases.MandatoryReport",
            "report_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_report()",
        ),
        Trigger(
            "cases.MandatoryReport",
            "they_share_a_house",
            "BEFORE INSERT OR UPDATE OF organization_id, case_id, department_id",
            "app.same_house('case_id', 'cases_case', 'department_id', 'departments_department')",
        ),
        Trigger(
            "cases.RiskAlert",
            "alert_is_reported",
            "BEFORE UPDATE OF state",
            "app.alert_is_reported()",
            condition="new.state = 'resolved' AND old.state <> 'resolved' "
            "AND new.trigger IN ('minor_harm', 'violence')",
        ),
    ]
