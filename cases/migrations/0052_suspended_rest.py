"""The clocks of cases that are suspended now rest; who left the work of a house is named for nothing there."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

# As clocks.RUNS_ON has it: dangers, consents, authorities and colleagues wait for nobody's rest.
REST = """
UPDATE departments_task t SET paused_at = c.suspended_at
  FROM cases_case c
 WHERE t.subject_kind = 'case' AND t.subject_id = c.id AND t.organization_id = c.organization_id
   AND c.suspended_at IS NOT NULL AND c.closed_at IS NULL AND t.state = 'open'
   AND t.kind NOT IN ('risk_alert', 'crisis_report', 'consent_notice', 'consent_withdrawn', 'reconsent_14',
     'reconsent_18', 'reconsent_text', 'transfer', 'co_sign', 'co_sign_returned', 'state_aid')
"""
# Kept until hand-over: the own open cases, and an unfinished report that nobody else is named for.
END_NAMES = """
  with ended as (
    update departments_accessgrant g set valid = tstzrange(lower(g.valid), now())
     where g.organization_id = app.care() and g.user_id = p_user and g.kind = 'named' and g.valid @> now()
       and lower(g.valid) < now()
       and not exists (select 1 from cases_case c
         where c.id = g.compartment_id and c.organization_id = app.care() and c.worker_id = p_user and c.closed_at is null)
       and not exists (select 1 from cases_mandatoryreport r
         where r.compartment_id = g.compartment_id and r.organization_id = app.care() and r.ended_at is null
           and not exists (select 1 from departments_accessgrant o
             where o.organization_id = app.care() and o.compartment_id = g.compartment_id and o.kind = 'named'
               and o.valid @> now() and o.user_id <> p_user))
    returning 1)
  select count(*) from ended
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0051_ending_without_danger"),
        ("departments", "0048_tasks_apart"),
    ]
    operations = [
        migrations.RunSQL(REST, migrations.RunSQL.noop),
        Definer("end_names(p_user bigint)", "bigint", END_NAMES, language="sql"),
    ]
