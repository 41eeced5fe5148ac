"""What ends a request or lets it rest: a death, a hold, money that comes back late."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver
from django.utils import timezone

from cases.models.casework import Case
from cases.services.clients import client_amend
from cases.services.consents import consent_withdraw
from cases.signals import case_closed
from departments.models.mechanisms import Notification, Task
from departments.models.people import ApiClient
from departments.models.publishing import PublicEntry
from departments.services import outbox
from departments.services.entering import house_scope
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.money_views import MONEY
from donations.services import holds, notices, payout, refunding, review, settling
from donations.services.payable import granted_of, remaining_of
from donations.services.readiness import gap_left
from donations.services.revisits import request_die
from msw_portal.kernel.scope import scope
from tests.donations.pages import text, url
from tests.donations.test_api import problem
from tests.donations.test_notices import STAGES as NOTICE_STAGES
from tests.donations.test_notices import _allow, _open
from tests.donations.test_settling import STAGES, _bill
from tests.factories import cases
from tests.factories.donations import (
    as_person,
    code_for,
    give,
    make_approved,
    make_draft,
    make_money,
    make_proposed,
    make_submitted,
    prepare,
    release,
    submit,
)

D = Decimal


def _relay() -> None:
    while outbox.relay_once():
        pass


def _row(asked) -> FundingRequest:
    rows = FundingRequest.objects.select_related("organization", "programme_version")
    return rows.get(pk=asked.request.pk)


def _now(asked, people) -> FundingRequest:
    with as_person(people.officer):
        return _row(asked)


def _dies(people, asked) -> None:
    with as_person(people.worker) as by:
        client_amend(client=asked.case.client, deceased_on=timezone.localdate(), by=by)


def _withdraw(people, asked) -> None:
    with as_person(people.worker) as by:
        consent_withdraw(consent=asked.consent, reason="改变主意", withdrawn_by="mother", by=by)


def _resume(people, asked, money) -> FundingRequest:
    with as_person(people.worker) as by:
        again = cases.make_consent(
            asked.case,
            by,
            "share_to_org",
            recipient=money.version.organization,
            signer="演示母",
            signer_relation="mother",
        )
        return holds.request_resume(
            request=FundingRequest.objects.get(pk=asked.request.pk), consent=again, by=by
        )


def _paid(people, money, amount: str = "30000.00", **given):
    asked = make_approved(people, money, **given)
    asked.payment = release(people, prepare(people, asked, amount))
    _relay()
    with as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=asked.payment, paid_on=timezone.localdate(), by=by)
    return asked


def _back(people, asked, amount: str):
    with as_person(people.cashier) as by:
        return refunding.disbursement_refund(
            disbursement=asked.payment,
            amount=D(amount),
            received_on=timezone.localdate(),
            reason="结算有余款",
            by=by,
        )


# ── a death ──────────────────────────────────────────────────────────────────


def test_a_recorded_death_stops_every_running_request_of_the_person(people, money, foundation):
    asked, other = make_approved(people, money), make_proposed(people, money)
    _relay()
    _dies(people, asked)
    _relay()
    row = _now(asked, people)
    assert (row.state, row.death_noted_at is not None) == ("deceased", True)
    assert _now(other, people).death_noted_at is None
    with house_scope(foundation.pk):
        task = Task.objects.get(subject_id=row.pk, state="open")
        assert (task.kind, task.role) == ("aid_settle", "foundation_officer")
    for user in (people.officer, people.approver, people.cashier):
        with scope(org=foundation.pk, user=user.pk, role="x"):
            assert Notification.objects.filter(kind="funding_request.died").count() == 1


def test_nothing_is_approved_after_a_death(people, money, client_for, approver, refuses):
    asked = make_proposed(people, money)
    _dies(people, asked)
    _relay()
    row, code = _now(asked, people), code_for(people.approver)
    assert (row.state, row.death_noted_at is not None) == ("proposed", True)
    with as_person(people.approver) as by:
        with refuses("funding_request_not_after_death", status=409):
            review.request_approve(request=row, amount=D("1.00"), totp_code=code, by=by)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            FundingRequest.objects.filter(pk=row.pk).update(approved=D(1))
        diag = caught.value.__cause__.diag
        assert diag.constraint_name == "funding_request_not_after_death"
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            FundingRequest.objects.filter(pk=row.pk).update(death_noted_at=None)
        assert caught.value.__cause__.diag.constraint_name == "funding_request_sides"
    page = text(client_for(approver).get(url("review", row.uid)))
    assert "患者已去世，停止批准与拨付" in page
    with as_person(people.approver) as by:
        assert review.request_reject(request=row, reason="患者去世", by=by).state == "rejected"


def test_whoever_has_died_is_not_asked_for(people, money, refuses):
    asked = make_draft(people, money)
    _dies(people, asked)
    with refuses("funding_request_not_after_death", status=409):
        submit(people, asked)


def test_a_case_closed_for_a_death_stops_its_requests_too(people, money):
    asked, other = make_approved(people, money), make_approved(people, money)
    for one, reason in ((asked, "deceased"), (other, "goals_met")):
        with as_person(people.worker) as by:
            one.case.close_reason = reason
            case_closed.send(sender=Case, case=one.case, by=by)
    assert [_now(one, people).state for one in (asked, other)] == ["deceased", "approved"]


def test_what_was_drawn_up_before_a_death_is_cancelled_and_never_paid(people, refuses):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "10000.00")
    _dies(people, asked)
    code = code_for(people.cashier2)
    with as_person(people.cashier2) as by:
        with refuses("funding_request_not_after_death", status=409):
            payout.disbursement_release(disbursement=drawn, totp_code=code, by=by)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Disbursement.objects.filter(pk=drawn.pk).update(
                state="released", released_by=by, released_at=timezone.now()
            )
        diag = caught.value.__cause__.diag
        assert diag.constraint_name == "disbursement_released_while_paying"
    with as_person(people.cashier) as by:
        payout.disbursement_cancel(disbursement=drawn, reason="患者去世", by=by)
    with as_person(people.officer) as by:
        done = settling.request_settle(request=_row(asked), reason="余款释放", by=by)
        assert (done.state, done.committed) == ("closed", D(0))


def test_money_sent_before_a_death_comes_back_as_any_other(people):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked = make_approved(people, money)
    drawn = release(people, prepare(people, asked, "10000.00"))
    _dies(people, asked)
    with as_person(people.cashier) as by:
        back = payout.disbursement_bounce(disbursement=drawn, reason="账户已销户", by=by)
        assert (back.state, back.request.pk) == ("bounced", asked.request.pk)
    row = _now(asked, people)
    assert (row.state, row.disbursed) == ("deceased", D(0))
    with as_person(people.officer) as by:
        assert settling.request_settle(request=row, reason="余款释放", by=by).committed == D(0)


def test_a_request_on_hold_is_settled_after_a_death(people):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked = make_approved(people, money)
    _withdraw(people, asked)
    _dies(people, asked)
    _relay()
    with as_person(people.officer) as by:
        assert Task.objects.filter(kind="aid_settle", state="open").count() == 1
        done = settling.request_settle(request=_row(asked), reason="患者去世", by=by)
        assert (done.state, done.committed) == ("closed", D(0))


# ── late money ───────────────────────────────────────────────────────────────


def test_fraud_found_after_the_closing_is_recovered(people, refuses):
    money = make_money(people, stages=[*STAGES[:-2], "closed"])
    give(people, money, "100000.00")
    asked = _paid(people, money)
    _bill(people, asked, "30000.00")
    with as_person(people.officer) as by:
        settling.request_reconcile(request=_row(asked), by=by)
        assert settling.request_close(request=_row(asked), by=by).state == "closed"
        with refuses("funding_request.not_recovered", status=409):
            settling.request_recover(request=_row(asked), reason="材料不实", by=by)
    assert _back(people, asked, "10000.00").state == "reconciled"
    assert _back(people, asked, "20000.00").state == "refunded"
    with as_person(people.officer) as by:
        done = settling.request_recover(request=_row(asked), reason="材料不实", by=by)
        assert (done.state, done.committed, done.refunded) == ("recovered", D(0), D(30000))


def test_nothing_is_recovered_of_what_was_never_paid(people, refuses):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked = make_approved(people, money)
    _dies(people, asked)
    with as_person(people.officer) as by:
        closed = settling.request_settle(request=_row(asked), reason="患者去世", by=by)
        with refuses("funding_request.nothing_to_recover", status=409):
            settling.request_recover(request=closed, reason="材料不实", by=by)


def test_money_that_came_back_leaves_its_place_to_the_next_request(people, money):
    asked = _paid(people, money)
    assert _back(people, asked, "20000.00").state == "confirmed"
    again = make_submitted(people, money, case=asked.case, requested="20000.00")
    row = _now(again, people)
    with as_person(people.officer):
        assert remaining_of(row) == row.gap - D(10000)
        assert granted_of(row).on_case == granted_of(row).by_programme == D(10000)
    with as_person(people.worker):
        assert gap_left(row) == row.gap - D(10000)


def test_what_was_paid_before_a_death_still_counts_for_the_person(people, money):
    asked = _paid(people, money, "10000.00")
    again = make_submitted(people, money, case=asked.case, requested="20000.00")
    with as_person(people.worker) as by:
        request_die(request=asked.request, died_on=timezone.localdate(), by=by)
    with as_person(people.officer):
        assert granted_of(_row(again)).on_case == D(30000)
    with as_person(people.officer) as by:
        settling.request_settle(request=_row(asked), reason="余款释放", by=by)
        assert granted_of(_row(again)).on_case == D(10000)


# ── a hold ───────────────────────────────────────────────────────────────────


def test_a_notice_cut_short_by_a_hold_begins_anew(people, monkeypatch):
    money = make_money(people, stages=NOTICE_STAGES)
    give(people, money, "100000.00")
    asked = make_proposed(people, money)
    _allow(people, asked)
    entry = _open(people, asked)
    _withdraw(people, asked)
    _relay()
    assert _now(asked, people).state == "proposed"
    with as_person(people.officer):
        assert not PublicEntry.objects.get(pk=entry.pk).is_open
    _resume(people, asked, money)
    _relay()
    after = entry.visible_to + dt.timedelta(days=1)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: after)
        assert notices.clocks_run() == 0
    assert _now(asked, people).state == "proposed"
    again = _open(people, asked)
    assert (again.pk != entry.pk, asked.request.due_at) == (True, again.visible_to)


def test_the_clock_ends_no_notice_that_was_taken_down(people, monkeypatch):
    money = make_money(people, stages=NOTICE_STAGES)
    give(people, money, "100000.00")
    asked = make_proposed(people, money)
    _allow(people, asked)
    entry = _open(people, asked)
    due = entry.visible_to
    with house_scope(money.version.organization_id):
        notices.entry_close(entry=entry, by=None)
    after = due + dt.timedelta(minutes=1)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: after)
        assert notices.clocks_run() == 1
    assert _now(asked, people).state == "proposed"


def test_papers_are_due_as_much_later_as_the_request_stood_still(people, money, monkeypatch):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
        review.request_ask_supplement(
            request=asked.request, items=["economic_proof"], message="请补充", by=by
        )
    _relay()
    due = _now(asked, people).due_at
    _withdraw(people, asked)
    _relay()
    rested = dt.timedelta(days=20)
    later = timezone.now() + rested
    with monkeypatch.context() as then:
        then.setattr(timezone, "now", lambda: later)
        row = _resume(people, asked, money)
        assert dt.timedelta(0) <= row.due_at - due - rested + dt.timedelta(minutes=1)
        with as_person(people.worker):
            assert Task.objects.get(kind="supplement", state="open").due_at == row.due_at
        assert notices.clocks_run() == 0
    assert _now(asked, people).state == "supplement_required"


def test_the_foundation_has_its_task_again_after_a_hold(people, money, foundation):
    asked = make_submitted(people, money)
    _relay()
    _withdraw(people, asked)
    _relay()
    with house_scope(foundation.pk):
        assert not Task.objects.filter(state="open").exists()
    _resume(people, asked, money)
    _relay()
    with house_scope(foundation.pk):
        assert Task.objects.get(state="open").kind == "check"


# ── who may ──────────────────────────────────────────────────────────────────


def test_the_approver_refuses_after_the_notice_and_nobody_else(people, monkeypatch, refuses):
    money = make_money(people, stages=NOTICE_STAGES)
    give(people, money, "100000.00")
    asked = make_proposed(people, money)
    _allow(people, asked)
    entry = _open(people, asked)
    after = entry.visible_to + dt.timedelta(minutes=1)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: after)
        notices.clocks_run()
    row = _now(asked, people)
    assert row.state == "notice_elapsed"
    with as_person(people.officer2) as by:
        with refuses("permission.can_reject_request", status=403):
            review.request_reject(request=row, reason="条件变化", by=by)
    with as_person(people.approver) as by:
        assert review.request_reject(request=row, reason="条件变化", by=by).state == "rejected"


def test_a_program_needs_the_duty_and_never_settles_or_recovers(people, foundation, api_of):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked, dead = _paid(people, money), make_approved(people, money)
    _dies(people, dead)
    reviewer, checker = (
        api_of(foundation, duties=("review1",)),
        api_of(foundation, duties=("verify",)),
    )
    one, other = asked.request.uid, dead.request.uid
    problem(reviewer.post(f"{one}/reconcile/"), 403, "permission.can_reconcile_request")
    problem(checker.post(f"{one}/reconcile/"), 409, "funding_request.bills_short")
    for step in ("settle", "recover"):
        refused = checker.post(f"{other}/{step}/", {"reason": "患者去世，余款释放"})
        problem(refused, 403, "permission.can_settle_request")


def test_the_key_of_a_payment_is_kept_for_a_month(people, foundation, api_of, rows):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked, other, api = _paid(people, money), make_submitted(people, money), api_of(foundation)
    _bill(people, asked, "30000.00")
    assert api.post(f"{asked.request.uid}/reconcile/", key="money-1").status_code == 200
    assert api.post(f"{other.request.uid}/check/", key="paper-1").status_code == 200
    with scope(org=foundation.pk, role="system"):
        program = ApiClient.objects.get().user_id
    with scope(org=foundation.pk, user=program, role="x"):
        sql = "SELECT key, expires_at > now() + interval '29 days' FROM departments_idempotencykey"
        kept = dict(rows(sql))
    assert kept == {"money-1": True, "paper-1": False}


def test_every_address_of_money_is_one():
    def names(resolver, space=""):
        for one in resolver.url_patterns:
            if hasattr(one, "url_patterns"):
                inner = f"{space}{one.namespace}:" if one.namespace else space
                yield from names(one, inner)
            elif one.name:
                yield space + one.name

    assert not MONEY - set(names(get_resolver()))
