"""The authority's side: accept, send back, freeze at a cut-off day, remind who is missing."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.census_permissions import can_review_census
from departments.models.census import CensusKind, CensusReturn
from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.queues import Outbox
from departments.querysets import region_range
from departments.services import outbox
from departments.services.census.shapes import EXPECTED
from departments.services.moving import move
from departments.workflow import CENSUS, CensusState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.display import enumerated
from msw_portal.kernel.errors import DomainError

NAMED = 5
REMINDER = "census.remind"


@command
def census_accept(*, census: CensusReturn, by: User) -> CensusReturn:
    """Take a return as it is; it waits for the freeze. Raises `census.accept.wrong_state` (409)."""
    return _move(census, "accept", by)


@command
def census_return(*, census: CensusReturn, reason: str, by: User) -> CensusReturn:
    """Send a return back; its house makes a new version of it.

    Raises:
        DomainError: `census.return.wrong_state` (409), `census.return.needs_reason` on `reason`.
    """
    return _move(census, "return", by, reason)


def _move(census: CensusReturn, step: str, by: User, reason: str = "") -> CensusReturn:
    # Before the lock: who only reads what was frozen cannot lock it.
    require(can_review_census, by, census)
    census = CensusReturn.objects.locked().get(pk=census.pk)
    move(census, CENSUS, step, by=by, reason=reason)
    _record(census, step, by)
    return census


def _record(census: CensusReturn, step: str, by: User) -> None:
    audit.record(
        f"census.{step}",
        by=by,
        on=census,
        kind=census.kind,
        year=census.year,
        version=census.version,
    )
    if census.organization_id != by.house_id:
        outbox.put(
            "census.moved",
            organization_id=by.house_id,
            subject=census,
            house=census.organization_id,
            pk=census.pk,
            step=step,
            once=f"{census.uid}:{step}:{census.row_version}",
        )


@command
def census_freeze(*, kind: str, year: int, as_of: dt.date, by: User) -> Sequence[CensusReturn]:
    """Freeze every accepted return of a kind and year at one cut-off day; from now on the region reads them.

    A correction replaces the version that was frozen before.

    Raises:
        DomainError: `census.nothing` on `kind`; `census.other_day` on `as_of`, naming the returns made for
            another day.
    """
    require(can_review_census, by, None)
    rows = list(
        CensusReturn.objects.locked()
        .filter(counterparty_id=by.house_id, kind=kind, year=year, state=CensusState.ACCEPTED)
        .select_related("organization")
        .order_by("id")
    )
    if not rows:
        raise DomainError("census.nothing", _("这一年的这张报表没有已接收、待冻结的。"), "kind")
    others = [one.organization.name for one in rows if one.as_of != as_of]
    if others:
        sentence = _("有 %(n)s 份的截止日不是这一天，请先退回更正：%(names)s。")
        names = enumerated(others[:NAMED])
        raise DomainError(
            "census.other_day", sentence % {"n": len(others), "names": names}, "as_of"
        )
    now = timezone.now()
    for census in rows:
        _replace(census, by)
        census.released_at = now
        move(census, CENSUS, "freeze", by=by, also=("released_at",))
        _record(census, "freeze", by)
    return rows


def _replace(census: CensusReturn, by: User) -> None:
    """The version that counted until now makes room for its correction."""
    former = CensusReturn.objects.locked().filter(
        organization_id=census.organization_id, kind=census.kind, year=census.year
    )
    for old in former.filter(state=CensusState.FROZEN):
        if old.counterparty_id != by.house_id:
            raise DomainError(
                "census.frozen_elsewhere",
                _("“%(name)s”上一版由另一主管部门冻结，更正也要报送给它。")
                % {"name": census.organization.name},
                status=409,
            )
        move(old, CENSUS, "replace", by=by)


# ── who is missing ───────────────────────────────────────────────────────────


def expected_houses(kind: str, by: User):
    """The houses of the region that sign in here and whose return of a kind is waited for."""
    low, high = region_range(by.acting.region_id)
    return Organization.objects.filter(
        is_tenant=True,
        is_training=by.acting.is_training,
        kind__in=EXPECTED.get(kind, ()),
        region_id__gte=low,
        region_id__lte=high,
    )


def arrived(kind: str, year: int, by: User):
    """The returns of a kind and year that have reached this authority or are frozen in its region."""
    rows = CensusReturn.objects.visible_to(by).filter(kind=kind, year=year)
    return rows.filter(state__in=(CensusState.SUBMITTED, CensusState.ACCEPTED, CensusState.FROZEN))


@command
def census_remind(
    *, kind: str, year: int, houses: Iterable[Organization], by: User
) -> Sequence[Organization]:
    """Ask houses for a return that is missing, each once a day; those that were asked now.

    Raises:
        DomainError: `census.kind` on `kind`.
    """
    require(can_review_census, by, None)
    if kind not in CensusKind.values:
        raise DomainError("census.kind", _("请选择报表的种类。"), "kind")
    known = set(
        expected_houses(kind, by)
        .exclude(pk__in=arrived(kind, year, by).values("organization_id"))
        .values_list("pk", flat=True)
    )
    done = reminded_today(kind, year, by)
    asked = [one for one in houses if one.pk in known - done]
    for house in asked:
        outbox.put(
            REMINDER,
            organization_id=by.house_id,
            subject=house,
            dedup_key=_reminder_key(kind, year, house.pk),
            house=house.pk,
            kind=kind,
            year=year,
        )
    audit.record("census.remind", by=by, kind=kind, year=year, count=len(asked))
    return asked


def _reminder_key(kind: str, year: int, house: int) -> str:
    return f"{REMINDER}:{timezone.localdate()}:{kind}:{year}:{house}"


def reminded_today(kind: str, year: int, by: User) -> set[int]:
    """The houses asked today."""
    start = _reminder_key(kind, year, 0)[:-1]
    keys = Outbox.objects.filter(
        organization_id=by.house_id, topic=REMINDER, dedup_key__startswith=start
    ).values_list("dedup_key", flat=True)
    return {int(key.rpartition(":")[2]) for key in keys}
