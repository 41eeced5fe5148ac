"""The three roles on a hospital's own PostgreSQL: made once through a superuser, looked at afterwards."""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import psycopg2
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from environ import Env
from psycopg2 import sql

OWNER, APP, BACKUP = "msw_owner", "msw_app", "msw_backup"
ROLES_SQL = settings.BASE_DIR / "deploy" / "roles.sql"
# rolname: (superuser, bypasses the walls)
PROMISED = {OWNER: (False, True), APP: (False, False), BACKUP: (False, True)}
HAVE = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = ANY (%s)"


class RolesRefused(Exception):
    """One sentence for the person at the terminal: what is wrong with the database's roles and what to do."""


def roles_make(*, superuser_url: str, owner_url: str, app_url: str, backup_password: str) -> bool:
    """Make the database and deploy/roles.sql's roles with the passwords of the two addresses; True when it made the database.

    Repeating it sets the same again; a role without a password in its address keeps the one it has.

    Raises:
        RolesRefused: when the addresses do not name the roles and one database, or the superuser is none.
    """
    owner, app, above = _address(owner_url), _address(app_url), _address(superuser_url)
    if owner["USER"] != OWNER or app["USER"] != APP or owner["NAME"] != app["NAME"]:
        raise RolesRefused(
            f"DATABASE_OWNER_URL connects as {OWNER} and DATABASE_URL as {APP}, to one database."
        )
    name = owner["NAME"]
    with _connected(above, "postgres", "MSW_SUPERUSER_URL") as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise RolesRefused("MSW_SUPERUSER_URL is not the address of a superuser.")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_new = cursor.fetchone() is None
        if is_new:
            statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    passwords = {
        OWNER: owner["PASSWORD"] or "",
        APP: app["PASSWORD"] or "",
        BACKUP: backup_password,
    }
    with _connected(above, name, "MSW_SUPERUSER_URL") as cursor:
        # The passwords pass through statements: they must not reach the server's log.
        cursor.execute("SET log_statement = 'none'; SET log_min_error_statement = 'panic'")
        for role, password in passwords.items():
            cursor.execute(
                "SELECT set_config(%s, %s, false)", [f"msw.{role}_password", unquote(password)]
            )
        cursor.execute(ROLES_SQL.read_text(encoding="utf-8"))
    return is_new


def roles_check(*, owner_url: str) -> None:
    """See that the owner can connect and that no role may more or less than promised.

    Raises:
        RolesRefused: with what is missing.
    """
    owner = _address(owner_url)
    with _connected(owner, owner["NAME"], "DATABASE_OWNER_URL") as cursor:
        cursor.execute(HAVE, [list(PROMISED)])
        have = {role: (is_super, bypasses) for role, is_super, bypasses in cursor.fetchall()}
        cursor.execute(
            "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database "
            "WHERE datname = current_database()"
        )
        owns = cursor.fetchone()[0]
    wrong = [role for role, rights in PROMISED.items() if have.get(role) != rights]
    if wrong or not owns or owner["USER"] != OWNER:
        names = ", ".join(wrong or [OWNER])
        raise RolesRefused(
            f"The roles are not those of deploy/roles.sql ({names}): "
            "give MSW_SUPERUSER_URL once, or run that file as a superuser."
        )


def _address(url: str) -> dict[str, Any]:
    try:
        address = Env.db_url_config(url)
    except ImproperlyConfigured as error:
        raise RolesRefused("An address of the database is of the form postgres://role:password@host:5432/name.") from error  # fmt: skip
    return {**address, "HOST": unquote(address.get("HOST") or "")}


@contextlib.contextmanager
def _connected(address: dict[str, Any], database: str, named: str) -> Iterator[Any]:
    try:
        link = psycopg2.connect(
            dbname=database,
            user=address["USER"],
            password=address["PASSWORD"],
            host=address["HOST"] or None,
            port=address["PORT"] or None,
            connect_timeout=5,
        )
    except psycopg2.OperationalError as error:
        # The last line names host and cause; no line of it holds a password.
        cause = " ".join(str(error).split())
        further = "" if named == "MSW_SUPERUSER_URL" else " Roles and database are made with MSW_SUPERUSER_URL, given once."  # fmt: skip
        raise RolesRefused(f"{named} does not connect: {cause}.{further}") from None
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()
