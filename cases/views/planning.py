"""The service plan: aim, goals bound to needs, the supervisor's word, and what became of each goal."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.form_schemas.planning import LEVELS, PLAN_PARTS
from cases.forms.closing import ConfirmForm
from cases.forms.planning import (
    MAX_ROWS,
    CommentForm,
    GoalForm,
    PlanForm,
    PlanReviewForm,
    RateForm,
    ReturnForm,
    SignPlanForm,
    UnsignedForm,
)
from cases.forms.schema_forms import initial_of_payload
from cases.models.casework import Case
from cases.models.people import Client, RelatedPerson
from cases.models.service_codes import PlanItemKind
from cases.models.work import Goal, Need, Plan, PlanItem
from cases.services import plan_signing
from cases.services import planning as services
from cases.services.guardians import why_guardian
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404, goal_or_404, plan_or_404
from cases.views.sheets import plan_page
from cases.workflow import PlanState
from departments.views.clashes import Current
from msw_portal.kernel.masking import mask_name

BOTH = require_http_methods(["GET", "POST"])


def _needs(request: HttpRequest, case: Case) -> Any:
    return Need.objects.visible_to(request.user).filter(case=case).order_by("rank", "id")


@BOTH
def plan_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """F4 服务计划: the first version or the next one, begun from the version before."""
    case = case_or_404(request, uid)
    plans = Plan.objects.visible_to(request.user).filter(case=case)
    before = plans.newest_first().first()
    needs = _needs(request, case)
    return fill_in(
        request,
        Filling(
            page="cases/plan_new.html",
            form=PlanForm,
            service=services.plan_write,
            given={"case": case},
            form_args={"needs": needs, "words": _words_of(before)},
            current=lambda: _current(plans.newest_first().first()),
            draft="cases-plan",
            subject=case.uid,
            to=lambda plan: reverse("cases:plan", args=[plan.uid]),
            done=_("计划已保存，还没有提交。"),
            context=_plan_words(case, needs, before),
        ),
    )


def _plan_words(case: Case, needs: Any, before: Plan | None) -> dict[str, Any]:
    returned = before.supervisor_comment if _is_draft(before) else ""
    return {"case": case, "needs": needs, "returned": returned, "heading": _("写服务计划")}


def _current(now: Plan | None) -> Current:
    """The newest version, from which the next is written."""
    if now is None:
        return Current(0, {})
    return Current(now.row_version, _from_version(now), at=now.updated_at)


def _is_draft(plan: Plan | None) -> bool:
    return plan is not None and plan.state == PlanState.DRAFT


def _words_of(plan: Plan | None) -> dict[str, str]:
    """What the supervisor wrote on each goal of a version that was given back."""
    if not _is_draft(plan):
        return {}
    return {str(one.uid): one.comment or "" for one in plan.goals.all()}


def _from_version(plan: Plan | None) -> dict[str, Any]:
    """The version before, as the form's initial values."""
    if plan is None:
        return {}
    goals = list(plan.goals.prefetch_related("needs").order_by("rank", "id"))
    initial: dict[str, Any] = {
        "aim": plan.aim,
        "theory": plan.theory,
        "row": [str(n) for n in range(len(goals))],
        **initial_of_payload(PLAN_PARTS, _parts(plan)),
    }
    if plan.review_due_on >= timezone.localdate():
        initial["review_due_on"] = plan.review_due_on
    for row, goal in enumerate(goals):
        facts = {
            name: getattr(goal, name)
            for name in ("statement", "indicator", "baseline", "target", "due_on", "weight")
        }
        first = next(iter(goal.needs.all()), None)
        facts["weight"] = f"{goal.weight.normalize():f}"
        facts |= {"need": first.uid if first else None, "was": str(goal.uid)}
        facts |= {name: goal.gas_levels.get(level, "") for name, level in LEVELS.items()}
        initial |= {f"goal{row}-{name}": value for name, value in facts.items()}
    return initial


def _parts(plan: Plan) -> dict[str, Any]:
    """Tasks, packages and arrangements as the form's rows."""
    rows: dict[str, list[dict[str, Any]]] = {"tasks": [], "packages": []}
    for item in plan.items.select_related("goal").order_by("id"):
        names = ("what", "who", "starts_on", "ends_on", "frequency", "place", "cost", "payer")
        row = {name: getattr(item, name) for name in names}
        row |= {"state": item.state, "goal": item.goal.rank if item.goal else None}
        rows["tasks" if item.kind == PlanItemKind.TASK else "packages"].append(row)
    return rows | (plan.details or {})


@require_GET
def goal_row(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One more empty row; its number follows the highest the page has."""
    case = case_or_404(request, uid)
    rows = [
        int(row)
        for row in request.GET.getlist("row")
        if row.isascii() and row.isdigit() and len(row) < 4
    ]
    number = min(max(rows, default=-1) + 1, 999)
    form = GoalForm(
        prefix=f"goal{number}", needs=_needs(request, case), use_required_attribute=False
    )
    context = {"case": case, "row": form, "number": number, "is_full": len(rows) + 1 >= MAX_ROWS}
    return render(request, "cases/_goal_row.html", context)


@require_GET
def plan(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One version of the plan, with what may be done with it."""
    return render(request, "cases/plan.html", plan_page(request.user, plan_or_404(request, uid)))


def _step(request: HttpRequest, uid: uuid.UUID, **sheet: Any) -> HttpResponse:
    one = plan_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/plan_step.html",
            given={"plan": one},
            to=address_of(one.case, "plan"),
            context=plan_page(request.user, one)
            | sheet.pop("more", {})
            | {"heading": sheet.pop("heading"), "button": sheet.pop("button")},
            **sheet,
        ),
    )


@BOTH
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """From the worker to the supervisor."""
    return _step(
        request,
        uid,
        form=ConfirmForm,
        service=services.plan_submit,
        heading=_("提交服务计划"),
        button=_("提交督导审核"),
        done=_("计划已提交督导。"),
    )


@BOTH
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The supervisor signs; never the author."""
    return _step(
        request,
        uid,
        form=CommentForm,
        form_args=_goals_of(request, uid),
        service=services.plan_approve,
        heading=_("审核服务计划"),
        button=_("批准"),
        done=_("计划已批准。"),
    )


@BOTH
def give_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Back to the author, with what to change."""
    return _step(
        request,
        uid,
        form=ReturnForm,
        form_args=_goals_of(request, uid),
        service=services.plan_return,
        heading=_("退回服务计划"),
        button=_("退回修改"),
        done=_("计划已退回。"),
    )


def _goals_of(request: HttpRequest, uid: uuid.UUID) -> dict[str, Any]:
    """The goals a supervisor comments, in their order."""
    rows = Goal.objects.visible_to(request.user).filter(plan__uid=uid)
    return {"goals": list(rows.order_by("rank", "id"))}


@BOTH
def sign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The client agrees to this version, on screen or on paper."""
    guardian = _guardian_for(request, plan_or_404(request, uid).case.client)
    return _step(
        request,
        uid,
        form=SignPlanForm,
        initial={"signer_relation": guardian["relation"] if guardian else ""},
        more={"guardian": guardian},
        service=plan_signing.plan_sign,
        heading=_("服务对象签署计划"),
        button=_("登记签名"),
        done=_("签名已登记。"),
    )


def _guardian_for(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """Why a guardian signs for this person and which are registered; None when the person signs alone."""
    rows = RelatedPerson.objects.visible_to(request.user).filter(
        client__root_id=client.root_id, is_guardian=True
    )
    known = list(rows.order_by("id"))
    rule = why_guardian(client, known, timezone.localdate())
    if not rule:
        return None
    who = "、".join(f"{mask_name(one.name)}（{one.get_relation_display()}）" for one in known)
    why = _("这份计划由已登记的监护人签署：%(who)s。") % {"who": who}
    return {
        "rule": rule,
        "why": why if known else _("这份计划由监护人签署，还没有登记监护人。"),
        "known": known,
        "relation": known[0].relation if len(known) == 1 else "",
    }


@BOTH
def unsigned(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The client does not want to sign, or cannot."""
    return _step(
        request,
        uid,
        form=UnsignedForm,
        service=plan_signing.plan_go_unsigned,
        heading=_("服务对象没有签署"),
        button=_("登记理由"),
        done=_("理由已登记。"),
    )


@BOTH
def review(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The approved plan is looked at again on its day."""
    return _step(
        request,
        uid,
        form=PlanReviewForm,
        form_args={"items": _open_items(request, uid)},
        service=plan_signing.plan_review,
        heading=_("检视服务计划"),
        button=_("登记检视"),
        done=_("检视已登记，下次检视到期会提醒。"),
    )


def _open_items(request: HttpRequest, uid: uuid.UUID) -> list[PlanItem]:
    """The tasks and packages whose state a review may set."""
    rows = PlanItem.objects.visible_to(request.user).filter(plan__uid=uid)
    return list(rows.order_by("-kind", "id"))


@BOTH
def start(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The plan is carried out from here."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/case_confirm.html",
            form=ConfirmForm,
            service=services.case_start,
            given={"case": case},
            to=address_of(case),
            done=_("已进入介入阶段。"),
            context={
                "case": case,
                "heading": _("开始介入"),
                "button": _("开始介入"),
                "lead": _("进入介入后，按计划提供服务；每次接触 24 小时内写过程记录。"),
            },
        ),
    )


@BOTH
def rate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Goal Attainment Scaling of one goal."""
    goal = goal_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/goal_rate.html",
            form=RateForm,
            service=services.goal_rate,
            given={"goal": goal},
            initial={"gas": goal.gas},
            to=f"{address_of(goal.case)}#goals",
            done=_("已评级。"),
            context={"case": goal.case, "goal": goal, "heading": _("给目标评级")},
        ),
    )
