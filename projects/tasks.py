"""What beat rings for calls, applications and projects."""

from celery import shared_task

from projects.services.calls.clock import calls_sweep
from projects.services.cultivation_sweeping import projects_sweep


@shared_task(ignore_result=True)
def sweep_calls() -> int:
    """Open and close calls, end drafts that were not handed in, tell of amendments; returns how many."""
    return calls_sweep()


@shared_task(ignore_result=True)
def sweep_projects() -> int:
    """Lights, reports that are due, what waits for the issuer; returns how many were looked at or opened."""
    return projects_sweep()
