"""Bodies for every address that takes one: out of the forms that pages offer, and out of the API's own description."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from drf_spectacular.generators import SchemaGenerator

from tests.architecture.filling import Sheet, Sheets
from tests.architecture.matrix_world import kind_of
from tests.architecture.mending import FILE, Mender, suffixes
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
# 409: taken, and refused as the one object stands.
TAKEN_IN = {"get": {200, 204, 422}, "post": {200, 204, 302, 303, 409, 422}}
REFUSED = {401, 403, 404}
# So many of those who may send something there look for its form.
LOOKERS = 4


@dataclass
class Sent:
    """A body for an address, and who sends it."""

    client: Client
    path: str
    body: dict[str, Any]
    drawn: frozenset[str] = frozenset()
    method: str = ""  # of the API, whose body is JSON
    mender: Mender | None = None
    who: str = ""


class Bodies:
    """Every address that takes a body, with the bodies that pages and descriptions offer for it.

    First every address about the one object that the matrix asks for. `again` looks at other objects of the
    same noun for what was refused: what a request in one state does not take, one in another may.
    """

    def __init__(
        self, request: pytest.FixtureRequest, known: dict[str, str], only: re.Pattern[str]
    ) -> None:
        self._known, self._rows, self._request = known, _rows(), request
        self._clients: dict[str, Client] = {}
        self._names = {name: one for name, one in _addresses().items() if only.search(name)}
        self._pages: dict[tuple[str, str], list[tuple[str, str, Sheet]]] = {}
        self._offered_on: dict[str, set[str]] = defaultdict(set)
        self._seen: set[tuple[str, ...]] = set()
        self._menders: dict[tuple[str, frozenset[str]], Mender] = {}
        self._schema: dict[str, Any] = {}

    def asked(self) -> set[str]:
        """The addresses that take a body from somebody."""
        return {name for name in self._names if self._senders(name)}

    def once(self) -> Iterator[tuple[str, list[Sent]]]:
        """The API; every page as whoever may send something there, or may open it; then what no page offered."""
        yield from self._commands(self._names, self._known)
        for name in self._names:
            row = self._rows.get(name, {})
            who = self._who(row.get("post"), "post", 1) or self._who(row.get("get"), "get", 1)
            if who and "get" in row and not self._actions(name):
                yield from self._forms(who[0], name, self._known)
        for name in self._names.keys() - self._offered_on.keys():
            who = self._who(self._rows.get(name, {}).get("post"), "post", 1)
            if who and not self._actions(name):
                yield name, [Sent(self._client(who[0]), self._path(name, self._known), {})]

    def again(self, name: str) -> Iterator[tuple[str, list[Sent]]]:
        """What is offered for this address on the pages of other objects, and by others who may send it."""
        others = list(self._others(name))
        if self._actions(name):
            for known in others:
                yield from self._commands([name], known)
            return
        pages = dict.fromkeys([name, *self._offered_on.get(name, ()), *self._homes(name)])
        for who in self._who(self._rows[name].get("post"), "post", LOOKERS):
            for known in (self._known, *others):
                for page in pages:
                    if "get" in self._rows.get(page, {}):
                        yield from self._forms(who, page, known)
                if name not in self._offered_on:
                    yield name, [Sent(self._client(who), self._path(name, known), {})]

    def _others(self, name: str) -> Iterator[dict[str, str]]:
        """The world as if each other object of this noun were the one that is asked about."""
        if "uid" not in self._names[name].pattern.converters:
            return
        kind = kind_of(name)
        noun = kind.rpartition("_")[2]
        for other, uid in self._known.items():
            if other.rpartition("_")[2] == noun and other != kind:
                yield self._known | {kind: uid}

    def _homes(self, name: str) -> list[str]:
        """The page of the object itself: the shortest address about it in the same part."""
        if "uid" not in self._names[name].pattern.converters:
            return []
        space, kind = name.partition(":")[0], kind_of(name)
        about = [
            one
            for one, pattern in self._names.items()
            if one.partition(":")[0] == space
            and list(pattern.pattern.converters) == ["uid"]
            and kind_of(one) == kind
            and "get" in self._rows.get(one, {})
        ]
        return sorted(about, key=len)[:1]

    def _senders(self, name: str) -> list[str]:
        row = self._rows.get(name, {})
        if not self._actions(name):
            return self._who(row.get("post"), "post", 1)
        told = [row[method] for method in ("post", "put") if method in row]
        return [one for wants in told for one in PROGRAMS if _status(wants, one) not in REFUSED]

    @staticmethod
    def _who(wants: dict[str, int] | None, method: str, most: int) -> list[str]:
        """The first actors whom the address takes in; nobody is sent away to sign in."""
        if wants is None:
            return []
        if wants["anonymous"] in {200, 422}:
            return ["anonymous"]
        inside = (one for one in ACTORS if one not in NOBODY)
        return [one for one in inside if _status(wants, one) in TAKEN_IN[method]][:most]

    def _client(self, actor: str) -> Client:
        if actor not in self._clients:
            self._clients[actor] = _actor(actor, self._request)
        return self._clients[actor]

    def _path(self, name: str, known: dict[str, str]) -> str:
        return _path(name, self._names[name], known)

    def _actions(self, name: str) -> dict[str, str]:
        return getattr(self._names[name].callback, "actions", None) or {}

    def _forms(
        self, who: str, page: str, known: dict[str, str]
    ) -> Iterator[tuple[str, list[Sent]]]:
        """What the forms of a page send, that no page before has offered for the same address."""
        path = self._path(page, known)
        if (who, path) not in self._pages:
            self._pages[who, path] = list(self._read(who, path))
        for name, to, sheet in self._pages[who, path]:
            self._offered_on[name].add(page)
            filled = zip(sheet.bodies(fill=True), sheet.bodies(fill=False), strict=True)
            for full, bare in filled:
                pressed = (
                    f"{key}={value}" for key, value in sheet.buttons if full.get(key) == [value]
                )
                mark = (who, urlsplit(to).path, *sorted(sheet.fields), *pressed)
                if mark in self._seen:
                    continue
                self._seen.add(mark)
                files = {
                    one.name: [FILE + suffixes(one)[0]]
                    for one in sheet.fields.values()
                    if one.kind == "file"
                }
                drawn = frozenset(sheet.fields)
                mender = self._menders.setdefault((name, drawn), Mender(sheet))
                whole = mender.begun(full | files)
                yield (
                    name,
                    [
                        Sent(self._client(who), to, whole, drawn, mender=mender, who=who),
                        Sent(self._client(who), to, bare, drawn, who=who),
                    ],
                )

    def _read(self, who: str, path: str) -> Iterator[tuple[str, str, Sheet]]:
        """(address, path, form) of every form on a page that sends something to an address in hand."""
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
            name = self._name_of(urlsplit(to).path or path)
            if sheet.method == "post" and name is not None:
                yield name, to, sheet

    def _name_of(self, path: str) -> str | None:
        try:
            name = resolve(path).view_name
        except Resolver404:
            return None
        return name if name in self._names else None

    def _commands(self, names: Any, known: dict[str, str]) -> Iterator[tuple[str, list[Sent]]]:
        """Every command of the API with a body out of its own description."""
        for name in names:
            for method in {"post", "put"} & set(self._actions(name)):
                wants = self._rows[name][method]
                who = [one for one in PROGRAMS if _status(wants, one) not in REFUSED]
                path = self._path(name, known)
                if not who or (operation := self._operation(path, method)) is None:
                    continue
                asked, body = self._body_of(operation, by_example=name not in CHOSEN)
                sent = {key: value for key, value in body.items() if key in CHOSEN.get(name, body)}
                yield name, [Sent(self._client(who[0]), path, sent, asked, method)]

    def _operation(self, path: str, method: str) -> dict[str, Any] | None:
        self._schema = self._schema or SchemaGenerator().get_schema(public=True)
        for told, methods in self._schema["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", told), path):
                return methods.get(method)
        return None

    def _body_of(
        self, operation: dict[str, Any], *, by_example: bool
    ) -> tuple[frozenset[str], dict[str, Any]]:
        """(everything that may be said, what is sent): the description's own example where it has one."""
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        word = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        shape = self._schema["components"]["schemas"].get(word, {}).get("properties", {})
        examples = [one["value"] for one in content.get("examples", {}).values()]
        made = {name: _told(name, one) for name, one in shape.items()}
        return frozenset(shape), examples[0] if examples and by_example else made


def _told(name: str, shape: dict[str, Any]) -> Any:
    if name in OF_THE_API:
        return OF_THE_API[name]
    kinds = shape.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    return {"boolean": True, "integer": 1, "array": ["核对"]}.get(kind, "核对用的一句话")
