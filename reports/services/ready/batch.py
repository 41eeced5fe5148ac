"""Calls of a period as the issuer sees them: who handed in, who was selected, how much was asked."""

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from projects.models.applications import Application
from projects.models.calls import Call
from reports.services.asking import Asked, ReportKind
from reports.services.paper import Column, Paper, Table
from reports.services.ready.parts import paper_of, period_of, with_total

COLUMNS = (
    Column("征集"),
    Column("年度", "code"),
    Column("批次", "code"),
    Column("状态"),
    Column("申报数", "count"),
    Column("申报单位", "count"),
    Column("省级地区", "count"),
    Column("入选", "count"),
    Column("申请资助（元）", "amount"),
)


def _make(asked: Asked) -> Paper:
    calls = Call.objects.visible_to(asked.by).filter(
        organization_id=asked.by.house_id, year__range=(asked.first.year, asked.last.year)
    )
    calls = list(calls.order_by("year", "batch", "id"))
    handed = Application.objects.visible_to(asked.by).filter(
        call__in=[one.pk for one in calls], submitted_at__isnull=False, merged_into__isnull=True
    )
    counted = {
        row["call"]: row
        for row in handed.order_by()
        .values("call")
        .annotate(
            n=Count("pk"),
            units=Count("organization_id", distinct=True),
            selected_n=Count("pk", filter=Q(selected=True)),
            asked=Sum("budget_asked"),
        )
    }
    places: dict[int, set[int]] = {}
    for call, code in handed.filter(region_code__isnull=False).values_list("call", "region_code"):
        places.setdefault(call, set()).add(code // 10000)
    asked.progress(1, 2)
    rows = [
        (
            call.title,
            str(call.year),
            "" if call.batch is None else str(call.batch),
            str(call.get_state_display()),
            counted.get(call.pk, {}).get("n", 0),
            counted.get(call.pk, {}).get("units", 0),
            len(places.get(call.pk, ())),
            counted.get(call.pk, {}).get("selected_n", 0),
            counted.get(call.pk, {}).get("asked"),
        )
        for call in calls
    ]
    results = [
        (
            row.call.title,
            row.number or "",
            row.title,
            row.unit_name,
            str(row.get_state_display()),
            row.budget_asked,
        )
        for row in handed.select_related("call").order_by("call_id", "number", "id")
    ]
    asked.progress(2, 2)
    tables = [
        Table("征集批次", COLUMNS, with_total(rows, (4, 7)), "单位和地区跨批次会重复，不相加。"),
        Table(
            "申报结果",
            (
                Column("征集"),
                Column("编号", "code"),
                Column("项目名称"),
                Column("申报单位"),
                Column("状态"),
                Column("申请资助（元）", "amount"),
            ),
            tuple(results),
        ),
    ]
    return paper_of(asked, f"项目征集批次报告（{period_of(asked)}）", tables)


BATCH = ReportKind(
    "batch",
    _("征集批次报告"),
    frozenset({"foundation_officer", "foundation_approver", "authority_officer"}),
    ("year",),
    ("pdf", "xlsx", "docx", "csv"),
    _make,
)
