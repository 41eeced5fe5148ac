"""What the family and the foundation agree on before money is paid: the text as it was, who agreed, how."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.fields import money
from donations.models.requests import FundingRequest
from donations.querysets import RequestPartQuerySet
from msw_portal.kernel.db import PublicRow, SharedRow


class AidAgreement(PublicRow, SharedRow):
    """One a request, written once. The text names no person: both houses read it.

    On the phone the family agrees to what it read, by its digest; on paper the hospital keeps the scan.
    """

    class Way(models.TextChoices):
        LANE = "lane", _("在手机上同意")
        PAPER = "paper", _("在医院签纸质协议")

    class Signer(models.TextChoices):
        SELF = "self", _("患者本人")
        GUARDIAN = "guardian", _("监护人")
        ENTRUSTED = "entrusted", _("受委托的家属")
        UNIT = "unit", _("项目单位")

    request = models.OneToOneField(FundingRequest, models.PROTECT, related_name="aid_agreement")
    amount = money(_("协议金额"))
    text = models.TextField(_("协议内容"))
    digest = models.CharField(max_length=64)
    way = models.CharField(_("签署方式"), max_length=10, choices=Way.choices)
    signer = models.CharField(_("签署人"), max_length=10, choices=Signer.choices)
    signed_on = models.DateField(_("签署日期"))
    scan = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RequestPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="aid_agreement_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="aid_agreement_way_is_whole",
                condition=Q(
                    way="lane",
                    scan__isnull=True,
                    recorded_by__isnull=True,
                    signer__in=["self", "guardian", "entrusted"],
                )
                | Q(
                    way="paper",
                    scan__isnull=False,
                    recorded_by__isnull=False,
                    signer__in=["self", "guardian", "entrusted", "unit"],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.signed_on}"
