"""Posts and shifts, for whoever keeps them: the week, one shift with who stands in it, and their changes."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.views.filling import Filling, fill_in
from departments.models.organizations import Department
from departments.views.clashes import Current
from volunteers import permissions
from volunteers.forms.people import StepForm
from volunteers.forms.shifts import (
    AddSignupForm,
    CancelForm,
    NewShiftForm,
    PostForm,
    ShiftForm,
)
from volunteers.models.people import Volunteer
from volunteers.models.shifts import Post, Shift, Signup
from volunteers.services import shifts as services
from volunteers.services import signups
from volunteers.views.finding import (
    keeper_or_404,
    page_of,
    post_or_404,
    shift_or_404,
    signup_or_404,
)
from volunteers.workflow import SignupState

BOTH = require_http_methods(["GET", "POST"])
PAGE = 40
WARDS = ("ward", "clinical")


def post_address(post: Post) -> str:
    return reverse("volunteers:post", args=[post.uid])


def shift_address(shift: Shift) -> str:
    return reverse("volunteers:shift", args=[shift.uid])


# ── posts ────────────────────────────────────────────────────────────────────


@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    keeper_or_404(request)
    rows = Post.objects.visible_to(request.user).select_related("ward", "supervisor")
    page = page_of(request, rows, ("-is_open", "-id"), PAGE)
    here = reverse("volunteers:posts")
    return render(
        request,
        "volunteers/posts.html",
        {
            "rows": page.rows,
            "before_url": f"{here}?before={page.previous}" if page.previous else "",
            "after_url": f"{here}?after={page.next}" if page.next else "",
        },
    )


def _post_sheet(request: HttpRequest, **given: Any) -> Filling:
    house = request.user.house_id
    wards = Department.objects.visible_to(request.user).filter(
        organization_id=house, kind__in=WARDS, ended_on__isnull=True
    )
    return Filling(
        page="volunteers/post_form.html",
        form=PostForm,
        form_args={
            "wards": wards.order_by("name"),
            "supervisors": services.supervisors(by=request.user),
        },
        to=post_address,
        done=_("已保存。"),
        **given,
    )


@BOTH
def post_new(request: HttpRequest) -> HttpResponse:
    keeper_or_404(request)
    sheet = _post_sheet(
        request,
        service=services.post_create,
        given={},
        draft="volunteers-post",
        initial={"training_required": True, "insurance_required": True, "is_open": True},
        context={"heading": _("新岗位")},
    )
    return fill_in(request, sheet)


def _post_now(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = post_or_404(request, uid)
    values = {name: getattr(now, name) for name in services.POST_FACTS}
    values["ward"] = now.ward.uid if now.ward else None
    values["supervisor"] = now.supervisor.uid if now.supervisor else None
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def post_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    keeper_or_404(request)
    post = post_or_404(request, uid)
    sheet = _post_sheet(
        request,
        service=services.post_amend,
        given={"post": post},
        draft="volunteers-post_edit",
        subject=post.uid,
        current=lambda: _post_now(request, uid),
        context={"heading": _("修改岗位"), "post": post},
    )
    return fill_in(request, sheet)


@require_GET
def post(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One post with its risks and its shifts ahead."""
    keeper_or_404(request)
    one = post_or_404(request, uid)
    ahead = Shift.objects.visible_to(request.user).filter(post=one).ahead()
    return render(
        request,
        "volunteers/post.html",
        {"post": one, "shifts": ahead.order_by("starts_at", "id")[:30]},
    )


# ── shifts ───────────────────────────────────────────────────────────────────


def _week_of(request: HttpRequest) -> dt.date:
    """The Monday of the asked week, of this one where nothing sensible was asked."""
    try:
        day = dt.date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        day = timezone.localdate()
    if not 1950 <= day.year <= 2100:
        day = timezone.localdate()
    return day - dt.timedelta(days=day.weekday())


@require_GET
def shifts(request: HttpRequest) -> HttpResponse:
    """One week, day by day."""
    keeper_or_404(request)
    return render(request, "volunteers/shifts.html", _week(request, _week_of(request)))


def _week(request: HttpRequest, monday: dt.date) -> dict[str, Any]:
    start = timezone.make_aware(dt.datetime.combine(monday, dt.time()))
    rows = (
        Shift.objects.visible_to(request.user)
        .filter(starts_at__gte=start, starts_at__lt=start + dt.timedelta(days=7))
        .select_related("post", "post__ward")
        .order_by("starts_at", "id")
    )
    rows = services.with_waiting(rows)
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    by_day: dict[dt.date, list[Shift]] = {day: [] for day in days}
    for row in rows:
        by_day[timezone.localdate(row.starts_at)].append(row)
    here = reverse("volunteers:shifts")
    return {
        "days": [(day, by_day[day]) for day in days],
        "monday": monday,
        "sunday": days[-1],
        "today": timezone.localdate(),
        "is_empty": not any(by_day.values()),
        "earlier": f"{here}?week={monday - dt.timedelta(days=7)}",
        "later": f"{here}?week={monday + dt.timedelta(days=7)}",
        "now_url": here,
    }


@BOTH
def shift_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    keeper_or_404(request)
    one = post_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/shift_form.html",
            form=NewShiftForm,
            service=services.shift_create,
            given={"post": one},
            to=post_address(one),
            done=_("已排班。"),
            draft="volunteers-shift",
            subject=one.uid,
            initial={"on": timezone.localdate() + dt.timedelta(days=7)},
            context={"heading": _("排班"), "post": one},
        ),
    )


@require_GET
def shift(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who stands in one shift, and who waits in which order."""
    keeper_or_404(request)
    return render(request, "volunteers/shift.html", _roll(request, shift_or_404(request, uid)))


def _roll(request: HttpRequest, one: Shift) -> dict[str, Any]:
    rows = list(
        Signup.objects.visible_to(request.user)
        .filter(shift=one)
        .select_related("volunteer")
        .order_by("place", "id")
    )
    has_begun = one.starts_at <= timezone.now()
    lines = [
        {
            "row": row,
            "can_cancel": permissions.can_cancel_signup(request.user, row),
            "can_miss": has_begun and row.state == SignupState.CONFIRMED,
        }
        for row in rows
    ]
    return {
        "shift": one,
        "standing": [line for line in lines if line["row"].state not in ("waiting", "cancelled")],
        "waiting": [line for line in lines if line["row"].state == SignupState.WAITING],
        "cancelled": [line for line in lines if line["row"].state == SignupState.CANCELLED],
        "can_amend": one.cancelled_at is None and not has_begun,
    }


def _shift_times(one: Shift) -> dict[str, Any]:
    start, end = timezone.localtime(one.starts_at), timezone.localtime(one.ends_at)
    return {
        "on": start.date(),
        "starts": start.time(),
        "ends": end.time(),
        "capacity": one.capacity,
        "note": one.note,
    }


@BOTH
def shift_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    keeper_or_404(request)
    one = shift_or_404(request, uid)

    def now() -> Current:
        row = shift_or_404(request, uid)
        return Current(row.row_version, _shift_times(row), at=row.updated_at)

    return fill_in(
        request,
        Filling(
            page="volunteers/shift_form.html",
            form=ShiftForm,
            service=services.shift_amend,
            given={"shift": one},
            to=shift_address(one),
            done=_("已保存。"),
            draft="volunteers-shift_edit",
            subject=one.uid,
            current=now,
            context={"heading": _("修改排班"), "post": one.post, "shift": one},
        ),
    )


@BOTH
def shift_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    keeper_or_404(request)
    one = shift_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/shift_step.html",
            form=CancelForm,
            service=services.shift_cancel,
            given={"shift": one},
            to=shift_address(one),
            done=_("已取消，已报名的人会收到通知。"),
            context={"heading": _("取消这一班"), "shift": one, "is_harsh": True},
        ),
    )


@BOTH
def signup_add(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Put somebody into a shift: by telephone, or at the bedside."""
    keeper_or_404(request)
    one = shift_or_404(request, uid)
    people = Volunteer.objects.visible_to(request.user).serving()
    return fill_in(
        request,
        Filling(
            page="volunteers/shift_step.html",
            form=AddSignupForm,
            form_args={"volunteers": people.order_by("-id")},
            service=signups.shift_sign_up,
            given={"shift": one},
            to=shift_address(one),
            done=_("已报名。"),
            context={"heading": _("代为报名"), "shift": one},
        ),
    )


def _of_signup(request: HttpRequest, uid: uuid.UUID, service: Any, **words: Any) -> HttpResponse:
    row = signup_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/shift_step.html",
            form=StepForm,
            service=service,
            given={"signup": row},
            to=shift_address(row.shift),
            done=_("已保存。"),
            context={"shift": row.shift, "volunteer": row.volunteer, **words},
        ),
    )


@BOTH
def signup_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    keeper_or_404(request)
    return _of_signup(
        request,
        uid,
        signups.signup_cancel,
        heading=_("取消报名"),
        lead=_("空出的名额由候补的人依次补上。"),
    )


@BOTH
def signup_miss(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    keeper_or_404(request)
    return _of_signup(
        request, uid, signups.signup_miss, heading=_("记为未到岗"), lead=_("留在本人的报名记录里。")
    )
