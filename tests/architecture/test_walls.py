"""Every table has its class, and the class holds in PostgreSQL whatever Python forgets."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from msw_portal.kernel.scope import NestedScope, scope
from msw_portal.kernel.walls import POLICIES

NEEDS = {
    "REGISTER": {"managed_by_id"},
    "TENANT": {"organization_id"},
    "TENANT+COMP": {"organization_id", "compartment_id", "assignee_id"},
    "CARE": {"organization_id"},
    "CASE": {"organization_id", "compartment_id"},
    "NAMED": {"organization_id", "compartment_id"},
    "SHARED": {"organization_id", "counterparty_id"},
    "SHARED+PARTNER": {"organization_id", "counterparty_id", "partner_id"},
    "SHARED+READER": {"organization_id", "counterparty_id", "partner_id"},
    "SHARED+COMP": {"organization_id", "counterparty_id", "is_care", "compartment_id"},
    "COPY": {"organization_id", "recipient_id", "recipient_user_id", "withdrawn_at", "expires_at"},
    "OWN": {"organization_id"},
    "GUEST": {"organization_id", "is_open"},
    "PERSONAL": {"organization_id", "user_id"},
    "PRINCIPAL": {"user_id"},
    "OPEN": {"organization_id", "published_at"},
    "RELEASED": {"organization_id", "released_at", "region_code"},
    "SHARED+RELEASED": {"organization_id", "counterparty_id", "released_at", "region_code"},
    "PUBLIC": {"organization_id", "visible_from", "visible_to"},
    "LINK": {"organization_id", "token_hash"},
    "INBOX": {"organization_id", "receipt_hash"},
    "QUEUE": {"organization_id"},
    "APPEND+SHARED": {"organization_id", "counterparty_id", "is_care", "compartment_id"},
    "APPEND+QUEUE": {"organization_id"},
    "APPEND+AUDIT": {"organization_id"},
}


def _rows(sql: str, *params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _tables() -> dict[str, str]:
    return dict(
        _rows(
            "SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
        )
    )


def test_every_table_has_a_class(db):
    assert {table: note for table, note in _tables().items() if not note.startswith("wall:")} == {}


def test_every_class_finds_its_columns(db):
    columns: dict[str, set[str]] = {}
    for table, column in _rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        columns.setdefault(table, set()).add(column)
    missing = {}
    for table, note in _tables().items():
        _wall, wall, *person = note.split(":")
        assert wall in POLICIES, table
        lacks = (NEEDS.get(wall, set()) | set(person)) - columns[table]
        if lacks:
            missing[table] = lacks
    assert missing == {}


def test_every_walled_table_is_forced_and_has_a_policy_for_every_command(db):
    forced = dict(_rows("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"))
    commands: dict[str, set[str]] = {}
    for table, command, roles in _rows(
        "SELECT tablename, cmd, roles::text FROM pg_policies WHERE schemaname = 'public'"
    ):
        assert roles == "{msw_app}", table
        commands.setdefault(table, set()).add(command)
    for table, note in _tables().items():
        if POLICIES[note.split(":")[1]] is None:
            continue
        assert forced[table], table
        assert commands[table] in ({"ALL"}, {"SELECT", "INSERT", "UPDATE", "DELETE"}), table


def test_a_table_with_a_tenant_column_is_never_identity(db):
    # These three are read before anybody is known; they hold no patient data.
    known = {"departments_apiclient"}
    tenant = {
        row[0]
        for row in _rows(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organization_id'"
        )
    }
    identity = {table for table, note in _tables().items() if note == "wall:IDENTITY"}
    assert tenant & identity == known


def test_the_role_of_the_web_owns_and_bypasses_nothing(db):
    assert _rows(
        "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ) == [("msw_app", False, False, False, False)]
    assert _rows("SELECT relname FROM pg_class WHERE relowner = 'msw_app'::regrole") == []
    assert _rows("SELECT proname FROM pg_proc WHERE proowner = 'msw_app'::regrole") == []
    assert _rows(
        "SELECT has_schema_privilege('msw_app', 'public', 'CREATE'), has_schema_privilege('msw_app', 'app', 'CREATE')"
    ) == [(False, False)]


def test_no_table_may_be_truncated_by_the_web(db):
    assert (
        _rows(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND has_table_privilege('msw_app', oid, 'TRUNCATE')"
        )
        == []
    )


def test_definer_functions_have_a_fixed_path_and_are_not_public(db):
    for name, config, public in _rows(
        "SELECT proname, proconfig::text, has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc "
        "WHERE pronamespace = 'app'::regnamespace AND prosecdef"
    ):
        assert config == '{"search_path=pg_catalog, public, pg_temp"}', name
        assert not public, name


def test_views_run_with_the_rights_of_the_caller(db):
    assert (
        _rows(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace "
            "AND coalesce(reloptions::text, '') NOT LIKE '%%security_invoker=true%%'"
        )
        == []
    )


def _walled_tables() -> list[str]:
    return sorted(
        table
        for table, note in _tables().items()
        if POLICIES[note.split(":")[1]] is not None
        and note.split(":")[1] not in {"GLOBAL", "REGISTER"}
    )


def test_without_a_context_no_walled_table_shows_a_row(db):
    for table in _walled_tables():
        assert _rows(
            f"SELECT count(*) FROM {table} WHERE organization_id IS NOT NULL"
            if table != "departments_idempotencykey"
            else f"SELECT count(*) FROM {table}"
        ) == [(0,)], table


def test_a_scope_inside_a_scope_is_an_error(db, hospital, other_hospital):
    with scope(org=hospital.pk), pytest.raises(NestedScope), scope(org=other_hospital.pk):
        pass


def test_a_scope_leaves_nothing_behind(db, hospital):
    with scope(org=hospital.pk, user=1, role="system", care=hospital.pk):
        assert _rows("SELECT app.org(), app.care(), app.usr(), app.role()") == [
            (hospital.pk, hospital.pk, 1, "system")
        ]
    assert _rows("SELECT app.org(), app.care(), app.usr(), app.role()") == [(None, None, None, "")]


def test_memberships_of_another_house_are_not_seen(db, hospital, other_hospital):
    with scope(org=hospital.pk, role="system"):
        houses = _rows("SELECT DISTINCT organization_id FROM departments_membership")
    assert houses == [(hospital.pk,)]


def test_a_register_row_of_another_house_cannot_be_changed(db, hospital, other_hospital):
    with scope(org=hospital.pk, role="dept_head"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE departments_department SET name = 'x' WHERE organization_id = %s",
            [other_hospital.pk],
        )
        assert cursor.rowcount == 0


def test_a_row_for_another_house_is_refused(db, hospital, other_hospital):
    with (
        scope(org=hospital.pk, role="worker"),
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO departments_numbersequence (created_at, organization_id, kind, period, next) "
                "VALUES (now(), %s, 'x', '2026', 1)",
                [other_hospital.pk],
            )


def test_every_model_of_ours_has_a_wall_that_fits_its_name(db):
    tables = _tables()
    ours = {"departments", "cases", "volunteers", "projects", "donations", "reports"}
    assert {
        model._meta.db_table for model in apps.get_models() if model._meta.app_label in ours
    } <= set(tables)
