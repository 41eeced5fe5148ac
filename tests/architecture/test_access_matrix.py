"""Every address has a decision for every role, and keeps it.

tests/access_matrix.toml holds a row per named address with what `get` and `post` (an empty body),
and `put` where the API takes it, answer: a status per actor, `others` for every signed-in actor not named, `anonymous` for nobody and
for programs not named. An address without a row, and a row without an address, fail. `MATRIX=write` writes the file anew from
what the portal answers: read every line of the difference before you commit it. `MATRIX_ONLY=ward|round`
asks (and writes) only the addresses whose name the expression finds: a minute and a half become seconds.

Two thirds of forty thousand answers are the one refusal that `others` share. `make test` asks a third of those
whom it meets, another third at each address, and everybody else everything; `make test-long`, writing and
`MATRIX_ONLY` ask them all.
"""

import os
import re
import tomllib
import zlib
from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from departments.models.organizations import OrganizationKind
from departments.services.api_clients import SCOPES_OF
from msw_portal.kernel.ids import uuid7
from tests.architecture.matrix_calls import APPLICANT
from tests.architecture.matrix_world import (
    COORDINATOR,
    EXPERT,
    KEEPER,
    arguments,
    build,
    coordinator,
    keeper,
    person,
)
from tests.conftest import api_client_of, sign_in

MATRIX = Path(__file__).resolve().parents[1] / "access_matrix.toml"
ACTORS = (
    *("worker", "worker2", "assistant", "supervisor", "head"),
    *("clinician", "volunteer", COORDINATOR, "auditor", "secadmin", "sysadmin"),
    *("officer", "approver", "cashier", KEEPER),
    *("other_worker", "other_head", "other_officer", "authority", EXPERT, APPLICANT),
    *("client", "other_client", "his", "anonymous"),
)
FOREIGN = ("other_worker", "other_head", "other_officer", "other_client")
SAME_HOUSE = ("other_worker", "other_head")
# A token opens the API alone: elsewhere they are nobody.
PROGRAMS = ("client", "other_client", "his")
# A register is read by every house; a draft keeps the writer's own text and says nothing of its subject.
SAME_FOR_ALL = {
    *("calls:call", "calls:self_test", "applications:begin"),  # a published call
    *("projects:kit", "projects:kit_take", "projects:programme"),  # given out to every house
    *("applications:invitation", "applications:invitation_answer"),  # the world invites hospital HB
    "departments:organization",
    "departments:draft/subject",
    "departments:draft_discard/subject",
    "public:house",
    "public:house_csv",
    "public:house_json",
    "policies:policy",
    *("figures:table", "figures:json", "figures:csv"),  # what was released is read by everybody
    "reports:published_one",  # what was published is read by every authority, head and foundation
}
UIDS = {"uid", "membership", "document_uid"}
REFUSED = {302, 401, 403, 404, 405}
NOBODY = (*PROGRAMS, "anonymous")
LIBRARY = ("admin",)  # Django's own pages: one rule for all of them, tested by name below
NOT_ALLOWED = 405
IS_WRITING = os.environ.get("MATRIX") == "write"
ONLY = re.compile(os.environ.get("MATRIX_ONLY", ""))
# Ten thousand requests in one test would keep one worker busy while the other has nothing left.
PARTIES = [ACTORS] if IS_WRITING else [ACTORS[n::3] for n in range(3)]
ASKS_ALL = IS_WRITING or bool(ONLY.pattern)
# How much of what repeats itself is asked: part of it in `make test`, all in `make test-long`.
EXTENTS = [ASKS_ALL] if ASKS_ALL else [False, pytest.param(True, marks=pytest.mark.long)]
in_both_runs = pytest.mark.parametrize(
    "is_whole", EXTENTS, ids=lambda is_whole: "all" if is_whole else "part"
)


def _named(resolver: URLResolver, prefix: str = "") -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace in LIBRARY:
                continue
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= _named(pattern, inner)
            continue
        assert pattern.name, f"{pattern.pattern} has no name"
        name = f"{prefix}{pattern.name}"
        found[f"{name}/{[*pattern.pattern.converters][-1]}" if name in found else name] = pattern
    return found


def _addresses() -> dict[str, URLPattern]:
    return _named(get_resolver())


def _rows() -> dict[str, dict]:
    return tomllib.loads(MATRIX.read_text()) if MATRIX.exists() else {}


def _path(name: str, pattern: URLPattern, known: dict[str, str]) -> str:
    return reverse(
        name.partition("/")[0], kwargs=arguments(name, pattern.pattern.converters, known)
    )


def _actor(name: str, request: pytest.FixtureRequest) -> Client:
    if name == "anonymous":
        return Client(raise_request_exception=False)
    if name == "his":
        return api_client_of("secadmin", scopes=("episodes:write",), limit=None)
    if name.endswith("client"):
        house = "officer" if name == "client" else "other_officer"
        return api_client_of(house, scopes=SCOPES_OF[OrganizationKind.FOUNDATION])
    makers = {KEEPER: keeper, COORDINATOR: coordinator}
    if name in (EXPERT, APPLICANT):
        user = person(name)
    else:
        user = makers[name]() if name in makers else request.getfixturevalue(name)
    return sign_in(Client(raise_request_exception=False), user)


def _rest(actor: str) -> str:
    """Under which word a row speaks of an actor that it does not name."""
    return "anonymous" if actor in PROGRAMS else "others"


def _status(wants: dict[str, int], actor: str) -> int:
    """What a row says to an actor."""
    return wants.get(actor, wants[_rest(actor)])


def _ask(client: Client, method: str, path: str):
    """The answer, with everything it wrote taken back, the session cookie included."""
    cookies = client.cookies.copy()
    is_json = path.startswith("/api/v1/") and "/oauth/" not in path and method != "get"
    with transaction.atomic():
        answer = getattr(client, method)(
            path, **({"content_type": "application/json"} if is_json else {})
        )
        if answer.streaming:
            list(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(set(_addresses()) ^ set(_rows())) == []


def test_every_row_speaks_of_actors_that_exist_and_decides_for_all():
    known = {*ACTORS, "others"}
    for name, row in _rows().items():
        assert set(row) <= {"get", "post", "put"}, name
        for method, wants in row.items():
            assert set(wants) <= known, (name, method, set(wants) - known)
            assert "others" in wants and "anonymous" in wants, (name, method)
            assert 500 not in wants.values(), (name, method)


def _turn(name: str, actor: str, of: int) -> bool:
    """Whether it is this actor's turn at this address: at every one the turn of one in so many."""
    return (zlib.crc32(name.encode()) + ACTORS.index(actor)) % of == 0


def _repeats(wants: dict[str, int], actor: str) -> bool:
    """Whether the row only refuses the actor, together with everybody whom it does not name."""
    return actor not in wants and wants[_rest(actor)] in REFUSED


@in_both_runs
@pytest.mark.parametrize("party", PARTIES, ids=lambda party: party[0])
def test_every_actor_gets_what_the_matrix_says(party, is_whole, db, request, settings):
    settings.EMBEDDED = True  # the persons of the small world are demo persons
    known, rows, wrong, seen = build(), _rows(), {}, {}
    asked = {name: one for name, one in _addresses().items() if ONLY.search(name)}
    for actor in party:
        client = _actor(actor, request)
        for name, pattern in asked.items():
            if actor in FOREIGN and _names_a_row(name, pattern) and not IS_WRITING:
                continue  # asked below, beside a row that is missing
            path = _path(name, pattern, known)
            for method in _methods(pattern):
                wants = rows.get(name, {}).get(method)
                if wants is None and actor != ACTORS[0] and not IS_WRITING:
                    continue  # a method that is not there is not there for one
                is_one_of_many = wants is not None and _repeats(wants, actor)
                if is_one_of_many and not is_whole and not _turn(name + method, actor, 3):
                    continue
                want = NOT_ALLOWED if wants is None else wants.get(actor, wants[_rest(actor)])
                got = _ask(client, method, path).status_code
                seen[f"{name} {method} {actor}"] = got
                # Whoever may not come in learns nothing about methods.
                if got != want and not (wants is None and got in REFUSED):
                    wrong[f"{name} {method} {actor}"] = (got, want)
    if IS_WRITING:
        _write(seen)
        return
    assert wrong == {}


@in_both_runs
@pytest.mark.parametrize("actor", FOREIGN)
def test_a_foreign_row_and_a_missing_row_answer_with_the_same_bytes(
    actor, is_whole, db, request, settings
):
    settings.EMBEDDED = True
    known, differ = build(), {}
    missing = {kind: str(uuid7()) for kind in known}
    rows, client = _rows(), _actor(actor, request)
    for name, pattern in _addresses().items():
        if not _names_a_row(name, pattern) or not ONLY.search(name):
            continue
        # A method that the address does not have is refused before anything is looked up.
        for method, wants in rows.get(name, {}).items():
            # Two of one other house, where the same wall stands before both: each at every second address.
            is_of_two = actor in SAME_HOUSE and _repeats(wants, actor)
            if is_of_two and not is_whole and not _turn(name + method, actor, 2):
                continue
            foreign, nothing = (
                _ask(client, method, _path(name, pattern, ids)) for ids in (known, missing)
            )
            status, want = foreign.status_code, wants.get(actor, wants[_rest(actor)])
            is_open = status not in REFUSED | {422}
            if is_open or status != want or _bytes(foreign) != _bytes(nothing):
                differ[f"{name} {method} {actor}"] = (status, want, nothing.status_code)
    assert differ == {}


def _names_a_row(name: str, pattern: URLPattern) -> bool:
    """Whether the address speaks of one row that a stranger must not know of."""
    return name not in SAME_FOR_ALL and bool(set(pattern.pattern.converters) & UIDS)


def _bytes(answer) -> tuple[int, bytes, str]:
    """The answer without what is new each time: the form's token and the address asked for."""
    body = re.sub(rb'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', b"", answer.content)
    body = re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"-", body)
    return answer.status_code, body, answer.headers.get("Content-Type", "")


def _methods(pattern: URLPattern) -> tuple[str, ...]:
    puts = "put" in (getattr(pattern.callback, "actions", None) or {})
    return ("get", "post", "put") if puts else ("get", "post")


def _has(name: str, method: str) -> bool:
    """Whether a view of the API answers to the method at all."""
    return method in getattr(_addresses()[name].callback, "actions", {method: None})


def _as_written() -> dict[str, list[str]]:
    """The lines of each row as they stand in the file."""
    parts = re.split(r'^\["(.+)"\]\n', MATRIX.read_text(), flags=re.M)[1:]
    written = zip(parts[::2], (body.strip() for body in parts[1::2]), strict=True)
    return {name: body.split("\n") if body else [] for name, body in written}


def _write(seen: dict[str, int]) -> None:
    lines, kept = [], _as_written()
    for name in sorted(_addresses()):
        lines.append(f'["{name}"]')
        if not ONLY.search(name):
            lines += [*kept.get(name, []), ""]
            continue
        for method in _methods(_addresses()[name]):
            got = {actor: seen[f"{name} {method} {actor}"] for actor in ACTORS}
            if set(got.values()) <= REFUSED and (405 in got.values() or not _has(name, method)):
                continue
            signed = {actor: status for actor, status in got.items() if actor not in NOBODY}
            rest = {
                "others": Counter(signed.values()).most_common(1)[0][0],
                "anonymous": got.pop("anonymous"),
            }
            named = {actor: got[actor] for actor in got if got[actor] != rest[_rest(actor)]} | rest
            body = ", ".join(f"{actor} = {status}" for actor, status in named.items())
            lines.append(f"{method} = {{ {body} }}")
        lines.append("")
    MATRIX.write_text("\n".join(lines))


def test_the_records_page_is_for_the_system_administrator(db, worker, secadmin, sysadmin):
    statuses = {}
    for user in (worker, secadmin, sysadmin):
        client = sign_in(Client(raise_request_exception=False), user)
        statuses[user.username] = client.get(reverse("admin:index")).status_code
    assert statuses["sysadmin"] == 200
    assert {statuses["worker"], statuses["secadmin"]} <= {302, 403, 404}
