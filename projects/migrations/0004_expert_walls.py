"""Experts' tables behind their walls: an expert writes the own marks and nothing else, and what was sent stays."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

# Marks, conflicts and appointments stay written: they are voided, lifted or withdrawn.
KEEP = "SELECT, INSERT, UPDATE"
PLAIN = """
-- The expert is a guest of the house that runs the call: marks what was assigned, until it is sent.
CREATE FUNCTION app.review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
declare
  is_guest boolean := app.org() is null and app.guest() is not null;
  moving text[] := array['state', 'is_voided', 'void_reason', 'is_released', 'row_version', 'updated_at'];
  own text[] := array['state', 'answers', 'comment', 'score', 'band', 'total', 'is_final', 'finalized_at',
                      'row_version', 'updated_at'];
begin
  if coalesce(current_setting('app.rekey', true), '') = '1' and tg_op = 'UPDATE' then return new; end if;
  if tg_op = 'INSERT' then
    if is_guest then
      raise exception 'not the part of a guest' using errcode = '23514', constraint = 'review_own_part';
    end if;
    return new;
  end if;
  if old.state in ('submitted', 'voided', 'recused')
     and (to_jsonb(new) - moving <> to_jsonb(old) - moving
          or (new.state <> old.state and not (old.state = 'submitted' and new.state = 'voided'))) then
    raise exception 'sent marks stay' using errcode = '23514', constraint = 'review_is_sent';
  end if;
  if is_guest and (to_jsonb(new) - own <> to_jsonb(old) - own
                   or old.state not in ('assigned', 'opened') or new.state = 'voided') then
    raise exception 'not the part of a guest' using errcode = '23514', constraint = 'review_own_part';
  end if;
  -- Nobody marks in an expert's name: what the house may do with an unsent review is take it away.
  if not is_guest and old.state in ('assigned', 'opened') and new.state = 'submitted'
     and app.usr() is distinct from old.expert_user_id and (select app.role()) <> 'system' then
    raise exception 'only the expert marks' using errcode = '23514', constraint = 'review_own_part';
  end if;
  return new;
end $$;

-- What was sent to a unit stays as sent; reading it is noted.
CREATE FUNCTION app.letter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
declare noted text[] := array['read_at', 'row_version', 'updated_at'];
begin
  if old.sent_at is not null and to_jsonb(new) - noted <> to_jsonb(old) - noted then
    raise exception 'a sent letter stays' using errcode = '23514', constraint = 'letter_is_sent';
  end if;
  return new;
end $$;

-- The own row of an expert: what is said of oneself, never the standing in the bank.
CREATE FUNCTION app.expert_own() RETURNS trigger LANGUAGE plpgsql AS $$
declare own text[] := array['row_version', 'updated_at'] || tg_argv[0:];
begin
  if app.org() is not null or app.guest() is null then return new; end if;
  if tg_op = 'INSERT' then
    if tg_table_name <> 'projects_conflict' or to_jsonb(new) ->> 'is_computed' <> 'false'
       or to_jsonb(new) ->> 'lifted_at' is not null then
      raise exception 'not the part of a guest' using errcode = '23514', constraint = 'review_own_part';
    end if;
  elsif to_jsonb(new) - own <> to_jsonb(old) - own then
    raise exception 'not the part of a guest' using errcode = '23514', constraint = 'review_own_part';
  end if;
  return new;
end $$;
"""
UNDO = "DROP FUNCTION app.expert_own(); DROP FUNCTION app.letter_guard(); DROP FUNCTION app.review_guard();"
# A file of an application is shown to who marks it, as long as the packet lives; no other guest finds it.
PACKET_FILE = """
  select d.* from departments_document d
    join projects_review r on d.subject_kind = 'application' and d.subject_id = r.application_id
    join cases_disclosure c on c.id = r.packet_id
   where d.uid = p_uid and d.voided_at is null
     and d.counterparty_id = r.organization_id and r.organization_id = app.guest()
     and r.expert_user_id = app.usr() and r.state in ('assigned', 'opened', 'submitted')
     and c.withdrawn_at is null and (c.expires_at is null or c.expires_at > now())
   limit 1
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_experts")]

    operations = [
        migrations.RunSQL(PLAIN, UNDO),
        Wall("projects.ExpertProfile", "OWN", person="user_id", grant=KEEP),
        Wall("projects.Appointment", "OWN", person="user_id", grant=KEEP),
        Wall("projects.Conflict", "OWN", person="user_id"),
        Wall("projects.ReviewPlan", "TENANT"),
        Wall("projects.AssignmentRun", "TENANT", grant=KEEP),
        Wall("projects.Review", "OWN", person="expert_user_id", grant=KEEP),
        Wall("projects.Panel", "TENANT", grant=KEEP),
        Wall("projects.OutcomeLetter", "SHARED"),
        Trigger(
            "projects.ExpertProfile",
            "expert_own",
            "BEFORE INSERT OR UPDATE",
            "app.expert_own('ties', 'ties_at', 'is_available', 'fields', 'title')",
        ),
        Trigger(
            "projects.Appointment", "expert_own", "BEFORE INSERT OR UPDATE", "app.expert_own()"
        ),
        Trigger("projects.Conflict", "expert_own", "BEFORE INSERT OR UPDATE", "app.expert_own()"),
        Trigger("projects.Review", "review_guard", "BEFORE INSERT OR UPDATE", "app.review_guard()"),
        Trigger("projects.OutcomeLetter", "letter_guard", "BEFORE UPDATE", "app.letter_guard()"),
        Trigger("projects.OutcomeLetter", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Definer(
            "packet_file(p_uid uuid)",
            "SETOF departments_document",
            PACKET_FILE,
            language="sql",
            volatility="STABLE",
        ),
    ]
