"""The workforce return, hours of supervision, and volunteers."""

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from departments.models.census import CensusLine, CensusReturn
from departments.services.census.showing import columns, shown_lines
from departments.services.learning_figures import figures_of, month_after
from reports.services.asking import Asked, ReportKind
from reports.services.paper import Column, Heading, Paper, Table
from reports.services.ready.parts import Figures, compared, paper_of, period_of, split, with_total

STAFF = (
    "staff",
    "staff_fte",
    "staff_full_time",
    "staff_certified",
    "staff_senior",
    "staff_cpd",
    "beds_per_worker",
)
VOLUNTEERS = (
    "volunteers",
    "volunteers_active",
    "volunteers_new",
    "volunteer_persons",
    "volunteer_times",
    "volunteer_hours",
    "volunteer_served",
    "volunteer_retention",
    "volunteer_turnover",
    "volunteer_trained",
)


def _number(said: str) -> Decimal | str:
    """A number of the return as a number again; a hidden or missing one stays the sign it is."""
    plain = said.replace(",", "")
    return Decimal(plain) if plain.replace(".", "", 1).isdigit() else said


def _workforce(asked: Asked) -> Paper:
    found = CensusReturn.objects.visible_to(asked.by).filter(
        organization_id=asked.by.house_id, year=asked.last.year
    )
    newest = {one.kind: one for one in found.order_by("kind", "version")}
    tables = [compared(asked, "医务社工队伍", STAFF)]
    asked.progress(1, 2)
    for census in newest.values():
        lines = CensusLine.objects.visible_to(asked.by).filter(census=census).order_by("id")
        heads = (
            Column("名称"),
            Column("类别"),
            *(Column(name, "count") for name in columns(census)),
        )
        rows = [
            (one.line.name, one.facts, *(_number(said) for _name, said in one.cells))
            for one in shown_lines(list(lines), census, asked.by)
        ]
        state = f"截止日 {census.as_of}；第 {census.version} 版；{census.get_state_display()}"
        tables.append(Table(str(census.get_kind_display()), heads, tuple(rows), state))
    asked.progress(2, 2)
    return paper_of(asked, f"医务社工人员情况表（{period_of(asked)}）", tables)


def _supervision(asked: Asked) -> Paper:
    sums: dict[str, list[Decimal | int]] = defaultdict(
        lambda: [Decimal(0), 0, Decimal(0), Decimal(0)]
    )
    month, sessions = asked.first.replace(day=1), 0
    while month <= asked.last:
        figures = figures_of(month, by=asked.by)
        sessions += figures.sessions
        for row in figures.rows:
            held = sums[row.user.display_name]
            for place, value in enumerate((row.received, row.times, row.given, row.learnt)):
                held[place] += value
        month = month_after(month)
    asked.progress(1, 1)
    rows = [(name, *values) for name, values in sorted(sums.items()) if any(values)]
    table = Table(
        "督导与培训时数",
        (
            Column("姓名"),
            Column("接受督导（小时）", "count"),
            Column("次数", "count"),
            Column("提供督导（小时）", "count"),
            Column("培训（小时）", "count"),
        ),
        with_total(rows, (1, 2, 3, 4)),
        f"团体督导对每个到场的人各计一次；督导共 {sessions} 场。",
    )
    return paper_of(asked, f"督导时数表（{period_of(asked)}）", [table])


def _volunteers(asked: Asked) -> Paper:
    figures = Figures(asked, VOLUNTEERS)
    asked.progress(1, 2)
    blocks = [
        Heading("一、概况"),
        figures.sentence(
            "登记志愿者 {volunteers}，活跃 {volunteers_active}；{volunteer_persons}参与服务 "
            "{volunteer_times}，共 {volunteer_hours}，服务到 {volunteer_served}。"
        ),
        compared(asked, "志愿服务", VOLUNTEERS),
        Heading("二、分布"),
        split(asked, "服务时长，按科室", "volunteer_hours", "department"),
    ]
    asked.progress(2, 2)
    return paper_of(asked, f"志愿服务统计（{period_of(asked)}）", blocks)


FILES = ("xlsx", "pdf", "docx", "csv")
LEADS = frozenset({"dept_head", "supervisor"})
WORKFORCE = ReportKind(
    "workforce", _("人员情况表"), frozenset({"dept_head"}), ("year",), FILES, _workforce
)
SUPERVISION = ReportKind(
    "supervision", _("督导时数表"), LEADS, ("month", "quarter", "year"), FILES, _supervision
)
VOLUNTEERING = ReportKind(
    "volunteering",
    _("志愿服务统计"),
    frozenset({"dept_head", "volunteer_coordinator"}),
    ("month", "quarter", "year"),
    FILES,
    _volunteers,
)
