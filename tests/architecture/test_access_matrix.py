"""Every address has a decision for every role, and keeps it.

tests/access_matrix.toml holds a row per named address with what `get` and `post` (an empty body),
and `put` where the API takes it, answer: a status per actor, `others` for every signed-in actor not named, `anonymous` for nobody and
for programs not named. An address without a row, and a row without an address, fail. `MATRIX=write` writes the file anew from
what the portal answers: read every line of the difference before you commit it. `MATRIX_ONLY=ward|round`
asks (and writes) only the addresses whose name the expression finds: a minute and a half become seconds.

Most of forty thousand answers repeat each other: at one address few are let in, and the others meet the same refusal.
`make test` asks whoever is not signed in everything and, of those who get the same answer at an address, three (of
those who are let in, two), other ones at each address; `make test-long`, writing and `MATRIX_ONLY` ask them all.
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
# Who stands in another house, and who does the same work in the house whose rows are asked for.
FOREIGN = {
    "other_worker": "worker",
    "other_head": "head",
    "other_officer": "officer",
    "other_client": "client",
}
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
PARTIES = [ACTORS] if IS_WRITING else [ACTORS[n::6] for n in range(6)]
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
        return api_client_of("secadmin", scopes=SCOPES_OF[OrganizationKind.HOSPITAL], limit=None)
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


def _turn(name: str, place: int, of: int) -> bool:
    """Whether it is this one's turn at this address: at every one the turn of one in so many."""
    return (zlib.crc32(name.encode()) + place) % of == 0


def _is_asked(name: str, wants: dict[str, int], actor: str) -> bool:
    """Whether the actor is one of the two or three who speak for all that get the same answer."""
    if actor == "anonymous":
        return True
    status = _status(wants, actor)
    alike = [one for one in ACTORS if one != "anonymous" and _status(wants, one) == status]
    speak = 3 if status in REFUSED else 2
    return _turn(name, alike.index(actor), -(-len(alike) // speak))


def _is_asked_for_foreign_rows(name: str, wants: dict[str, int], actor: str) -> bool:
    """Where the same role of the own house is let in, the wall alone refuses: asked always, or by one
    of two in one house. Where that role is refused as well, at every fourth address."""
    if actor in wants or wants[_rest(actor)] not in REFUSED:
        return True
    if _status(wants, actor) == _status(wants, FOREIGN[actor]):
        return _turn(name, ACTORS.index(actor), 4)
    return actor not in SAME_HOUSE or _turn(name, ACTORS.index(actor), 2)


@in_both_runs
@pytest.mark.parametrize("party", PARTIES, ids=lambda party: party[0])
def test_every_actor_gets_what_the_matrix_says(party, is_whole, matrix, db, request, settings):
    settings.EMBEDDED = True  # the persons of the small world are demo persons
    known, rows, wrong, seen = matrix, _rows(), {}, {}
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
                if not is_whole and wants and not _is_asked(name + method, wants, actor):
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
    actor, is_whole, matrix, db, request, settings
):
    settings.EMBEDDED = True
    known, differ = matrix, {}
    missing = {kind: str(uuid7()) for kind in known}
    rows, client = _rows(), _actor(actor, request)
    for name, pattern in _addresses().items():
        if not _names_a_row(name, pattern) or not ONLY.search(name):
            continue
        # A method that the address does not have is refused before anything is looked up.
        for method, wants in rows.get(name, {}).items():
            if not is_whole and not _is_asked_for_foreign_rows(name + method, wants, actor):
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
