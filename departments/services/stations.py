"""Stations of the register as those who send people there choose among them."""

from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from departments.models.organizations import Department, Region
from departments.models.place_codes import STATION_KINDS
from departments.services.regions import WITH_PARENTS, region_span


def stations_for(user: Any) -> QuerySet[Department]:
    """Stations, county centres and incubators that work, on the ground of the person's house, by name."""
    rows = Department.objects.visible_to(user).filter(
        kind__in=STATION_KINDS,
        ended_on__isnull=True,
        organization__is_training=user.acting.is_training,
    )
    return rows.select_related(f"region__{WITH_PARENTS}").order_by("name", "pk")


def station_label(station: Department) -> str:
    """`示例街道社工站（西城区）`."""
    place = station.region.name if station.region else station.township
    return f"{station.name}（{place}）" if place else station.name


def stations_like(user: Any, text: str, limit: int) -> list[str]:
    """Labels of stations whose name or township holds the text."""
    rows = stations_for(user).filter(Q(name__icontains=text) | Q(township__icontains=text))
    return [station_label(one) for one in rows[:limit]]


def stations_near(user: Any, region: Region | None, limit: int) -> list[str]:
    """Labels of the stations of somebody's county first, then of the city or province; [] without a region."""
    if region is None:
        return []
    (low, high), (first, last) = region_span(region.pk), region_span(region.pk // 10000 * 10000)
    rows = stations_for(user).filter(region__gte=first, region__lte=last)
    near = Case(When(region__gte=low, region__lte=high, then=Value(0)), default=Value(1))
    return [station_label(one) for one in rows.order_by(near, "name", "pk")[:limit]]
