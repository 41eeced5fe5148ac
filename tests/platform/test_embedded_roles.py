"""Who may what on the laptop's own servers, as deploy/roles.sql promises; one real pair for all tests."""

import os
import stat
from pathlib import Path

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from msw_portal.embedded import environment
from msw_portal.embedded.places import Place
from msw_portal.embedded.processes import NOBODY
from tests.platform.asking import ask, quick


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One pair that all reading tests share, in a folder whose name needs every kind of quoting."""
    root = tmp_path_factory.mktemp("Ä 50%+a?'b")
    pair = quick(root)
    yield root, pair
    pair.stop()


def test_roles_have_exactly_the_promised_attributes(running):
    root, _pair = running
    rows = ask(
        root, "msw_owner",
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication "
        "FROM pg_roles WHERE rolname LIKE 'msw%' ORDER BY 1",
    )  # fmt: skip
    assert rows == [
        ("msw_app", True, False, False, False, False, False),
        ("msw_backup", True, False, True, False, False, False),
        ("msw_owner", True, False, True, True, False, False),
    ]


def test_only_backup_belongs_to_another_role(running):
    root, _pair = running
    rows = ask(
        root, "msw_owner",
        "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members "
        "WHERE member::regrole::text LIKE 'msw%'",
    )  # fmt: skip
    assert rows == [("msw_backup", "pg_read_all_data")]


def test_app_is_held_by_time_limits(running):
    root, _pair = running
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    values = {name: ask(root, "msw_app", f"SHOW {name}")[0][0] for name in names}
    assert values == {
        "statement_timeout": "30s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "1min",
    }  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE t (i int)",
        "CREATE SCHEMA s",
        "CREATE DATABASE d",
        "CREATE ROLE r",
        "CREATE EXTENSION hstore",
    ],
)
def test_app_creates_nothing(running, statement):
    root, _pair = running
    with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedFile)):
        ask(root, "msw_app", statement)


def test_owner_creates_in_public_and_owns_the_database(running):
    root, _pair = running
    rows = ask(
        root, "msw_owner", "CREATE TABLE public.proof (i int)", "DROP TABLE public.proof",
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
    )  # fmt: skip
    assert rows == [("msw_owner",)]


def test_backup_reads_behind_the_walls_and_writes_nothing(running):
    root, _pair = running
    ask(
        root, "msw_owner", "CREATE TABLE walled (i int)", "INSERT INTO walled VALUES (1), (2)",
        "ALTER TABLE walled ENABLE ROW LEVEL SECURITY", "ALTER TABLE walled FORCE ROW LEVEL SECURITY",
        "GRANT SELECT ON walled TO msw_app",
    )  # fmt: skip
    assert ask(root, "msw_app", "SELECT count(*) FROM walled") == [(0,)]
    assert ask(root, "msw_backup", "SELECT count(*) FROM walled") == [(2,)]
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        ask(root, "msw_backup", "INSERT INTO walled VALUES (3)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(
            root,
            "msw_backup",
            "SET default_transaction_read_only = off",
            "INSERT INTO walled VALUES (3)",
        )
    ask(root, "msw_owner", "DROP TABLE walled")


def test_the_database_has_its_extension_and_knows_chinese_letters(running):
    root, _pair = running
    assert ask(
        root, "msw_app", "SELECT extname FROM pg_extension WHERE extname = 'btree_gist'"
    ) == [("btree_gist",)]
    assert ask(root, "msw_app", r"SELECT '演示' ~ '^\w+$', pg_encoding_to_char(encoding) "
               "FROM pg_database WHERE datname = 'msw'") == [(True, "UTF8")]  # fmt: skip


def test_only_the_socket_is_listened_on(running):
    root, _pair = running
    assert ask(root, "msw_app", "SHOW listen_addresses") == [("",)]
    assert stat.S_IMODE(Place(root).socket.stat().st_mode) == 0o700


def test_the_log_holds_no_row_and_no_statement(running):
    root, _pair = running
    ask(
        root,
        "msw_owner",
        "CREATE TABLE said (t text PRIMARY KEY)",
        "INSERT INTO said VALUES ('张三')",
    )
    with pytest.raises(psycopg2.errors.UniqueViolation):
        ask(root, "msw_owner", "INSERT INTO said VALUES ('张三')")
    ask(root, "msw_owner", "DROP TABLE said")
    log = (root / "var" / "log" / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "duplicate key value" not in log and "张三" not in log


def test_a_wrong_password_is_refused(running):
    root, _pair = running
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(
            dbname="msw", user="msw_app", password="guess", host=str(Place(root).socket), port=5432
        )


def test_valkey_wants_its_password_and_keeps_nothing(running):
    root, _pair = running
    bell = redis.Redis.from_url(environment(root)["REDIS_URL"])
    assert bell.ping() is True
    assert bell.config_get("save", "appendonly", "bind") == {
        "save": "",
        "appendonly": "no",
        "bind": "127.0.0.1",
    }
    bell.close()
    stranger = redis.Redis(port=Place(root).secrets()["valkey_port"], retry=Retry(NoBackoff(), 0))
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    stranger.close()


def test_no_password_stands_in_a_process_list(running):
    root, pair = running
    secrets = Place(root).secrets()
    for server in (pair.postgres, pair.valkey):
        words = Path(f"/proc/{server.pid()}/cmdline").read_bytes().decode()
        assert not any(secret in words for name, secret in secrets.items() if name != "valkey_port")


def test_servers_of_root_run_as_nobody(running):
    _root, pair = running
    expected = NOBODY if os.geteuid() == 0 else os.geteuid()
    assert {
        Path(f"/proc/{server.pid()}").stat().st_uid for server in (pair.postgres, pair.valkey)
    } == {expected}
