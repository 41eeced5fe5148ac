"""How ciphertext is carried to a new key behind the walls: read and written by three functions alone."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

# app.rekey can be set by anybody; only the functions below act as the owner while it is set.
PLAIN = """
CREATE FUNCTION app.rekeying() RETURNS boolean LANGUAGE sql STABLE AS $$
  select coalesce(current_setting('app.rekey', true), '') = '1' and current_user <> 'msw_app' $$;

CREATE OR REPLACE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if tg_op = 'UPDATE' and app.rekeying() then return new; end if;
  raise exception '% on % is refused: rows are append-only', tg_op, tg_table_name
    using errcode = '23514', constraint = 'append_only';
end $$;
"""
UNDO = """
CREATE OR REPLACE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  raise exception '% on % is refused: rows are append-only', tg_op, tg_table_name
    using errcode = '23514', constraint = 'append_only';
end $$;
DROP FUNCTION app.rekeying();
"""
# In the scope of one house, role `rekey`; only columns of bytes that are no checksum.
CHECK = """
declare c text; a record;
begin
  if (select app.role()) <> 'rekey' or app.org() is null then
    raise exception 'keys are rotated in a scope of their own' using errcode = '42501';
  end if;
  foreach c in array p_columns loop
    select t.typname into a from pg_attribute f join pg_type t on t.oid = f.atttypid
     where f.attrelid = ('public.' || quote_ident(p_table))::regclass and f.attname = c and not f.attisdropped;
    if a is null or a.typname <> 'bytea' or c ~ '(hash|sha256)$' then
      raise exception '%.% is not sealed', p_table, c using errcode = '42501';
    end if;
  end loop;
  if exists (select from pg_attribute where attrelid = ('public.' || quote_ident(p_table))::regclass
               and attname = 'organization_id' and not attisdropped) then
    return format('organization_id = %s', app.org());
  end if;
  return format('%s = 1', app.org());
end
"""
# What is left to do in a row: another key's prefix, an index to be made from a value, one to be removed.
LEFT = """
  select array_to_string(array(
    select format('(%1$I is not null and substring(%1$I from 2 for 2) <> ''\\x%2$s''::bytea)', c, lpad(to_hex(p_kid), 4, '0'))
      from unnest(p_sealed) c
    union all select format('(%I is null and %I is not null)', f.made, f.source) from unnest(p_fill, p_source) f(made, source)
    union all select format('%I is not null', c) from unnest(p_clear) c), ' or ')
"""
PAGE = """
declare house text; names text; keys text;
begin
  house := app.rekey_check(p_table, p_sealed || p_fill || p_source || p_clear);
  select string_agg(format('%1$L, encode(%1$I, ''hex'')', c), ', ') into names from unnest(p_sealed) c;
  names := concat_ws(', ', names, case when p_kind <> '' then format('%L, %I::varchar', 'kind', p_kind) end);
  select format_type(atttypid, null) into keys from pg_attribute
   where attrelid = ('public.' || quote_ident(p_table))::regclass and attname = 'id';
  -- Nobody is waited for: a row that is being written is met in the next round.
  return query execute format(
    'select jsonb_build_object(''id'', id::text, ''uid'', %s::text%s) from %I where %s and (%s) %s order by id limit %s '
    'for no key update skip locked',
    case when keys = 'uuid' then 'id' else 'uid' end, coalesce(', ' || nullif(names, ''), ''), p_table, house,
    app.rekey_left(p_kid, p_sealed, p_fill, p_source, p_clear),
    case when p_after <> '' then format('and id > %L::%s', p_after, keys) else '' end, p_limit);
end
"""
COUNT = """
declare n bigint;
begin
  execute format('select count(*) from %I where %s and (%s)', p_table,
    app.rekey_check(p_table, p_sealed || p_fill || p_source || p_clear),
    app.rekey_left(p_kid, p_sealed, p_fill, p_source, p_clear)) into n;
  return n;
end
"""
# A value keeps its length under another key, so nothing else can be put in its place unseen.
STORE = """
declare house text; parts text; keys text; n integer;
begin
  house := app.rekey_check(p_table, p_sealed || p_indexes);
  select format_type(atttypid, null) into keys from pg_attribute
   where attrelid = ('public.' || quote_ident(p_table))::regclass and attname = 'id';
  select string_agg(format('%1$I = case when r ? %1$L then decode(r ->> %1$L, ''hex'') else t.%1$I end', c), ', ')
    into parts from unnest(p_sealed || p_indexes) c;
  perform set_config('app.rekey', '1', true);
  execute format('update %I t set %s from jsonb_array_elements($1) r where t.id = (r ->> ''id'')::%s and t.%s%s', p_table, parts,
    keys, case when house like 'organization_id%' then house else format('id = t.id and %s', house) end,
    (select coalesce(string_agg(format(' and (not r ? %1$L or octet_length(decode(r ->> %1$L, ''hex'')) = octet_length(t.%1$I))', c), ''), '')
       from unnest(p_sealed) c)) using p_rows;
  get diagnostics n = row_count;
  perform set_config('app.rekey', '', true);
  return n;
end
"""
# Over all houses, for the proof that an old key is needed no more: numbers only.
KIDS = """
declare c text; found_kids integer[] := '{}'; k integer[];
begin
  foreach c in array p_sealed loop
    execute format('select array_agg(distinct get_byte(%1$I, 1) * 256 + get_byte(%1$I, 2)) from %2$I where %1$I is not null',
                   c, p_table) into k;
    found_kids := found_kids || coalesce(k, '{}');
  end loop;
  return (select coalesce(array_agg(distinct x order by x), '{}') from unnest(found_kids) x);
end
"""
LEFT_ARGUMENTS = "p_kid integer, p_sealed text[], p_fill text[], p_source text[], p_clear text[]"


class Migration(migrations.Migration):
    dependencies = [("departments", "0016_keys")]
    operations = [
        migrations.RunSQL(PLAIN, UNDO),
        Definer("rekey_check(p_table text, p_columns text[])", "text", CHECK, volatility="STABLE"),
        Definer(f"rekey_left({LEFT_ARGUMENTS})", "text", LEFT, language="sql", volatility="STABLE"),
        Definer(
            "rekey_page(p_table text, p_kid integer, p_sealed text[], p_fill text[], p_source text[], "
            "p_clear text[], p_kind text, p_after text, p_limit integer)",
            "setof jsonb",
            PAGE,
        ),
        Definer(f"rekey_count(p_table text, {LEFT_ARGUMENTS})", "bigint", COUNT),
        Definer(
            "rekey_store(p_table text, p_sealed text[], p_indexes text[], p_rows jsonb)",
            "integer",
            STORE,
        ),
        Definer(
            "rekey_kids(p_table text, p_sealed text[])", "integer[]", KIDS, volatility="STABLE"
        ),
    ]
