"""The dashboard of the active role, asked for some months and at most one ward, disease or worker."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from msw_portal.kernel.charts import Chart
from reports.permissions import can_view_rows
from reports.services.boards.asking import (
    KINDS,
    PERIODS,
    SPAN,
    Asking,
    Chosen,
    asking_of,
)
from reports.services.boards.authority import region_address, region_board, released_read
from reports.services.boards.facts import Facts, Part, Text, Tile
from reports.services.boards.names import Name, Names
from reports.services.boards.parts import (
    FILTERED,
    HOSPITAL_ROLES,
    parts_of,
)
from reports.services.boards.reading import board_read
from reports.services.figures import months_back

MONTHS_OFFERED = 36


@dataclass(frozen=True)
class Choice:
    """A link or an option of the filter."""

    text: Text
    value: str
    is_now: bool = False


@dataclass(frozen=True)
class Dashboard:
    """What a page shows; `untouched` names what the filter leaves out, `choices` the filter's options by kind."""

    as_of: dt.datetime
    asking: Asking
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]
    tabs: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    months: tuple[str, ...]
    choices: tuple[tuple[Text, tuple[Choice, ...]], ...] = ()
    only_said: str = ""
    is_own: bool = False
    untouched: tuple[Text, ...] = ()
    everything: str = ""
    region: Any = None
    above: str = ""

    @property
    def period_said(self) -> str:
        """The months that the key figures are of."""
        first, last = self.first_said, self.last_said
        return first if first == last else f"{first} – {last}"

    @property
    def first_said(self) -> str:
        return f"{self.asking.first:%Y-%m}"

    @property
    def last_said(self) -> str:
        return f"{self.asking.last:%Y-%m}"

    @property
    def this_month(self) -> str:
        """Where the month that runs is, on a page that took the one before because this one has only begun."""
        return _address(self.asking.but(period="month")) if self.asking.young else ""

    @property
    def is_span(self) -> bool:
        return self.asking.period == SPAN


def dashboard_of(
    *, by: Any, query: Mapping[str, str] | None = None, today: dt.date | None = None
) -> Dashboard:
    """The dashboard of the asker's role: one statement, whatever the number of rows."""
    today, as_of = today or timezone.localdate(), timezone.now()
    if by.role == "authority_officer":
        return _of_region(by=by, query=query or {}, today=today, as_of=as_of)
    parts, may_filter = parts_of(by.role), by.role in HOSPITAL_ROLES
    asking = asking_of(query or {}, parts=list(parts), today=today, may_filter=may_filter)
    shown, untouched = _touched(parts[asking.part], is_narrow=_is_narrow(by, asking))
    read = board_read(by=by, part=shown, asking=asking, today=today, may_filter=may_filter)
    if asking.only is not None and not read.knows(asking.only):
        # A ward or worker that the house does not know is no filter.
        asking = asking.but(only=None, fault=_("没有这样的筛选，现在看的是全部。"))
        shown, untouched = _touched(parts[asking.part], is_narrow=False)
        read = board_read(by=by, part=shown, asking=asking, today=today, may_filter=may_filter)
    names = read.names
    is_own, only_said = by.role == "worker", _said(asking, names)
    facts = Facts(
        asking=asking,
        cells=read.cells,
        names=names,
        small=read.small,
        as_of=as_of,
        may_open=can_view_rows(by, None),
        back=asking.query,
        narrow=_narrow(is_own=is_own, only_said=only_said),
    )
    return Dashboard(
        as_of=as_of,
        asking=asking,
        tiles=tuple(key.make(facts) for key in shown.keys),
        charts=tuple(_with_csv(plot.draw(facts), asking) for plot in shown.plots),
        tabs=_tabs(parts, asking),
        periods=_periods(asking),
        months=_months(today),
        choices=_choices(names, asking) if may_filter else (),
        only_said=only_said,
        is_own=is_own,
        untouched=untouched,
        everything=_address(asking.but(only=None)),
    )


def _of_region(
    *, by: Any, query: Mapping[str, str], today: dt.date, as_of: dt.datetime
) -> Dashboard:
    """What the region's hospitals released. Months are frozen once over: the last twelve, unless asked otherwise."""
    asking = asking_of(
        {"period": "last12", **query}, parts=["region"], today=today, may_filter=False
    )
    read = released_read(by=by, query=query, asking=asking)
    ground, found = read.ground, region_board(region=read, asking=asking)
    here = ground.region.pk
    return Dashboard(
        as_of=as_of,
        asking=asking,
        tiles=found.tiles,
        charts=tuple(_with_csv(chart, asking, region=here) for chart in found.charts),
        tabs=(),
        periods=tuple(
            Choice(
                title,
                region_address(asking.but(period=code), here),
                code == asking.period,
            )
            for code, title in PERIODS.items()
        ),
        months=_months(today),
        region=ground.region,
        above=region_address(asking, ground.above) if ground.above else "",
    )


def _months(today: dt.date) -> tuple[str, ...]:
    return tuple(f"{month:%Y-%m}" for month in months_back(today, MONTHS_OFFERED)[::-1])


def _is_narrow(by: Any, asking: Asking) -> bool:
    """One ward, worker or disease alone; a worker's board is always the worker's own."""
    return by.role == "worker" or asking.only is not None


def _narrow(*, is_own: bool, only_said: str) -> str:
    """Of whom alone, after the population that a figure is of."""
    if is_own:
        return _("（只计您本人的）")
    return _("（只计%(only)s）") % {"only": only_said} if only_said else ""


def _touched(part: Part, *, is_narrow: bool) -> tuple[Part, tuple[Text, ...]]:
    """What of a part can be asked under a filter, and the names of what cannot."""
    if not is_narrow:
        return part, ()
    keys = tuple(key for key in part.keys if FILTERED.issuperset(key.codes))
    plots = tuple(plot for plot in part.plots if FILTERED.issuperset(plot.codes))
    left = [one.name for one in (*part.keys, *part.plots) if not FILTERED.issuperset(one.codes)]
    return replace(part, keys=keys, plots=plots), tuple(dict.fromkeys(left))


def _with_csv(chart: Chart, asking: Asking, **more: Any) -> Chart:
    address = reverse("reports:chart_csv", args=[chart.id])
    extra = f"&{urlencode(more)}" if more else ""
    return replace(chart, csv_url=f"{address}?{asking.query}{extra}")


def _address(asking: Asking) -> str:
    return f"{reverse('reports:dashboard')}?{asking.query}"


def _tabs(parts: Mapping[str, Part], asking: Asking) -> tuple[Choice, ...]:
    if len(parts) == 1:
        return ()
    return tuple(
        Choice(part.title, _address(asking.but(part=code)), code == asking.part)
        for code, part in parts.items()
    )


def _periods(asking: Asking) -> tuple[Choice, ...]:
    return tuple(
        Choice(title, _address(asking.but(period=code)), code == asking.period)
        for code, title in PERIODS.items()
    )


def _choices(names: Names, asking: Asking) -> tuple[tuple[Text, tuple[Choice, ...]], ...]:
    offered = {
        "ward": [(one.name, one.uid) for one in names.wards],
        "disease": [(one, one) for one in _diseases(names, asking)],
        "worker": [(one.name, one.uid) for one in names.workers],
    }
    now = asking.only.text if asking.only else ""
    return tuple(
        (
            KINDS[kind],
            tuple(
                Choice(text, value, value == now)
                for text, value in ((name, Chosen(kind, uid).text) for name, uid in sorted(options))
            ),
        )
        for kind, options in offered.items()
        if options
    )


def _diseases(names: Names, asking: Asking) -> set[str]:
    """Those of the months that are looked at, and the chosen one whenever it was."""
    chosen = asking.only
    now = {chosen.value} if chosen is not None and chosen.kind == "disease" else set()
    return {one.name for one in names.diseases} | now


def _said(asking: Asking, names: Names) -> str:
    chosen = asking.only
    if chosen is None:
        return ""
    known: Name | None = None
    if chosen.kind != "disease":
        known = names.by_uid("department" if chosen.kind == "ward" else "worker", chosen.value)
    name = known.name if known else chosen.value
    return _("%(kind)s：%(name)s") % {"kind": KINDS[chosen.kind], "name": name}
