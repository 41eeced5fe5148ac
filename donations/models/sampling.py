"""Looking again after the payment: a dated rule, a sample drawn from a stored seed, one check for each drawn."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.fields import money
from donations.models.payout import Disbursement
from donations.payment_workflow import CheckState
from donations.querysets import PaymentQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class VerificationRule(PublicRow, Tenanted):
    """How much a charity looks at again: `share` in percent of a month's payments, `least` of them, all above a sum."""

    valid = DateRangeField(_("有效期"))
    share = models.DecimalField(_("抽查比例（%）"), max_digits=5, decimal_places=2)
    least = models.PositiveSmallIntegerField(_("至少抽查（笔）"))
    always_above = money(_("超过此金额必查（元）"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("核查期限（天）"), default=30)
    basis = models.CharField(_("依据"), max_length=120, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verification_rule_share_known", condition=Q(share__gt=0, share__lte=100)
            ),
            models.CheckConstraint(
                name="verification_rule_days_known", condition=Q(days__gte=1, days__lte=365)
            ),
            models.CheckConstraint(
                name="verification_rule_above_positive",
                condition=Q(always_above__isnull=True) | Q(always_above__gt=0),
            ),
            models.CheckConstraint(
                name="verification_rule_valid_not_empty", condition=Q(valid__isempty=False)
            ),
            ExclusionConstraint(
                name="verification_rule_does_not_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share} %"


class VerificationDraw(PublicRow, Tenanted):
    """One month's sample: the seed, everything it was drawn from and the rule's numbers of that day, for good.

    `population` holds the uids of the month's payments in order; with seed and numbers it gives the same
    sample again, whoever asks.
    """

    month = models.DateField(_("月份"))
    rule = models.ForeignKey(VerificationRule, models.PROTECT, related_name="draws")
    seed = models.CharField(_("种子"), max_length=64)
    population = models.JSONField(default=list)
    drawn_count = models.PositiveIntegerField(_("抽中笔数"))

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="verification_draw_once", fields=["organization", "month"]
            ),
            models.CheckConstraint(
                name="verification_draw_first_of_month", condition=Q(month__day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Verification(PublicRow, Tenanted):
    """One payment that is looked at again, by somebody who had no hand in it."""

    class Why(models.TextChoices):
        ALWAYS = "always", _("超过必查金额")
        DRAWN = "drawn", _("抽中")

    class Paper(models.TextChoices):
        BILLS = "bills", _("结算票据与费用清单")
        SLIP = "slip", _("银行回单与医院到账凭证")
        IDENTITY = "identity", _("身份与诊断材料")
        ECONOMY = "economy", _("家庭经济状况材料")
        OPINIONS = "opinions", _("审核意见与公示记录")

    class Call(models.TextChoices):
        PHONE = "phone", _("电话联系到家庭")
        VISIT = "visit", _("当面见到家庭")
        HOSPITAL = "hospital", _("经医院社工转达")
        NOT_REACHED = "not_reached", _("多次联系未果")

    draw = models.ForeignKey(VerificationDraw, models.PROTECT, related_name="checks")
    disbursement = models.ForeignKey(Disbursement, models.PROTECT, related_name="verifications")
    why = models.CharField(_("为什么查"), max_length=10, choices=Why.choices)
    due_on = models.DateField(_("核查期限"))
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=CheckState.choices,
        default=CheckState.DRAWN,
        editable=False,
    )
    papers = models.JSONField(_("看过的材料"), default=list, blank=True)
    call = models.CharField(_("与家庭联系"), max_length=12, choices=Call.choices, blank=True)
    called_on = models.DateField(_("联系日期"), null=True, blank=True)
    said = SealedText(_("家庭的说法"), null=True, blank=True)
    findings = SealedText(_("发现的问题"), null=True, blank=True)
    to_recover = money(_("应追回金额"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    checked_at = models.DateTimeField(null=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="verification_once", fields=["disbursement"]),
            models.CheckConstraint(
                name="verification_why_known", condition=Q(why__in=["always", "drawn"])
            ),
            models.CheckConstraint(
                name="verification_checked_is_whole",
                condition=Q(
                    state="drawn", checked_by__isnull=True, checked_at__isnull=True, call=""
                )
                | (
                    Q(
                        state__in=["passed", "finding"],
                        checked_by__isnull=False,
                        checked_at__isnull=False,
                        called_on__isnull=False,
                    )
                    & ~Q(call="")
                ),
            ),
            models.CheckConstraint(
                name="verification_finding_is_told",
                condition=Q(state="finding", findings__isnull=False)
                | (~Q(state="finding") & Q(findings__isnull=True, to_recover__isnull=True)),
            ),
            models.CheckConstraint(
                name="verification_recover_positive",
                condition=Q(to_recover__isnull=True) | Q(to_recover__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "due_on", "id"], name="verification_due"),
            models.Index(fields=["organization", "-id"], name="verification_newest"),
            models.Index(fields=["draw", "id"], name="verification_of_draw"),
        ]

    def __str__(self) -> str:
        return str(self.uid)
