"""Two at once: each command is done once, the other is told why not. Real threads on a database of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from cases.models.casework import Case, Referral
from cases.models.consents import Consent
from cases.models.people import Client
from cases.services.consents import consent_withdraw
from cases.services.duplicates import duplicate_report
from cases.services.intake import case_assign, case_open
from cases.services.members import case_member_add
from cases.services.merging import clients_merge, clients_unmerge
from cases.services.referrals import referral_claim, referral_receive
from departments.services.entering import member_scope
from msw_portal.kernel.errors import DomainError
from tests.factories.cases import (
    department_of,
    make_case,
    make_client,
    make_consent,
    make_episode,
)

PEOPLE = ("worker", "worker2")


@pytest.fixture
def both(own_database, person):
    """`both(command)` runs `command(user)` as two workers at the same moment; what each got, sorted."""

    def run(command):
        start = Barrier(2)

        def one(login):
            user = person(login)
            try:
                with member_scope(user, user.membership.uid):
                    start.wait(10)
                    command(user)
                return "done"
            except DomainError as error:
                return error.rule
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(one, PEOPLE))

    return run


@pytest.fixture
def as_worker(own_database, person):
    """A committed transaction of the first worker."""
    user = person("worker")

    def run(command):
        with member_scope(user, user.membership.uid):
            return command(user)

    return run


def test_two_claim_one_referral(both, as_worker):
    referral = as_worker(lambda by: referral_receive(from_text="护士长", reason="费用", by=by))
    got = both(lambda by: referral_claim(referral=referral, by=by))
    assert got == ["done", "referral_in.claim.wrong_state"]
    assert as_worker(lambda by: Referral.objects.get(pk=referral.pk).state) == "claimed"


def test_two_claim_one_case(both, as_worker):
    case = as_worker(lambda by: make_case(by, stage="pending"))
    got = both(lambda by: case_assign(case=case, worker=by, by=by))
    # The second reads again under the lock: the case has left the door.
    assert got == ["case.assign.wrong_state", "done"]
    assert as_worker(lambda by: Case.objects.get(pk=case.pk).number).endswith("-0001")


def test_two_open_a_case_for_one_person(both, as_worker):
    client = as_worker(make_client)
    given = {"client": client, "source": "outreach", "presenting_problem": "费用"}
    got = both(lambda by: case_open(department=department_of(by), by=by, **given))
    assert got == ["case_one_open_per_client", "done"]
    assert as_worker(lambda by: Case.objects.count()) == 1


def test_two_cases_take_two_numbers(both, as_worker):
    cases = as_worker(lambda by: {login: make_case(by, stage="pending") for login in PEOPLE})
    got = both(lambda by: case_assign(case=cases[by.username], worker=by, by=by))
    assert got == ["done", "done"]
    numbers = as_worker(lambda by: sorted(Case.objects.values_list("number", flat=True)))
    assert [number[-4:] for number in numbers] == ["0001", "0002"]


def test_a_consent_is_withdrawn_once(both, as_worker, person):
    colleague = person("worker2")
    consent = as_worker(lambda by: _shared_consent(by, colleague))
    given = {"consent": consent, "reason": "改变主意", "withdrawn_by": "self"}
    got = both(lambda by: consent_withdraw(by=by, **given))
    assert got == ["consent.withdraw.wrong_state", "done"]
    assert as_worker(lambda by: Consent.objects.get(pk=consent.pk).state) == "withdrawn"


def _shared_consent(by, colleague):
    case = make_case(by)
    case_member_add(case=case, user=colleague, role="worker", by=by)
    return make_consent(case, by)


@pytest.fixture
def leaders(own_database, person):
    """`leaders(one, other)` runs the two commands as the supervisor and the head at the same moment."""

    def run(*commands):
        start = Barrier(len(commands))

        def one(login, command):
            user = person(login)
            try:
                with member_scope(user, user.membership.uid):
                    start.wait(10)
                    command(user)
                return "done"
            except DomainError as error:
                return error.rule
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(one, ("supervisor", "head"), commands))

    return run


def _three(by):
    """Three records of one person, and the pairs of the first with the others."""
    people = [make_client(by) for _n in range(3)]
    for one in people:
        make_episode(one, by, mrn=f"R{one.pk}")
    return people, [
        duplicate_report(client=people[0], who=f"R{one.pk}", note="同一张身份证", by=by)
        for one in people[1:]
    ]


def test_two_merge_the_same_pair_or_the_same_record(leaders, as_worker):
    people, (pair, other) = as_worker(_three)

    def merge(pair):
        return lambda by: clients_merge(pair=pair, by=by)

    assert leaders(merge(pair), merge(pair)) == ["done", "duplicate_pair.merge.wrong_state"]
    # Both keep the first record; merging a third into it at the same time as taking the second out.
    took = leaders(
        merge(other), lambda by: clients_unmerge(pair=pair, reason="不是同一个人", by=by)
    )
    assert took in (["done", "done"], ["done", "unmerge.later_first"])
    roots = as_worker(lambda by: dict(Client.objects.values_list("pk", "root_id")))
    first, second, third = (one.pk for one in people)
    stays = first if "unmerge.later_first" in took else second
    assert roots == {first: first, second: stays, third: first}


def test_a_case_is_opened_while_its_person_is_merged(leaders, as_worker):
    people, (pair, _other) = as_worker(_three)
    client = people[1]  # as it was read before
    opened = []

    def opening(by):
        given = {
            "source": "outreach",
            "presenting_problem": "费用",
            "department": department_of(by),
        }
        opened.append(case_open(client=client, by=by, **given).pk)

    assert leaders(lambda by: clients_merge(pair=pair, by=by), opening) == ["done", "done"]
    case = as_worker(lambda by: Case.objects.select_related("client").get(pk=opened[0]))
    assert case.client.root_id == people[0].pk
    with pytest.raises(DomainError) as no:
        as_worker(opening)
    assert no.value.rule == "case_one_open_per_client"
