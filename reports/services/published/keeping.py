"""Published numbers beside the computed ones, for every house: computed anew, compared, explained."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.census_permissions import can_keep_published
from departments.models.census import PublishedFigure, Qualifier
from departments.models.people import User
from departments.services.census.published import (
    difference_of,
    holds,
    places_of,
    published_add,
    said_of,
)
from departments.services.entering import house_scope
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.display import figure
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.rounding import half_up
from msw_portal.kernel.scope import scope
from reports.services.published.methods import METHODS, Method, method_of, value_of

# Decimals that a computed number keeps; a published one never has more.
KEPT = 4


@dataclass(frozen=True)
class Standing:
    """One published number: what was said, what the rows give, whether its word holds, and why not."""

    row: PublishedFigure
    method: Method | None
    said: str
    computed: str
    difference: str
    is_equal: bool | None
    verdict: str | Promise


def standing_of(row: PublishedFigure) -> Standing:
    """A published number beside what its rows were last computed to give."""
    said, method = said_of(row), method_of(row)
    if row.computed is None:
        return Standing(row, method, said, "—", "—", None, _("没有可计算的数据行"))
    got = Fraction(row.computed)
    is_equal = holds(row, got)
    places = max(places_of(row), 1 if got.denominator != 1 else 0)
    verdict = _("相符") if is_equal else _("不符，见说明") if row.explanation else _("不符")
    computed = figure(half_up(got, places))
    return Standing(row, method, said, computed, difference_of(row, got, places), is_equal, verdict)


def _compute(row: PublishedFigure) -> bool:
    """Write what the rows give now; whether it has changed."""
    value, before = value_of(row), (row.computed, row.computed_at is None)
    row.computed = None if value is None else half_up(value, KEPT)
    row.computed_at = timezone.now()
    row.save(update_fields=["computed", "computed_at"])
    return before != (row.computed, False)


def _compute_all(organization_id: int) -> int:
    rows = PublishedFigure.objects.filter(organization_id=organization_id).standing()
    return sum(_compute(row) for row in rows.order_by("id"))


def figures_recompute(*, organization_id: int) -> int:
    """Compute every standing number of a house from its own rows, now; how many have changed."""
    with house_scope(organization_id, care=True):
        return _compute_all(organization_id)


def houses_with_figures() -> list[int]:
    """Every house that has published a number, by id."""
    with scope():
        rows = PublishedFigure.objects.filter(published_at__isnull=False).standing()
        return sorted(set(rows.order_by().values_list("organization_id", flat=True).distinct()))


def figures_sweep() -> int:
    """Compute the numbers of every house again; how many have changed."""
    return sum(figures_recompute(organization_id=house) for house in houses_with_figures())


def everything() -> list[Standing]:
    """Every published number of every house, computed in this moment, by code."""
    figures_sweep()
    with scope():
        rows = PublishedFigure.objects.filter(published_at__isnull=False).standing()
        return [
            standing_of(row) for row in rows.select_related("organization").order_by("code", "id")
        ]


def as_json(one: Standing) -> dict[str, Any]:
    """A published number as programs read it; numbers as text, so that no float rounds them again."""
    row = one.row
    return {
        "id": row.code,
        "published": f"{row.value.normalize():f}",
        "qualifier": row.qualifier,
        "computed": None if row.computed is None else f"{row.computed.normalize():f}",
        "equal": one.is_equal,
        "difference": None if row.computed is None else one.difference,
        "explanation": row.explanation,
        "population": row.population or (str(one.method.words) if one.method else ""),
        "as_of": row.as_of.isoformat() if row.as_of else str(row.year),
        "unit": row.unit,
        "statement": row.statement,
        "source": row.source,
        "house": row.organization.name,
    }


@command
def figure_state(
    *,
    code: str,
    year: int,
    statement: str,
    value: Decimal,
    qualifier: str = Qualifier.EXACT,
    as_of: dt.date | None = None,
    population: str = "",
    source: str,
    method: str,
    subject: str = "",
    explanation: str = "",
    by: User,
) -> PublishedFigure:
    """Record a published number with the way to compute it, and compute it.

    Raises:
        DomainError: `published.method` on `method`, `published.subject` on `subject`, those of `published_add`.
    """
    require(can_keep_published, by, None)
    known = METHODS.get(method)
    if known is None:
        raise DomainError("published.method", _("请从列表中选择算法。"), "method")
    parts = [one for one in subject.split("|") if one.strip()]
    if len(parts) < known.least:
        raise DomainError(
            "published.subject",
            _("请写明统计对象：%(parts)s，用 | 隔开。")
            % {"parts": _("、").join(str(one) for one in known.parts)},
            "subject",
        )
    if method == "region_gifts" and not parts[0].strip().isdigit():
        raise DomainError("published.region", _("地区代码是六位数字。"), "subject")
    row = published_add(
        code=code,
        year=year,
        statement=statement,
        value=value,
        qualifier=qualifier,
        as_of=as_of,
        population=population,
        source=source,
        method=method,
        subject=subject,
        explanation=explanation,
        unit=str(known.unit),
        by=by,
    )
    _compute(row)
    return row


@command
def figure_explain(*, figure: PublishedFigure, explanation: str, by: User) -> PublishedFigure:
    """Say why a published number and the rows differ.

    Raises:
        DomainError: `published.explanation` on `explanation` when nothing is said.
    """
    row = PublishedFigure.objects.locked().get(pk=figure.pk)
    require(can_keep_published, by, row)
    if not explanation.strip():
        raise DomainError("published.explanation", _("请写明为什么不同。"), "explanation")
    row.explanation = explanation.strip()
    row.save(update_fields=["explanation"])
    audit.record("published_figure.explain", by=by, on=row, code=row.code, year=row.year)
    return row


@command
def figures_refresh(*, by: User) -> int:
    """Compute the numbers of one's own house again; how many have changed."""
    require(can_keep_published, by, None)
    return _compute_all(by.house_id)
