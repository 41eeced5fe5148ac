"""What a foundation awarded, as a 360Giving package: money, programme and city; the unit of a project, individuals never told apart.

Fields after the 360Giving data standard, version 1.4 (grants, organizations, individuals), as written in
`reference/three_sixty.schema.json` from the standard's field tables. China has no list in org-id.guide that we could
verify: an organization's id is `CN-USCC-` and its unified social credit code, or `CN-MSW-` and the portal's own id.
"""

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments import audit
from departments.models.organizations import Organization
from donations.models.requests import FundingAct, FundingRequest
from donations.permissions import can_export_awards
from donations.workflow import GRANTED, RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError

SCHEMA = Path(__file__).resolve().parent.parent / "reference" / "three_sixty.schema.json"
VERSION = "1.4"
AWARDED = sorted(GRANTED | {RequestState.DECEASED, RequestState.RECOVERED})
MOST_GRANTS = 20_000
HEALTH, MEDICAL_CARE = "GTIR030", "GTIP120"  # codes of toIndividualsDetails: reason and purpose


@cache
def schema() -> dict[str, Any]:
    """The JSON schema a package is held against."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def organization_id(house: Organization) -> str:
    return f"CN-USCC-{house.uscc}" if house.uscc else f"CN-MSW-{house.uid}"


def awards(*, since: dt.date, until: dt.date, by: Any) -> dict[str, Any]:
    """The package of what the house approved from `since` to `until` (days in Asia/Shanghai, both included).

    The schema asks for a grant at least; without one the package's `grants` is empty and says so.

    Raises:
        DomainError: `permission.can_export_awards` (403), `awards.span` on `until`, `awards.too_many`.
    """
    require(can_export_awards, by, None)
    if until < since:
        raise DomainError("awards.span", _("结束日期不能早于开始日期。"), "until")
    house = Organization.objects.select_related("region").get(pk=by.house_id)
    rows = list(_rows(by, since, until)[: MOST_GRANTS + 1])
    if len(rows) > MOST_GRANTS:
        raise DomainError("awards.too_many", _("一次最多导出 20000 笔，请缩短时间段。"), "since")
    now = timezone.localtime()
    audit.record(
        "award.export", by=by, organization_id=house.pk, count=len(rows), since=since, until=until
    )
    with override("zh-hans"):
        funder = {"id": organization_id(house), "name": house.name}
        return {
            "version": VERSION,
            "title": _("%(house)s救助资助数据") % {"house": house.name},
            "description": _(
                "%(since)s 至 %(until)s 批准的个人医疗救助和项目资助，不含任何可识别个人的信息。"
            )
            % {"since": since.isoformat(), "until": until.isoformat()},
            "issued": now.date().isoformat(),
            "modified": now.isoformat(timespec="seconds"),
            "publisher": {"name": house.name, "org_id": organization_id(house)},
            "grants": [_grant(row, funder) for row in rows],
        }


def _rows(by: Any, since: dt.date, until: dt.date) -> QuerySet[FundingRequest]:
    approved = FundingAct.objects.filter(request=OuterRef("pk"), step="approve").values("at")[:1]
    begin = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(until, dt.time())) + dt.timedelta(days=1)
    return (
        FundingRequest.objects.visible_to(by)
        .filter(counterparty_id=by.house_id, approved__isnull=False, state__in=AWARDED)
        .annotate(awarded_at=Coalesce(Subquery(approved), "state_entered_at"))
        .filter(awarded_at__gte=begin, awarded_at__lt=end)
        .select_related("programme_version__programme", "organization__region")
        .order_by("awarded_at", "id")
    )


def _grant(row: FundingRequest, funder: dict[str, str]) -> dict[str, Any]:
    version = row.programme_version
    grant = {
        "id": f"{funder['id']}-{row.uid}",
        "title": version.name,
        "description": _("公益项目资助") if row.is_for_project else _("个人医疗救助"),
        "currency": "CNY",
        "amountAppliedFor": _number(row.requested),
        "amountAwarded": _number(row.approved),
        "amountDisbursed": _number(row.disbursed - row.refunded),
        "awardDate": timezone.localtime(row.awarded_at).date().isoformat(),
        "fundingOrganization": [funder],
        **_recipient(row, funder["id"]),
        "grantProgramme": [{"code": str(version.programme.uid), "title": version.name}],
        "fromOpenCall": "No",
        "dateModified": timezone.localtime(row.updated_at).isoformat(timespec="seconds"),
        "dataSource": settings.PORTAL_ADDRESS,
    }
    place = _city(row.organization)
    return {**grant, "beneficiaryLocation": [place]} if place else grant


def _recipient(row: FundingRequest, publisher: str) -> dict[str, Any]:
    """Exactly one of the two that the standard knows: the unit of a project by name, or somebody who is not told."""
    if row.is_for_project:
        unit = row.organization
        return {"recipientOrganization": [{"id": organization_id(unit), "name": unit.name}]}
    return {
        "recipientIndividual": [{"id": _individual(row, publisher), "name": _("个人受助者")}],
        "toIndividualsDetails": {
            "primaryGrantReason": HEALTH,
            "grantPurpose": [MEDICAL_CARE],
        },
    }


def _individual(row: FundingRequest, publisher: str) -> str:
    """A code of its own for every grant: two grants of one person cannot be laid side by side."""
    return f"{publisher}-individual-{row.uid.hex[-12:]}"


def _city(hospital: Organization) -> dict[str, str] | None:
    """Where the hospital stands, never more exactly than its city."""
    region = hospital.region
    if region is None:
        return None
    code = f"{region.pk // 100 * 100:06d}"
    return {"countryCode": "CN", "geoCode": code, "geoCodeType": "GB/T 2260"}


def _number(value: Any) -> float | int:
    """An amount as the standard asks for it: a JSON number; two decimals fit a double up to 90 trillion."""
    return int(value) if value == int(value) else float(value)
