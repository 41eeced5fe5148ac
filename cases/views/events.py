"""Community work: the year's activities, each from plan over sign-in and record to summary."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.door_permissions import can_amend_activity, can_record_activity
from cases.form_schemas.groups import EVENT_PLAN, EVENT_RECORD, EVENT_SUMMARY
from cases.forms.events import (
    EventForm,
    EventListForm,
    EventRecordForm,
    EventSummaryForm,
    SignInForm,
)
from cases.forms.referrals import ReasonForm
from cases.forms.schema_forms import initial_of_payload
from cases.group_workflow import EventState, MemberState
from cases.models.activities import Activity, SignIn
from cases.models.group_codes import EventKind
from cases.models.groups import Group, GroupMember
from cases.services import events as services
from cases.services.groups.figures import signed_in
from cases.services.satisfaction import given_for, takes_answers
from cases.views.filling import Filling, fill_in
from cases.views.groups.listing import work_tabs
from cases.views.groups.page import shown_in
from departments.models.organizations import Department
from departments.services.history import history_lines
from departments.views.clashes import Current
from msw_portal.kernel import keyset

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
ORDER = ("-occurred_on", "-id")
WARDS = ("ward", "clinical")
COUNTED = (EventState.HELD, EventState.SUMMARIZED)


def _url(activity: Activity) -> str:
    return reverse("cases:event", args=[activity.uid])


def event_or_404(request: HttpRequest, uid: uuid.UUID) -> Activity:
    """An activity that was planned; work that was only written down has no plan to open."""
    rows = Activity.objects.visible_to(request.user).exclude(event="")
    joins = ("ward", "department", "group", "created_by", "organization")
    return get_object_or_404(rows.select_related(*joins), uid=uid)


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """One year of the department's activities, newest first; sums are of what was held."""
    asked = EventListForm(request.GET).asked()
    rows = _narrow(request, asked)
    page = _page(request, rows.select_related("created_by", "ward", "group"))
    sums = {"n": Count("pk"), "persons": Sum("persons"), "person_times": Sum("person_times")}
    context = {
        "rows": page.rows,
        "asked": asked,
        "tabs": work_tabs("events"),
        "total": rows.filter(state__in=COUNTED).order_by().aggregate(**sums),
        "chosen": EventKind(asked["event"]).label if asked["event"] else "",
        "all_kinds": [(label, _list_url(asked, event=code)) for code, label in EventKind.choices],
        "without_kind": _list_url(asked, event=""),
        "earlier": _list_url(asked, year=asked["year"] - 1),
        "later": _list_url(asked, year=asked["year"] + 1),
        "can_plan": can_record_activity(request.user),
        "before_url": _list_url(asked, before=page.previous) if page.previous else "",
        "after_url": _list_url(asked, after=page.next) if page.next else "",
    }
    return render(request, "cases/events.html", context)


def _narrow(request: HttpRequest, asked: dict[str, Any]) -> Any:
    rows = Activity.objects.visible_to(request.user).exclude(event="")
    rows = rows.filter(
        department_id=request.user.acting.department_id, occurred_on__year=asked["year"]
    )
    return rows.filter(event=asked["event"]) if asked["event"] else rows


def _page(request: HttpRequest, rows: Any) -> keyset.Page:
    after, before = request.GET.get("after"), request.GET.get("before")
    try:
        return keyset.page(rows, order=ORDER, after=after, before=before, size=PAGE)
    except keyset.BadCursor:
        return keyset.page(rows, order=ORDER, size=PAGE)


def _list_url(asked: dict[str, Any], **more: Any) -> str:
    kept = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{reverse('cases:events')}?{urlencode(kept)}"


def _form_args(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    wards = Department.objects.visible_to(user).filter(
        organization_id=user.house_id, kind__in=WARDS, ended_on__isnull=True
    )
    associations = Group.objects.visible_to(user).running().filter(is_association=True)
    return {"wards": wards.order_by("name"), "associations": associations.order_by("name")}


@BOTH
def event_new(request: HttpRequest) -> HttpResponse:
    """The plan of an activity; `?group=` chooses the association that meets."""
    if not can_record_activity(request.user):
        raise Http404
    group = request.GET.get("group", "")
    initial = {"group": group, "event": EventKind.ASSOCIATION} if group else {}
    return fill_in(
        request,
        Filling(
            page="cases/event_edit.html",
            form=EventForm,
            service=services.event_plan,
            given={},
            form_args=_form_args(request),
            initial=initial,
            to=_url,
            done=_("活动计划已保存。"),
            draft="cases-event",
            context={"heading": _("活动计划书")},
        ),
    )


@require_GET
def event(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One activity: plan, sign-in sheet, record, summary, and what may be done next."""
    one, user = event_or_404(request, uid), request.user
    sheet = SignIn.objects.visible_to(user).filter(activity=one)
    keeps, today = can_amend_activity(user, one), timezone.localdate()
    is_planned = one.state == EventState.PLANNED
    context = {
        "activity": one,
        "plan": shown_in(EVENT_PLAN, one.plan or {}),
        "budget": (one.plan or {}).get("budget", []),
        "record": shown_in(EVENT_RECORD, {**(one.summary or {}), "content": one.record}),
        "summary": shown_in(EVENT_SUMMARY, one.summary or {}),
        "sheet": sheet.select_related("member__client__root").order_by("id"),
        "signed": signed_in(one),
        "can": {
            "edit": keeps and is_planned,
            "sign": can_record_activity(user) and is_planned and one.occurred_on <= today,
            "record": keeps and is_planned and one.occurred_on <= today,
            "summarize": keeps and one.state == EventState.HELD,
            "cancel": keeps and is_planned,
            "ask": keeps and takes_answers(one),
        },
        "given": given_for(one),
        "history": history_lines(one, 30),
    }
    return render(request, "cases/event.html", context)


def _about(
    request: HttpRequest,
    uid: uuid.UUID,
    *,
    page: str,
    form: Any,
    service: Callable[..., Any],
    words: tuple[Any, Any],
    values: Callable[[Activity], dict[str, Any]] | None = None,
    draft: str = "",
    form_args: dict[str, Any] | None = None,
    to: str = "",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    one = event_or_404(request, uid)

    def current() -> Current:
        now = event_or_404(request, uid)
        return Current(now.row_version, values(now) if values else {}, at=now.updated_at)

    heading, done = words
    return fill_in(
        request,
        Filling(
            page=page,
            form=form,
            service=service,
            given={"activity": one},
            form_args=form_args or {},
            current=current if values else None,
            to=to or _url(one),
            done=done,
            draft=draft,
            subject=one.uid if draft else None,
            context={"activity": one, "heading": heading, "button": heading, **(more or {})},
        ),
    )


def _plan_values(one: Activity) -> dict[str, Any]:
    at = timezone.localtime(one.starts_at) if one.starts_at else None
    return initial_of_payload(EVENT_PLAN, one.plan or {}) | {
        "event": one.event,
        "topic": one.topic,
        "occurred_on": one.occurred_on,
        "starts_at": f"{at:%H:%M}" if at else "",
        "minutes": one.minutes,
        "place": one.place,
        "expected": one.expected,
        "group": str(one.group.uid) if one.group else "",
        "ward": str(one.ward.uid) if one.ward else "",
    }


@BOTH
def event_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The plan, before the day."""
    return _about(
        request,
        uid,
        page="cases/event_edit.html",
        form=EventForm,
        form_args=_form_args(request),
        service=services.event_amend,
        words=(_("修改计划"), _("计划已更新。")),
        values=_plan_values,
        draft="cases-event_edit",
    )


@BOTH
def sign_in(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One line of the sheet after another; the page comes back for the next."""
    one, members = event_or_404(request, uid), None
    if one.group_id is not None:
        members = GroupMember.objects.visible_to(request.user).filter(
            group_id=one.group_id, state=MemberState.JOINED
        )
        members = members.select_related("client__root").order_by("joined_on", "id")
    return _about(
        request,
        uid,
        page="cases/event_sign_in.html",
        form=SignInForm,
        form_args={"members": members},
        service=services.sign_in,
        words=(_("签到"), _("已签到。")),
        draft="cases-event_sign_in",
        to=reverse("cases:event_sign_in", args=[uid]),
        more={"signed": signed_in(one)},
    )


@BOTH
def event_record(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What became of it; the numbers begin from the sign-in sheet."""

    def values(one: Activity) -> dict[str, Any]:
        heads = signed_in(one).heads
        return {"photos": "none"} | ({"persons": heads, "person_times": heads} if heads else {})

    return _about(
        request,
        uid,
        page="cases/event_record.html",
        form=EventRecordForm,
        service=services.event_record,
        words=(_("活动记录"), _("活动已记录。")),
        values=values,
        draft="cases-event_record",
        more={"signed": signed_in(event_or_404(request, uid))},
    )


def _given_values(one: Activity) -> dict[str, Any]:
    """What people said themselves, to begin with."""
    given = given_for(one)
    return {"satisfaction": given.mean, "satisfied_count": given.count} if given.count else {}


@BOTH
def event_summary(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The summary with satisfaction."""
    return _about(
        request,
        uid,
        page="cases/event_summary.html",
        form=EventSummaryForm,
        service=services.event_summarize,
        words=(_("活动总结"), _("总结已保存。")),
        values=_given_values,
        draft="cases-event_summary",
    )


@BOTH
def event_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """It does not take place."""
    return _about(
        request,
        uid,
        page="cases/event_step.html",
        form=ReasonForm,
        service=services.event_cancel,
        words=(_("取消活动"), _("活动已取消。")),
        more={"lead": _("写明原因；取消的活动不计场次。")},
    )
