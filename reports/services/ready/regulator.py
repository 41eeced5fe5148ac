"""The figures a regulator quotes of a hospital: cases and person-times, activities and person-times, since when."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from departments.models.census import PublishedFigure
from reports.services.asking import Asked, ReportKind
from reports.services.paper import Column, Paper, Table
from reports.services.ready.parts import Figures, compared, paper_of

QUOTED = (
    "case_new",
    "contact_done",
    "activity_held",
    "event_person_times",
    "aid_helped",
    "aid_paid",
)
BEGIN = dt.date(2000, 1, 1)


def _make(asked: Asked) -> Paper:
    whole = Figures(asked, QUOTED, first=BEGIN)
    asked.progress(1, 2)
    blocks = [
        whole.sentence(
            f"截至 {asked.last}，累计开展个案 {{case_new}}，服务 {{contact_done}}；开展活动与探访 "
            "{activity_held}，社区活动参加 {event_person_times}；救助 {aid_helped}，放款 {aid_paid}。"
        ),
        compared(asked, "本期", QUOTED),
        _published(asked),
    ]
    asked.progress(2, 2)
    return paper_of(asked, f"卫生健康主管部门汇总（截至 {asked.last}）", blocks)


def _published(asked: Asked) -> Table:
    """Entered history: numbers of years before the portal, each with its period, population and source."""
    found = PublishedFigure.objects.visible_to(asked.by).filter(
        organization_id=asked.by.house_id, withdrawn_at__isnull=True
    )
    return Table(
        "登记的历史数",
        (
            Column("编号", "code"),
            Column("原文"),
            Column("公布值", "count"),
            Column("单位"),
            Column("截至", "day"),
            Column("统计范围"),
            Column("出处"),
        ),
        tuple(
            (
                one.code,
                one.statement,
                one.value,
                one.unit,
                one.as_of,
                one.population,
                one.source,
            )
            for one in found.order_by("code", "year")
        ),
        "历史数按原出处登记，不与本系统逐条算出的数相加。",
    )


REGULATOR = ReportKind(
    "regulator",
    _("主管部门汇总"),
    frozenset({"dept_head"}),
    ("quarter", "year"),
    ("docx", "pdf", "xlsx", "csv"),
    _make,
)
