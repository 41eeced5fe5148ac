"""Trigger functions that many tables share; apps attach them with the Trigger operation."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

PLAIN = """
-- Every update of a public row raises its version; re-keying (app.rekey = 1) is no change of content.
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if coalesce(current_setting('app.rekey', true), '') <> '1' then
    new.row_version := old.row_version + 1;
    new.updated_at := now();
  end if;
  return new;
end $$;

CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  raise exception '% on % is refused: rows are append-only', tg_op, tg_table_name
    using errcode = '23514', constraint = 'append_only';
end $$;

-- app.freeze_when('is_final'): a row whose column is true, or not null, keeps its content.
CREATE FUNCTION app.freeze_when() RETURNS trigger LANGUAGE plpgsql AS $$
declare v text := to_jsonb(old) ->> tg_argv[0];
begin
  if v is not null and v <> 'false' then
    raise exception '% is frozen', tg_table_name using errcode = '23514', constraint = 'row_is_frozen';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;

-- On every SHARED table: the owner never changes, the other party is set once and never cleared.
CREATE FUNCTION app.keep_parties() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if new.organization_id <> old.organization_id
     or (old.counterparty_id is not null and new.counterparty_id is distinct from old.counterparty_id) then
    raise exception 'the parties of % are fixed', tg_table_name using errcode = '23514', constraint = 'parties_are_fixed';
  end if;
  return new;
end $$;
"""
UNDO = """
DROP FUNCTION app.keep_parties(); DROP FUNCTION app.freeze_when();
DROP FUNCTION app.refuse_change(); DROP FUNCTION app.touch();
"""

# app.take_compartment(): BEFORE INSERT OR UPDATE on children of a case; Python cannot forge either value.
TAKE_COMPARTMENT = """
begin
  if new.case_id is null then new.compartment_id := null; return new; end if;
  select c.compartment_id, c.organization_id into strict new.compartment_id, new.organization_id
    from cases_case c where c.id = new.case_id for key share;
  return new;
end
"""

# app.take_parties('<parent table>', '<foreign key column>'): children of a SHARED parent follow it.
TAKE_PARTIES = """
declare p record; j jsonb;
begin
  execute format('select to_jsonb(t) from %I t where t.id = $1', tg_argv[0])
     into j using (to_jsonb(new) ->> tg_argv[1])::bigint;
  if j is null then raise exception 'no parent' using errcode = '23503'; end if;
  new.organization_id := (j ->> 'organization_id')::bigint;
  new.counterparty_id := (j ->> 'counterparty_id')::bigint;
  if to_jsonb(new) ? 'is_care' then
    new.is_care := coalesce((j ->> 'is_care')::boolean, false);
    new.compartment_id := (j ->> 'compartment_id')::bigint;
  end if;
  return new;
end
"""

# app.spread_parties('<child table>', '<foreign key column>', ...): after the parent is sent, its children follow.
SPREAD_PARTIES = """
declare n integer := 0;
begin
  while n < tg_nargs loop
    execute format('update %I set counterparty_id = $1 where %I = $2 and counterparty_id is distinct from $1',
                   tg_argv[n], tg_argv[n + 1]) using new.counterparty_id, new.id;
    n := n + 2;
  end loop;
  return null;
end
"""


class Migration(migrations.Migration):
    dependencies = [("departments", "0003_entering")]
    operations = [
        migrations.RunSQL(PLAIN, UNDO),
        Definer("take_compartment()", "trigger", TAKE_COMPARTMENT),
        Definer("take_parties()", "trigger", TAKE_PARTIES),
        Definer("spread_parties()", "trigger", SPREAD_PARTIES),
    ]
