"""Supervision and courses: the list, one event, arranging, recording, signing, figures."""

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import staff_permissions as may
from departments.forms.learning import (
    LearningPlanForm,
    LearningRecordForm,
    ListForm,
    ReflectionForm,
    plan_values,
    record_values,
)
from departments.forms.people import ReasonForm
from departments.models.learning import (
    SUPERVISED,
    LearningAttendance,
    LearningEvent,
    LearningFunction,
    LearningKind,
)
from departments.models.mechanisms import Document
from departments.models.people import Role, User
from departments.services import learning as planning
from departments.services import learning_record as recording
from departments.services.desk import address
from departments.services.learning_figures import figures_of, instants, month_after
from departments.services.learning_page import actions_of
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.access import require
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
ROLES = LearningAttendance.Role
NEW_WORDS = {
    LearningKind.SUPERVISION: _("安排督导"),
    LearningKind.COACHING: _("安排一对一辅导"),
    LearningKind.TRAINING: _("安排主题培训"),
    LearningKind.WORKSHOP: _("安排工作坊"),
    LearningKind.SIMULATION: _("安排虚拟仿真"),
}


@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """Supervisions, or courses, newest first; of one month and one person where the address says so."""
    user = request.user
    require(may.can_list_courses, user, None)
    asked = ListForm(request.GET).asked()
    visits = not may.can_list_learning(user)
    asked["is_courses"] = asked["is_courses"] or visits
    rows = LearningEvent.objects.visible_to(user).select_related("leader", "provider")
    rows = rows.courses() if asked["is_courses"] else rows.supervised()
    rows = _narrowed(rows, asked).with_people()
    found = page_of(request, rows, order=("-starts_at", "-id"), size=PAGE)
    mine = LearningAttendance.objects.visible_to(user).filter(user_id=user.pk)
    own = {row.event_id: row for row in mine.filter(event__in=[one.pk for one in found["rows"]])}
    context = found | {
        "rows": [(one, own.get(one.pk)) for one in found["rows"]],
        "asked": asked,
        "visits": visits,
        "is_narrowed": bool(asked["month"] or asked["person"]),
        "tab": "courses" if asked["is_courses"] else "supervision",
        "new": _kinds_for(request, asked["is_courses"]),
        "may_see_figures": may.can_view_learning_figures(user),
    }
    return render(request, "departments/learning/list.html", context)


def _narrowed(rows: Any, asked: dict[str, Any]) -> Any:
    """Of one month, and of one person."""
    if asked["month"]:
        first, after = instants(asked["month"])
        rows = rows.filter(starts_at__gte=first, starts_at__lt=after)
    return rows.of_person(asked["person"]) if asked["person"] else rows


def _kinds_for(request: HttpRequest, is_courses: bool) -> list[tuple[str, Any]]:
    if not may.can_plan_learning(request.user):
        return []
    kinds = [one for one in LearningKind if (one not in SUPERVISED) == is_courses]
    if request.user.role == Role.WORKER:
        kinds = [] if is_courses else [LearningKind.SUPERVISION]
    return [(kind, NEW_WORDS[kind]) for kind in kinds]


def _usual(request: HttpRequest, kind: str) -> dict[str, str]:
    """Tomorrow afternoon, led by oneself unless one is the head."""
    soon = timezone.localtime() + dt.timedelta(days=1)
    usual = {
        "starts_at": f"{soon:%Y-%m-%d}T14:00",
        "hours": "1.0" if kind in SUPERVISED else "3.0",
        "manner": planning.FORMS_OF[kind][0],
    }
    return (
        usual if request.user.role == Role.DEPT_HEAD else usual | {"leader": str(request.user.uid)}
    )


@BOTH
def learning_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Arrange one of a kind."""
    require(may.can_plan_learning, request.user, None)
    if kind not in NEW_WORDS:
        raise Http404
    return fill_in(
        request,
        Filling(
            page="departments/learning/plan.html",
            form=LearningPlanForm,
            form_args={"kind": kind, "by": request.user},
            service=planning.learning_plan,
            given={"kind": kind},
            to=_address,
            done=_("已安排，名单上的人会收到通知。"),
            initial=_usual(request, kind),
            draft=f"departments-learning-{kind}",
            context=_frame(NEW_WORDS[kind], kind in SUPERVISED),
        ),
    )


@BOTH
def learning_change(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    event = _event(request, uid)
    require(may.can_keep_learning, request.user, event)
    return fill_in(
        request,
        Filling(
            page="departments/learning/plan.html",
            form=LearningPlanForm,
            form_args={"kind": event.kind, "by": request.user},
            service=planning.learning_change,
            given={"event": event},
            to=_address(event),
            done=_("已保存。"),
            draft="departments-learning_change",
            subject=event.uid,
            current=lambda: _plan_now(request, uid),
            context=_frame(_("修改安排"), event.is_supervised, event),
        ),
    )


def _plan_now(request: HttpRequest, uid: uuid.UUID) -> Current:
    event = _event(request, uid)
    listed = event.attendances.filter(role=ROLES.ATTENDEE, user__isnull=False)
    uids = [str(one) for one in listed.order_by("pk").values_list("user__uid", flat=True)]
    return Current(event.row_version, plan_values(event, uids), at=event.updated_at)


@BOTH
def learning_hold(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Record what took place."""
    event = _event(request, uid)
    require(may.can_keep_learning, request.user, event)
    return fill_in(
        request,
        Filling(
            page="departments/learning/record.html",
            form=LearningRecordForm,
            form_args={"event": event, "by": request.user},
            service=recording.learning_hold,
            given={"event": event},
            to=_address(event),
            done=_("已记录，等各人签署。") if event.is_supervised else _("已记录，请签署。"),
            draft="departments-learning_record",
            subject=event.uid,
            current=lambda: _record_now(request, uid),
            context=_frame(_("写记录"), event.is_supervised, event),
        ),
    )


def _record_now(request: HttpRequest, uid: uuid.UUID) -> Current:
    event = _event(request, uid)
    rows = list(event.attendances.filter(role=ROLES.ATTENDEE).order_by("pk"))
    return Current(event.row_version, record_values(event, rows), at=event.updated_at)


@require_safe
def learning_event(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One event: who, when, what came of it, whose signature is missing."""
    event = _event(request, uid)
    return render(request, "departments/learning/event.html", _shown(request, event))


def _shown(
    request: HttpRequest,
    event: LearningEvent,
    *,
    signing: CommandForm | None = None,
    plain: CommandForm | None = None,
) -> dict[str, Any]:
    user = request.user
    visits = not may.can_list_learning(user)
    listed = event.attendances.filter(user_id=user.pk) if visits else event.attendances
    rows = list(listed.select_related("user", "staff").order_by("role", "pk"))
    for row in rows:
        row.event = event
    mine = next((row for row in rows if row.user_id == user.pk), None)
    may_keep = may.can_keep_learning(user, event)
    missing = recording.unsigned(event) if event.state == "held" else []
    to_sign = (row for row in missing if may.can_sign_learning(user, row))
    return {
        "event": event,
        "visits": visits,
        "functions": [LearningFunction(one).label for one in event.functions],
        "leaders": [row for row in rows if row.role == ROLES.LEADER],
        "people": [
            (row, may_keep or row.user_id == user.pk, may.can_issue_certificate(user, row))
            for row in rows
            if row.role == ROLES.ATTENDEE
        ],
        "mine": mine,
        "to_sign": next(to_sign, None),
        "signing": signing or ReflectionForm(),
        "plain": plain or CommandForm(),
        "missing": missing,
        "actions": actions_of(event, user),
        **_rights(user, event, rows, mine),
        "materials": Document.objects.visible_to(user).of(event).order_by("-pk"),
        "cases_url": address("cases:supervision_cases", event.uid) if event.is_supervised else "",
        "print_url": address("cases:supervision_print", event.uid)
        if event.is_supervised and event.state != "planned"
        else "",
        "tab": "supervision" if event.is_supervised else "courses",
        "may_see_figures": may.can_view_learning_figures(user),
    }


def _rights(
    user: User,
    event: LearningEvent,
    rows: list[LearningAttendance],
    mine: LearningAttendance | None,
) -> dict[str, bool]:
    """Which of the page's steps stand open: each asks the rule and the state."""
    may_keep, is_planned = may.can_keep_learning(user, event), event.state == "planned"
    is_unsigned = event.state == "held" and not any(row.signed_at for row in rows)
    may_come = is_planned and may.can_join_learning(user, event)
    return {
        "may_read": may.can_read_learning(user, event, mine),
        "may_keep": may_keep,
        "may_change": may_keep and is_planned,
        "may_record": may_keep
        and (is_planned or is_unsigned)
        and event.starts_at <= timezone.now(),
        "may_join": may_come and mine is None,
        "may_leave": may_come and mine is not None and mine.role == ROLES.ATTENDEE,
    }


@BOTH
def learning_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    event = _event(request, uid)
    require(may.can_keep_learning, request.user, event)
    return fill_in(
        request,
        Filling(
            page="departments/form_page.html",
            form=ReasonForm,
            service=planning.learning_cancel,
            given={"event": event},
            to=_address(event),
            done=_("已取消，名单上的人会收到通知。"),
            context=_frame(_("取消安排"), event.is_supervised, event)
            | {"tone": "danger", "button": _("取消这次安排")},
        ),
    )


@require_POST
def learning_sign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Sign one's own part; `uid` is the attendance's."""
    rows = LearningAttendance.objects.visible_to(request.user)
    rows = rows.select_related("event__leader", "event__provider", "user", "staff")
    row = get_object_or_404(rows, uid=uid)
    is_leader = row.role == ROLES.LEADER
    form = CommandForm(request.POST) if is_leader else ReflectionForm(request.POST)
    ok = form.command(recording.learning_sign, attendance=row, by=request.user)
    event = _event(request, row.event.uid)
    given = {"plain": form} if is_leader else {"signing": form}
    context = {} if ok else _shown(request, event, **given)
    to, page = _address(event), "departments/learning/event.html"
    return answer(request, page, context, ok=ok, to=to, done=str(_("已签署。")))


def _simple(request: HttpRequest, event: LearningEvent, service: Any, done: Any, **given: Any):
    form = CommandForm(request.POST)
    ok = form.command(service, event=event, by=request.user, **given)
    context = {} if ok else _shown(request, event, plain=form)
    to, page = _address(event), "departments/learning/event.html"
    return answer(request, page, context, ok=ok, to=to, done=str(done))


@require_POST
def learning_join(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    event = _event(request, uid)
    return _simple(request, event, planning.learning_join, _("已报名。"))


@require_POST
def learning_leave(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    event = _event(request, uid)
    return _simple(request, event, planning.learning_leave, _("已退出。"))


@require_POST
def learning_action_done(request: HttpRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    event = _event(request, uid)
    return _simple(request, event, recording.learning_action_done, _("已完成。"), key=key)


@require_safe
def learning_figures(request: HttpRequest) -> HttpResponse:
    """Hours given and received by person, of one month; each number leads to its rows."""
    month = ListForm(request.GET).asked()["month"] or timezone.localdate().replace(day=1)
    figures = figures_of(month, by=request.user)
    earlier = (month - dt.timedelta(days=1)).replace(day=1)
    later = month_after(month)
    context = {
        "figures": figures,
        "month": month,
        "earlier": f"?month={earlier:%Y-%m}",
        "later": f"?month={later:%Y-%m}" if later <= timezone.localdate() else "",
        "tab": "figures",
        "may_see_figures": True,
    }
    return render(request, "departments/learning/figures.html", context)


def _event(request: HttpRequest, uid: uuid.UUID) -> LearningEvent:
    rows = LearningEvent.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("leader", "provider", "department"), uid=uid)


def _address(event: LearningEvent) -> str:
    return reverse("departments:learning_event", args=[event.uid])


def _frame(heading: Any, is_supervised: bool, event: LearningEvent | None = None) -> dict[str, Any]:
    home = reverse("departments:learning")
    crumbs = (
        [(home, pgettext_lazy("learning", "督导"))]
        if is_supervised
        else [(f"{home}?show=courses", _("培训"))]
    )
    if event is not None:
        crumbs.append((_address(event), event.theme))
    return {"heading": heading, "crumbs": crumbs, "cancel": crumbs[-1][0], "event": event}
