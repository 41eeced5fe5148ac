"""Out of the fund: one prepares, another releases, the hospital confirms; the trace goes both ways."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from departments.models.mechanisms import Transition
from donations.models.ledger import LedgerJournal, LotBalance
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.services import payout
from donations.services.tracing import payers_of_disbursement, trace_of_donation
from tests.factories.donations import (
    as_person,
    code_for,
    give,
    make_approved,
    make_money,
    make_proposed,
    payee_of,
    prepare,
    release,
)

D = Decimal


def _fresh(asked) -> FundingRequest:
    return FundingRequest.objects.select_related("organization").get(pk=asked.request.pk)


def test_prepare_signs_and_release_pays_and_closes(people, money):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    with as_person(people.officer):
        assert (_fresh(asked).state, drawn.state, drawn.instalment) == ("agreement", "prepared", 1)
        assert not LedgerJournal.objects.filter(kind="disburse").exists()
    release(people, drawn)
    with as_person(people.officer):
        done = _fresh(asked)
        assert (done.state, done.disbursed, done.committed) == (
            "disbursed",
            D("30000.00"),
            D("30000.00"),
        )
        journal = LedgerJournal.objects.get(kind="disburse")
        assert (journal.disbursement_id, journal.spend_class) == (drawn.pk, "charitable")
        steps = (
            Transition.objects.filter(workflow="funding_request")
            .order_by("at")
            .values_list("step", flat=True)
        )
        assert list(steps)[-3:] == ["sign", "release", "pay_rest"]


def test_two_instalments(people, money):
    asked = make_approved(people, money)
    release(people, prepare(people, asked, "10000.00"))
    with as_person(people.officer):
        assert _fresh(asked).state == "disbursing"
    second = prepare(people, asked, "20000.00")
    assert second.instalment == 2
    release(people, second)
    with as_person(people.officer):
        assert (_fresh(asked).state, _fresh(asked).disbursed) == ("disbursed", D("30000.00"))


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"amount": D("30000.01")}, "disbursement.over_approved", "amount"),
        ({"amount": D("0")}, "disbursement_amount_positive", "amount"),
        ({"amount": D("-1")}, "disbursement_amount_positive", "amount"),
        (
            {"payee_account": {"name": "", "bank": "x", "account": "1"}},
            "disbursement.payee_incomplete",
            "payee_account",
        ),
        (
            {"payee_account": {"name": "李某", "bank": "x", "account": "1"}},
            "disbursement.payee_not_hospital",
            "payee_account",
        ),
        ({"mode": "to_person"}, "disbursement.mode", "mode"),
    ],
)
def test_prepare_refuses(people, money, refuses, given, rule, field):
    asked = make_approved(people, money)
    with as_person(people.cashier) as by:
        request = _fresh(asked)
        values = {"amount": D("30000.00"), "payee_account": payee_of(request), **given}
        with refuses(rule, field):
            payout.disbursement_prepare(request=request, by=by, **values)
        assert not Disbursement.objects.exists()


def test_instalments_together_stay_within_the_approval(people, money, refuses):
    asked = make_approved(people, money)
    prepare(people, asked, "20000.00")
    with refuses("disbursement.over_approved", "amount"):
        prepare(people, asked, "10000.01")


def test_paying_a_person_needs_the_identity(people, refuses):
    money = make_money(people, payout_modes=["to_person", "to_hospital"])
    give(people, money, "50000.00")
    asked = make_approved(people, money)
    with as_person(people.cashier) as by, refuses("disbursement.needs_identity", "mode"):
        payout.disbursement_prepare(
            request=_fresh(asked),
            amount=D("1.00"),
            mode="to_person",
            payee_account={"name": "演示母", "bank": "演示银行", "account": "62"},
            by=by,
        )


def test_nothing_is_paid_before_the_approval(people, money, refuses):
    asked = make_proposed(people, money)
    with as_person(people.cashier) as by, refuses("funding_request.sign.wrong_state", status=409):
        payout.disbursement_prepare(
            request=_fresh(asked), amount=D("1.00"), payee_account={}, by=by
        )


def test_who_prepared_does_not_release(people, money, refuses):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    code = code_for(people.cashier)
    with as_person(people.cashier) as by, refuses("disbursement_released_by_another", status=409):
        payout.disbursement_release(disbursement=drawn, totp_code=code, by=by)


def test_who_approved_does_not_release(people, money, refuses):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    code = code_for(people.approver)
    with as_person(people.approver) as by, refuses("funding_duty_one_per_person", status=409):
        payout.disbursement_release(disbursement=drawn, totp_code=code, by=by)


def test_release_by_the_preparer_is_refused_by_the_database(people, money):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    with as_person(people.cashier), connection.cursor() as cursor:
        for sql, constraint in (
            (
                "UPDATE donations_disbursement SET released_by_id = prepared_by_id WHERE id = %s",
                "disbursement_released_by_another",
            ),
            (
                "UPDATE donations_disbursement SET state = 'released' WHERE id = %s",
                "disbursement_released_has_person",
            ),
            ("UPDATE donations_disbursement SET amount = 1 WHERE id = %s", "disbursement_sides"),
            (
                "UPDATE donations_disbursement SET prepared_by_id = released_by_id WHERE id = %s",
                "disbursement_sides",
            ),
        ):
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                cursor.execute(sql, [drawn.pk])
            assert caught.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("code", "rule"), [("", "second_factor.missing"), ("123456", "second_factor.wrong")]
)
def test_release_needs_the_second_factor(people, money, refuses, code, rule):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    code_for(people.cashier2)
    with as_person(people.cashier2) as by:
        with refuses(rule, "totp_code"):
            payout.disbursement_release(disbursement=drawn, totp_code=code, by=by)
        assert not LedgerJournal.objects.filter(kind="disburse").exists()


def test_second_release_is_refused(people, money, refuses):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    release(people, drawn)
    with refuses("disbursement.release.wrong_state", status=409):
        release(people, drawn)
    with as_person(people.officer):
        assert LedgerJournal.objects.filter(kind="disburse").count() == 1


def test_cancelled_instalment_frees_its_amount(people, money, refuses):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    with as_person(people.cashier) as by:
        with refuses("disbursement.cancel.needs_reason", "reason"):
            payout.disbursement_cancel(disbursement=drawn, reason="", by=by)
        assert (
            payout.disbursement_cancel(disbursement=drawn, reason="账号有误", by=by).state
            == "cancelled"
        )
    release(people, prepare(people, asked, "30000.00"))


def test_bounced_payment_goes_back_to_its_lots_and_can_be_paid_again(people, money):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    release(people, drawn)
    with as_person(people.cashier) as by:
        assert (
            payout.disbursement_bounce(disbursement=drawn, reason="账号已注销", by=by).state
            == "bounced"
        )
        back = _fresh(asked)
        assert (back.state, back.disbursed, back.committed) == (
            "agreement",
            D("0.00"),
            D("30000.00"),
        )
        assert LotBalance.objects.get(account__kind="committed").balance == D("30000.00")
    again = prepare(people, asked, "30000.00")
    release(people, again)
    with as_person(people.officer):
        assert (again.instalment, _fresh(asked).state) == (2, "disbursed")


@pytest.mark.parametrize(
    ("days", "rule"), [(1, "disbursement.paid_in_future"), (-1, "disbursement.paid_before_release")]
)
def test_hospital_confirms_within_reason(people, money, refuses, days, rule):
    asked = make_approved(people, money)
    drawn = release(people, prepare(people, asked, "30000.00"))
    with as_person(people.worker) as by:
        with refuses(rule, "paid_on"):
            payout.disbursement_confirm(
                disbursement=drawn, paid_on=timezone.localdate() + dt.timedelta(days=days), by=by
            )
        done = payout.disbursement_confirm(disbursement=drawn, paid_on=timezone.localdate(), by=by)
        assert done.state == "confirmed"
        with refuses("disbursement.confirm.wrong_state", status=409):
            payout.disbursement_confirm(disbursement=drawn, paid_on=timezone.localdate(), by=by)


def test_foundation_does_not_confirm_for_the_hospital(people, money, refuses):
    asked = make_approved(people, money)
    drawn = release(people, prepare(people, asked, "30000.00"))
    with as_person(people.cashier) as by:
        with refuses("permission.can_confirm_disbursement", status=403):
            payout.disbursement_confirm(disbursement=drawn, paid_on=timezone.localdate(), by=by)
        with (
            pytest.raises(IntegrityError) as caught,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE donations_disbursement SET state = 'confirmed' WHERE id = %s", [drawn.pk]
            )
        assert caught.value.__cause__.diag.constraint_name == "disbursement_sides"


def test_hospital_writes_no_payout(people, money):
    asked = make_approved(people, money)
    drawn = prepare(people, asked, "30000.00")
    with as_person(people.worker), connection.cursor() as cursor:
        for sql in (
            "UPDATE donations_disbursement SET state = 'cancelled' WHERE id = %s",
            "UPDATE donations_disbursement SET voucher_no = 'x' WHERE id = %s",
            "INSERT INTO donations_disbursement (uid, row_version, updated_at, created_at, organization_id, request_id,"
            " instalment, amount, mode, payee_account, state, prepared_by_id, voucher_no) SELECT gen_random_uuid(), 1, now(),"
            " now(), organization_id, request_id, 9, 1, mode, payee_account, 'prepared', prepared_by_id, ''"
            " FROM donations_disbursement WHERE id = %s",
        ):
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                cursor.execute(sql, [drawn.pk])
            assert caught.value.__cause__.diag.constraint_name == "disbursement_sides"


# ── tracing ──────────────────────────────────────────────────────────────────


def test_gift_is_traced_to_the_request_and_the_payout_to_its_gifts(people):
    money = make_money(people)
    old = give(people, money, "200.00", received_on=dt.date(2025, 1, 1))
    new = give(people, money, "50000.00", received_on=dt.date(2025, 2, 1))
    asked = make_approved(people, money)
    drawn = release(people, prepare(people, asked, "30000.00"))
    with as_person(people.officer) as by:
        trace = trace_of_donation(donation=old, by=by)
        assert (trace.given, trace.available, trace.committed, trace.paid) == (
            D("200.00"),
            D("0.00"),
            D("0.00"),
            D("200.00"),
        )
        assert [(use.kind, use.amount, use.number, use.hospital) for use in trace.uses] == [
            ("commit", D("200.00"), _fresh(asked).number, "测试第一医院"),
            ("disburse", D("200.00"), _fresh(asked).number, "测试第一医院"),
        ]
        payers = payers_of_disbursement(disbursement=drawn, by=by)
        assert [(payer.number, payer.amount, payer.donor) for payer in payers] == [
            (old.number, D("200.00"), "演示捐赠企业"),
            (new.number, D("29800.00"), "演示捐赠企业"),
        ]


def test_trace_is_the_foundations_own(people, money, refuses, other_officer):
    gift = give(people, money, "5.00")
    drawn = release(people, prepare(people, make_approved(people, money), "30000.00"))
    for stranger in (people.worker, other_officer):
        with as_person(stranger) as by:
            with refuses("permission.can_view_fund", status=403):
                trace_of_donation(donation=gift, by=by)
            with refuses("permission.can_view_payers", status=403):
                payers_of_disbursement(disbursement=drawn, by=by)
