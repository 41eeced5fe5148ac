"""Roles of a house as its pages show them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from departments.models.people import Membership, User
from departments.permissions import can_end_membership
from departments.services.history import role_label


@dataclass(frozen=True)
class Held:
    """A role of a person: its words, its first and last day (both inclusive), what may be done."""

    membership: Membership
    role: str
    since: dt.date | None
    until: dt.date | None
    is_in_force: bool
    may_end: bool


def held(row: Membership, *, by: User) -> Held:
    """One membership in words for `by`."""
    lower, upper = row.valid.lower, row.valid.upper
    today = timezone.localdate()
    is_in_force = (lower is None or lower <= today) and (upper is None or today < upper)
    return Held(
        membership=row,
        role=role_label(row.role),
        since=lower,
        until=upper - dt.timedelta(days=1) if upper else None,
        is_in_force=is_in_force,
        may_end=is_in_force and can_end_membership(by, row),
    )


def all_held(rows: Iterable[Membership], *, by: User) -> list[Held]:
    """The rows of the staff list in words."""
    return [held(row, by=by) for row in rows]


def is_administrator(user: User) -> bool:
    """Whether the person is one of the three administrators somewhere today; needs app.user set."""
    today = timezone.localdate()
    return Membership.objects.filter(user=user, duty_class__gt=0, valid__contains=today).exists()
