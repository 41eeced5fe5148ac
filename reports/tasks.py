"""What the report worker and the relay run for this app."""

from celery import shared_task

from departments.services.jobs import job_run
from reports.services.expiring import runs_expire
from reports.services.freezing import months_sweep
from reports.services.open_data.releasing import open_tables_release
from reports.services.proving import rollups_catch_up
from reports.services.published.keeping import figures_sweep
from reports.services.schedules import schedules_sweep


@shared_task(ignore_result=True)
def run_job(job_uid: str | None = None) -> bool:
    """Claim the named job (or the oldest) and run it as its asker."""
    return job_run(job_uid)


@shared_task(ignore_result=True)
def compact_rollups() -> int:
    """Fold deltas every few seconds, so that readers add up little."""
    return rollups_catch_up()


@shared_task(ignore_result=True)
def recompute_published() -> int:
    """Published numbers computed again from the rows, every night."""
    return figures_sweep()


@shared_task(ignore_result=True)
def sweep_schedules() -> int:
    """Every minute: reports that are due by their schedule go into the outbox, once per slot; how many."""
    return schedules_sweep()


@shared_task(ignore_result=True)
def sweep_runs() -> int:
    """Nightly: files of reports whose time is over are destroyed; how many."""
    return runs_expire()


@shared_task(ignore_result=True)
def freeze_months() -> int:
    """Closed months kept as they stand and compared with the rows, every night."""
    return months_sweep()


@shared_task(ignore_result=True)
def release_open_tables() -> int:
    """Quarters and years that are over, counted, controlled and frozen, every night."""
    return open_tables_release()
