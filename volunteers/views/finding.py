"""Rows an address names, through the second wall: what is not visible is not there (404)."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from msw_portal.kernel import keyset
from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.models.shifts import Post, Shift, Signup
from volunteers.permissions import can_keep_volunteers
from volunteers.services.people import own_file


def keeper_or_404(request: HttpRequest) -> None:
    """The pages of whoever keeps volunteers are not there for others."""
    if not can_keep_volunteers(request.user):
        raise Http404


def volunteer_or_404(request: HttpRequest, uid: uuid.UUID) -> Volunteer:
    """A file, for whoever keeps it: a volunteer's own pages are elsewhere."""
    keeper_or_404(request)
    rows = Volunteer.objects.visible_to(request.user).select_related(
        "department", "user", "guardian_consent", "blacklist_proposed_by", "blacklisted_by"
    )
    return get_object_or_404(rows.filter(erased_on__isnull=True), uid=uid)


def fact_or_404(request: HttpRequest, uid: uuid.UUID) -> VolunteerRecord:
    keeper_or_404(request)
    rows = VolunteerRecord.objects.visible_to(request.user).select_related("volunteer")
    return get_object_or_404(rows, uid=uid)


def post_or_404(request: HttpRequest, uid: uuid.UUID) -> Post:
    rows = Post.objects.visible_to(request.user).select_related("ward", "supervisor")
    return get_object_or_404(rows, uid=uid)


def shift_or_404(request: HttpRequest, uid: uuid.UUID) -> Shift:
    rows = Shift.objects.visible_to(request.user).select_related("post", "post__ward")
    return get_object_or_404(rows, uid=uid)


def signup_or_404(request: HttpRequest, uid: uuid.UUID) -> Signup:
    rows = Signup.objects.visible_to(request.user).select_related("shift", "volunteer")
    return get_object_or_404(rows, uid=uid)


def own_file_or_none(request: HttpRequest) -> Volunteer | None:
    """The signed-in volunteer's file; 404 for every other role."""
    if request.user.role != "volunteer":
        raise Http404
    return own_file(request.user)


def page_of(request: HttpRequest, rows: Any, order: tuple[str, ...], size: int) -> keyset.Page:
    """The asked page; the first one for a cursor that was not made here."""
    after, before = request.GET.get("after"), request.GET.get("before")
    try:
        return keyset.page(rows, order=order, after=after, before=before, size=size)
    except keyset.BadCursor:
        return keyset.page(rows, order=order, size=size)
