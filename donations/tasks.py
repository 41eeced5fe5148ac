"""What beat rings for the money side."""

from celery import shared_task

from departments.services.entering import house_scope
from departments.services.housekeeping import houses
from donations.services.disclosure_sweeping import disclosures_sweep
from donations.services.notices import clocks_run
from donations.services.payment_lists import files_expire
from donations.services.receipt_clocks import receipts_remind
from donations.services.sampling import samples_due
from donations.services.webhook_sending import deliveries_sweep


@shared_task(ignore_result=True)
def sweep_requests() -> int:
    """End notices whose window has passed, lapse supplements that nobody gave; returns how many."""
    return clocks_run()


@shared_task(ignore_result=True)
def sweep_webhooks() -> int:
    """Nightly: forget what was told long ago; how many messages."""
    swept = 0
    for house in houses():
        with house_scope(house):
            swept += deliveries_sweep(house=house)
    return swept


@shared_task(ignore_result=True)
def remind_receipts() -> int:
    """Gifts that have waited a week for their receipt become tasks; returns how many were new."""
    return receipts_remind()


@shared_task(ignore_result=True)
def sweep_disclosures() -> int:
    """Daily: plan what has become due to be planned, remind of what is due; how many tasks were opened."""
    return disclosures_sweep()


@shared_task(ignore_result=True)
def sweep_payments() -> int:
    """Nightly: files for the bank whose time is over are destroyed, last month's sample is drawn; how many files."""
    swept = 0
    for house in houses():
        with house_scope(house):
            swept += files_expire(house=house)
            samples_due(house=house)
    return swept
