-- Roles, rights and limits of the portal's database. Idempotent; needs a superuser, once per installation and
-- after every change of this file. Run it connected to the portal's database, passwords as session settings:
--
--   psql -d msw -v ON_ERROR_STOP=1 -c "SET msw.msw_owner_password = '...'" -c "SET msw.msw_app_password = '...'" \
--        -c "SET msw.msw_backup_password = '...'" -f roles.sql
--
-- A password that is not given is left as it is (or absent: then pg_hba.conf must let the role in otherwise).
-- Where a managed server forbids BYPASSRLS, see docs on installation: policies for msw_owner take its place.

-- A failing statement must not write passwords into the server's log.
SET log_min_error_statement = 'panic';
SET log_statement = 'none';
SET client_min_messages = 'warning';

DO $$
DECLARE
  role_name text;
  rights text;
  password text;
BEGIN
  FOR role_name, rights IN
    VALUES
      -- Owns everything, bypasses the walls: an owner that does not would update nothing in a data migration.
      ('msw_owner', 'LOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOREPLICATION '
        || CASE current_setting('msw.owner_may_create_databases', true) WHEN 'on' THEN 'CREATEDB' ELSE 'NOCREATEDB' END),
      -- Web, workers, beat: owns nothing, bypasses nothing.
      ('msw_app', 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB'),
      -- pg_dump without BYPASSRLS would fail, or worse, be partial.
      ('msw_backup', 'LOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB')
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I %s', role_name, rights);
    password := current_setting('msw.' || role_name || '_password', true);
    IF coalesce(password, '') <> '' THEN
      EXECUTE format('ALTER ROLE %I PASSWORD %L', role_name, password);
    END IF;
  END LOOP;
END $$;

GRANT pg_read_all_data TO msw_backup;
ALTER ROLE msw_backup SET default_transaction_read_only = on;

-- No request holds the house up: a job that may take longer says so itself with SET LOCAL.
ALTER ROLE msw_app SET statement_timeout = '30s';
ALTER ROLE msw_app SET lock_timeout = '2s';
ALTER ROLE msw_app SET idle_in_transaction_session_timeout = '60s';
-- A migration that cannot get its lock gives up, instead of queueing every request behind it.
ALTER ROLE msw_owner SET lock_timeout = '10s';

DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I OWNER TO msw_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO msw_app, msw_backup', current_database());
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM msw_app;
GRANT USAGE ON SCHEMA public TO msw_app, msw_backup;
GRANT ALL ON SCHEMA public TO msw_owner;
CREATE EXTENSION IF NOT EXISTS btree_gist;

RESET client_min_messages;
RESET log_statement;
RESET log_min_error_statement;
