"""The day's released disbursements as one list for the bank, and what the bank answers, line by line."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.models.fields import money
from donations.models.payout import Disbursement
from donations.payment_workflow import AnswerState, ListState, PaymentState
from donations.querysets import PaymentQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted

FIVE_MINUTES = dt.timedelta(minutes=5)


class PaymentLayout(PublicRow, Tenanted):
    """The columns that one bank's upload wants: `columns` is a list of [title, field]; see payment_layouts."""

    name = models.CharField(_("名称"), max_length=60)
    columns = models.JSONField(_("列"), default=list)
    is_closed = models.BooleanField(_("停用"), default=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payment_layout_once", fields=["organization", "name"])
        ]

    def __str__(self) -> str:
        return self.name


class PaymentList(PublicRow, Tenanted):
    """One order to the bank: made by one person, approved by another with a fresh second factor, then fixed.

    `total` and `count` are of the lines as listed; the file holds account numbers and is destroyed
    when `file_expires_at` has passed. An approved one is given up by another than its maker, and one
    whose file was taken only with the bank's word that nothing was executed (the triggers of `payment_list_fixed`).
    """

    number = models.CharField(_("编号"), max_length=40, editable=False)
    on = models.DateField(_("日期"))
    account = models.CharField(_("付款账户"), max_length=160)
    layout = models.ForeignKey(
        PaymentLayout, models.PROTECT, null=True, blank=True, related_name="lists"
    )
    total = money(_("合计金额"), editable=False)
    count = models.PositiveIntegerField(_("笔数"), editable=False)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ListState.choices,
        default=ListState.DRAFT,
        editable=False,
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    approved_at = models.DateTimeField(_("审批时间"), null=True, editable=False)
    second_factor_at = models.DateTimeField(null=True, editable=False)
    file = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, related_name="+", editable=False
    )
    file_expires_at = models.DateTimeField(_("文件保留至"), null=True, editable=False)
    # Once it was taken the bank may have it: nothing in the portal can call it back.
    file_taken_at = models.DateTimeField(_("首次导出时间"), null=True, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    cancelled_at = models.DateTimeField(_("作废时间"), null=True, editable=False)
    cancel_factor_at = models.DateTimeField(null=True, editable=False)
    is_unexecuted = models.BooleanField(
        _("银行确认未执行"), default=False, db_default=False, editable=False
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payment_list_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(
                name="payment_list_not_empty", condition=Q(total__gt=0, count__gt=0)
            ),
            models.CheckConstraint(
                name="payment_list_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
            ),
            models.CheckConstraint(
                name="payment_list_approved_is_confirmed",
                condition=Q(
                    state__in=["draft", "cancelled"],
                    approved_by__isnull=True,
                    approved_at__isnull=True,
                )
                | Q(
                    state__in=["approved", "settled", "cancelled"],
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    second_factor_at__isnull=False,
                    second_factor_at__lte=F("approved_at"),
                    second_factor_at__gte=F("approved_at") - FIVE_MINUTES,
                ),
            ),
            models.CheckConstraint(
                name="payment_list_state_known", condition=Q(state__in=ListState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="payment_list_newest"),
            models.Index(fields=["organization", "state", "-id"], name="payment_list_state"),
            # The nightly sweep of files that have had their time.
            models.Index(
                fields=["file_expires_at"],
                name="payment_list_file",
                condition=Q(file__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentLine(PublicRow, Tenanted):
    """A released disbursement in a list, with the payee as the bank is told; in one open list at most.

    `made_by` is the list's maker, copied: nobody books the answer to what he ordered.
    """

    list = models.ForeignKey(PaymentList, models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField(_("序号"))
    disbursement = models.ForeignKey(Disbursement, models.PROTECT, related_name="payment_lines")
    amount = money(_("金额"))
    name = SealedText(_("收款人户名"), pad=True)
    bank = SealedText(_("开户行"), pad=True)
    account = SealedText(_("收款人账号"), pad=True)
    bank_code = models.CharField(_("行号"), max_length=14, blank=True)
    purpose = models.CharField(_("用途"), max_length=60)
    reference = models.CharField(_("备注"), max_length=60)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=PaymentState.choices,
        default=PaymentState.WAITING,
        editable=False,
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    answered_at = models.DateTimeField(null=True, editable=False)
    paid_on = models.DateField(_("付款日期"), null=True, editable=False)
    bank_no = models.CharField(_("银行流水号"), max_length=60, blank=True, editable=False)
    reason = models.CharField(_("退汇原因"), max_length=200, blank=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payment_line_place_once", fields=["list", "place"]),
            models.UniqueConstraint(
                name="payment_line_one_open_list",
                fields=["disbursement"],
                condition=~Q(state="dropped"),
            ),
            models.CheckConstraint(name="payment_line_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_line_answered_by_another",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("made_by")),
            ),
            models.CheckConstraint(
                name="payment_line_answered_is_whole",
                condition=Q(state__in=["waiting", "dropped"])
                | Q(
                    state="paid",
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                    paid_on__isnull=False,
                )
                | (
                    Q(state="bounced", answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(reason="")
                ),
            ),
            models.CheckConstraint(
                name="payment_line_state_known", condition=Q(state__in=PaymentState.values)
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "id"],
                name="payment_line_waiting",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PaymentAnswer(PublicRow, Tenanted):
    """One line of what the bank says of a payment; booked by neither who brought it nor who ordered it."""

    class Outcome(models.TextChoices):
        PAID = "paid", _("付款成功")
        BOUNCED = "bounced", _("付款失败或退汇")

    reference = models.CharField(_("备注"), max_length=120, blank=True)
    name = SealedText(_("收款人户名"), null=True, blank=True, pad=True)
    account = SealedText(_("收款人账号"), null=True, blank=True, pad=True)
    amount = money(_("金额"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    bank_no = models.CharField(_("银行流水号"), max_length=60, blank=True)
    on = models.DateField(_("日期"))
    # The keyed digest of the line: the same line of a file is the same again.
    same_hash = models.BinaryField(max_length=16, editable=False)
    line = models.ForeignKey(
        PaymentLine, models.PROTECT, null=True, blank=True, related_name="answers"
    )
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=AnswerState.choices,
        default=AnswerState.OPEN,
        editable=False,
    )
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    booked_at = models.DateTimeField(null=True, editable=False)
    # Why it was not booked when somebody tried; told in the list of answers.
    trouble = models.CharField(_("不能登记的原因"), max_length=200, blank=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payment_answer_once", fields=["organization", "same_hash"]
            ),
            models.CheckConstraint(name="payment_answer_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_answer_outcome_known", condition=Q(outcome__in=["paid", "bounced"])
            ),
            models.CheckConstraint(
                name="payment_answer_booked_is_whole",
                condition=~Q(state="booked")
                | Q(line__isnull=False, booked_by__isnull=False, booked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_answer_booked_by_another",
                condition=Q(booked_by__isnull=True)
                | Q(created_by__isnull=True)
                | ~Q(booked_by=F("created_by")),
            ),
            models.CheckConstraint(
                name="payment_answer_state_known", condition=Q(state__in=AnswerState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-id"], name="payment_answer_state"),
            models.Index(fields=["line", "id"], name="payment_answer_line"),
        ]

    def __str__(self) -> str:
        return self.bank_no or str(self.uid)
