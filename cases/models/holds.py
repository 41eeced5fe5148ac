"""What keeps a person's records from being deleted or destroyed: a hold of the law, a sealed dispute."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.people import Client
from cases.querysets import CareQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class RecordHold(PublicRow, Tenanted):
    """While one stands nothing of the person is destroyed; `Client.legal_hold` says that one does."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("司法、监察或审计需要")
        DISPUTE = "dispute", _("医疗纠纷封存")
        OTHER = "other", _("其他需要继续保存的情形")

    class Ending(models.TextChoices):
        SETTLED = "settled", _("争议或程序已经结束")
        UNSEALED = "unsealed", _("封存期满，患方没有提出解决纠纷的要求")
        TOGETHER = "together", _("医患双方同意启封")
        MISTAKE = "mistake", _("登记有误")

    client = models.ForeignKey(Client, models.PROTECT, related_name="record_holds")
    kind = models.CharField(_("种类"), max_length=12, choices=Kind.choices)
    reason = SealedText(_("理由"))
    since = models.DateField(_("起始日期"))
    # Of a sealed dispute: the first day on which it may be unsealed without anybody's claim.
    may_end_on = models.DateField(_("可启封日期"), null=True, blank=True)
    ended_on = models.DateField(_("解除日期"), null=True, blank=True)
    ending = models.CharField(_("解除事由"), max_length=12, choices=Ending.choices, blank=True)
    ended_reason = SealedText(_("解除理由"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="record_hold_ended_says_why",
                condition=Q(
                    ended_on__isnull=True,
                    ending="",
                    ended_reason__isnull=True,
                    ended_by__isnull=True,
                )
                | Q(
                    ended_on__isnull=False,
                    ended_reason__isnull=False,
                    ended_by__isnull=False,
                )
                & ~Q(ending=""),
            ),
            models.CheckConstraint(
                name="record_hold_dispute_has_term",
                condition=~Q(kind="dispute") | Q(may_end_on__isnull=False),
            ),
            models.CheckConstraint(
                name="record_hold_term_is_waited",
                condition=~Q(ending="unsealed") | Q(ended_on__gte=models.F("may_end_on")),
            ),
            models.UniqueConstraint(
                name="record_hold_one_of_a_kind",
                fields=["organization", "client", "kind"],
                condition=Q(ended_on__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "since", "id"],
                name="record_hold_standing",
                condition=Q(ended_on__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
