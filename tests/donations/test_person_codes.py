"""Two records become one person: the foundation's sums follow, by codes alone, and follow back."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from cases.services.duplicates import duplicate_report
from cases.services.merging import clients_merge, clients_unmerge
from departments.models.mechanisms import Notification
from departments.services import outbox
from donations.models.requests import FundingRequest
from donations.models.subjects import SubjectLink
from donations.services.advice import advice_for_worker
from donations.services.payable import granted_of, payable_of
from donations.services.proving import links_prove
from msw_portal.kernel.scope import scope
from tests.factories.donations import (
    D,
    approve,
    as_person,
    give,
    make_approved,
    make_draft,
    make_money,
    make_proposed,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def money(people):
    made = make_money(people, caps={"per_request": "50000.00", "per_person": "50000.00"})
    give(people, made, "100000.00")
    return made


def _merge(one, other, worker, supervisor):
    """Two cases' persons become one."""
    with as_person(worker) as by:
        who = other.case.episode.mrn
        pair = duplicate_report(client=one.case.client, who=who, note="苏醒后说出姓名", by=by)
    with as_person(supervisor) as by:
        return clients_merge(pair=pair, by=by)


def _links(house_id: int, role: str, care: int | None = None) -> list[tuple]:
    with scope(org=house_id, role=role, care=care):
        rows = SubjectLink.objects.live().order_by("pk")
        return list(rows.values_list("organization_id", "counterparty_id", "code_a", "code_b"))


def _proven(hospital) -> tuple:
    with scope(org=hospital.pk, role="system", care=hospital.pk):
        found = links_prove()
        return found.checked, found.differences


def _granted(user, request) -> str:
    with as_person(user):
        return str(granted_of(FundingRequest.objects.get(pk=request.pk)).by_programme)


def test_after_a_merge_the_programmes_limit_counts_both_records(
    people, money, supervisor, hospital, foundation, other_officer, refuses, client_for
):
    first = make_approved(people, money, requested="30000.00")
    second = make_proposed(people, money, requested="30000.00")
    codes = sorted([first.request.subject_code, second.request.subject_code])
    assert codes[0] != codes[1]
    assert _granted(people.officer, second.request) == "0"
    assert _links(hospital.pk, "worker", hospital.pk) == []

    pair = _merge(first, second, people.worker, supervisor)
    link = (hospital.pk, foundation.pk, *codes)
    assert _links(hospital.pk, "worker", hospital.pk) == _links(foundation.pk, "x") == [link]
    assert _links(other_officer.membership.organization_id, "foundation_officer") == []
    assert _proven(hospital) == (1, ())
    # The foundation by the link, the hospital by the person: both say the same.
    assert _granted(people.officer, second.request) == "30000.00"
    with as_person(people.worker):
        own = FundingRequest.objects.select_related("case__client", "programme_version", "sheet")
        assert advice_for_worker(own.get(pk=second.request.pk)).benefit is None
    with as_person(people.approver):
        assert payable_of(second.request).allowance == D("20000.00")
    with refuses("funding_request.over_person_cap", "amount"):
        approve(people, second, "30000.00")
    page = client_for(people.officer).get(f"/funding/review/{second.request.uid}/")
    assert f"医院核对：{first.request.subject_code} 与本申请是同一人" in page.content.decode()
    while outbox.relay_once():
        pass
    with scope(org=foundation.pk, user=people.approver.pk, role="x"):
        told = Notification.objects.filter(kind="funding_request.persons_join")
        assert {one.subject_uid for one in told} == {first.request.uid, second.request.uid}

    with as_person(supervisor) as by:
        clients_unmerge(pair=pair, reason="同名的另一个人来住院了", by=by)
    assert _links(hospital.pk, "worker", hospital.pk) == _links(foundation.pk, "x") == []
    assert _proven(hospital) == (0, ())
    assert _granted(people.officer, second.request) == "0"
    assert approve(people, second, "30000.00").approved == D("30000.00")


def test_a_request_sent_after_the_merge_is_linked_when_it_is_sent(
    people, money, supervisor, hospital, foundation
):
    first = make_approved(people, money, requested="30000.00")
    second = make_draft(people, money, requested="20000.00")
    _merge(first, second, people.worker, supervisor)
    # The foundation does not learn of unfinished work; the worker's advice counts the grant already.
    assert _links(foundation.pk, "x") == []
    with as_person(people.worker):
        own = FundingRequest.objects.select_related("case__client", "programme_version", "sheet")
        assert advice_for_worker(own.get(pk=second.request.pk)).benefit is None
        second.consent.refresh_from_db()
    submit(people, second)
    codes = sorted([first.request.subject_code, second.request.subject_code])
    assert _links(foundation.pk, "x") == [(hospital.pk, foundation.pk, *codes)]
    assert _granted(people.officer, second.request) == "30000.00"
    # Each record keeps its own code, also for what is asked while they are one.
    with as_person(supervisor):
        assert {one.subject_code for one in FundingRequest.objects.all()} == set(codes)
    assert _proven(hospital) == (1, ())
    with scope(org=hospital.pk, role="system", care=hospital.pk), transaction.atomic():
        SubjectLink.objects.update(code_b="P-ZZZZZZZZ")
        assert len(links_prove().differences) == 2
        transaction.set_rollback(True)


def test_a_foundation_writes_no_link_and_ends_none(people, money, supervisor, foundation):
    first = make_approved(people, money, requested="30000.00")
    second = make_proposed(people, money, requested="20000.00")
    _merge(first, second, people.worker, supervisor)
    with as_person(people.officer):
        link = SubjectLink.objects.get()
        with pytest.raises(IntegrityError, match="hospital's"), transaction.atomic():
            SubjectLink.objects.update(code_b="P-ZZZZZZZZ")
        with pytest.raises(ProgrammingError, match="permission"), transaction.atomic():
            link.delete()
        with pytest.raises(IntegrityError, match="hospital's"), transaction.atomic():
            SubjectLink(
                organization_id=link.organization_id,
                counterparty_id=foundation.pk,
                code_a="P-2",
                code_b="P-3",
            ).save(force_insert=True)
