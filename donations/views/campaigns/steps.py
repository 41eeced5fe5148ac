"""The steps of a campaign's diagram, its partners and one day's figures, each a small form."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from departments.models.organizations import Organization
from donations.charity_permissions import can_keep_campaign, can_run_campaign
from donations.forms.campaigns import (
    ClosingForm,
    ConfirmForm,
    EvaluationForm,
    FileForm,
    PartnerForm,
    StatForm,
    StopForm,
)
from donations.forms.gift_steps import PaperForm
from donations.models.campaigns import Campaign, CampaignPartner
from donations.services.campaigns import planning, running
from donations.services.campaigns.figures import booked_sum, campaign_stat_write
from donations.services.campaigns.files import campaign_file_add
from donations.views.campaigns.planning import campaign_or_404
from donations.views.guards import foundation_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money

BOTH = require_http_methods(["GET", "POST"])
# Step -> who, form, service, title, what is said afterwards.
STEPS: dict[str, tuple[Any, Any, Any, Any, Any]] = {
    "file": (
        can_keep_campaign,
        FileForm,
        planning.campaign_file,
        gettext_lazy("登记备案"),
        gettext_lazy("备案已登记。"),
    ),
    "start": (
        can_run_campaign,
        ConfirmForm,
        running.campaign_start,
        gettext_lazy("开始募捐"),
        gettext_lazy("募捐已开始，公开页已发布。"),
    ),
    "end": (
        can_run_campaign,
        ConfirmForm,
        running.campaign_end,
        gettext_lazy("结束募捐"),
        gettext_lazy("募捐已结束，三个月内公开结项并评估合作方。"),
    ),
    "publish_closing": (
        can_run_campaign,
        ClosingForm,
        running.campaign_publish_closing,
        gettext_lazy("公开结项"),
        gettext_lazy("已公开结项。"),
    ),
    "archive": (
        can_keep_campaign,
        ConfirmForm,
        running.campaign_archive,
        gettext_lazy("归档"),
        gettext_lazy("已归档。"),
    ),
    "terminate": (
        can_run_campaign,
        StopForm,
        running.campaign_terminate,
        gettext_lazy("终止募捐"),
        gettext_lazy("募捐已终止。"),
    ),
}
NOTES = {
    "file": gettext_lazy("向民政部门备案后，把备案编号登记在这里；备案时的方案会原样留存。"),
    "start": gettext_lazy(
        "开始时核对公开募捐资格证书、备案、平台和合作协议；公开募捐同时发布公开页。"
    ),
    "end": gettext_lazy("结束后公开页不再链接到募捐平台。"),
}


def _take(request: HttpRequest, uid: uuid.UUID, **step: Any) -> HttpResponse:
    found = campaign_or_404(request, uid)
    back = reverse("donations:campaign", args=[uid])
    crumbs = ((reverse("donations:campaigns"), _("募捐活动")), (back, found.title))
    return take(
        request,
        Step(
            **({"given": {"campaign": found}} | step),
            to=back,
            url=request.path,
            back_url=back,
            crumbs=crumbs,
        ),
    )


@BOTH
@foundation_page
def campaign_step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    rule, form, service, title, done = STEPS[step]
    found = campaign_or_404(request, uid)
    require(rule, request.user, found)
    return _take(
        request,
        uid,
        **(_account(request, found) if step == "publish_closing" else {}),
        form=form,
        service=service,
        title=title,
        button=title,
        done=done,
        note=NOTES.get(step, ""),
        tone="btn--danger" if step == "terminate" else "btn--primary",
    )


def _account(request: HttpRequest, found: Campaign) -> dict[str, Any]:
    """What the books say of the campaign, to start the account from."""
    booked = booked_sum(found, request.user)
    fact = (_("已入账的本活动捐赠"), _("%(amount)s 元") % {"amount": money(booked)})
    return {"initial": {"raised": booked}, "facts": (fact,)}


@BOTH
@foundation_page
def partner_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = campaign_or_404(request, uid)
    require(can_keep_campaign, request.user, found)
    bodies = Organization.objects.visible_to(request.user).on_ground_of(request.user)
    return _take(
        request,
        uid,
        form=PartnerForm,
        form_args={
            "partners": bodies.filter(ended_on=None).exclude(pk=1).order_by("name"),
            "is_filed": bool(found.filing_no),
        },
        service=planning.campaign_partner_write,
        title=_("合作方与协议"),
        button=_("保存"),
        done=_("合作方已保存。"),
        note=_(
            "《慈善法》第二十六条：评估合作方，签订书面协议，在募捐方案中载明，并指导监督；款物全部进慈善组织的账户。"
        ),
        draft="donations-campaign_partner",
        subject=uid,
        initial={"partner": request.GET.get("partner", "")},
    )


@BOTH
@foundation_page
def partner_evaluate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = CampaignPartner.objects.visible_to(request.user).select_related("campaign", "partner")
    row = get_object_or_404(rows, uid=uid)
    require(can_keep_campaign, request.user, row.campaign)
    return _take(
        request,
        row.campaign.uid,
        given={"row": row},
        form=EvaluationForm,
        service=planning.campaign_partner_evaluate,
        initial={"evaluation": row.evaluation, "evaluated_on": row.evaluated_on},
        title=_("评估合作方"),
        button=_("保存"),
        done=_("评估已保存。"),
        facts=((_("合作方"), row.partner.name), (_("合作内容"), row.part)),
    )


@BOTH
@foundation_page
def file_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    require(can_keep_campaign, request.user, campaign_or_404(request, uid))
    return _take(
        request,
        uid,
        form=PaperForm,
        service=campaign_file_add,
        title=_("上传文件"),
        button=_("上传"),
        done=_("文件已保存。"),
        note=_("报备的方案、备案回执、协议、海报等；只有本机构看得到，不会公布。"),
        has_files=True,
    )


@BOTH
@foundation_page
def stat_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    require(can_keep_campaign, request.user, campaign_or_404(request, uid))
    return _take(
        request,
        uid,
        form=StatForm,
        service=campaign_stat_write,
        initial={"on": timezone.localdate()},
        title=_("登记传播数字"),
        button=_("保存"),
        done=_("已保存；同一天同一渠道再登记会替换。"),
        draft="donations-campaign_stat",
        subject=uid,
    )
