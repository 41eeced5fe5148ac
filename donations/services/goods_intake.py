"""Taking goods in (Charity Law 36, 39, 54): counted by one person, accepted by another on site, valued in the legal order, booked."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.services.clocks import months_after
from departments import audit
from departments.models.organizations import DatedRule, Organization
from departments.services.documents import document_upload
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from donations.goods_permissions import can_accept_intake, can_book_intake, can_keep_goods
from donations.goods_workflow import INTAKE, IntakeState
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.goods import GoodsIntake, GoodsLot, GoodsSite, StockMove
from donations.services.gift_opening import DONATION_PATTERN
from donations.services.goods_books import goods_book
from donations.services.looking_up import trace_open_at_booking
from donations.services.refusals import check_papers
from donations.workflow import DONATION, DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

RULE = "goods_shelf_life"
# When no rule of the register is in force: what a donation rule of a hospital asks for.
SHELF_LIFE = {GoodsLot.Kind.MEDICINE: 6, GoodsLot.Kind.DEVICE: 6}
MOST_LOTS = 100


@command
def site_open(
    *,
    name: str,
    kind: str,
    keeper: str = "",
    organization_ref: Organization | None = None,
    by: Any,
) -> GoodsSite:
    """Add a place where goods lie.

    Raises:
        DomainError: `goods_site_once` on `name`.
    """
    require(can_keep_goods, by, None)
    site = GoodsSite(
        organization_id=by.house_id,
        name=name.strip(),
        kind=kind,
        keeper=keeper.strip(),
        organization_ref=organization_ref,
        created_by=by,
    )
    site.save(force_insert=True)
    audit.record("goods_site.open", by=by, on=site, kind=kind)
    return site


@command
def intake_record(
    *,
    donor: Donor,
    fund: Fund,
    purpose: FundPurpose | None = None,
    site: GoodsSite,
    received_on: dt.date,
    lots: Iterable[Mapping[str, Any]],
    note: str = "",
    by: Any,
) -> GoodsIntake:
    """Write down what has arrived and was counted; it is stock once another person has accepted it.

    `lots` are `{kind, item, unit, quantity, batch, expires_on}`, one at least.

    Raises:
        DomainError: `goods.received_in_future` on `received_on`, `donation.fund_not_active` on `fund`,
            `donation.purpose_elsewhere` on `purpose`, `goods_site.closed` on `site`, and those of `lot_add`.
    """
    require(can_keep_goods, by, fund)
    _check_intake(fund, purpose, site, received_on)
    house = Organization.objects.get(pk=by.house_id)
    donation = Donation(
        organization_id=house.pk,
        number=take_number(
            "donation", organization=house, pattern=DONATION_PATTERN, on=timezone.localdate()
        ),
        donor=donor,
        fund=fund,
        purpose=purpose,
        kind=Donation.Kind.GOODS,
        received_on=received_on,
        channel=Donation.Channel.LOGISTICS,
        state=DonationState.RECEIVED,
        entered_by=by,
        created_by=by,
    )
    donation.save(force_insert=True)
    write_transition(donation, DONATION, "receive", before="", by=by)
    intake = GoodsIntake(
        organization_id=house.pk,
        donation=donation,
        site=site,
        received_on=received_on,
        note=note.strip(),
        counted_by=by,
        created_by=by,
    )
    intake.save(force_insert=True)
    for given in lots:
        _lot_add(intake, by=by, **given)
    audit.record("goods.count", by=by, on=intake, number=donation.number, site=site.name)
    return intake


def _check_intake(
    fund: Fund, purpose: FundPurpose | None, site: GoodsSite, received_on: dt.date
) -> None:
    if received_on > timezone.localdate():
        raise DomainError("goods.received_in_future", _("到货日期不能晚于今天。"), "received_on")
    if fund.state != Fund.State.ACTIVE:
        raise DomainError("donation.fund_not_active", _("这个基金已停止接收捐赠。"), "fund")
    if purpose is not None and purpose.fund_id != fund.pk:
        raise DomainError("donation.purpose_elsewhere", _("这个用途不属于所选基金。"), "purpose")
    if site.is_closed:
        raise DomainError("goods_site.closed", _("这个存放点已停用。"), "site")


@command
def lot_add(*, intake: GoodsIntake, by: Any, **given: Any) -> GoodsLot:
    """One more item or batch of a delivery that is not accepted yet.

    Raises:
        DomainError: `goods.is_accepted` (409), `goods.too_short_lived` or `goods.needs_expiry` on
            `expires_on`, `goods.quantity` on `quantity`.
    """
    intake = GoodsIntake.objects.locked().get(pk=intake.pk)
    require(can_keep_goods, by, intake)
    if intake.state != IntakeState.COUNTED:
        raise DomainError("goods.is_accepted", _("已经验收，不能再加。"), status=409)
    lot = _lot_add(intake, by=by, **given)
    audit.record("goods.add", by=by, on=intake, item=lot.item, quantity=lot.quantity)
    return lot


def _lot_add(
    intake: GoodsIntake,
    *,
    item: str,
    unit: str,
    quantity: int,
    kind: str = GoodsLot.Kind.GENERAL,
    batch: str = "",
    expires_on: dt.date | None = None,
    by: Any,
) -> GoodsLot:
    if quantity <= 0:
        raise DomainError("goods.quantity", _("数量必须大于零。"), "quantity")
    if GoodsLot.objects.filter(intake=intake).count() >= MOST_LOTS:
        raise DomainError("goods.too_many_lots", _("一次到货最多登记 100 批，请另开一单。"), "item")
    check_life(kind, expires_on, intake.received_on)
    lot = GoodsLot(
        organization_id=intake.organization_id,
        donation_id=intake.donation_id,
        intake=intake,
        kind=kind,
        item=item.strip(),
        unit=unit.strip(),
        quantity=quantity,
        batch=batch.strip(),
        expires_on=expires_on,
        created_by=by,
    )
    lot.save(force_insert=True)
    return lot


def shelf_life(kind: str, on: dt.date) -> int:
    """Months that goods of the kind must still last when they arrive (rule `goods_shelf_life`); 0: none."""
    rule = DatedRule.objects.filter(
        kind=RULE, applies_key=kind, region__isnull=True, valid__contains=on
    ).first()
    months = rule.params.get("months") if rule else None
    is_number = isinstance(months, int) and not isinstance(months, bool)
    return months if is_number else SHELF_LIFE.get(kind, 0)


def check_life(kind: str, expires_on: dt.date | None, received_on: dt.date) -> None:
    """Raises `goods.needs_expiry`, `goods.expired` or `goods.too_short_lived` on `expires_on`."""
    if expires_on is None:
        if kind != GoodsLot.Kind.GENERAL:
            sentence = _("药品、医疗器械和食品须填有效期。")
            raise DomainError("goods.needs_expiry", sentence, "expires_on")
        return
    months = shelf_life(kind, received_on)
    if expires_on <= received_on:
        raise DomainError("goods.expired", _("到货时已过有效期，不能接收。"), "expires_on")
    if months and expires_on < months_after(received_on, months):
        sentence = _("距有效期不足 %(months)s 个月，按规定不能接收。")
        raise DomainError("goods.too_short_lived", sentence % {"months": months}, "expires_on")


@command
def lot_value(
    *,
    lot: GoodsLot,
    basis: int,
    valuation: Decimal | None = None,
    note: str = "",
    file: UploadedFile | None = None,
    by: Any,
) -> GoodsLot:
    """Say what a lot is worth, in the legal order: papers, other proof, fair value, appraisal, or that nobody can say.

    Raises:
        DomainError: `goods.value_stands` (409), `goods.needs_amount` or `goods.no_amount` on `valuation`,
            `goods.needs_evidence` on `file`, `goods.why_not_before` on `note` where a basis is skipped.
    """
    intake = GoodsIntake.objects.locked().get(pk=lot.intake_id)
    require(can_keep_goods, by, intake)
    if intake.state not in (IntakeState.COUNTED, IntakeState.ACCEPTED):
        raise DomainError("goods.value_stands", _("已入账的计价不能再改。"), status=409)
    lot = GoodsLot.objects.get(pk=lot.pk)
    basis = GoodsLot.Basis(basis)
    _check_value(lot, basis, valuation, note, file)
    if file is not None:
        lot.evidence = document_upload(
            subject=lot, kind="goods_evidence", file=file, by=by, is_care=False
        )
    lot.valuation_basis, lot.valuation, lot.valuation_note = basis, valuation, note.strip()
    lot.valued_by = by
    lot.save(
        update_fields=["valuation_basis", "valuation", "valuation_note", "evidence", "valued_by"]
    )
    audit.record("goods.value", by=by, on=lot, basis=int(basis), amount=valuation)
    return lot


def _check_value(
    lot: GoodsLot,
    basis: GoodsLot.Basis,
    valuation: Decimal | None,
    note: str,
    file: UploadedFile | None,
) -> None:
    if basis == GoodsLot.Basis.NONE:
        if valuation is not None:
            sentence = _("无法可靠计价的不填金额：不确认收入，不开票据，另册登记。")
            raise DomainError("goods.no_amount", sentence, "valuation")
    else:
        if valuation is None or valuation <= 0:
            raise DomainError("goods.needs_amount", _("请填写大于零的金额。"), "valuation")
        if file is None and lot.evidence_id is None:
            raise DomainError("goods.needs_evidence", _("请上传计价凭据。"), "file")
    if basis > GoodsLot.Basis.INVOICE and len(note.strip()) < 2:
        sentence = _("没有采用排在前面的依据，请写明为什么。")
        raise DomainError("goods.why_not_before", sentence, "note")


@command
def intake_accept(
    *, intake: GoodsIntake, note: str = "", file: UploadedFile | None = None, by: Any
) -> GoodsIntake:
    """Accept on site as the second person: every lot goes into stock as counted.

    Raises:
        DomainError: `goods_intake.accept.wrong_state` (409), `goods.nothing` for a delivery without a lot.
    """
    intake = GoodsIntake.objects.locked().get(pk=intake.pk)
    require(can_accept_intake, by, intake)
    INTAKE.check(intake, "accept")
    lots = list(GoodsLot.objects.filter(intake=intake).order_by("id"))
    if not lots:
        raise DomainError("goods.nothing", _("还没有登记物资。"))
    also = ["accepted_by", "accepted_at"]
    intake.accepted_by, intake.accepted_at = by, timezone.now()
    if note.strip():
        intake.note = note.strip()
        also.append("note")
    if file is not None:
        intake.record = document_upload(
            subject=intake, kind="goods_acceptance", file=file, by=by, is_care=False
        )
        also.append("record")
    move(intake, INTAKE, "accept", by=by, also=tuple(also))
    for lot in lots:
        StockMove(
            organization_id=intake.organization_id,
            lot=lot,
            kind=StockMove.Kind.IN,
            quantity=lot.quantity,
            site_id=intake.site_id,
            at=intake.accepted_at,
            created_by=by,
        ).save(force_insert=True)
    audit.record("goods.take_stock", by=by, on=intake, lots=len(lots))
    return intake


@command
def intake_refuse(*, intake: GoodsIntake, reason: str, by: Any) -> GoodsIntake:
    """What is unusable, unsafe or no gift is not taken in.

    Raises:
        DomainError: `goods_intake.refuse.wrong_state` (409).
    """
    intake = GoodsIntake.objects.locked().get(pk=intake.pk)
    require(can_keep_goods, by, intake)
    intake.note = reason.strip()
    move(intake, INTAKE, "refuse", by=by, reason=reason, also=("note",))
    audit.record("goods.refuse", by=by, on=intake, reason=reason)
    return intake


@command
def intake_book(*, intake: GoodsIntake, by: Any) -> GoodsIntake:
    """Confirm the values and book them; where nothing can be valued the delivery goes to the separate register.

    Raises:
        DomainError: `goods_intake.book.wrong_state` (409), `goods.not_valued` while a lot has no basis.
    """
    intake = GoodsIntake.objects.locked().get(pk=intake.pk)
    require(can_book_intake, by, intake)
    INTAKE.check(intake, "book")
    lots = list(GoodsLot.objects.filter(intake=intake))
    if any(lot.valuation_basis is None for lot in lots):
        raise DomainError("goods.not_valued", _("还有物资没有计价依据。"), status=409)
    if any(lot.valued_by_id == by.pk for lot in lots):
        sentence = _("计价人不能为自己计价的物资入账。")
        raise DomainError("goods.valued_by_oneself", sentence, status=409)
    total = sum((lot.valuation for lot in lots if lot.valuation), Decimal(0))
    intake.booked_by = by
    step = "book" if total else "register"
    move(intake, INTAKE, step, by=by, also=("booked_by",))
    if total:
        _book(intake, total, by=by)
    audit.record(f"goods.{step}", by=by, on=intake, amount=total)
    return intake


def _book(intake: GoodsIntake, total: Decimal, *, by: Any) -> None:
    donation = Donation.objects.locked().select_related("donor").get(pk=intake.donation_id)
    check_papers(donation)
    donation.amount, donation.confirmed_by = total, by
    move(donation, DONATION, "confirm", by=by, also=("amount", "confirmed_by"))
    goods_book(donation=donation, by=by)
    trace_open_at_booking(donation=donation, by=by)
