"""Distribution sheets: one site, one day, who got what and who signed; goods leave when the sheet is signed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.services.signing import picture_of, strokes_of
from departments import audit
from departments.models.organizations import Organization
from departments.services.documents import SIGNATURE, document_upload
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from donations.goods_permissions import can_count_distribution, can_keep_goods
from donations.goods_workflow import DISTRIBUTION, DistributionState
from donations.models.goods import Distribution, DistributionLine, GoodsLot, GoodsSite, StockMove
from donations.models.ledger import LedgerJournal
from donations.services.goods_books import goods_leave, lots_locked
from donations.services.goods_stock import check_ready, check_there, short, there
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_name

NUMBER = "{ORG}-W-{YYYY}-{SEQ4}"
MOST_LINES = 300
Signer = DistributionLine.Signer


@command
def distribution_open(*, site: GoodsSite, given_on: dt.date, purpose: str, by: Any) -> Distribution:
    """A sheet for what is handed out at a site on a day; nothing leaves before it is signed.

    Raises:
        DomainError: `distribution.in_future` on `given_on`.
    """
    require(can_keep_goods, by, site)
    if given_on > timezone.localdate():
        raise DomainError("distribution.in_future", _("发放日期不能晚于今天。"), "given_on")
    house = Organization.objects.get(pk=by.house_id)
    sheet = Distribution(
        organization_id=house.pk,
        number=take_number(
            "distribution", organization=house, pattern=NUMBER, on=timezone.localdate()
        ),
        site=site,
        given_on=given_on,
        purpose=purpose.strip(),
        handler=by,
        created_by=by,
    )
    sheet.save(force_insert=True)
    write_transition(sheet, DISTRIBUTION, "open", before="", by=by)
    audit.record("distribution.open", by=by, on=sheet, number=sheet.number)
    return sheet


def _open_sheet(distribution: Distribution, by: Any) -> Distribution:
    sheet = Distribution.objects.locked().get(pk=distribution.pk)
    require(can_keep_goods, by, sheet)
    if sheet.state != DistributionState.DRAFT:
        raise DomainError("distribution.is_closed", _("发放单已签收或取消，不能再改。"), status=409)
    return sheet


@command
def lines_add(
    *, distribution: Distribution, lot: GoodsLot, people: Iterable[Mapping[str, Any]], by: Any
) -> list[DistributionLine]:
    """Put persons on the sheet: `{recipient, quantity, is_minor}` each.

    Raises:
        DomainError: `distribution.is_closed` (409), `distribution.nobody` or `distribution.too_many` on
            `people`, `goods_stock_never_below_nothing` (409) on `quantity` when the sheet would ask for
            more than lies there, `stock_move_not_expired` on `lot`.
    """
    sheet = _open_sheet(distribution, by)
    people = list(people)
    if not people:
        raise DomainError("distribution.nobody", _("请写领取人，一行一位。"), "people")
    lines = DistributionLine.objects.filter(distribution=sheet)
    if lines.count() + len(people) > MOST_LINES:
        sentence = _("一张发放单最多 300 人，请另开一张。")
        raise DomainError("distribution.too_many", sentence, "people")
    if lot.expires_on and lot.expires_on < sheet.given_on:
        sentence = _("已过有效期的物资不能发放，只能报损。")
        raise DomainError("stock_move_not_expired", sentence, "lot")
    asked = sum(one["quantity"] for one in people)
    asked += sum(lines.filter(lot=lot).values_list("quantity", flat=True))
    left = there(lot.pk, sheet.site_id)
    if asked > left:
        raise short(lot, left)
    made = []
    for one in people:
        line = DistributionLine(
            organization_id=sheet.organization_id,
            distribution=sheet,
            lot=lot,
            quantity=one["quantity"],
            recipient=one["recipient"],
            recipient_masked=mask_name(one["recipient"]),
            is_minor=one.get("is_minor", False),
            created_by=by,
        )
        line.save(force_insert=True)
        made.append(line)
    audit.record("distribution.add", by=by, on=sheet, persons=len(made), quantity=asked)
    return made


@command
def line_drop(*, line: DistributionLine, by: Any) -> Distribution:
    """Take a person off a sheet that is not signed.

    Raises:
        DomainError: `distribution.is_closed` (409), `distribution.is_signed_line` (409).
    """
    sheet = _open_sheet(line.distribution, by)
    line = DistributionLine.objects.get(pk=line.pk)
    if line.signed_at is not None:
        sentence = _("这一行已经签收，不能删除。")
        raise DomainError("distribution.is_signed_line", sentence, status=409)
    line.delete()
    audit.record("distribution.drop", by=by, on=sheet, line=line.recipient_masked)
    return sheet


@command
def line_sign(
    *,
    line: DistributionLine,
    signer_kind: str,
    signer: str = "",
    drawing: str,
    by: Any,
) -> DistributionLine:
    """Sign on screen for what one person gets; a minor's guardian signs, or the worker for the guardian.

    Raises:
        DomainError: `distribution.minor_signs_not` on `signer_kind`, `distribution.needs_signer` on `signer`,
            `distribution_line_worker_signs_for_minors` on `signer_kind`, `signature.*` on `drawing`,
            `distribution.is_closed` (409).
    """
    _open_sheet(line.distribution, by)
    line = DistributionLine.objects.get(pk=line.pk)
    name = _signer_of(line, signer_kind, signer.strip(), by)
    content = picture_of(strokes_of(drawing))
    file = SimpleUploadedFile("签名.png", content, content_type="image/png")
    line.drawn = document_upload(
        subject=line, kind=SIGNATURE, file=file, by=by, is_care=False, is_signing=True
    )
    line.signer_kind, line.signer, line.signed_at = signer_kind, name, timezone.now()
    line.save(update_fields=["signer_kind", "signer", "signed_at", "drawn"])
    audit.record("distribution.sign_line", by=by, on=line, signer=signer_kind)
    return line


def _signer_of(line: DistributionLine, signer_kind: str, signer: str, by: Any) -> str:
    if signer_kind == Signer.RECIPIENT:
        if line.is_minor:
            sentence = _("未成年人由监护人签收，或由社工代监护人签收。")
            raise DomainError("distribution.minor_signs_not", sentence, "signer_kind")
        return line.recipient
    if signer_kind == Signer.WORKER:
        if not line.is_minor:
            sentence = _("社工只能代未成年人的监护人签收。")
            raise DomainError("distribution_line_worker_signs_for_minors", sentence, "signer_kind")
        return signer or by.display_name
    if len(signer) < 2:
        raise DomainError("distribution.needs_signer", _("请填写监护人姓名。"), "signer")
    return signer


@command
def distribution_sign(
    *, distribution: Distribution, file: UploadedFile | None = None, by: Any
) -> Distribution:
    """Close the sheet: everybody has signed on screen, or the signed paper is photographed. The goods leave now.

    Raises:
        DomainError: `distribution.sign.wrong_state` (409), `distribution.empty`, `distribution.unsigned` on
            `file`, `goods.not_ready` (409), `goods_stock_never_below_nothing` (409).
    """
    sheet = Distribution.objects.locked().get(pk=distribution.pk)
    require(can_keep_goods, by, sheet)
    DISTRIBUTION.check(sheet, "sign")
    lines = list(DistributionLine.objects.filter(distribution=sheet).order_by("id"))
    if not lines:
        raise DomainError("distribution.empty", _("发放单上还没有人。"), status=409)
    unsigned = sum(line.signed_at is None for line in lines)
    if unsigned and file is None:
        sentence = _("还有 %(n)s 人没有签收：请在屏幕上签，或上传签好的纸质发放单照片。")
        raise DomainError("distribution.unsigned", sentence % {"n": unsigned}, "file")
    also = ["signed_at"]
    if file is not None:
        sheet.sheet = document_upload(
            subject=sheet, kind="distribution_sheet", file=file, by=by, is_care=False
        )
        also.append("sheet")
    sheet.signed_at = timezone.now()
    move(sheet, DISTRIBUTION, "sign", by=by, also=tuple(also))
    _hand_out(sheet, lines, by=by)
    audit.record("distribution.sign", by=by, on=sheet, persons=len(lines))
    return sheet


def _hand_out(sheet: Distribution, lines: list[DistributionLine], *, by: Any) -> None:
    """One movement per lot: what the lines ask for together."""
    asked: dict[int, int] = {}
    for line in lines:
        asked[line.lot_id] = asked.get(line.lot_id, 0) + line.quantity
    lots = lots_locked(asked)
    moves = []
    for lot_id in sorted(asked):
        lot, quantity = lots[lot_id], asked[lot_id]
        check_ready(lot)
        check_there(lot, sheet.site, quantity)
        moved = StockMove(
            organization_id=sheet.organization_id,
            lot=lot,
            kind=StockMove.Kind.OUT,
            quantity=quantity,
            site_id=sheet.site_id,
            distribution=sheet,
            reason=sheet.purpose,
            at=sheet.signed_at,
            created_by=by,
        )
        moved.save(force_insert=True)
        moves.append(moved)
    goods_leave(
        lots=lots,
        moves=moves,
        kind=LedgerJournal.Kind.GOODS_OUT,
        reference=f"goods_out:{sheet.uid}",
        by=by,
    )


@command
def distribution_count(*, distribution: Distribution, by: Any) -> Distribution:
    """Another person has compared the sheet with what is left at the site.

    Raises:
        DomainError: `distribution.count.wrong_state` (409).
    """
    sheet = Distribution.objects.locked().get(pk=distribution.pk)
    require(can_count_distribution, by, sheet)
    sheet.counted_by, sheet.counted_at = by, timezone.now()
    move(sheet, DISTRIBUTION, "count", by=by, also=("counted_by", "counted_at"))
    audit.record("distribution.count", by=by, on=sheet)
    return sheet


@command
def distribution_cancel(*, distribution: Distribution, reason: str, by: Any) -> Distribution:
    """A sheet that was not handed out; nothing has left.

    Raises:
        DomainError: `distribution.cancel.wrong_state` (409).
    """
    sheet = Distribution.objects.locked().get(pk=distribution.pk)
    require(can_keep_goods, by, sheet)
    move(sheet, DISTRIBUTION, "cancel", by=by, reason=reason)
    audit.record("distribution.cancel", by=by, on=sheet, reason=reason)
    return sheet
