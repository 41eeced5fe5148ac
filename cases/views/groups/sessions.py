"""Sessions: outline, record with attendance, cancellation; and the summary of the whole group."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.form_schemas.groups import G3, G4
from cases.forms.groups import RecordForm, SessionForm, SummaryForm
from cases.forms.referrals import ReasonForm
from cases.forms.schema_forms import initial_of_payload
from cases.group_permissions import can_keep_group
from cases.group_workflow import GROUP_RUNNING, SessionState
from cases.models.groups import Attendance, Group, GroupMember, GroupSession, MemberAnswers
from cases.services.groups import sessions as services
from cases.services.groups.members import members_on
from cases.services.groups.photos import PHOTO
from cases.services.groups.scales import differences
from cases.services.groups.summing import group_summarize
from cases.views.filling import Filling, fill_in
from cases.views.groups.finding import address_of, inside_or_404, session_or_404
from cases.views.groups.page import counted, shown_in
from departments.models.mechanisms import Document
from departments.views.clashes import Current

BOTH = require_http_methods(["GET", "POST"])


def _url(session: GroupSession) -> str:
    return reverse("cases:group_session", args=[session.uid])


@BOTH
def session_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One more session."""
    group = inside_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/group_session_edit.html",
            form=SessionForm,
            service=services.session_add,
            given={"group": group},
            initial={"place": group.place},
            to=address_of(group),
            done=_("已加一节。"),
            draft="cases-group_session",
            subject=group.uid,
            context={"group": group, "heading": _("加一节")},
        ),
    )


@require_GET
def session(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One session: its outline and, once held, its record with who was there."""
    one = session_or_404(request, uid)
    rows = Attendance.objects.visible_to(request.user).filter(session=one)
    runs = one.group.stage in GROUP_RUNNING and can_keep_group(request.user, one.group)
    context = {
        "group": one.group,
        "session": one,
        "attendances": rows.select_related("member__client__root").order_by("member_id"),
        "record": shown_in(G3, {**(one.record or {}), "attainment": one.attainment}),
        "can": {
            "record": runs and one.state != SessionState.CANCELLED,
            "edit": runs and one.state == SessionState.PLANNED,
            "photo": runs and one.state == SessionState.HELD,
        },
        "photos": _photos(request, one),
    }
    return render(request, "cases/group_session.html", context)


def _photos(request: HttpRequest, one: GroupSession) -> list[Document]:
    rows = Document.objects.visible_to(request.user).of(one).filter(kind=PHOTO)
    return list(rows.select_related("created_by").order_by("id"))


@BOTH
def session_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Another day, place or outline."""
    one = session_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/group_session_edit.html",
            form=SessionForm,
            service=services.session_amend,
            given={"session": one},
            current=lambda: _outline(request, one),
            to=_url(one),
            done=_("安排已更新。"),
            draft="cases-group_session_edit",
            subject=one.uid,
            context={"group": one.group, "session": one, "heading": _("修改安排")},
        ),
    )


def _outline(request: HttpRequest, one: GroupSession) -> Current:
    now = GroupSession.objects.visible_to(request.user).get(pk=one.pk)
    values = services.outline_of(now)
    values["starts_at"] = f"{now.starts_at:%H:%M}" if now.starts_at else ""
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def session_record(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """G3, written the first time or again."""
    one = session_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/group_record.html",
            form=RecordForm,
            service=services.session_record,
            given={"session": one},
            form_args={"members": members_on(one.group, one.held_on)},
            current=lambda: _record(request, one),
            to=_url(one),
            done=_("过程记录已保存。"),
            draft="cases-group_record",
            subject=one.uid,
            context={"group": one.group, "session": one, "heading": _("过程记录")},
        ),
    )


def _record(request: HttpRequest, one: GroupSession) -> Current:
    now = GroupSession.objects.visible_to(request.user).get(pk=one.pk)
    values: dict[str, Any] = {"photos": "none"}
    values |= initial_of_payload(G3, {**(now.record or {}), "attainment": now.attainment})
    rows = Attendance.objects.visible_to(request.user).filter(session=now).select_related("member")
    for row in rows:
        values[f"presence-{row.member.uid}"] = row.presence
        values[f"note-{row.member.uid}"] = row.note or ""
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def session_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """It does not take place."""
    one = session_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/group_step.html",
            form=ReasonForm,
            service=services.session_cancel,
            given={"session": one},
            to=address_of(one.group),
            done=_("这一节已取消。"),
            context={
                "group": one.group,
                "heading": _("取消这一节"),
                "button": _("取消这一节"),
                "lead": _("写明原因；不计入节数和应到人次。"),
            },
        ),
    )


@BOTH
def summary(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """G4, with the figures it rests on."""
    group = inside_or_404(request, uid)
    members = GroupMember.objects.visible_to(request.user).filter(group=group)
    members = list(members.select_related("client__root").order_by("joined_on", "id"))
    joined = [one for one in members if one.joined_on is not None]
    return fill_in(
        request,
        Filling(
            page="cases/group_summary.html",
            form=SummaryForm,
            service=group_summarize,
            given={"group": group},
            form_args={"members": joined, "lines": list(group.budget_lines.order_by("id"))},
            current=lambda: _summary(request, group),
            to=address_of(group),
            done=_("总结已提交督导。"),
            draft="cases-group_summary",
            subject=group.uid,
            context={"group": group, "heading": G4.title} | _counted(request, group, members),
        ),
    )


def _counted(request: HttpRequest, group: Group, members: list[GroupMember]) -> dict[str, Any]:
    user = request.user
    sessions = list(GroupSession.objects.visible_to(user).filter(group=group))
    rows = list(Attendance.objects.visible_to(user).filter(session__group=group))
    scales = MemberAnswers.objects.visible_to(user).filter(
        member__group=group, superseded_at__isnull=True
    )
    return {
        "figures": counted(user, group, members, sessions, rows),
        "differences": differences(list(scales.select_related("questionnaire"))),
    }


def _summary(request: HttpRequest, group: Group) -> Current:
    now = Group.objects.visible_to(request.user).get(pk=group.pk)
    values: dict[str, Any] = initial_of_payload(G4, now.summary or {})
    for one in GroupMember.objects.visible_to(request.user).filter(group=now):
        values[f"satisfaction-{one.uid}"] = str(one.satisfaction or "")
    for line in now.budget_lines.all():
        values[f"spent-{line.uid}"] = "" if line.spent is None else str(line.spent)
    return Current(now.row_version, values, at=now.updated_at)
