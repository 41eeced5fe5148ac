"""The plan G1 on the screen, and the steps of a group: each a form with what it needs and no more."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.form_schemas.groups import COLUMNS, G1, G1_ASSOCIATION
from cases.forms.closing import ConfirmForm
from cases.forms.groups import AssociationForm, CommentForm, GroupForm, LeadersForm
from cases.forms.referrals import ReasonForm
from cases.forms.schema_forms import initial_of_payload
from cases.group_permissions import can_plan_group
from cases.models.groups import Group, GroupBudgetLine, GroupSession
from cases.services.groups import course, summing
from cases.services.groups import planning as services
from cases.services.team import colleagues, team_mates
from cases.views.filling import Filling, fill_in
from cases.views.groups.finding import address_of, inside_or_404
from departments.models.mechanisms import Questionnaire
from departments.views.clashes import Current

BOTH = require_http_methods(["GET", "POST"])
KINDS = ("scale", "screen")


def sheets_of(request: HttpRequest) -> Any:
    """The questionnaires of the house that can be asked on the screen."""
    rows = Questionnaire.objects.visible_to(request.user).in_use()
    return rows.filter(kind__in=KINDS, definition__has_key="items").order_by("title")


def _form_args(request: HttpRequest) -> dict[str, Any]:
    sheets = [(one.code, one.title) for one in sheets_of(request).only("code", "title")]
    others = team_mates(by=request.user).exclude(pk=request.user.pk)
    return {"colleagues": others, "sheets": sheets}


@BOTH
def group_new(request: HttpRequest, what: str) -> HttpResponse:
    """The plan of a group, or of a patient association."""
    if not can_plan_group(request.user) or what not in ("group", "association"):
        raise Http404
    is_association = what == "association"
    return fill_in(
        request,
        Filling(
            page="cases/group_edit.html",
            form=AssociationForm if is_association else GroupForm,
            service=services.group_plan,
            given={"is_association": is_association},
            form_args=_form_args(request),
            to=address_of,
            done=_("计划已保存，还没有提交。"),
            draft=f"cases-group_new-{what}",
            context={"heading": _("病友会计划书") if is_association else _("小组计划书")},
        ),
    )


@BOTH
def group_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The draft of a plan, written anew."""
    group = inside_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/group_edit.html",
            form=AssociationForm if group.is_association else GroupForm,
            service=services.group_amend,
            given={"group": group},
            form_args=_form_args(request),
            current=lambda: _current(request, group),
            to=address_of(group),
            done=_("计划已保存。"),
            draft="cases-group_edit",
            subject=group.uid,
            context={"group": group, "heading": _("修改计划")},
        ),
    )


def _current(request: HttpRequest, group: Group) -> Current:
    now = Group.objects.visible_to(request.user).get(pk=group.pk)
    return Current(now.row_version, plan_initial(request, now), at=now.updated_at)


def plan_initial(request: HttpRequest, group: Group) -> dict[str, Any]:
    """The plan as its form shows it: columns, narrative, sessions and budget."""
    payload = {**group.plan, **{name: getattr(group, name) for name in COLUMNS}}
    sessions = GroupSession.objects.visible_to(request.user).filter(group=group).order_by("number")
    payload["sessions"] = [
        {
            name: getattr(one, name)
            for name in ("title", "held_on", "minutes", "aim", "content", "materials", "in_charge")
        }  # fmt: skip
        for one in sessions
    ]
    lines = GroupBudgetLine.objects.visible_to(request.user).filter(group=group).order_by("id")
    payload["budget"] = [
        {"what": one.what, "quantity": one.quantity, "unit_price": one.unit_price} for one in lines
    ]
    initial = initial_of_payload(G1_ASSOCIATION if group.is_association else G1, payload)
    beside = [str(one.user.uid) for one in group.co_leaders.all()]
    return initial | {"scales": group.plan.get("scales", []), "co_leaders": beside}


@BOTH
def leaders(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Another leader, or others beside."""
    group = inside_or_404(request, uid)
    here = colleagues(role="worker", by=request.user, department_id=group.department_id)
    lead = colleagues(role="supervisor", by=request.user, department_id=group.department_id)
    beside = [str(one.user.uid) for one in group.co_leaders.all()]
    return fill_in(
        request,
        Filling(
            page="cases/group_leaders.html",
            form=LeadersForm,
            service=course.group_lead_over,
            given={"group": group},
            form_args={"leaders": here | lead, "colleagues": team_mates(by=request.user)},
            current=lambda: Current(
                group.row_version, {"leader": str(group.leader.uid), "co_leaders": beside}
            ),
            to=address_of(group),
            done=_("带领者已更新。"),
            context={"group": group, "heading": _("更换带领者")},
        ),
    )


def _step(
    request: HttpRequest,
    group: Group,
    service: Callable[..., Any],
    form: Any,
    words: tuple[Any, Any, Any],
) -> HttpResponse:
    heading, lead, done = words
    return fill_in(
        request,
        Filling(
            page="cases/group_step.html",
            form=form,
            service=service,
            given={"group": group},
            to=address_of(group),
            done=done,
            context={"group": group, "heading": heading, "button": heading, "lead": lead},
        ),
    )


@BOTH
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The plan goes to the supervisor."""
    words = (_("提交计划"), _("提交后计划不能再改，等督导或主任批准。"), _("计划已提交。"))
    return _step(request, inside_or_404(request, uid), course.group_submit, ConfirmForm, words)


@BOTH
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The supervisor lets the group begin."""
    words = (_("批准计划"), _("批准后给小组编号，开始招募和筛选组员。"), _("计划已批准。"))
    return _step(request, inside_or_404(request, uid), course.group_approve, CommentForm, words)


@BOTH
def give_back(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The plan goes back to its leader."""
    words = (_("退回计划"), _("写明要补什么，带领者改好再提交。"), _("计划已退回。"))
    return _step(request, inside_or_404(request, uid), course.group_return, ReasonForm, words)


@BOTH
def advance(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """On to the next stage of the work."""
    words = (
        _("进入下一阶段"),
        _("阶段只往前走：筹备、形成、转折、成熟、结束。"),
        _("已进入下一阶段。"),
    )
    return _step(request, inside_or_404(request, uid), course.group_advance, ConfirmForm, words)


@BOTH
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The group does not go on."""
    words = (_("取消小组"), _("已写的记录留着，不能再改。"), _("小组已取消。"))
    return _step(request, inside_or_404(request, uid), course.group_cancel, ReasonForm, words)


@BOTH
def close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The supervisor approves the summary."""
    words = (_("批准总结并结束"), _("结束后全部内容锁定，不能再改。"), _("小组已结束。"))
    return _step(request, inside_or_404(request, uid), summing.group_close, CommentForm, words)


@BOTH
def return_summary(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The summary goes back."""
    words = (_("退回总结"), _("写明要补什么，带领者改好再提交。"), _("总结已退回。"))
    return _step(
        request, inside_or_404(request, uid), summing.group_return_summary, ReasonForm, words
    )
