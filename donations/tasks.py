"""What beat rings for the money side."""

from celery import shared_task

from donations.services.notices import clocks_run


@shared_task(ignore_result=True)
def sweep_requests() -> int:
    """End notices whose window has passed, lapse supplements that nobody gave; returns how many."""
    return clocks_run()
