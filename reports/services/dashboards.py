"""What the head and the foundation see first: every number with its formula, its population and its rows."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cases.models.codes import NeedCategory
from cases.workflow import CaseStage
from donations.workflow import RequestState
from msw_portal.kernel.charts import Chart, Series, Target
from msw_portal.kernel.display import figure, money
from reports.indicators import FIGURES
from reports.services.figures import (
    Cells,
    by_dim,
    by_month,
    cells_read,
    money_by_month,
    months_back,
    quantile,
)

MONTHS = 12
CODES = ("case_open", "case_new", "case_closed", "response_hours", "need_found")
AID = ("aid_asked", "aid_approved", "aid_paid", "aid_open")
RESPONSE_TARGET_HOURS = 24
MEDIAN, NINETIETH = Decimal("0.5"), Decimal("0.9")
# The stages of an open case, in the order of the work.
OPEN_STAGES = (
    "pending",
    "intake",
    "assessment",
    "planning",
    "intervention",
    "evaluation",
    "closure",
)


@dataclass(frozen=True)
class Tile:
    """One key figure; `sub` is its formula, `basis` its population and time, `url` its rows."""

    label: str | Promise
    value: str
    unit: str | Promise
    sub: str
    basis: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Dashboard:
    as_of: dt.datetime
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]


def dashboard_of(*, by: Any, today: dt.date | None = None) -> Dashboard:
    """The dashboard of the asker's role: a department's, or a foundation's; one query."""
    today, as_of = today or timezone.localdate(), timezone.now()
    months = months_back(today, MONTHS)
    is_foundation = by.acting.organization_kind == "foundation"
    codes = AID if is_foundation else CODES + AID
    cells = cells_read(by=by, codes=codes, since=months[0], until=months[-1])
    if is_foundation:
        return Dashboard(
            as_of,
            _aid_tiles(cells, months, as_of),
            _aid_charts(cells, months, as_of),
        )
    return Dashboard(
        as_of,
        (*_case_tiles(cells, months, as_of), *_aid_tiles(cells, months, as_of)),
        (*_case_charts(cells, months, as_of), *_aid_charts(cells, months, as_of)),
    )


def _rows(code: str, **query: Any) -> str:
    address = reverse("reports:rows", args=[code])
    return f"{address}?{urlencode(query)}" if query else address


def _month_end(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _span(first: dt.date, last: dt.date | None = None) -> dict[str, str]:
    return {"from": first.isoformat(), "to": _month_end(last or first).isoformat()}


def _basis(code: str, as_of: dt.datetime) -> str:
    known = FIGURES[code]
    stamp = date_format(timezone.localtime(as_of), "m-d H:i")
    return _("%(population)s，按%(by)s计。截至 %(at)s") % {
        "population": known.population,
        "by": known.period_by,
        "at": stamp,
    }


def _definition(as_of: dt.datetime, *codes: str) -> str:
    said = [
        _("%(name)s：%(words)s") % {"name": FIGURES[code].name, "words": FIGURES[code].words}
        for code in codes
    ]
    basis = _basis(codes[0], as_of)
    return _("%(words)s。%(basis)s") % {"words": _("；").join(said), "basis": basis}


def _case_tiles(cells: Cells, months: list[dt.date], as_of: dt.datetime) -> tuple[Tile, ...]:
    month = months[-1]
    opened = sum(cell.n for cell in cells["case_open"])
    new, closed = (
        by_month(cells["case_new"], [month])[0],
        by_month(cells["case_closed"], [month])[0],
    )
    quarter = [cell for cell in cells["response_hours"] if cell.period in months[-3:]]
    middle, late = quantile(quarter, "hours", MEDIAN), quantile(quarter, "hours", NINETIETH)
    return (
        Tile(
            _("在案个案"),
            figure(opened),
            _("件"),
            str(FIGURES["case_open"].words),
            _basis("case_open", as_of),
            _rows("case_open"),
        ),
        Tile(
            _("本月新开"),
            figure(new),
            _("件"),
            str(FIGURES["case_new"].words),
            _basis("case_new", as_of),
            _rows("case_new", **_span(month)),
        ),
        Tile(
            _("本月结案"),
            figure(closed),
            _("件"),
            str(FIGURES["case_closed"].words),
            _basis("case_closed", as_of),
            _rows("case_closed", **_span(month)),
        ),
        Tile(
            _("首次响应中位数"),
            "—" if middle is None else figure(middle),
            _("小时"),
            _("第 90 百分位 %(late)s 小时，n = %(n)s，近 3 个月")
            % {
                "late": "—" if late is None else figure(late),
                "n": figure(sum(cell.n for cell in quarter)),
            },
            _basis("response_hours", as_of),
            _rows("response_hours", **_span(months[-3], month)),
            tone="warn" if middle is not None and middle > RESPONSE_TARGET_HOURS else "",
        ),
    )


def _case_charts(cells: Cells, months: list[dt.date], as_of: dt.datetime) -> tuple[Chart, ...]:
    stages = by_dim(cells["case_open"], "stage")
    needs = sorted(
        by_dim(cells["need_found"], "category").items(), key=lambda item: (-item[1], item[0])
    )[:10]
    names = [f"{month:%Y-%m}" for month in months]
    labels = dict(CaseStage.choices)
    categories = dict(NeedCategory.choices)
    hours = [[cell for cell in cells["response_hours"] if cell.period == month] for month in months]
    return (
        Chart(
            id="stages",
            kind="bar",
            title=_("在案个案，按阶段"),
            category_label=_("阶段"),
            categories=[labels[stage] for stage in OPEN_STAGES],
            series=[
                Series(
                    _("件"),
                    [stages.get(stage, 0) for stage in OPEN_STAGES],
                    urls=[_rows("case_open", stage=stage) for stage in OPEN_STAGES],
                )
            ],
            definition=_definition(as_of, "case_open"),
        ),
        Chart(
            id="flow",
            kind="line",
            title=_("新开与结案，近 12 个月"),
            category_label=_("月份"),
            categories=names,
            series=[
                Series(
                    _("新开"),
                    by_month(cells["case_new"], months),
                    urls=[_rows("case_new", **_span(month)) for month in months],
                ),
                Series(
                    _("结案"),
                    by_month(cells["case_closed"], months),
                    urls=[_rows("case_closed", **_span(month)) for month in months],
                ),
            ],
            definition=_definition(as_of, "case_new", "case_closed"),
        ),
        Chart(
            id="needs",
            kind="bar",
            title=_("识别的需求，近 12 个月前十类"),
            category_label=_("需求"),
            categories=[categories.get(code, code) for code, _n in needs],
            series=[
                Series(
                    _("项"),
                    [n for _code, n in needs],
                    urls=[
                        _rows("need_found", category=code, **_span(months[0], months[-1]))
                        for code, _n in needs
                    ],
                )
            ],
            definition=_definition(as_of, "need_found"),
        ),
        Chart(
            id="response",
            kind="line",
            title=_("首次响应（小时），近 12 个月"),
            category_label=_("分派月份"),
            categories=names,
            series=[
                Series(_("中位数"), [quantile(month, "hours", MEDIAN) for month in hours]),
                Series(_("第 90 百分位"), [quantile(month, "hours", NINETIETH) for month in hours]),
            ],
            columns=[
                Series(
                    _("件数"),
                    [sum(cell.n for cell in month) for month in hours],
                    urls=[_rows("response_hours", **_span(month)) for month in months],
                )
            ],
            target=Target(
                RESPONSE_TARGET_HOURS, _("约定 %(hours)s 小时") % {"hours": RESPONSE_TARGET_HOURS}
            ),
            definition=_definition(as_of, "response_hours"),
        ),
    )


def _aid_tiles(cells: Cells, months: list[dt.date], as_of: dt.datetime) -> tuple[Tile, ...]:
    month = months[-1]
    tiles = []
    for code, label in (
        ("aid_asked", _("本月申请救助")),
        ("aid_approved", _("本月批准")),
        ("aid_paid", _("本月拨付")),
    ):
        mine = [cell for cell in cells[code] if cell.period == month]
        tiles.append(
            Tile(
                label,
                money(sum((cell.n2 for cell in mine), Decimal())),
                _("元"),
                _("%(n)s 笔；%(words)s")
                % {"n": figure(sum(cell.n for cell in mine)), "words": FIGURES[code].words},
                _basis(code, as_of),
                _rows(code, **_span(month)),
            )
        )
    return tuple(tiles)


def _aid_charts(cells: Cells, months: list[dt.date], as_of: dt.datetime) -> tuple[Chart, ...]:
    names = [f"{month:%Y-%m}" for month in months]
    states = by_dim(cells["aid_open"], "state")
    known = [(value, label) for value, label in RequestState.choices if states.get(value)]
    return (
        Chart(
            id="aid",
            kind="line",
            title=_("救助金额：申请、批准、拨付，近 12 个月"),
            category_label=_("月份"),
            categories=names,
            series=[
                Series(
                    _("申请"),
                    money_by_month(cells["aid_asked"], months),
                    urls=[_rows("aid_asked", **_span(month)) for month in months],
                ),
                Series(
                    _("批准"),
                    money_by_month(cells["aid_approved"], months),
                    urls=[_rows("aid_approved", **_span(month)) for month in months],
                ),
                Series(
                    _("拨付"),
                    money_by_month(cells["aid_paid"], months),
                    urls=[_rows("aid_paid", **_span(month)) for month in months],
                ),
            ],
            definition=_definition(as_of, "aid_asked", "aid_approved", "aid_paid"),
        ),
        Chart(
            id="aid-states",
            kind="bar",
            title=_("救助申请现状"),
            category_label=_("状态"),
            categories=[label for _value, label in known],
            series=[
                Series(
                    _("件"),
                    [states[value] for value, _label in known],
                    urls=[_rows("aid_open", state=value) for value, _label in known],
                )
            ],
            definition=_definition(as_of, "aid_open"),
        ),
    )
