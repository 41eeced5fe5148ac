"""Groups an address names: the plan for who may read it, the inside for its own people; otherwise 404."""

import uuid
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cases.group_permissions import can_view_group_inside
from cases.models.groups import Group, GroupCoLeader, GroupMember, GroupSession

JOINS = ("leader", "department", "approved_by", "summarized_by", "ended_by", "organization")


def _with_leaders(request: HttpRequest, prefix: str = "") -> Prefetch:
    rows = GroupCoLeader.objects.visible_to(request.user).select_related("user").order_by("id")
    return Prefetch(f"{prefix}co_leaders", queryset=rows)


def group_or_404(request: HttpRequest, uid: uuid.UUID) -> Group:
    rows = Group.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows.prefetch_related(_with_leaders(request)), uid=uid)


def inside_or_404(request: HttpRequest, uid: uuid.UUID) -> Group:
    """A group whose members and records the user may read."""
    group = group_or_404(request, uid)
    if not can_view_group_inside(request.user, group):
        raise Http404
    return group


def _part(request: HttpRequest, rows: Any, uid: uuid.UUID) -> Any:
    rows = rows.select_related(*("group", *(f"group__{name}" for name in JOINS)))
    return get_object_or_404(rows.prefetch_related(_with_leaders(request, "group__")), uid=uid)


def member_or_404(request: HttpRequest, uid: uuid.UUID) -> GroupMember:
    rows = GroupMember.objects.visible_to(request.user)
    return _part(request, rows.select_related("client__root", "consent"), uid)


def session_or_404(request: HttpRequest, uid: uuid.UUID) -> GroupSession:
    rows = GroupSession.objects.visible_to(request.user).select_related("recorded_by")
    return _part(request, rows, uid)


def address_of(group: Group) -> str:
    return reverse("cases:group", args=[group.uid])
