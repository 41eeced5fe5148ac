"""Charts and key figures of cases: how many, where from, what for, how fast, and to what end."""

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.codes import CaseSource, CloseReason, ContactMode, NeedCategory
from cases.workflow import CaseStage
from msw_portal.kernel.charts import Chart, Series, Target
from msw_portal.kernel.display import figure
from reports.services.boards.facts import (
    MEDIAN,
    NINETIETH,
    Facts,
    Key,
    Plot,
    Tile,
    one_decimal,
    ranked,
)
from reports.services.boards.words import said
from reports.services.figures import Cell, by_dim, quantile

RESPONSE_TARGET_HOURS = 24
MOST_NEEDS = 10
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


def _balance(facts: Facts, still: int) -> str:
    """How the open cases came about since the period began; a period that is over has no open cases here."""
    if not facts.runs:
        return ""
    opened, ended = facts.count("case_new"), facts.count("case_ended")
    return _("= %(start)s + %(opened)s − %(ended)s（期初 + 新开 − 结束）；") % {
        "start": figure(still - opened + ended),
        "opened": figure(opened),
        "ended": figure(ended),
    }


def _open(facts: Facts) -> Tile:
    cells = facts.all_of("case_open")
    weight = one_decimal(sum((cell.n2 for cell in cells), Decimal()))
    still = sum(cell.n for cell in cells)
    return Tile(
        said("case_open").name,
        figure(still),
        said("case_open").unit,
        _balance(facts, still)
        + _("%(words)s；难度权重合计 %(weight)s")
        % {"words": said("case_open").words, "weight": figure(weight)},
        facts.basis("case_open"),
        facts.rows("case_open"),
    )


def _closed(facts: Facts) -> Tile:
    n, days = facts.count("case_closed"), facts.amount("case_closed")
    lasted = _("平均 %(days)s 天；") % {"days": figure(one_decimal(days / n))} if n else ""
    compared = facts.compared(figure(facts.count("case_closed", facts.asking.before)))
    return facts.tile("case_closed", sub=lasted + compared)


def _response(facts: Facts) -> Tile:
    cells = facts.of("response_hours")
    middle, late = quantile(cells, "hours", MEDIAN), quantile(cells, "hours", NINETIETH)
    return Tile(
        _("首次响应中位数"),
        figure(middle),
        _("小时"),
        _("这段时间没有分派")
        if late is None
        else _("第 90 百分位 %(late)s 小时，n = %(n)s")
        % {"late": figure(late), "n": figure(sum(cell.n for cell in cells))},
        facts.basis("response_hours"),
        facts.span_rows("response_hours"),
        tone="warn" if middle is not None and middle > RESPONSE_TARGET_HOURS else "",
    )


def _mean(cells: list[Cell]) -> Decimal | None:
    """The mean of what the cells add up; None without any."""
    n = sum(cell.n for cell in cells)
    return one_decimal(sum((cell.n2 for cell in cells), Decimal()) / n) if n else None


def _goals(facts: Facts) -> Tile:
    now, before = facts.of("goal_rate"), _mean(facts.of("goal_rate", facts.asking.before))
    n = figure(sum(cell.n for cell in now))
    return Tile(
        said("goal_rate").name,
        figure(_mean(now)),
        "%",
        _("%(words)s，共 %(n)s 件；") % {"words": said("goal_rate").words, "n": n}
        + facts.compared("—" if before is None else f"{before}%"),
        facts.basis("goal_rate"),
        facts.span_rows("goal_rate"),
    )


def _contacts(facts: Facts) -> Tile:
    hours = figure(one_decimal(facts.amount("contact_done") / 60))
    compared = facts.compared(figure(facts.count("contact_done", facts.asking.before)))
    return facts.tile("contact_done", sub=_("共 %(hours)s 小时；") % {"hours": hours} + compared)


KEYS = {
    "open": Key(gettext_lazy("在案个案"), ("case_open", "case_new", "case_ended"), _open),
    "new": Key(gettext_lazy("新开个案"), ("case_new",), lambda facts: facts.tile("case_new")),
    "closed": Key(gettext_lazy("结案"), ("case_closed",), _closed),
    "response": Key(gettext_lazy("首次响应中位数"), ("response_hours",), _response),
    "goals": Key(gettext_lazy("目标达成率"), ("goal_rate",), _goals),
    "contacts": Key(gettext_lazy("服务人次"), ("contact_done",), _contacts),
}


def _stages(facts: Facts) -> Chart:
    stages, labels = by_dim(facts.all_of("case_open"), "stage"), dict(CaseStage.choices)
    stages[CaseStage.PENDING] = sum(cell.n for cell in facts.all_of("case_pending"))
    return Chart(
        id="stages",
        kind="bar",
        title=_("在案与待受理，按阶段"),
        category_label=_("阶段"),
        categories=[labels[stage] for stage in OPEN_STAGES],
        series=[
            Series(
                _("件"),
                [stages.get(stage, 0) for stage in OPEN_STAGES],
                urls=[_stage_rows(facts, stage) for stage in OPEN_STAGES],
            )
        ],
        definition=facts.definition("case_open", "case_pending"),
    )


def _stage_rows(facts: Facts, stage: str) -> str:
    if stage == CaseStage.PENDING:
        return facts.rows("case_pending")
    return facts.rows("case_open", stage=stage)


def _flow(facts: Facts) -> Chart:
    return Chart(
        id="flow",
        kind="line",
        title=_("新开与结案，%(months)s") % {"months": facts.trend_said},
        category_label=_("月份"),
        categories=facts.month_names,
        series=[
            Series(_("新开"), facts.trend("case_new"), urls=facts.month_rows("case_new")),
            Series(_("结案"), facts.trend("case_closed"), urls=facts.month_rows("case_closed")),
        ],
        definition=facts.definition("case_new", "case_closed"),
    )


def _shares(
    facts: Facts, *, id: str, code: str, dim: str, names: dict, title: str, label: str, most: int
) -> Chart:
    found = ranked(by_dim(facts.of(code), dim), most)
    return Chart(
        id=id,
        kind="bar",
        title=title,
        category_label=label,
        categories=[names.get(key, key) for key, _n in found],
        series=[
            Series(
                said(code).unit,
                [n for _key, n in found],
                urls=[facts.span_rows(code, **{dim: key}) for key, _n in found],
            )
        ],
        definition=facts.definition(code),
    )


def _needs(facts: Facts) -> Chart:
    return _shares(
        facts,
        id="needs",
        code="need_found",
        dim="category",
        names=dict(NeedCategory.choices),
        title=_("识别的需求，前十类"),
        label=_("需求"),
        most=MOST_NEEDS,
    )


def _sources(facts: Facts) -> Chart:
    return _shares(
        facts,
        id="sources",
        code="case_new",
        dim="source",
        names=dict(CaseSource.choices),
        title=_("新开个案，按来源"),
        label=_("来源"),
        most=len(CaseSource.choices),
    )


def _endings(facts: Facts) -> Chart:
    return _shares(
        facts,
        id="endings",
        code="case_closed",
        dim="reason",
        names=dict(CloseReason.choices),
        title=_("结案，按原因"),
        label=_("原因"),
        most=len(CloseReason.choices),
    )


def _modes(facts: Facts) -> Chart:
    return _shares(
        facts,
        id="modes",
        code="contact_done",
        dim="mode",
        names=dict(ContactMode.choices),
        title=_("服务人次，按方式"),
        label=_("方式"),
        most=len(ContactMode.choices),
    )


def _contact_line(facts: Facts) -> Chart:
    return Chart(
        id="contacts",
        kind="line",
        title=_("服务人次，%(months)s") % {"months": facts.trend_said},
        category_label=_("月份"),
        categories=facts.month_names,
        series=[
            Series(_("人次"), facts.trend("contact_done"), urls=facts.month_rows("contact_done"))
        ],
        columns=[
            Series(_("小时"), [one_decimal(m / 60) for m in facts.amounts("contact_done")]),
        ],
        definition=facts.definition("contact_done"),
    )


def _response_line(facts: Facts) -> Chart:
    months = [facts.of("response_hours", [month]) for month in facts.asking.trend]
    return Chart(
        id="response",
        kind="line",
        title=_("首次响应（小时），%(months)s") % {"months": facts.trend_said},
        category_label=_("分派月份"),
        categories=facts.month_names,
        series=[
            Series(_("中位数"), [quantile(month, "hours", MEDIAN) for month in months]),
            Series(_("第 90 百分位"), [quantile(month, "hours", NINETIETH) for month in months]),
        ],
        columns=[
            Series(
                _("件数"), facts.trend("response_hours"), urls=facts.month_rows("response_hours")
            )
        ],
        target=Target(
            RESPONSE_TARGET_HOURS, _("约定 %(hours)s 小时") % {"hours": RESPONSE_TARGET_HOURS}
        ),
        definition=facts.definition("response_hours"),
    )


def _goal_line(facts: Facts) -> Chart:
    months = [facts.of("goal_rate", [month]) for month in facts.asking.trend]
    return Chart(
        id="goals",
        kind="line",
        title=_("目标达成率，%(months)s") % {"months": facts.trend_said},
        category_label=_("结案月份"),
        categories=facts.month_names,
        series=[Series(_("平均达成率"), [_mean(month) for month in months])],
        columns=[Series(_("件数"), facts.trend("goal_rate"), urls=facts.month_rows("goal_rate"))],
        suffix="%",
        definition=facts.definition("goal_rate"),
    )


def _sums(cells: list[Cell]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    for cell in cells:
        total[str(cell.dims.get("scale"))] += cell.n2
    return total


def _scales(facts: Facts) -> Chart:
    counts = by_dim(facts.of("scale"), "scale")
    first, last = (_sums(facts.of(code)) for code in ("scale", "scale_after"))
    found = ranked(counts)
    return Chart(
        id="scales",
        kind="bar",
        title=_("结案个案的量表前后测，平均分"),
        category_label=_("量表"),
        categories=[f"{facts.names.name('scale', code) or code}（n={n}）" for code, n in found],
        series=[
            Series(_("前测"), [one_decimal(first[code] / n) for code, n in found], color=3),
            Series(_("后测"), [one_decimal(last[code] / n) for code, n in found], color=1),
        ],
        columns=[
            Series(
                _("件数"),
                [n for _code, n in found],
                urls=[facts.span_rows("scale", scale=code) for code, _n in found],
            )
        ],
        definition=facts.definition("scale"),
    )


PLOTS = {
    "stages": Plot(
        "stages", gettext_lazy("在案与待受理，按阶段"), ("case_open", "case_pending"), _stages
    ),
    "flow": Plot("flow", gettext_lazy("新开与结案"), ("case_new", "case_closed"), _flow, True),
    "needs": Plot("needs", gettext_lazy("识别的需求"), ("need_found",), _needs),
    "sources": Plot("sources", gettext_lazy("新开个案，按来源"), ("case_new",), _sources),
    "endings": Plot("endings", gettext_lazy("结案，按原因"), ("case_closed",), _endings),
    "modes": Plot("modes", gettext_lazy("服务人次，按方式"), ("contact_done",), _modes),
    "contacts": Plot("contacts", gettext_lazy("服务人次"), ("contact_done",), _contact_line, True),
    "response": Plot(
        "response", gettext_lazy("首次响应"), ("response_hours",), _response_line, True
    ),
    "goals": Plot("goals", gettext_lazy("目标达成率"), ("goal_rate",), _goal_line, True),
    "scales": Plot("scales", gettext_lazy("量表前后测"), ("scale", "scale_after"), _scales),
}
