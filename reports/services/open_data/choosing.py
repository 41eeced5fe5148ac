"""What a house decides about its figures in public: to be counted, how much noise it spends, what it releases."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from reports.disclosure_control import summed
from reports.models import NoiseBudget, OpenDataChoice, OpenTable
from reports.noise import discrete_laplace
from reports.open_periods import Period, period_at, quarters_over
from reports.permissions import can_choose_open_data, can_release_noise
from reports.services.open_data.counting import Tally, counts_of
from reports.services.open_data.releasing import cells_of, content_hash, database_now
from reports.services.open_data.tables import TABLES, Spec, dims_of

Draw = Callable[[Fraction], int]


@command
def open_data_choose(*, takes_part: bool, by: User) -> OpenDataChoice:
    """Whether the house is counted in what is released from now on; what was released stays.

    Raises:
        DomainError: `open_data.training` for a house for practice.
    """
    require(can_choose_open_data, by, None)
    if by.acting.is_training:
        raise DomainError("open_data.training", _("练习机构不出报表，也不发布数字。"))
    row = OpenDataChoice.objects.filter(organization_id=by.house_id).locked().first()
    before = row.takes_part if row else False
    if row is None:
        row = OpenDataChoice(organization_id=by.house_id, created_by=by)
    row.takes_part, row.chosen_at = takes_part, timezone.now()
    row.save()
    audit.record("open_data.choose", by=by, on=row, takes_part=[before, takes_part])
    return row


@command
def noise_budget_set(*, quarter: str, allowed: Decimal, by: User) -> NoiseBudget:
    """How much the records of a quarter may be told of in all; fixed once the first release has drawn on it.

    Raises:
        DomainError: `noise.quarter` on `quarter`, `noise_budget_fixed` or `noise_budget_small` on `allowed`.
    """
    require(can_release_noise, by, None)
    period = _quarter(quarter)
    row = NoiseBudget.objects.filter(organization_id=by.house_id, quarter=period.first)
    held = row.locked().first() or NoiseBudget(
        organization_id=by.house_id, quarter=period.first, created_by=by
    )
    before, held.allowed = held.allowed, allowed
    held.save()
    audit.record("noise_budget.set", by=by, on=held, quarter=period.code, allowed=[before, allowed])
    return held


@command
def noise_release(
    *, code: str, quarter: str, epsilon: Decimal, by: User, draw: Draw = discrete_laplace
) -> OpenTable:
    """Release the house's own table of a quarter with noise, once: the draw is stored and never made again.

    Only counts are told. Noise stands on the single cells; totals are their sums, so that they cost nothing more.

    Raises:
        DomainError: `noise.table` on `code`, `noise.quarter` on `quarter`, `noise_budget_missing`,
            `noise_budget_not_over`, `open_table_once`, which the database itself refuses.
    """
    require(can_release_noise, by, None)
    spec = TABLES.get(code)
    if spec is None or not spec.is_personal:
        raise DomainError("noise.table", _("请从列表中选择一张表。"), "code")
    period = _quarter(quarter)
    held = NoiseBudget.objects.filter(organization_id=by.house_id, quarter=period.first)
    held.locked().first()
    table = OpenTable(
        organization_id=by.house_id,
        code=code,
        grain=OpenTable.Grain.QUARTER,
        first=period.first,
        last=period.last,
        epsilon=epsilon,
        visible_from=database_now(),
        created_by=by,
    )
    table.dims, table.cells = _drawn(spec, period, by.house_id, lambda: draw(Fraction(epsilon)))
    table.content_hash = content_hash(table.dims, table.cells)
    table.save(force_insert=True)
    audit.record(
        "open_table.release_noisy",
        by=by,
        on=table,
        code=code,
        quarter=period.code,
        epsilon=str(epsilon),
        content_hash=table.content_hash,
    )
    return table


def _quarter(code: str) -> Period:
    """A quarter whose time for late entries is over.

    Raises:
        DomainError: `noise.quarter` on `quarter`.
    """
    period = period_at(code)
    if period is None or period not in quarters_over(timezone.localdate()):
        raise DomainError("noise.quarter", _("请选择已经结束并过了补录期的季度。"), "quarter")
    return period


def _drawn(
    spec: Spec, period: Period, house: int, noise: Callable[[], int]
) -> tuple[list[dict], list[list]]:
    # The full lists of codes, whatever the rows have: an absent row would tell the truth.
    dims = dims_of(spec, period.first)
    codes = [[pair[0] for pair in dim["codes"]] for dim in dims]
    found = counts_of(spec.code, house=house, first=period.first, last=period.last)
    noisy = {key: max(0, found.get(key, Tally()).n + noise()) for key in itertools.product(*codes)}
    return dims, cells_of(summed(noisy, codes, 0), {}, set(), replace(spec, value=""))
