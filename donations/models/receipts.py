"""Receipts for donations (捐赠票据): number ranges, what was issued, voided or reversed, who waived."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from donations.goods_workflow import ReceiptState
from donations.models.fields import money
from donations.models.giving import Donation
from donations.querysets import MoneyQuerySet, ReceiptQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Row, Tenanted


class ReceiptSeries(PublicRow, Tenanted):
    """A range of numbers that the finance authority gave out; `next` is above `last` when it is used up."""

    code = models.CharField(_("票据代码"), max_length=20)
    first = models.BigIntegerField(_("起始号码"))
    last = models.BigIntegerField(_("终止号码"))
    next = models.BigIntegerField(_("下一号码"), editable=False)
    is_closed = models.BooleanField(_("停用"), default=False)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="receipt_series_in_order",
                condition=Q(first__gt=0, last__gte=F("first")),
            ),
            models.CheckConstraint(
                name="receipt_series_next_within",
                condition=Q(next__gte=F("first"), next__lte=F("last") + 1),
            ),
            ExclusionConstraint(
                name="receipt_series_does_not_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            F("first"),
                            F("last"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Receipt(PublicRow, Tenanted):
    """One receipt with the facts of Charity Law 38; a red one mirrors the receipt it takes back."""

    series = models.ForeignKey(ReceiptSeries, models.PROTECT, related_name="receipts")
    number = models.BigIntegerField(_("票据号码"))
    check_code = SealedText(_("校验码"), pad=True)
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="receipts")
    donor_name = SealedText(_("捐赠人"))
    donor_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    kind_text = models.CharField(_("捐赠项目"), max_length=200)
    quantity_text = models.CharField(_("数量"), max_length=200, blank=True)
    charity_name = models.CharField(_("接受捐赠单位"), max_length=120)
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    amount = money(_("金额"))
    issued_on = models.DateField(_("开具日期"))
    issued_at = models.DateTimeField(_("开具时间"))
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=ReceiptState.choices,
        default=ReceiptState.ISSUED,
        editable=False,
    )
    ended_at = models.DateTimeField(_("作废或冲红时间"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    end_reason = models.CharField(_("原因"), max_length=200, blank=True)
    red_of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="red")
    link = models.ForeignKey(
        "departments.AccessLink", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="receipt_number_once", fields=["organization", "series", "number"]
            ),
            models.UniqueConstraint(
                name="receipt_one_valid_per_donation",
                fields=["donation"],
                condition=Q(state="issued", red_of__isnull=True),
            ),
            models.CheckConstraint(name="receipt_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="receipt_ended_says_why",
                condition=Q(
                    state="issued", ended_at__isnull=True, ended_by__isnull=True, end_reason=""
                )
                | Q(ended_at__isnull=False, ended_by__isnull=False)
                & ~Q(state="issued")
                & ~Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="receipt_red_stands", condition=Q(red_of__isnull=True) | Q(state="issued")
            ),
            models.CheckConstraint(
                name="receipt_state_known", condition=Q(state__in=ReceiptState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="receipt_newest"),
            models.Index(fields=["organization", "state", "-id"], name="receipt_own_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number:010}"


class ReceiptWaiver(Row, Tenanted):
    """The donor wants no receipt, or is anonymous; the record of the gift is kept (Charity Law 38)."""

    donation = models.OneToOneField(Donation, models.PROTECT, related_name="receipt_waiver")
    reason = models.CharField(_("原因"), max_length=200)

    objects = MoneyQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.donation_id)
