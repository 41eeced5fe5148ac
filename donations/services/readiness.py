"""What a draft still lacks before it may be sent, and whether a consent covers what is told."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import ConsentKind, ShareItem
from cases.models.consents import Consent
from donations.models.requests import FundingRequest, RequestDocument
from donations.services.blackening import names_on_papers
from donations.services.copies import NEEDED
from donations.services.payable import cap_of
from donations.workflow import HELD_MONEY
from msw_portal.kernel.display import enumerated
from msw_portal.kernel.errors import DomainError

# What the applicant declares; both are demanded (Charity Law 40; the programme's own rules).
DECLARATIONS = {
    "truthful": _("以上情况和材料真实，愿对真实性负责；弄虚作假的退回救助款。"),
    "no_related_party": _("申请人与捐赠人、基金会工作人员没有利害关系。"),
}


def missing_for_submit(request: FundingRequest) -> list[tuple[str, Any, str | None]]:
    """What a draft still lacks: (rule, sentence, field); the page shows it, the service refuses it."""
    found: list[tuple[str, Any, str | None]] = []
    version = request.programme_version
    if version.published_at is None or timezone.localdate() not in version.valid:
        found.append(
            ("funding_request.programme_not_in_force", _("这个项目目前不受理申请。"), None)
        )
    if not request.cost_total:
        total = _("请填写项目总预算。") if request.is_for_project else _("请填写医疗总费用。")
        found.append(("funding_request.cost_total_missing", total, "cost_lines"))
    cap = cap_of(version)
    if request.requested is None:
        found.append(("funding_request.requested_missing", _("请填写申请金额。"), "requested"))
    elif request.requested > gap_left(request):
        gap = _("资金缺口") if request.is_for_project else _("自付缺口")
        sentence = _("申请金额不能超过%(gap)s。") % {"gap": gap}
        found.append(("funding_request.over_gap", sentence, "requested"))
    elif cap is not None and request.requested > cap:
        found.append(("funding_request.over_cap", _("金额不能超过项目上限。"), "requested"))
    papers = RequestDocument.objects.filter(
        request=request, required=True, document__isnull=True
    ).order_by("id")
    labels = {row["type"]: row.get("text", row["type"]) for row in version.documents}
    for paper in papers:
        sentence = _("缺少必备材料：%(paper)s。") % {"paper": labels.get(paper.type, paper.type)}
        found.append(("funding_request.papers_missing", sentence, "documents"))
    found += names_on_papers(request, RequestDocument.objects.filter(request=request))
    if not request.sheet.payload.get("story", "").strip():
        story = _("请写明资金用途。") if request.is_for_project else _("请写明困难情况。")
        found.append(("funding_request.story_missing", story, "story"))
    return found


def gap_left(request: FundingRequest) -> Decimal:
    """The gap minus what any foundation has granted, and not got back, on the other requests of the case or project."""
    granted = (
        FundingRequest.objects.filter(
            request.same_subject,
            organization_id=request.organization_id,
            state__in=sorted(HELD_MONEY),
        )
        .exclude(pk=request.pk)
        .aggregate(sum=Sum("committed"))["sum"]
    )
    # All grants are counted here: what stands in `other_grants` is among them.
    return max(request.gap - request.later_aid - (granted or Decimal(0)), Decimal(0))


def check_consent(request: FundingRequest, consent: Consent) -> None:
    """The person's own live consent to tell this foundation, covering what a review needs."""
    foundation_id = request.programme_version.organization_id
    client = request.case.client
    same_person = (
        consent.organization_id == request.organization_id
        and consent.client.root_id == client.root_id
        and consent.case_id in (None, request.case_id)
    )
    if (
        not same_person
        or consent.kind != ConsentKind.SHARE_TO_ORG
        or consent.recipient_id != foundation_id
        or not consent.is_live
    ):
        raise DomainError(
            "funding_request.needs_consent",
            _("需要服务对象向这家基金会提供信息的有效同意。"),
            "consent",
        )
    needed = set(NEEDED)
    if RequestDocument.objects.filter(request=request, document__isnull=False).exists():
        needed.add(ShareItem.DOCUMENTS)
    lacking = [item for item in ShareItem if item in needed and item not in consent.items]
    if lacking:
        raise DomainError(
            "funding_request.consent_too_narrow",
            _("同意书没有勾选：%(items)s。")
            % {"items": enumerated(str(item.label) for item in lacking)},
            "consent",
        )
