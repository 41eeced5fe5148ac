"""The relay worker's tasks: each looks at the rows, whoever rang."""

import contextlib
import logging
import time

from celery import shared_task

from departments.services import (
    anchoring,
    daily_checks,
    digests,
    drafts,
    housekeeping,
    idempotency,
    jobs,
    outbox,
    rekeying,
    workday_calendar,
)
from departments.services.file_scanning import files_scan_late
from departments.services.importing.sweeping import imports_sweep

log = logging.getLogger(__name__)
BATCHES = 20
MAIL_SECONDS = 4.0
HOOK_SECONDS = 4.0
ROTATION_SECONDS = 45.0


@shared_task(ignore_result=True)
def relay_outbox() -> int:
    """Send what the outbox holds; returns how many rows were worked."""
    outbox.reap()
    worked = 0
    for _batch in range(BATCHES):
        count = outbox.relay_once()
        worked += count
        if count == 0:
            break
    return worked


@shared_task(ignore_result=True)
def relay_mail() -> int:
    """Send the mails that are due until one is not taken; a slow server leaves time for everything else."""
    sent, until = 0, time.monotonic() + MAIL_SECONDS
    while time.monotonic() < until and outbox.mail_once():
        sent += 1
    return sent


@shared_task(ignore_result=True)
def relay_hooks() -> int:
    """Tell other houses' systems what is due; how many attempts were made."""
    made, until = 0, time.monotonic() + HOOK_SECONDS
    while time.monotonic() < until and outbox.hook_once():
        made += 1
    return made


@shared_task(ignore_result=True)
def sweep_digests() -> int:
    """Every five minutes: whose daily mail is due; how many were queued."""
    return digests.digests_sweep()


@shared_task(ignore_result=True)
def sweep_jobs() -> int:
    """Return silent jobs to the queue and ring for those that wait."""
    return jobs.sweep_jobs()


@shared_task(ignore_result=True)
def sweep_expired() -> int:
    """Daily: forget idempotency keys and rate windows past their time."""
    return idempotency.sweep()


@shared_task(ignore_result=True)
def rotate_keys() -> None:
    """Go on with a rotation of the keys that was begun and not finished, unless somebody does."""
    if rekeying.rotation_is_open():
        with contextlib.suppress(rekeying.RotationRuns):
            rekeying.rotation_resume(say=log.info, seconds=ROTATION_SECONDS, pause=0.02)


@shared_task(ignore_result=True)
def anchor_audit() -> int:
    """Hourly: write the heads of the audit chains to the file outside the database."""
    return anchoring.audit_anchor()


@shared_task(ignore_result=True)
def sweep_accounts() -> int:
    """Daily: idle accounts are told and ended, reviews fall due; how many ended."""
    return sum(swept.ended for swept in housekeeping.accounts_sweep().values())


@shared_task(ignore_result=True)
def sweep_imports() -> int:
    """Hourly: end imports that nobody confirmed, empty what is kept of old ones; how many."""
    return imports_sweep()


@shared_task(ignore_result=True)
def scan_files() -> int:
    """Every quarter of an hour: files kept before there was a scanner are scanned; how many."""
    return files_scan_late().total()


@shared_task(ignore_result=True)
def watch() -> int:
    """Every five minutes: alarms; how many are new."""
    return housekeeping.watch()


@shared_task(ignore_result=True)
def sweep_drafts() -> int:
    """Nightly: what was typed, not sent and not gone on with is cleared away; how many."""
    return drafts.drafts_expire(housekeeping.houses())


@shared_task(ignore_result=True)
def sweep_files() -> int:
    """Nightly: files without a row are removed, rows without a file reported; how many were removed."""
    return housekeeping.files_check().removed


@shared_task(ignore_result=True)
def remind_overdue() -> int:
    """Hourly: whoever an overdue task waits for hears of it, once; how many tasks."""
    return daily_checks.overdue_tell()


@shared_task(ignore_result=True)
def verify_audit() -> int:
    """Nightly: every house's audit chain is walked; how many are broken."""
    return daily_checks.audit_check()


@shared_task(ignore_result=True)
def check_calendar() -> int:
    """Daily: 1 while the working days of a year that is asked for are not known."""
    return workday_calendar.calendar_check()


@shared_task(ignore_result=True)
def check_backups() -> int:
    """Daily: 1 when the newest backup is older than a night."""
    return daily_checks.backups_check()
