"""Funds, donors and gifts of money: recorded by one person, confirmed into the books by another.

A gift may be promised first and arrive in parts; every arrival is a line of its own with a lot of its own.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.services.moving import move, write_transition
from donations.gift_workflow import ARRIVAL, ArrivalState
from donations.models.agreements import Agreement
from donations.models.arrivals import DonationArrival
from donations.models.campaigns import Campaign
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.ledger import DonationLot
from donations.permissions import (
    can_confirm_donation,
    can_open_fund,
    can_record_donation,
    can_register_donor,
)
from donations.services import ledger
from donations.services.gift_opening import check_promise, gift_open
from donations.services.looking_up import trace_open_at_booking
from donations.services.refusals import check_papers
from donations.workflow import DONATION, DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.validators import parse_id_no, parse_uscc

ANONYMOUS = _("匿名捐赠人")


@command
def fund_open(
    *,
    number: str,
    name: str,
    kind: str,
    purposes: Iterable[tuple[str, str]] = (),
    parent: Fund | None = None,
    by: Any,
) -> Fund:
    """Open a fund of the own house with its purposes (code, text); the database opens its accounts.

    Raises:
        DomainError: `fund_number_once`, `fund_name_once` for one that is there already.
    """
    require(can_open_fund, by, None)
    fund = Fund(
        organization_id=by.house_id,
        number=number,
        name=name,
        kind=kind,
        parent=parent,
        created_by=by,
    )
    fund.save(force_insert=True)
    for rank, (code, text) in enumerate(purposes):
        FundPurpose(
            organization_id=by.house_id, fund=fund, code=code, text=text, rank=rank, created_by=by
        ).save(force_insert=True)
    audit.record("fund.open", by=by, on=fund, number=number, kind=kind)
    return fund


def _read(rule: str, field: str, reader: Callable[[str], Any], typed: str) -> Any:
    """What a reader of the kernel makes of a number, its refusal as one of the house."""
    try:
        return reader(typed)
    except ValidationError as error:
        raise DomainError(rule, error.messages[0], field) from error


@command
def donor_register(
    *,
    kind: str,
    name: str = "",
    id_no: str = "",
    uscc: str = "",
    contact: str = "",
    organization_ref: Organization | None = None,
    publish_name: bool = False,
    by: Any,
) -> Donor:
    """Add a donor; an anonymous one needs no name (a record is kept all the same, Charity Law 38).

    Raises:
        DomainError: `donor.needs_name` on field `name`, `donor.uscc` on `uscc` and `donor.id_no` on
            `id_no` for a number that cannot be.
    """
    require(can_register_donor, by, None)
    is_anonymous = kind == Donor.Kind.ANONYMOUS
    if not name.strip() and not is_anonymous:
        raise DomainError("donor.needs_name", _("请填写捐赠人姓名或名称。"), "name")
    if uscc.strip():
        uscc = _read("donor.uscc", "uscc", parse_uscc, uscc)
    if id_no.strip():
        id_no = _read("donor.id_no", "id_no", parse_id_no, id_no).number
    shown = name.strip() or str(ANONYMOUS)
    donor = Donor(
        organization_id=by.house_id,
        kind=kind,
        name=shown,
        name_masked=mask_name(shown) if kind == Donor.Kind.PERSON and name.strip() else shown,
        id_no=id_no.strip() or None,
        uscc=uscc,
        contact=contact or None,
        organization_ref=organization_ref,
        publish_name=publish_name and not is_anonymous,
        is_anonymous=is_anonymous,
        created_by=by,
    )
    donor.save(force_insert=True)
    audit.record("donor.register", by=by, on=donor, kind=kind, publish_name=donor.publish_name)
    return donor


@command
def donation_record(
    *,
    donor: Donor,
    fund: Fund,
    amount: Decimal,
    received_on: dt.date,
    purpose: FundPurpose | None = None,
    channel: str = Donation.Channel.BANK,
    beneficiary_class: str = "",
    agreement: Agreement | None = None,
    campaign: Campaign | None = None,
    region: Any = None,
    external_no: str = "",
    nature: str = "donation",
    used_before: Decimal | None = None,
    by: Any,
) -> Donation:
    """Record money that has arrived whole; it counts once another person has confirmed it.

    `used_before` is for a gift taken over from before the portal: what had been used of it by then.

    Raises:
        DomainError: `donation.amount`, `donation.received_in_future`, `donation_used_before_within` on
            `used_before`, and those of `gift_open`.
    """
    _check_arrival(amount, received_on)
    if used_before is not None and not 0 <= used_before <= amount:
        raise DomainError(
            "donation_used_before_within", _("启用前已使用的不能多于到账金额。"), "used_before"
        )
    donation = gift_open(
        by=by,
        nature=nature,
        donor=donor,
        fund=fund,
        purpose=purpose,
        amount=amount,
        received_on=received_on,
        channel=channel,
        beneficiary_class=beneficiary_class,
        agreement=agreement,
        campaign=campaign,
        region=region,
        used_before=used_before,
        state=DonationState.RECEIVED,
    )
    _arrive(donation, external_no=external_no, by=by)
    write_transition(donation, DONATION, "receive", before="", by=by)
    audit.record("donation.record", by=by, on=donation, number=donation.number, amount=amount)
    return donation


@command
def donation_pledge(
    *,
    donor: Donor,
    fund: Fund,
    amount: Decimal,
    pledged_on: dt.date,
    due_on: dt.date | None = None,
    purpose: FundPurpose | None = None,
    beneficiary_class: str = "",
    agreement: Agreement | None = None,
    campaign: Campaign | None = None,
    region: Any = None,
    nature: str = "donation",
    by: Any,
) -> Donation:
    """Record a promise of money; nothing is booked before it arrives.

    Raises:
        DomainError: `donation.amount`, `donation.pledged_in_future`, `donation.due_before_pledge`, and
            those of `gift_open`.
    """
    if amount <= 0:
        raise DomainError("donation.amount", _("金额必须大于零。"), "amount")
    check_promise(pledged_on, due_on)
    donation = gift_open(
        by=by,
        nature=nature,
        donor=donor,
        fund=fund,
        purpose=purpose,
        pledged=amount,
        pledged_on=pledged_on,
        due_on=due_on,
        beneficiary_class=beneficiary_class,
        agreement=agreement,
        campaign=campaign,
        region=region,
        state=DonationState.PLEDGED,
    )
    write_transition(donation, DONATION, "pledge", before="", by=by)
    audit.record("donation.pledge", by=by, on=donation, number=donation.number, amount=amount)
    return donation


def _check_arrival(amount: Decimal, received_on: dt.date) -> None:
    if amount <= 0:
        raise DomainError("donation.amount", _("金额必须大于零。"), "amount")
    if received_on > timezone.localdate():
        raise DomainError("donation.received_in_future", _("到账日期不能晚于今天。"), "received_on")


def _arrive(donation: Donation, *, external_no: str, by: Any) -> DonationArrival:
    """The line of what the gift's own columns say has arrived."""
    arrival = DonationArrival(
        organization_id=donation.organization_id,
        donation=donation,
        place=donation.arrivals.count() + 1,
        amount=donation.amount,
        received_on=donation.received_on,
        channel=donation.channel,
        external_no=external_no,
        entered_by=by,
        created_by=by,
    )
    arrival.save(force_insert=True)
    write_transition(arrival, ARRIVAL, "enter", before="", by=by)
    return arrival


def arrived(donation: Donation, *states: str) -> Decimal:
    """The sum of a gift's arrivals in these states (default: entered and booked)."""
    wanted = states or (ArrivalState.ENTERED, ArrivalState.BOOKED)
    rows = donation.arrivals.filter(state__in=wanted)
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@command
def donation_receive(
    *,
    donation: Donation,
    amount: Decimal,
    received_on: dt.date,
    channel: str = Donation.Channel.BANK,
    external_no: str = "",
    by: Any,
) -> DonationArrival:
    """Enter what arrived of a promised gift, whole or in part; another person confirms it.

    Raises:
        DomainError: `donation.amount`, `donation.received_in_future`, `donation.received_before_pledge`,
            `donation.receive.wrong_state` (409), `donation.not_money` (409), `arrival_one_waits` (409).
    """
    donation = Donation.objects.locked().get(pk=donation.pk)
    require(can_record_donation, by, donation.fund)
    if not donation.is_money:
        raise DomainError("donation.not_money", _("这笔捐赠不是货币，请办理验收。"), status=409)
    if donation.arrivals.filter(state=ArrivalState.ENTERED).exists():
        raise DomainError(
            "arrival_one_waits", _("上一笔到账还没有确认，请先确认或撤销。"), status=409
        )
    DONATION.check(donation, "receive")
    _check_arrival(amount, received_on)
    if donation.pledged_on is not None and received_on < donation.pledged_on:
        raise DomainError(
            "donation.received_before_pledge", _("到账日期不能早于承诺日期。"), "received_on"
        )
    before = arrived(donation)
    # The gift's own pair of persons is that of its latest arrival; every arrival keeps its own.
    donation.amount, donation.received_on, donation.channel = amount, received_on, channel
    arrival = _arrive(donation, external_no=external_no, by=by)
    donation.amount = before + amount
    donation.entered_by, donation.confirmed_by = by, None
    move(
        donation,
        DONATION,
        "receive",
        by=by,
        also=("amount", "received_on", "channel", "entered_by", "confirmed_by"),
    )
    audit.record("donation.receive", by=by, on=donation, amount=amount)
    return arrival


@command
def donation_confirm(*, donation: Donation, by: Any) -> Donation:
    """Book what was recorded: journal and lot of the arrival; never by the person who recorded it.

    A gift of goods, services or rights is confirmed without a journal: it is no money of the fund.

    Raises:
        DomainError: `donation.confirm.wrong_state` (409) for a gift that is booked already,
            `donation.needs_approval` for a state-owned giver without its paper.
    """
    donation = Donation.objects.locked().select_related("donor__organization").get(pk=donation.pk)
    require(can_confirm_donation, by, donation)
    DONATION.check(donation, "confirm")
    check_papers(donation)
    donation.confirmed_by = by
    if donation.is_money:
        _book(donation, by=by)
    is_part = donation.pledged is not None and donation.is_money
    is_part = is_part and arrived(donation, ArrivalState.BOOKED) < donation.pledged
    move(
        donation, DONATION, "confirm_part" if is_part else "confirm", by=by, also=("confirmed_by",)
    )
    if donation.used_before is None:
        trace_open_at_booking(donation=donation, by=by)
    audit.record("donation.confirm", by=by, on=donation, amount=donation.amount)
    return donation


def _book(donation: Donation, *, by: Any) -> None:
    """The waiting arrival becomes a lot of the fund's money."""
    arrival = DonationArrival.objects.locked().get(
        donation_id=donation.pk, state=ArrivalState.ENTERED
    )
    (available_id, _committed), *_rest = ledger.pool(
        organization_id=donation.organization_id,
        fund_id=donation.fund_id,
        purpose_id=donation.purpose_id,
    )
    cash_id = ledger.cash_account(donation.organization_id)
    lot = DonationLot(
        organization_id=donation.organization_id,
        donation=donation,
        amount=arrival.amount,
        received_on=arrival.received_on,
        earmark_purpose_id=donation.purpose_id,
        earmark_class=donation.beneficiary_class,
        created_by=by,
    )
    lot.save(force_insert=True)
    arrival.lot, arrival.confirmed_by, arrival.confirmed_at = lot, by, timezone.now()
    move(arrival, ARRIVAL, "confirm", by=by, also=("lot", "confirmed_by", "confirmed_at"))
    posting = ledger.donation_posting(
        donation=donation,
        amount=arrival.amount,
        place=arrival.place,
        cash_id=cash_id,
        available_id=available_id,
        lot_id=lot.pk,
    )
    postings = [posting]
    if donation.used_before:
        accounts = {"cash_id": cash_id, "available_id": available_id, "lot_id": lot.pk}
        postings.append(ledger.carried_posting(donation=donation, **accounts))
    ledger.post(postings, by=by)
    if arrival.place == 1:
        donation.lot = lot
