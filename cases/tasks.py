"""What beat rings for casework."""

from celery import shared_task

from cases.services.door_intake import sweep_strays
from cases.services.report_telling import reports_tell_late


@shared_task(ignore_result=True)
def sweep_inbox() -> int:
    """Make referrals of what came in while nobody could; returns how many."""
    return sweep_strays()


@shared_task(ignore_result=True)
def sweep_reports() -> int:
    """Tell who must know of mandatory reports whose time has run out; returns how many reports."""
    return reports_tell_late()
