"""What a form does not ask for cannot be set: every address is sent its body, and the same body with the
columns of every table it writes.

A body that a form refuses is made better by what the refusal says (tests/architecture/mending.py), and is offered by
other objects where the one at hand stands in another state (tests/architecture/bodies.py); where the refusal names
the step, the object is put into a state that the step leads on from (tests/architecture/standings.py).

An answer of the portal is compared with itself: the body is sent twice, then once more with hostile fields
beside it. The statements that write must be the same, value for value; what differs between the two honest
requests (numbers, moments, nonces) may differ in length neither, and never holds what was sent.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client

from departments.services.data_dictionary import OURS
from msw_portal.kernel.ids import uuid7
from tests.architecture.bodies import Bodies, Sent
from tests.architecture.mending import as_sent
from tests.architecture.more_world import more
from tests.architecture.standings import Standing, Standings
from tests.conftest import _person
from tests.factories.donations import code_for

NUMBER, WORD, DAY, UID = (
    "987654321",
    "伪造的一句话其长不同于别处",
    "1987-06-05",
    "0190f0f0-dead-7bad-8bad-feedfeedfeed",
)
PLANTED = re.compile("|".join((NUMBER, WORD, DAY, UID)))
# Sent everywhere, whatever the address writes.
ALWAYS = (
    *("id", "pk", "uid", "organization", "organization_id", "department", "department_id", "user", "user_id"),
    *("created_by", "created_by_id", "updated_by", "approved_by", "approved_by_id", "decided_by", "by"),
    *("status", "state", "stage", "role", "is_staff", "is_superuser", "is_active", "is_demo", "duty_class"),
    *("amount", "amount_approved", "approved_amount", "approve_limit", "secrecy", "created_at", "updated_at"),
    *("tenant", "visible_from", "released_at", "signed_at", "permissions", "groups", "password"),
)  # fmt: skip
# The request itself, its key and its session: what was sent is theirs to remember by hash.
OF_THE_REQUEST = {"departments_idempotencykey", "django_session"}
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?([a-z_]+)"?')
GOOD, SAID = range(200, 400), (409, 422)
RATES = (
    *("SIGN_IN_LIMIT", "SIGN_IN_ADDRESS_LIMIT", "RESET_MAIL_LIMIT", "DOOR_LINK_LIMIT"),
    *("DOOR_ADDRESS_LIMIT", "RECEIPT_LIMIT", "CALENDAR_LIMIT", "PUBLIC_LIMIT", "API_LIMIT"),
)
# How often a body is made better.
ROUNDS = 18
# Names of columns that an address takes beside the fields its page draws, and why.
TAKEN: dict[str, set[str]] = {
    "departments:departments": {"campus"},  # drawn where the house has campuses
    "departments:wards": {"campus"},  # drawn where the house has campuses
    "donations:document_blacken": {"boxes"},  # drawn where the page of the paper is
    # Drawn where the directory has services.
    "cases:outgoing_edit": {"to_service"},
    "cases:outgoing_new": {"to_service"},
    "cases:subject_request_new": {"interest"},  # drawn where the person has died
    # Drawn for who is checked in; tried here from a page on which nobody is.
    "hours:my_check_out": {"persons", "break_minutes", "content"},
    # Drawn where there is a programme, and words in the lists.
    "projects:enter": {"parent", "disease_themes", "settings"},
}
# Parts of the portal, and how many of their addresses take their own body in this small world at least: fewer would
# mean that less was asked.
PARTS = {
    "cases": (re.compile(r"^cases:"), 130),
    "departments": (re.compile(r"^departments:"), 73),
    "donations": (re.compile(r"^donations:"), 109),
    "the rest": (re.compile(r"^(?!(cases|departments|donations):)"), 196),
}
SAMPLE = re.compile(
    r"^(episode_deliver|cases:(contact_new|assign|need_new)|donations:fund_edit|departments:password)$"
)


@dataclass
class Written:
    """What one request did: its status and every statement that writes, with its values."""

    status: int
    statements: list[tuple[str, str, list[Any]]]
    refusal: str = ""  # the page that says why, of a form

    @property
    def tables(self) -> list[str]:
        return list(dict.fromkeys(table for table, _sql, _values in self.statements))

    @property
    def is_taken(self) -> bool:
        return self.status in GOOD and bool(self.statements)

    @property
    def words(self) -> str:
        """What the refusal says, without its page."""
        if self.refusal.startswith("{"):  # of the API
            problem = json.loads(self.refusal)
            errors = problem.get("errors", ())
            return " ".join([problem.get("detail", ""), *(one["detail"] for one in errors)])[:200]
        said = re.findall(
            r'(?:role="alert"|class="error")[^>]*>(.*?)</(?:div|span)>', self.refusal, re.S
        )
        return " ".join(re.sub(r"<[^>]*>|\s+", " ", one).strip() for one in said)[:200]


@contextmanager
def _watching() -> Iterator[list[tuple[str, str, list[Any]]]]:
    seen: list[tuple[str, str, list[Any]]] = []

    def watch(execute, sql, params, many, context):
        found = WRITES.match(str(sql))
        if found and found[1] not in OF_THE_REQUEST:
            rows = params if many else [params or ()]
            seen.append((found[1], str(sql), [_plain(value) for row in rows for value in row]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def _plain(value: Any) -> Any:
    """Comparable: bytes and JSON as text."""
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    inner = getattr(value, "adapted", value)
    return (
        json.dumps(inner, sort_keys=True, default=str) if isinstance(inner, (dict, list)) else inner
    )


def _send(client: Client, path: str, before: Standing | None = None, **sent: Any) -> Written:
    """The request, with everything it wrote taken back; `before` it the object is put into another state."""
    cookies = client.cookies.copy()
    method = sent.pop("method", "post")
    with transaction.atomic():
        if before is not None and not before.put():
            return Written(0, [])
        with _watching() as statements:
            try:
                answer = getattr(client, method)(path, **sent)
                if answer.streaming:
                    list(answer.streaming_content)
            except Exception:
                if before is None:
                    raise
                # A state that no service would have led to may lack what the next one builds on.
                return Written(500, [])
            finally:
                transaction.set_rollback(True)
    client.cookies = cookies
    is_said = answer.status_code in SAID and not answer.streaming
    return Written(
        answer.status_code, statements, answer.content.decode(errors="replace") if is_said else ""
    )


def _differs(first: Written, second: Written, hostile: Written) -> str:
    """Where the hostile request did something else; "" where it did not."""
    if hostile.status != first.status:
        return f"answers {hostile.status} instead of {first.status}"
    for table, _sql, values in hostile.statements:
        told = [str(value)[:120] for value in values if PLANTED.search(str(value))]
        if told:
            return f"{table} holds {told[0]}"
    pairs = [sorted(one.statements, key=lambda told: told[1]) for one in (first, second, hostile)]
    if [one[1] for one in pairs[0]] != [one[1] for one in pairs[1]]:
        return ""  # honest requests differ by themselves
    if [one[1] for one in pairs[0]] != [one[1] for one in pairs[2]]:
        return "writes by other statements"
    for mine, again, theirs in zip(*pairs, strict=True):
        for a, b, c in zip(mine[2], again[2], theirs[2], strict=True):
            if a == b and c != a:
                return f"{mine[0]}: {str(c)[:120]} instead of {str(a)[:120]}"
    return ""


def _columns(tables: list[str]) -> dict[str, str]:
    """Every column of these tables, under both of its names, with a value that would show."""
    ours = {m._meta.db_table: m for app in OURS for m in apps.get_app_config(app).get_models()}
    found: dict[str, str] = {}
    for table in tables:
        for one in ours[table]._meta.concrete_fields if table in ours else ():
            for name in (one.name, one.attname):
                found.setdefault(name, _value_for(one))
    return dict.fromkeys(ALWAYS, NUMBER) | found


def _value_for(one: models.Field) -> str:
    if one.choices:
        return str(one.choices[-1][0])
    if isinstance(one, models.BooleanField):
        return "true"
    if isinstance(one, models.DateTimeField):
        return f"{DAY}T00:00:00+00:00"
    if isinstance(one, models.DateField):
        return DAY
    if isinstance(one, models.UUIDField):
        return UID
    is_number = one.is_relation or isinstance(one, (models.IntegerField, models.DecimalField))
    return NUMBER if is_number else WORD


def _try(name: str, sent: Sent, standings: Standings) -> tuple[str, Written]:
    """(what went wrong, what the honest body came to), after the body was made as good as it can be."""
    before: Standing | None = None

    def send(more: dict[str, str]) -> Written:
        if sent.method:
            headers = {"If-Match": "*", "Idempotency-Key": str(uuid7())}
            body, kind = json.dumps(more | sent.body), "application/json"
            return _send(
                sent.client,
                sent.path,
                before,
                method=sent.method,
                data=body,
                content_type=kind,
                headers=headers,
            )
        once = {"once": [str(uuid7())]} if "once" in sent.body else {}
        is_stepped_up = "totp_code" in sent.drawn
        code = {"totp_code": [code_for(_person(sent.who))]} if is_stepped_up else {}
        return _send(sent.client, sent.path, before, data=more | as_sent(sent.body) | once | code)

    def best() -> Written:
        now = send({})
        for _round in range(ROUNDS if sent.mender else 0):
            better = sent.mender.better(sent.body, now.refusal) if now.refusal else None
            if better is None:
                break
            sent.body = better
            now = send({})
        return now

    first = best()
    for one in () if first.is_taken else standings.wanted(sent.path, first.words):
        before = one
        if (again := best()).is_taken:
            first = again
            break
    if not first.is_taken:
        return "", first
    hostile = {
        key: value
        for key, value in _columns(first.tables).items()
        if key not in sent.drawn | TAKEN.get(name, set()) | sent.body.keys()
    }
    fault = _differs(first, send({}), send(hostile))
    for _again in range(3):  # a paper's hash holds the minute, which may have turned
        if not fault:
            break
        fault = _differs(send({}), send({}), send(hostile))
    return fault, first


def _walk(
    request: pytest.FixtureRequest, only: re.Pattern[str]
) -> tuple[dict[str, str], set[str], dict[str, list[str]]]:
    """(what an address took that it had not asked for, whose own body was taken, why every other's was not)."""
    known = request.getfixturevalue("matrix") | more()
    bodies, wrong, reached = Bodies(request, known, only), {}, set()
    refused: dict[str, list[str]] = {}
    standings = Standings(known.values())

    def send(name: str, choices: list[Sent]) -> None:
        for sent in choices:
            fault, honest = _try(name, sent, standings)
            if fault:
                wrong[f"{name} {sorted(sent.body)}"] = fault
            if honest.is_taken:
                reached.add(name)
                return
            said = f"{honest.status} {honest.words}"
            if said not in (told := refused.setdefault(name, [])):
                told.append(said)

    for name, choices in bodies.once():
        send(name, choices)
    for wanted in sorted(bodies.asked() - reached):
        for name, choices in bodies.again(wanted):
            if name not in reached:
                send(name, choices)
            if wanted in reached:
                break
    missed = {name: refused.get(name, ["never sent"]) for name in bodies.asked() - reached}
    return wrong, reached, missed


def _often(settings: Any) -> None:
    """A body is tried many times: no limit of tries ends it."""
    for name in RATES:
        setattr(settings, name, 10_000)


def test_a_field_that_is_not_asked_for_is_not_set(matrix, db, request, settings):
    settings.EMBEDDED = True
    _often(settings)
    wrong, reached, _missed = _walk(request, SAMPLE)
    assert wrong == {}
    assert reached


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS)
def test_no_address_takes_a_column_it_does_not_ask_for(
    matrix, db, request, settings, record_property, part
):
    settings.EMBEDDED = True
    _often(settings)
    only, least = PARTS[part]
    wrong, reached, missed = _walk(request, only)
    record_property("taken", len(reached))  # with -o junit_family=xunit1 --junitxml=FILE
    record_property("refused", json.dumps(missed, ensure_ascii=False))
    assert wrong == {}
    assert len(reached) >= least, missed
