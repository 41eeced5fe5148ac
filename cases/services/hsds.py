"""The directory in the words of Open Referral HSDS 3.0 (JSON), out and in.

Source: Human Services Data Specification 3.0, objects service, organization, location, service_at_location and
their parts. A file is a list of `service` objects with everything nested, as the standard's service package is.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.models.codes import Insurance, NeedCategory
from departments.models.organizations import Organization, Region
from departments.models.resources import ResourceLocation, ResourcePlace, ResourceService

COUNTRY = "CN"
USCC = "统一社会信用代码"
NEEDS, INSURANCES = "msw:need", "msw:insurance"
# Parts have no rows of their own here: their ids come from the row's own id and what they are.
SPACE = uuid.UUID("6a1d5b0e-52b1-5d3f-9f0c-7c0f6b7c0d53")


def part_id(*about: Any) -> str:
    return str(uuid.uuid5(SPACE, "/".join(map(str, about))))


def whole(rows: QuerySet) -> QuerySet:
    """The services with everything `service_out` reads: three statements for any number of them."""
    places = ResourcePlace.objects.select_related("location__region__parent").order_by("id")
    return rows.select_related("provider__region", "area", "assured_by").prefetch_related(
        Prefetch("places", queryset=places)
    )


def services_out(rows: Iterable[ResourceService]) -> list[dict[str, Any]]:
    return [service_out(row) for row in rows]


def service_out(row: ResourceService) -> dict[str, Any]:
    """One `service` object; empty parts are left out, as the standard knows no null."""
    made = {
        "id": str(row.uid),
        "name": row.name,
        "description": row.description,
        "url": row.url,
        "email": row.email,
        "status": row.status,
        "application_process": row.application,
        "fees_description": row.fees,
        "eligibility_description": row.eligibility,
        "minimum_age": row.min_age,
        "maximum_age": row.max_age,
        "assured_date": row.assured_on.isoformat(),
        "alert": row.alert,
        "last_modified": row.updated_at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        "phones": _phones(row),
        "schedules": _schedules(row.uid, row.schedules),
        "service_areas": _areas(row),
        "service_at_locations": [_at(row, place) for place in row.places.all()],
        "languages": [
            {"id": part_id(row.uid, "language", name), "name": name} for name in row.languages
        ],
        "organization": organization_out(row.provider),
        "cost_options": [
            {
                "id": part_id(row.uid, "cost", n),
                "option": one["option"],
                "currency": "CNY",
                "amount": float(one["amount"]),
            }
            for n, one in enumerate(row.costs)
        ],
        "required_documents": [
            {"id": part_id(row.uid, "document", name), "document": name} for name in row.documents
        ],
        "attributes": [
            *(_term(row.uid, NEEDS, code, NeedCategory(code).label) for code in row.categories),
            *(_term(row.uid, INSURANCES, code, Insurance(code).label) for code in row.insurance),
        ],
    }
    if row.capacity:
        made["attributes"].append(
            {
                "id": part_id(row.uid, "capacity"),
                "link_id": str(row.uid),
                "link_entity": "service",
                "link_type": "capacity",
                "label": "名额",
                "value": row.capacity,
            }
        )
    return _filled(made)


def organization_out(body: Organization) -> dict[str, Any]:
    """An `organization` object; `description` is required there and is the kind where we know no more."""
    made: dict[str, Any] = {
        "id": str(body.uid),
        "name": body.name,
        "alternate_name": body.short_name,
        "description": str(body.get_kind_display()),
        "year_incorporated": body.founded_on.year if body.founded_on else None,
    }
    if body.uscc:
        made["organization_identifiers"] = [
            {
                "id": part_id(body.uid, "uscc"),
                "organization_id": str(body.uid),
                "identifier_scheme": "CN-USCC",
                "identifier_type": USCC,
                "identifier": body.uscc,
            }
        ]
    return _filled(made)


def location_out(place: ResourceLocation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": str(place.uid),
        "location_type": place.type,
        "name": place.name,
        "transportation": place.transportation,
        "latitude": float(place.latitude) if place.latitude is not None else None,
        "longitude": float(place.longitude) if place.longitude is not None else None,
        "addresses": [_address(place)] if place.type != "virtual" and place.region else [],
        "accessibility": [
            {"id": part_id(place.uid, "accessibility"), "description": place.accessibility}
        ]
        if place.accessibility
        else [],
        "schedules": _schedules(place.uid, place.schedules),
    }
    return _filled(made)


def _at(row: ResourceService, place: ResourcePlace) -> dict[str, Any]:
    return {
        "id": part_id(row.uid, "at", place.location.uid),
        "location": location_out(place.location),
    }


def _address(place: ResourceLocation) -> dict[str, Any]:
    """A street address as the standard has it: city and province come from the region's code."""
    region = place.region
    above = region.parent or region
    return _filled(
        {
            "id": part_id(place.uid, "address"),
            "address_1": place.address or region.name,
            "city": above.name if region.level > 2 else region.name,
            "region": region.name,
            "state_province": str(region.pk),
            "postal_code": place.postal_code or "000000",
            "country": COUNTRY,
            "address_type": "postal" if place.type == "postal" else "physical",
        }
    )


def _phones(row: ResourceService) -> list[dict[str, str]]:
    return [{"id": part_id(row.uid, "phone"), "number": row.phone}] if row.phone else []


def _areas(row: ResourceService) -> list[dict[str, str]]:
    if row.area is None:
        return []
    return [
        {
            "id": part_id(row.uid, "area"),
            "name": row.area.name,
            "extent": str(row.area.pk),
            "extent_type": "text",
        }
    ]


def _schedules(owner: uuid.UUID, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": part_id(owner, "schedule", n), **row} for n, row in enumerate(rows)]


def _term(owner: uuid.UUID, taxonomy: str, code: str, label: Any) -> dict[str, Any]:
    return {
        "id": part_id(owner, taxonomy, code),
        "link_id": str(owner),
        "link_entity": "service",
        "link_type": taxonomy.partition(":")[2],
        "taxonomy_term": {
            "id": part_id(taxonomy, code),
            "code": code,
            "name": str(label),
            "description": str(label),
        },
    }


def _filled(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def region_of(text: str) -> Region | None:
    """The region of a code in a foreign file, if we have it."""
    return (
        Region.objects.filter(pk=int(text)).first() if text.isdigit() and len(text) == 6 else None
    )
