"""What beat rings for the volunteers' work."""

from celery import shared_task

from volunteers.services.hours_sweeping import hours_sweep
from volunteers.services.joining import applications_sweep


@shared_task(ignore_result=True)
def sweep_hours() -> int:
    """Settle forgotten check-outs and those who never came; returns how many."""
    return hours_sweep()


@shared_task(ignore_result=True)
def sweep_applications() -> int:
    """Make files of applications that came in while nobody could; returns how many."""
    return applications_sweep()
