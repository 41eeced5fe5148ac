"""Actions: the whole list by its day, one action, done or not to be done."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from projects.forms.surveys import ActionForm, FinishForm, ReasonForm
from projects.models.registers import RegisterEntry
from projects.models.surveys import ActionItem, Survey, SurveyAdvice
from projects.permissions.registers import can_end_action, can_plan_action
from projects.querysets.registers import STUDY_ROLES
from projects.services import survey_actions as services
from projects.views.surveys import BOTH, PAGE
from projects.workflow.surveys import ActionState


def _action_or_404(request: HttpRequest, uid: uuid.UUID) -> ActionItem:
    rows = ActionItem.objects.visible_to(request.user)
    related = ("survey", "advice", "entry", "owner")
    return get_object_or_404(rows.select_related(*related), uid=uid)


def _to(action: ActionItem) -> str:
    return reverse("surveys:action", args=[action.uid])


@require_safe
def actions(request: HttpRequest) -> HttpResponse:
    """What was promised, the nearest day first."""
    if request.user.role not in STUDY_ROLES:
        raise Http404
    state = request.GET.get("state", ActionState.OPEN)
    rows = ActionItem.objects.visible_to(request.user).select_related("owner", "survey", "entry")
    if state in ActionState.values:
        rows = rows.filter(state=state)
    if request.GET.get("mine"):
        rows = rows.filter(owner=request.user)
    context = {
        **page_of(request, rows, order=("due_on", "id"), size=PAGE),
        "tabs": [
            {"label": label, "url": f"?state={key}", "is_now": key == state}
            for key, label in ActionState.choices
        ],
        "may_add": can_plan_action(request.user, None),
        "is_mine": bool(request.GET.get("mine")),
        "state": state,
    }
    return render(request, "surveys/actions.html", context)


@require_safe
def action(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _action_or_404(request, uid)
    return render(request, "surveys/action.html", _page(request, one, FinishForm()))


def _page(request: HttpRequest, one: ActionItem, form: Any) -> dict[str, Any]:
    is_open = one.state == ActionState.OPEN
    may_plan = can_plan_action(request.user, one)
    return {
        "action": one,
        "form": form,
        "reason_form": ReasonForm(),
        "may_end": is_open and can_end_action(request.user, one),
        "may_change": is_open and may_plan,
        "may_reopen": not is_open and may_plan,
    }


def _found(request: HttpRequest, model: Any, name: str) -> Any:
    """What the action is for, named in the address; None for nothing or something unseen."""
    try:
        uid = uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
    return model.objects.visible_to(request.user).filter(uid=uid).first()


def _reasons(request: HttpRequest) -> dict[str, Any]:
    return {
        "survey": _found(request, Survey, "survey"),
        "advice": _found(request, SurveyAdvice, "advice"),
        "entry": _found(request, RegisterEntry, "entry"),
    }


@BOTH
def action_new(request: HttpRequest) -> HttpResponse:
    """A new promise, for a study, one of its recommendations or an entry of a register."""
    if not can_plan_action(request.user, None):
        raise Http404
    given = _reasons(request)
    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=ActionForm,
            form_args={"owners": services.owners_for(request.user)},
            service=services.action_add,
            given=given,
            draft="projects-action",
            to=_to,
            done=_("已写进行动计划。"),
            context={
                "heading": _("新的行动"),
                "back": reverse("surveys:actions"),
                "for_what": given["advice"] or given["survey"] or given["entry"],
            },
        ),
    )


@BOTH
def action_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _action_or_404(request, uid)
    if not can_plan_action(request.user, one):
        raise Http404

    def current() -> Current:
        now = _action_or_404(request, uid)
        values = {name: getattr(now, name) for name in services.PARTS}
        return Current(now.row_version, values, at=now.updated_at)

    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=ActionForm,
            form_args={"owners": services.owners_for(request.user)},
            service=services.action_change,
            given={"action": one},
            current=current,
            draft="projects-action_edit",
            subject=one.uid,
            to=_to(one),
            done=_("已保存。"),
            context={"heading": _("修改行动"), "back": _to(one)},
        ),
    )


def _step(request: HttpRequest, uid: uuid.UUID, service: Any, form: Any, done: Any) -> HttpResponse:
    one = _action_or_404(request, uid)
    ok = form.command(service, action=one, by=request.user)
    context = _page(request, _action_or_404(request, uid), form)
    return answer(request, "surveys/action.html", context, ok=ok, to=_to(one), done=str(done))


@require_POST
def action_finish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _action_or_404(request, uid)
    if not can_end_action(request.user, one):
        raise Http404
    return _step(request, uid, services.action_finish, FinishForm(request.POST), _("已完成。"))


@require_POST
def action_drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    if not can_plan_action(request.user, _action_or_404(request, uid)):
        raise Http404
    form = ReasonForm(request.POST)
    return _step(request, uid, services.action_drop, form, _("已记下不再做。"))


@require_POST
def action_reopen(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    if not can_plan_action(request.user, _action_or_404(request, uid)):
        raise Http404
    form = CommandForm(request.POST)
    return _step(request, uid, services.action_reopen, form, _("已重新打开。"))
