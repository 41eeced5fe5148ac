"""Who may open, see and work on a mandatory report: the case's people open it, the named see it."""

from typing import Any

from cases.models.casework import Case
from cases.models.reporting import MandatoryReport
from cases.permissions import LEADING_ROLES, helps_on, leads, same_house, works_on
from msw_portal.kernel.scope import CARE_ROLES


def can_open_report(user: Any, case: Case) -> bool:
    """Everybody on the case: the duty is each person's own (未成年人保护法第十一条)."""
    return works_on(user, case) or helps_on(user, case) or leads(user, case)


def can_view_report(user: Any, report: MandatoryReport) -> bool:
    """Says the same as `MandatoryReport.objects.visible_to`."""
    return (
        user.role in CARE_ROLES
        and same_house(user, report)
        and report.compartment_id in user.acting.compartments
    )


def can_write_report(user: Any, report: MandatoryReport) -> bool:
    """Facts, notices, evidence, follow-up: every named person."""
    return can_view_report(user, report)


def can_name_for_report(user: Any, report: MandatoryReport) -> bool:
    """Who opened it, and who leads."""
    return can_view_report(user, report) and (
        user.role in LEADING_ROLES or report.created_by_id == user.pk
    )


def can_close_report(user: Any, report: MandatoryReport) -> bool:
    return can_view_report(user, report) and user.role in LEADING_ROLES


def can_dismiss_report(user: Any, report: MandatoryReport) -> bool:
    """A second person: never the one who opened it, or whose entry opened it."""
    return can_close_report(user, report) and report.created_by_id != user.pk
