"""The house's directory of resources: services elsewhere, where, for whom, and when somebody last checked."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import Insurance, NeedCategory
from cases.resource_permissions import can_add_resource, can_keep_resource
from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import Organization, Region
from departments.models.people import User
from departments.models.resources import (
    ASSURED_FOR,
    ResourceLocation,
    ResourcePlace,
    ResourceService,
)
from departments.services.regions import region_span
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

OLDEST = 120
STALE_TASK = "resource_stale"
# What a service of HSDS holds in one row here, by the names of the columns.
PARTS = (
    "provider", "name", "description", "status", "categories", "area", "min_age", "max_age", "eligibility",
    "insurance", "documents", "costs", "fees", "schedules", "languages", "application", "phone", "email", "url",
    "capacity", "alert",
)  # fmt: skip
PLACE_PARTS = (
    "name",
    "type",
    "region",
    "address",
    "postal_code",
    "transportation",
    "accessibility",
)


def reaches(place: Region) -> Q:
    """Services that somebody in `place` can use: given there, or for an area that holds it or lies in it."""
    low, high = region_span(place.pk)
    around = [
        code for code in {place.pk, place.pk // 100 * 100, place.pk // 10_000 * 10_000} if code
    ]
    given = ResourcePlace.objects.filter(
        service=OuterRef("pk"), location__region__gte=low, location__region__lte=high
    )
    return (
        Q(area__in=around)
        | Q(area__gte=low, area__lte=high)
        | Q(Exists(given))
        | (
            Q(area__isnull=True)
            & ~Exists(
                ResourcePlace.objects.filter(service=OuterRef("pk"), location__region__isnull=False)
            )
        )
    )


def for_age(years: int) -> Q:
    """Services for somebody of so many years; no limit is no limit."""
    return (Q(min_age__isnull=True) | Q(min_age__lte=years)) & (
        Q(max_age__isnull=True) | Q(max_age__gte=years)
    )


def with_insurance(code: str) -> Q:
    """Services for people insured so; a service that names none takes everybody."""
    return Q(insurance=[]) | Q(insurance__contains=[code])


def stale(rows: QuerySet, today: dt.date | None = None) -> QuerySet:
    """Open services whose entry nobody has confirmed for half a year."""
    before = (today or timezone.localdate()) - ASSURED_FOR
    return rows.filter(assured_on__lt=before, status=ResourceService.Status.ACTIVE)


def _checked(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a service as they are saved.

    Raises:
        DomainError: on the field that is wrong.
    """
    made = dict(parts)
    made["name"] = " ".join(made["name"].split())
    if not made["name"]:
        raise DomainError("resource.needs_name", _("请写服务名称。"), "name")
    made["categories"] = list(dict.fromkeys(made["categories"]))
    if not made["categories"]:
        raise DomainError(
            "resource.needs_need", _("请选择它能满足的需求，至少一项。"), "categories"
        )
    _known(made["categories"], NeedCategory.values, "categories")
    made["insurance"] = list(dict.fromkeys(made["insurance"]))
    _known(made["insurance"], Insurance.values, "insurance")
    _known([made["status"]], ResourceService.Status.values, "status")
    low, high = made["min_age"], made["max_age"]
    for name, age in (("min_age", low), ("max_age", high)):
        if age is not None and not 0 <= age <= OLDEST:
            raise DomainError("resource.age", _("年龄请填 0 到 120。"), name)
    if low is not None and high is not None and high < low:
        raise DomainError(
            "resource_service_ages_in_order", _("最大年龄不能小于最小年龄。"), "max_age"
        )
    for row in made["schedules"]:
        if row.get("opens_at") and row.get("closes_at") and row["closes_at"] <= row["opens_at"]:
            raise DomainError("resource.hours", _("结束时间要晚于开始时间。"), "closes_at")
    return made


def _known(given: Iterable[str], values: Iterable[str], field: str) -> None:
    if set(given) - set(values):
        raise DomainError("resource.unknown_code", _("请从列表中选择。"), field)


def _save(service: ResourceService, parts: Mapping[str, Any]) -> None:
    for name, value in parts.items():
        setattr(service, name, value)
    service.save()


@command
def resource_add(
    *,
    by: User,
    is_public: bool = False,
    assured_on: dt.date | None = None,
    external_id: str = "",
    **parts: Any,
) -> ResourceService:
    """A service of the directory, confirmed today (or on the day an import says).

    Raises:
        DomainError: `resource.…` on the field that is wrong.
    """
    require(can_add_resource, by, None)
    service = ResourceService(
        organization_id=by.house_id,
        created_by=by,
        assured_on=assured_on or timezone.localdate(),
        assured_by=by,
        external_id=external_id,
        published_at=timezone.now() if is_public else None,
    )
    _save(service, _checked(parts))
    audit.record("resource.add", by=by, on=service)
    return service


@command
def resource_change(
    *,
    resource: ResourceService,
    by: User,
    base: int | None = None,
    is_public: bool = False,
    assured_on: dt.date | None = None,
    **parts: Any,
) -> ResourceService:
    """The whole entry anew, which also confirms it. `base` is the version the page was opened with.

    Raises:
        DomainError: `form.stale` when somebody saved in between; `resource.…` on the field that is wrong.
    """
    resource = _locked(resource)
    require(can_keep_resource, by, resource)
    check_base(base, resource.row_version)
    resource.assured_on, resource.assured_by = assured_on or timezone.localdate(), by
    if not is_public:
        resource.published_at = None
    elif resource.published_at is None:
        resource.published_at = timezone.now()
    _save(resource, _checked(parts))
    _publish_places(resource)
    _settle(by)
    audit.record("resource.change", by=by, on=resource)
    return resource


@command
def resource_assure(*, resource: ResourceService, by: User) -> ResourceService:
    """Somebody asked, and everything still is as it stands here."""
    resource = _locked(resource)
    require(can_keep_resource, by, resource)
    resource.assured_on, resource.assured_by = timezone.localdate(), by
    resource.save(update_fields=["assured_on", "assured_by"])
    _settle(by)
    audit.record("resource.assure", by=by, on=resource)
    return resource


@command
def place_add(
    *,
    resource: ResourceService,
    by: User,
    schedules: list[dict[str, Any]] | None = None,
    external_id: str = "",
    latitude: Any = None,
    longitude: Any = None,
    **parts: Any,
) -> ResourceLocation:
    """One more place where the service is given; a place of that name and address is used again."""
    resource = _locked(resource)
    require(can_keep_resource, by, resource)
    parts["name"] = " ".join(parts["name"].split())
    if not parts["name"]:
        raise DomainError("resource.needs_place", _("请写地点名称。"), "name")
    own = ResourceLocation.objects.filter(
        organization_id=by.house_id, provider_id=resource.provider_id
    )
    place = (
        own.filter(external_id=external_id).first()
        if external_id
        else own.filter(name=parts["name"], address=parts.get("address", "")).first()
    )
    if place is None:
        place = ResourceLocation(
            organization_id=by.house_id,
            provider_id=resource.provider_id,
            external_id=external_id,
            created_by=by,
        )
    for name in PLACE_PARTS:
        if name in parts:
            setattr(place, name, parts[name])
    if schedules is not None:
        place.schedules = schedules
    if latitude is not None and longitude is not None:
        place.latitude, place.longitude = latitude, longitude
    place.published_at = place.published_at or resource.published_at
    place.save()
    ResourcePlace.objects.get_or_create(
        service=resource,
        location=place,
        defaults={
            "organization_id": by.house_id,
            "created_by": by,
            "published_at": resource.published_at,
        },
    )
    audit.record("resource.place_add", by=by, on=resource)
    return place


@command
def place_remove(*, resource: ResourceService, place: ResourceLocation, by: User) -> None:
    """The service is no longer given there; the place goes with its last service."""
    resource = _locked(resource)
    require(can_keep_resource, by, resource)
    ResourcePlace.objects.filter(service=resource, location=place).delete()
    if not ResourcePlace.objects.filter(location=place).exists():
        place.delete()
    audit.record("resource.place_remove", by=by, on=resource)


def _settle(by: User) -> None:
    """Somebody confirmed an entry: when that was the last stale one of that person, the task is done at once."""
    rows = stale(ResourceService.objects.filter(organization_id=by.house_id, assured_by=by))
    if not rows.exists():
        Task.objects.filter(
            organization_id=by.house_id, kind=STALE_TASK, assignee=by, state=Task.State.OPEN
        ).update(state=Task.State.DONE, closed_at=timezone.now())


def _publish_places(resource: ResourceService) -> None:
    """The places of a service are as public as it is; one it shares stays public with the other."""
    resource.places.update(published_at=resource.published_at)
    for link in resource.places.select_related("location"):
        shown = link.location.places.filter(published_at__isnull=False).exists()
        link.location.published_at = timezone.now() if shown else None
        link.location.save(update_fields=["published_at"])


def _locked(resource: ResourceService) -> ResourceService:
    return ResourceService.objects.locked().get(pk=resource.pk)


def providers_for(user: User) -> QuerySet:
    """Bodies that may give services: the register of one's own ground, the own house included."""
    return (
        Organization.objects.visible_to(user)
        .on_ground_of(user)
        .exclude(kind="installation")
        .order_by("name")
    )
