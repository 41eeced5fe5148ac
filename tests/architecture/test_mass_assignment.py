"""What a form does not ask for cannot be set: every address is sent its body, and the same body with the
columns of every table it writes.

An answer of the portal is compared with itself: the body is sent twice, then once more with hostile fields
beside it. The statements that write must be the same, value for value; what differs between the two honest
requests (numbers, moments, nonces) may differ in length neither, and never holds what was sent.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from drf_spectacular.generators import SchemaGenerator

from departments.services.data_dictionary import OURS
from msw_portal.kernel.ids import uuid7
from tests.architecture.filling import Sheets
from tests.architecture.test_access_matrix import (
    ACTORS,
    NOBODY,
    PROGRAMS,
    _actor,
    _addresses,
    _path,
    _rows,
    _status,
)

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
# What the commands of the API take, where a sentence is no answer.
OF_THE_API = {
    "amount": "1000.00",
    "topics": ["funding_request.*"],
    "url": "https://hooks.example.org/other",
    "complete": False,
    "source_time": "2026-11-20T09:00:00+08:00",
    "name": "演示赵一",
    "birth_date": "1990-03-07",
    "sex": "女",
}
# Where only some of what may be said fits together.
CHOSEN = {"episode_deliver": {"source_time", "name", "birth_date", "sex"}}
GOOD = range(200, 400)
# Names of columns that an address takes beside the fields its page draws, and why.
TAKEN: dict[str, set[str]] = {
    "departments:wards": {"campus"},  # drawn where the house has campuses
    "cases:outgoing_edit": {"to_service"},  # drawn where the directory has services
}
# Addresses whose own body this small world takes; fewer would mean that nothing was asked.
LEAST = 300
SAMPLE = re.compile(
    r"^(episode_deliver|cases:(contact_new|assign|need_new)|donations:fund_edit|departments:password)$"
)


@dataclass
class Written:
    """What one request did: its status and every statement that writes, with its values."""

    status: int
    statements: list[tuple[str, str, list[Any]]]

    @property
    def tables(self) -> list[str]:
        return list(dict.fromkeys(table for table, _sql, _values in self.statements))


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


def _send(client: Client, path: str, **sent: Any) -> Written:
    """The request, with everything it wrote taken back."""
    cookies = client.cookies.copy()
    method = sent.pop("method", "post")
    with transaction.atomic(), _watching() as statements:
        answer = getattr(client, method)(path, **sent)
        if answer.streaming:
            list(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return Written(answer.status_code, statements)


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


@dataclass
class Sent:
    """A body for an address, and who sends it."""

    client: Client
    path: str
    body: dict[str, Any]
    drawn: frozenset[str] = frozenset()
    method: str = ""  # of the API, whose body is JSON


class Forms:
    """The bodies that pages offer, page by page, each for the address that takes it."""

    def __init__(self, request: pytest.FixtureRequest, only: re.Pattern[str]) -> None:
        self.known, self._rows, self._request = (
            request.getfixturevalue("matrix"),
            _rows(),
            request,
        )
        self._clients: dict[str, Client] = {}
        self._names = {
            name: pattern
            for name, pattern in _addresses().items()
            if only.search(name) and not getattr(pattern.callback, "actions", None)
        }
        self._seen: set[tuple[str, ...]] = set()

    def __iter__(self) -> Iterator[tuple[str, list[Sent]]]:
        """Every page as whoever may send something there, or may open it; then what no page offered."""
        offered = set()
        for name, pattern in self._names.items():
            row = self._rows.get(name, {})
            who = self._who(row, "post") or self._who(row, "get")
            if who is not None and "get" in row:
                for target, bodies in self._read(who, _path(name, pattern, self.known)):
                    offered.add(target)
                    yield target, bodies
        for name in self._names.keys() - offered:
            if who := self._who(self._rows.get(name, {}), "post"):
                path = _path(name, self._names[name], self.known)
                yield name, [Sent(self._client(who), path, {})]

    @staticmethod
    def _who(row: dict[str, dict[str, int]], method: str) -> str | None:
        """The first actor whom the address takes in; nobody is sent away to sign in."""
        taken = {200, 204, 422} if method == "get" else {200, 204, 302, 303, 422}
        wants = row.get(method)
        if wants is None:
            return None
        if wants["anonymous"] in {200, 422}:
            return "anonymous"
        inside = (one for one in ACTORS if one not in NOBODY)
        return next((one for one in inside if _status(wants, one) in taken), None)

    def _client(self, actor: str) -> Client:
        if actor not in self._clients:
            self._clients[actor] = _actor(actor, self._request)
        return self._clients[actor]

    def _read(self, who: str, path: str) -> Iterator[tuple[str, list[Sent]]]:
        client = self._client(who)
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = client.get(path)
            transaction.set_rollback(True)
        client.cookies = cookies
        if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
            return
        for sheet in Sheets(answer.content.decode(errors="replace")).found:
            to = sheet.action or path
            name, drawn = self._name_of(urlsplit(to).path or path), frozenset(sheet.fields)
            if sheet.method != "post" or name is None:
                continue
            for bodies in zip(sheet.bodies(fill=True), sheet.bodies(fill=False), strict=True):
                chosen = (
                    f"{key}={value}"
                    for key, value in sheet.buttons
                    if bodies[0].get(key) == [value]
                )
                mark = (name, *sorted(drawn), *chosen)
                if mark not in self._seen:
                    self._seen.add(mark)
                    yield name, [Sent(client, to, body, drawn) for body in bodies]

    def _name_of(self, path: str) -> str | None:
        try:
            name = resolve(path).view_name
        except Resolver404:
            return None
        return name if name in self._names else None


def _try(name: str, sent: Sent) -> tuple[str, bool]:
    """(what went wrong, whether the honest body was taken and wrote something)."""

    def send(more: dict[str, str]) -> Written:
        if sent.method:
            headers = {"If-Match": "*", "Idempotency-Key": str(uuid7())}
            body, kind = json.dumps(more | sent.body), "application/json"
            return _send(
                sent.client,
                sent.path,
                method=sent.method,
                data=body,
                content_type=kind,
                headers=headers,
            )
        once = {"once": [str(uuid7())]} if "once" in sent.body else {}
        return _send(sent.client, sent.path, data=more | sent.body | once)

    first = send({})
    if first.status not in GOOD or not first.tables:
        return "", False
    hostile = {
        key: value
        for key, value in _columns(first.tables).items()
        if key not in sent.drawn | TAKEN.get(name, set()) | sent.body.keys()
    }
    return _differs(first, send({}), send(hostile)), True


def _commands(
    request: pytest.FixtureRequest, known: dict[str, str], only: re.Pattern[str]
) -> Iterator[tuple[str, list[Sent]]]:
    """Every command of the API with a body out of its own description."""
    schema, clients = SchemaGenerator().get_schema(public=True), {}
    for name, pattern in _addresses().items():
        actions = getattr(pattern.callback, "actions", None) or {}
        if not actions or not only.search(name):
            continue
        path = _path(name, pattern, known)
        for method in {"post", "put"} & set(actions):
            wants = _rows()[name][method]
            who = next(
                (one for one in PROGRAMS if _status(wants, one) not in (401, 403, 404)), None
            )
            told = next(
                (t for t in schema["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", t), path)),
                "",
            )
            if who is None or not told:
                continue
            if who not in clients:
                clients[who] = _actor(who, request)
            body = _body_of(schema, schema["paths"][told][method])
            sent = {key: value for key, value in body.items() if key in CHOSEN.get(name, body)}
            yield name, [Sent(clients[who], path, sent, frozenset(body), method)]


def _body_of(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    word = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    shape = schema["components"]["schemas"].get(word, {})
    return {name: _told(name, one) for name, one in shape.get("properties", {}).items()}


def _told(name: str, shape: dict[str, Any]) -> Any:
    if name in OF_THE_API:
        return OF_THE_API[name]
    kinds = shape.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    return {"boolean": True, "integer": 1, "array": ["核对"]}.get(kind, "核对用的一句话")


def _walk(request: pytest.FixtureRequest, only: re.Pattern[str]) -> tuple[dict[str, str], set[str]]:
    """(what an address took that it had not asked for, the addresses whose own body was taken)."""
    forms, wrong, reached = Forms(request, only), {}, set()
    for name, bodies in chain(_commands(request, forms.known, only), forms):
        for sent in bodies:
            fault, is_written = _try(name, sent)
            if fault:
                wrong[f"{name} {sorted(sent.body)}"] = fault
            if is_written:
                reached.add(name)
                break
    return wrong, reached


def test_a_field_that_is_not_asked_for_is_not_set(matrix, db, request, settings):
    settings.EMBEDDED = True
    wrong, reached = _walk(request, SAMPLE)
    assert wrong == {}
    assert reached


@pytest.mark.long
def test_no_address_takes_a_column_it_does_not_ask_for(matrix, db, request, settings):
    settings.EMBEDDED = True
    wrong, reached = _walk(request, re.compile(""))
    assert wrong == {}
    assert len(reached) > LEAST
