"""The audit trail of a period, masked as its list is; for the auditor alone."""

from django.utils.translation import gettext_lazy as _

from departments.models.trail import AuditEntry
from departments.services import trail
from departments.services.exporting import cells
from departments.services.trail_jobs import COLUMNS
from reports.services.asking import Asked, ReportKind
from reports.services.paper import Column, Paper, Table
from reports.services.ready.parts import paper_of, period_of

AT_ONCE = 2_000
MOST = 20_000


def _make(asked: Asked) -> Paper:
    conditions = {"since": asked.first, "until": asked.last}
    total = trail.narrowed(AuditEntry.objects.visible_to(asked.by), conditions).count()
    rows: list[tuple[str, ...]] = []
    last = None
    while page := trail.page_after(asked.by, conditions, last, AT_ONCE):
        made = (cells(COLUMNS, entry, in_clear=False) for entry in trail.lines(page))
        rows.extend(tuple(row) for row in made)
        last = (page[-1].at, page[-1].pk)
        asked.progress(min(len(rows), total), max(total, 1))
        if len(rows) >= MOST:
            break
    table = Table(
        "审计记录",
        tuple(Column(str(column.label)) for column in COLUMNS),
        tuple(rows[:MOST]),
        f"期间共 {total} 条，列出最新 {min(len(rows), MOST)} 条。",
    )
    return paper_of(asked, f"审计记录（{period_of(asked)}）", [table])


AUDIT = ReportKind(
    "audit_trail",
    _("审计导出"),
    frozenset({"auditor"}),
    ("day", "month", "quarter"),
    ("xlsx", "csv"),
    _make,
)
