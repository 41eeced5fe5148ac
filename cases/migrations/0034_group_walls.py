"""Groups behind their wall, in one house; what is closed or cancelled is frozen with all its parts."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house
FREEZE = """
CREATE FUNCTION app.freeze_group() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if old.stage in ('closed', 'cancelled') and coalesce(current_setting('app.rekey', true), '') <> '1'
     and (tg_op = 'DELETE' or app.content_differs(to_jsonb(old), to_jsonb(new), array[]::text[])) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $$;
"""
# A part finds its group by itself, by its session or by its member. It must belong to the same group as both.
PART = """
declare row_ jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
        g bigint; other bigint; s text;
begin
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
  if s in ('closed', 'cancelled') and coalesce(current_setting('app.rekey', true), '') <> '1'
     and (tg_op <> 'UPDATE' or app.content_differs(to_jsonb(old), to_jsonb(new), array[]::text[])) then
    perform app.refuse_frozen(tg_table_name);
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end
"""
PARTS = (
    *("GroupCoLeader", "GroupBudgetLine", "GroupSession", "GroupMember"),
    *("Attendance", "MemberAnswers"),
)
CHANGE = "BEFORE INSERT OR UPDATE OR DELETE"


class Migration(migrations.Migration):
    dependencies = [("cases", "0033_groups")]
    operations = [
        *(Wall(f"cases.{name}", "CARE") for name in ("Group", *PARTS, "SignIn")),
        migrations.RunSQL(FREEZE, "DROP FUNCTION app.freeze_group()"),
        Definer("group_part()", "trigger", PART),
        same_house("cases.Group", department_id="departments_department"),
        same_house("cases.GroupCoLeader", group_id="cases_group"),
        same_house("cases.GroupBudgetLine", group_id="cases_group"),
        same_house("cases.GroupSession", group_id="cases_group"),
        same_house(
            "cases.GroupMember",
            group_id="cases_group",
            client_id="cases_client",
            consent_id="cases_consent",
        ),
        same_house(
            "cases.Attendance", session_id="cases_groupsession", member_id="cases_groupmember"
        ),
        same_house(
            "cases.MemberAnswers",
            member_id="cases_groupmember",
            questionnaire_id="departments_questionnaire",
        ),
        same_house("cases.SignIn", activity_id="cases_activity", member_id="cases_groupmember"),
        Trigger(
            "cases.Activity",
            "they_share_the_groups_house",
            "BEFORE INSERT OR UPDATE OF organization_id, group_id",
            "app.same_house('group_id', 'cases_group')",
        ),
        Trigger("cases.Group", "group_frozen", "BEFORE UPDATE OR DELETE", "app.freeze_group()"),
        *(Trigger(f"cases.{name}", "group_part", CHANGE, "app.group_part()") for name in PARTS),
        Trigger(
            "cases.MemberAnswers",
            "member_answers_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_content('is_final', 'superseded_at')",
        ),
    ]
