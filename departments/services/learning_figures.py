"""Hours of supervision given and received, and of courses, by person and month; supervisors to workers.

Counted by the day of the event, of what was held: an hour of group supervision is one hour for
each who was there, and one hour given.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, F, Sum, Value, When
from django.db.models import Q as Where
from django.utils import timezone

from departments.models.learning import SUPERVISED, LearningAttendance
from departments.models.people import Membership, Role, User
from departments.querysets import LEARNS
from departments.services.colleagues import people_here
from departments.staff_permissions import can_view_learning_figures
from msw_portal.kernel.access import require

ZERO = Decimal("0.0")


@dataclass(frozen=True)
class Hours:
    """One person's month: hours and times."""

    user: User
    received: Decimal
    times: int
    given: Decimal
    learnt: Decimal
    cpd: Decimal


@dataclass(frozen=True)
class Figures:
    """A month of the house; `supervisors` and `workers` hold these roles on its last day, or today."""

    month: dt.date
    rows: Sequence[Hours]
    supervisors: int
    workers: int
    sessions: int

    @property
    def received(self) -> Decimal:
        return sum((row.received for row in self.rows), ZERO)

    @property
    def given(self) -> Decimal:
        return sum((row.given for row in self.rows), ZERO)

    @property
    def learnt(self) -> Decimal:
        return sum((row.learnt for row in self.rows), ZERO)

    @property
    def workers_per_supervisor(self) -> Decimal | None:
        """The ratio as 1 : x, one decimal."""
        if not self.supervisors:
            return None
        return (Decimal(self.workers) / self.supervisors).quantize(Decimal("0.1"))


def month_after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def instants(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The month's first instant in Shanghai and the next one's."""
    first, after = (
        timezone.make_aware(dt.datetime.combine(day, dt.time()))
        for day in (month, month_after(month))
    )
    return first, after


def figures_of(month: dt.date, *, by: User) -> Figures:
    """The figures of the month of `month` (its first day), in four statements whatever there is."""
    require(can_view_learning_figures, by, None)
    first, after = instants(month)
    rows = LearningAttendance.objects.visible_to(by).filter(
        presence=LearningAttendance.Presence.PRESENT,
        event__starts_at__gte=first,
        event__starts_at__lt=after,
        event__state__in=("held", "signed"),
        user__isnull=False,
    )
    is_supervised = Where(event__kind__in=SUPERVISED)
    attends = Where(role=LearningAttendance.Role.ATTENDEE)

    def hours(condition: Where) -> Sum:
        return Sum(
            Case(
                When(condition, then=F("hours")),
                default=Value(ZERO),
                output_field=DecimalField(max_digits=9, decimal_places=1),
            )
        )

    counted = {
        row["user_id"]: row
        for row in rows.order_by()
        .values("user_id")
        .annotate(
            received=hours(is_supervised & attends),
            times=Count("pk", filter=is_supervised & attends),
            given=hours(is_supervised & ~attends),
            learnt=hours(~is_supervised & attends),
            cpd=hours(~is_supervised & attends & Where(event__is_cpd=True)),
        )
    }
    sessions = (
        rows.filter(is_supervised).order_by().aggregate(n=Count("event_id", distinct=True))["n"]
    )
    people = {one.pk: one for one in people_here(by=by, roles=LEARNS)}
    missing = User.objects.filter(pk__in=set(counted) - set(people))
    everybody = sorted([*people.values(), *missing], key=lambda one: one.display_name)
    day = min(month_after(month) - dt.timedelta(days=1), timezone.localdate())
    held = Membership.objects.filter(organization_id=by.house_id).active(day)
    roles = held.aggregate(
        supervisors=Count("user_id", distinct=True, filter=Where(role=Role.SUPERVISOR)),
        workers=Count("user_id", distinct=True, filter=Where(role=Role.WORKER)),
    )
    return Figures(
        month=month,
        rows=[_hours(one, counted.get(one.pk, {})) for one in everybody],
        supervisors=roles["supervisors"],
        workers=roles["workers"],
        sessions=sessions,
    )


def _hours(user: User, row: dict) -> Hours:
    return Hours(
        user=user,
        received=row.get("received") or ZERO,
        times=row.get("times") or 0,
        given=row.get("given") or ZERO,
        learnt=row.get("learnt") or ZERO,
        cpd=row.get("cpd") or ZERO,
    )
