"""Funds, donors and gifts: recorded by one person, confirmed into the books by another."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.models.ledger import DonationLot
from donations.permissions import can_confirm_donation, can_open_fund, can_record_donation
from donations.services import ledger
from donations.workflow import DONATION, DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.masking import mask_name

DONATION_PATTERN = "{ORG}-D-{YYYY}-{SEQ5}"
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
        DomainError: `donor.needs_name` on field `name`.
    """
    require(can_open_fund, by, None)
    is_anonymous = kind == Donor.Kind.ANONYMOUS
    if not name.strip() and not is_anonymous:
        raise DomainError("donor.needs_name", _("请填写捐赠人姓名或名称。"), "name")
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
    by: Any,
) -> Donation:
    """Record money that has arrived; it counts once another person has confirmed it.

    Raises:
        DomainError: `donation.amount`, `donation.received_in_future`, `donation.purpose_elsewhere`,
            `donation.fund_not_active`.
    """
    require(can_record_donation, by, fund)
    if amount <= 0:
        raise DomainError("donation.amount", _("金额必须大于零。"), "amount")
    if received_on > timezone.localdate():
        raise DomainError("donation.received_in_future", _("到账日期不能晚于今天。"), "received_on")
    if fund.state != Fund.State.ACTIVE:
        raise DomainError("donation.fund_not_active", _("这个基金已停止接收捐赠。"), "fund")
    if purpose is not None and purpose.fund_id != fund.pk:
        raise DomainError("donation.purpose_elsewhere", _("这个用途不属于所选基金。"), "purpose")
    house = Organization.objects.get(pk=by.house_id)
    number = take_number(
        "donation", organization=house, pattern=DONATION_PATTERN, on=timezone.localdate()
    )
    donation = Donation(
        organization_id=by.house_id,
        number=number,
        donor=donor,
        fund=fund,
        purpose=purpose,
        amount=amount,
        received_on=received_on,
        channel=channel,
        beneficiary_class=beneficiary_class,
        state=DonationState.RECEIVED,
        entered_by=by,
        created_by=by,
    )
    donation.save(force_insert=True)
    write_transition(donation, DONATION, "receive", before="", by=by)
    audit.record("donation.record", by=by, on=donation, number=number, amount=amount)
    return donation


@command
def donation_confirm(*, donation: Donation, by: Any) -> Donation:
    """Book a recorded gift: journal and lot; never by the person who recorded it.

    Raises:
        DomainError: `donation.confirm.wrong_state` (409) for a gift that is booked already.
    """
    donation = Donation.objects.locked().get(pk=donation.pk)
    require(can_confirm_donation, by, donation)
    DONATION.check(donation, "confirm")
    (available_id, _committed), *_rest = ledger.pool(
        organization_id=donation.organization_id,
        fund_id=donation.fund_id,
        purpose_id=donation.purpose_id,
    )
    cash_id = ledger.cash_account(donation.organization_id)
    donation.confirmed_by = by
    move(donation, DONATION, "confirm", by=by, also=("confirmed_by",))
    lot = DonationLot(
        organization_id=donation.organization_id,
        donation=donation,
        amount=donation.amount,
        received_on=donation.received_on,
        earmark_purpose_id=donation.purpose_id,
        earmark_class=donation.beneficiary_class,
        created_by=by,
    )
    lot.save(force_insert=True)
    posting = ledger.donation_posting(
        donation=donation, cash_id=cash_id, available_id=available_id, lot_id=lot.pk
    )
    ledger.post([posting], by=by)
    audit.record("donation.confirm", by=by, on=donation, amount=donation.amount)
    return donation
