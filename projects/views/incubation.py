"""The incubation base: residents, banks, contracts, and the needs a hospital gives as numbers."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models.codes import NeedCategory
from departments.models.resources import ResourceService
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.access import require
from projects.forms import incubation as forms
from projects.forms.cultivation import StepForm, StepReasonForm
from projects.models.cultivation import Project, ProjectEvent
from projects.models.experts import ExpertProfile
from projects.models.incubation import NeedBankEntry, PurchaseContract, ReplicationKit
from projects.permissions import cultivation as may
from projects.services import incubation as services
from projects.views.project_editing import BOTH, FORM, plain
from projects.views.project_finding import address_of, project_or_404
from projects.workflow.incubation import CONTRACT

PAGE = 30


def _visitor(request: HttpRequest) -> None:
    if not may.can_view_base(request.user):
        raise Http404


@require_safe
def base(request: HttpRequest) -> HttpResponse:
    """Agencies in the base and the four banks with what enters each."""
    _visitor(request)
    user = request.user
    rows = Project.objects.visible_to(user).filter(kind=Project.Kind.INCUBATION)
    page = page_of(request, rows.select_related("organization"), order=("-id",), size=PAGE)
    shown = [one.pk for one in page["rows"]]
    context = page | {
        "rows": _residents(user, page["rows"]),
        "figures": services.base_figures(rows),
        "money": _money(shown),
        "banks": _banks(user),
        "may_enter": may.can_open_project(user),
    }
    return render(request, "projects/base.html", context)


def _residents(user: Any, rows: list[Project]) -> list[dict[str, Any]]:
    """Each with its newest assessment and the hours of support; two queries for all of them."""
    events = ProjectEvent.objects.visible_to(user).filter(
        project__in=rows, kind__in=["service", "radar", "swot", "space", "assessment"]
    )
    by_project: dict[int, list[ProjectEvent]] = {one.pk: [] for one in rows}
    for event in events.order_by("-done_on", "-id"):
        by_project[event.project_id].append(event)
    shown = []
    for one in rows:
        known = services.resident_of(by_project[one.pk])
        shown.append(
            {
                "row": one,
                "stage": services.STAGES.get(known.stage, known.stage),
                "supports": sum(count for _label, count, _hours in known.supports),
                "space": known.space,
                "assessed": known.assessments[0] if known.assessments else None,
            }
        )
    return shown


def _money(projects: list[int]) -> list[dict[str, Any]]:
    sums = services.money_by_source(projects)
    return [
        {"label": label, "amount": sums[code]}
        for code, label in services.MONEY.items()
        if code in sums
    ]


def _banks(user: Any) -> list[dict[str, Any]]:
    """What is in each bank, by which event it enters and who reads it."""
    is_authority = user.role == "authority_officer"
    return [
        {
            "name": _("需求库"),
            "count": NeedBankEntry.objects.visible_to(user).count(),
            "enters": _("医院社工部主任每季度发布未满足的需求，只有五例以上的合计"),
            "readers": _("本院；所在地区的主管部门"),
            "url": reverse("projects:needs"),
        },
        {
            "name": _("专家库"),
            "count": ExpertProfile.objects.visible_to(user).count() if is_authority else None,
            "enters": _("主管部门聘任专家"),
            "readers": _("聘任的主管部门；专家本人"),
            "url": "",
        },
        {
            "name": _("项目库"),
            "count": ReplicationKit.objects.visible_to(user).published().count(),
            "enters": _("项目通过结项后，单位发布复制包"),
            "readers": _("所有单位和主管部门"),
            "url": reverse("projects:kits"),
        },
        {
            "name": _("资源库"),
            "count": ResourceService.objects.visible_to(user).count(),
            "enters": _("各机构登记并定期核实的服务资源"),
            "readers": _("所有社工"),
            "url": reverse("cases:resources") if user.role in ("worker", "dept_head") else "",
        },
    ]


@BOTH
def assess(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    if one.kind != Project.Kind.INCUBATION:
        raise Http404
    return plain(
        request,
        one,
        may.can_judge_project,
        forms.AssessForm,
        services.resident_assess,
        _("年度评估"),
        draft="projects-assess",
        subject=one.uid,
        initial={"on": timezone.localdate()},
    )


# ── contracts ────────────────────────────────────────────────────────────────


def _contract_or_404(request: HttpRequest, one: Project) -> PurchaseContract:
    rows = PurchaseContract.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(rows, project=one)


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    _visitor(request)
    rows = PurchaseContract.objects.visible_to(request.user).select_related("project")
    page = page_of(request, rows, order=("-id",), size=PAGE)
    payments = services.payments_of([one.project_id for one in page["rows"]])
    paid: dict[int, Any] = {}
    for event in payments:
        if event.done_on and event.amount:
            paid[event.project_id] = paid.get(event.project_id, 0) + event.amount
    page["rows"] = [
        {"row": one, "url": address_of(one.project), "paid": paid.get(one.project_id, 0)}
        for one in page["rows"]
    ]
    return render(request, "projects/contracts.html", page)


@BOTH
def contract_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request,
        one,
        may.can_keep_contract,
        forms.ContractForm,
        services.contract_write,
        _("登记合同"),
        draft="projects-contract",
        subject=one.uid,
        initial={"starts_on": one.starts_on, "ends_on": one.ends_on, "amount": one.approved_amount},
    )


@BOTH
def payment_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    require(may.can_keep_contract, request.user, one)
    return plain(
        request,
        one,
        may.can_keep_contract,
        forms.PaymentForm,
        services.payment_plan,
        _("安排付款"),
        given={"contract": _contract_or_404(request, one)},
    )


@BOTH
def contract_step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    one = project_or_404(request, uid)
    if step not in {arrow.name for arrow in CONTRACT.steps}:
        raise Http404
    require(may.can_keep_contract, request.user, one)
    arrow = CONTRACT.step(step)
    return plain(
        request,
        one,
        may.can_keep_contract,
        StepReasonForm if arrow.needs_reason else StepForm,
        services.contract_step,
        arrow.label,
        given={"contract": _contract_or_404(request, one), "step": step},
    )


# ── the bank of needs ────────────────────────────────────────────────────────


def _quarter_label(first: dt.date) -> str:
    return _("%(year)s 年第 %(n)s 季度") % {"year": first.year, "n": (first.month + 2) // 3}


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """需求库: a hospital's own entries; for the authority the sums of its region."""
    _visitor(request)
    labels = dict(NeedCategory.choices)
    rows = NeedBankEntry.objects.visible_to(request.user)
    sums = (
        rows.values("quarter", "category")
        .annotate(counted=Sum("counted"))
        .order_by("-quarter", "-counted", "category")[:200]
    )
    context = {
        "rows": [
            {
                "quarter": _quarter_label(one["quarter"]),
                "label": labels.get(one["category"], one["category"]),
                "counted": one["counted"],
            }
            for one in sums
        ],
        "may_release": may.can_release_needs(request.user),
        "is_authority": request.user.role == "authority_officer",
    }
    return render(request, "projects/needs.html", context)


@BOTH
def needs_release(request: HttpRequest) -> HttpResponse:
    _visitor(request)
    require(may.can_release_needs, request.user, None)
    quarters = []
    first, _next = services.quarter_of(timezone.localdate())
    for _n in range(4):
        first, _next = services.quarter_of(first - dt.timedelta(days=1))
        quarters.append((first.isoformat(), _quarter_label(first)))
    return fill_in(
        request,
        Filling(
            page=FORM,
            form=forms.NeedsForm,
            form_args={"quarters": quarters},
            service=_release,
            given={},
            to=reverse("projects:needs"),
            done=_("已发布到需求库。"),
            context={
                "heading": _("发布未满足的需求"),
                "back_url": reverse("projects:needs"),
                "lead": _("按需求类别统计本部门个案中评为“未满足”的需求；少于五例的类别不发布。"),
            },
        ),
    )


def _release(*, quarter: str, by: Any) -> int:
    return services.needs_release(quarter=dt.date.fromisoformat(quarter), by=by)
