"""A call of a whole city through the database: given out, ranked and listed within its times and with constant queries."""

import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.models.applications import Application, ApplicationVersion
from projects.models.reviews import Review
from projects.services.assigning import assignment_apply, assignment_propose
from projects.services.results import call_rank
from tests.conftest import sign_in
from tests.factories.donations import as_person
from tests.factories.reviews import MARKS, close_call, make_call, make_experts, make_plan

pytestmark = pytest.mark.django_db
APPLICATIONS, EXPERTS, SMALL = 500, 60, 4
DESK = (
    *("call", "formality", "conflicts", "runs", "progress", "ranking", "ranking_file", "panels"),
    *("selection", "letters_desk", "notice"),
)

PAGES = [
    *((f"experts:{name}", "call") for name in DESK),
    *(("experts:run", "run"), ("calls:received", "call"), ("calls:call", "call")),
]


def hand_in_many(call, units, count: int) -> None:
    """Frozen applications of the units in turn, accepted at the desk; three statements for each unit."""
    now = timezone.now()
    for number, unit in enumerate(units):
        with as_person(unit) as by:
            rows = [
                Application(
                    organization_id=by.house_id,
                    call=call,
                    unit_name=by.membership.organization.name,
                    title=f"城市项目{at:03}",
                    title_key=f"{call.pk}-{at}",
                    created_by=by,
                    fields=["paediatrics"] if at % 3 else ["palliative"],
                )
                for at in range(number, count, len(units))
            ]
            Application.objects.bulk_create(rows)
            Application.objects.filter(pk__in=[row.pk for row in rows]).update(
                state="submitted",
                counterparty_id=call.organization_id,
                submitted_at=now,
                submitted_version=1,
                completeness=100,
            )
            ApplicationVersion.objects.bulk_create(
                ApplicationVersion(
                    organization_id=by.house_id,
                    counterparty_id=call.organization_id,
                    application=row,
                    version=1,
                    kind="submission",
                    call_version=1,
                    payload={"title": row.title, "sections": []},
                    payload_hash="0" * 64,
                    submitted_at=now,
                )
                for row in rows
            )


def _mark(expert, call) -> None:
    """Everything the expert was given of the call is sent."""
    with as_person(expert.user) as by:
        rows = list(Review.objects.visible_to(by).filter(call=call))
        for one in rows:
            need = one.application_id % 3  # the smallest call has a shared rank too
            one.answers, one.total = MARKS | {"need": need}, 68 + need
            one.state, one.is_final, one.finalized_at = "submitted", True, timezone.now()
        names = ["answers", "total", "state", "is_final", "finalized_at"]
        Review.objects.bulk_update(rows, names)


def timed(work):
    """(what it gave, processor seconds of this process, how many statements): what the clock on the wall says
    depends on who else works on the machine."""
    began = time.process_time()
    with CaptureQueriesContext(connection) as asked:
        done = work()
    return done, time.process_time() - began, len(asked)


def reviewed(desk, experts, units, count: int, title: str = "") -> SimpleNamespace:
    """A call with so many applications, marked by three experts each and ranked; what that took."""
    call = make_call(desk, title=title or f"{count} 项的征集", places=max(1, count // 5))
    hand_in_many(call, units, count)
    close_call(call, desk)
    make_plan(call, desk, most_per_expert=40, reserve_places=2)
    with as_person(desk) as by:
        Application.objects.filter(call=call).update(state="accepted_formal")
        run, proposing, proposed = timed(lambda: assignment_propose(call=call, seed=7, by=by))
        run, applying, applied = timed(lambda: assignment_apply(run=run, by=by))
        total = Review.objects.filter(call=call).count()
    for expert in experts:
        _mark(expert, call)
    with as_person(desk) as by:
        _call, ranking, ranked = timed(lambda: call_rank(call=call, by=by))
    return SimpleNamespace(
        call=call,
        run=run,
        reviews=total,
        assign=proposing + applying,
        rank=ranking,
        queries=(proposed, applied, ranked),
    )


def test_assigning_ranking_and_lists_ask_as_often_for_sixty_as_for_four(
    authority, head, other_head
):
    experts = make_experts(authority, 12)
    # The first one also reads what is kept from then on.
    reviewed(authority, experts, (head, other_head), SMALL, "先跑一遍的征集")
    small = reviewed(authority, experts, (head, other_head), SMALL)
    large = reviewed(authority, experts, (head, other_head), 60)
    assert (large.reviews, large.run.short_count) == (180, 0)
    assert small.queries == large.queries
    desk = sign_in(Client(), authority)
    for name, what in PAGES:
        _read(desk, name, small, what)
        few, many = _read(desk, name, small, what), _read(desk, name, large, what)
        assert (name, many[1]) == (name, few[1])


@pytest.mark.long
def test_a_citys_call_is_given_out_and_ranked_and_every_list_of_it_opens_in_time(
    authority, head, other_head
):
    experts = make_experts(authority, EXPERTS)
    city = reviewed(authority, experts, (head, other_head), APPLICATIONS)
    assert (city.reviews, city.run.short_count) == (3 * APPLICATIONS, 0)
    assert city.assign < 2
    assert city.rank < 0.5
    desk, own = sign_in(Client(), authority), sign_in(Client(), head)
    for name, what in PAGES:
        _read(desk, name, city, what)
        took, _asked = _read(desk, name, city, what)
        assert (name, took < 1) == (name, True)
    lists = [(desk, name) for name in ("experts:list", "experts:calls", "calls:list")]
    for client, name in (*lists, (own, "applications:list")):
        client.get(reverse(name))
        _found, took, asked = timed(lambda client=client, name=name: client.get(reverse(name)))
        assert (name, took < 0.5, asked < 30) == (name, True, True)


def _read(desk, name, of, what):
    address = reverse(name, args=[getattr(of, what).uid])
    found, took, asked = timed(lambda: desk.get(address))
    assert (name, found.status_code) == (name, 200)
    return took, asked
