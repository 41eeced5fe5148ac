"""What the public reads of a campaign: the plan as the law lists it, and the account at its end."""

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from departments.services.publishing import Column, EntryPayload, EntryTable, yuan
from donations.models.campaigns import Campaign
from donations.services.campaigns.checking import platform_names
from donations.services.charities import certificate_on
from donations.services.disclosure_drafts import account_tables
from donations.services.disclosure_figures import account_of
from msw_portal.kernel.display import money

BASIS = _("《慈善法》第二十四条、第二十五条、第七十九条")

DIFFERENCE = "与账上差额的说明"  # as published, in Chinese whoever publishes it


def plan_facts(campaign: Campaign) -> list[tuple[str, str]]:
    """The statutory facts of Charity Law 24 in short lines, label and text."""
    charity = campaign.licensed_org or campaign.organization
    certificate = certificate_on(charity, campaign.starts_on).row
    facts: list[tuple[Any, Any]] = [
        (_("募捐组织"), charity.name),
        (_("统一社会信用代码"), charity.uscc),
        (_("公开募捐资格证书"), certificate.number if certificate else ""),
        (_("备案编号"), campaign.filing_no),
        (_("备案机关"), campaign.filing_authority),
        (_("起止时间"), f"{campaign.starts_on} — {campaign.ends_on}"),
        (_("活动地域"), campaign.area),
        (_("募捐方式"), "、".join(str(Campaign.Mode(one).label) for one in campaign.modes)),
        (_("活动负责人"), campaign.responsible_person),
        (_("办公地址"), campaign.office_address),
        (_("接受捐赠方式"), campaign.donation_methods),
        (_("银行账户"), campaign.bank_account),
        (
            _("募捐目标"),
            _("%(amount)s 元") % {"amount": money(campaign.target)} if campaign.target else "",
        ),
        (_("联系方式"), campaign.contact),
        (_("查询方式"), campaign.query_words),
    ]
    return [(str(label), str(text)) for label, text in facts if text]


def plan_sections(campaign: Campaign) -> list[tuple[str, str]]:
    """What the plan says in sentences."""
    partners = campaign.partners.select_related("partner").order_by("pk")
    named = "；".join(f"{one.partner.name}（{one.part}）" for one in partners)
    sections = [
        (_("募捐目的"), campaign.purpose),
        (_("受益人"), campaign.beneficiaries),
        (_("募得款物用途"), campaign.use_of_funds),
        (_("募捐成本"), campaign.cost),
        (_("剩余财产的处理"), campaign.residual_property),
        (_("合作方"), named),
    ]
    return [(str(heading), text) for heading, text in sections if text]


def platform_links(campaign: Campaign) -> list[tuple[str, str]]:
    """Name and address of the campaign's pages on designated platforms."""
    names = platform_names()
    return [
        (names.get(code, code), campaign.platform_urls[code])
        for code in campaign.platforms
        if campaign.platform_urls.get(code)
    ]


@override("zh-hans")
def plan_payload(campaign: Campaign) -> EntryPayload:
    """The entry at the start of a campaign; its labels are Chinese whoever publishes it."""
    return EntryPayload(
        facts=plan_facts(campaign),
        sections=plan_sections(campaign),
        links=platform_links(campaign),
        basis=str(BASIS),
    )


@override("zh-hans")
def closing_payload(campaign: Campaign, booked: Decimal, difference_words: str) -> EntryPayload:
    """The same with what was raised and how it went; where the books say another sum, that sum and why."""
    rows = [(str(_("募得款物合计")), yuan(campaign.raised))]
    words = [(str(_("募捐情况说明")), campaign.closing_words)]
    if difference_words:
        rows.append((str(_("其中账上已入账")), yuan(booked)))
        words.append((DIFFERENCE, difference_words))
    raised = EntryTable(
        key="raised",
        heading=str(_("募捐情况")),
        columns=(Column("what", str(_("项目"))), Column("amount", str(_("金额（元）")), "money")),
        rows=tuple(rows),
    )
    ended = (str(_("实际结束日期")), str(campaign.ended_on))
    # What the books say of the campaign's own gifts, to the day of the account.
    about = Q(lot__donation__campaign_id=campaign.pk)
    account = account_of(campaign.organization_id, about, None, None)
    books = account_tables(account) if account.lines else []
    return EntryPayload(
        facts=[*plan_facts(campaign), ended],
        sections=[*words, *plan_sections(campaign)],
        tables=(raised, *books),
        links=platform_links(campaign),
        basis=str(BASIS),
    )
