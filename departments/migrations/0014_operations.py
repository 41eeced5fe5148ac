"""What the system administrator sees of all houses' queues (ids and states), and an auditor of sign-ins.

Each function asks for the role itself: the walls of the queues and of the audit stay as they are.
"""

from django.db import migrations

from msw_portal.kernel.walls import Definer

ROW = (
    "table (source text, id text, kind text, house text, state text, attempts integer, "
    "not_before timestamptz, created_at timestamptz, done_at timestamptz, error text)"
)
ROWS = """
  (select 'outbox', o.id::text, o.topic::text, h.code::text, o.state::text, o.attempts, o.not_before,
          o.created_at, o.done_at, o.error
     from departments_outbox o join departments_organization h on h.id = o.organization_id
    where app.role() = 'sysadmin' and p_source in ('', 'outbox') and (p_state = '' or o.state = p_state)
    order by o.id desc limit p_limit)
  union all
  (select 'job', j.uid::text, j.kind::text, h.code::text, j.state::text, j.attempts, j.not_before,
          j.created_at, j.done_at, j.error
     from departments_job j join departments_organization h on h.id = j.organization_id
    where app.role() = 'sysadmin' and p_source in ('', 'job') and (p_state = '' or j.state = p_state)
    order by j.id desc limit p_limit)
"""
COUNTS = """
  select 'outbox', state::text, count(*)::integer from departments_outbox where app.role() = 'sysadmin' group by state
  union all
  select 'job', state::text, count(*)::integer from departments_job where app.role() = 'sysadmin' group by state
"""
RETRY = """
begin
  if app.role() <> 'sysadmin' then return false; end if;
  if p_source = 'outbox' then
    update departments_outbox set state = 'ready', attempts = 0, not_before = now(), lease_until = null
     where id::text = p_id and state = 'dead';
  else
    update departments_job set state = 'ready', attempts = 0, not_before = now(), lease_until = null, cancel_asked = false
     where uid::text = p_id and state = 'dead';
  end if;
  return found;
end
"""
# Sign-ins stand in the installation's chain; a house's auditor reads those of the house's own people.
SIGN_INS_ROW = (
    "table (at timestamptz, user_id bigint, username text, display_name text, action text, "
    "result text, ip text, body text)"
)
SIGN_INS = """
  select e.at, u.id, u.username::text, u.display_name::text, e.action::text, e.result::text, e.ip::text, e.body
    from departments_auditentry e
    join departments_user u on u.id = coalesce(e.subject_id, e.actor_id)
   where app.role() in ('auditor', 'system') and e.organization_id = 1 and e.at >= p_since
     and split_part(e.action, '.', 1) in ('sign_in', 'second_factor', 'password')
     and (e.subject_kind = 'user' or e.subject_kind = '')
     and exists (select 1 from departments_membership m
                  where m.user_id = u.id and m.organization_id = app.org())
   order by e.at desc, e.id desc limit p_limit
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0013_compliance")]
    operations = [
        Definer(
            "queue_rows(p_source text, p_state text, p_limit integer)",
            ROW,
            ROWS,
            language="sql",
            volatility="STABLE",
        ),
        Definer(
            "queue_counts()",
            "table (source text, state text, n integer)",
            COUNTS,
            language="sql",
            volatility="STABLE",
        ),
        Definer("queue_retry(p_source text, p_id text)", "boolean", RETRY),
        Definer(
            "house_sign_ins(p_since timestamptz, p_limit integer)",
            SIGN_INS_ROW,
            SIGN_INS,
            language="sql",
            volatility="STABLE",
        ),
    ]
