"""Every report that can be asked for, once: who may, which period, which files, what makes it."""

from typing import Any

from reports.services.asking import Asked, Format, ReportKind, Span
from reports.services.monthly_report import MONTHLY
from reports.services.ready.audit_trail import AUDIT
from reports.services.ready.batch import BATCH
from reports.services.ready.built import BUILT
from reports.services.ready.department import QUARTERLY, YEARLY
from reports.services.ready.foundation import DISCLOSURE, RESULT
from reports.services.ready.people import SUPERVISION, VOLUNTEERING, WORKFORCE
from reports.services.ready.project import PROJECTS
from reports.services.ready.regulator import REGULATOR
from reports.services.ready.work_log import WORK_LOG

__all__ = ["KINDS", "Asked", "Format", "ReportKind", "Span", "kinds_for"]

READY = (
    MONTHLY,
    BUILT,
    QUARTERLY,
    YEARLY,
    WORK_LOG,
    REGULATOR,
    WORKFORCE,
    SUPERVISION,
    VOLUNTEERING,
    PROJECTS,
    BATCH,
    RESULT,
    DISCLOSURE,
    AUDIT,
)
KINDS: dict[str, ReportKind] = {kind.code: kind for kind in READY}


def kinds_for(user: Any) -> list[ReportKind]:
    """What this person may ask for in the active role, in the order of KINDS; nothing leaves a house for training."""
    if not user.house_id or user.acting.is_training:
        return []
    return [kind for kind in KINDS.values() if user.role in kind.roles]
