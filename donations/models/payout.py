"""Money on its way to the hospital."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.fields import money
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.querysets import RequestPartQuerySet
from donations.workflow import DisbursementState
from msw_portal.kernel.crypto import SealedJSON
from msw_portal.kernel.db import PublicRow, SharedRow


class Disbursement(PublicRow, SharedRow):
    """One instalment; prepared by one person, released by another."""

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="disbursements")
    instalment = models.PositiveSmallIntegerField(_("期次"))
    amount = money(_("金额"))
    mode = models.CharField(
        _("拨付方式"), max_length=20, choices=ProgrammeVersion.PayoutMode.choices
    )
    # {"name", "bank", "account"}: who is paid, as the hospital or the family stated it
    payee_account = SealedJSON()
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=DisbursementState.choices,
        default=DisbursementState.PREPARED,
        editable=False,
    )
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    released_at = models.DateTimeField(_("放款时间"), null=True, blank=True, editable=False)
    voucher_no = models.CharField(_("凭证号"), max_length=60, blank=True)
    slip = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    paid_on = models.DateField(_("到账日期"), null=True, blank=True)

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="disbursement_instalment_once", fields=["request", "instalment"]
            ),
            models.CheckConstraint(name="disbursement_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="disbursement_released_by_another",
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="disbursement_released_has_person",
                condition=Q(state__in=["prepared", "cancelled"], released_by__isnull=True)
                | (
                    ~Q(state__in=["prepared", "cancelled"])
                    & Q(released_by__isnull=False, released_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="disbursement_state_known", condition=Q(state__in=DisbursementState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["counterparty", "state", "-id"], name="disbursement_sent_state"),
            models.Index(fields=["organization", "state", "-id"], name="disbursement_own_state"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.instalment}"
