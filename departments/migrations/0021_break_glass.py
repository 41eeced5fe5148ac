"""Entering says which compartment stands open by break-glass and until when; it is read, never written."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer, Trigger

first = import_module("departments.migrations.0003_entering")
before = import_module("departments.migrations.0019_training_apart")
RETURNS = before._returning(first.RETURNS)[:-1] + (
    ", glass_compartment bigint, glass_until timestamptz)"
)
GLASS = """
  select g.compartment_id, upper(g.valid) into glass_compartment, glass_until
    from departments_accessgrant g
   where g.user_id = p_user and g.organization_id = enter_member.organization_id
     and g.kind = 'break_glass' and g.valid @> now() limit 1;
"""
ENTER = before._widened(first.ENTER).replace(
    "return next;",
    "perform set_config('app.glass', coalesce(glass_compartment::text, ''), true);\n  return next;",
)
# The lookup sets FOUND too, so that the end asks the member's own row instead.
MEMBER = (
    "begin"
    + before._widened(first.READ.format(who="m.uid = p_membership and m.user_id = p_user"))
    + GLASS
    + ENTER.replace("if not found", "if membership_id is null", 1)
    + "end"
)

SETTINGS = """
CREATE FUNCTION app.glass() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.glass', true), '')::bigint $$;

CREATE OR REPLACE FUNCTION app.enter(p_user bigint, p_role text, p_org bigint, p_care bigint, p_guest bigint,
                          p_compartments bigint[], p_lo integer, p_hi integer) RETURNS void LANGUAGE sql AS $$
  select set_config('app.user', coalesce(p_user::text, ''), true), set_config('app.role', coalesce(p_role, ''), true),
         set_config('app.org', coalesce(p_org::text, ''), true), set_config('app.care', coalesce(p_care::text, ''), true),
         set_config('app.guest', coalesce(p_guest::text, ''), true),
         set_config('app.compartments', coalesce(p_compartments::text, '{}'), true),
         set_config('app.region_lo', coalesce(p_lo::text, ''), true), set_config('app.region_hi', coalesce(p_hi::text, ''), true),
         set_config('app.door', '', true), set_config('app.token', '', true), set_config('app.glass', '', true) $$;
"""
# app.keep_glass(): on every table with a compartment; what stands open by break-glass is read only.
KEEP_GLASS = """
declare kept bigint;
begin
  if tg_op = 'DELETE' then kept := old.compartment_id; else kept := new.compartment_id; end if;
  if kept = app.glass() then
    raise exception '% is open by break-glass', tg_table_name
      using errcode = '23514', constraint = 'break_glass_is_read_only';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end
"""


def keep_glass(model: str) -> Trigger:
    """Its name sorts after the triggers that set the compartment."""
    return Trigger(
        model,
        "x_keep_glass",
        "BEFORE INSERT OR UPDATE OR DELETE",
        "app.keep_glass()",
        condition="app.glass() IS NOT NULL",
    )


class Migration(migrations.Migration):
    dependencies = [("departments", "0020_audit_of_subjects")]
    operations = [
        migrations.RunSQL(SETTINGS, "DROP FUNCTION app.glass()"),
        Definer("keep_glass()", "trigger", KEEP_GLASS),
        # What an enter function answers cannot be widened in place.
        migrations.RunSQL("DROP FUNCTION app.enter_member(bigint, uuid)", migrations.RunSQL.noop),
        Definer("enter_member(p_user bigint, p_membership uuid)", RETURNS, MEMBER),
        *(keep_glass(f"departments.{name}") for name in ("Document", "Message", "Signature")),
    ]
