"""Returns of the small world, made by the services."""

import datetime as dt
from typing import Any

from departments.models.census import CensusReturn
from departments.models.organizations import Organization
from departments.services.census import entering, reviewing, sending


def line(name: str = "测试第一医院", **more: Any) -> dict[str, Any]:
    """One institution as a form gives it."""
    return {"name": name, "category": "hospital", "grade": "3A", "workers": 4, **more}


def make_draft(
    by: Any, *lines: dict[str, Any], kind: str = "institution", year: int = 2023, note: str = ""
) -> CensusReturn:
    """A draft with these lines, of the acting person's house."""
    draft = entering.draft_for(kind=kind, year=year, by=by)
    day = dt.date(year, 12, 31)
    return entering.census_save(census=draft, as_of=day, note=note, lines=list(lines), by=by)


def make_sent(by: Any, *lines: dict[str, Any], **more: Any) -> CensusReturn:
    """The same, sent to the nearest authority (to itself for an authority)."""
    draft = make_draft(by, *(lines or (line(),)), **more)
    return sending.census_submit(census=draft, authority=sending.authorities_for(by)[0], by=by)


def make_frozen(by: Any, *lines: dict[str, Any], **more: Any) -> CensusReturn:
    """An authority's own return, from entering to freezing."""
    sent = make_sent(by, *lines, **more)
    taken = reviewing.census_accept(census=sent, by=by)
    day = taken.as_of
    reviewing.census_freeze(kind=taken.kind, year=taken.year, as_of=day, by=by)
    return CensusReturn.objects.get(pk=taken.pk)


def house_of(user: Any) -> Organization:
    return Organization.objects.get(pk=user.membership.organization_id)
