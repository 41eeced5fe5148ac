"""Gifts: recorded by one, confirmed into the books by another."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from donations.models.giving import Donation
from donations.models.ledger import LedgerAccount, LotBalance
from donations.services import giving
from tests.factories.donations import as_person, give, make_money

D = Decimal


def _balances(by) -> dict[tuple[str, int | None], Decimal]:
    return {
        (row.kind, row.purpose_id): row.balance
        for row in LedgerAccount.objects.filter(organization_id=by.house_id)
    }


def test_fund_opens_its_accounts_by_itself(people, rows):
    money = make_money(people)
    with as_person(people.officer) as by:
        assert _balances(by) == {
            ("cash", None): D(0),
            ("available", None): D(0),
            ("committed", None): D(0),
            ("available", money.purpose.pk): D(0),
            ("committed", money.purpose.pk): D(0),
        }


def test_confirmed_gift_is_cash_and_available_and_one_lot(people):
    money = make_money(people)
    donation = give(people, money, "200.00")
    with as_person(people.officer) as by:
        balances = _balances(by)
        assert balances["cash", None] == balances["available", money.purpose.pk] == D("200.00")
        assert [(lot.balance, lot.lot.donation_id) for lot in LotBalance.objects.all()] == [
            (D("200.00"), donation.pk)
        ]
        assert donation.state == "booked"
        assert donation.number.startswith("FA-D-")


def test_recorder_does_not_confirm_own_gift(people, refuses):
    money = make_money(people)
    with as_person(people.cashier) as by:
        donation = giving.donation_record(
            donor=money.donor,
            fund=money.fund,
            amount=D("5.00"),
            received_on=timezone.localdate(),
            by=by,
        )
        with refuses("permission.can_confirm_donation", status=403):
            giving.donation_confirm(donation=donation, by=by)


def test_second_confirmation_is_refused(people, refuses):
    money = make_money(people)
    donation = give(people, money, "200.00")
    with as_person(people.cashier) as by, refuses("donation.confirm.wrong_state", status=409):
        giving.donation_confirm(donation=donation, by=by)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"amount": D("0")}, "donation.amount", "amount"),
        ({"amount": D("-1")}, "donation.amount", "amount"),
        (
            {"received_on": timezone.localdate() + dt.timedelta(days=1)},
            "donation.received_in_future",
            "received_on",
        ),
    ],
)
def test_donation_record_refuses(people, refuses, given, rule, field):
    money = make_money(people)
    values = {"amount": D("1.00"), "received_on": timezone.localdate(), **given}
    with as_person(people.officer) as by:
        with refuses(rule, field):
            giving.donation_record(donor=money.donor, fund=money.fund, by=by, **values)
        assert Donation.objects.count() == 0


def test_purpose_of_another_fund_is_refused(people, refuses):
    money, other = make_money(people), make_money(people, name="天使阳光基金")
    with as_person(people.officer) as by, refuses("donation.purpose_elsewhere", "purpose"):
        giving.donation_record(
            donor=money.donor,
            fund=money.fund,
            purpose=other.purpose,
            amount=D("1.00"),
            received_on=timezone.localdate(),
            by=by,
        )


def test_worker_may_not_record(people, refuses):
    money = make_money(people)
    with as_person(people.worker) as by, refuses("permission.can_record_donation", status=403):
        giving.donation_record(
            donor=money.donor,
            fund=money.fund,
            amount=D("1.00"),
            received_on=timezone.localdate(),
            by=by,
        )


def test_person_is_masked_and_anonymous_needs_no_name(people):
    with as_person(people.officer) as by:
        named = giving.donor_register(kind="person", name="演示捐赠", by=by)
        nobody = giving.donor_register(kind="anonymous", by=by)
    assert (named.name_masked, nobody.name_masked, nobody.is_anonymous) == (
        "演***",
        "匿名捐赠人",
        True,
    )
