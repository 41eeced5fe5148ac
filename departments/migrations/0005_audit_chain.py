"""The hash chain: an entry is linked at COMMIT, so the lane's lock is held for the flush only."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

TEXT = """
CREATE FUNCTION app.audit_text(e departments_auditentry) RETURNS bytea LANGUAGE sql STABLE AS $$
  select convert_to(concat_ws('|', e.id::text, e.organization_id::text, (extract(epoch from e.at) * 1000000)::bigint::text,
                              coalesce(e.actor_id::text, ''), e.action, e.subject_kind, coalesce(e.subject_uid::text, ''),
                              e.result, e.body), 'UTF8') $$;
"""
CHAIN = """
declare s bigint; h bytea; k smallint := 0;
begin
  perform pg_advisory_xact_lock(100 + k, new.organization_id::int);
  select seq + 1, sha256(hash || app.audit_text(new)) into s, h from departments_auditlink
   where organization_id = new.organization_id and lane = k order by seq desc limit 1;
  insert into departments_auditlink (organization_id, lane, seq, entry_id, hash)
  values (new.organization_id, k, coalesce(s, 1), new.id, coalesce(h, sha256(app.audit_text(new))));
  return null;
end
"""
# A record's own history for those who may open the record: the house's chain only, newest first.
HISTORY = """
  select e.at, e.actor_id, u.display_name::text, e.role::text, e.action::text, e.result::text, e.body
    from departments_auditentry e left join departments_user u on u.id = e.actor_id
   where e.organization_id = app.org() and e.subject_uid = p_subject
   order by e.at desc, e.id desc limit p_limit
"""
HISTORY_ROWS = "table (at timestamptz, actor_id bigint, actor_name text, role text, action text, result text, body text)"
# A relay's effect happens in another house's scope; the row of the sender is closed under its fence alone.
DONE = """
  with done as (update departments_outbox set state = 'done', lease_until = null, error = '', done_at = now()
                 where id = p_id and fence = p_fence and state = 'leased' returning 1)
  select exists (select 1 from done)
"""
SWEEP = """
  with gone as (delete from departments_idempotencykey where expires_at < now() returning 1),
       old as (delete from departments_ratewindow where window_start < now() - interval '1 day' returning 1)
  select (select count(*) from gone)::integer + (select count(*) from old)::integer
"""
READINESS = """
  select (select coalesce(extract(epoch from now() - min(not_before)), 0)::integer from departments_outbox
           where state = 'ready' and not_before <= now()),
         (select coalesce(extract(epoch from now() - min(not_before)), 0)::integer from departments_job
           where state = 'ready' and not_before <= now()),
         (select count(*)::integer from departments_outbox where state = 'dead'),
         (select count(*)::integer from departments_auditentry e
           where e.at > now() - interval '1 hour'
             and not exists (select 1 from departments_auditlink l where l.entry_id = e.id))
"""
READINESS_ROW = (
    "table (outbox_lag integer, oldest_job integer, outbox_dead integer, unchained integer)"
)
FROZEN = "BEFORE UPDATE OR DELETE OR TRUNCATE"
GONE = "BEFORE DELETE OR TRUNCATE"


class Migration(migrations.Migration):
    dependencies = [("departments", "0004_shared_triggers")]
    operations = [
        migrations.RunSQL(TEXT, "DROP FUNCTION app.audit_text(departments_auditentry);"),
        Definer("audit_chain()", "trigger", CHAIN),
        Definer(
            "audit_of_subject(p_subject uuid, p_limit integer)",
            HISTORY_ROWS,
            HISTORY,
            language="sql",
            volatility="STABLE",
        ),
        Definer("outbox_done(p_id uuid, p_fence bigint)", "boolean", DONE, language="sql"),
        Definer("sweep_expired()", "integer", SWEEP, language="sql"),
        Definer("readiness()", READINESS_ROW, READINESS, language="sql", volatility="STABLE"),
        Trigger(
            "departments.AuditEntry",
            "audit_chain",
            "AFTER INSERT",
            "app.audit_chain()",
            constraint=True,
        ),
        Trigger(
            "departments.AuditEntry",
            "audit_entry_frozen",
            FROZEN,
            "app.refuse_change()",
            statement=True,
        ),
        Trigger(
            "departments.AuditLink",
            "audit_link_frozen",
            FROZEN,
            "app.refuse_change()",
            statement=True,
        ),
        Trigger(
            "departments.Transition",
            "transition_frozen",
            GONE,
            "app.refuse_change()",
            statement=True,
        ),
        # The wall moves with the case: a move made before secrecy was raised follows into the compartment.
        Trigger(
            "departments.Transition",
            "transition_keeps_its_words",
            "BEFORE UPDATE",
            "app.refuse_change()",
            condition="to_jsonb(old) - 'compartment_id' IS DISTINCT FROM to_jsonb(new) - 'compartment_id'",
        ),
        Trigger("departments.Document", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Trigger("departments.Message", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Trigger(
            "departments.Questionnaire",
            "questionnaire_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_when('published_at')",
        ),
    ]
