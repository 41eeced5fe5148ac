"""Many at once: exactly what the fund holds is committed, and pools locked crosswise never lock up."""

import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from departments.models.organizations import Organization
from donations.models.ledger import LedgerAccount, LedgerJournal
from donations.models.requests import FundingRequest
from donations.services import ledger, reconciling, review
from donations.services.ledger import Leg, Posting
from msw_portal.kernel.errors import Busy, DomainError
from msw_portal.kernel.scope import scope
from tests.donations.conftest import ALL_DUTIES, ALL_SCOPES, Api
from tests.factories import donations
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


def test_64_approvals_of_10000_on_100000_are_exactly_10(own_database, person):
    people = _everybody(person)
    # No papers and no review: what is tried here is the allocation.
    money = make_money(
        people,
        documents=[],
        stages=["document_check", "proposed", "approved", "agreement", "disbursing", "disbursed"],
    )
    for _n in range(4):
        give(people, money, "25000.00")
    asked = [
        make_submitted(people, money, requested="10000.00", with_papers=False)
        for _n in range(THREADS)
    ]
    with as_person(people.officer) as by:
        for one in asked:
            review.request_check(request=one.request, complete=True, by=by)
    house = Organization.objects.get(code="FA")
    token = _client(house).token

    def approve(n: int):
        return Api(token).post(f"{asked[n].request.uid}/approve/", {"amount": "10000.00"})

    found = _at_once(THREADS, approve)
    outcomes = Counter((one.status_code, one.json().get("type", "")) for one in found)
    assert outcomes == {(200, ""): 10, (409, "urn:msw:problem:ledger.insufficient"): 54}
    with scope(org=house.pk, role="system"):
        account = LedgerAccount.objects.get(kind="committed", purpose=money.purpose)
        assert account.balance == D("100000.00")
        assert LedgerJournal.objects.filter(kind="commit").count() == 10
        assert FundingRequest.objects.filter(state="approved").count() == 10
        assert FundingRequest.objects.filter(state="proposed").count() == 54
        assert reconciling.differences() == []


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
