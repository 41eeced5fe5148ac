"""A chart's numbers as a file: CSV that no spreadsheet runs, and the audit of its leaving."""

from collections.abc import Mapping
from typing import Any

from departments import audit
from departments.services.exporting import Exported
from msw_portal.kernel.access import require
from msw_portal.kernel.charts import Chart
from msw_portal.kernel.commands import command
from msw_portal.kernel.data_classes import Level
from msw_portal.kernel.tables.writing import table_file
from reports.permissions import can_view_dashboard
from reports.services.boards.board import dashboard_of
from reports.services.boards.parts import ALL


def chart_of(*, id: str, by: Any, query: Mapping[str, str]) -> Chart | None:
    """The chart of the asker's dashboard under the same filter; None when it has none of that name."""
    charts = dashboard_of(by=by, query={"part": ALL, **query}).charts
    return next((one for one in charts if one.id == id), None)


@command
def chart_export(*, chart: Chart, by: Any) -> Exported:
    """The table of a chart as CSV with a byte order mark; counts alone, no person is named but colleagues.

    Raises:
        DomainError: `permission.can_view_dashboard` (403); `file.no_room` (507).
    """
    require(can_view_dashboard, by, None)
    rows = [[name, *(cell.plain for cell in cells)] for name, cells in chart.rows]
    made = table_file("csv", [str(chart.category_label), *chart.heads], rows)
    audit.record(
        "dashboard.download",
        by=by,
        format="csv",
        fields=[chart.id],
        level=int(Level.IMPERSONAL),
        count=len(rows),
    )
    return Exported("csv", made)
