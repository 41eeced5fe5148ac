"""Destruction by two persons: where a record stands, and the two functions that empty what has run its time."""

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

# Closed records go to another key like all others, and are emptied when their own time is over.
FREEZE = """
CREATE OR REPLACE FUNCTION app.freeze_when() RETURNS trigger LANGUAGE plpgsql AS $$
declare v text := to_jsonb(old) ->> tg_argv[0];
begin
  if tg_op = 'UPDATE' and app.rekeying() then return new; end if;
  if v is not null and v <> 'false' then
    raise exception '% is frozen', tg_table_name using errcode = '23514', constraint = 'row_is_frozen';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;
"""
UNDO = FREEZE.replace("  if tg_op = 'UPDATE' and app.rekeying() then return new; end if;\n", "")
# The system's own work, inside the house of a list that two different persons have signed.
CHECK = """
begin
  if (select app.role()) <> 'system' or app.org() is null or not exists (
       select from departments_compliancerecord r
        where r.id = p_batch and r.organization_id = app.org() and r.kind = 'destruction' and r.step = 'approved'
          and r.signer_1_id <> r.signer_2_id) then
    raise exception 'nothing is destroyed without a list signed by two' using errcode = '42501';
  end if;
  if p_table ~ '^departments_(audit|user|membership|keyversion)' or p_table ~ '^donations_(ledger|donationlot|lotbalance)'
     or not exists (select from pg_attribute where attrelid = ('public.' || quote_ident(p_table))::regclass
                      and attname = 'organization_id' and not attisdropped) then
    raise exception '% is kept', p_table using errcode = '42501';
  end if;
end
"""
# Ids and the asked columns of the rows of the house whose p_column is one of p_ids; level 5 as well: a list reads no narrative.
ROWS = """
declare names text; uids text; kinds text;
begin
  perform app.erase_check(p_batch, p_table);
  select string_agg(format(case when t.typname = 'bytea' then '%1$L, encode(%1$I, ''hex'')' else '%1$L, to_jsonb(%1$I)' end, f.attname), ', ')
    into names from pg_attribute f join pg_type t on t.oid = f.atttypid
   where f.attrelid = ('public.' || quote_ident(p_table))::regclass and f.attname = any (p_columns) and not f.attisdropped;
  select case when count(*) = 1 then 'uid' else 'id' end into uids from pg_attribute
   where attrelid = ('public.' || quote_ident(p_table))::regclass and attname = 'uid' and not attisdropped;
  return query execute format(
    'select jsonb_build_object(''id'', id::text, ''uid'', %I::text%s) from %I where organization_id = %s and %I = any ($1) %s '
    'order by id for no key update', uids, coalesce(', ' || names, ''), p_table, app.org(), p_column,
    case when p_kind <> '' then format('and subject_kind = %L', p_kind) else '' end) using p_ids;
end
"""
# The columns named are written as given, through every freeze but the ledger's and the audit's.
STORE = """
declare parts text; keys text; n integer;
begin
  perform app.erase_check(p_batch, p_table);
  select format_type(atttypid, null) into keys from pg_attribute
   where attrelid = ('public.' || quote_ident(p_table))::regclass and attname = 'id';
  select string_agg(format(case when t.typname = 'bytea' then '%1$I = case when r ? %1$L then decode(r ->> %1$L, ''hex'') else t.%1$I end'
                                else '%1$I = case when r ? %1$L then (r ->> %1$L)::%2$s else t.%1$I end' end,
                           f.attname, format_type(f.atttypid, f.atttypmod)), ', ')
    into parts from pg_attribute f join pg_type t on t.oid = f.atttypid
   where f.attrelid = ('public.' || quote_ident(p_table))::regclass and f.attname = any (p_columns)
     and f.attname not in ('id', 'uid', 'organization_id') and not f.attisdropped;
  perform set_config('app.rekey', '1', true);
  execute format('update %I t set %s from jsonb_array_elements($1) r where t.id = (r ->> ''id'')::%s and t.organization_id = %s',
                 p_table, parts, keys, app.org()) using p_rows;
  get diagnostics n = row_count;
  perform set_config('app.rekey', '', true);
  return n;
end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0043_published_is_computed"),
    ]

    operations = [
        migrations.AddField(
            model_name="compliancerecord",
            name="step",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=20, verbose_name="进度"
            ),
        ),
        migrations.AlterField(
            model_name="compliancerecord",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pia", "个人信息保护影响评估"),
                    ("incident", "安全事件"),
                    ("processor_agreement", "委托处理协议"),
                    ("archive_batch", "归档批次"),
                    ("destruction", "销毁"),
                    ("access_review", "账户复核"),
                    ("drill", "恢复演练"),
                    ("necessity", "字段必要性"),
                ],
                max_length=30,
                verbose_name="类型",
            ),
        ),
        migrations.AddIndex(
            model_name="compliancerecord",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["organization", "kind", "due_on", "id"],
                name="compliance_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="compliancerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "destruction"), ("step__in", ["approved", "done"]), _negated=True
                    ),
                    models.Q(("signer_1__isnull", False), ("signer_2__isnull", False)),
                    _connector="OR",
                ),
                name="compliance_destruction_approved_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="compliancerecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "necessity")),
                fields=("organization",),
                name="compliance_one_necessity",
            ),
        ),
        migrations.RunSQL(FREEZE, UNDO),
        Definer("erase_check(p_batch bigint, p_table text)", "void", CHECK, volatility="STABLE"),
        Definer(
            "erase_rows(p_batch bigint, p_table text, p_column text, p_ids bigint[], p_kind text, p_columns text[])",
            "setof jsonb",
            ROWS,
        ),
        Definer(
            "erase_store(p_batch bigint, p_table text, p_columns text[], p_rows jsonb)",
            "integer",
            STORE,
        ),
    ]
