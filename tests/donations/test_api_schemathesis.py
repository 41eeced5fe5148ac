"""Every address of the API, asked whatever its own schema allows: no server error, no answer outside the schema."""

import random
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as bounds
from schemathesis.checks import content_type_conformance
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from departments.services import outbox
from departments.services.api_clients import OF_HOSPITALS
from donations.services import webhooks
from donations.services.payment_lists import list_make
from tests.conftest import _person, api_client_of, sign_in
from tests.donations.conftest import ALL_SCOPES
from tests.donations.test_webhooks import keeper as keeper  # the fixture
from tests.factories.donations import as_person, make_approved, make_submitted, prepare, release

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
QUIET = list(HealthCheck)
# Who asks: a login of the house, and the scopes of its client; a person's login, with the session of the pages;
# None is nobody at all.
PROGRAMS: dict[str, tuple[str, tuple[str, ...]] | None] = {
    "all": ("officer", ALL_SCOPES),
    "reads": ("officer", ("funding:read", "money:read")),
    "elsewhere": ("other_officer", ALL_SCOPES),
    "hospital": ("secadmin", OF_HOSPITALS),
    "nobody": None,
}
PERSONS = {
    "a social worker": "worker",
    "a head": "head",
    "an officer": "officer",
    "a volunteer": "volunteer",
    "the authority": "authority",
}
ROLES: dict[str, tuple[str, tuple[str, ...]] | str | None] = PROGRAMS | PERSONS
CSRF = "c" * 32


@pytest.fixture(autouse=True)
def _connection_stays():
    """The requests share the test's transaction, as those of Django's own test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(people, money, keeper) -> dict[str, list[str]]:
    """The uids that addresses may name, by the word before them."""
    with connection.cursor() as cursor:  # the schema is written while the test's transaction waits
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    sent, granted = make_submitted(people, money), make_approved(people, money)
    paid = release(people, prepare(people, granted, "1000.00"))
    with as_person(keeper) as by:
        hook, _secret = webhooks.webhook_create(
            name="演示", url="https://hooks.example.org/msw", topics=["funding_request.*"], by=by
        )
    while outbox.relay_once():
        pass
    with as_person(people.cashier) as by:
        listed = list_make(on=timezone.localdate(), account="演示账户", disbursements=[paid], by=by)
    with as_person(people.officer):
        programme, gift = money.version.programme, money.fund.donations.first()
    return {
        "funding-requests": [str(sent.request.uid), str(granted.request.uid)],
        "programmes": [str(programme.uid)],
        "funds": [str(money.fund.uid)],
        "donations": [str(gift.uid)],
        "disbursements": [str(paid.uid)],
        "webhooks": [str(hook.uid)],
        "payment-lists": [str(listed.uid)],
    }


def _identity(role: str) -> dict[str, str]:
    """The headers by which the portal knows who asks."""
    match ROLES[role]:
        case None:
            return {}
        case str(login):
            session = sign_in(Client(), _person(login)).cookies["session"].value
            return {"Cookie": f"session={session}; csrf={CSRF}", "X-CSRFToken": CSRF}
        case (login, scopes):
            limit = "50000" if "funding:approve" in scopes else None
            client = api_client_of(login, scopes=scopes, limit=limit)
            return {"Authorization": client.defaults["HTTP_AUTHORIZATION"]}


@cache
def _schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", WSGIHandler())


def ask_everything(role: str, number: int, examples: int, world: dict[str, list[str]]) -> int:
    """Ask every operation `examples` times; how many requests were made."""
    asked, dice = 0, random.Random(number)
    # Its WSGI transport says that it unpacks, and does not.
    headers = {"Accept-Language": "zh-hans", "Accept-Encoding": "identity", **_identity(role)}

    def run(case: Any) -> None:
        nonlocal asked
        asked += 1
        word = case.path.removeprefix("/api/v1/").partition("/")[0]
        if world.get(word) and "uid" in case.path_parameters and dice.random() < 0.8:
            case.path_parameters["uid"] = dice.choice(world[word])
        sent = dict(headers)
        if case.method.upper() != "GET":
            sent |= {"Idempotency-Key": f"{role}-{number}-{asked}", "If-Match": "*"}
        answer = case.call(headers=sent)
        assert answer.status_code < 500, (case.method, case.path, case.body)
        case.validate_response(answer, checks=CHECKS)

    for found in _schema().get_all_operations():
        strategy = found.ok().as_strategy()
        one = bounds(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=QUIET,
        )(given(case=strategy)(run))
        seed(number)(one)()
    return asked


def test_a_client_with_every_scope_meets_only_what_is_described(world, settings):
    settings.API_LIMIT = 100_000
    assert ask_everything("all", 1, 1, world) > 20


def test_persons_with_the_pages_session_meet_only_what_is_described(world, settings):
    settings.API_LIMIT = 100_000
    for number, role in enumerate(PERSONS):
        assert ask_everything(role, number, 1, world) > 20, role


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("number", [11, 12, 13])
def test_ten_roles_meet_only_what_is_described(world, settings, role, number):
    settings.API_LIMIT = 100_000
    assert ask_everything(role, number, 15, world) > 300
