"""Receipts: for booked gifts only, one valid one each, voided or mirrored by a red one, checked by anybody."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from departments.models.mechanisms import Task
from donations.models.receipts import Receipt, ReceiptSeries
from donations.services import donation_receipts, giving
from donations.services.donation_receipts import receipt_check
from donations.services.receipt_clocks import house_remind
from msw_portal.kernel.scope import scope
from tests.factories import goods
from tests.factories.donations import as_person, give, make_money

D = Decimal


@pytest.fixture
def empty(people):
    return make_money(people)


def _issue(people, donation, **given):
    with as_person(people.officer) as by:
        return donation_receipts.receipt_issue(donation=donation, by=by, **given)


def test_receipt_carries_the_fields_of_article_38(people, empty):
    goods.make_series(people, first=31, last=40)
    made = _issue(people, give(people, empty, "12345.67"))
    with as_person(people.officer) as by:
        assert (str(made), made.amount, made.donor_name) == (
            "0000000031",
            D("12345.67"),
            "演示捐赠企业",
        )
        assert (made.kind_text, made.charity_name) == ("货币", by.membership.organization.name)
        assert (made.handler, made.issued_on) == (by, timezone.localdate())
        assert len(made.check_code) == 8
        assert ReceiptSeries.objects.get().next == 32


@pytest.mark.parametrize("consideration", ["return", "sponsorship", "service", "pooled"])
def test_what_is_no_gift_gets_no_receipt_and_the_article_is_named(
    people, empty, refuses, consideration
):
    goods.make_series(people)
    donation = give(people, empty, "100.00")
    with refuses("receipt.not_a_gift", "consideration"):
        _issue(people, donation, consideration=consideration)
    assert "第三十四条" in str(donation_receipts.NOT_A_GIFT[consideration])


def test_unconfirmed_and_unvalued_gifts_get_none(people, empty, refuses):
    goods.make_series(people)
    with as_person(people.officer) as by:
        recorded = giving.donation_record(
            donor=empty.donor,
            fund=empty.fund,
            amount=D("5.00"),
            received_on=timezone.localdate(),
            by=by,
        )
    with refuses("receipt.not_booked", status=409):
        _issue(people, recorded)
    site = goods.make_site(people)
    registered = goods.make_booked(people, empty, site, value=None)
    with as_person(people.officer):
        unvalued = registered.donation
    with refuses("receipt.not_booked", status=409):
        _issue(people, unvalued)


def test_goods_are_named_with_their_quantity(people, empty):
    goods.make_series(people)
    booked = goods.make_booked(people, empty, goods.make_site(people))
    with as_person(people.officer):
        donation = booked.donation
    made = _issue(people, donation)
    assert (made.kind_text, made.quantity_text, made.amount) == (
        "实物",
        "爱心书包 100 个",
        D("5000.00"),
    )


def test_one_valid_receipt_per_gift_until_it_is_voided(people, empty, refuses):
    goods.make_series(people)
    donation = give(people, empty, "100.00")
    first = _issue(people, donation)
    with refuses("receipt_one_valid_per_donation", status=409):
        _issue(people, donation)
    with as_person(people.officer) as by:
        with refuses("receipt.void.needs_reason"):
            donation_receipts.receipt_void(receipt=first, reason="", by=by)
        donation_receipts.receipt_void(receipt=first, reason="抬头写错", by=by)
        with refuses("receipt.void.wrong_state", status=409):
            donation_receipts.receipt_void(receipt=first, reason="抬头写错", by=by)
    assert _issue(people, donation).number == first.number + 1


def test_red_receipt_mirrors_once_with_a_number_of_its_own(people, empty, refuses):
    goods.make_series(people)
    first = _issue(people, give(people, empty, "100.00"))
    with as_person(people.officer) as by:
        red = donation_receipts.receipt_reverse(receipt=first, reason="捐赠退回", by=by)
        first.refresh_from_db()
        assert (first.state, red.red_of_id, red.amount) == ("reversed", first.pk, first.amount)
        assert red.number == first.number + 1
        with refuses("receipt.red.wrong_state", status=409):
            donation_receipts.receipt_reverse(receipt=first, reason="再冲一次", by=by)
        with refuses("permission.can_end_receipt", status=403):
            donation_receipts.receipt_reverse(receipt=red, reason="再冲一次", by=by)


def test_numbers_end_with_the_range_and_ranges_do_not_overlap(people, empty, refuses):
    goods.make_series(people, first=1, last=1)
    with refuses("receipt_series_does_not_overlap", "first"):
        goods.make_series(people, first=1, last=5)
    _issue(people, give(people, empty, "100.00"))
    other = give(people, empty, "200.00")
    with refuses("receipt.no_numbers", status=409):
        _issue(people, other)
    goods.make_series(people, first=2, last=5)
    assert _issue(people, other).number == 2


def test_a_waived_gift_is_not_due_and_gets_none(people, empty, refuses):
    goods.make_series(people)
    old = timezone.localdate() - dt.timedelta(days=8)
    donation = give(people, empty, "100.00", received_on=old)
    give(people, empty, "50.00", received_on=old + dt.timedelta(days=1))
    with as_person(people.officer) as by:
        assert list(donation_receipts.receipts_late(by=by)) == [donation]
        donation_receipts.receipt_waive(donation=donation, reason="捐赠人来电说不要", by=by)
        assert donation_receipts.receipts_waiting(by=by).count() == 1
        assert not donation_receipts.receipts_late(by=by).exists()
    with refuses("receipt.waived", status=409):
        _issue(people, donation)


def test_a_week_without_a_receipt_becomes_one_task_until_it_is_issued(people, empty):
    goods.make_series(people)
    old = timezone.localdate() - dt.timedelta(days=8)
    late = give(people, empty, "100.00", received_on=old)
    give(people, empty, "50.00")
    house = empty.fund.organization_id
    assert [house_remind(organization_id=house) for _n in range(2)] == [1, 0]
    with scope(org=house, role="system"):
        (task,) = Task.objects.filter(kind="receipt_late")
        assert (task.subject_uid, task.role) == (late.uid, "foundation_officer")
    _issue(people, late)
    with scope(org=house, role="system"):
        assert Task.objects.get(pk=task.pk).state == "done"


def test_check_says_valid_voided_or_reversed_and_never_who_gave(people, empty, refuses):
    goods.make_series(people)
    made = _issue(people, give(people, empty, "100.00"))
    code, number, check = "11010125", made.number, made.check_code
    found = receipt_check(code=code, number=number, check_code=check.lower())
    assert (found.number, found.amount, found.state) == ("0000000001", D("100.00"), "issued")
    assert "演示捐赠企业" not in repr(found)
    assert receipt_check(code=code, number=number, check_code="AAAAAAAA") is None
    assert receipt_check(code=code, number=number + 1, check_code=check) is None
    with as_person(people.officer) as by:
        donation_receipts.receipt_reverse(receipt=made, reason="捐赠退回", by=by)
    assert receipt_check(code=code, number=number, check_code=check).state == "reversed"


def test_database_keeps_receipts_true(people, empty):
    series = goods.make_series(people)
    donation = give(people, empty, "100.00")
    made = _issue(people, donation)
    with as_person(people.officer) as by:
        with pytest.raises(ProgrammingError), transaction.atomic():
            Receipt.objects.filter(pk=made.pk).update(amount=D("9.00"))
        for values, name in (
            ({"number": 50, "amount": D("9.00")}, "receipt has no booked gift"),
            ({"number": 101, "amount": D("100.00")}, "receipt has no booked gift"),
            ({"number": 50, "amount": D("100.00")}, "receipt_one_valid_per_donation"),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                Receipt(
                    organization_id=by.house_id,
                    series=series,
                    donation=donation,
                    check_code="AAAAAAAA",
                    donor_name="演示",
                    kind_text="货币",
                    charity_name="演示",
                    handler=by,
                    issued_on=timezone.localdate(),
                    issued_at=timezone.now(),
                    **values,
                ).save(force_insert=True)
