"""A second look and a complaint: who may raise, when, who answers, and what an answer changes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models.mechanisms import Notification, Task
from departments.services import outbox
from donations.models.appeals import Appeal, DecisionTelling
from donations.models.requests import FundingRequest
from donations.services import appeal_figures, appeals, decisions, review
from donations.services.catalogue import LITTLE_ANGEL
from donations.workflow import RequestState
from tests.factories import donations as made

GROUNDS = "诊断证明里写明了高危分型，审核时没有看到，请重新看。"
ANSWER = "重新看了诊断证明，确认是高危分型，符合资助条件，退回初审重新办理。"


@pytest.fixture
def refused(people, money):
    """Checked by one officer, refused in review by another."""
    asked = made.make_submitted(people, money)
    with made.as_person(people.officer) as by:
        asked.request = review.request_check(request=asked.request, complete=True, by=by)
    with made.as_person(people.officer2) as by:
        asked.request = review.request_reject(
            request=asked.request, reason="材料没有说明分型。", by=by
        )
    return asked


def _tell(people, asked, day=None):
    with made.as_person(people.worker) as by:
        return decisions.decision_tell(
            request=asked.request, told_on=day or timezone.localdate(), by=by
        )


def _raise(people, asked, kind="second_look"):
    with made.as_person(people.worker) as by:
        return appeals.appeal_raise(request=asked.request, kind=kind, grounds=GROUNDS, by=by)


def test_upheld_the_request_goes_back_to_review_and_both_houses_hear_of_it(people, refused):
    _tell(people, refused)
    one = _raise(people, refused)
    assert (one.addressee_id, one.decision) == (one.counterparty_id, RequestState.REJECTED)
    assert one.allowed_until is not None
    assert one.acknowledge_by < one.answer_by
    outbox.relay_once()
    with made.as_person(people.approver):
        task = Task.objects.get(kind="appeal", subject_id=one.pk)
        assert (task.role, task.state) == ("foundation_officer", "open")
        assert Notification.objects.filter(kind="appeal.raise", subject_uid=one.uid).count() == 1
    with made.as_person(people.approver) as by:
        appeals.appeal_acknowledge(appeal=one, by=by)
        done = appeals.appeal_answer(appeal=one, outcome="upheld", answer=ANSWER, by=by)
    assert (done.state, done.outcome, done.answered_by_id) == (
        "answered",
        "upheld",
        people.approver.pk,
    )
    outbox.relay_once()
    with made.as_person(people.worker) as by:
        request = FundingRequest.objects.visible_to(by).get(pk=refused.request.pk)
        assert request.state == RequestState.FIRST_REVIEW
        assert Notification.objects.filter(kind="appeal.answer", subject_uid=one.uid).count() == 1
    with made.as_person(people.approver) as by:
        assert Task.objects.get(kind="appeal", subject_id=one.pk).state == "done"
        (row,) = appeal_figures.figures_for(by)
    assert (row.raised, row.waiting, row.late, row.outcomes["upheld"]) == (1, 0, 0, 1)
    assert (row.median_days, row.days_of_nine_in_ten) == (0, 0)


def test_who_had_a_part_in_it_does_not_answer_by_service_or_by_hand(people, refused, refuses):
    one = _raise(people, refused)
    for user in (people.officer, people.officer2):
        with made.as_person(user) as by:
            with refuses("appeal_answered_by_another", status=409):
                appeals.appeal_answer(appeal=one, outcome="dismissed", answer=ANSWER, by=by)
            with pytest.raises(IntegrityError, match="had a duty"), transaction.atomic():
                Appeal.objects.filter(pk=one.pk).update(
                    acknowledged_at=timezone.now(), acknowledged_by=by, answered_by=by
                )
    with made.as_person(people.cashier) as by, refuses("permission.can_handle_appeal", status=403):
        appeals.appeal_acknowledge(appeal=one, by=by)
    with made.as_person(people.worker) as by:
        with refuses("permission.can_handle_appeal", status=403):
            appeals.appeal_answer(appeal=one, outcome="upheld", answer=ANSWER, by=by)
        with pytest.raises(IntegrityError, match="other house"), transaction.atomic():
            Appeal.objects.filter(pk=one.pk).update(outcome="upheld")
        with pytest.raises(IntegrityError, match="as it was raised"), transaction.atomic():
            Appeal.objects.filter(pk=one.pk).update(answer_by=dt.date(2099, 1, 1))
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            changed = Appeal.objects.get(pk=one.pk)
            changed.grounds = "别的理由"
            changed.save(update_fields=["grounds"])


def test_the_limit_runs_from_the_telling_and_one_decision_has_one_second_look(
    people, refused, refuses
):
    with made.as_person(people.worker) as by:
        assert decisions.decision_of(refused.request).until is None
        long_ago = timezone.localdate() - dt.timedelta(days=60)
        with refuses("decision.told_before", field="told_on"):
            decisions.decision_tell(request=refused.request, told_on=long_ago, by=by)
        DecisionTelling.objects.create(
            organization_id=by.house_id,
            request=refused.request,
            decision=RequestState.REJECTED,
            decided_at=refused.request.state_entered_at,
            told_on=long_ago,
            how="worker",
        )
        with refuses("appeal.too_late", field="kind", status=409):
            appeals.appeal_raise(
                request=refused.request, kind="second_look", grounds=GROUNDS, by=by
            )
        with refuses("appeal.grounds_short", field="grounds"):
            appeals.appeal_raise(request=refused.request, kind="complaint", grounds="不服", by=by)
    one = _raise(people, refused, "complaint")
    assert (one.addressee_id, one.decision, one.allowed_until) == (one.counterparty_id, "", None)
    with made.as_person(people.worker) as by:
        with refuses("appeal_one_open", status=409):
            appeals.appeal_raise(request=refused.request, kind="complaint", grounds=GROUNDS, by=by)
        appeals.appeal_withdraw(appeal=one, by=by)
    assert _raise(people, refused, "complaint").number != one.number


def test_a_programme_promises_longer_and_never_shorter(people):
    money = made.make_money(people, sla={**LITTLE_ANGEL.get("sla", {}), "appeal": 30})
    asked = made.make_submitted(people, money)
    with made.as_person(people.officer) as by:
        review.request_reject_ineligible(request=asked.request, reason="不在范围。", by=by)
    _tell(people, asked)
    with made.as_person(people.worker):
        found = decisions.decision_of(FundingRequest.objects.get(pk=asked.request.pk))
    days = (found.until - found.told_on).days
    assert 40 <= days <= 60


def test_the_hospital_answers_a_complaint_of_the_foundation_and_not_by_its_worker(
    people, refused, head, refuses
):
    with made.as_person(people.officer) as by:
        one = appeals.appeal_raise(
            request=refused.request, kind="complaint", grounds=GROUNDS, by=by
        )
    assert one.addressee_id == one.organization_id
    outbox.relay_once()
    with made.as_person(people.worker) as by:
        with refuses("permission.can_handle_appeal"):
            appeals.appeal_acknowledge(appeal=one, by=by)
        with refuses("permission.can_withdraw_appeal"):
            appeals.appeal_withdraw(appeal=one, by=by)
    with made.as_person(head) as by:
        assert Task.objects.get(kind="appeal", subject_id=one.pk).role == "dept_head"
        appeals.appeal_answer(appeal=one, outcome="partly", answer=ANSWER, by=by)
    with made.as_person(people.officer) as by:
        assert Appeal.objects.visible_to(by).get(pk=one.pk).outcome == "partly"
        request = FundingRequest.objects.get(pk=refused.request.pk)
    assert request.state == RequestState.REJECTED


def test_nearest_rank_and_what_the_public_is_not_told(people, refused):
    assert appeal_figures.nearest_rank([9, 1, 3, 4, 5, 6, 7, 8, 2, 30], 0.9) == 9
    assert appeal_figures.nearest_rank([], 0.9) is None
    nine, ten = ["upheld"] * 4 + ["dismissed"] * 5, ["upheld", "partly"] * 3 + ["dismissed"] * 5
    assert (appeal_figures.counts_told(nine), appeal_figures.counts_told(ten)) == (None, (11, 6))
    one = _raise(people, refused)
    with made.as_person(people.approver) as by:
        appeals.appeal_answer(appeal=one, outcome="dismissed", answer=ANSWER, by=by)
    with made.as_person(people.worker):
        request = FundingRequest.objects.select_related("programme_version").get(
            pk=refused.request.pk
        )
        assert appeal_figures.public_counts(request) is None
