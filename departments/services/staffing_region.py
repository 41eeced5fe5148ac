"""Beds and filled posts of a region's hospitals as the register says them, and what the rules ask of so many beds.

The register knows posts, not hours: a filled post counts as one full-time worker. A house's own page
(staffing.py) knows the hours and is exact.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from departments.models.organizations import DatedRule, Department, DepartmentKind, Organization
from departments.services.staffing import (
    HOSPITAL_KINDS,
    REFERENCE_REGION,
    RULE,
    Place,
    beds_of,
    hospital_kind,
    place_of,
)


@dataclass(frozen=True)
class Row:
    """One hospital. `is_reference`: measured by another region's rule, its own names no number."""

    hospital: Organization
    kind_words: Any
    place: Place
    is_reference: bool


def with_numbers(rows: QuerySet[Organization]) -> QuerySet[Organization]:
    """Adds `beds` (open beds of the wards, else of the department) and `filled` (posts filled); None where unknown."""
    own = Department.objects.filter(organization=OuterRef("pk"), ended_on__isnull=True).order_by()
    wards = own.filter(kind__in=(DepartmentKind.WARD, DepartmentKind.CLINICAL))
    msw = own.filter(kind=DepartmentKind.MSW)

    def summed(of: QuerySet[Department], name: str) -> Subquery:
        found = of.values("organization").annotate(n=Sum(name)).values("n")
        return Subquery(found, output_field=IntegerField())

    return rows.annotate(
        beds=Coalesce(summed(wards, "beds_open"), summed(msw, "beds_open")),
        filled=summed(msw, "posts_filled"),
    )


def staffing_rows(hospitals: Iterable[Organization], on: dt.date | None = None) -> Sequence[Row]:
    """Of hospitals read by `with_numbers`; one statement for the rules of all."""
    day = on or timezone.localdate()
    rules = list(DatedRule.objects.filter(kind=RULE, valid__contains=day).select_related("region"))
    return [_row(one, rules) for one in hospitals]


def _row(hospital: Organization, rules: Sequence[DatedRule]) -> Row:
    key = hospital_kind(hospital)
    rule = _narrowest(rules, key, hospital.region_id)
    is_reference = beds_of(rule) is None
    if is_reference:
        rule = _narrowest(rules, key, REFERENCE_REGION)
    people = hospital.filled or 0
    fte = Decimal(people).quantize(Decimal("0.01"))
    place = place_of(hospital.name, hospital.beds, fte, people, rule)
    return Row(hospital, HOSPITAL_KINDS[key], place, is_reference and rule is not None)


def _narrowest(rules: Sequence[DatedRule], key: str, region: int | None) -> DatedRule | None:
    """As policies.rule_for, of rules at hand: the county's before the city's before the province's before everywhere's."""
    around = {region, region // 100 * 100, region // 10000 * 10000} if region else set()
    found = {
        one.region_id: one
        for one in rules
        if one.applies_key == key and (one.region_id is None or one.region_id in around)
    }
    return found[max(found, key=lambda code: code or 0)] if found else None
