"""Every table of this app, so that Django finds the classes."""

from reports.models.open_data import NoiseBudget, OpenCount, OpenDataChoice, OpenTable
from reports.models.papers import AuthoritySheet, SignedReport
from reports.models.reporting import (
    BuiltReport,
    Indicator,
    IndicatorSnapshot,
    ReportFile,
    ReportRecipient,
    ReportRun,
    ReportSchedule,
    Rollup,
    RollupDelta,
)

__all__ = [
    "AuthoritySheet",
    "BuiltReport",
    "Indicator",
    "IndicatorSnapshot",
    "NoiseBudget",
    "OpenCount",
    "OpenDataChoice",
    "OpenTable",
    "ReportFile",
    "ReportRecipient",
    "ReportRun",
    "ReportSchedule",
    "Rollup",
    "RollupDelta",
    "SignedReport",
]
