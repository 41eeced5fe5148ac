"""Every report that can be asked for, once: who may, which period, which files, what makes it."""

from collections.abc import Iterable
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
from reports.services.ready.sheet import SHEET
from reports.services.ready.work_log import WORK_LOG

__all__ = ["KINDS", "Asked", "Format", "ReportKind", "Span", "kinds_for", "subjects_for"]

READY = (
    MONTHLY,
    BUILT,
    SHEET,
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
MOST_SUBJECTS = 50
KINDS: dict[str, ReportKind] = {kind.code: kind for kind in READY}


def kinds_for(user: Any) -> list[ReportKind]:
    """What this person may ask for in the active role, in the order of KINDS; nothing leaves a house for training."""
    if not user.house_id or user.acting.is_training:
        return []
    return [kind for kind in KINDS.values() if user.role in kind.roles]


def subjects_for(user: Any, kinds: Iterable[ReportKind]) -> dict[str, list[tuple[str, str]]]:
    """What each kind made of somebody's rows may be made of here, by its code: (uid, name), newest first."""
    return {
        kind.code: [
            (str(row.uid), str(row))
            for row in kind.subjects.model.objects.visible_to(user).order_by("-pk")[:MOST_SUBJECTS]
        ]
        for kind in kinds
        if kind.subjects
    }
