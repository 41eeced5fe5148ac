"""After the payment: bills once, money back to its lots, the revisit, a death, a recovery, the closing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.services import outbox
from donations.models.ledger import LedgerJournal
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.models.settling import InvoiceUse, Revisit
from donations.services import bills, payout, refunding, revisits, settling
from donations.services.catalogue import LITTLE_ANGEL
from donations.services.tracing import trace_of_donation
from tests.donations.pages import text, url
from tests.factories.donations import (
    as_person,
    give,
    make_approved,
    make_money,
    make_proposed,
    prepare,
    release,
)

D = Decimal
STAGES = [*LITTLE_ANGEL["stages"], "reconciled", "revisited", "closed"]


@pytest.fixture
def paid(people):
    """30,000 approved and paid in one instalment, arrived at the hospital; the gift is in `paid.gift`."""
    money = make_money(people, stages=STAGES)
    gift = give(people, money, "100000.00")
    asked = make_approved(people, money)
    asked.gift = gift
    asked.payment = release(people, prepare(people, asked, "30000.00"))
    outbox.relay_once()
    with as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=asked.payment, paid_on=timezone.localdate(), by=by)
    return asked


def _now(asked) -> FundingRequest:
    return FundingRequest.objects.select_related("organization", "programme_version").get(
        pk=asked.request.pk
    )


def _bill(people, asked, amount: str, number: str = "0112233445"):
    with as_person(people.worker) as by:
        return bills.invoice_add(
            request=asked.request,
            number=number,
            issued_on=timezone.localdate(),
            amount=D(amount),
            by=by,
        )


def _back(people, asked, amount: str, **given):
    with as_person(people.cashier) as by:
        return refunding.disbursement_refund(
            disbursement=asked.payment,
            amount=D(amount),
            received_on=given.pop("received_on", timezone.localdate()),
            reason=given.pop("reason", "结算有余款"),
            by=by,
        )


def test_a_bill_counts_once_however_it_is_written(people, paid, refuses):
    _bill(people, paid, "20000.00", "0112 2334 45")
    with refuses("invoice_use_once", "number"):
        _bill(people, paid, "5000.00", "０１１２２３３４４５")
    with refuses("invoice_use.needs_number", "number"):
        _bill(people, paid, "5000.00", "  ")
    with refuses("invoice_use.over_bill", "amount"):
        _bill(people, paid, "100000.01", "99")
    with as_person(people.worker):
        row = InvoiceUse.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            InvoiceUse.objects.filter(pk=row.pk).update(amount=D("1.00"))


def test_bills_and_refund_together_account_for_what_was_paid(people, paid, refuses):
    _bill(people, paid, "28000.00")
    with as_person(people.cashier) as by:
        with refuses("permission.can_reconcile_request", None, status=403):
            settling.request_reconcile(request=paid.request, by=by)
    with as_person(people.officer) as by:
        with refuses("funding_request.bills_short", status=409):
            settling.request_reconcile(request=paid.request, by=by)
    _back(people, paid, "2000.00")
    with as_person(people.officer) as by:
        done = settling.request_reconcile(request=paid.request, by=by)
        assert (done.state, done.refunded, done.committed) == ("reconciled", D(2000), D(28000))
        assert Disbursement.objects.get(pk=paid.payment.pk).state == "reconciled"
        trace = trace_of_donation(donation=paid.gift, by=by)
        assert (trace.available, trace.paid) == (D("72000.00"), D("28000.00"))
    outbox.relay_once()
    with as_person(people.worker) as by:
        visit = Revisit.objects.get()
        assert visit.due_on == timezone.localdate() + dt.timedelta(days=90)
        assert Task.objects.get(kind="aid_revisit").due_at.date() == visit.due_on
        with refuses("revisit.needs_use", "use"):
            revisits.revisit_do(
                revisit=visit, done_on=timezone.localdate(), outcome="cured", use="", by=by
            )
        revisits.revisit_do(
            revisit=visit,
            done_on=timezone.localdate(),
            outcome="in_treatment",
            use="用于第二疗程化疗",
            by=by,
        )
        assert not Task.objects.filter(kind="aid_revisit", state="open").exists()
    with as_person(people.officer) as by:
        assert settling.request_close(request=_now(paid), by=by).state == "closed"


def test_money_comes_back_to_the_lots_that_paid_and_never_more_than_they_paid(
    people, paid, refuses
):
    with refuses("disbursement.refund_over", "amount"):
        _back(people, paid, "30000.01")
    with refuses("disbursement.refund.needs_reason", "reason"):
        _back(people, paid, "1.00", reason=" ")
    with refuses("disbursement.refund_in_future", "received_on"):
        _back(people, paid, "1.00", received_on=timezone.localdate() + dt.timedelta(days=1))
    _back(people, paid, "10000.00")
    _back(people, paid, "20000.00")
    with as_person(people.officer) as by:
        row = _now(paid)
        assert (row.refunded, row.committed, row.disbursed) == (D(30000), D(0), D(30000))
        assert Disbursement.objects.get(pk=paid.payment.pk).state == "refunded"
        assert LedgerJournal.objects.filter(kind="refund").count() == 2
        trace = trace_of_donation(donation=paid.gift, by=by)
        assert (trace.available, trace.committed, trace.paid) == (D(100000), D(0), D(0))
        done = settling.request_recover(request=row, reason="诊断证明不实，款项已全额退回", by=by)
        assert done.state == "recovered"
    with refuses("disbursement.refund.wrong_state", status=409):
        _back(people, paid, "1.00")


def test_nothing_is_recovered_while_money_is_out(people, paid, refuses):
    with as_person(people.officer) as by:
        with refuses("funding_request.not_recovered", status=409):
            settling.request_recover(request=paid.request, reason="材料不实需要追回", by=by)


def test_a_death_stops_the_rest_and_gives_it_back(people, refuses):
    money = make_money(people, stages=STAGES)
    gift = give(people, money, "100000.00")
    asked = make_approved(people, money)
    first = release(people, prepare(people, asked, "10000.00"))
    second = prepare(people, asked, "5000.00")
    outbox.relay_once()
    with as_person(people.worker) as by:
        payout.disbursement_confirm(disbursement=first, paid_on=timezone.localdate(), by=by)
        dead = revisits.request_die(request=asked.request, died_on=timezone.localdate(), by=by)
        assert dead.state == "deceased"
    with as_person(people.officer) as by:
        with refuses("funding_request.on_the_way", status=409):
            settling.request_settle(request=dead, reason="患者去世，余款释放", by=by)
    with as_person(people.cashier) as by:
        payout.disbursement_cancel(disbursement=second, reason="患者去世", by=by)
    with as_person(people.officer) as by:
        done = settling.request_settle(request=_now(asked), reason="患者去世，余款释放", by=by)
        assert (done.state, done.committed) == ("closed", D(10000))
        trace = trace_of_donation(donation=gift, by=by)
        assert (trace.available, trace.committed, trace.paid) == (D(90000), D(0), D(10000))


def test_a_proposal_knows_no_death(people, refuses):
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    asked = make_proposed(people, money)
    with as_person(people.worker) as by:
        with refuses("funding_request.die.wrong_state", status=409):
            revisits.request_die(request=asked.request, died_on=timezone.localdate(), by=by)
    with as_person(people.officer) as by, refuses("funding_request.close.wrong_state", status=409):
        settling.request_close(request=asked.request, by=by)


def test_what_is_paid_stays_on_the_board_with_the_step_that_is_left(
    people, paid, client_for, officer, cashier
):
    desk, mine = client_for(officer), url("board") + "?mine=1"
    assert "核销与结案 1 30,000.00 元" in text(desk.get(mine))
    assert "待核销" in text(desk.get(mine))
    _bill(people, paid, "30000.00")
    with as_person(people.officer) as by:
        settling.request_reconcile(request=_now(paid), by=by)
    assert "待回访" in text(desk.get(mine))
    # Who pays does not account for it.
    assert "0 件" in text(client_for(cashier).get(mine))
