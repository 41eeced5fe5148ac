"""The monthly report as a kind: the frozen month once it is over, the running one as it stands."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import NeedCategory
from cases.need_codes import GRAVITY, ICD10, codes_of, icd10_said
from reports.services.asking import Asked, ReportKind
from reports.services.monthly import Month, month_freeze, month_read
from reports.services.paper import Bars, Column, Paper, Table

CHARTED = 8


def _freeze(asked: Asked) -> None:
    if asked.last < timezone.localdate():
        month_freeze(first=asked.first, by=asked.by)


def _make(asked: Asked) -> Paper:
    acting = asked.by.acting
    month = month_read(first=asked.first, by=asked.by)
    blocks = (
        Table(
            "概况",
            (Column("指标"), Column("数值", "count"), Column("单位"), Column("口径")),
            tuple((name, _number(n), unit, words) for name, n, unit, words in month.summary),
        ),
        Bars("在案阶段", "件", month.stages),
        Table("个案来源", (Column("来源"), Column("件", "count")), month.sources),
        Table(
            "需求",
            (Column("需求"), Column("项", "count"), Column(ICD10.name), Column(GRAVITY.name)),
            tuple((name, n, *_codes(name)) for name, n in month.needs),
        ),
        Bars("主要需求", "项", month.needs[:CHARTED]),
        Table(
            "救助",
            (Column("指标"), Column("笔数", "count"), Column("金额（元）", "amount")),
            month.aid,
        ),
    )
    total = sum(len(block.rows) for block in blocks)
    for done in range(total):
        asked.progress(done + 1, total)
    return Paper(
        title=f"月报 {month.first:%Y-%m}",
        house=acting.organization_name,
        department=acting.department_name or acting.organization_name,
        stamp=_stamp(month, asked.by.display_name),
        as_of=month.as_of,
        blocks=blocks,
    )


def _number(value: str) -> int | Decimal | str:
    return int(value) if value.isdigit() else value


def _codes(name: str) -> tuple[str, str]:
    """What a need is called in the lists of others, by its label in the report's language."""
    category = {str(label): code for code, label in NeedCategory.choices}.get(name, "")
    return icd10_said(category), " ".join(codes_of(category).domains) if category else ""


def _stamp(month: Month, asked_by: str) -> str:
    """What the figures are as of, and for whom they were made."""
    at = timezone.localtime(month.as_of)
    kind = "已冻结" if month.is_frozen else "截至生成时"
    return f"期间 {month.first} 至 {month.last}；{kind}，{at:%Y-%m-%d %H:%M}；生成人 {asked_by}"


MONTHLY = ReportKind(
    code="monthly",
    name=_("月报"),
    roles=frozenset({"dept_head", "supervisor"}),
    spans=("month",),
    formats=("xlsx", "pdf", "docx", "csv"),
    make=_make,
    prepare=_freeze,
)
