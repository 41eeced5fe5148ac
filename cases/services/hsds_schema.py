"""What HSDS 3.0 demands of its objects, as a JSON Schema: required fields, types, formats and closed lists.

Source: the field tables of Open Referral's Human Services Data Specification 3.0. Fields that are not named
here are allowed, as they are there.
"""

from typing import Any

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
UUID, URI = {"type": "string", "format": "uuid"}, {"type": "string", "format": "uri"}
EMAIL, DATE = {"type": "string", "format": "email"}, {"type": "string", "format": "date"}
AGE = {"type": "number", "minimum": 0}


def _one(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _many(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _one(name)}


def _closed(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


# object -> (required fields, fields)
OBJECTS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "service": (
        ("id", "name", "status"),
        {
            "id": UUID, "organization_id": TEXT, "program_id": TEXT, "name": TEXT, "alternate_name": TEXT,
            "description": TEXT, "url": URI, "email": EMAIL,
            "status": _closed("active", "inactive", "defunct", "temporarily closed"),
            "application_process": TEXT, "fees_description": TEXT, "eligibility_description": TEXT,
            "minimum_age": AGE, "maximum_age": AGE, "assured_date": DATE, "assurer_email": EMAIL,
            "alert": TEXT, "last_modified": {"type": "string", "format": "date-time"},
            "phones": _many("phone"), "schedules": _many("schedule"), "service_areas": _many("service_area"),
            "service_at_locations": _many("service_at_location"), "languages": _many("language"),
            "organization": _one("organization"), "cost_options": _many("cost_option"),
            "required_documents": _many("required_document"), "attributes": _many("attribute"),
        },
    ),
    "organization": (
        ("id", "name", "description"),
        {
            "id": UUID, "name": TEXT, "alternate_name": TEXT, "description": TEXT, "email": EMAIL,
            "website": URI, "year_incorporated": NUMBER, "legal_status": TEXT,
            "parent_organization_id": TEXT, "organization_identifiers": _many("organization_identifier"),
            "phones": _many("phone"), "locations": _many("location"),
        },
    ),
    "organization_identifier": (
        ("id", "identifier_type", "identifier"),
        {"id": UUID, "identifier_scheme": TEXT, "identifier_type": TEXT, "identifier": TEXT},
    ),
    "service_at_location": (
        ("id",),
        {
            "id": UUID, "description": TEXT, "location": _one("location"), "phones": _many("phone"),
            "schedules": _many("schedule"),
        },
    ),
    "location": (
        ("id", "location_type"),
        {
            "id": UUID, "location_type": _closed("physical", "postal", "virtual"), "name": TEXT,
            "transportation": TEXT, "latitude": NUMBER, "longitude": NUMBER, "addresses": _many("address"),
            "accessibility": _many("accessibility"), "schedules": _many("schedule"),
        },
    ),
    "address": (
        ("id", "address_1", "city", "state_province", "postal_code", "country", "address_type"),
        {
            "id": UUID, "address_1": TEXT, "city": TEXT, "region": TEXT, "state_province": TEXT,
            "postal_code": TEXT, "country": {"type": "string", "minLength": 2, "maxLength": 2},
            "address_type": _closed("physical", "postal", "virtual"),
        },
    ),
    "phone": (("id", "number"), {"id": UUID, "number": TEXT, "extension": NUMBER, "type": TEXT}),
    "schedule": (
        ("id",),
        {
            "id": UUID, "valid_from": DATE, "valid_to": DATE, "dtstart": DATE, "until": DATE,
            "freq": _closed("WEEKLY", "MONTHLY"), "wkst": _closed("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
            "interval": NUMBER, "count": NUMBER, "timezone": NUMBER, "byday": TEXT, "bymonthday": TEXT,
            "opens_at": TEXT, "closes_at": TEXT, "description": TEXT,
        },
    ),
    "service_area": (
        ("id",),
        {
            "id": UUID, "name": TEXT, "description": TEXT, "extent": TEXT,
            "extent_type": _closed("geojson", "topojson", "kml", "text"),
        },
    ),
    "language": (("id",), {"id": UUID, "name": TEXT, "code": TEXT, "note": TEXT}),
    "accessibility": (("id",), {"id": UUID, "description": TEXT, "details": TEXT, "url": URI}),
    "cost_option": (
        ("id",),
        {"id": UUID, "option": TEXT, "currency": TEXT, "amount": NUMBER, "amount_description": TEXT},
    ),
    "required_document": (("id",), {"id": UUID, "document": TEXT, "uri": URI}),
    "attribute": (
        ("id",),
        {
            "id": UUID, "link_id": UUID, "link_entity": TEXT, "link_type": TEXT, "value": TEXT, "label": TEXT,
            "taxonomy_term": _one("taxonomy_term"),
        },
    ),
    "taxonomy_term": (
        ("id", "name", "description"),
        {"id": UUID, "code": TEXT, "name": TEXT, "description": TEXT, "parent_id": TEXT, "taxonomy": TEXT},
    ),
}  # fmt: skip


def schema(of: str = "service") -> dict[str, Any]:
    """The schema of one object, with everything it may hold."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_one(of),
        "$defs": {
            name: {"type": "object", "required": list(required), "properties": fields}
            for name, (required, fields) in OBJECTS.items()
        },
    }
