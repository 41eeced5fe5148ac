"""Goods: counted by one, accepted by another, valued in the legal order, never more out than in."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from donations.models.giving import Donation
from donations.models.goods import DistributionLine, GoodsLot, GoodsStock, StockMove
from donations.models.ledger import LedgerAccount, LedgerJournal
from donations.services import goods_intake, goods_sheets, goods_stock, reconciling
from donations.services.goods_books import value_of
from donations.services.tracing import trace_of_donation
from donations.services.trails import trail_of
from tests.factories import goods
from tests.factories.donations import as_person, make_money

D = Decimal


@pytest.fixture
def site(people):
    return goods.make_site(people)


@pytest.fixture
def empty(people):
    """A fund without a gift."""
    return make_money(people)


def _balances(by) -> dict[str, Decimal]:
    rows = LedgerAccount.objects.filter(organization_id=by.house_id, kind__in=["goods", "in_kind"])
    return {row.kind: row.balance for row in rows}


def _stock(by) -> dict[str, int]:
    return {row.site.name: row.on_hand for row in GoodsStock.objects.select_related("site")}


def test_100_care_bags_run_from_the_donor_to_the_children(people, empty, site):
    intake = goods.make_booked(people, empty, site)
    lot = goods.lot_of(people, intake)
    hospitals = [goods.make_site(people, f"演示社工代表{n}", "representative") for n in (1, 2)]
    for hospital, quantity in zip(hospitals, (60, 40), strict=True):
        goods.carry(people, lot, site, hospital, quantity)
        children = [
            {"recipient": f"演示儿童{n}", "quantity": 1, "is_minor": True} for n in range(quantity)
        ]
        goods.hand_out(people, goods.make_sheet(people, hospital, lot, children))
    with as_person(people.officer) as by:
        moved: dict[str, int] = {}
        for move in StockMove.objects.all():
            moved[move.kind] = moved.get(move.kind, 0) + move.quantity
        assert moved == {"in": 100, "transfer": 100, "out": 100}
        assert _stock(by) == {"演示仓库": 0, "演示社工代表1": 0, "演示社工代表2": 0}
        lot.refresh_from_db()
        assert lot.on_hand == 0
        assert _balances(by) == {"goods": D(0), "in_kind": D(0)}
        assert list(
            LedgerJournal.objects.filter(kind="goods_out").values_list("spend_class", flat=True)
        ) == ["charitable", "charitable"]
        assert DistributionLine.objects.count() == 100


def test_value_is_booked_beside_the_money_that_requests_draw_on(people, empty, site):
    intake = goods.make_booked(people, empty, site)
    with as_person(people.officer) as by:
        donation = Donation.objects.get(pk=intake.donation_id)
        assert (donation.state, donation.amount) == ("booked", D("5000.00"))
        assert _balances(by) == {"goods": D("5000.00"), "in_kind": D("5000.00")}
        money = LedgerAccount.objects.filter(kind__in=["cash", "available", "committed"])
        assert {row.balance for row in money} == {D(0)}


def test_what_cannot_be_valued_is_no_income_and_stands_in_the_separate_register(
    people, empty, site
):
    intake = goods.make_booked(people, empty, site, value=None)
    lot = goods.lot_of(people, intake)
    goods.hand_out(
        people, goods.make_sheet(people, site, lot, [{"recipient": "演示人", "quantity": 30}])
    )
    with as_person(people.officer) as by:
        intake.refresh_from_db()
        donation = Donation.objects.get(pk=intake.donation_id)
        assert (intake.state, donation.state, donation.amount) == ("registered", "received", None)
        assert _balances(by) == {}
        assert _stock(by) == {"演示仓库": 70}


def test_counting_accepting_and_booking_are_done_by_different_persons(people, empty, site, refuses):
    intake = goods.make_counted(people, empty, site)
    with as_person(people.officer) as by, refuses("permission.can_accept_intake", status=403):
        goods_intake.intake_accept(intake=intake, by=by)
    with as_person(people.cashier) as by, refuses("goods_intake.book.wrong_state", status=409):
        goods_intake.intake_book(intake=intake, by=by)
    with as_person(people.officer2) as by:
        goods_intake.intake_accept(intake=intake, by=by)
    with as_person(people.cashier) as by, refuses("goods.not_valued", status=409):
        goods_intake.intake_book(intake=intake, by=by)
    with as_person(people.officer2) as by, refuses("permission.can_book_intake", status=403):
        goods_intake.intake_book(intake=intake, by=by)


def test_medicine_must_last_six_months_on_arrival(people, empty, site, refuses):
    today = dt.date(2026, 3, 31)
    given = {"item": "演示药品", "unit": "盒", "quantity": 10, "kind": "medicine"}

    def take(**more):
        return goods.make_counted(people, empty, site, [given | more], received_on=today)

    with refuses("goods.needs_expiry", "expires_on"):
        take()
    with refuses("goods.too_short_lived", "expires_on"):
        take(expires_on=dt.date(2026, 9, 29))
    with refuses("goods.expired", "expires_on"):
        take(expires_on=today)
    assert take(expires_on=dt.date(2026, 9, 30)).state == "counted"


def test_valuation_follows_the_legal_order_with_its_evidence(people, empty, site, refuses):
    lot = goods.lot_of(people, goods.make_counted(people, empty, site))
    with as_person(people.officer) as by:
        with refuses("goods.needs_evidence", "file"):
            goods_intake.lot_value(lot=lot, basis=1, valuation=D("1"), by=by)
        with refuses("goods.why_not_before", "note"):
            goods_intake.lot_value(lot=lot, basis=3, valuation=D("1"), file=goods.paper(), by=by)
        with refuses("goods.no_amount", "valuation"):
            goods_intake.lot_value(lot=lot, basis=5, valuation=D("1"), note="不知道", by=by)
        with refuses("goods.needs_amount", "valuation"):
            goods_intake.lot_value(lot=lot, basis=2, note="只有送货单", file=goods.paper(), by=by)
        with pytest.raises(IntegrityError, match="goods_lot_valued_by_basis"), transaction.atomic():
            GoodsLot.objects.filter(pk=lot.pk).update(valuation_basis=1, valuation=D("1"))


def test_a_gift_in_kind_is_followed_like_money(people, empty, site):
    intake = goods.make_booked(people, empty, site)
    lot = goods.lot_of(people, intake)
    taken = [{"recipient": "演示人", "quantity": 30}]
    goods.hand_out(people, goods.make_sheet(people, site, lot, taken))
    with as_person(people.officer) as by:
        loss = goods_stock.loss_report(lot=lot, site=site, quantity=1, reason="破损", by=by)
    with as_person(people.officer2) as by:
        goods_stock.loss_confirm(loss=loss, by=by)
        donation = Donation.objects.get(pk=intake.donation_id)
        trail = trail_of(donation)
        assert {hop.kind: hop.amount for hop in trail.hops} == {
            "handed": D("1500.00"),
            "lost": D("50.00"),
            "place": D("3450.00"),
        }
        assert trail.given == D("5000.00")
        trace = trace_of_donation(donation=donation, by=by)
        assert (trace.given, trace.available, trace.paid) == (D("5000"), D("3450"), D("1550"))
        assert [use.kind for use in trace.uses] == ["goods_out", "goods_loss"]


def test_value_leaves_with_the_pieces_to_the_last_fen():
    lot = GoodsLot(quantity=3, valuation=D("100.00"))
    parts = [value_of(lot, before, 1) for before in range(3)]
    assert parts == [D("33.33"), D("33.34"), D("33.33")]
    assert sum(parts) == D("100.00")


def test_loss_leaves_stock_and_books_when_another_person_confirms(people, empty, site, refuses):
    lot = goods.lot_of(people, goods.make_booked(people, empty, site))
    with as_person(people.officer) as by:
        loss = goods_stock.loss_report(lot=lot, site=site, quantity=10, reason="雨淋损坏", by=by)
        assert _stock(by) == {"演示仓库": 100}
        with refuses("permission.can_settle_loss", status=403):
            goods_stock.loss_confirm(loss=loss, by=by)
    with as_person(people.officer2) as by:
        goods_stock.loss_confirm(loss=loss, by=by)
        assert _stock(by) == {"演示仓库": 90}
        assert _balances(by) == {"goods": D("4500.00"), "in_kind": D("4500.00")}
        with refuses("stock_loss.confirm.wrong_state", status=409):
            goods_stock.loss_confirm(loss=loss, by=by)


def test_expired_goods_are_not_handed_out_and_a_sheet_never_asks_for_more_than_lies_there(
    people, empty, site, refuses
):
    today = timezone.localdate()
    milk = {
        "item": "演示奶粉",
        "unit": "罐",
        "quantity": 5,
        "kind": "food",
        "expires_on": today - dt.timedelta(days=1),
    }
    old = today - dt.timedelta(days=400)
    lot = goods.lot_of(people, goods.make_booked(people, empty, site, lots=[milk], received_on=old))
    person = {"recipient": "演示人", "quantity": 1}
    with refuses("stock_move_not_expired", "lot"):
        goods.make_sheet(people, site, lot, [person])
    bags = goods.lot_of(people, goods.make_booked(people, empty, site))
    with refuses("goods_stock_never_below_nothing", "quantity", status=409):
        goods.make_sheet(people, site, bags, [person | {"quantity": 101}])


def test_signatures_of_minors_and_adults(people, empty, site, refuses):
    lot = goods.lot_of(people, goods.make_booked(people, empty, site))
    sheet = goods.make_sheet(
        people,
        site,
        lot,
        [
            {"recipient": "演示儿童", "quantity": 1, "is_minor": True},
            {"recipient": "演示成人", "quantity": 2},
        ],
    )
    with as_person(people.officer) as by:
        child, adult = DistributionLine.objects.filter(distribution=sheet).order_by("id")

        def sign(line, kind, signer=""):
            return goods_sheets.line_sign(
                line=line, signer_kind=kind, signer=signer, drawing=goods.STROKES, by=by
            )

        with refuses("distribution.minor_signs_not", "signer_kind"):
            sign(child, "recipient")
        with refuses("distribution_line_worker_signs_for_minors", "signer_kind"):
            sign(adult, "worker")
        with refuses("distribution.needs_signer", "signer"):
            sign(child, "guardian")
        with refuses("signature.empty", "drawing"):
            goods_sheets.line_sign(line=adult, signer_kind="recipient", drawing="", by=by)
        assert sign(child, "worker").signer == by.display_name
        with refuses("distribution.unsigned", "file"):
            goods_sheets.distribution_sign(distribution=sheet, by=by)
        assert sign(adult, "recipient").signer == "演示成人"
        goods_sheets.distribution_sign(distribution=sheet, by=by)
        assert _stock(by) == {"演示仓库": 97}
        with refuses("distribution.is_closed", status=409):
            sign(adult, "recipient")
    with as_person(people.officer2) as by:
        assert goods_sheets.distribution_count(distribution=sheet, by=by).state == "counted"


def test_direct_sql_breaks_neither_stock_nor_movements(people, empty, site, rows):
    lot = goods.lot_of(people, goods.make_booked(people, empty, site))
    with as_person(people.officer) as by:
        for sql in (
            "UPDATE donations_goodslot SET on_hand = 7",
            "UPDATE donations_goodsstock SET on_hand = 7",
            "DELETE FROM donations_stockmove",
            "INSERT INTO donations_goodsstock (created_at, organization_id, lot_id, site_id, on_hand) "
            f"VALUES (now(), {by.house_id}, {lot.pk}, {site.pk}, 9)",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows(sql)
        # A second delivery of the same lot, a hand-out without a signed sheet, a value changed after booking.
        for values, name in (
            ({"kind": "in", "quantity": 100}, "stock_move_in_once"),
            ({"kind": "out", "quantity": 1}, "stock_move_"),
            ({"kind": "loss", "quantity": 1}, "stock_move_"),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                StockMove(
                    organization_id=by.house_id, lot=lot, site=site, created_by=by, **values
                ).save(force_insert=True)
        with pytest.raises(IntegrityError, match="a booked value stands"), transaction.atomic():
            GoodsLot.objects.filter(pk=lot.pk).update(valuation=D("9.00"))
        assert _stock(by) == {"演示仓库": 100}


def test_what_comes_back_of_a_sheet_returns_to_stock_and_books_never_more_than_went_out(
    people, empty, site, refuses
):
    intake = goods.make_booked(people, empty, site)
    lot = goods.lot_of(people, intake)
    sheet = goods.make_sheet(people, site, lot, [{"recipient": "演示人", "quantity": 3}])
    sheet = goods.hand_out(people, sheet)
    given = {"distribution": sheet, "lot": lot, "reason": "家属退回"}
    with as_person(people.officer) as by:
        assert _balances(by) == {"goods": D("4850.00"), "in_kind": D("4850.00")}
        goods_stock.stock_return(quantity=2, by=by, **given)
        assert _balances(by) == {"goods": D("4950.00"), "in_kind": D("4950.00")}
        assert _stock(by) == {"演示仓库": 99}
        assert goods_stock.still_out(sheet) == {lot.pk: 1}
        with refuses("stock_move.more_than_out", "quantity", status=409):
            goods_stock.stock_return(quantity=2, by=by, **given)
        with pytest.raises(IntegrityError, match="no ground"), transaction.atomic():
            StockMove(
                organization_id=by.house_id,
                lot=lot,
                kind="return",
                quantity=2,
                site=site,
                distribution=sheet,
            ).save(force_insert=True)
        gift = Donation.objects.get(pk=intake.donation_id)
        hops = {hop.kind: hop.amount for hop in trail_of(gift).hops}
        assert hops == {"handed": D("50.00"), "place": D("4950.00")}
        assert reconciling.differences() == []
    with as_person(people.approver) as by, refuses("permission.can_keep_goods", status=403):
        goods_stock.stock_return(quantity=1, by=by, **given)
