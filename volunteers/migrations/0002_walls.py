"""Every table behind its wall; places are given out, and copies of the person kept, by the database."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house
# What a volunteer did stays written: rows are voided or cancelled, never deleted.
KEEP = "SELECT, INSERT, UPDATE"
PLAIN = """
-- app.own_part('<column>', ...): a volunteer, who acts as a guest, changes the named columns of the own
-- row and no other; '+' first lets a row be added.
CREATE FUNCTION app.own_part() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if app.org() is not null or app.guest() is null then return new; end if;
  if (tg_op = 'INSERT' and coalesce(tg_argv[0], '') <> '+') or (tg_op = 'UPDATE'
     and to_jsonb(new) - (array['row_version', 'updated_at'] || tg_argv[0:])
         is distinct from to_jsonb(old) - (array['row_version', 'updated_at'] || tg_argv[0:])) then
    raise exception 'not the part of a guest' using errcode = '23514', constraint = 'volunteer_own_part';
  end if;
  return new;
end $$;

-- A volunteer checks in and out, writes what was done and asks for a correction; hours are confirmed,
-- corrected and voided by the house.
CREATE FUNCTION app.own_service() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if app.org() is not null or app.guest() is null then return new; end if;
  if new.confirmed_by_id is distinct from (case when tg_op = 'UPDATE' then old.confirmed_by_id end)
     or (new.state in ('confirmed', 'voided') and (tg_op = 'INSERT' or new.state <> old.state))
     or (tg_op = 'UPDATE' and old.state not in ('open', 'recorded')
         and to_jsonb(new) - array['row_version', 'updated_at', 'state', 'dispute']
             is distinct from to_jsonb(old) - array['row_version', 'updated_at', 'state', 'dispute']) then
    raise exception 'not the part of a guest' using errcode = '23514', constraint = 'volunteer_own_part';
  end if;
  return new;
end $$;

-- Time between in and out without the break, down to half hours.
CREATE FUNCTION app.service_hours(p_in timestamptz, p_out timestamptz, p_break integer) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  select floor((extract(epoch from (p_out - p_in)) / 60 - p_break) / 30) / 2 $$;

CREATE FUNCTION app.take_hours() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  new.hours := app.service_hours(new.checked_in, new.checked_out, new.break_minutes);
  return new;
end $$;

ALTER TABLE volunteers_servicerecord
  ADD CONSTRAINT service_record_hours_follow_times
  CHECK (hours IS NOT DISTINCT FROM app.service_hours(checked_in, checked_out, break_minutes)),
  ADD CONSTRAINT service_record_break_within
  CHECK (checked_out IS NULL OR extract(epoch from (checked_out - checked_in)) / 60 >= break_minutes);
"""
UNDO = """
ALTER TABLE volunteers_servicerecord DROP CONSTRAINT service_record_break_within;
ALTER TABLE volunteers_servicerecord DROP CONSTRAINT service_record_hours_follow_times;
DROP FUNCTION app.take_hours(); DROP FUNCTION app.service_hours(timestamptz, timestamptz, integer);
DROP FUNCTION app.own_service(); DROP FUNCTION app.own_part();
"""
# House and account come from the volunteer, whatever was written.
TAKE_VOLUNTEER = """
begin
  if new.volunteer_id is null then new.user_id := null; return new; end if;
  select organization_id, user_id into strict new.organization_id, new.user_id
    from volunteers_volunteer where id = new.volunteer_id;
  if tg_table_name = 'volunteers_servicerecord' then
    select title into strict new.title from volunteers_post where id = new.post_id;
  end if;
  return new;
end
"""
SPREAD_ACCOUNT = """
begin
  update volunteers_volunteerrecord set user_id = new.user_id where volunteer_id = new.id;
  update volunteers_signup set user_id = new.user_id where volunteer_id = new.id;
  update volunteers_servicerecord set user_id = new.user_id where volunteer_id = new.id;
  update volunteers_certificate set user_id = new.user_id where volunteer_id = new.id;
  return null;
end
"""
# The row of the shift is locked first, so that places go out one by one and those who wait stand in order.
TAKE_PLACE = """
declare house bigint; starts timestamptz; is_open boolean; is_cancelled boolean;
begin
  if tg_op = 'INSERT' then
    select s.organization_id, s.starts_at, tstzrange(s.starts_at, s.ends_at), p.title,
           s.is_open and p.is_open, s.cancelled_at is not null
      into strict house, starts, new.during, new.title, is_open, is_cancelled
      from volunteers_shift s join volunteers_post p on p.id = s.post_id
     where s.id = new.shift_id for no key update of s;
    select organization_id, user_id into strict new.organization_id, new.user_id
      from volunteers_volunteer where id = new.volunteer_id;
    if house <> new.organization_id then
      raise exception 'no such shift' using errcode = '23514', constraint = 'row_of_the_same_house';
    end if;
    -- The house may still write down who turned up after the beginning.
    if is_cancelled or (app.org() is null and app.guest() is not null and (not is_open or starts <= now())) then
      raise exception 'shift is closed' using errcode = '23514', constraint = 'shift_is_closed';
    end if;
    update volunteers_shift set taken = taken + 1 where id = new.shift_id and taken < capacity;
    new.state := case when found then 'confirmed' else 'waiting' end;
    select 1 + coalesce(max(place), 0) into new.place from volunteers_signup where shift_id = new.shift_id;
    return new;
  end if;
  if new.state = old.state then return new; end if;
  if old.state = 'waiting' and new.state = 'confirmed' then
    update volunteers_shift set taken = taken + 1 where id = new.shift_id and taken < capacity;
    if not found then
      raise exception 'shift is full' using errcode = '23514', constraint = 'shift_is_full';
    end if;
  elsif old.state = 'confirmed' and new.state = 'cancelled' then
    update volunteers_shift set taken = taken - 1 where id = new.shift_id;
  elsif not ((old.state = 'waiting' and new.state = 'cancelled')
             or (old.state = 'confirmed' and new.state in ('attended', 'no_show'))
             or (old.state = 'no_show' and new.state = 'attended')) then
    raise exception 'sign-up is over' using errcode = '23514', constraint = 'signup_is_final';
  end if;
  return new;
end
"""
# Whoever cancels may not see who waits: the oldest is moved up here, and named to the caller.
PROMOTE = """
declare s volunteers_shift;
begin
  select * into s from volunteers_shift where id = p_shift
     and organization_id in (app.org(), app.guest()) for no key update;
  if not found or s.taken >= s.capacity or s.cancelled_at is not null or s.starts_at <= now() then return; end if;
  return query
    update volunteers_signup u set state = 'confirmed'
     where u.id = (select w.id from volunteers_signup w where w.shift_id = p_shift and w.state = 'waiting'
                    order by w.place, w.id limit 1)
    returning u.id, u.uid;
end
"""
AHEAD = """
  select count(*)::integer from volunteers_signup mine join volunteers_signup other on other.shift_id = mine.shift_id
   where mine.id = p_signup and mine.organization_id in (app.org(), app.guest())
     and (app.org() is not null or mine.user_id = app.usr())
     and other.state = 'waiting' and (other.place, other.id) < (mine.place, mine.id)
"""
MOVE_SIGNUPS = """
begin
  update volunteers_signup set during = tstzrange(new.starts_at, new.ends_at)
   where shift_id = new.id and state in ('waiting', 'confirmed');
  return null;
end
"""
OWN_COLUMNS = (
    "'phone', 'phone_bidx', 'phone_bidx2', 'email', 'address', 'work', 'education', 'languages', "
    "'skills', 'availability', 'preferred', 'health', 'emergency'"
)
PUT = "BEFORE INSERT OR UPDATE"


def _taken(model: str, more: str = "") -> Trigger:
    return Trigger(
        model,
        "take_volunteer",
        f"{PUT} OF volunteer_id, user_id, organization_id{more}",
        "app.take_volunteer()",
    )


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0001_volunteers"), ("cases", "0032_duplicate_walls")]
    operations = [
        migrations.RunSQL(PLAIN, UNDO),
        Wall("volunteers.Volunteer", "OWN", person="user_id", grant=KEEP),
        Wall("volunteers.VolunteerRecord", "OWN", person="user_id", grant=KEEP),
        Wall("volunteers.Post", "GUEST", grant=KEEP),
        Wall("volunteers.Shift", "GUEST", grant=KEEP),
        Wall("volunteers.Signup", "OWN", person="user_id", grant=KEEP),
        Wall("volunteers.ServiceRecord", "OWN", person="user_id", grant=KEEP),
        Wall("volunteers.Certificate", "OWN", person="user_id", grant=KEEP),
        Definer("take_volunteer()", "trigger", TAKE_VOLUNTEER),
        Definer("spread_volunteer_account()", "trigger", SPREAD_ACCOUNT),
        Definer("take_place()", "trigger", TAKE_PLACE),
        Definer("move_signups()", "trigger", MOVE_SIGNUPS),
        Definer(
            "promote_oldest(p_shift bigint)", "table (signup_id bigint, signup_uid uuid)", PROMOTE
        ),
        Definer(
            "waiting_ahead(p_signup bigint)",
            "integer",
            AHEAD,
            language="sql",
            volatility="STABLE",
        ),
        Trigger("volunteers.Volunteer", "own_part", PUT, f"app.own_part({OWN_COLUMNS})"),
        Trigger("volunteers.VolunteerRecord", "own_part", PUT, "app.own_part()"),
        Trigger("volunteers.Certificate", "own_part", PUT, "app.own_part()"),
        Trigger(
            "volunteers.Signup", "own_part", PUT, "app.own_part('+', 'state', 'agreed_risks_at')"
        ),
        Trigger("volunteers.ServiceRecord", "own_service", PUT, "app.own_service()"),
        Trigger(
            "volunteers.ServiceRecord",
            "take_hours",
            f"{PUT} OF checked_in, checked_out, break_minutes, hours",
            "app.take_hours()",
        ),
        _taken("volunteers.VolunteerRecord"),
        _taken("volunteers.ServiceRecord", ", post_id"),
        _taken("volunteers.Certificate"),
        Trigger("volunteers.Signup", "take_place", f"{PUT} OF state", "app.take_place()"),
        Trigger(
            "volunteers.Volunteer",
            "spread_account",
            "AFTER UPDATE OF user_id",
            "app.spread_volunteer_account()",
            condition="old.user_id IS DISTINCT FROM new.user_id",
        ),
        Trigger(
            "volunteers.Shift",
            "move_signups",
            "AFTER UPDATE OF starts_at, ends_at",
            "app.move_signups()",
            condition="old.starts_at IS DISTINCT FROM new.starts_at OR old.ends_at IS DISTINCT FROM new.ends_at",
        ),
        same_house(
            "volunteers.Volunteer",
            department_id="departments_department",
            guardian_consent_id="departments_document",
            inbox_item_id="departments_inboxitem",
        ),
        same_house("volunteers.VolunteerRecord", document_id="departments_document"),
        same_house(
            "volunteers.Post",
            department_id="departments_department",
            ward_id="departments_department",
        ),
        same_house("volunteers.Shift", post_id="volunteers_post"),
        same_house(
            "volunteers.ServiceRecord",
            post_id="volunteers_post",
            shift_id="volunteers_shift",
            corrects_id="volunteers_servicerecord",
            need_id="cases_need",
            activity_id="cases_activity",
        ),
        same_house(
            "volunteers.Certificate",
            link_id="departments_accesslink",
            replaces_id="volunteers_certificate",
        ),
    ]
