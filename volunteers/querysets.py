"""Which rows of the volunteers' work a user may see."""

import datetime as dt
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from msw_portal.kernel.db import ScopedQuerySet

COORDINATOR, VOLUNTEER = "volunteer_coordinator", "volunteer"
# Social workers of a department design the service, train and supervise; the coordinator runs it.
KEEPING_ROLES = frozenset({COORDINATOR, "worker", "supervisor", "dept_head"})


def keeps(user: Any) -> bool:
    return user.role in KEEPING_ROLES


class VolunteerQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The coordinator: the house's; social workers: their department's; a volunteer: the own row."""
        if not user.house_id:
            return self.none()
        rows = self.filter(organization_id=user.house_id)
        if user.role == VOLUNTEER:
            return rows.filter(user_id=user.pk)
        if user.role == COORDINATOR:
            return rows
        if not keeps(user):
            return self.none()
        own = Q(department_id=user.acting.department_id) | Q(department__isnull=True)
        return rows.filter(own)

    def serving(self) -> Self:
        """On the roll and not paused."""
        return self.filter(state="active")


class _OfVolunteer(ScopedQuerySet):
    """What belongs to a volunteer: seen by whoever sees the volunteer."""

    prefix = "volunteer__"

    def visible_to(self, user: Any) -> Self:
        if not user.house_id:
            return self.none()
        rows = self.filter(organization_id=user.house_id)
        if user.role == VOLUNTEER:
            return rows.filter(user_id=user.pk)
        if user.role == COORDINATOR:
            return rows
        if not keeps(user):
            return self.none()
        department = f"{self.prefix}department"
        own = Q(**{f"{department}_id": user.acting.department_id})
        return rows.filter(own | Q(**{f"{department}__isnull": True}))


class VolunteerRecordQuerySet(_OfVolunteer):
    def visible_to(self, user: Any) -> Self:
        """A complaint is looked into without the volunteer reading who complained."""
        rows = super().visible_to(user)
        return rows.exclude(kind="complaint") if user.role == VOLUNTEER else rows

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind, voided_at__isnull=True)

    def in_force(self, on: dt.date) -> Self:
        return self.filter(voided_at__isnull=True, valid__contains=on)


class _OpenToGuests(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Whoever keeps volunteers: the house's; a volunteer: what is open."""
        if not user.house_id:
            return self.none()
        rows = self.filter(organization_id=user.house_id)
        if user.role == VOLUNTEER:
            return rows.filter(is_open=True)
        return rows if keeps(user) else self.none()


class PostQuerySet(_OpenToGuests):
    def open(self) -> Self:
        return self.filter(is_open=True)


class ShiftQuerySet(_OpenToGuests):
    def ahead(self) -> Self:
        """Not begun yet, and not called off."""
        return self.filter(starts_at__gt=timezone.now(), cancelled_at__isnull=True)


class SignupQuerySet(_OfVolunteer):
    def standing(self) -> Self:
        """Everything but what was cancelled."""
        return self.exclude(state="cancelled")

    def ahead(self) -> Self:
        return self.filter(
            state__in=["waiting", "confirmed"], during__startswith__gt=timezone.now()
        )


class ServiceRecordQuerySet(_OfVolunteer):
    def live(self) -> Self:
        return self.filter(voided_at__isnull=True)

    def confirmed(self) -> Self:
        return self.filter(state="confirmed")


class CertificateQuerySet(_OfVolunteer):
    def live(self) -> Self:
        return self.filter(voided_at__isnull=True)
