"""How a member, an API client and a link enter: one call reads who it is and sets the settings."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

RETURNS = (
    "table (membership_id bigint, membership_uid uuid, role text, department_id bigint, department_name text, "
    "organization_id bigint, organization_uid uuid, organization_name text, organization_short text, "
    "organization_kind text, region_id integer, compartments bigint[])"
)
READ = """
  select m.id, m.uid, m.role::text, m.department_id, d.name::text, o.id, o.uid, o.name::text, o.short_name::text,
         o.kind::text, o.region_id,
         array(select g.compartment_id from departments_accessgrant g
                where g.user_id = m.user_id and g.organization_id = o.id and g.valid @> now())
    into membership_id, membership_uid, role, department_id, department_name, organization_id, organization_uid,
         organization_name, organization_short, organization_kind, region_id, compartments
    from departments_membership m
    join departments_user u on u.id = m.user_id and u.is_active
    join departments_organization o on o.id = m.organization_id
    left join departments_department d on d.id = m.department_id
   where {who} and m.valid @> (now() at time zone 'Asia/Shanghai')::date;
"""
ENTER = """
  if not found then perform app.leave(); return; end if;
  if role in ('expert_reviewer', 'volunteer', 'external_supervisor', 'donor') then
    perform app.enter(p_user, role, null, null, organization_id, '{}', null, null);
  else
    perform app.enter(p_user, role, organization_id,
      case when role in ('worker', 'assistant', 'intern', 'supervisor', 'dept_head') then organization_id end,
      null, compartments,
      case when role = 'authority_officer' then region_id end,
      case when role = 'authority_officer' then app.region_end(region_id) end);
  end if;
  return next;
"""
MEMBER = "begin" + READ.format(who="m.uid = p_membership and m.user_id = p_user") + ENTER + "end"

CLIENT_RETURNS = RETURNS[:-1] + (
    ", user_id bigint, username text, display_name text, client_id bigint, client_uid uuid, duties jsonb, "
    "approve_limit numeric, scopes text, expires timestamptz)"
)
CLIENT = (
    """
declare p_user bigint; p_membership bigint;
begin
  select c.user_id, c.membership_id, c.id, c.uid, c.duties, c.approve_limit, t.scope, t.expires
    into p_user, p_membership, client_id, client_uid, duties, approve_limit, scopes, expires
    from oauth2_provider_accesstoken t
    join departments_apiclient c on c.application_id = t.application_id and c.ended_at is null
   where t.token_checksum = p_checksum and t.expires > now()
     and (jsonb_array_length(c.source_addresses) = 0 or c.source_addresses ? p_ip);
  if not found then perform app.leave(); return; end if;
"""
    + READ.format(who="m.id = p_membership and m.user_id = p_user and u.is_service")
    + """
  select u.username::text, u.display_name::text into username, display_name from departments_user u where u.id = p_user;
  user_id := p_user;
"""
    + ENTER.replace("if not found", "if membership_id is null", 1)
    + "end"
)

LINK = """
declare l departments_accesslink;
begin
  perform app.leave();
  perform set_config('app.token', encode(p_hash, 'hex'), true);
  select * into l from departments_accesslink where token_hash = p_hash and revoked_at is null
     and (expires_at is null or expires_at > now()) and (uses_left is null or uses_left > 0);
  if not found then return null; end if;
  perform set_config('app.door', l.organization_id::text, true);
  return l.organization_id;
end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0002_app_schema"),
        ("oauth2_provider", "__latest__"),
    ]
    operations = [
        Definer("enter_member(p_user bigint, p_membership uuid)", RETURNS, MEMBER),
        Definer("enter_client(p_checksum text, p_ip text)", CLIENT_RETURNS, CLIENT),
        Definer("enter_link(p_hash bytea)", "bigint", LINK),
    ]
