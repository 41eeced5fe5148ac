"""Many at once: exactly what the fund holds is committed, and pools locked crosswise never lock up."""

import json
import secrets
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from departments.models.organizations import Organization
from donations.models.ledger import LedgerAccount, LedgerJournal
from donations.services import ledger, reconciling, requests, review
from donations.services.ledger import Leg, Posting
from msw_portal.kernel.errors import Busy, DomainError
from msw_portal.kernel.scope import scope
from tests.donations.conftest import ALL_DUTIES, ALL_SCOPES, Api
from tests.factories import cases, donations
from tests.factories.donations import as_person, give, make_money, make_proposed, make_submitted

D = Decimal
THREADS = 64


def _at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(n)` gives in `count` threads that start together; each has its own connection."""
    barrier, found = threading.Barrier(count), [None] * count

    def run(n: int) -> None:
        try:
            barrier.wait()
            found[n] = work(n)
        except BaseException as error:
            found[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _everybody(person) -> donations.People:
    return donations.People(
        *(
            person(name)
            for name in ("worker", "officer", "officer2", "approver", "cashier", "cashier2")
        )
    )


def _client(house: Organization) -> Api:
    with scope(org=house.pk, role="system"):
        client = donations.make_api_client(
            house, duties=ALL_DUTIES, limit="50000.00", scopes=ALL_SCOPES
        )
        return Api(donations.make_token(client, scope=" ".join(ALL_SCOPES)))


def _approve(portal: str, token: str, uid: Any, amount: str) -> tuple[int, str]:
    """One program's approval over a connection of its own; (status, problem type)."""
    asked = urllib.request.Request(
        f"{portal}/api/v1/funding-requests/{uid}/approve/",
        json.dumps({"amount": amount, "opinion": "按余额安排"}).encode(),
        {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_hex(8),
            "If-Match": "*",
        },
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())["type"]


class Allocations:
    """Rounds of 64 approvals that meet at one pool, over real HTTP; every round ends with its money spent."""

    def __init__(self, portal: str, person: Any):
        self.portal, self.people = portal, _everybody(person)
        # No papers and no review: what is tried here is the allocation.
        self.money = make_money(
            self.people,
            documents=[],
            stages=[
                "document_check",
                "proposed",
                "approved",
                "agreement",
                "disbursing",
                "disbursed",
            ],
        )
        self.house = Organization.objects.get(code="FA")
        self.token = _client(self.house).token
        self.waiting: list[Any] = []

    def fill(self, amount: str = "100000.00", gifts: int = 4) -> None:
        """A pool of `amount` in several lots, 64 requests that wait, and a client that no limit holds back yet."""
        self.token = _client(self.house).token
        for _n in range(gifts):
            give(self.people, self.money, D(amount) / gifts)
        while len(self.waiting) < THREADS:
            one = make_submitted(
                self.people, self.money, requested="10000.00", with_papers=False
            ).request
            with as_person(self.people.officer) as by:
                self.waiting.append(review.request_check(request=one, complete=True, by=by))

    def run(self, amounts: list[str], beside: Callable[[int], Any] | None = None) -> list[Any]:
        """All at once; `beside` is what goes on meanwhile. What was refused waits for the next round."""
        count = len(amounts)

        def work(n: int) -> Any:
            if n >= count:
                return beside(n)
            return _approve(self.portal, self.token, self.waiting[n].uid, amounts[n])

        found = _at_once(count + (4 if beside else 0), work)
        self.waiting = [
            one for n, one in enumerate(self.waiting) if n >= count or found[n][0] != 200
        ]
        return found[:count]

    @property
    def available(self) -> Decimal:
        with scope(org=self.house.pk, role="system"):
            assert reconciling.differences() == []
            return LedgerAccount.objects.get(kind="available", purpose=self.money.purpose).balance


EXACTLY_TEN = {(200, ""): 10, (409, "urn:msw:problem:ledger.insufficient"): 54}


def _even_rounds(portal: str, person: Any, rounds: int) -> None:
    pool = Allocations(portal, person)
    for _round in range(rounds):
        pool.fill()
        assert Counter(pool.run(["10000.00"] * THREADS)) == EXACTLY_TEN
        assert pool.available == 0


def test_64_approvals_of_10000_on_100000_are_exactly_10_over_http(portal, person):
    _even_rounds(portal, person, 5)


@pytest.mark.long
def test_64_approvals_of_10000_on_100000_are_exactly_10_for_fifty_rounds(portal, person):
    _even_rounds(portal, person, 50)


@pytest.mark.long
def test_one_fen_short_is_nine(portal, person):
    pool = Allocations(portal, person)
    for _round in range(10):
        pool.fill("99999.99", gifts=1)
        found = Counter(status for status, _type in pool.run(["10000.00"] * THREADS))
        assert found == {200: 9, 409: 55}
        rest = pool.available
        assert rest == D("9999.99")
        give(pool.people, pool.money, D("10000.00") - rest)
        assert Counter(one[0] for one in pool.run(["10000.00"])) == {200: 1}


@pytest.mark.long
def test_mixed_amounts_are_never_over_and_never_refused_without_need(portal, person):
    pool, dice = Allocations(portal, person), Random(7)
    for _round in range(10):
        pool.fill()
        held = pool.available
        amounts = [f"{dice.randint(100_000, 1_000_000) / 100:.2f}" for _n in range(THREADS)]
        found = pool.run(amounts)
        done = sum((D(a) for a, one in zip(amounts, found, strict=True) if one[0] == 200), D(0))
        refused = [D(a) for a, one in zip(amounts, found, strict=True) if one[0] == 409]
        assert {one[0] for one in found} == {200, 409}
        assert pool.available == held - done
        # The balance only fell while they asked: whoever was refused would not fit now either.
        assert min(refused) > held - done


@pytest.mark.long
def test_gifts_and_returns_meanwhile_lose_nothing(portal, person):
    pool = Allocations(portal, person)
    for turn in range(10):
        pool.fill()
        held = pool.available
        with as_person(pool.people.officer):
            lot = pool.money.fund.donations.order_by("-id").first().lots.get()

        def beside(n: int, turn: int = turn, lot: Any = lot) -> str:
            """Two take 100 of a lot aside and put it back, two look on."""
            if n % 2:
                return "looks"
            with as_person(person("officer")) as by:
                pair = ledger.pool(
                    organization_id=by.house_id,
                    fund_id=pool.money.fund.pk,
                    purpose_id=pool.money.purpose.pk,
                )[0]
                for step, (source, target) in enumerate((pair, pair[::-1])):
                    try:
                        legs = (Leg(source, D(100), lot.pk), Leg(target, D(-100), lot.pk))
                        posting = Posting("release", f"m:{turn}:{n}:{step}", legs)
                        with transaction.atomic():
                            ledger.post([posting], by=by)
                    except IntegrityError:
                        return "spent"
            return "done"

        found = Counter(one[0] for one in pool.run(["10000.00"] * THREADS, beside))
        assert found == {200: found[200], 409: THREADS - found[200]}
        # 200 may stand aside while a request asks: one fewer at most, and never one more.
        assert found[200] in {9, 10} or held > D("100000.00")
        rest = pool.available
        if rest:
            give(pool.people, pool.money, D("10000.00") - rest % D("10000.00"))


def test_two_tabs_draft_one_request_for_a_case(own_database, person):
    people = _everybody(person)
    money = make_money(people)
    with as_person(people.worker) as by:
        case = cases.make_case(by, stage="intervention")
    workers = [person("worker") for _n in range(2)]

    def draft(n: int) -> str:
        try:
            with as_person(workers[n]) as by:
                requests.request_draft(case=case, programme_version=money.version, by=by)
        except DomainError as error:
            return error.rule
        return "done"

    assert sorted(_at_once(2, draft)) == ["done", "funding_request.another_open"]


def test_one_request_approved_by_many_at_once_is_approved_once(own_database, person):
    people = _everybody(person)
    money = make_money(people)
    give(people, money, "100000.00")
    asked = make_proposed(people, money, requested="10000.00")
    house = Organization.objects.get(code="FA")
    token = _client(house).token
    found = _at_once(
        16, lambda n: Api(token).post(f"{asked.request.uid}/approve/", {"amount": "10000.00"})
    )
    outcomes = Counter((one.status_code, one.json().get("type", "")) for one in found)
    assert outcomes == {
        (200, ""): 1,
        (409, "urn:msw:problem:funding_request.approve.wrong_state"): 15,
    }


def test_one_key_sent_by_many_at_once_acts_once_and_answers_alike(own_database, person):
    people = _everybody(person)
    money = make_money(people)
    give(people, money, "100000.00")
    asked = make_proposed(people, money, requested="10000.00")
    house = Organization.objects.get(code="FA")
    token = _client(house).token
    found = _at_once(
        8,
        lambda n: Api(token).post(
            f"{asked.request.uid}/approve/", {"amount": "10000.00"}, key="the same"
        ),
    )
    done = [one for one in found if one.status_code == 200]
    busy = [one for one in found if one.status_code == 409]
    assert len(done) + len(busy) == 8
    assert len({one.content for one in done}) == 1
    assert all(
        one.json()["type"] == "urn:msw:problem:idempotency.busy" and one["Retry-After"]
        for one in busy
    )
    with scope(org=house.pk, role="system"):
        assert LedgerJournal.objects.filter(kind="commit").count() == 1


def test_transfers_that_cross_never_lock_up_and_lose_nothing(own_database, person):
    people = _everybody(person)
    pools = [make_money(people, name="甲基金"), make_money(people, name="乙基金")]
    for pool in pools:
        give(people, pool, "100000.00")
    with as_person(people.officer) as by:
        accounts = [
            LedgerAccount.objects.get(kind="available", purpose=pool.purpose).pk for pool in pools
        ]
        cash = ledger.cash_account(by.house_id)
        lots = [pool.fund.donations.get().lot.pk for pool in pools]
    clerks = [person("officer") for _n in range(24)]

    def transfer(n: int) -> str:
        source, target = accounts if n % 2 == 0 else accounts[::-1]
        lot = lots[n % 2]
        done = "done"
        for turn in range(5):
            with as_person(clerks[n]) as by:
                try:
                    # The shared cash account is locked in the same one statement.
                    ledger.lock_accounts([cash, source, target])
                    ledger.post(
                        [
                            Posting(
                                "release",
                                f"t:{n}:{turn}:out",
                                (Leg(source, D(100), lot), Leg(target, D(-100), lot)),
                            ),
                            Posting(
                                "release",
                                f"t:{n}:{turn}:back",
                                (Leg(target, D(40), lot), Leg(source, D(-40), lot)),
                            ),
                        ],
                        by=by,
                    )
                except (DomainError, Busy) as error:
                    done = str(error)
        return done

    assert Counter(_at_once(24, transfer)) == {"done": 24}
    with scope(org=people.officer.membership.organization_id, role="system"):
        assert LedgerJournal.objects.filter(kind="release").count() == 24 * 5 * 2
        assert reconciling.differences() == []


def test_reader_always_sees_whole_journals(own_database, person):
    people = _everybody(person)
    money = make_money(people)
    house = people.officer.membership.organization_id
    stop, seen = threading.Event(), []

    def read(_n: int) -> int:
        looks = 0
        while not stop.is_set():
            with scope(org=house, role="system"), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT coalesce(sum(amount), 0), (SELECT coalesce(sum(side * balance), 0) FROM donations_ledgeraccount)"
                    " FROM donations_ledgerentry"
                )
                seen.append(cursor.fetchone())
            looks += 1
        return looks

    def work(n: int) -> int:
        if n:
            return read(n)
        try:
            for amount in range(1, 21):
                give(people, money, f"{amount}.00")
        finally:
            stop.set()
        return 0

    assert all(isinstance(one, int) for one in _at_once(3, work))
    assert set(seen) == {(D(0), D(0))}
