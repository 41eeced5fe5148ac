"""The other ways of a gift: goods and rights offered and accepted, refusal, the rest that will not come, money given back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from departments.services.documents import document_upload
from departments.services.moving import move, write_transition
from departments.services.second_factor import second_factor_check
from departments.services.tasks import task_open, tasks_close
from donations.gift_workflow import ARRIVAL, DONATION_RETURN, ArrivalState
from donations.models.agreements import Agreement
from donations.models.arrivals import DonationArrival, DonationReturn
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.ledger import LedgerJournal, LotBalance
from donations.models.receipts import Receipt
from donations.permissions import (
    can_ask_return,
    can_pay_return,
    can_record_donation,
    can_refuse_donation,
)
from donations.services import ledger
from donations.services.giving import check_promise, gift_open
from donations.services.refusals import APPROVAL, check_nature
from donations.workflow import DONATION, DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

Basis = Donation.Basis
# Charity Law 36 and the rules for in-kind gifts: these are valued by a qualified appraiser.
APPRAISED = frozenset({Donation.Kind.EQUITY, Donation.Kind.IP, Donation.Kind.HOUSE})


@command
def donation_offer(
    *,
    donor: Donor,
    fund: Fund,
    kind: str,
    content: str,
    pledged_on: dt.date,
    due_on: dt.date | None = None,
    pledged: Decimal | None = None,
    purpose: FundPurpose | None = None,
    beneficiary_class: str = "",
    agreement: Agreement | None = None,
    campaign: Any = None,
    region: Any = None,
    nature: str = "donation",
    by: Any,
) -> Donation:
    """Record goods, a service or a right that somebody promises; it counts once accepted and confirmed.

    Raises:
        DomainError: `donation.content`, `donation.is_money` on `kind`, and those of a pledge of money.
    """
    if kind == Donation.Kind.MONEY:
        raise DomainError("donation.is_money", _("货币捐赠请登记承诺或到账。"), "kind")
    if not content.strip():
        raise DomainError("donation.content", _("请写明名称、数量和质量。"), "content")
    check_promise(pledged_on, due_on)
    donation = gift_open(
        by=by,
        nature=nature,
        donor=donor,
        fund=fund,
        kind=kind,
        content=content.strip(),
        pledged=pledged,
        pledged_on=pledged_on,
        due_on=due_on,
        purpose=purpose,
        beneficiary_class=beneficiary_class,
        agreement=agreement,
        campaign=campaign,
        region=region,
        channel=Donation.Channel.LOGISTICS,
        state=DonationState.PLEDGED,
    )
    write_transition(donation, DONATION, "offer", before="", by=by)
    audit.record("donation.offer", by=by, on=donation, number=donation.number, kind=kind)
    return donation


@command
def donation_accept(
    *,
    donation: Donation,
    received_on: dt.date,
    valuation_basis: int,
    amount: Decimal | None = None,
    valuation_note: str = "",
    content: str = "",
    by: Any,
) -> Donation:
    """Goods, a service or a right was really received, counted and valued; what cannot be valued is no income.

    Raises:
        DomainError: `donation.is_money` (409), `donation.received_in_future`, `donation.amount` on
            `amount`, `donation.needs_appraisal` on `valuation_basis`, `donation.needs_evidence` on
            `valuation_note`, `donation.accept.wrong_state` (409).
    """
    donation = Donation.objects.locked().get(pk=donation.pk)
    require(can_record_donation, by, donation.fund)
    if donation.is_money:
        raise DomainError("donation.is_money", _("货币捐赠请登记承诺或到账。"), status=409)
    DONATION.check(donation, "accept")
    _check_valuation(donation, received_on, valuation_basis, amount, valuation_note)
    donation.received_on, donation.amount = received_on, amount
    donation.valuation_basis, donation.valuation_note = valuation_basis, valuation_note
    donation.content = content.strip() or donation.content
    donation.entered_by = by
    fields = ("received_on", "amount", "valuation_basis", "valuation_note", "content", "entered_by")
    move(donation, DONATION, "accept", by=by, also=fields)
    audit.record("donation.accept", by=by, on=donation, amount=amount, basis=valuation_basis)
    return donation


def _check_valuation(
    donation: Donation, received_on: dt.date, basis: int, amount: Decimal | None, note: str
) -> None:
    if received_on > timezone.localdate():
        raise DomainError("donation.received_in_future", _("到账日期不能晚于今天。"), "received_on")
    if basis == Basis.NONE:
        if amount is not None:
            raise DomainError("donation.amount", _("无法计价的不填金额，另册登记。"), "amount")
        return
    if amount is None or amount <= 0:
        raise DomainError("donation.amount", _("金额必须大于零。"), "amount")
    if donation.kind in APPRAISED and basis != Basis.APPRAISAL:
        raise DomainError(
            "donation.needs_appraisal",
            _("股权、知识产权和房屋要由有资质的机构评估计价。"),
            "valuation_basis",
        )
    if not note.strip():
        raise DomainError(
            "donation.needs_evidence", _("请写明计价凭据，如发票号、报告号。"), "valuation_note"
        )


@command
def donation_refuse(*, donation: Donation, nature: str, reason: str, by: Any) -> Donation:
    """What turns out to be no gift, or is not wanted, is refused; nothing was booked.

    Raises:
        DomainError: `donation.refuse.wrong_state` (409), `.needs_reason` on `reason`.
    """
    donation = Donation.objects.locked().get(pk=donation.pk)
    require(can_refuse_donation, by, donation)
    words = reason
    try:
        check_nature(nature)
    except DomainError as why:
        # The article stands in the history beside what the person wrote.
        words = f"{reason} {why}"
    DONATION.check(donation, "refuse", reason)
    for arrival in donation.arrivals.filter(state=ArrivalState.ENTERED):
        move(arrival, ARRIVAL, "drop", by=by, reason=words)
    move(donation, DONATION, "refuse", by=by, reason=words)
    audit.record("donation.refuse", by=by, on=donation, nature=nature, reason=reason)
    return donation


@command
def arrival_drop(*, arrival: DonationArrival, reason: str, by: Any) -> DonationArrival:
    """Take back an arrival that was entered by mistake and not confirmed; the gift is as it was before.

    Raises:
        DomainError: `donation_arrival.drop.wrong_state` (409), `.needs_reason` on `reason`,
            `arrival.only_one` (409) for a gift that came whole: it is refused instead.
    """
    donation = Donation.objects.locked().get(pk=arrival.donation_id)
    arrival = DonationArrival.objects.locked().get(pk=arrival.pk)
    require(can_record_donation, by, donation.fund)
    booked = donation.arrivals.filter(state=ArrivalState.BOOKED).order_by("-place").first()
    if booked is None and donation.pledged is None:
        raise DomainError(
            "arrival.only_one", _("整笔到账的捐赠没有别的到账，请改为不予接受。"), status=409
        )
    move(arrival, ARRIVAL, "drop", by=by, reason=reason)
    _step_back(donation, booked, by=by, reason=reason)
    audit.record("arrival.drop", by=by, on=donation, amount=arrival.amount, reason=reason)
    return arrival


def _step_back(donation: Donation, booked: DonationArrival | None, *, by: Any, reason: str) -> None:
    """The gift as its confirmed arrivals say; to its promise when there is none."""
    if booked is None:
        donation.amount = donation.received_on = None
        fields = ("amount", "received_on")
        move(donation, DONATION, "back_to_pledge", by=by, reason=reason, also=fields)
        return
    donation.amount = sum(
        donation.arrivals.filter(state=ArrivalState.BOOKED).values_list("amount", flat=True)
    )
    donation.received_on, donation.channel = booked.received_on, booked.channel
    donation.entered_by, donation.confirmed_by = booked.entered_by, booked.confirmed_by
    is_whole = donation.pledged is None or donation.amount >= donation.pledged
    step = "back_to_booked" if is_whole else "back_to_part"
    fields = ("amount", "received_on", "channel", "entered_by", "confirmed_by")
    move(donation, DONATION, step, by=by, reason=reason, also=fields)


@command
def donation_settle(*, donation: Donation, reason: str, by: Any) -> Donation:
    """The rest of a promise will not come: what is booked is the gift.

    Raises:
        DomainError: `donation.settle.wrong_state` (409), `.needs_reason` on `reason`.
    """
    donation = Donation.objects.locked().get(pk=donation.pk)
    require(can_record_donation, by, donation.fund)
    move(donation, DONATION, "settle", by=by, reason=reason)
    audit.record("donation.settle", by=by, on=donation, reason=reason)
    return donation


# ── giving back ──────────────────────────────────────────────────────────────


def unused(donation: Donation) -> list[LotBalance]:
    """What is left of a gift on available accounts, by lot; only that can go back."""
    rows = LotBalance.objects.filter(
        lot__donation_id=donation.pk, account__kind=ledger.Account.AVAILABLE, balance__gt=0
    )
    return list(rows.select_related("lot", "account").order_by("lot_id", "account_id"))


@command
def donation_return_ask(*, donation: Donation, reason: str, by: Any) -> DonationReturn:
    """Ask that what is unused of a gift goes back to the giver; another person pays it.

    Raises:
        DomainError: `donation.return.wrong_state` (409), `donation.nothing_left` (409),
            `donation_return.needs_reason` on `reason`, `donation_return_one_waits`.
    """
    donation = Donation.objects.locked().get(pk=donation.pk)
    require(can_ask_return, by, donation)
    DONATION.check(donation, "return")
    if not reason.strip():
        raise DomainError("donation_return.needs_reason", _("请写明理由。"), "reason")
    left = sum((row.balance for row in unused(donation)), Decimal(0))
    if left <= 0:
        raise DomainError(
            "donation.nothing_left", _("这笔捐赠没有尚未使用的款项可退。"), status=409
        )
    asked = DonationReturn(
        organization_id=donation.organization_id,
        donation=donation,
        amount=left,
        reason=reason.strip(),
        asked_by=by,
        created_by=by,
    )
    asked.save(force_insert=True)
    write_transition(asked, DONATION_RETURN, "ask", before="", by=by)
    task_open(
        kind="donation_return",
        organization_id=donation.organization_id,
        subject=donation,
        role="finance" if by.role == "finance" else "foundation_approver",
        dedup_key=f"donation_return:{asked.uid}",
        by=by,
    )
    audit.record("donation.return_ask", by=by, on=donation, amount=left, reason=reason)
    return asked


@command
def donation_return_pay(*, asked: DonationReturn, totp_code: str, by: Any) -> DonationReturn:
    """Pay back: a journal that is untouched is reversed, of a used one the unused rest goes back by the same lots.

    The amount is what is unused now, at most what was asked for.

    Raises:
        DomainError: `donation_return_decided_by_another` (409), `donation_return.pay.wrong_state` (409),
            `donation_returned_without_receipt` (409) while a receipt is valid, `second_factor.*` on `totp_code`, `donation.return_changed` (409), `ledger.insufficient` (409).
    """
    if by.pk == asked.asked_by_id:
        raise DomainError(
            "donation_return_decided_by_another", _("提出退回的人不能自己办理退回。"), status=409
        )
    donation = Donation.objects.locked().get(pk=asked.donation_id)
    asked = DonationReturn.objects.locked().get(pk=asked.pk)
    require(can_pay_return, by, asked)
    DONATION_RETURN.check(asked, "pay")
    _refuse_receipt(donation)
    cash_id = ledger.cash_account(donation.organization_id)
    accounts = {row.account_id for row in unused(donation)}
    ledger.lock_accounts([cash_id, *accounts])
    # Read again under the lock: an approval may have set some of it aside meanwhile.
    rows = unused(donation)
    if sum((row.balance for row in rows), Decimal(0)) != asked.amount:
        raise DomainError(
            "donation.return_changed",
            _("提出之后可退的金额已经变化，请不予退回后重新提出。"),
            status=409,
        )
    asked.second_factor_at = second_factor_check(user=by, code=totp_code)
    asked.decided_by, asked.decided_at = by, timezone.now()
    fields = ("second_factor_at", "decided_by", "decided_at")
    move(asked, DONATION_RETURN, "pay", by=by, also=fields)
    move(donation, DONATION, "return", by=by)
    ledger.post(_mirrors(donation, asked, rows, cash_id), by=by)
    tasks_close(kind="donation_return", subject=donation)
    audit.record("donation.return", by=by, on=donation, amount=asked.amount)
    return asked


def _refuse_receipt(donation: Donation) -> None:
    """What proves a gift is taken back before the gift is: else the check page goes on calling it valid."""
    number = Receipt.objects.valid().filter(donation=donation).values_list("number", flat=True)
    if stands := number.first():
        raise DomainError(
            "donation_returned_without_receipt",
            _(
                "这笔捐赠的票据 %(number)s 仍然有效：先收回作废或冲红，再办理退回（《慈善法》第三十八条）。"
            )
            % {"number": f"{stands:010}"},
            status=409,
        )


def _mirrors(
    donation: Donation, asked: DonationReturn, rows: list[LotBalance], cash_id: int
) -> list[ledger.Posting]:
    """Reversals of journals whose lot is whole; one refund for what is left of the others."""
    journals = {
        entry.lot_id: entry.journal
        for journal in donation.journals.filter(
            kind=LedgerJournal.Kind.DONATION, reversed_by__isnull=True
        ).prefetch_related("entries")
        for entry in journal.entries.all()
        if entry.lot_id is not None
    }
    postings, rest = [], []
    for row in rows:
        journal = journals.get(row.lot_id)
        is_whole = journal is not None and any(
            entry.account_id == row.account_id and entry.amount == -row.balance
            for entry in journal.entries.all()
        )
        if is_whole:
            postings.append(ledger.reversal_posting(journal))
        else:
            rest.append(ledger.Leg(row.account_id, row.balance, row.lot_id))
    if rest:
        total = sum(leg.amount for leg in rest)
        postings.append(
            ledger.Posting(
                kind=LedgerJournal.Kind.REFUND,
                reference=f"donation-return:{asked.uid}",
                donation_id=donation.pk,
                legs=(*rest, ledger.Leg(cash_id, -total)),
            )
        )
    return postings


@command
def donation_return_decline(*, asked: DonationReturn, reason: str, by: Any) -> DonationReturn:
    """The gift stays.

    Raises:
        DomainError: `donation_return.decline.wrong_state` (409), `.needs_reason` on `reason`.
    """
    asked = DonationReturn.objects.locked().select_related("donation").get(pk=asked.pk)
    require(can_pay_return, by, asked)
    asked.decided_by, asked.decided_at = by, timezone.now()
    move(asked, DONATION_RETURN, "decline", by=by, reason=reason, also=("decided_by", "decided_at"))
    tasks_close(kind="donation_return", subject=asked.donation)
    audit.record("donation.return_decline", by=by, on=asked.donation, reason=reason)
    return asked


@command
def donation_paper_add(*, donation: Donation, file: UploadedFile, by: Any) -> Document:
    """Keep the approval of a state-owned giver (Charity Law 43) with its gift.

    Raises:
        DomainError: `file.*` on `file`.
    """
    require(can_refuse_donation, by, donation)
    return document_upload(subject=donation, kind=APPROVAL, file=file, is_care=False, by=by)
