"""Schema app: the settings a transaction acts under, and how they are set."""

from django.db import migrations

SETTINGS = """
CREATE SCHEMA IF NOT EXISTS app;
GRANT USAGE ON SCHEMA app TO msw_app;

CREATE FUNCTION app.org() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.org', true), '')::bigint $$;
CREATE FUNCTION app.care() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.care', true), '')::bigint $$;
CREATE FUNCTION app.guest() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.guest', true), '')::bigint $$;
CREATE FUNCTION app.usr() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.user', true), '')::bigint $$;
CREATE FUNCTION app.role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select coalesce(current_setting('app.role', true), '') $$;
CREATE FUNCTION app.comps() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select coalesce(nullif(current_setting('app.compartments', true), ''), '{}')::bigint[] $$;
CREATE FUNCTION app.rlo() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.region_lo', true), '')::integer $$;
CREATE FUNCTION app.rhi() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.region_hi', true), '')::integer $$;
CREATE FUNCTION app.door() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select nullif(current_setting('app.door', true), '')::bigint $$;
CREATE FUNCTION app.token() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
$$ select decode(nullif(current_setting('app.token', true), ''), 'hex') $$;

CREATE FUNCTION app.enter(p_user bigint, p_role text, p_org bigint, p_care bigint, p_guest bigint,
                          p_compartments bigint[], p_lo integer, p_hi integer) RETURNS void LANGUAGE sql AS $$
  select set_config('app.user', coalesce(p_user::text, ''), true), set_config('app.role', coalesce(p_role, ''), true),
         set_config('app.org', coalesce(p_org::text, ''), true), set_config('app.care', coalesce(p_care::text, ''), true),
         set_config('app.guest', coalesce(p_guest::text, ''), true),
         set_config('app.compartments', coalesce(p_compartments::text, '{}'), true),
         set_config('app.region_lo', coalesce(p_lo::text, ''), true), set_config('app.region_hi', coalesce(p_hi::text, ''), true),
         set_config('app.door', '', true), set_config('app.token', '', true) $$;

CREATE FUNCTION app.leave() RETURNS void LANGUAGE sql AS
$$ select app.enter(null, '', null, null, null, '{}', null, null) $$;

-- The inclusive range of GB/T 2260 codes below a code: 110000 -> 110000..119999, 110100 -> 110100..110199.
CREATE FUNCTION app.region_end(p_code integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  select case when p_code = 100000 then 999999 when p_code % 10000 = 0 then p_code + 9999
              when p_code % 100 = 0 then p_code + 99 else p_code end $$;
"""
UNDO = "DROP SCHEMA app CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("departments", "0001_people_and_places")]
    operations = [migrations.RunSQL(SETTINGS, UNDO)]
