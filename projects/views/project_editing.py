"""Entering, planning and moving a project: one form page per command."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.access import require
from projects.forms import cultivation as forms
from projects.models.cultivation import BudgetLine, Project, ProjectIndicator
from projects.permissions import cultivation as may
from projects.services import cultivation as services
from projects.services import cultivation_plan as plans
from projects.services.cultivation_choices import leaders_of, partners_for, units_for
from projects.services.cultivation_papers import certificate_paper
from projects.services.cultivation_reports import measure_write
from projects.services.taxonomies import taxonomies
from projects.views.project_finding import address_of, around, lister_or_404, project_or_404
from projects.views.project_parts import OWN_PAGES
from projects.workflow.cultivation import PROJECT

BOTH = require_http_methods(["GET", "POST"])
FORM = "projects/form.html"
LEADS = {
    "start": _("开始后按时间进度和报告计算进度灯。"),
    "request_closing": _("先交结项报告；申请后由主管单位评审。"),
    "admit": _("入驻后开始计入在孵机构。"),
}


def _entering(request: HttpRequest) -> dict[str, Any]:
    programmes = Project.objects.visible_to(request.user).filter(kind=Project.Kind.PROGRAMME)
    return {
        "units": units_for(request.user),
        "partners": partners_for(request.user),
        "programmes": programmes.order_by("-id"),
        "lists": taxonomies(get_language() or "zh-hans"),
    }


@BOTH
def enter(request: HttpRequest) -> HttpResponse:
    lister_or_404(request)
    require(may.can_open_project, request.user, None)
    return fill_in(
        request,
        Filling(
            page=FORM,
            form=forms.EnterForm,
            form_args=_entering(request),
            service=services.project_enter,
            given={},
            to=address_of,
            done=_("项目已登记。"),
            draft="projects-enter",
            context={
                "heading": _("登记项目"),
                "back_url": reverse("projects:list"),
                "lead": _("没有经过征集的项目：社工站、购买服务、孵化入驻、多站点计划及其站点。"),
            },
        ),
    )


@BOTH
def entrust(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    require(may.can_judge_project, request.user, one)
    return fill_in(
        request,
        Filling(
            page=FORM,
            form=forms.EntrustForm,
            form_args={"partners": partners_for(request.user)},
            service=services.project_entrust,
            given={"project": one},
            to=address_of(one),
            initial={"partner": one.partner.uid if one.partner else ""},
            done=_("已保存。"),
            context=around(
                one,
                _("委托培育支持机构"),
                lead=_("受托机构能看到这个项目，并登记培训、督导和资源链接；看不到其他项目。"),
            ),
        ),
    )


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = project_or_404(request, uid)
    values = {
        "leader": now.leader.uid if now.leader else "",
        "target_group": now.target_group,
        "summary": now.summary,
    }
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def amend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    require(may.can_lead_project, request.user, one)
    return fill_in(
        request,
        Filling(
            page=FORM,
            form=forms.AmendForm,
            form_args={"leaders": leaders_of(one)},
            service=services.project_amend,
            given={"project": one},
            to=address_of(one),
            done=_("已保存。"),
            draft="projects-amend",
            subject=one.uid,
            current=lambda: _current(request, uid),
            context=around(one, _("修改项目资料")),
        ),
    )


def plain(
    request: HttpRequest,
    one: Project,
    rule: Any,
    form: Any,
    service: Any,
    heading: Any,
    **more: Any,
) -> HttpResponse:
    """A form page of one command on the project, for who may run it; others are refused before it is shown."""
    require(rule, request.user, one)
    context = around(one, heading, lead=more.pop("lead", ""), is_harsh=more.pop("is_harsh", False))
    usual = {"given": {"project": one}, "to": address_of(one), "done": _("已保存。")}
    return fill_in(
        request,
        Filling(page=FORM, form=form, service=service, context=context, **{**usual, **more}),
    )


@BOTH
def indicator_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request,
        one,
        may.can_plan_project,
        forms.IndicatorForm,
        plans.indicator_add,
        _("添加指标"),
        draft="projects-indicator",
        subject=one.uid,
    )


@BOTH
def budget_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request,
        one,
        may.can_plan_project,
        forms.BudgetForm,
        plans.budget_add,
        _("添加预算"),
        draft="projects-budget",
        subject=one.uid,
    )


@BOTH
def spend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """`uid` is the line's."""
    rows = BudgetLine.objects.visible_to(request.user).filter(project__isnull=False)
    line = get_object_or_404(rows.select_related("project"), uid=uid)
    return plain(
        request,
        line.project,
        may.can_keep_project,
        forms.SpendForm,
        plans.spending_write,
        _("登记支出"),
        given={"line": line},
        initial={"spent": line.spent},
        lead=_("%(line)s，预算 %(amount)s 元") % {"line": line.line, "amount": f"{line.amount:,}"},
    )


@BOTH
def measure(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """`uid` is the indicator's."""
    rows = ProjectIndicator.objects.visible_to(request.user).filter(
        project__isnull=False, is_before_after=True
    )
    one = get_object_or_404(rows.select_related("project"), uid=uid)
    known = {value.period: value.actual for value in one.values.all()}
    return plain(
        request,
        one.project,
        may.can_keep_project,
        forms.MeasureForm,
        measure_write,
        one.name,
        given={"indicator": one},
        initial={"before": known.get("before", one.baseline), "after": known.get("after")},
        lead=_("单位：%(unit)s，目标 %(target)s")
        % {"unit": one.unit, "target": f"{one.target.normalize():f}"},
    )


@BOTH
def step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    """One arrow, with its reason where it asks for one."""
    one = project_or_404(request, uid)
    names = {arrow.name for arrow in PROJECT.steps} - set(OWN_PAGES)
    if step not in names:
        raise Http404
    arrow = PROJECT.step(step)
    return plain(
        request,
        one,
        may.can_lead_project if step in services.UNIT_STEPS else may.can_judge_project,
        forms.StepReasonForm if arrow.needs_reason else forms.StepForm,
        services.project_step,
        arrow.label,
        given={"project": one, "step": step},
        lead=LEADS.get(step, ""),
    )


@BOTH
def extend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request, one, may.can_judge_project, forms.ExtendForm, services.project_extend, _("延期")
    )


@BOTH
def check(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request,
        one,
        may.can_judge_project,
        forms.CheckForm,
        services.project_check,
        _("中期检查"),
        initial={"on": timezone.localdate()},
    )


@BOTH
def closing(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request, one, may.can_judge_project, forms.PassForm, services.project_pass, _("结项评审")
    )


@require_safe
def certificate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The certificate of a project that passed, as PDF."""
    one = project_or_404(request, uid)
    if not one.closing.get("certificate") or may.can_support_project(request.user, one):
        raise Http404
    answer = HttpResponse(certificate_paper(one), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{one.closing["certificate"]}.pdf"'
    return answer
