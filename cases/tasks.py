"""What beat rings for casework."""

from celery import shared_task

from cases.services.door_intake import sweep_strays


@shared_task(ignore_result=True)
def sweep_inbox() -> int:
    """Make referrals of what came in while nobody could; returns how many."""
    return sweep_strays()
