"""What arrived of a gift, line by line, and what went back to the giver."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.gift_workflow import ArrivalState, ReturnState
from donations.models.fields import money
from donations.models.giving import Donation
from donations.models.ledger import DonationLot
from donations.querysets import MoneyQuerySet
from msw_portal.kernel.db import PublicRow, Tenanted


class DonationArrival(PublicRow, Tenanted):
    """Money of a gift that came in one transfer: entered by one, confirmed by another, one lot of its own."""

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="arrivals")
    place = models.SmallIntegerField(_("第几笔"))
    amount = money(_("到账金额"))
    received_on = models.DateField(_("到账日期"))
    channel = models.CharField(
        _("渠道"),
        max_length=20,
        choices=Donation.Channel.choices,
        default=Donation.Channel.BANK,
    )
    external_no = models.CharField(_("流水号"), max_length=80, blank=True)
    lot = models.OneToOneField(
        DonationLot, models.PROTECT, null=True, blank=True, related_name="arrival", editable=False
    )
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=ArrivalState.choices,
        default=ArrivalState.ENTERED,
        editable=False,
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="arrival_place_once", fields=["donation", "place"]),
            models.UniqueConstraint(
                name="arrival_one_waits",
                fields=["donation"],
                condition=Q(state="entered"),
            ),
            models.CheckConstraint(name="arrival_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="arrival_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
            ),
            models.CheckConstraint(
                name="arrival_booked_is_whole",
                condition=~Q(state="booked")
                | Q(lot__isnull=False, confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="arrival_state_known", condition=Q(state__in=ArrivalState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id}/{self.place}"


class DonationReturn(PublicRow, Tenanted):
    """Unused money that goes back to the giver: asked by one, paid by another with a fresh second factor."""

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="returns")
    amount = money(_("退回金额"))
    reason = models.CharField(_("原因"), max_length=200)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=ReturnState.choices,
        default=ReturnState.ASKED,
        editable=False,
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    second_factor_at = models.DateTimeField(null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="donation_return_one_waits",
                fields=["donation"],
                condition=Q(state="asked"),
            ),
            models.CheckConstraint(name="donation_return_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="donation_return_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="donation_return_paid_is_confirmed",
                condition=~Q(state="paid")
                | Q(
                    decided_by__isnull=False,
                    second_factor_at__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="donation_return_state_known", condition=Q(state__in=ReturnState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.amount}"
