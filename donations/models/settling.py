"""What follows the payout: the bills it paid, each once, and the visit that asks what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.fields import money
from donations.models.requests import FundingRequest
from donations.querysets import RequestPartQuerySet
from msw_portal.kernel.crypto import BlindIndex, SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, SharedRow


class InvoiceUse(PublicRow, SharedRow):
    """A hospital's bill that the money of a request paid, whole or in part; a bill counts once for a foundation.

    `amount` is what of the bill this aid covers, in yuan. The number is kept sealed; its keyed hash
    refuses it a second time, whoever enters it.
    """

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="invoices")
    number = SealedText(_("票据号"), pad=True)
    number_bidx = BlindIndex(of="number", kind="text", fact="invoice_use.number", editable=False)
    number_bidx2 = BlindIndex(of="number", kind="text", fact="invoice_use.number", editable=False)
    issued_on = models.DateField(_("开票日期"))
    amount = money(_("本次救助支付的金额"))
    evidence = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="invoice_use_once", fields=["counterparty", "number_bidx"]
            ),
            models.UniqueConstraint(
                name="invoice_use_once_even", fields=["counterparty", "number_bidx2"]
            ),
            models.CheckConstraint(name="invoice_use_positive", condition=Q(amount__gt=0)),
        ]
        indexes = [models.Index(fields=["request", "id"], name="invoice_use_request")]

    def __str__(self) -> str:
        return str(self.uid)


class Revisit(PublicRow, SharedRow):
    """One visit after the aid: what became of patient and family, in answers without a name."""

    class Outcome(models.TextChoices):
        CURED = "cured", _("治愈或明显好转")
        IN_TREATMENT = "in_treatment", _("仍在治疗")
        STOPPED = "stopped", _("中断治疗")
        DIED = "died", _("去世")
        LOST = "lost", _("联系不上")

    request = models.ForeignKey(FundingRequest, models.PROTECT, related_name="revisits")
    due_on = models.DateField(_("应回访日期"))
    done_on = models.DateField(_("回访日期"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(_("情况"), max_length=20, choices=Outcome.choices, blank=True)
    # {"use", "life", "wish"}: how the money was used, how the family lives, what it still needs
    payload = SealedJSON(null=True, blank=True)

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="revisit_one_open", fields=["request"], condition=Q(done_on__isnull=True)
            ),
            models.CheckConstraint(
                name="revisit_done_is_whole",
                condition=Q(done_on__isnull=True, done_by__isnull=True, outcome="")
                | (
                    Q(done_on__isnull=False, done_by__isnull=False)
                    & ~Q(outcome="")
                    & Q(payload__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="revisit_outcome_known",
                condition=Q(outcome__in=["", "cured", "in_treatment", "stopped", "died", "lost"]),
            ),
        ]
        indexes = [models.Index(fields=["counterparty", "due_on", "id"], name="revisit_due")]

    def __str__(self) -> str:
        return str(self.uid)
