"""Published values beside computed ones: what was said, how far it is from what the rows give, whether its word holds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.census_permissions import can_keep_published
from departments.models.census import FIRST_YEAR, LAST_YEAR, PublishedFigure, Qualifier
from departments.models.people import User
from departments.services.census.figures import FIGURES, Computed
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.display import figure
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.rounding import half_up

# How far "about" and "nearly" reach: a tenth of what was published.
REACH = Fraction(1, 10)
SIGNS = {
    Qualifier.EXACT: "{}",
    Qualifier.ABOUT: _("约 {}"),
    Qualifier.NEARLY: _("近 {}"),
    Qualifier.MORE: _("{} 多"),
    Qualifier.OVER: _("超 {}"),
}


@dataclass(frozen=True)
class Compared:
    """A published value beside the computed one; `agrees` is None while nothing is computed."""

    published: PublishedFigure
    shown: str
    difference: str
    agrees: bool | None
    verdict: str | Promise


def places_of(published: PublishedFigure) -> int:
    """How many decimals the published number has."""
    return max(0, -int(published.value.normalize().as_tuple().exponent))


def said_of(published: PublishedFigure) -> str:
    """The published number with its word: `约 500`, `6,800 多`."""
    shown = figure(half_up(Fraction(published.value), places_of(published)))
    return str(SIGNS[Qualifier(published.qualifier)]).format(shown)


def holds(published: PublishedFigure, got: Fraction) -> bool:
    """Whether the published word holds: exact by its own decimals, 约 and 近 within a tenth, 多 and 超 from below."""
    wanted, places = Fraction(published.value), places_of(published)
    return {
        Qualifier.EXACT: half_up(got, places) == half_up(wanted, places),
        Qualifier.ABOUT: abs(got - wanted) <= abs(wanted) * REACH,
        Qualifier.NEARLY: wanted * (1 - REACH) <= got < wanted,
        Qualifier.MORE: got >= wanted,
        Qualifier.OVER: got > wanted,
    }[Qualifier(published.qualifier)]


def difference_of(published: PublishedFigure, got: Fraction, places: int) -> str:
    """How far the rows are from what was published, signed: `+0.2`, `0`."""
    difference = half_up(got - Fraction(published.value), places)
    return f"{difference:+,}" if difference else "0"


def compare(published: PublishedFigure, computed: Computed) -> Compared:
    """A figure of the census beside what was published of it."""
    shown = said_of(published)
    if computed.value is None:
        return Compared(published, shown, "—", None, _("还没有数据可比"))
    agrees = holds(published, computed.value)
    places = max(places_of(published), computed.figure.places)
    words = difference_of(published, computed.value, places)
    return Compared(published, shown, words, agrees, _("相符") if agrees else _("不符"))


def standing(figures: Sequence[Computed], user: User) -> Mapping[str, PublishedFigure]:
    """The published value of each figure by its code; one's own house's before another's."""
    if not figures:
        return {}
    rows = PublishedFigure.objects.visible_to(user).standing().filter(year=figures[0].year)
    rows = rows.filter(code__in=[one.figure.code for one in figures])
    found: dict[str, PublishedFigure] = {}
    for row in rows.order_by("id"):
        if row.code not in found or row.organization_id == user.house_id:
            found[row.code] = row
    return found


@command
def published_add(
    *,
    code: str,
    year: int,
    statement: str,
    value: Decimal,
    qualifier: str = Qualifier.EXACT,
    as_of: dt.date | None = None,
    population: str = "",
    source: str,
    method: str = "",
    subject: str = "",
    explanation: str = "",
    unit: str = "",
    by: User,
) -> PublishedFigure:
    """Record what was published for a figure and year, in the figure's own unit; read by the other houses too.

    With a `method` (reports.services.published.methods) it is no figure of the census: code and unit are free.

    Raises:
        DomainError: `published.code` on `code`, `published.year` on `year`, `published_figure_once` on `code`,
            `published_figure_names_source` on `source`.
    """
    require(can_keep_published, by, None)
    if not method and code not in FIGURES:
        raise DomainError("published.code", _("请从列表中选择指标。"), "code")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DomainError("published.year", _("年度须在 2000 到 2100 之间。"), "year")
    if not source.strip() or not statement.strip():
        raise DomainError("published_figure_names_source", _("请写明原文和出处。"), "source")
    row = PublishedFigure(
        organization_id=by.house_id,
        code=code,
        year=year,
        statement=statement.strip(),
        value=value,
        unit=unit or str(FIGURES[code].unit if code in FIGURES else ""),
        method=method,
        subject=subject.strip(),
        explanation=explanation.strip(),
        qualifier=qualifier,
        as_of=as_of,
        population=population.strip(),
        source=source.strip(),
        published_at=timezone.now(),
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("published_figure.add", by=by, on=row, code=code, year=year)
    return row


@command
def published_withdraw(*, figure: PublishedFigure, by: User) -> PublishedFigure:
    """Take a published value out of the comparison; it stays on record. Raises `published.withdrawn` (409)."""
    row = PublishedFigure.objects.locked().get(pk=figure.pk)
    require(can_keep_published, by, row)
    if row.withdrawn_at is not None:
        raise DomainError("published.withdrawn", _("这一条已经撤下。"), status=409)
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    audit.record("published_figure.withdraw", by=by, on=row, code=row.code, year=row.year)
    return row
