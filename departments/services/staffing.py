"""How many medical social workers a house has, needs and lacks: domain's formulas over dated rules.

beds per worker = open beds / FTE; FTE = sum of weekly hours / 40; required = ceil(beds / beds of the
rule); gap = max(0, required - FTE).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import DatedRule, Department, DepartmentKind, Organization
from departments.models.people import User
from departments.models.place_codes import HospitalType
from departments.models.staff import Employment, StaffProfile
from departments.services.policies import rule_for
from departments.staff_permissions import can_view_staffing
from msw_portal.kernel.access import require

RULE, COVERAGE = "staffing", "staffing_coverage"
GENERAL, SPECIAL = "general", "special"
REFERENCE_REGION = 310000  # the only place whose rule of so many beds is known (domain 1.9)
HOSPITAL_KINDS: dict[str, str | Promise] = {
    GENERAL: _("综合医院"),
    SPECIAL: _("儿科、肿瘤、精神专科"),
}
SPECIAL_TYPES = frozenset({HospitalType.CHILDREN, HospitalType.ONCOLOGY, HospitalType.MENTAL})
# Where the register does not say the type, the name does.
SPECIAL_WORDS = ("儿童", "儿科", "肿瘤", "精神", "脑科")
CENT = Decimal("0.01")
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Demand:
    """What a rule asks of so many beds: workers at least and as the target, and how many FTE are lacking."""

    rule: DatedRule
    beds_min: int
    beds_target: int
    required_min: int
    required_target: int
    gap_min: Decimal
    gap_target: Decimal


@dataclass(frozen=True)
class Place:
    """A house or a campus: its open beds, full-time equivalents and people, beds per worker, and what is asked."""

    name: str
    beds: int | None
    fte: Decimal
    people: int
    beds_per_worker: Decimal | None
    demand: Demand | None


@dataclass(frozen=True)
class Staffing:
    """The page: the house, its campuses where it has them, and the rules it is measured by.

    `is_reference`: its own region has no rule of so many beds; it is measured by another's, and says so.
    `local` is the rule of its own region that names no number.
    """

    hospital_kind: str
    house: Place
    campuses: Sequence[Place]
    is_reference: bool
    local: DatedRule | None
    rules: Sequence[DatedRule]
    policies: Sequence[DatedRule]
    on: dt.date


def hospital_kind(house: Organization) -> str:
    """`special` for paediatric, oncological and mental hospitals, by the type and the name; otherwise `general`."""
    if house.hospital_type and house.hospital_type != HospitalType.SPECIALISED:
        return SPECIAL if house.hospital_type in SPECIAL_TYPES else GENERAL
    return SPECIAL if any(word in house.name for word in SPECIAL_WORDS) else GENERAL


def required(beds: int, beds_per_post: int) -> int:
    """ceil(beds / beds per post)."""
    return -(-beds // beds_per_post)


def fte_of(profiles: Iterable[StaffProfile]) -> Decimal:
    """Sum of weekly hours / 40 of the posts that count, two decimals, half up: rounded once, at the end."""
    total = sum((one.weekly_hours for one in profiles if one.is_counted), Decimal(0))
    return (total / 40).quantize(CENT, ROUND_HALF_UP)


def demand_of(rule: DatedRule | None, beds: int | None, fte: Decimal) -> Demand | None:
    """What the rule asks; None without a rule of so many beds, or without beds."""
    numbers = beds_of(rule)
    if numbers is None or rule is None or not beds:
        return None
    least, target = (required(beds, number) for number in numbers)
    zero = Decimal("0.00")
    return Demand(
        rule,
        *numbers,
        least,
        target,
        max(zero, least - fte),
        max(zero, target - fte),
    )


def beds_of(rule: DatedRule | None) -> tuple[int, int] | None:
    """Beds per post at least and as the target; None for a rule that names no number."""
    if rule is None:
        return None
    numbers = [rule.params.get(name) for name in ("beds_min", "beds_target")]
    whole = [one for one in numbers if isinstance(one, int) and one > 0]
    return (whole[0], whole[1]) if len(whole) == 2 else None


def _place(name: str, beds: int | None, here: list[StaffProfile], rule: DatedRule | None) -> Place:
    counted = [one for one in here if one.is_counted]
    return place_of(name, beds, fte_of(counted), len(counted), rule)


def place_of(
    name: str, beds: int | None, fte: Decimal, people: int, rule: DatedRule | None
) -> Place:
    """The numbers of a house or campus, from its beds and full-time equivalents."""
    return Place(
        name=name,
        beds=beds,
        fte=fte,
        people=people,
        beds_per_worker=(Decimal(beds) / fte).quantize(TENTH, ROUND_HALF_UP)
        if beds and fte
        else None,
        demand=demand_of(rule, beds, fte),
    )


def staffing_of(*, by: User, on: dt.date | None = None) -> Staffing:
    """Beds, workers, what the rule asks and what is lacking in the person's house on a day (today)."""
    require(can_view_staffing, by, None)
    day = on or timezone.localdate()
    house = Organization.objects.select_related("region").get(pk=by.house_id)
    kind = hospital_kind(house)
    local = rule_for(RULE, kind, region=house.region_id, on=day)
    rule, is_reference = local, False
    if beds_of(local) is None:
        rule, is_reference = rule_for(RULE, kind, region=REFERENCE_REGION, on=day), True
    here = list(
        StaffProfile.objects.filter(organization_id=by.house_id, valid__contains=day)
        .select_related("department__campus")
        .order_by("pk")
    )
    own = Department.objects.filter(organization_id=by.house_id, ended_on__isnull=True)
    wards = own.filter(kind__in=(DepartmentKind.WARD, DepartmentKind.CLINICAL))
    beds = dict(wards.order_by().values_list("campus_id").annotate(n=Sum("beds_open")))
    campuses = list(own.filter(kind=DepartmentKind.CAMPUS).order_by("name"))
    total = sum(one or 0 for one in beds.values()) or None
    rules = DatedRule.objects.filter(kind__in=(RULE, COVERAGE)).select_related("region")
    rules = list(rules.order_by("kind", "region", "applies_key", "valid"))
    return Staffing(
        hospital_kind=kind,
        house=_place(house.name, total, here, rule),
        campuses=[
            _place(
                campus.name,
                beds.get(campus.pk),
                [one for one in here if one.department and one.department.campus_id == campus.pk],
                rule,
            )
            for campus in campuses
        ],
        is_reference=is_reference and rule is not None,
        local=local,
        rules=[one for one in rules if beds_of(one)],
        policies=_once(one for one in rules if not beds_of(one)),
        on=day,
    )


def _once(rules: Iterable[DatedRule]) -> list[DatedRule]:
    """A rule that holds for several kinds of hospitals is said once."""
    return list({(one.region_id, one.article, one.valid.lower): one for one in rules}.values())


def makeup(profiles: Iterable[StaffProfile]) -> list[tuple[str | Promise, int, Decimal]]:
    """People and weekly hours by kind of employment, those not counted too."""
    rows = list(profiles)
    return [
        (
            kind.label,
            len(mine := [one for one in rows if one.employment == kind]),
            sum((one.weekly_hours for one in mine), Decimal(0)),
        )
        for kind in Employment
    ]
