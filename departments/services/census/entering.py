"""A house's return: begun, filled in, a new version made; what was sent never changes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.census_permissions import can_keep_census
from departments.models.census import FIRST_YEAR, CensusLine, CensusReturn
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.census.lines import line_write
from departments.services.census.shapes import kinds_of, own_line
from departments.services.moving import write_transition
from departments.workflow import CENSUS, CensusState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

MOST_LINES = 5000
OPEN = (CensusState.DRAFT, CensusState.SUBMITTED, CensusState.ACCEPTED)


@command
def census_begin(*, kind: str, year: int, by: User) -> CensusReturn:
    """The house's empty draft of a kind for a year.

    Raises:
        DomainError: `census.kind` on `kind`, `census.year` on `year`, `census.there` (409) on `kind` when
            one is open or frozen, `census.no_region` when the register does not say where the house is.
    """
    require(can_keep_census, by, None)
    if kind not in kinds_of(by.acting.organization_kind):
        raise DomainError("census.kind", _("请选择本机构要报的报表。"), "kind")
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise DomainError("census.year", _("年度不能早于 2000 年，也不能晚于今年。"), "year")
    if by.acting.region_id is None:
        raise DomainError("census.no_region", _("机构登记里还没有写明地区，先补上再填年报。"))
    own = CensusReturn.objects.filter(organization_id=by.house_id, kind=kind, year=year)
    if own.filter(state__in=OPEN).exists():
        raise DomainError(
            "census.there", _("这一年的这张报表已有一份在办，请打开那一份。"), "kind", status=409
        )
    if own.frozen().exists():
        raise DomainError(
            "census.frozen",
            _("这一年的这张报表已经冻结；要改请打开它，选“更正”。"),
            "kind",
            status=409,
        )
    last = own.order_by("-version").first()
    census = _new(kind, year, dt.date(year, 12, 31), last, by)
    audit.record("census.begin", by=by, on=census, kind=kind, year=year)
    return census


@command
def census_start(*, kind: str, year: int, by: User) -> CensusReturn:
    """A draft whose lines begin as the last return of the kind ended, or with the house itself. Raises as census_begin."""
    census = census_begin(kind=kind, year=year, by=by)
    before = census.corrects or _year_before(kind, year, by)
    if before is not None:
        _copy(before, census, by)
        return census
    first = own_line(Organization.objects.get(pk=by.house_id), kind)
    if first:
        line_write(census=census, rank=1, values=first, by=by)
    return census


def draft_for(*, kind: str, year: int, by: User) -> CensusReturn:
    """The house's draft of a kind and year under its lock, begun empty when there is none. Raises as census_begin."""
    own = CensusReturn.objects.filter(organization_id=by.house_id, kind=kind, year=year)
    found = own.locked().filter(state=CensusState.DRAFT).first()
    return found or census_begin(kind=kind, year=year, by=by)


def _year_before(kind: str, year: int, by: User) -> CensusReturn | None:
    rows = CensusReturn.objects.filter(organization_id=by.house_id, kind=kind, year__lt=year)
    return rows.exclude(state=CensusState.VOID).order_by("-year", "-version").first()


def _new(
    kind: str, year: int, as_of: dt.date, corrects: CensusReturn | None, by: User
) -> CensusReturn:
    census = CensusReturn(
        organization_id=by.house_id,
        kind=kind,
        year=year,
        as_of=as_of,
        version=corrects.version + 1 if corrects else 1,
        corrects=corrects,
        region_code=by.acting.region_id,
        created_by=by,
    )
    census.save(force_insert=True)
    write_transition(census, CENSUS, "begin", before="", by=by)
    return census


def _copy(old: CensusReturn, census: CensusReturn, by: User) -> None:
    for line in old.lines.order_by("rank", "id"):
        line.pk, line.census, line.created_by = None, census, by
        line.organization_id, line.counterparty_id = census.organization_id, None
        line.region_code, line.released_at = census.region_code, None
        line.created_at = timezone.now()
        line._state.adding = True
        line.save(force_insert=True)


@command
def census_save(
    *,
    census: CensusReturn,
    as_of: dt.date,
    note: str,
    lines: Sequence[Mapping[str, Any]],
    part: tuple[int, int] | None = None,
    base: int | None = None,
    by: User,
) -> CensusReturn:
    """The draft as it stands now: its cut-off day, its words and its lines, in their order.

    `lines` are all of them, or with `part` (from, to; counted from 0, `to` excluded) those that stand in
    place of that part; the others stay as they are.

    Raises:
        DomainError: `census.not_draft` (409), `form.stale` (409), `census.as_of` on `as_of`, and those of
            a line, with its number in the sentence.
    """
    census = draft_locked(census, by)
    check_base(base, census.row_version)
    if as_of.year != census.year:
        raise DomainError("census.as_of", _("截止日须在报表的年度之内。"), "as_of")
    before, replaced, after = _around(census, part)
    if len(before) + len(lines) + len(after) > MOST_LINES:
        raise DomainError("census.many", _("一份年报最多 %(n)s 行。") % {"n": MOST_LINES})
    census.as_of, census.note = as_of, note.strip()
    census.save(update_fields=["as_of", "note"])
    CensusLine.objects.filter(census=census, pk__in=[one.pk for one in replaced]).delete()
    top = before[-1].rank if before else 0
    if after and after[0].rank <= top + len(lines):
        moved = CensusLine.objects.filter(census=census, pk__in=[one.pk for one in after])
        moved.update(rank=F("rank") + top + len(lines) + 1 - after[0].rank)
    names = {one.name for one in (*before, *after)}
    for place, values in enumerate(lines, start=1):
        number = {"n": len(before) + place}
        name = " ".join((values.get("name") or "").split())
        if name in names:
            raise DomainError(
                "census.line_twice",
                _("第 %(n)s 行：“%(name)s”写了两次。") % {**number, "name": name},
            )
        names.add(name)
        try:
            line_write(census=census, rank=top + place, values=values, by=by)
        except DomainError as error:
            said = _("第 %(n)s 行：%(why)s") % {**number, "why": error.message}
            raise DomainError(error.rule, said, status=error.status) from error
    audit.record("census.save", by=by, on=census, lines=len(lines), as_of=as_of)
    return census


def _around(
    census: CensusReturn, part: tuple[int, int] | None
) -> tuple[list[CensusLine], list[CensusLine], list[CensusLine]]:
    """The lines before a part, of it, and after it."""
    rows = list(census.lines.order_by("rank", "id"))
    first, last = part or (0, len(rows))
    return rows[:first], rows[first:last], rows[last:]


def draft_locked(census: CensusReturn, by: User) -> CensusReturn:
    """The draft under its lock.

    Raises:
        DomainError: `census.not_draft` (409) for what has been sent.
    """
    require(can_keep_census, by, census)
    census = CensusReturn.objects.locked().get(pk=census.pk)
    if census.state != CensusState.DRAFT:
        raise DomainError(
            "census.not_draft", _("已经报送的年报不能修改，请撤回或更正。"), status=409
        )
    return census


@command
def census_correct(*, census: CensusReturn, by: User) -> CensusReturn:
    """A new version, in draft, with the lines of the one that was returned or frozen; until it is frozen the old one counts.

    Raises:
        DomainError: `census.correct.wrong_state` (409), `census.there` (409) when one is open already.
    """
    require(can_keep_census, by, census)
    census = CensusReturn.objects.locked().get(pk=census.pk)
    if census.state not in (CensusState.RETURNED, CensusState.FROZEN):
        raise DomainError(
            "census.correct.wrong_state",
            _("只有退回、撤回或冻结的年报可以更正。"),
            status=409,
        )
    versions = CensusReturn.objects.filter(
        organization_id=census.organization_id, kind=census.kind, year=census.year
    )
    if versions.filter(state__in=OPEN).exists():
        raise DomainError(
            "census.there", _("这一年的这张报表已有一份在办，请打开那一份。"), status=409
        )
    newest = versions.order_by("-version").first()
    made = _new(census.kind, census.year, census.as_of, newest, by)
    _copy(census, made, by)
    audit.record(
        "census.correct", by=by, on=made, kind=made.kind, year=made.year, version=made.version
    )
    return made
