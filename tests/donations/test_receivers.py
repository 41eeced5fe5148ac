"""Effects in the other house: tasks, notices and audit lines made by the relay, once."""

import datetime as dt

from django.db import connection
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from cases.services.access_report import report_of
from cases.services.consents import consent_withdraw
from departments.models.mechanisms import Notification, Task
from departments.models.people import AccessGrant
from departments.models.queues import Outbox
from departments.services import outbox
from departments.services.entering import house_scope
from donations.services import payout, requests, review
from donations.services.reading import copies_read
from msw_portal.kernel.scope import scope
from tests.factories.donations import (
    as_person,
    make_approved,
    make_submitted,
    paper,
    prepare,
    release,
)


def _relay() -> None:
    """Work everything that is due, as the relay does."""
    while outbox.relay_once():
        pass
    with scope(role="relay"):
        assert list(Outbox.objects.exclude(state="done").values_list("topic", "error")) == []


def _tasks(house_id: int) -> list[tuple]:
    with house_scope(house_id):
        return list(
            Task.objects.filter(state="open", subject_kind="fundingrequest")
            .order_by("id")
            .values_list("kind", "role", "assignee_id")
        )


def _notices(user, house_id: int) -> list[str]:
    with scope(org=house_id, user=user.pk, role="x"):
        return list(Notification.objects.order_by("id").values_list("kind", flat=True))


def test_submission_is_the_officers_task_and_notice(people, money, foundation, officer2, approver):
    make_submitted(people, money)
    assert _tasks(foundation.pk) == []
    _relay()
    assert _tasks(foundation.pk) == [("check", "foundation_officer", None)]
    assert (
        _notices(people.officer, foundation.pk)
        == _notices(officer2, foundation.pk)
        == ["funding_request.submitted"]
    )
    assert _notices(approver, foundation.pk) == []


def test_supplement_is_the_workers_task_until_it_is_given(people, money, hospital):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
        review.request_ask_supplement(
            request=asked.request, items=["economic_proof"], message="请补充", by=by
        )
    _relay()
    assert _tasks(hospital.pk) == [("supplement", "", people.worker.pk)]
    assert _notices(people.worker, hospital.pk) == ["funding_request.moved"] * 2
    with as_person(people.worker) as by:
        requests.request_attach(
            request=asked.request, type="economic_proof", document=paper(asked.case, by), by=by
        )
        requests.request_supplement(request=asked.request, by=by)
    _relay()
    assert _tasks(hospital.pk) == []


def test_opening_stands_in_the_hospitals_chain(people, money, api, hospital, foundation):
    asked = make_submitted(people, money)
    _relay()
    api.get(f"{asked.request.uid}/")
    _relay()
    with scope(org=hospital.pk, role="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT body::jsonb ->> 'foundation', body::jsonb ->> 'level', body::jsonb ->> 'client' <> '', subject_uid"
            " FROM departments_auditentry WHERE action = 'funding_request.opened'"
        )
        assert cursor.fetchall() == [(str(foundation.uid), "review", True, asked.request.uid)]


def test_the_persons_access_report_names_the_foundation_that_read(people, money, foundation):
    asked, other = make_submitted(people, money), make_submitted(people, money)
    with as_person(people.officer) as by:
        copies_read(request=asked.request, by=by)
    _relay()
    with as_person(people.worker) as by:
        told = [
            [row[1:] for section in report_of(file.case.client, by) for row in section.rows]
            for file in (asked, other)
        ]
    reader, what = people.officer.display_name, "救助申请 · 对方查阅"
    line = [reader, foundation.name, what, "审核所需，不含姓名"]
    assert [rows.count(line) for rows in told] == [1, 0]


def test_payment_is_the_workers_task_to_confirm(people, money, hospital, foundation):
    drawn = release(people, prepare(people, make_approved(people, money), "30000.00"))
    _relay()
    assert ("receipt", "", people.worker.pk) in _tasks(hospital.pk)
    assert "disbursement.released" in _notices(people.worker, hospital.pk)
    with as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=drawn, paid_on=timezone.localdate(), by=by)
    _relay()
    assert _tasks(hospital.pk) == []
    assert _notices(people.cashier, foundation.pk) == ["disbursement.confirmed"]


def test_withdrawn_consent_closes_the_foundations_task(people, money, foundation):
    asked = make_submitted(people, money)
    _relay()
    with as_person(people.worker) as by:
        consent_withdraw(consent=asked.consent, reason="改变主意", withdrawn_by="mother", by=by)
    _relay()
    assert _tasks(foundation.pk) == []
    assert _notices(people.officer, foundation.pk)[-1] == "consent_withdrawn"


def test_delivery_twice_has_one_effect(people, money, foundation):
    make_submitted(people, money)
    _relay()
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute("UPDATE departments_outbox SET state = 'ready', not_before = now()")
    _relay()
    assert _tasks(foundation.pk) == [("check", "foundation_officer", None)]
    assert _notices(people.officer, foundation.pk) == ["funding_request.submitted"]


def test_restricted_case_is_told_to_who_wrote_the_request(people, money, hospital):
    asked = make_submitted(people, money)

    with as_person(people.worker) as by:
        now = timezone.now()
        AccessGrant.objects.create(
            organization_id=hospital.pk,
            user=by,
            compartment_id=asked.case.pk,
            kind="named",
            reason="负责本案的社工，需要查阅",
            valid=DateTimeTZRange(now - dt.timedelta(1), None),
        )
    with as_person(people.worker):
        asked.case.secrecy, asked.case.compartment_id = 5, asked.case.pk
        asked.case.save(update_fields=["secrecy", "compartment_id"])
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
    _relay()
    assert _notices(people.worker, hospital.pk) == ["funding_request.moved"]
