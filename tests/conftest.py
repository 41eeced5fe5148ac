"""Fixtures: one template database, a clone per process, a clone of its own for tests that commit."""

import contextlib
import fcntl
import gc
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import translation

from msw_portal.kernel import crypto

# While ten thousand tests are read nothing becomes garbage; `pytest_collection_finish` switches it on again.
gc.disable()
ROOT = Path(__file__).resolve().parent.parent
APPS = ("departments", "cases", "volunteers", "projects", "donations", "reports")


# Files whose tests share what takes long to set up: each group runs in one process of the suite.
GROUPS = {
    "tests/demo/test_world.py": "demo",
    "tests/keys/": "keys",
    "tests/platform/test_behind_proxy.py": "proxy",
    "tests/platform/test_embedded.py": "servers",
    "tests/platform/test_embedded_roles.py": "servers",
    "tests/platform/test_install.py": "servers",
    "tests/platform/test_supervisor.py": "supervisor",
}


def pytest_xdist_make_scheduler(config, log):
    """Groups by file: the marks of xdist (3.8) are lost on the way with this pytest (9.2), whose ids are no text."""
    from xdist.scheduler import LoadGroupScheduling

    class ByFile(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            found = (group for start, group in GROUPS.items() if nodeid.startswith(start))
            return next(found, nodeid)

    return ByFile(config, log)


def _schema_sources() -> dict[str, str]:
    """What makes the schema, by path: the hash of every migration and of the walls they call."""
    sources = [path for app in APPS for path in (ROOT / app / "migrations").glob("*.py")]
    sources.append(ROOT / "msw_portal/kernel/walls.py")
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(sources)
    }


def _template_name() -> str:
    """Named by what is in it, so that servers that live longer than a run never serve an old schema."""
    whole = json.dumps(SCHEMA).encode() + (ROOT / "tests/factories/world.py").read_bytes()
    return f"msw_template_{hashlib.sha256(whole).hexdigest()[:12]}"


SCHEMA = _schema_sources()
TEMPLATE = _template_name()
BASE = f"msw_base_{hashlib.sha256(json.dumps(SCHEMA).encode()).hexdigest()[:12]}"
BROWSER = next(
    (path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None
)


def _owner(database: str):
    """An autocommit connection as msw_owner."""
    from environ import Env

    config = Env.db_url_config(os.environ["DATABASE_OWNER_URL"])
    link = psycopg2.connect(
        dbname=database,
        user=config["USER"],
        password=config["PASSWORD"],
        host=unquote(config["HOST"]),
        port=config["PORT"] or None,
    )
    link.autocommit = True
    return link


def _run_as_owner(sql: str) -> None:
    with contextlib.closing(_owner("postgres")) as link, link.cursor() as cursor:
        cursor.execute(sql)


def _url(name: str, variable: str) -> str:
    head, _slash, tail = os.environ[variable].rpartition("/")
    return f"{head}/{name}" + (("?" + tail.partition("?")[2]) if "?" in tail else "")


def _point_at(name: str) -> None:
    connection.close()
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
    crypto.forget_organization_uids()


def _nearest_base() -> str:
    """A database that went through the most of our migrations and through no others, else an empty one.

    Only servers that outlive a run have one: a new migration is then applied alone, in seconds.
    """
    with contextlib.closing(_owner("postgres")) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database "
            "WHERE datname LIKE 'msw_base_%'"
        )
        known = {name: json.loads(note) for name, note in cursor.fetchall() if note}
    fitting = [name for name, held in known.items() if held.items() <= SCHEMA.items()]
    return max(fitting, key=lambda name: len(known[name]), default="template0")


def _keep_base() -> None:
    """The schema as it is now, still empty, for the next change of it."""
    try:
        _run_as_owner(f"CREATE DATABASE {BASE} TEMPLATE {TEMPLATE}")
    except psycopg2.errors.DuplicateDatabase:
        return
    _run_as_owner(f"COMMENT ON DATABASE {BASE} IS '{json.dumps(SCHEMA)}'")


def _build_template() -> None:
    from tests.factories import world

    _run_as_owner(f"DROP DATABASE IF EXISTS {TEMPLATE}")
    _clone(TEMPLATE, _nearest_base())
    env = {
        **os.environ,
        "DATABASE_OWNER_URL": _url(TEMPLATE, "DATABASE_OWNER_URL"),
        "MSW_AS_OWNER": "1",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise pytest.UsageError(f"migrate failed:\n{done.stdout}\n{done.stderr}")
    _keep_base()
    _point_at(TEMPLATE)
    world.build()
    connection.close()


@pytest.fixture(scope="session")
def template_database(django_db_blocker) -> str:
    """Migrated once per run as the owner, with the small world in it; other processes wait for it."""
    servers = hashlib.sha256(os.environ["DATABASE_OWNER_URL"].encode()).hexdigest()[:12]
    marker = Path(tempfile.gettempdir()) / f"{TEMPLATE}-{servers}"
    with open(marker, "a+") as done:
        fcntl.flock(done, fcntl.LOCK_EX)
        done.seek(0)
        if not done.read():
            with django_db_blocker.unblock():
                _build_template()
            done.write("done")
    return TEMPLATE


def _clone(name: str, template: str = TEMPLATE) -> None:
    for attempt in range(20):
        try:
            # Copied as files: a third of the work of writing every page into the log.
            _run_as_owner(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
            return
        except psycopg2.errors.ObjectInUse:
            time.sleep(0.1 * (attempt + 1))
    raise RuntimeError("the template database stays in use")


def _drop(name: str) -> None:
    """Also while a session of msw_app is still ending: the owner of the test servers may end it."""
    for _attempt in range(50):
        try:
            _run_as_owner(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            return
        except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectInUse):
            time.sleep(0.2)
    raise RuntimeError(f"{name} stays in use")


@pytest.fixture(scope="session")
def django_db_setup(template_database, django_db_blocker, worker_id) -> Iterator[None]:
    """Every process of the run has a clone; ordinary tests roll back inside it."""
    name = f"msw_{worker_id}_{secrets.token_hex(3)}"
    _clone(name)
    with django_db_blocker.unblock():
        _point_at(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    _drop(name)


@pytest.fixture(scope="session")
def worker_id(request) -> str:
    """xdist's name of this process, or `main`."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


def pytest_collection_finish(session):
    """What is loaded by now stays: the collector need not walk through a million objects again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once():
    """Every test client loads the middleware, and WhiteNoise then looks at each of three hundred files again."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    list_files, known = WhiteNoiseMiddleware.add_files_from_finders, {}

    def add(self):
        if self.static_prefix not in known:
            held, self.files = self.files, {}
            list_files(self)
            known[self.static_prefix], self.files = self.files, held
        self.files |= known[self.static_prefix]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
        yield


@pytest.fixture(scope="session")
def _all_media(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _media(_all_media, settings):
    """Not below `tmp_path`, which looks through the folders of all tests before this one each time."""
    settings.MEDIA_ROOT = _all_media / secrets.token_hex(8)


@pytest.fixture(autouse=True)
def _own_attempts(monkeypatch):
    """Attempts are counted outside the test's transaction: every test counts under keys of its own,
    and in one window: a window that turns between two attempts begins to count anew."""
    from departments.services import rate

    real, salt = rate._key_hash, secrets.token_hex(8)
    monkeypatch.setattr(rate, "_key_hash", lambda key: real(f"{salt}:{key}"))
    begins = cache(rate._window_start)
    monkeypatch.setattr(rate, "_window_start", lambda window: begins(window))


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch, request):
    """Nobody listens in tests without a worker; the rows are the queue."""
    if "portal" not in request.fixturenames and "celery_worker" not in request.fixturenames:
        monkeypatch.setattr("msw_portal.kernel.bell._quiet_until", float("inf"))


@dataclass(frozen=True)
class OwnDatabase:
    """A committed database of one test, and the environment a child process needs to use it."""

    name: str
    env: dict[str, str]


@contextlib.contextmanager
def own_clone(blocker, tmp_path: Path, template: str = TEMPLATE) -> Iterator[OwnDatabase]:
    """A clone of a database with Django's connection pointed at it; dropped afterwards."""
    name, before = f"msw_own_{secrets.token_hex(5)}", connection.settings_dict["NAME"]
    _clone(name, template)
    media, anchors = tmp_path / "media", tmp_path / "anchors" / "anchors.jsonl"
    media.mkdir(exist_ok=True)
    base, _slash, _index = os.environ["REDIS_URL"].rpartition("/")
    env = {
        **os.environ,
        "DATABASE_URL": _url(name, "DATABASE_URL"),
        "DATABASE_OWNER_URL": _url(name, "DATABASE_OWNER_URL"),
        "MSW_MEDIA": str(media),
        # Every clone has the same houses: what a worker of one notes would break the chains of the others.
        "MSW_ANCHORS": str(anchors),
        "REDIS_URL": f"{base}/{secrets.randbelow(15) + 1}",
    }
    with blocker.unblock():
        _point_at(name)
        settings.MEDIA_ROOT, settings.MSW_ANCHORS = media, anchors
        yield OwnDatabase(name, env)
        connections.close_all()
        _point_at(before)
    _drop(name)


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, tmp_path) -> Iterator[OwnDatabase]:
    """A clone of the template for tests with threads, commits, a worker or a browser; dropped afterwards."""
    with own_clone(django_db_blocker, tmp_path) as made:
        yield made


@dataclass(frozen=True)
class MatrixWorld:
    """A committed database with the objects of the access matrix: its files, and the uid by kind."""

    name: str
    media: Path
    known: dict[str, str]


@pytest.fixture(scope="session")
def matrix_world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[MatrixWorld]:
    """Written once for a process: it takes seconds of a core, and two dozen tests begin with it."""
    from msw_portal.kernel import bell
    from tests.architecture.matrix_world import build

    name, media = f"msw_matrix_{secrets.token_hex(4)}", tmp_path_factory.mktemp("matrix")
    before, kept = connection.settings_dict["NAME"], settings.MEDIA_ROOT
    _clone(name)
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(bell, "_quiet_until", float("inf"))
        _point_at(name)
        settings.MEDIA_ROOT = media
        known = build()
        connections.close_all()
        settings.MEDIA_ROOT = kept
        _point_at(before)
    owner_sql(name, "ANALYZE")
    yield MatrixWorld(name, media, known)
    _drop(name)


@pytest.fixture
def matrix(matrix_world, django_db_blocker, settings, tmp_path) -> Iterator[dict[str, str]]:
    """The objects of the access matrix, uid by kind, for a test that names this before `db`: what
    it writes is rolled back there."""
    before = connection.settings_dict["NAME"]
    settings.MEDIA_ROOT = shutil.copytree(matrix_world.media, tmp_path / "media")
    with django_db_blocker.unblock():
        _point_at(matrix_world.name)
    yield matrix_world.known
    with django_db_blocker.unblock():
        _point_at(before)


@pytest.fixture
def own_matrix(matrix_world, django_db_blocker, tmp_path) -> Iterator[OwnDatabase]:
    """As `own_database`, with the objects of the access matrix in it."""
    with clone_of_matrix(matrix_world, django_db_blocker, tmp_path) as made:
        yield made


@contextlib.contextmanager
def clone_of_matrix(world: MatrixWorld, blocker, tmp_path: Path) -> Iterator[OwnDatabase]:
    """A clone of the matrix' database with files of its own."""
    shutil.copytree(world.media, tmp_path / "media", dirs_exist_ok=True)
    with own_clone(blocker, tmp_path, world.name) as made:
        yield made


def owner_sql(name: str, sql: str, params: tuple = ()) -> list[tuple]:
    """Run one statement as the owner in a database of a test; rows if it returns any."""
    with contextlib.closing(_owner(name)) as link, link.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _child(arguments: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its workers too: it leads a session of its own
            process.wait()


def _web_arguments(port: int) -> list[str]:
    """One worker: a second one would warm up for every test anew. Two are behind the proxy of tests/platform."""
    return [
        *("msw_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8"),
        *("--worker-class", "gthread", "--no-control-socket"),
    ]


def _until_it_answers(address: str, log: Path, is_alive: Callable[[], bool]) -> None:
    for _attempt in range(300):
        if not is_alive():
            raise RuntimeError(log.read_text())
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{address}/livez", timeout=1),
        ):
            return
        time.sleep(0.05)


@contextlib.contextmanager
def serving(
    env: dict[str, str], tmp_path: Path, port: int
) -> Iterator[tuple[str, subprocess.Popen]]:
    """The web server as a process of its own on `port`: its address, once it answers, and the process."""
    address, log = f"http://127.0.0.1:{port}", tmp_path / "web.log"
    with _child(["gunicorn", *_web_arguments(port)], env, log) as process:
        _until_it_answers(address, log, lambda: process.poll() is None)
        yield address, process


class Nursery:
    """The process that forks web servers and workers (tests/nursery.py)."""

    def __init__(self, process: subprocess.Popen):
        self._process = process

    @contextlib.contextmanager
    def running(
        self, program: str, arguments: list[str], env: dict[str, str], log: Path
    ) -> Iterator[int]:
        """`gunicorn` or `celery` with these arguments: its process id.

        It keeps its connections, as in a hospital: every new one reads the walls of all tables again.
        """
        url = env["DATABASE_URL"]
        kept = env | {"DATABASE_URL": f"{url}{'&' if '?' in url else '?'}conn_max_age=600"}
        asked = {"program": program, "arguments": arguments, "env": kept, "log": str(log)}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        pid = int(self._process.stdout.readline())
        try:
            yield pid
        finally:
            _end(pid)

    @contextlib.contextmanager
    def serving(self, env: dict[str, str], tmp_path: Path) -> Iterator[str]:
        """A web server over the database of `env`: its address."""
        port, log = free_port(), tmp_path / "web.log"
        with self.running("gunicorn", _web_arguments(port), env, log) as pid:
            address = f"http://127.0.0.1:{port}"
            _until_it_answers(address, log, lambda: _is_alive(pid))
            yield address


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _end(pid: int) -> None:
    """Ask it to stop and, after ten seconds, stop it with its workers: it leads a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        for _attempt in range(200):
            if not _is_alive(pid):
                return
            time.sleep(0.05)
        os.killpg(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory) -> Iterator[Nursery]:
    with open(tmp_path_factory.mktemp("nursery") / "nursery.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    yield Nursery(process)
    process.stdin.close()
    try:
        process.wait(60)  # it may still be loading, and on a busy machine that takes long
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def portal(own_database, nursery, tmp_path) -> Iterator[str]:
    """The web server on a free port over the test's own database; its address."""
    with nursery.serving(own_database.env, tmp_path) as address:
        yield address


@pytest.fixture
def celery_worker(own_database, nursery, tmp_path) -> Iterator[None]:
    """A real worker on both queues, and beat, over the test's own database."""
    worker = [
        *("-A", "msw_portal", "worker", "-Q", "reports,relay", "--concurrency", "1"),
        *("--pool", "prefork", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    ]
    beat = ["-A", "msw_portal", "beat", "--loglevel", "WARNING", "--pidfile", ""]
    env = own_database.env
    with (
        nursery.running("celery", worker, env, tmp_path / "worker.log"),
        nursery.running("celery", beat, env, tmp_path / "beat.log"),
    ):
        yield


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; without one browser tests are skipped, and refused where CI is set."""
    if BROWSER is None:
        sentence = (
            "No Chromium on this machine: `apt-get install chromium` lets the browser tests run."
        )
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread until the session ends; nothing of ours is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as play:
        instance = play.chromium.launch(
            executable_path=BROWSER,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield instance
        instance.close()


# ── the small world ──────────────────────────────────────────────────────────


def _person(login: str):
    from departments.models.people import Membership, User
    from msw_portal.kernel.scope import scope

    user = User.objects.get(username=login)
    with scope(user=user.pk):
        user.membership = Membership.objects.select_related("organization", "department").get(
            user=user
        )
    return user


def _person_fixture(login: str):
    @pytest.fixture(name=login)
    def person(db):
        return _person(login)

    return person


def _house_fixture(name: str, code: str):
    @pytest.fixture(name=name)
    def house(db):
        from departments.models.organizations import Organization

        return Organization.objects.get(code=code)

    return house


worker, worker2, assistant, supervisor, head, clinician = map(
    _person_fixture, ["worker", "worker2", "assistant", "supervisor", "head", "clinician"]
)
auditor, secadmin, sysadmin, authority, volunteer = map(
    _person_fixture, ["auditor", "secadmin", "sysadmin", "authority", "volunteer"]
)
other_worker, other_head, other_officer = map(
    _person_fixture, ["other_worker", "other_head", "other_officer"]
)
officer, officer2, approver, cashier, cashier2 = map(
    _person_fixture, ["officer", "officer2", "approver", "cashier", "cashier2"]
)
hospital, other_hospital = _house_fixture("hospital", "HA"), _house_fixture("other_hospital", "HB")
foundation, other_foundation = (
    _house_fixture("foundation", "FA"),
    _house_fixture("other_foundation", "FB"),
)


@pytest.fixture
def person() -> Callable[[str], object]:
    """Fetch somebody of the world by login, in tests with a database of their own."""
    return _person


@pytest.fixture
def msw(db):
    """The social-work department of the first hospital."""
    from departments.models.organizations import Department

    return Department.objects.get(organization__code="HA", kind="msw")


@pytest.fixture
def ward(db):
    from departments.models.organizations import Department

    return Department.objects.get(organization__code="HA", kind="ward")


@pytest.fixture
def acting():
    """`with acting(worker):` — a transaction as this member."""
    from departments.services.entering import member_scope

    return lambda user: member_scope(user, user.membership.uid)


def sign_in(client: Client, user) -> Client:
    """Give the client a session of this person in the person's role."""
    from departments.services.sessions import begin

    client.force_login(user, backend="departments.backends.PortalBackend")
    session = client.session
    session["membership_uid"] = str(user.membership.uid)

    class Request:
        pass

    holder = Request()
    holder.session = session
    begin(holder)
    session.save()
    return client


@pytest.fixture
def client_for() -> Callable[[object], Client]:
    """`client_for(worker).get("/cases/")` — a signed-in test client; errors answer 500 as in production."""
    return lambda user: sign_in(Client(raise_request_exception=False), user)


@pytest.fixture
def run_as_owner() -> Callable[..., list[tuple]]:
    """One statement as msw_owner in the database of this test's own (`own_database`)."""
    return lambda sql, *params: owner_sql(connection.settings_dict["NAME"], sql, params)


@pytest.fixture
def api_for(db):
    """`api_for()` — a test client with a token of a service account in the officer's foundation."""
    return api_client_of


def api_client_of(
    login: str = "officer",
    *,
    scopes: tuple[str, ...] = ("funding:read", "funding:review", "funding:approve"),
    limit: str | None = "50000",
) -> Client:
    """A new API client of that person's house, with a live token for `scopes`."""
    import datetime as dt

    from django.utils import timezone
    from oauth2_provider.models import AccessToken, Application

    from departments.models.people import ApiClient, Membership, User
    from departments.services.api_clients import ROLE_OF
    from msw_portal.kernel.ids import uuid7
    from msw_portal.kernel.scope import scope
    from tests.factories.world import SINCE

    house = _person(login).membership.organization
    name = f"client-{secrets.token_hex(4)}"
    user = User.objects.create(username=name, display_name=name, is_service=True, password="!")
    with scope(org=house.pk, role="system"):
        membership = Membership.objects.create(
            user=user, organization=house, role=ROLE_OF[house.kind], duty_class=0, valid=SINCE
        )
    application = Application.objects.create(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    ApiClient.objects.create(
        application=application,
        organization=house,
        user=user,
        membership=membership,
        uid=uuid7(),
        scopes=list(scopes),
        duties=["verify", "review1", "review2", "approve"],
        approve_limit=limit,
    )
    token = secrets.token_urlsafe(32)
    AccessToken.objects.create(
        application=application,
        token=token,
        scope=" ".join(scopes),
        expires=timezone.now() + dt.timedelta(hours=1),
    )
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A page in English leaves its language with the thread; the next test begins in the portal's own."""
    yield
    translation.deactivate()
