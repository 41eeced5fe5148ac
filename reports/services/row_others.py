"""The rows behind the figures of groups, activities, volunteers, projects, posts and money."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.group_workflow import EventState, SessionState
from cases.models.activities import Activity
from cases.models.group_codes import ATTENDED, GroupKind
from cases.models.groups import Attendance, GroupSession
from cases.models.service_codes import ActivityKind
from departments.models.staff import Employment, StaffProfile
from donations.models.giving import Donation
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest
from donations.workflow import DonationState, RequestState
from msw_portal.kernel.display import money
from projects.models.cultivation import Project
from projects.workflow.cultivation import ProjectState
from reports.services.row_kinds import Line, Source, equals, named
from volunteers.models.service import ServiceRecord

PAID = ("released", "confirmed", "reconciled", "refunded")
YUAN = _("金额（元）")


def _own(rows: QuerySet, user: Any, column: str = "department_id") -> QuerySet:
    """The department's, as the figures of a department's role are."""
    department = user.acting.department_id
    return rows.filter(**{column: department}) if department else rows


def _group_line(day: str, group: Callable[[Any], Any]) -> Callable[[Any, Any], Line]:
    def line(row: Any, _user: Any) -> Line:
        session = row if day == "held_on" else row.session
        of = group(row)
        return Line(
            session.held_on,
            of.number or of.name,
            reverse("cases:group", args=[of.uid]),
            f"{GroupKind(of.kind).label} · {session.title}",
            session.minutes,
        )

    return line


def _activity_line(activity: Any, _user: Any) -> Line:
    return Line(
        activity.occurred_on,
        activity.topic or str(ActivityKind(activity.kind).label),
        reverse("cases:activity", args=[activity.uid]),
        ActivityKind(activity.kind).label,
        activity.persons,
    )


def _activities(user: Any) -> QuerySet:
    rows = Activity.objects.visible_to(user)
    return _own(rows.filter(state__in=(EventState.HELD, EventState.SUMMARIZED)), user)


def _record_line(record: Any, _user: Any) -> Line:
    return Line(
        record.checked_in,
        record.title,
        reverse("hours:record", args=[record.uid]),
        record.get_state_display(),
        record.hours,
    )


def _request_url(asked: Any, user: Any) -> str:
    page = "donations:review" if asked.counterparty_id == user.house_id else "donations:request"
    return reverse(page, args=[asked.uid])


def _request_line(amount: str) -> Callable[[Any, Any], Line]:
    return lambda asked, user: Line(
        asked.submitted_at,
        asked.number,
        _request_url(asked, user),
        RequestState(asked.state).label,
        money(getattr(asked, amount)),
    )


def _part_line(at: str) -> Callable[[Any, Any], Line]:
    return lambda part, user: Line(
        getattr(part, at),
        part.request.number,
        _request_url(part.request, user),
        RequestState(part.request.state).label,
        money(part.amount),
    )


def _approvals(user: Any) -> QuerySet:
    """Approvals, and what a second look added to them."""
    first = FundingAct.objects.filter(request=OuterRef("request"), step="approve")
    acts = FundingAct.objects.visible_to(user).filter(step__in=("approve", "raise"))
    before = Coalesce(Subquery(first.filter(pk__lt=OuterRef("pk")).values("amount")), Decimal())
    return acts.annotate(counted=F("amount") - before).select_related("request")


def _approval_line(act: Any, user: Any) -> Line:
    what = _("复核后提高") if act.step == "raise" else RequestState(act.request.state).label
    line = _part_line("at")(act, user)
    return replace(line, what=what, amount=money(act.counted))


def _requests(user: Any) -> QuerySet:
    return FundingRequest.objects.visible_to(user).sent()


def _gift_line(gift: Any, _user: Any) -> Line:
    return Line(
        gift.received_on,
        gift.number,
        reverse("donations:donation", args=[gift.uid]),
        gift.get_channel_display(),
        money(gift.amount),
    )


def _project_line(project: Any, _user: Any) -> Line:
    return Line(
        project.starts_on,
        project.title,
        reverse("projects:project", args=[project.uid]),
        ProjectState(project.state).label,
    )


def _staff_line(post: Any, _user: Any) -> Line:
    return Line(
        post.valid.lower,
        post.name,
        reverse("departments:profile", args=[post.uid]),
        Employment(post.employment).label,
        post.weekly_hours,
    )


def _by_place(path: str) -> dict[str, Any]:
    """Of which case of the own house: its ward, its worker now, its disease."""
    return {
        "ward": named(f"{path}ward"),
        "worker": named(f"{path}worker"),
        "disease": equals(f"{path}disease_group"),
    }


OF_REQUEST, OF_PART = _by_place("case__"), _by_place("request__case__")
SOURCES: dict[str, Source] = {
    "group_session": Source(
        lambda user: _own(
            GroupSession.objects.visible_to(user)
            .filter(state=SessionState.HELD)
            .select_related("group"),
            user,
            "group__department_id",
        ),
        "held_on",
        _group_line("held_on", lambda session: session.group),
        {"kind": equals("group__kind")},
        amount=_("分钟"),
        is_day=True,
    ),
    "group_attendance": Source(
        lambda user: _own(
            Attendance.objects.visible_to(user)
            .filter(session__state=SessionState.HELD, presence__in=ATTENDED)
            .select_related("session__group"),
            user,
            "session__group__department_id",
        ),
        "session__held_on",
        _group_line("session__held_on", lambda row: row.session.group),
        {"kind": equals("session__group__kind")},
        is_day=True,
    ),
    "activity_held": Source(
        _activities,
        "occurred_on",
        _activity_line,
        {"kind": equals("kind")},
        amount=_("人数"),
        is_day=True,
    ),
    "activity_persons": Source(
        _activities,
        "occurred_on",
        _activity_line,
        {"kind": equals("kind")},
        amount=_("人数"),
        is_day=True,
    ),
    "volunteer_hours": Source(
        lambda user: ServiceRecord.objects.visible_to(user).confirmed(),
        "checked_in",
        _record_line,
        amount=_("小时"),
    ),
    "aid_asked": Source(
        _requests, "submitted_at", _request_line("requested"), chosen=OF_REQUEST, amount=YUAN
    ),
    "aid_gap": Source(
        _requests,
        "submitted_at",
        _request_line("gap"),
        {"programme": named("programme_version")},
        OF_REQUEST,
        amount=YUAN,
    ),
    "aid_open": Source(
        _requests,
        "submitted_at",
        _request_line("requested"),
        {"state": equals("state")},
        OF_REQUEST,
        amount=YUAN,
        day=_("提交日"),
    ),
    "aid_approved": Source(
        _approvals,
        "at",
        _approval_line,
        chosen=OF_PART,
        amount=YUAN,
    ),
    "aid_paid": Source(
        lambda user: (
            Disbursement.objects.visible_to(user).filter(state__in=PAID).select_related("request")
        ),
        "released_at",
        _part_line("released_at"),
        chosen=OF_PART,
        amount=YUAN,
    ),
    "donation_in": Source(
        lambda user: Donation.objects.visible_to(user).filter(
            state=DonationState.BOOKED, received_on__isnull=False
        ),
        "received_on",
        _gift_line,
        {"channel": equals("channel")},
        amount=YUAN,
        is_day=True,
    ),
    "project": Source(
        lambda user: Project.objects.visible_to(user).filter(organization_id=user.house_id),
        "created_at",
        _project_line,
        {"state": equals("state")},
        day=_("开始日期"),
    ),
    "staff": Source(
        lambda user: _own(
            StaffProfile.objects.visible_to(user).here().filter(is_counted=True), user
        ),
        "created_at",
        _staff_line,
        {"employment": equals("employment")},
        amount=_("每周工时"),
        day=_("在岗"),
    ),
}
