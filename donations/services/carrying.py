"""Gifts of before the portal: taken over with what had been used of them, confirmed many at a time by another."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from departments import audit
from donations.models.giving import Donation
from donations.permissions import can_confirm_donation
from donations.services.giving import donation_confirm
from donations.workflow import DonationState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

AT_ONCE = 200


def carried_waiting(*, by: Any) -> QuerySet[Donation]:
    """Gifts taken over that wait for somebody else than the person: those the person may confirm."""
    rows = Donation.objects.visible_to(by).filter(
        state=DonationState.RECEIVED, used_before__isnull=False
    )
    return rows.exclude(entered_by_id=by.pk).order_by("id")


@command
def carried_confirm(*, count: int, by: Any) -> int:
    """Confirm the oldest gifts taken over, at most AT_ONCE at a time, each as if alone; how many they were.

    `count` is how many the person saw: gifts that came meanwhile are not confirmed unseen.

    Raises:
        DomainError: `donation.carried_changed` (409) when others wait than were shown, and those of
            `donation_confirm`.
    """
    waiting = list(carried_waiting(by=by).select_related("fund")[: AT_ONCE + 1])
    shown = waiting[:AT_ONCE]
    if not shown or len(shown) != count:
        raise DomainError(
            "donation.carried_changed", _("等待复核的捐赠有变化，请重新打开核对。"), status=409
        )
    for donation in shown:
        require(can_confirm_donation, by, donation)
        donation_confirm(donation=donation, by=by)
    audit.record("donation.confirm_carried", by=by, on=shown[0], count=len(shown))
    return len(shown)
