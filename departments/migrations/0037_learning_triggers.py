"""Nobody supervises himself, an attendance belongs to its event's house, and what is signed stays as it is."""

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

FROZEN = "raise exception '% is frozen', tg_table_name using errcode = '23514', constraint = 'row_is_frozen'"
ITSELF = (
    "raise exception 'a supervisor cannot supervise himself' "
    "using errcode = '23514', constraint = 'learning_leader_not_attendee'"
)
# Re-keying (app.rekey = 1) rewrites ciphertext and is no change of content.
REKEYED = "coalesce(current_setting('app.rekey', true), '') = '1'"
PART = f"""
declare e departments_learningevent; person bigint;
begin
  if {REKEYED} then return new; end if;
  select * into e from departments_learningevent where id = coalesce(new.event_id, old.event_id) for key share;
  if e.signed_at is not null then
    if tg_op <> 'UPDATE' or to_jsonb(new) - array['certificate_no', 'row_version', 'updated_at']
       is distinct from to_jsonb(old) - array['certificate_no', 'row_version', 'updated_at'] then
      {FROZEN};
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' then return old; end if;
  new.organization_id := e.organization_id;
  person := coalesce(new.user_id, (select s.user_id from departments_staffprofile s where s.id = new.staff_id));
  if person is not null and e.kind in ('supervision', 'coaching') and (
    (new.role = 'attendee' and e.leader_id = person)
    or exists (
      select 1 from departments_learningattendance a left join departments_staffprofile s on s.id = a.staff_id
       where a.event_id = new.event_id and a.id is distinct from new.id and a.role <> new.role
         and coalesce(a.user_id, s.user_id) = person)) then
    {ITSELF};
  end if;
  return new;
end
"""
EVENT = f"""
begin
  if {REKEYED} then return new; end if;
  if old.signed_at is not null then {FROZEN}; end if;
  if tg_op = 'DELETE' then return old; end if;
  if new.kind in ('supervision', 'coaching') and new.leader_id is not null and exists (
    select 1 from departments_learningattendance a left join departments_staffprofile s on s.id = a.staff_id
     where a.event_id = new.id and a.role = 'attendee' and coalesce(a.user_id, s.user_id) = new.leader_id) then
    {ITSELF};
  end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0036_learning")]
    operations = [
        Definer("learning_part()", "trigger", PART),
        Definer("learning_event()", "trigger", EVENT),
        Trigger(
            "departments.LearningAttendance",
            "learning_part",
            "BEFORE INSERT OR UPDATE OR DELETE",
            "app.learning_part()",
        ),
        Trigger(
            "departments.LearningEvent",
            "learning_event",
            "BEFORE UPDATE OR DELETE",
            "app.learning_event()",
        ),
    ]
