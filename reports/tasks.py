"""What the report worker and the relay run for this app."""

from celery import shared_task

from departments.services.jobs import job_run
from reports.services.proving import rollups_catch_up
from reports.services.published.keeping import figures_sweep


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
