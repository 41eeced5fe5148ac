"""A worker's own log: what was done on which day, without names or narrative."""

from django.utils.translation import gettext_lazy as _

from cases.models.activities import Activity
from cases.models.work import Contact
from reports.services.asking import Asked, ReportKind
from reports.services.paper import Column, Paper, Table
from reports.services.ready.parts import paper_of, period_of, with_total

DAY, MINUTES = Column("日期", "day"), Column("分钟", "count")


def _contacts(asked: Asked) -> Table:
    rows = (
        Contact.objects.visible_to(asked.by)
        .own_entries()
        .filter(created_by=asked.by, occurred_on__range=(asked.first, asked.last))
        .select_related("case")
        .only("occurred_on", "minutes", "mode", "target", "case__number")
        .order_by("occurred_on", "id")
    )
    made = [
        (
            row.occurred_on,
            row.case.number,
            str(row.get_mode_display()),
            str(row.get_target_display()),
            row.minutes,
        )
        for row in rows
    ]
    columns = (DAY, Column("个案编号", "code"), Column("方式"), Column("对象"), MINUTES)
    note = f"共 {len(made)} 人次；补记不另计人次。"
    return Table("个案服务", columns, with_total(made, (4,)), note)


def _activities(asked: Asked) -> Table:
    rows = (
        Activity.objects.visible_to(asked.by)
        .filter(created_by=asked.by, occurred_on__range=(asked.first, asked.last), state="held")
        .only("occurred_on", "kind", "topic", "place", "persons", "person_times", "minutes")
        .order_by("occurred_on", "id")
    )
    made = [
        (
            row.occurred_on,
            str(row.get_kind_display()),
            row.topic or row.place,
            row.persons,
            row.person_times,
            row.minutes,
        )
        for row in rows
    ]
    columns = (
        DAY,
        Column("种类"),
        Column("主题或地点"),
        Column("人数", "count"),
        Column("人次", "count"),
        MINUTES,
    )
    return Table("活动、探访与咨询", columns, with_total(made, (4, 5)))


def _make(asked: Asked) -> Paper:
    tables = [_contacts(asked)]
    asked.progress(1, 2)
    tables.append(_activities(asked))
    asked.progress(2, 2)
    return paper_of(asked, f"工作日志（{asked.by.display_name}，{period_of(asked)}）", tables)


WORK_LOG = ReportKind(
    "work_log",
    _("工作日志"),
    frozenset({"worker", "assistant", "supervisor", "dept_head"}),
    ("day", "week", "month"),
    ("pdf", "xlsx", "docx", "csv"),
    _make,
)
