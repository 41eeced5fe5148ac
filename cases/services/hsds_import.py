"""A directory file of HSDS 3.0 brought in: the same file twice adds nothing, a bad row is refused by its reason."""

import contextlib
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema import ValidationError as Broken

from cases.models.codes import Insurance, NeedCategory
from cases.resource_permissions import can_add_resource
from cases.services.hsds import INSURANCES, NEEDS, USCC, region_of
from cases.services.hsds_schema import schema
from cases.services.resources import PARTS, place_add, resource_add, resource_change
from departments import audit
from departments.models.organizations import Organization, OrganizationKind, Region
from departments.models.people import User
from departments.models.resources import ResourceService
from departments.permissions import can_keep_organizations
from departments.services.organizations import organization_add
from departments.services.regions import region_read
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

MOST = 1000
RULES_DATED = (
    "freq",
    "byday",
    "bymonthday",
    "interval",
    "opens_at",
    "closes_at",
    "description",
    "valid_from",
    "valid_to",
    "dtstart",
    "until",
    "count",
    "wkst",
    "timezone",
)


@dataclass
class Taken:
    """What became of a file: how many were added, changed, stood already; (place in the file, name, reason)."""

    added: int = 0
    changed: int = 0
    same: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)


class _Rehearsed(Exception):
    """Ends a rehearsal: everything it wrote is taken back."""


@command
def directory_take(*, file: Any, is_rehearsal: bool = False, by: User) -> Taken:
    """Services of a file: a list of `service` objects, or a page of an HSDS API.

    Every object is one savepoint: a refused one leaves nothing behind and stops no other.

    Raises:
        DomainError: on `file` when it is no such JSON, or longer than MOST objects.
    """
    require(can_add_resource, by, None)
    rows = _rows(file)
    made = Taken()
    try:
        with transaction.atomic():
            for n, row in enumerate(rows, 1):
                _take_one(n, row, made, by)
            if is_rehearsal:
                raise _Rehearsed
    except _Rehearsed:
        return made
    counts = {"added": made.added, "changed": made.changed, "refused": len(made.refused)}
    audit.record("resource.import", by=by, facts=counts)
    return made


def _rows(file: Any) -> list[Any]:
    try:
        read = json.loads(file.read().decode("utf-8-sig"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise DomainError(
            "hsds.no_json", _("这不是 UTF-8 的 JSON 文件，请从对方系统重新导出。"), "file"
        ) from None
    if isinstance(read, dict):
        read = read["contents"] if isinstance(read.get("contents"), list) else [read]
    if not isinstance(read, list) or not read:
        raise DomainError("hsds.no_list", _("文件里没有服务：应是服务的列表。"), "file")
    if len(read) > MOST:
        raise DomainError(
            "hsds.too_many",
            _("一次最多 %(most)d 项服务，请分几个文件。") % {"most": MOST},
            "file",
        )
    return read


def _no_number(word: str) -> None:
    raise ValueError(word)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema(), format_checker=FormatChecker())


def _take_one(n: int, row: Any, made: Taken, by: User) -> None:
    name = str(row.get("name", ""))[:60] if isinstance(row, dict) else ""
    wrong = next(iter(_validator().iter_errors(row)), None)
    if wrong is not None:
        made.refused.append((n, name, _said(wrong)))
        return
    try:
        with transaction.atomic():
            outcome = _write(row, by)
    except DomainError as error:
        made.refused.append((n, name, str(error)))
        return
    setattr(made, outcome, getattr(made, outcome) + 1)


def _said(error: Broken) -> str:
    """The rule that is broken and where, e.g. `service_at_locations.0.location`."""
    at = ".".join(map(str, error.absolute_path)) or "service"
    rule = {
        "required": _("缺少必填的字段：%(what)s") % {"what": error.message.split("'")[1]}
        if error.validator == "required"
        else "",
        "enum": _("不在允许的取值里"),
        "format": _("格式不对"),
        "type": _("类型不对"),
    }.get(str(error.validator), _("不符合标准"))
    return f"{at}：{rule}"


def _write(row: dict[str, Any], by: User) -> str:
    own = ResourceService.objects.filter(organization_id=by.house_id)
    there = (
        own.filter(uid=uuid.UUID(row["id"])).first() or own.filter(external_id=row["id"]).first()
    )
    parts, assured = _parts(row, by), _date(row.get("assured_date"))
    places = [
        _place(at["location"]) for at in row.get("service_at_locations", []) if at.get("location")
    ]
    if there is None:
        service = resource_add(by=by, assured_on=assured, external_id=row["id"], **parts)
        for place in places:
            place_add(resource=service, by=by, **place)
        return "added"
    is_same = all(getattr(there, name) == parts[name] for name in PARTS) and (
        assured is None or assured <= there.assured_on
    )
    known = {
        (one.location.name, one.location.address) for one in there.places.select_related("location")
    }
    new = [place for place in places if (place["name"], place["address"]) not in known]
    if is_same and not new:
        return "same"
    if not is_same:
        resource_change(
            resource=there,
            by=by,
            is_public=there.published_at is not None,
            assured_on=max(assured or there.assured_on, there.assured_on),
            **parts,
        )
    for place in new:
        place_add(resource=there, by=by, **place)
    return "changed"


def _parts(row: dict[str, Any], by: User) -> dict[str, Any]:
    """The columns of a service; what has no column here is left where it came from."""
    areas = [region_of(str(one.get("extent", ""))) for one in row.get("service_areas", [])]
    area = next(filter(None, areas), None)
    return {
        "provider": _provider(row.get("organization"), by),
        "name": row["name"][:120],
        "description": row.get("description", ""),
        "status": row["status"],
        "categories": _codes(row, NEEDS, NeedCategory.values) or [NeedCategory.OTHER.value],
        "insurance": _codes(row, INSURANCES, Insurance.values),
        "area": area,
        "min_age": _age(row.get("minimum_age")),
        "max_age": _age(row.get("maximum_age")),
        "eligibility": row.get("eligibility_description", ""),
        "documents": [one["document"][:120] for one in row.get("required_documents", []) if one.get("document")],
        "costs": [
            {"option": str(one.get("option", ""))[:120], "amount": f"{one['amount']:g}"}
            for one in row.get("cost_options", [])
            if one.get("amount") is not None
        ],
        "fees": row.get("fees_description", ""),
        "schedules": _rules(row),
        "languages": [one["name"][:40] for one in row.get("languages", []) if one.get("name")],
        "application": row.get("application_process", ""),
        "phone": next((one["number"][:60] for one in row.get("phones", [])), ""),
        "email": row.get("email", ""),
        "url": row.get("url", ""),
        "capacity": next(
            (one.get("value", "")[:120] for one in row.get("attributes", []) if one.get("link_type") == "capacity"),
            "",
        ),
        "alert": row.get("alert", "")[:300],
    }  # fmt: skip


def _codes(row: dict[str, Any], taxonomy: str, values: list[str]) -> list[str]:
    kind = taxonomy.partition(":")[2]
    terms = (
        one.get("taxonomy_term", {}).get("code")
        for one in row.get("attributes", [])
        if one.get("link_type") == kind
    )
    return list(dict.fromkeys(code for code in terms if code in values))


def _rules(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {name: one[name] for name in RULES_DATED if one.get(name) not in (None, "")}
        for one in row.get("schedules", [])
    ]


def _age(value: Any) -> int | None:
    return None if value is None else int(value)


def _date(text: str | None) -> dt.date | None:
    """A day in the future is no day on which somebody checked."""
    if not text:
        return None
    day = dt.date.fromisoformat(text)
    if day > timezone.localdate():
        raise DomainError("hsds.future", _("核实日期（assured_date）在今天之后。"), "file")
    return day


def _provider(body: dict[str, Any] | None, by: User) -> Organization:
    if not body:
        raise DomainError("hsds.no_provider", _("没有写提供机构（organization）。"), "file")
    known = Organization.objects.visible_to(by).on_ground_of(by)
    numbers = [
        one["identifier"]
        for one in body.get("organization_identifiers", [])
        if one["identifier_type"] == USCC
    ]
    found = (
        known.filter(uid=uuid.UUID(body["id"])).first()
        or (known.filter(uscc__in=numbers).first() if numbers else None)
        or known.filter(name=body["name"]).order_by("pk").first()
    )
    if found is not None:
        return found
    if not can_keep_organizations(by, None):
        raise DomainError(
            "hsds.unknown_provider",
            _("机构登记里没有“%(name)s”，请部门负责人先登记。") % {"name": body["name"][:60]},
            "file",
        )
    return organization_add(
        name=body["name"][:120],
        kind=OrganizationKind.AGENCY,
        short_name=body.get("alternate_name", "")[:40],
        uscc=numbers[0] if numbers else "",
        by=by,
    )


def _place(row: dict[str, Any]) -> dict[str, Any]:
    address = next(iter(row.get("addresses", [])), {})
    return {
        "name": (row.get("name") or address.get("address_1") or row["location_type"])[:120],
        "type": row["location_type"],
        "region": _region(address),
        # Where we know no street the region stands in its place.
        "address": ""
        if address.get("address_1", "") == address.get("region")
        else address.get("address_1", "")[:200],
        "postal_code": address.get("postal_code", "")[:10].replace("000000", ""),
        "latitude": row.get("latitude") if row.get("longitude") is not None else None,
        "longitude": row.get("longitude") if row.get("latitude") is not None else None,
        "transportation": row.get("transportation", "")[:300],
        "accessibility": next(
            (one["description"][:300] for one in row.get("accessibility", []) if one.get("description")), ""
        ),
        "schedules": _rules(row),
    }  # fmt: skip


def _region(address: dict[str, Any]) -> Region | None:
    return region_of(str(address.get("state_province", ""))) or next(_named(address), None)


def _named(address: dict[str, Any]) -> Iterator[Region]:
    """By name, where only one bears it."""
    for part in ("region", "city", "state_province"):
        if text := str(address.get(part, "")).strip():
            with contextlib.suppress(ValidationError):
                yield region_read(text)
