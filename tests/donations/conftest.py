"""What the tests of money share; after every test the books are recomputed."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from departments.models.organizations import Organization
from donations.services import reconciling
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories import donations


@contextmanager
def _refuses(rule: str, field: str | None = "any", status: int | None = None) -> Iterator[None]:
    with pytest.raises(DomainError) as caught:
        yield
    error = caught.value
    assert error.rule == rule
    assert str(error)
    assert field == "any" or error.field == field
    assert status is None or error.status == status


@pytest.fixture
def refuses():
    """`with refuses("ledger.insufficient", status=409): ...` — the house says exactly this no."""
    return _refuses


@pytest.fixture
def rows():
    """`rows("SELECT ...", 1)` — raw SQL as msw_app, inside the caller's scope."""

    def run(sql: str, *params):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def people(worker, officer, officer2, approver, cashier, cashier2) -> donations.People:
    return donations.People(worker, officer, officer2, approver, cashier, cashier2)


@pytest.fixture
def money(people) -> donations.Money:
    """小天使基金 with its programme and 100,000 yuan in one gift."""
    made = donations.make_money(people)
    donations.give(people, made, "100000.00")
    return made


@pytest.fixture(autouse=True)
def _books_are_right(request) -> Iterator[None]:
    """Every recompute query of both foundations answers nothing."""
    has_database = {"db", "own_database"} & set(request.fixturenames)
    for name in has_database:
        request.getfixturevalue(name)
    yield
    if not has_database:
        return
    for house in Organization.objects.filter(kind="foundation").values_list("pk", flat=True):
        with scope(org=house, role="system"):
            assert reconciling.differences() == []


ALL_SCOPES = (
    "funding:read",
    "funding:review",
    "funding:approve",
    "money:read",
    "webhooks:manage",
)
ALL_DUTIES = ("verify", "review1", "review2", "approve")
ROOT = "/api/v1/funding-requests/"


def _below(path: str) -> str:
    return f"/api/v1{path}" if path.startswith("/") else f"{ROOT}{path}"


class Api:
    """A program of a foundation: `api.get(...)`, `api.post(...)` with key and If-Match as they should be."""

    def __init__(self, token: str):
        self.token, self.http = token, Client(raise_request_exception=False)

    def get(self, path: str = "", **headers: str):
        """Below the requests; from the beginning of the API with a leading slash."""
        return self.http.get(
            _below(path), headers={"Authorization": f"Bearer {self.token}", **headers}
        )

    def post(
        self, path: str, body=None, *, key: str | None = "", match: str | None = "*", **headers: str
    ):
        given = {"Authorization": f"Bearer {self.token}", **headers}
        if key is not None:
            given["Idempotency-Key"] = key or secrets.token_hex(8)
        if match is not None:
            given["If-Match"] = match
        content = body if isinstance(body, str) else json.dumps(body or {})
        return self.http.post(_below(path), content, content_type="application/json", headers=given)


@pytest.fixture
def api_of():
    """`api_of(foundation, duties=("approve",), limit="50000", scope="funding:read")` — a client's program."""

    def make(house, *, duties=ALL_DUTIES, limit="50000.00", scopes=ALL_SCOPES) -> Api:
        with scope(org=house.pk, role="system"):
            client = donations.make_api_client(house, duties=duties, limit=limit, scopes=scopes)
            return Api(donations.make_token(client, scope=" ".join(scopes)))

    return make


@pytest.fixture
def api(foundation, api_of) -> Api:
    """The demo-like client: all duties it may have, 50,000 yuan a request."""
    return api_of(foundation)
