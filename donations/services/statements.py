"""The reconciliation desk: each line of a statement finds its gift, is split, or is set aside with a reason.

Nothing is booked before another person than who brought and matched the line has confirmed it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move, write_transition
from donations.books_workflow import STATEMENT_LINE, LineState
from donations.gift_workflow import ArrivalState
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.statements import StatementLine
from donations.permissions import can_confirm_line, can_keep_statement
from donations.services.giving import (
    donation_confirm,
    donation_receive,
    donation_record,
    donor_register,
)
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.money import format_amount

MOST_PARTS = 20
PROMISED = frozenset({DonationState.PLEDGED, DonationState.PART_BOOKED})
# The channel that a gift made from a line came by.
CHANNELS = {
    StatementLine.Source.BANK: Donation.Channel.BANK,
    StatementLine.Source.ALIPAY: Donation.Channel.ALIPAY,
    StatementLine.Source.WECHAT: Donation.Channel.WECHAT,
    StatementLine.Source.PLATFORM: Donation.Channel.PLATFORM,
    StatementLine.Source.TRANSFER: Donation.Channel.BANK,
}


def _locked(line: StatementLine, *, by: Any) -> StatementLine:
    require(can_keep_statement, by, line)
    return StatementLine.objects.locked().get(pk=line.pk)


@command
def line_match(*, line: StatementLine, donation: Donation, by: Any) -> StatementLine:
    """Say that this receipt is that gift; several receipts may make up one gift, never more than it.

    Raises:
        DomainError: `statement_line.match.wrong_state` (409), on `donation`: `line.gift_elsewhere`,
            `line.gift_over` (409), `line.more_than_gift`.
    """
    line = _locked(line, by=by)
    STATEMENT_LINE.check(line, "match")
    _attach(line, Donation.objects.locked().get(pk=donation.pk), by=by)
    audit.record("statement.match", by=by, on=line, donation=donation.number)
    return line


def _attach(line: StatementLine, donation: Donation, *, by: Any) -> None:
    if donation.organization_id != line.organization_id:
        raise DomainError("line.gift_elsewhere", _("没有这笔捐赠。"), "donation")
    if donation.state in PROMISED and donation.is_money:
        # The receipt is the arrival: whole, or a part of what was promised.
        donation_receive(
            donation=donation,
            amount=line.amount,
            received_on=line.on,
            channel=CHANNELS[line.source],
            external_no=line.external_no[:80],
            by=by,
        )
        donation.refresh_from_db()
    if donation.state not in {DonationState.RECEIVED, DonationState.BOOKED}:
        raise DomainError(
            "line.gift_over",
            _("这笔捐赠是“%(state)s”，不能匹配到账流水。")
            % {"state": donation.get_state_display()},
            "donation",
            status=409,
        )
    whole, matched = _whole_and_matched(donation)
    if matched + line.amount > whole:
        raise DomainError(
            "line.more_than_gift",
            _(
                "这笔捐赠 %(whole)s 元，已匹配 %(matched)s 元，再加这条 %(line)s 元就超出了。"
                "金额不同的请先拆分，或从流水新登记一笔。"
            )
            % {
                "whole": format_amount(whole),
                "matched": format_amount(matched),
                "line": format_amount(line.amount),
            },
            "donation",
        )
    line.donation, line.matched_by, line.matched_at = donation, by, timezone.now()
    move(line, STATEMENT_LINE, "match", by=by, also=("donation", "matched_by", "matched_at"))


def _whole_and_matched(donation: Donation) -> tuple[Decimal, Decimal]:
    """What waits for confirmation and what lines stand for it; of a booked gift all of both."""
    lines = donation.statement_lines.all()
    if donation.state == DonationState.RECEIVED:
        lines = lines.filter(state=LineState.MATCHED)
        waiting = donation.arrivals.filter(state=ArrivalState.ENTERED)
        whole = waiting.aggregate(total=Sum("amount"))["total"]
    else:
        whole = donation.amount
    matched = lines.aggregate(total=Sum("amount"))["total"]
    return whole or Decimal(0), matched or Decimal(0)


@command
def line_give(
    *,
    line: StatementLine,
    fund: Fund,
    purpose: FundPurpose | None = None,
    donor: Donor | None = None,
    donor_kind: str = "",
    donor_name: str = "",
    publish_name: bool = False,
    by: Any,
) -> StatementLine:
    """Record the gift that a receipt is, with the amount and day of the statement, and match the two.

    Raises:
        DomainError: `statement_line.match.wrong_state` (409), those of `donor_register` and
            `donation_record`.
    """
    line = _locked(line, by=by)
    STATEMENT_LINE.check(line, "match")
    donor = donor or donor_register(
        kind=donor_kind, name=donor_name, publish_name=publish_name, by=by
    )
    donation = donation_record(
        donor=donor,
        fund=fund,
        purpose=purpose,
        amount=line.amount,
        received_on=line.on,
        channel=CHANNELS[line.source],
        external_no=line.external_no[:80],
        by=by,
    )
    _attach(line, donation, by=by)
    audit.record("statement.give", by=by, on=line, donation=donation.number)
    return line


@command
def line_ignore(*, line: StatementLine, reason: str, note: str = "", by: Any) -> StatementLine:
    """Set a receipt aside that is no gift.

    Raises:
        DomainError: `statement_line.ignore.wrong_state` (409), `line.needs_note` on `note`.
    """
    line = _locked(line, by=by)
    STATEMENT_LINE.check(line, "ignore")
    if reason == StatementLine.IgnoreReason.OTHER and not note.strip():
        raise DomainError("line.needs_note", _("选“其他”时请写明原因。"), "note")
    line.ignore_reason, line.ignore_note = reason, note.strip()
    move(line, STATEMENT_LINE, "ignore", by=by, also=("ignore_reason", "ignore_note"))
    audit.record("statement.ignore", by=by, on=line, reason=reason)
    return line


@command
def line_split(*, line: StatementLine, parts: Sequence[Decimal], by: Any) -> StatementLine:
    """Take a receipt apart into lines of their own, to the fen.

    Raises:
        DomainError: `statement_line.split.wrong_state` (409), on `parts`: `line.too_few_parts`,
            `line.part_not_positive`, `line.parts_differ`, `line.part_of_part`.
    """
    line = _locked(line, by=by)
    STATEMENT_LINE.check(line, "split")
    _check_parts(line, parts)
    move(line, STATEMENT_LINE, "split", by=by)
    before = line.parts.count()
    for place, amount in enumerate(parts, start=before + 1):
        part = StatementLine(
            organization_id=line.organization_id,
            source=line.source,
            account=line.account,
            external_no=f"{line.external_no}#{place}",
            on=line.on,
            amount=amount,
            counter_name=line.counter_name,
            remark=line.remark,
            origin=line.origin,
            parent=line,
            created_by_id=line.created_by_id,
        )
        part.save(force_insert=True)
        write_transition(part, STATEMENT_LINE, "bring", before="", by=by)
    audit.record("statement.split", by=by, on=line, parts=[str(one) for one in parts])
    return line


def _check_parts(line: StatementLine, parts: Sequence[Decimal]) -> None:
    if line.parent_id is not None:
        raise DomainError(
            "line.part_of_part", _("拆出的部分不能再拆，请撤销后一次拆成几份。"), "parts"
        )
    if not 2 <= len(parts) <= MOST_PARTS:
        raise DomainError(
            "line.too_few_parts",
            _("请写 2 到 %(most)s 个金额，一行一个。") % {"most": MOST_PARTS},
            "parts",
        )
    if min(parts) <= 0:
        raise DomainError("line.part_not_positive", _("每一份的金额必须大于零。"), "parts")
    if sum(parts) != line.amount:
        raise DomainError(
            "line.parts_differ",
            _("各份合计 %(sum)s 元，与这条流水的 %(whole)s 元不一致。")
            % {"sum": format_amount(sum(parts)), "whole": format_amount(line.amount)},
            "parts",
        )


@command
def line_undo(*, line: StatementLine, by: Any) -> StatementLine:
    """Take back a match, a split or a setting aside that nobody has confirmed yet.

    Raises:
        DomainError: `statement_line.undo.wrong_state` (409), `line.parts_in_use` (409).
    """
    line = _locked(line, by=by)
    STATEMENT_LINE.check(line, "undo")
    if line.state == LineState.SPLIT:
        parts = list(line.parts.locked().exclude(state=LineState.UNDONE).order_by("id"))
        if any(part.state != LineState.OPEN for part in parts):
            raise DomainError(
                "line.parts_in_use",
                _("有的部分已经匹配或不入账，请先逐一撤销。"),
                status=409,
            )
        for part in parts:
            move(part, STATEMENT_LINE, "take_back", by=by)
    line.donation = line.matched_by = line.matched_at = None
    line.ignore_reason = line.ignore_note = ""
    move(
        line,
        STATEMENT_LINE,
        "undo",
        by=by,
        also=("donation", "matched_by", "matched_at", "ignore_reason", "ignore_note"),
    )
    audit.record("statement.undo", by=by, on=line)
    return line


@command
def line_confirm(*, line: StatementLine, by: Any) -> StatementLine:
    """Another person agrees with the match: a gift that waited is booked with its last receipt.

    Raises:
        DomainError: `statement_line_confirmed_by_another` (409), `statement_line.confirm.wrong_state`
            (409), `line.gift_not_whole` (409), `donation_confirmed_by_another` (409).
    """
    if by.pk in {line.created_by_id, line.matched_by_id}:
        raise DomainError(
            "statement_line_confirmed_by_another",
            _("导入人、匹配人不能复核自己的流水。"),
            status=409,
        )
    require(can_confirm_line, by, line)
    donation = Donation.objects.locked().get(pk=line.donation_id) if line.donation_id else None
    line = StatementLine.objects.locked().get(pk=line.pk)
    STATEMENT_LINE.check(line, "confirm")
    if donation is None or donation.pk != line.donation_id:
        raise DomainError(
            "statement_line.confirm.wrong_state", _("匹配刚刚被改过，请刷新后再看。"), status=409
        )
    if donation.state == DonationState.RECEIVED:
        _book(donation, by=by)
    line.confirmed_by, line.confirmed_at = by, timezone.now()
    move(line, STATEMENT_LINE, "confirm", by=by, also=("confirmed_by", "confirmed_at"))
    audit.record("statement.confirm", by=by, on=line, donation=donation.number, amount=line.amount)
    return line


def _book(donation: Donation, *, by: Any) -> None:
    whole, matched = _whole_and_matched(donation)
    if matched != whole:
        raise DomainError(
            "line.gift_not_whole",
            _("这笔捐赠 %(whole)s 元，匹配到的流水合计 %(matched)s 元，齐了才能入账。")
            % {"whole": format_amount(whole), "matched": format_amount(matched)},
            status=409,
        )
    if donation.entered_by_id == by.pk:
        raise DomainError(
            "donation_confirmed_by_another", _("登记人不能确认自己登记的捐赠。"), status=409
        )
    donation_confirm(donation=donation, by=by)
