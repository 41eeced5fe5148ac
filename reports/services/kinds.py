"""Every report that can be asked for, once: who may, which period, which files, what makes it."""

from typing import Any

from reports.services.asking import Asked, Format, ReportKind, Span
from reports.services.monthly_report import MONTHLY

__all__ = ["KINDS", "Asked", "Format", "ReportKind", "Span", "kinds_for"]

KINDS: dict[str, ReportKind] = {kind.code: kind for kind in (MONTHLY,)}


def kinds_for(user: Any) -> list[ReportKind]:
    """What this person may ask for in the active role, in the order of KINDS; nothing leaves a house for training."""
    if not user.house_id or user.acting.is_training:
        return []
    return [kind for kind in KINDS.values() if user.role in kind.roles]
