"""The installation of docker-compose.yml behind its TLS proxy, in production mode, over throw-away servers."""

import contextlib
import http.client
import json
import os
import re
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.utils import timezone

from departments.models.queues import Job
from departments.models.trail import AuditEntry
from msw_portal.embedded.places import Place
from msw_portal.kernel.scope import scope
from reports.services.runs import report_ask
from tests.conftest import OwnDatabase, own_clone, owner_sql, sign_in
from tests.platform.behind import COMPOSE, HOST, NGINX, ROOT, Installation, installation
from tests.platform.disks import NO_MOUNT, small_disk

# Nobody's name, number, mail address: searched for in every log at the end.
PLANTED = (
    "欧阳霜竹",
    "Ouyang Shuangzhu",
    "11010519491231002X",
    "13812345678",
    "shuangzhu@mail.example",
)
# The house's proxies hand a request to whichever web server lives: a form is sent to one of them once.
REQUEST_ID = re.compile(r"[0-9a-f]{32}")
PASSWORD = "A long pass phrase of the tests"


@pytest.fixture(scope="module")
def standing(
    django_db_setup, django_db_blocker, tmp_path_factory
) -> Iterator[tuple[OwnDatabase, Installation]]:
    """One installation for all tests: it takes fifteen seconds to stand; without nginx skipped, and refused where CI is set."""
    if NGINX is None:
        sentence = "No nginx on this machine: `apt-get install nginx-light` lets the tests behind a proxy run."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with (
        own_clone(django_db_blocker, tmp_path_factory.mktemp("own")) as database,
        installation(tmp_path_factory.mktemp("house"), database.env) as made,
    ):
        yield database, made


@pytest.fixture
def installed(standing) -> Installation:
    """The installation, with whatever the tests before left running."""
    return standing[1]


@pytest.fixture
def house(installed) -> Installation:
    """The installation with both web servers up. Who stops one leaves it so: often nobody needs it again."""
    stopped = [service for service in ("web", "web2") if service not in installed.running]
    for service in stopped:
        installed.start(service)
    for service in stopped:
        installed.wait_healthy(service)
    if stopped:
        time.sleep(2.5)  # until nginx asks them again
    return installed


@pytest.fixture
def session(house, person, run_as_owner) -> str:
    """The cookie of somebody who has signed in: `__Host-session=...`."""
    # In production the accounts of a demo world sign nobody in.
    run_as_owner("UPDATE departments_user SET is_demo = false")
    browser = sign_in(Client(), person("head"))
    return f"__Host-session={browser.cookies['session'].value}"


def _cookies(answer) -> dict[str, set[str]]:
    """Attributes of every cookie set, by its name."""
    return {
        words[0].partition("=")[0]: {word.strip().lower() for word in words[1:]}
        for words in (line.split(";") for line in answer.cookies)
    }


def _form(house, path: str, cookie: str = "") -> tuple[str, str]:
    """(csrf token, cookies) of the form at this address."""
    answer = house.ask(path, Cookie=cookie) if cookie else house.ask(path)
    assert answer.status == 200, answer.text[:300]
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)[:1]
    given = [line.partition(";")[0] for line in answer.cookies]
    return token, "; ".join([*([cookie] if cookie else []), *given])


def _post(house, path: str, fields: dict[str, str], cookie: str, **headers: str):
    from urllib.parse import urlencode

    return house.ask(
        path, "POST", urlencode(fields), Cookie=cookie, Origin=f"https://{HOST}",
        Content_Type="application/x-www-form-urlencoded", **headers,
    )  # fmt: skip


def test_every_line_of_the_portal_is_one_json_object(house, session):
    house.ask("/workbench/", Cookie=session)
    house.ask("/no/such/page/")
    for path in (house.log("web"), house.log("web2"), house.folder / "access.log"):
        with contextlib.closing(path.open()) as lines:
            kinds = {json.loads(line)["logger"] for line in lines if line.strip()}
        assert kinds <= {"gunicorn.error", "msw_portal.requests", "proxy", "py.warnings"}, path.name


def test_the_house_is_closed_to_everything_but_its_name_over_tls(house, session):
    _http_goes_to_https(house)
    _every_kind_of_answer_carries_the_security_headers(house, session)
    _cookies_belong_to_the_host_alone(house)
    _nobody_forwards_what_only_the_proxy_may_say(house, session)
    _backlogs_are_for_this_machine(house)
    _the_health_checks_of_compose_hold(house)
    _figures_are_for_nobody_without_a_token(house)


def _http_goes_to_https(house):
    answer = house.ask_plainly(house.ports["http"], "/cases/?page=2", X_Forwarded_Proto="https")
    assert (answer.status, answer.headers["location"]) == (308, f"https://{HOST}/cases/?page=2")
    assert "strict-transport-security" not in answer.headers  # a browser ignores it there
    with pytest.raises(http.client.RemoteDisconnected):
        house.ask_plainly(house.ports["http"], "/", Host="elsewhere.example")
    # Past the proxy and without TLS the portal itself says where to go.
    straight = house.ask_plainly(house.ports["web"], "/sign-in/")
    assert (straight.status, straight.headers["location"]) == (301, f"https://{HOST}/sign-in/")


def _every_kind_of_answer_carries_the_security_headers(house, session):
    style = re.search(r'href="(/static/dist/portal[^"]+\.css)"', house.ask("/sign-in/").text)[1]
    signed = {"Cookie": session}
    kinds = {
        "sign-in": (200, house.ask("/sign-in/")),
        "signed in": (200, house.ask("/workbench/", **signed)),
        "fragment": (200, house.ask("/workbench/tasks/", HX_Request="true", **signed)),
        "redirect": (302, house.ask("/workbench/")),
        "missing": (404, house.ask("/no/such/page/")),
        "wrong method": (405, house.ask("/notifications/read/", **signed)),
        "without token": (403, house.ask("/sign-in/", "POST", "a=b", Content_Type="application/x-www-form-urlencoded")),
        "api": (401, house.ask("/api/v1/funding-requests/")),
        "api's description": (200, house.ask("/api/v1/docs/")),
        "static": (200, house.ask(style)),
        "health": (200, house.ask("/livez")),
    }  # fmt: skip
    for kind, (status, answer) in kinds.items():
        said = answer.headers
        assert answer.status == status, (kind, answer.status, answer.text[:300])
        assert said["strict-transport-security"] == "max-age=63072000; includeSubDomains; preload", kind  # fmt: skip
        assert said["x-content-type-options"] == "nosniff", kind
        assert said["referrer-policy"] == "same-origin", kind
        assert said["cross-origin-opener-policy"] == "same-origin", kind
        policy = said["content-security-policy"]
        assert "default-src 'none'" in policy, kind
        assert "frame-ancestors 'none'" in policy, kind
        assert "unsafe" not in policy, kind
        assert "gunicorn" not in said.get("server", ""), kind
        assert said["server"] == "nginx", kind
        if kind == "static":
            assert said["cache-control"] == "max-age=315360000, public, immutable"
            packed = house.ask(style, Accept_Encoding="gzip, deflate, br").headers
            assert packed["content-encoding"] == "br"
            continue
        assert {"no-store", "private"} <= set(said["cache-control"].split(", ")), kind
        assert said["x-frame-options"] == "DENY", kind
        assert REQUEST_ID.fullmatch(said["x-request-id"]), kind


def _cookies_belong_to_the_host_alone(house):
    strict = {"secure", "httponly", "samesite=lax", "path=/"}
    wanted = {"__Host-csrf": strict, "__Host-session": strict, "__Host-language": strict}
    owner_sql(
        _database_of(house),
        "UPDATE departments_user SET password = %s WHERE username = 'worker'",
        (PBKDF2PasswordHasher().encode(PASSWORD, "saltsaltsalt", 1000),),
    )
    token, cookie = _form(house, "/sign-in/")
    signed = _post(house, "/sign-in/", {"csrfmiddlewaretoken": token, "username": "worker", "password": PASSWORD}, cookie)  # fmt: skip
    assert signed.status == 302, signed.text[:500]
    spoken = _post(house, "/language/", {"csrfmiddlewaretoken": token, "language": "en", "next": "/sign-in/"}, cookie)  # fmt: skip
    found = _cookies(house.ask("/sign-in/")) | _cookies(signed) | _cookies(spoken)
    plain = {
        name: {word for word in words if not word.startswith(("expires=", "max-age="))}
        for name, words in found.items()
    }
    assert plain == wanted


def _nobody_forwards_what_only_the_proxy_may_say(house, session):
    lies = {
        "X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "http", "X_Forwarded_Host": "elsewhere.example",
        "X_Real_IP": "203.0.113.7", "Forwarded": "for=203.0.113.7;proto=http", "X_Request_Id": "0" * 32,
    }  # fmt: skip
    answer = house.ask("/sign-in/", **lies)
    assert answer.status == 200  # still known to have come over TLS
    assert answer.headers["x-request-id"] != "0" * 32
    assert "elsewhere.example" not in answer.text
    # Denied and therefore in the audit, with the address that the proxy saw and its number.
    token, cookie = _form(house, "/sign-in/")
    denied = _post(house, "/sign-in/", {"csrfmiddlewaretoken": token, "username": "worker", "password": "wrong"}, cookie, **lies)  # fmt: skip
    assert denied.status in (200, 422)
    with scope(org=1, role="auditor"):
        entry = AuditEntry.objects.filter(action="sign_in.refuse").latest("at")
    assert (entry.ip, entry.request_id) == ("127.0.0.1", denied.headers["x-request-id"])
    # Whoever reaches a web server past the proxy, from another address, is believed nothing.
    past = house.ask_plainly(house.ports["web"], "/sign-in/", source="127.0.0.2", **lies | {"X_Forwarded_Proto": "https"})  # fmt: skip
    assert past.status == 301
    assert past.headers["x-request-id"] != "0" * 32 if "x-request-id" in past.headers else True


def _backlogs_are_for_this_machine(house):
    # The proxy's own machine is this one: asked through the door it may, and the rule stands in the file.
    assert house.ask("/readyz").status == 200
    assert re.search(r"location = /readyz \{\s+allow 127\.0\.0\.1;\s+deny all;", (house.folder / "nginx.conf").read_text())  # fmt: skip


def _the_health_checks_of_compose_hold(house):
    check = COMPOSE["services"]["proxy"]["healthcheck"]["test"][-1]
    assert check == "http://127.0.0.1:8080/livez"
    assert house.ask_plainly(house.ports["health"], "/livez", Host="localhost").status == 200
    assert (house.is_healthy("web"), house.is_healthy("web2")) == (True, True)


def _figures_are_for_nobody_without_a_token(house):
    assert {house.ask(path).status for path in ("/metrics", "/metrics/web2")} == {404}


def _database_of(house) -> str:
    return house.values["DATABASE_URL"].rpartition("/")[2].partition("?")[0]


def test_with_no_room_for_a_large_form_the_proxy_says_so(house, capsys):
    with small_disk(house.folder / "client_body", 1024 * 1024) as disk:
        if disk is None:
            with capsys.disabled():
                print(f"\n{NO_MOUNT}nginx is not asked with a full disk.")
            return
        disk.fill()
        answer = house.ask("/sign-in/", "POST", PLANTED[3] + "x" * 500_000)
        assert (answer.status, answer.headers["retry-after"]) == (503, "30")
        assert "可能是存储空间已满" in answer.text
        assert answer.headers["x-request-id"] in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        disk.make_room()
        assert house.ask("/sign-in/", "POST", "x" * 500_000).status == 403  # without its token
    assert not any(PLANTED[3] in path.read_text() for path in _logs(house))


def test_what_compose_runs_once_runs_to_its_end(standing, tmp_path):
    """`migrate` before every version, `backup` from the host's timer; the image names their folders."""
    database, house = standing
    place = Place(Path(os.environ["MSW_KEYS"]).parents[1])
    backup = place.database_url("msw_backup", place.secrets()).rpartition("/")[0]
    folders = {"MSW_BACKUPS": str(tmp_path / "kept"), "MSW_ANCHORS": str(tmp_path / "a.jsonl")}
    address = {"DATABASE_BACKUP_URL": f"{backup}/{database.name}"}
    for service, changed in (("migrate", {}), ("backup", address | folders)):
        env = house.environment(service) | changed
        done = subprocess.run(house.command(service), cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
    [kept] = (tmp_path / "kept").glob("2*")
    assert sorted(path.name for path in kept.iterdir()) == ["database.dump", "manifest.json", "media.tar"]  # fmt: skip


# ── refusals ─────────────────────────────────────────────────────────────────


def test_the_web_server_refuses_what_it_must_not_serve(installed):
    house = installed
    owner = house.values["DATABASE_OWNER_URL"]
    for changed, sentence in (
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"MSW_KEYS": None}, "MSW_KEYS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"DEBUG": "1"}, "DEBUG is refused outside the embedded mode"),
        ({"MSW_SECOND_FACTOR": "0"}, "MSW_SECOND_FACTOR cannot be switched off"),
        ({"MSW_PROXY_ADDRESSES": "everybody"}, "MSW_PROXY_ADDRESSES: everybody is no address or network"),
    ):  # fmt: skip
        said = house.refuses("web", PORT="0", **changed)
        assert sentence in said, (changed, said[-2000:])
        assert owner not in said


# ── with servers stopped and started: in this order one start serves several ──────


def test_with_no_web_server_the_proxy_says_so_and_names_the_request(house):
    for service in ("web", "web2"):
        house.stop(service)
    answer = house.ask(f"/cases/?q={PLANTED[3]}")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "门户正在更新或重新启动" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert not any(PLANTED[3] in path.read_text() for path in _logs(house))


def test_each_web_server_tells_its_own_figures_to_the_token(installed):
    house, token = installed, secrets.token_hex(20)
    for service in ("web", "web2"):
        if service in house.running:
            house.stop(service)
        house.start(service, MSW_METRICS_TOKEN=token)
    for service in ("web", "web2"):
        house.wait_healthy(service)
    time.sleep(2.5)  # until nginx asks them again
    for _n in range(30):
        assert house.ask("/sign-in/").status == 200
    assert {house.ask(path).status for path in ("/metrics", "/metrics/web2")} == {401}
    counted = [_sign_ins(house, path, token) for path in ("/metrics", "/metrics/web2", "/metrics")]
    assert counted[0] + counted[1] == 30
    assert counted[0] == counted[2]


def _sign_ins(house, path: str, token: str) -> int:
    answer = house.ask(path, Authorization=f"Bearer {token}")
    assert answer.status == 200
    line = 'portal_requests_total{method="GET",route="account_login",status="200"}'
    return sum(int(float(row.split()[-1])) for row in answer.text.splitlines() if row.startswith(line))  # fmt: skip


def _logs(house) -> list[Path]:
    return [path for path in house.folder.iterdir() if path.suffix in (".log", ".out")]


def test_what_is_typed_reaches_no_log_even_when_everything_breaks(house, session, run_as_owner):
    from urllib.parse import quote

    for name in ("worker", "relay", "beat"):
        house.start(name)
    # Who starts while tables are missing is refused, and says nothing of what was typed.
    house.wait_healthy("relay")
    token, cookie = _form(house, "/sign-in/")
    for planted in PLANTED:
        house.ask(f"/cases/search/?q={quote(planted)}", Cookie=session, Referer=f"https://{HOST}/?q={quote(planted)}", User_Agent=quote(planted))  # fmt: skip
        house.ask(f"/{quote(planted)}/", Cookie=session)
        _post(house, "/sign-in/", {"csrfmiddlewaretoken": token, "username": planted, "password": planted}, cookie)  # fmt: skip
    # A statement that fails with the words in it: psycopg2's message repeats the line.
    run_as_owner("ALTER TABLE departments_ratewindow RENAME TO was_ratewindow")
    run_as_owner("ALTER TABLE departments_searchposting RENAME TO was_searchposting")
    broken = [
        house.ask(f"/cases/search/?q={quote(planted)}", Cookie=session) for planted in PLANTED
    ]
    broken += [_post(house, "/sign-in/", {"csrfmiddlewaretoken": token, "username": planted, "password": planted}, cookie) for planted in PLANTED]  # fmt: skip
    # An effect and a job that nobody can work, with the words inside.
    run_as_owner(
        "INSERT INTO departments_outbox (id, organization_id, topic, payload, created_at, state, fence, attempts, not_before, error, request_id)"
        " SELECT gen_random_uuid(), id, %s, jsonb_build_object('name', %s), now(), 'ready', 0, 0, now(), '', '' FROM departments_organization WHERE code = 'HA'",
        f"probe.{secrets.token_hex(2)}", PLANTED[0],
    )  # fmt: skip
    _until(lambda: "KeyError" in house.log("relay").read_text(), seconds=240)
    for service in ("web", "web2", "worker", "relay", "beat"):
        house.stop(service)
    house.ask(f"/cases/?q={quote(PLANTED[0])}", Cookie=session)
    run_as_owner("ALTER TABLE was_ratewindow RENAME TO departments_ratewindow")
    run_as_owner("ALTER TABLE was_searchposting RENAME TO departments_searchposting")

    faults = [answer for answer in broken if answer.status == 500]
    assert faults
    logged = house.log("web").read_text() + house.log("web2").read_text()
    for answer in faults:
        # The number on the page finds its lines, which say what broke.
        assert answer.headers["x-request-id"] in answer.text
        assert answer.headers["x-request-id"] in logged
    assert "ProgrammingError 42P01" in logged
    assert f'"request_id":"{faults[0].headers["x-request-id"]}"' in (house.folder / "access.log").read_text()  # fmt: skip
    spellings = [form for planted in PLANTED for form in (planted, quote(planted), planted.encode("unicode_escape").decode())]  # fmt: skip
    found = {
        (path.name, spelling)
        for path in _logs(house)
        for spelling in spellings
        if spelling in path.read_text(errors="replace")
    }
    assert found == set()


def test_as_the_owner_of_the_tables_no_web_server_serves(installed):
    # This role bypasses the walls too: whichever of the two is noticed first, nothing is served.
    house = installed
    if "web2" in house.running:
        house.stop("web2")
    process = house.start("web2", DATABASE_URL=house.values["DATABASE_OWNER_URL"])
    _until(lambda: process.poll() is not None or _answers(house, "/livez"))
    assert {_answers(house, path) for path in ("/readyz", "/workbench/")} <= {503, 500, 0}
    assert not house.is_healthy("web2")
    assert "owns tables or bypasses row-level security" in house.log("web2").read_text()
    house.stop("web2")


def _answers(house, path: str) -> int:
    """The status of the second web server past the proxy, 0 when nobody listens."""
    try:
        # The name of a session makes every page ask the database.
        cookie = f"__Host-session={'a' * 32}"
        return house.ask_plainly(house.ports["web2"], path, X_Forwarded_Proto="https", Cookie=cookie).status  # fmt: skip
    except OSError:
        return 0


# ── stopping ─────────────────────────────────────────────────────────────────


class Load:
    """A few visitors who read and send forms through the TLS door, one connection after another."""

    def __init__(self, house: Installation, session: str, visitors: int = 4) -> None:
        self.house, self.session = house, session
        self.counts: dict[str, int] = {}
        self.failures: list[str] = []
        self._lock, self._stop = threading.Lock(), threading.Event()
        self.token, self.cookie = _form(house, "/sign-in/")
        self._threads = [threading.Thread(target=self._visit, args=(n,)) for n in range(visitors)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_given: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, number: int) -> None:
        while not self._stop.is_set():
            for kind, ask in (("read", self._read), ("list", self._list), ("form", self._send)):
                try:
                    status, wanted = ask()
                except Exception as error:
                    status, wanted = type(error).__name__, 0
                with self._lock:
                    self.counts[kind] = self.counts.get(kind, 0) + 1
                    if status != wanted:
                        self.failures.append(f"{kind}: {status}")
                time.sleep(0.01)

    def _read(self) -> tuple[int, int]:
        return self.house.ask("/sign-in/").status, 200

    def _list(self) -> tuple[int, int]:
        return self.house.ask("/workbench/", Cookie=self.session).status, 200

    def _send(self) -> tuple[int, int]:
        fields = {"csrfmiddlewaretoken": self.token, "language": "en", "next": "/sign-in/"}
        return _post(self.house, "/language/", fields, self.cookie).status, 302


def _replace_web_servers(house, session, rounds: int) -> dict[str, int]:
    """Stop and start one after the other under load; how many requests were answered."""
    with Load(house, session) as load:
        time.sleep(1)
        for _round in range(rounds):
            for service in ("web", "web2"):
                began = time.monotonic()
                assert house.stop(service) == 0, house.log(service).read_text()[-2000:]
                # Before compose would kill it (stop_grace_period).
                assert time.monotonic() - began < 20
                house.start(service)
                house.wait_healthy(service)
                # Until nginx asks it again.
                time.sleep(2.5)
    assert load.failures == []
    return load.counts


@pytest.mark.long
def test_a_web_server_stops_under_load_without_one_failed_request(house, session):
    counts = _replace_web_servers(house, session, rounds=2)
    assert min(counts[kind] for kind in ("read", "list", "form")) >= 20


@pytest.mark.long
def test_fifty_stops_under_load_without_one_failed_request(house, session):
    _replace_web_servers(house, session, rounds=25)


@pytest.mark.long
def test_workers_finish_or_hand_back_what_they_hold(house, person, acting):
    head = person("head")
    for name in ("worker", "relay", "beat"):
        house.start(name)
    house.wait_healthy("worker")
    house.wait_healthy("relay")
    asked = []
    for months in range(4):
        with acting(head):
            month = timezone.localdate().replace(day=1) - timezone.timedelta(days=28 * months)
            asked.append(report_ask(kind="monthly", day=month, by=head).job_id)
    _until(lambda: "leased" in _states(asked) or set(_states(asked)) == {"done"})
    assert house.stop("worker") == 0, house.log("worker").read_text()[-2000:]
    # What it had begun is done; what it had not is still there for another one.
    assert set(_states(asked)) <= {"done", "ready"}
    house.start("worker")
    _until(lambda: set(_states(asked)) == {"done"}, seconds=90)
    with scope(role="relay"):
        assert set(Job.objects.filter(pk__in=asked).values_list("attempts", flat=True)) == {1}
    assert [house.stop(name) for name in ("worker", "relay", "beat")] == [0, 0, 0]


def _states(jobs: list[int]) -> list[str]:
    with scope(role="relay"):
        return list(Job.objects.filter(pk__in=jobs).values_list("state", flat=True))


def _until(holds, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)
