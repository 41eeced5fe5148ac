"""What holds for every new gift, whatever it is: its fund, agreement, campaign and whom it is for."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from departments.services.numbering import take_number
from donations.charity_workflow import CampaignState
from donations.gift_workflow import AgreementState
from donations.models.agreements import Agreement
from donations.models.campaigns import Campaign
from donations.models.giving import Donation, Donor, Fund
from donations.permissions import can_record_donation
from donations.services.refusals import check_beneficiaries, check_nature
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError

DONATION_PATTERN = "{ORG}-D-{YYYY}-{SEQ5}"


def check_promise(pledged_on: dt.date, due_on: dt.date | None) -> None:
    if pledged_on > timezone.localdate():
        raise DomainError("donation.pledged_in_future", _("承诺日期不能晚于今天。"), "pledged_on")
    if due_on is not None and due_on < pledged_on:
        raise DomainError(
            "donation.due_before_pledge", _("约定交付日期不能早于承诺日期。"), "due_on"
        )


def gift_open(*, by: Any, nature: str, fund: Fund, **fields: Any) -> Donation:
    """A new gift of the own house, numbered.

    Raises:
        DomainError: `donation.fund_not_active`, `donation.purpose_elsewhere`,
            `donation.agreement_not_signed`, `donation.agreement_of_another`, `donation.not_a_gift.*`,
            `donation.campaign_elsewhere`, `donation.campaign_not_running`,
            `donation.before_campaign` and `donation.related_party`.
    """
    require(can_record_donation, by, fund)
    check_nature(nature)
    purpose, agreement = fields.get("purpose"), fields.get("agreement")
    if fund.state != Fund.State.ACTIVE:
        raise DomainError("donation.fund_not_active", _("这个基金已停止接收捐赠。"), "fund")
    if purpose is not None and purpose.fund_id != fund.pk:
        raise DomainError("donation.purpose_elsewhere", _("这个用途不属于所选基金。"), "purpose")
    if agreement is not None:
        _check_agreement(agreement, fields["donor"])
    if fields.get("campaign") is not None:
        _check_campaign(fields["campaign"], fund, fields)
    check_beneficiaries(
        organization_id=by.house_id,
        text=fields.get("beneficiary_class", ""),
        donor=fields["donor"],
    )
    house = Organization.objects.get(pk=by.house_id)
    number = take_number(
        "donation", organization=house, pattern=DONATION_PATTERN, on=timezone.localdate()
    )
    donation = Donation(
        organization_id=by.house_id,
        number=number,
        fund=fund,
        entered_by=by,
        created_by=by,
        **fields,
    )
    donation.save(force_insert=True)
    return donation


def _check_agreement(agreement: Agreement, donor: Donor) -> None:
    if agreement.donor_id != donor.pk:
        raise DomainError(
            "donation.agreement_of_another", _("这份协议不是与这位捐赠人签订的。"), "agreement"
        )
    if agreement.state != AgreementState.SIGNED:
        raise DomainError(
            "donation.agreement_not_signed", _("这份协议还没有签订，或已不再有效。"), "agreement"
        )


def _check_campaign(campaign: Campaign, fund: Fund, fields: dict[str, Any]) -> None:
    if campaign.fund_id != fund.pk:
        raise DomainError(
            "donation.campaign_elsewhere", _("这个募捐活动不属于所选基金。"), "campaign"
        )
    if campaign.state in {CampaignState.DRAFT, CampaignState.FILED}:
        raise DomainError(
            "donation.campaign_not_running",
            _("这个募捐活动还没有开始，不能登记它的捐赠（《慈善法》第二十四条）。"),
            "campaign",
        )
    on, field = fields.get("received_on"), "received_on"
    if on is None:
        on, field = fields["pledged_on"], "pledged_on"
    if on < campaign.starts_on:
        raise DomainError(
            "donation.before_campaign",
            _("日期早于募捐活动的开始日期 %(day)s（《慈善法》第二十四条）。")
            % {"day": campaign.starts_on},
            field,
        )
