"""What beat rings for casework."""

from celery import shared_task

from cases.services.consent_renewal import consents_sweep
from cases.services.door_intake import sweep_strays
from cases.services.duplicates import SECONDS_AT_ONCE, duplicates_find
from cases.services.feeds.drops import drops_sweep
from cases.services.report_telling import reports_tell_late
from cases.services.resource_clocks import resources_sweep
from cases.services.retention_clock import retention_sweep


@shared_task(ignore_result=True)
def sweep_inbox() -> int:
    """Make referrals of what came in while nobody could; returns how many."""
    return sweep_strays()


@shared_task(ignore_result=True)
def sweep_reports() -> int:
    """Tell who must know of mandatory reports whose time has run out; returns how many reports."""
    return reports_tell_late()


@shared_task(ignore_result=True)
def sweep_consents() -> int:
    """Ask for the signatures that must be given anew, end the consents that ran out; returns how many."""
    return consents_sweep()


@shared_task(ignore_result=True)
def sweep_drops() -> int:
    """Every minute: files of the hospitals' systems that lie ready; returns how many were queued."""
    return drops_sweep()


@shared_task(ignore_result=True)
def find_duplicates() -> int:
    """Compare the records that have changed since the last round; returns how many new pairs stand on the desks."""
    return sum(done.pairs for done in duplicates_find(seconds=SECONDS_AT_ONCE))


@shared_task(ignore_result=True)
def sweep_resources() -> int:
    """Daily: entries of the directories that nobody has confirmed for long; how many tasks are new."""
    return resources_sweep()


@shared_task(ignore_result=True)
def sweep_retention() -> int:
    """Daily: heads of departments with files whose time has run are asked once a month; how many are asked anew."""
    return retention_sweep()
