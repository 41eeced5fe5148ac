"""The statutory plan of a campaign (Charity Law 24), its partners (26) and its filing."""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.tasks import task_finish
from donations.charity_permissions import can_keep_campaign
from donations.charity_workflow import CAMPAIGN, CampaignState
from donations.models.campaigns import Campaign, CampaignFiling, CampaignPartner
from donations.services.campaigns.checking import file_by, platform_names
from donations.services.campaigns.disclosing import (
    EVALUATION,
    FILING,
    campaign_planned,
    campaign_started,
    fulfil,
)
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

PATTERN = "{ORG}-C-{YYYY}-{SEQ3}"
SIGNS = "23456789abcdefghjkmnpqrstvwxyz"
# The columns of the plan, as they are filed.
PLAN = [
    "title",
    "type",
    "modes",
    "purpose",
    "starts_on",
    "ends_on",
    "area",
    "responsible_person",
    "office_address",
    "donation_methods",
    "bank_account",
    "beneficiaries",
    "use_of_funds",
    "cost",
    "cost_budget",
    "target",
    "residual_property",
    "contact",
    "query_words",
    "platforms",
    "platform_urls",
    "is_emergency",
    "emergency_event",
]
FILE_TASK = "campaign_file"


@command
def campaign_draft(*, by: Any, **plan: Any) -> Campaign:
    """Write the plan of a new campaign.

    Raises:
        DomainError: as `campaign_amend`.
    """
    require(can_keep_campaign, by, None)
    house = Organization.objects.get(pk=by.house_id)
    campaign = Campaign(
        organization=house,
        number=take_number(
            "campaign", organization=house, pattern=PATTERN, on=timezone.localdate()
        ),
        slug="c" + "".join(secrets.choice(SIGNS) for _n in range(7)),
        state=CampaignState.DRAFT,
        created_by=by,
    )
    _write_plan(campaign, plan)
    campaign.save(force_insert=True)
    write_transition(campaign, CAMPAIGN, "draft", before="", by=by)
    audit.record("campaign.draft", by=by, on=campaign, number=campaign.number, type=campaign.type)
    campaign_planned(campaign, by)
    return campaign


@command
def campaign_amend(
    *, campaign: Campaign, base: int | None = None, by: Any, **plan: Any
) -> Campaign:
    """Change the plan before it is filed.

    Raises:
        DomainError: `form.stale` (409), `campaign.is_filed` (409), `campaign.order` on `ends_on`,
            `campaign.emergency` on `emergency_event`, `campaign.no_platform` on `platforms`,
            `campaign.platform_url` on `platform_urls`, `campaign_public_is_licensed` on `licensed_org`.
    """
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_keep_campaign, by, campaign)
    check_base(base, campaign.row_version)
    require_unfiled(campaign)
    _write_plan(campaign, plan)
    campaign.save()
    audit.record("campaign.amend", by=by, on=campaign, type=campaign.type)
    campaign_planned(campaign, by)
    return campaign


def require_unfiled(campaign: Campaign) -> None:
    """A plan is changed directly only before it is filed; `campaign.is_filed` (409) afterwards."""
    if campaign.state != CampaignState.DRAFT:
        sentence = _("已备案的募捐方案不能直接修改，请办理变更备案（《慈善法》第二十四条）。")
        raise DomainError("campaign.is_filed", sentence, status=409)


def _write_plan(campaign: Campaign, plan: Mapping[str, Any]) -> None:
    for name in ("fund", "licensed_org", *PLAN):
        if name in plan:
            setattr(campaign, name, plan[name])
    if campaign.ends_on < campaign.starts_on:
        raise DomainError("campaign.order", _("结束日期不能早于起始日期。"), "ends_on")
    if campaign.is_emergency and not campaign.emergency_event.strip():
        sentence = _("应急募捐要写明是哪一次突发事件。")
        raise DomainError("campaign.emergency", sentence, "emergency_event")
    if campaign.type == Campaign.Type.PUBLIC:
        if campaign.licensed_org_id is None:
            raise DomainError(
                "campaign_public_is_licensed",
                _(
                    "《慈善法》第二十二条：公开募捐由具有公开募捐资格的慈善组织开展，请写明是哪一家。"
                ),
                "licensed_org",
            )
        _check_platforms(campaign)
    elif set(campaign.modes) - {Campaign.Mode.OTHER}:
        sentence = _(
            "《慈善法》第三十条：开展定向募捐，不得采取或者变相采取募捐箱、义演义卖、媒体、互联网等公开募捐的方式。"
        )
        raise DomainError("campaign.directed_mode", sentence, "modes")


def _check_platforms(campaign: Campaign) -> None:
    if Campaign.Mode.INTERNET in campaign.modes and not campaign.platforms:
        sentence = _(
            "《慈善法》第二十七条：通过互联网开展公开募捐的，应当在国务院民政部门指定的平台进行，请选择平台。"
        )
        raise DomainError("campaign.no_platform", sentence, "platforms")
    names = platform_names()
    unknown = [code for code in campaign.platforms if code not in names]
    if unknown:
        raise DomainError("campaign.no_platform", _("请从指定的平台中选择。"), "platforms")
    bare = [code for code in campaign.platforms if not campaign.platform_urls.get(code)]
    if bare:
        sentence = _("请填写本活动在“%(name)s”上的网址。") % {"name": names[bare[0]]}
        raise DomainError("campaign.platform_url", sentence, "platform_urls")


# ── filing ───────────────────────────────────────────────────────────────────


@command
def campaign_file(
    *, campaign: Campaign, filing_no: str, filed_on: dt.date, filing_authority: str, by: Any
) -> Campaign:
    """Enter the number under which the authority took the plan; also late, in an emergency.

    Raises:
        DomainError: `campaign.filed_too_late` on `filed_on` (article named), `campaign.in_future`,
            `campaign.directed` for one that is not public, or the diagram's 409.
    """
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_keep_campaign, by, campaign)
    is_draft = campaign.state == CampaignState.DRAFT
    step = "file" if is_draft else "file_late"
    CAMPAIGN.check(campaign, step)
    if campaign.filing_no:
        raise DomainError("campaign.filed_before", _("已经备案，请办理变更备案。"), status=409)
    _check_filing_day(campaign, filed_on)
    campaign.filing_no, campaign.filed_on = filing_no.strip(), filed_on
    campaign.filing_authority = filing_authority.strip()
    move(campaign, CAMPAIGN, step, by=by, also=("filing_no", "filed_on", "filing_authority"))
    _keep_filing(campaign, filing_no, filed_on, filing_authority, "", by)
    task_finish(organization_id=campaign.organization_id, dedup_key=f"{FILE_TASK}:{campaign.uid}")
    audit.record("campaign.file", by=by, on=campaign, number=filing_no.strip(), filed_on=filed_on)
    fulfil(campaign, FILING, filed_on, filing_no.strip(), by)
    return campaign


def _check_filing_day(campaign: Campaign, filed_on: dt.date) -> None:
    if filed_on > timezone.localdate():
        raise DomainError("campaign.in_future", _("备案日期不能晚于今天。"), "filed_on")
    last = file_by(campaign)
    if filed_on <= last:
        return
    day = last.isoformat()
    if campaign.is_emergency:
        sentence = _(
            "《慈善法》第七十三条：应急募捐应当在活动开始后十日内补办备案，最晚 %(day)s。"
        ) % {"day": day}
    else:
        sentence = _(
            "募捐方案应当在活动开始十日前备案：起始日期 %(start)s，最晚 %(day)s 备案。"
            "请先把起始日期改晚（《慈善法》第二十四条；《公开募捐管理办法》）。"
        ) % {"start": campaign.starts_on.isoformat(), "day": day}
    raise DomainError("campaign.filed_too_late", sentence, "filed_on")


def _keep_filing(
    campaign: Campaign, number: str, filed_on: dt.date, authority: str, note: str, by: Any
) -> CampaignFiling:
    filing = CampaignFiling(
        organization_id=campaign.organization_id,
        campaign=campaign,
        version=campaign.filings.count() + 1,
        filing_no=number.strip(),
        filed_on=filed_on,
        filing_authority=authority.strip(),
        note=note.strip(),
        plan=plan_as_filed(campaign),
        created_by=by,
    )
    filing.save(force_insert=True)
    return filing


def plan_as_filed(campaign: Campaign) -> dict[str, Any]:
    """The plan as JSON: days in ISO form, amounts as text, the charity and its partners by name."""
    found: dict[str, Any] = {}
    for name in PLAN:
        value = getattr(campaign, name)
        is_plain = value is None or isinstance(value, bool | str | list | dict)
        found[name] = value if is_plain else str(value)
    found["licensed_org"] = campaign.licensed_org.name if campaign.licensed_org else ""
    found["partners"] = [
        one.partner.name for one in campaign.partners.select_related("partner").order_by("pk")
    ]
    return found


@command
def campaign_refile(
    *,
    campaign: Campaign,
    note: str,
    refiled_on: dt.date,
    refiling_no: str,
    base: int | None = None,
    by: Any,
    **plan: Any,
) -> Campaign:
    """Change a filed plan: what changed was filed anew, and both stay readable.

    Raises:
        DomainError: as `campaign_amend`; `campaign.in_future` on `refiled_on`; the diagram's 409.
    """
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_keep_campaign, by, campaign)
    check_base(base, campaign.row_version)
    CAMPAIGN.check(campaign, "refile")
    if refiled_on > timezone.localdate():
        raise DomainError("campaign.in_future", _("备案日期不能晚于今天。"), "refiled_on")
    if campaign.type != plan.get("type", campaign.type):
        raise DomainError("campaign.type_is_filed", _("募捐类型不能变更，请另立活动。"), "type")
    _write_plan(campaign, plan)
    if not campaign.is_emergency and campaign.filed_on and campaign.filed_on > file_by(campaign):
        sentence = _("起始日期要在首次备案（%(day)s）十日以后。")
        raise DomainError(
            "campaign.filed_too_late",
            sentence % {"day": campaign.filed_on.isoformat()},
            "starts_on",
        )
    campaign.save()
    move(campaign, CAMPAIGN, "refile", by=by)
    _keep_filing(campaign, refiling_no, refiled_on, campaign.filing_authority, note, by)
    audit.record(
        "campaign.refile", by=by, on=campaign, number=refiling_no.strip(), filed_on=refiled_on
    )
    if campaign.state == CampaignState.RUNNING:
        # Longer than six months now: what was not due so far is from here on (Charity Law 79).
        campaign_started(campaign, by, since=timezone.localdate())
    return campaign


# ── partners ─────────────────────────────────────────────────────────────────


@command
def campaign_partner_write(
    *,
    campaign: Campaign,
    partner: Organization,
    part: str,
    agreed_on: dt.date | None = None,
    agreement_no: str = "",
    refiling_no: str = "",
    refiled_on: dt.date | None = None,
    by: Any,
) -> CampaignPartner:
    """Enter a cooperating party or its agreement (Charity Law 26: in writing, named in the plan).

    One that comes after the plan was filed comes with the filing that names it.

    Raises:
        DomainError: `campaign.partner_itself` on `partner`, `campaign.agreement` on `agreement_no`,
            `campaign.partner_unfiled` on `refiling_no`, `campaign.in_future` on `refiled_on`,
            `campaign.over` (409) once the campaign has been closed, the diagram's 409 once it has ended.
    """
    campaign = Campaign.objects.locked().get(pk=campaign.pk)
    require(can_keep_campaign, by, campaign)
    if campaign.state in CAMPAIGN.final | {CampaignState.CLOSED}:
        raise DomainError("campaign.over", _("活动已经结项或终止。"), status=409)
    if partner.pk == campaign.licensed_org_id:
        sentence = _("合作方不能是开展募捐的慈善组织自己。")
        raise DomainError("campaign.partner_itself", sentence, "partner")
    if bool(agreed_on) != bool(agreement_no.strip()):
        sentence = _("书面协议要有签订日期和编号（《慈善法》第二十六条）。")
        raise DomainError(
            "campaign.agreement", sentence, "agreement_no" if agreed_on else "agreed_on"
        )
    if agreed_on is not None and agreed_on > timezone.localdate():
        raise DomainError("campaign.in_future", _("日期不能晚于今天。"), "agreed_on")
    is_filed = bool(campaign.filing_no)
    is_known = CampaignPartner.objects.filter(campaign=campaign, partner=partner).exists()
    if is_filed and not is_known:
        _check_refiling(campaign, refiling_no, refiled_on)
    row, _is_new = CampaignPartner.objects.get_or_create(
        campaign=campaign,
        partner=partner,
        defaults={"organization_id": campaign.organization_id, "created_by": by},
    )
    row.part, row.agreed_on, row.agreement_no = part.strip(), agreed_on, agreement_no.strip()
    row.save()
    audit.record("campaign.partner", by=by, on=campaign, agreed_on=agreed_on)
    if is_filed and not is_known:
        move(campaign, CAMPAIGN, "refile", by=by)
        note = f"增加合作方：{partner.name}"[:200]
        _keep_filing(campaign, refiling_no, refiled_on, campaign.filing_authority, note, by)
        audit.record(
            "campaign.refile", by=by, on=campaign, number=refiling_no.strip(), filed_on=refiled_on
        )
    return row


def _check_refiling(campaign: Campaign, refiling_no: str, refiled_on: dt.date | None) -> None:
    CAMPAIGN.check(campaign, "refile")
    if not refiling_no.strip() or refiled_on is None:
        sentence = _(
            "合作方要在募捐方案中载明（《慈善法》第二十六条）：方案已经备案，先办理变更备案，再填写变更备案的编号和日期。"
        )
        raise DomainError(
            "campaign.partner_unfiled",
            sentence,
            "refiled_on" if refiling_no.strip() else "refiling_no",
        )
    if refiled_on > timezone.localdate():
        raise DomainError("campaign.in_future", _("备案日期不能晚于今天。"), "refiled_on")


@command
def campaign_partner_evaluate(
    *, row: CampaignPartner, evaluation: str, evaluated_on: dt.date, by: Any
) -> CampaignPartner:
    """What evaluating and supervising the party found, within three months after the end (MCA order 81).

    Raises:
        DomainError: `campaign.in_future`, `campaign.not_ended` on `evaluated_on`.
    """
    campaign = Campaign.objects.locked().get(pk=row.campaign_id)
    require(can_keep_campaign, by, campaign)
    if evaluated_on > timezone.localdate():
        raise DomainError("campaign.in_future", _("日期不能晚于今天。"), "evaluated_on")
    if campaign.ended_on is None or evaluated_on < campaign.ended_on:
        sentence = _("募捐活动结束后再评估合作方。")
        raise DomainError("campaign.not_ended", sentence, "evaluated_on")
    row = CampaignPartner.objects.locked().get(pk=row.pk)
    row.evaluation, row.evaluated_on = evaluation.strip(), evaluated_on
    row.save(update_fields=["evaluation", "evaluated_on"])
    if not campaign.partners.filter(evaluated_on=None).exists():
        task_finish(
            organization_id=campaign.organization_id,
            dedup_key=f"campaign_evaluate:{campaign.uid}",
        )
        fulfil(campaign, EVALUATION, evaluated_on, campaign.number, by)
    audit.record("campaign.evaluate", by=by, on=campaign, evaluated_on=evaluated_on)
    return row
