"""A gift booked without a receipt for a week becomes a task, until the receipt is issued or waived."""

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import Role
from departments.services.charity_status import charities
from departments.services.entering import house_scope
from departments.services.tasks import task_open
from donations.models.giving import Donation
from donations.models.receipts import Receipt, ReceiptWaiver
from donations.services.donation_receipts import TASK
from donations.services.receipts_due import late_before
from donations.workflow import DonationState
from msw_portal.kernel.scope import scope

AT_ONCE = 500


def receipts_remind() -> int:
    """Daily, in every foundation: open the tasks that are due; how many were new."""
    with scope(role="system"):
        houses = list(charities(Organization.objects.tenants()).values_list("pk", flat=True))
    return sum(house_remind(organization_id=house) for house in houses)


def house_remind(*, organization_id: int, today: dt.date | None = None) -> int:
    """The tasks of one foundation; a task stands once for a gift, whatever happens to it."""
    with house_scope(organization_id):
        gift = OuterRef("pk")
        told = Task.objects.filter(kind=TASK, subject_kind="donation", subject_id=gift)
        late = (
            Donation.objects.filter(
                ~Exists(Receipt.objects.valid().filter(donation=gift)),
                ~Exists(ReceiptWaiver.objects.filter(donation=gift)),
                ~Exists(told),
                organization_id=organization_id,
                state=DonationState.BOOKED,
                amount__isnull=False,
                used_before__isnull=True,
                received_on__lt=late_before(today),
            )
            .exclude(kind=Donation.Kind.SERVICE)
            .order_by("received_on", "id")
        )
        made = [
            task_open(
                kind=TASK,
                organization_id=organization_id,
                subject=one,
                role=Role.FOUNDATION_OFFICER,
                due_at=timezone.now(),
            )
            for one in late[:AT_ONCE]
        ]
    return sum(task is not None for task in made)
