"""How people stand: grade, registration and its end, hours of continuing education against what the rule asks.

The hours of one registration period are those entered by hand, and those of courses marked as
continuing education at which the person was present. They are computed, never stored.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from departments.models.learning import LearningAttendance
from departments.models.organizations import DatedRule
from departments.models.staff import Grade, StaffCredential, StaffProfile
from departments.services.credential_clocks import warn_days

RANK = {grade: place for place, grade in enumerate(Grade.values, start=1)}
CPD = "cpd_hours"


@dataclass(frozen=True)
class Earned:
    """Hours of one day: of a course held here, or entered by hand."""

    on: dt.date
    title: str
    hours: Decimal
    is_here: bool
    credential: StaffCredential | None = None


@dataclass(frozen=True)
class Standing:
    """One person's papers on a day; `earned` are the hours of the registration's period, newest first."""

    profile: StaffProfile
    certificate: StaffCredential | None
    registration: StaffCredential | None
    days_left: int | None
    is_soon: bool
    rule: DatedRule | None
    earned: Sequence[Earned]

    @property
    def grade(self) -> str:
        paper = self.certificate or self.registration
        return paper.get_grade_display() if paper else ""

    @property
    def is_expired(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def hours(self) -> Decimal:
        return sum((one.hours for one in self.earned), Decimal("0.0"))

    @property
    def required(self) -> int | None:
        """Hours of the period by the rule of the grade; None where no rule says."""
        value = self.rule.params.get("hours") if self.rule else None
        return value if isinstance(value, int) else None

    @property
    def missing(self) -> Decimal:
        """How many hours are lacking; 0 where enough, or where nothing is asked."""
        lacking = Decimal(self.required or 0) - self.hours
        return max(Decimal("0.0"), lacking) if self.registration else Decimal("0.0")


def standings(profiles: Sequence[StaffProfile], *, on: dt.date | None = None) -> list[Standing]:
    """Of each profile, in three statements for all of them; the caller found them through visible_to."""
    day = on or timezone.localdate()
    of: dict[int, list[StaffCredential]] = {one.pk: [] for one in profiles}
    rows = StaffCredential.objects.standing().filter(staff__in=list(of)).order_by("issued_on", "pk")
    for row in rows:
        of[row.staff_id].append(row)
    users = [one.user_id for one in profiles if one.user_id]
    attended = list(
        LearningAttendance.objects.present()
        .filter(Q(user_id__in=users) | Q(staff__in=list(of)))
        .filter(
            organization_id__in={one.organization_id for one in profiles},
            role=LearningAttendance.Role.ATTENDEE,
            event__is_cpd=True,
            event__state__in=("held", "signed"),
        )
        .exclude(result=LearningAttendance.Result.FAILED)
        .select_related("event")
    )
    rules = {
        rule.applies_key: rule
        for rule in DatedRule.objects.filter(
            kind=CPD, region__isnull=True, valid__contains=day
        ).exclude(applies_key="warning")
    }
    soon = warn_days(day)
    return [_standing(one, of[one.pk], attended, rules, day, soon) for one in profiles]


def _standing(
    profile: StaffProfile,
    credentials: list[StaffCredential],
    attended: list[LearningAttendance],
    rules: dict[str, DatedRule],
    day: dt.date,
    soon: int,
) -> Standing:
    kinds = StaffCredential.Kind
    certificates = [one for one in credentials if one.kind == kinds.CERTIFICATE]
    certificate = max(certificates, key=lambda one: RANK[one.grade], default=None)
    registrations = [one for one in credentials if one.kind == kinds.REGISTRATION]
    registration = max(registrations, key=lambda one: one.valid.upper, default=None)
    days_left = (registration.expires_on - day).days if registration else None
    grade = registration.grade if registration else certificate.grade if certificate else ""
    earned = [
        Earned(one.issued_on, one.title, one.hours, False, one)
        for one in credentials
        if one.kind == kinds.CPD
    ] + [
        Earned(one.event.on, one.event.theme, one.hours, True)
        for one in attended
        if one.staff_id == profile.pk or (profile.user_id and one.user_id == profile.user_id)
    ]
    if registration is not None:
        earned = [one for one in earned if one.on in registration.valid]
    return Standing(
        profile=profile,
        certificate=certificate,
        registration=registration,
        days_left=days_left,
        is_soon=days_left is not None and days_left <= soon,
        rule=rules.get(grade),
        earned=sorted(earned, key=lambda one: one.on, reverse=True),
    )
