"""`make run` on a stub of the portal that starts in a second: what it starts, mends, refuses and ends."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from msw_portal.embedded.places import Place
from msw_portal.embedded.supervisor import table

ROOT = Path(__file__).resolve().parents[2]
STUB = {
    "msw_portal/__init__.py": "from msw_portal.celery import app\n",
    "msw_portal/celery.py": (
        "import os\n"
        "from celery import Celery\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'msw_portal.settings')\n"
        "app = Celery('msw_portal')\n"
        "app.config_from_object('django.conf:settings', namespace='CELERY')\n"
    ),
    "msw_portal/settings.py": (
        "import os, environ\n"
        "env = environ.Env()\n"
        "SECRET_KEY = env('SECRET_KEY')\n"
        "DATABASES = {'default': env.db_url('DATABASE_OWNER_URL' if env('MSW_AS_OWNER', default='') "
        "else 'DATABASE_URL')}\n"
        "CELERY_BROKER_URL = env('REDIS_URL')\n"
        "CELERY_WORKER_HIJACK_ROOT_LOGGER = False\n"
        "INSTALLED_APPS = ['django.contrib.contenttypes', 'django.contrib.staticfiles', 'demo']\n"
        "STATIC_URL, STATIC_ROOT, STATICFILES_DIRS = 'static/', env('MSW_STATIC_ROOT'), ['static']\n"
        "ROOT_URLCONF, ALLOWED_HOSTS = 'msw_portal.urls', ['*']\n"
    ),
    "msw_portal/urls.py": (
        "from django.db import connection\n"
        "from django.http import HttpResponse\n"
        "from django.urls import path\n"
        "def worlds(request):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('SELECT count(*) FROM world')\n"
        "        return HttpResponse(cursor.fetchone()[0])\n"
        "urlpatterns = [path('livez', lambda request: HttpResponse('ok')), path('worlds', worlds)]\n"
    ),
    "msw_portal/wsgi.py": (
        "import os\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'msw_portal.settings')\n"
        "from django.core.wsgi import get_wsgi_application\n"
        "application = get_wsgi_application()\n"
    ),
    "demo/__init__.py": "",
    "demo/management/__init__.py": "",
    "demo/management/commands/__init__.py": "",
    "demo/management/commands/seed_demo.py": (
        "from django.core.management.base import BaseCommand\n"
        "from django.db import connection\n"
        "class Command(BaseCommand):\n"
        "    def add_arguments(self, parser): parser.add_argument('--if-empty', action='store_true')\n"
        "    def handle(self, **options):\n"
        "        with connection.cursor() as cursor:\n"
        "            cursor.execute('CREATE TABLE IF NOT EXISTS world (i int)')\n"
        "            cursor.execute('INSERT INTO world VALUES (1)')\n"
        "            cursor.execute('GRANT SELECT ON world TO msw_app')\n"
    ),
    "demo/management/commands/demo_accounts.py": (
        "import json\n"
        "from django.core.management.base import BaseCommand\n"
        "class Command(BaseCommand):\n"
        "    def add_arguments(self, parser): parser.add_argument('--json', action='store_true')\n"
        "    def handle(self, **options):\n"
        "        self.stdout.write(json.dumps([{'login': 'shegong', 'password': 'pw', 'role_name': '社工'}]))\n"
    ),
    "static/a.css": "body {}\n",
    "requirements.lock": "nothing==1\n",
}


def build(folder: Path) -> Path:
    """A checkout that holds the stub and the real embedded package."""
    for name, text in STUB.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copytree(ROOT / "msw_portal" / "embedded", folder / "msw_portal" / "embedded")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    shutil.copy(ROOT / "manage.py", folder)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(fact, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if fact():
            return True
        time.sleep(0.05)
    return False


class Run:
    """One `run` of a checkout, as a terminal would start it."""

    def __init__(self, checkout: Path, port: int | None = None) -> None:
        self.checkout, self.port = checkout, port or free_port()
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MSW_", "DATABASE", "REDIS"))
        }
        self.log = checkout / f"run.{self.port}.{time.monotonic_ns()}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "msw_portal.embedded", "run"], cwd=checkout, stdout=log, stderr=log,
                env=env | {"PORT": str(self.port)}, start_new_session=True,
            )  # fmt: skip

    def said(self) -> str:
        return self.log.read_text()

    def serves(self) -> bool:
        return until(
            lambda: "serves the portal" in self.said() or self.process.poll() is not None, 120
        )

    def get(self, path: str) -> str:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=5) as page,
        ):
            return page.read().decode()
        return ""

    def processes(self) -> dict[int, str]:
        """Every living process that works for this checkout, the supervisor left out."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                words = (
                    (folder / "cmdline")
                    .read_bytes()
                    .replace(b"\0", b" ")
                    .decode("utf-8", "replace")
                )
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                where = os.readlink(folder / "cwd")
                if state != "Z" and str(self.checkout) in f"{words}{where}":
                    found[int(folder.name)] = words
        found.pop(self.process.pid, None)
        return found

    def pid(self, word: str) -> int | None:
        """The oldest process with this word in its command line."""
        return min((pid for pid, words in self.processes().items() if word in words), default=None)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("a") / "check out")


@pytest.fixture(scope="module")
def portal(checkout):
    run = Run(checkout)
    assert run.serves(), run.said()
    yield run
    run.end(signal.SIGTERM)


def test_run_prints_the_address_and_the_sign_ins(portal):
    said = portal.said()
    assert "role_name  login    password\n" in said
    assert "社工       shegong  pw\n" in said
    assert f"http://127.0.0.1:{portal.port}/ serves the portal." in said


def test_run_starts_the_four_processes_on_its_own_servers(portal):
    parts = (
        "gunicorn msw_portal.wsgi",
        "-Q reports",
        "-Q relay",
        "celery -A msw_portal beat",
        "postgres -D",
    )
    assert until(lambda: all(map(portal.pid, parts)))
    assert portal.get("worlds") == "1"
    assert until(lambda: "ready" in (portal.checkout / "var" / "log" / "relay.log").read_text())


def test_a_second_run_of_the_checkout_is_one_sentence(portal):
    second = Run(portal.checkout)
    assert second.process.wait(10) == 1
    assert second.said() == (
        f"The portal of this checkout runs already (process {portal.process.pid}, "
        f"http://127.0.0.1:{portal.port}/): end that one with Ctrl-C.\n"
    )


def test_a_taken_port_is_one_sentence_and_starts_nothing(portal, tmp_path):
    other = Run(build(tmp_path / "other"), portal.port)
    assert other.process.wait(10) == 1
    assert other.said() == (
        f"Port {portal.port} is in use by another program: "
        f"choose another one, as in `make run PORT={portal.port + 1}`.\n"
    )
    assert not (other.checkout / "var").exists()


@pytest.mark.parametrize(
    ("name", "word"), [("web", "gunicorn"), ("reports", "-Q reports"), ("beat", "beat")]
)
def test_a_killed_child_is_started_again_and_said_so(portal, name, word):
    assert until(lambda: portal.pid(word))
    before = set(portal.processes())
    os.kill(portal.pid(word), signal.SIGKILL)
    assert until(lambda: f"portal  | {name} died (killed by SIGKILL) after" in portal.said())
    assert until(
        lambda: any(word in words for pid, words in portal.processes().items() if pid not in before)
    )


def test_killed_servers_are_started_again_and_said_so(portal):
    os.kill(portal.pid("postgres -D"), signal.SIGKILL)
    assert until(lambda: "portal  | Postgres runs again." in portal.said())
    assert until(lambda: portal.get("worlds") == "1")


def test_ctrl_c_ends_everything_and_the_next_run_goes_on(tmp_path):
    checkout = build(tmp_path / "own")
    run = Run(checkout)
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as stranger:
        try:
            assert run.serves(), run.said()
            assert run.end(signal.SIGINT) == 0
            assert run.said().endswith("portal  | stopped; data stay under var/.\n")
            assert run.processes() == {}
            assert stranger.poll() is None
        finally:
            stranger.kill()
    again = Run(checkout, run.port)
    began = time.monotonic()
    assert again.serves(), again.said()
    assert time.monotonic() - began < 15
    assert "Migrations: none is missing" in again.said()
    assert "Demo world: is there" in again.said()
    assert again.get("worlds") == "1"
    # Even kill -9 leaves nothing behind.
    again.end(signal.SIGKILL)
    assert until(lambda: again.processes() == {}), again.processes()
    shutil.rmtree(Place(checkout).socket)


def test_a_deleted_database_gets_its_demo_world_again(tmp_path):
    run = Run(build(tmp_path / "anew"))
    try:
        assert run.serves(), run.said()
    finally:
        run.end(signal.SIGTERM)
    shutil.rmtree(Place(run.checkout).clusters)
    again = Run(run.checkout, run.port)
    try:
        assert again.serves(), again.said()
        assert "Demo world: is there" not in again.said()
        assert again.get("worlds") == "1"
    finally:
        again.end(signal.SIGTERM)


def test_a_child_that_cannot_live_is_tried_less_and_less_and_shown(tmp_path):
    checkout = build(tmp_path / "broken")
    (checkout / "msw_portal" / "wsgi.py").write_text("raise RuntimeError('no application')\n")
    run = Run(checkout)
    assert until(lambda: "started again in 2 s" in run.said(), 40), run.said()
    assert "RuntimeError: no application" in run.said()
    assert run.end(signal.SIGTERM) == 0
    assert run.processes() == {}


def test_a_failed_migration_is_shown_and_stops_the_servers(tmp_path):
    checkout = build(tmp_path / "failing")
    (checkout / "msw_portal" / "settings.py").write_text("raise RuntimeError('no settings')\n")
    run = Run(checkout)
    assert run.process.wait(30) == 1
    assert "RuntimeError: no settings" in run.said()
    assert "Migrations failed (exit 1); the whole of it is in " in run.said()
    assert run.processes() == {}


@pytest.mark.parametrize("port", ["http", "0", "70000", "８０００"])
def test_a_port_that_is_none_is_one_sentence(tmp_path, port):
    env = {**os.environ, "PORT": port}
    done = subprocess.run(
        [sys.executable, "-m", "msw_portal.embedded", "run"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        1,
        f"PORT={port} is no port number: give one from 1 to 65535.\n",
    )


def test_real_servers_without_their_settings_are_one_sentence(tmp_path):
    checkout = build(tmp_path / "real")
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MSW_", "DATABASE", "REDIS"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "msw_portal.embedded", "run"], cwd=checkout, capture_output=True, text=True, check=False,
        env=env | {"DATABASE_URL": "postgres://a:b@c/d", "PORT": str(free_port()), "SECRET_KEY": "x" * 50},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "DATABASE_URL is given, but DATABASE_OWNER_URL, REDIS_URL, MSW_KEYS, MSW_MEDIA, ALLOWED_HOSTS is not: "
        "see .env.example.\n"
    )


def test_the_table_of_sign_ins_counts_chinese_characters_twice():
    rows = [{"login": "a", "role": "社工"}, {"login": "bcd", "role": None}]
    assert table(rows) == ["login  role", "a      社工", "bcd"]
    assert table([]) == []
