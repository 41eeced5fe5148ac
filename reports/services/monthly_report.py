"""The monthly report as a kind: the frozen month once it is over, the running one as it stands."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.services.asking import Asked, Format, ReportKind
from reports.services.monthly import Month, month_freeze, month_read
from reports.services.paper import Bars, Column, Heading, Paper, Table
from reports.services.sheets import codes_of_need, month_print, month_workbook, stamp

CHARTED = 8


@dataclass(frozen=True)
class MonthPaper(Paper):
    """The paper with the month it was made of."""

    month: Month | None = None
    asked_by: str = ""


def _freeze(asked: Asked) -> None:
    if asked.last < timezone.localdate():
        month_freeze(first=asked.first, by=asked.by)


def _make(asked: Asked) -> Paper:
    acting = asked.by.acting
    month = month_read(first=asked.first, by=asked.by)
    counts = (Column("件", "count"),)
    tables = (
        Table(
            "概况",
            (Column("指标"), Column("数值", "count"), Column("单位"), Column("口径")),
            tuple(
                (name, _number(value), unit, words) for name, value, unit, words in month.summary
            ),
        ),
        Table("在案阶段", (Column("阶段"), *counts), month.stages),
        Table("个案来源", (Column("来源"), *counts), month.sources),
        Table(
            "需求",
            (
                Column("需求"),
                Column("项", "count"),
                Column("ICD-10 (WHO)"),
                Column("HL7 Gravity SDOH"),
            ),
            tuple((name, n, *codes_of_need(name)) for name, n in month.needs),
        ),
        Table(
            "救助",
            (Column("指标"), Column("笔数", "count"), Column("金额（元）", "amount")),
            month.aid,
        ),
    )
    done, total = 0, sum(len(table.rows) for table in tables)
    for table in tables:
        for _row in table.rows:
            done += 1
            asked.progress(done, total)
    blocks = [
        *(block for table in tables for block in (Heading(table.name), table)),
        Bars("在案阶段", "件", month.stages),
        Bars("需求", "项", month.needs[:CHARTED]),
    ]
    return MonthPaper(
        title=f"月报 {month.first:%Y-%m}",
        house=acting.organization_name,
        department=acting.department_name or acting.organization_name,
        stamp=stamp(month, asked.by.display_name),
        as_of=month.as_of,
        blocks=tuple(blocks),
        month=month,
        asked_by=asked.by.display_name,
    )


def _number(value: str) -> int | Decimal | str:
    return int(value) if value.isdigit() else value


def _render(paper: Paper, file_format: Format) -> bytes:
    make = {"xlsx": month_workbook, "pdf": month_print}[file_format]
    words = {"house": paper.house, "department": paper.department, "asked_by": paper.asked_by}
    return make(paper.month, **words)


MONTHLY = ReportKind(
    code="monthly",
    name=_("月报"),
    roles=frozenset({"dept_head", "supervisor"}),
    spans=("month",),
    formats=("xlsx", "pdf"),
    make=_make,
    prepare=_freeze,
    render=_render,
)
