#!/bin/sh
# Makes the roles of deploy/roles.sql when the database is new; run it again after a change of that file:
#   docker compose exec postgres sh /docker-entrypoint-initdb.d/10-roles.sh
set -eu
export PGPASSWORD="$POSTGRES_PASSWORD"
# Passwords come from the environment inside psql: no process list shows them.
psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet -U postgres -d msw <<'SQL'
\getenv owner MSW_OWNER_PASSWORD
\getenv app MSW_APP_PASSWORD
\getenv backup MSW_BACKUP_PASSWORD
SELECT set_config('msw.msw_owner_password', :'owner', false) IS NOT NULL,
       set_config('msw.msw_app_password', :'app', false) IS NOT NULL,
       set_config('msw.msw_backup_password', :'backup', false) IS NOT NULL \g /dev/null
\ir /msw/roles.sql
SQL
