"""A change of keys passes by the parts of groups, frozen or not."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

PART = """
declare row_ jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
        g bigint; other bigint; s text;
begin
  -- Re-keying rewrites ciphertext and asks nothing of what stands.
  if coalesce(current_setting('app.rekey', true), '') = '1' and tg_op = 'UPDATE' then return new; end if;
  g := (row_ ->> 'group_id')::bigint;
  if row_ ? 'session_id' then
    select t.group_id into g from cases_groupsession t where t.id = (row_ ->> 'session_id')::bigint;
  end if;
  if row_ ? 'member_id' then
    select t.group_id into other from cases_groupmember t where t.id = (row_ ->> 'member_id')::bigint;
    if g is null then g := other; end if;
    if other is distinct from g then
      raise exception 'the member belongs to another group' using errcode = '23514', constraint = 'group_part_of_one_group';
    end if;
  end if;
  select t.stage into s from cases_group t where t.id = g;
  if s in ('closed', 'cancelled')
     and (tg_op <> 'UPDATE' or app.content_differs(to_jsonb(old), to_jsonb(new), array[]::text[])) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0037_supervision_case")]
    operations = [Definer("group_part()", "trigger", PART)]
