"""Receipts for donations (Charity Law 38): numbered from a range, one valid one per gift, voided or reversed with a reason."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Organization
from departments.services.entering import house_scope, token_scope
from departments.services.moving import move, write_transition
from departments.services.tasks import tasks_close
from donations.gift_workflow import ReturnState
from donations.goods_permissions import can_end_receipt, can_issue_receipt
from donations.goods_workflow import RECEIPT, ReceiptState
from donations.models.arrivals import DonationReturn
from donations.models.giving import Donation
from donations.models.goods import GoodsLot
from donations.models.receipts import Receipt, ReceiptSeries, ReceiptWaiver
from donations.services.receipts_due import late_before
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# Nothing that is read wrongly from paper: no 0 O 1 I L.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
TASK = "receipt_late"
NONE, RETURN, SPONSORSHIP, SERVICE_FEE, POOLED = (
    "none",
    "return",
    "sponsorship",
    "service",
    "pooled",
)
# What is received and no gift -> why, with the article.
NOT_A_GIFT = {
    RETURN: _("捐赠是自愿、无偿的（《慈善法》第三十四条）：有服务或利益回报的，不开捐赠票据。"),
    SPONSORSHIP: _("赞助以宣传等回报为条件，不是无偿捐赠（《慈善法》第三十四条），不开捐赠票据。"),
    SERVICE_FEE: _(
        "医疗服务等收入不是捐赠（《慈善法》第三十四条），应开相应的票据，不开捐赠票据。"
    ),
    POOLED: _("代收代付、集资、摊派不是捐赠（《慈善法》第三十四条），不开捐赠票据。"),
}
RECEIPTED = frozenset({DonationState.BOOKED, DonationState.RETURNED})
# What the check page says of a receipt that outlived its gift, from the time when that was possible.
OUTLIVED = "outlived"
CONSIDERATIONS = (
    (NONE, _("没有任何回报")),
    (RETURN, _("有服务或利益回报")),
    (SPONSORSHIP, _("赞助")),
    (SERVICE_FEE, _("服务收入")),
    (POOLED, _("代收代付、集资或摊派")),
)


@command
def series_open(*, code: str, first: int, last: int, by: Any) -> ReceiptSeries:
    """Register a range of numbers received from the finance authority, both ends included.

    Raises:
        DomainError: `receipt_series_in_order` on `last`, `receipt_series_does_not_overlap` on `first`.
    """
    require(can_issue_receipt, by, None)
    if first <= 0 or last < first:
        raise DomainError("receipt_series_in_order", _("终止号码不能小于起始号码。"), "last")
    series = ReceiptSeries(
        organization_id=by.house_id, code=code, first=first, last=last, next=first, created_by=by
    )
    series.save(force_insert=True)
    audit.record("receipt_series.open", by=by, on=series, code=code, first=first, last=last)
    return series


def receipts_waiting(*, by: Any) -> QuerySet[Donation]:
    """Booked gifts, and those kept in part, without a valid receipt that nobody waived; services get none."""
    valid = Receipt.objects.visible_to(by).valid().filter(donation=OuterRef("pk"))
    waived = ReceiptWaiver.objects.visible_to(by).filter(donation=OuterRef("pk"))
    back = DonationReturn.objects.visible_to(by).filter(donation=OuterRef("pk"))
    kept_in_part = back.filter(state=ReturnState.PAID, amount__lt=OuterRef("amount"))
    rows = Donation.objects.visible_to(by).filter(
        Q(state=DonationState.BOOKED) & ~Exists(back.filter(state=ReturnState.ASKED))
        | Q(state=DonationState.RETURNED) & Exists(kept_in_part),
        amount__isnull=False,
    )
    return rows.exclude(kind=Donation.Kind.SERVICE).filter(~Exists(valid), ~Exists(waived))


def receipts_late(*, by: Any) -> QuerySet[Donation]:
    """Those that have waited longer than the rule allows: they stand red."""
    return receipts_waiting(by=by).filter(received_on__lt=late_before())


@command
def receipt_issue(*, donation: Donation, consideration: str = NONE, by: Any) -> Receipt:
    """Issue the receipt of a booked gift over what was booked, with the next number of the oldest open range.

    Of a gift that went back in part the receipt is over what was kept.

    Raises:
        DomainError: `receipt.not_a_gift` on `consideration`, with the article; `receipt.not_booked` (409) for
            what is not confirmed or was not valued; `receipt.no_property` (409) for services;
            `receipt.return_waits` (409); `receipt.waived` (409); `receipt.no_numbers` (409); `receipt_one_valid_per_donation`.
    """
    donation = Donation.objects.locked().select_related("donor").get(pk=donation.pk)
    require(can_issue_receipt, by, donation)
    _check_gift(donation, consideration)
    series = _series(donation.organization_id)
    made = _write(donation, series, by=by)
    tasks_close(kind=TASK, subject=donation)
    audit.record("receipt.make_out", by=by, on=made, number=made.number, amount=made.amount)
    return made


def _check_gift(donation: Donation, consideration: str) -> None:
    if consideration in NOT_A_GIFT:
        raise DomainError("receipt.not_a_gift", NOT_A_GIFT[consideration], "consideration")
    if donation.kind == Donation.Kind.SERVICE:
        sentence = _("服务不是可以开票的捐赠财产（《慈善法》第三十六条、第三十八条），只作记录。")
        raise DomainError("receipt.no_property", sentence, status=409)
    if kept_of(donation) <= 0:
        if donation.kind == Donation.Kind.GOODS:
            sentence = _(
                "物资没有可靠计价并入账，不确认收入，不开捐赠票据（《慈善法》第三十八条）。"
            )
        else:
            sentence = _("捐赠还没有确认到账入账，不能开票（《慈善法》第三十八条）。")
        raise DomainError("receipt.not_booked", sentence, status=409)
    if donation.returns.filter(state=ReturnState.ASKED).exists():
        sentence = _("这笔捐赠已提出退回，办理或不予退回之后再开票。")
        raise DomainError("receipt.return_waits", sentence, status=409)
    if ReceiptWaiver.objects.filter(donation=donation).exists():
        raise DomainError("receipt.waived", _("捐赠人已声明不要票据。"), status=409)
    if Receipt.objects.valid().filter(donation=donation).exists():
        sentence = _("这笔捐赠已有一张有效票据；作废或冲红后才能再开。")
        raise DomainError("receipt_one_valid_per_donation", sentence, status=409)


def kept_of(donation: Donation) -> Decimal:
    """What a receipt may stand for, in yuan: what was booked less what went back."""
    if donation.amount is None or donation.state not in RECEIPTED:
        return Decimal(0)
    back = donation.returns.filter(state=ReturnState.PAID).aggregate(
        sum=Sum("amount", default=Decimal(0))
    )["sum"]
    return donation.amount - back


def _series(house_id: int) -> ReceiptSeries:
    """The oldest range with a number left, locked until the number is written."""
    rows = ReceiptSeries.objects.locked().filter(organization_id=house_id, is_closed=False)
    for series in rows.order_by("id"):
        if series.next <= series.last:
            return series
    raise DomainError("receipt.no_numbers", _("没有可用的票据号段，请先登记号段。"), status=409)


def _write(
    donation: Donation, series: ReceiptSeries, *, by: Any, red_of: Receipt | None = None
) -> Receipt:
    house = Organization.objects.get(pk=donation.organization_id)
    now = timezone.now()
    kind_text, quantity_text = _property(donation)
    made = Receipt(
        organization_id=house.pk,
        series=series,
        number=series.next,
        check_code="",
        donation=donation,
        donor_name=red_of.donor_name if red_of else donation.donor.name,
        donor_code=red_of.donor_code if red_of else donation.donor.uscc,
        kind_text=red_of.kind_text if red_of else kind_text,
        quantity_text=red_of.quantity_text if red_of else quantity_text,
        charity_name=house.name,
        handler=by,
        amount=red_of.amount if red_of else kept_of(donation),
        issued_on=timezone.localdate(now),
        issued_at=now,
        red_of=red_of,
        created_by=by,
    )
    made.check_code = _check_code(made.uid)
    series.next += 1
    series.save(update_fields=["next"])
    made.link = _link(made, house, by)
    made.save(force_insert=True)
    write_transition(made, RECEIPT, "red" if red_of else "issue", before="", by=by)
    return made


def _check_code(uid: uuid.UUID) -> str:
    """Eight letters that only who holds our key can make; kept with the receipt, whatever becomes of the key."""
    digest = salted_hmac("donations.receipt", str(uid), algorithm="sha256").digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:CODE_LENGTH])


def _property(donation: Donation) -> tuple[str, str]:
    """Kind and quantity of the property, in the words of the receipt."""
    if donation.kind != Donation.Kind.GOODS:
        return str(donation.get_kind_display()), ""
    lots = GoodsLot.objects.filter(donation=donation, valuation__isnull=False).order_by("id")
    named = [f"{lot.item} {lot.quantity} {lot.unit}" for lot in lots]
    words = "、".join(named)
    return str(donation.get_kind_display()), words if len(words) <= 200 else f"{words[:199]}…"


def receipt_token(series_code: str, number: int, check_code: str) -> bytes:
    """What the check page looks for: the hash of all that stands on the paper."""
    text = f"receipt:{series_code.strip().upper()}:{number}:{check_code.strip().upper()}"
    return hashlib.sha256(text.encode()).digest()


def _link(made: Receipt, house: Organization, by: Any) -> AccessLink | None:
    """Where anybody checks it; a house for practice proves nothing to anybody."""
    if house.is_training:
        return None
    link = AccessLink(
        organization_id=house.pk,
        kind=AccessLink.Kind.GIFT_RECEIPT,
        token_hash=receipt_token(made.series.code, made.number, made.check_code),
        subject_kind=Receipt._meta.model_name,
        subject_uid=made.uid,
        created_by=by,
    )
    link.save(force_insert=True)
    return link


@command
def receipt_void(*, receipt: Receipt, reason: str, by: Any) -> Receipt:
    """Void a receipt that was not handed out or came back whole; its number stays used.

    Raises:
        DomainError: `receipt.void.wrong_state` (409), `receipt.needs_reason` on `reason`.
    """
    receipt = _ended(receipt, "void", reason, by=by)
    audit.record("receipt.void", by=by, on=receipt, number=receipt.number, reason=reason)
    return receipt


@command
def receipt_reverse(*, receipt: Receipt, reason: str, by: Any) -> Receipt:
    """Take back a receipt that is out: a red one with a number of its own mirrors it, once.

    Raises:
        DomainError: `receipt.red.wrong_state` (409), `receipt.needs_reason` on `reason`, `receipt.no_numbers` (409).
    """
    donation = Donation.objects.locked().select_related("donor").get(pk=receipt.donation_id)
    series = _series(donation.organization_id)
    receipt = _ended(receipt, "red", reason, by=by)
    red = _write(donation, series, by=by, red_of=receipt)
    audit.record(
        "receipt.red", by=by, on=receipt, number=receipt.number, red=red.number, reason=reason
    )
    return red


def _ended(receipt: Receipt, step: str, reason: str, *, by: Any) -> Receipt:
    receipt = Receipt.objects.locked().get(pk=receipt.pk)
    RECEIPT.check(receipt, step, reason)
    require(can_end_receipt, by, receipt)
    receipt.ended_at, receipt.ended_by, receipt.end_reason = timezone.now(), by, reason.strip()
    return move(
        receipt,
        RECEIPT,
        step,
        by=by,
        reason=reason,
        also=("ended_at", "ended_by", "end_reason"),
    )


@command
def receipt_waive(*, donation: Donation, reason: str, by: Any) -> ReceiptWaiver:
    """The donor wants no receipt; the gift no longer stands red.

    Raises:
        DomainError: `receipt_one_valid_per_donation` (409) when there is one.
    """
    donation = Donation.objects.locked().get(pk=donation.pk)
    require(can_issue_receipt, by, donation)
    if Receipt.objects.valid().filter(donation=donation).exists():
        sentence = _("这笔捐赠已有一张有效票据；作废或冲红后才能再开。")
        raise DomainError("receipt_one_valid_per_donation", sentence, status=409)
    waiver = ReceiptWaiver(
        organization_id=donation.organization_id,
        donation=donation,
        reason=reason.strip(),
        created_by=by,
    )
    waiver.save(force_insert=True)
    tasks_close(kind=TASK, subject=donation)
    audit.record("receipt.waive", by=by, on=donation, reason=reason)
    return waiver


# ── checked by anybody ───────────────────────────────────────────────────────


@dataclass(frozen=True)
class Checked:
    """What the check page says: no more than who holds the paper reads on it; the donor is not named."""

    charity: str
    code: str
    number: str
    amount: Decimal
    kind: str
    issued_on: dt.date
    state: str
    ended_on: dt.date | None
    is_red: bool


def receipt_check(*, code: str, number: int, check_code: str) -> Checked | None:
    """The receipt with this code, number and check code; None for every other. A named service of the link."""
    digest = receipt_token(code, number, check_code)
    with token_scope(digest):
        found = (
            AccessLink.objects.filter(
                token_hash=digest, kind=AccessLink.Kind.GIFT_RECEIPT, revoked_at__isnull=True
            )
            .values_list("organization_id", "subject_uid")
            .first()
        )
    if found is None:
        return None
    house, uid = found
    with house_scope(house):
        return _checked(house, uid)


def _checked(house: int, uid: uuid.UUID) -> Checked | None:
    rows = Receipt.objects.filter(organization_id=house, uid=uid)
    row = rows.select_related("series", "donation").first()
    if row is None:
        return None
    stands = row.state == ReceiptState.ISSUED and row.red_of_id is None
    has_gone = stands and row.donation.state == DonationState.RETURNED
    outlived = has_gone and kept_of(row.donation) < row.amount
    return Checked(
        charity=row.charity_name,
        code=row.series.code,
        number=str(row),
        amount=row.amount,
        kind=row.kind_text,
        issued_on=row.issued_on,
        state=OUTLIVED if outlived else row.state,
        ended_on=timezone.localdate(row.ended_at) if row.ended_at else None,
        is_red=row.red_of_id is not None,
    )
