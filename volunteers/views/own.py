"""A volunteer's own pages, made for a phone: my shifts, open posts with their risks, my profile."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.views.filling import Filling, fill_in
from departments.views.clashes import Current
from volunteers.forms.people import OwnFacts, StepForm
from volunteers.forms.shifts import SignUpForm
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.models.shifts import Post, Shift, Signup
from volunteers.services.people import OWN_FACTS, own_profile_amend, star_words
from volunteers.services.signups import shift_sign_up, signup_cancel, waiting_ahead, why_not
from volunteers.views.finding import own_file_or_none, post_or_404, shift_or_404
from volunteers.workflow import SignupState

BOTH = require_http_methods(["GET", "POST"])
MOST_POSTS, MOST_SHIFTS, MOST_PAST = 50, 60, 20


def _without_file(request: HttpRequest) -> HttpResponse:
    return render(request, "volunteers/own_none.html")


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My shifts: what comes, then what was."""
    volunteer = own_file_or_none(request)
    if volunteer is None:
        return _without_file(request)
    rows = Signup.objects.visible_to(request.user)
    now = timezone.now()
    ahead = rows.filter(during__endswith__gt=now).standing().order_by("during", "id")
    past = rows.filter(during__endswith__lte=now).standing().order_by("-during", "-id")
    return render(
        request,
        "volunteers/mine.html",
        {
            "volunteer": volunteer,
            "stars": star_words(volunteer.star),
            "ahead": [_promise(row) for row in ahead],
            "past": past[:MOST_PAST],
        },
    )


def _promise(row: Signup) -> dict[str, Any]:
    is_waiting = row.state == SignupState.WAITING
    return {
        "row": row,
        "is_waiting": is_waiting,
        "ahead": waiting_ahead(row) if is_waiting else 0,
        "can_cancel": row.state in ("waiting", "confirmed") and row.during.lower > timezone.now(),
    }


@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """Open posts: what one does there, what it takes, when the next shifts are."""
    volunteer = own_file_or_none(request)
    if volunteer is None:
        return _without_file(request)
    rows = Post.objects.visible_to(request.user).select_related("ward").order_by("-id")[:MOST_POSTS]
    shifts = (
        Shift.objects.visible_to(request.user).ahead().filter(post__in=[one.pk for one in rows])
    )
    free: dict[int, list[Shift]] = {}
    for one in shifts.order_by("starts_at", "id"):
        free.setdefault(one.post_id, []).append(one)
    context = {
        "volunteer": volunteer,
        "posts": [_open_post(one, free.get(one.pk, [])) for one in rows],
    }
    return render(request, "volunteers/own_posts.html", context)


def _open_post(one: Post, shifts: list[Shift]) -> dict[str, Any]:
    return {
        "row": one,
        "next": next(iter(shifts), None),
        "left": sum(max(0, shift.places_left) for shift in shifts),
        "count": len(shifts),
    }


@require_GET
def post(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One post: duties, risks in plain words, and its shifts with the places left."""
    volunteer = own_file_or_none(request)
    if volunteer is None:
        return _without_file(request)
    one = post_or_404(request, uid)
    rows = Shift.objects.visible_to(request.user).filter(post=one).ahead()
    rows = rows.select_related("post").order_by("starts_at", "id")[:MOST_SHIFTS]
    mine = {
        row.shift_id: row
        for row in Signup.objects.visible_to(request.user).filter(shift__post=one).standing()
    }
    return render(
        request,
        "volunteers/own_post.html",
        {
            "post": one,
            "shifts": [
                {"row": shift, "mine": mine.get(shift.pk), "is_full": shift.places_left <= 0}
                for shift in rows
            ],
        },
    )


@BOTH
def sign_up(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Read the risks, confirm, be in or wait."""
    volunteer = own_file_or_none(request)
    if volunteer is None:
        raise Http404
    shift = shift_or_404(request, uid)
    refusal = why_not(volunteer, shift)
    return fill_in(
        request,
        Filling(
            page="volunteers/own_sign_up.html",
            form=SignUpForm,
            service=shift_sign_up,
            given={"shift": shift, "volunteer": volunteer},
            to=reverse("volunteers:mine"),
            done=_("已提交。确认或候补，看下面这一班的状态。"),
            context={
                "shift": shift,
                "post": shift.post,
                "refusal": str(refusal) if refusal else "",
                "is_full": shift.places_left <= 0,
            },
        ),
    )


@BOTH
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    own_file_or_none(request)
    row = get_object_or_404(Signup.objects.visible_to(request.user), uid=uid)
    return fill_in(
        request,
        Filling(
            page="volunteers/own_cancel.html",
            form=StepForm,
            service=signup_cancel,
            given={"signup": row},
            to=reverse("volunteers:mine"),
            done=_("已取消。"),
            context={"signup": row},
        ),
    )


def _profile_now(request: HttpRequest) -> Current:
    now = own_file_or_none(request)
    if now is None:
        raise Http404
    values: dict[str, Any] = {name: getattr(now, name) for name in OWN_FACTS}
    values["phone"] = now.phone
    for part in ("name", "relation", "phone"):
        values[f"emergency_{part}"] = (now.emergency or {}).get(part, "")
    return Current(now.row_version, values, at=now.updated_at)


@BOTH
def profile(request: HttpRequest) -> HttpResponse:
    """My profile: what I keep right myself, and what the house knows of me."""
    volunteer = own_file_or_none(request)
    if volunteer is None:
        return _without_file(request)
    return fill_in(
        request,
        Filling(
            page="volunteers/own_profile.html",
            form=OwnFacts,
            service=own_profile_amend,
            given={"volunteer": volunteer},
            to=reverse("volunteers:profile"),
            done=_("已保存。"),
            draft="volunteers-profile",
            current=lambda: _profile_now(request),
            context={"volunteer": volunteer, "facts": _facts(request, volunteer)},
        ),
    )


def _facts(request: HttpRequest, volunteer: Volunteer) -> list[dict[str, Any]]:
    rows = VolunteerRecord.objects.visible_to(request.user).filter(
        volunteer=volunteer, voided_at__isnull=True
    )
    return [
        {"row": row, "until": row.valid.upper if row.valid else None}
        for row in rows.order_by("-happened_on", "-id")[:MOST_PAST]
    ]
