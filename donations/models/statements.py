"""What banks and platforms say has come in, line by line, until each line is booked or set aside."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.books_workflow import LineState
from donations.models.fields import money
from donations.models.giving import Donation
from donations.querysets import StatementQuerySet
from msw_portal.kernel.crypto import BlindIndex, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class StatementLine(PublicRow, Tenanted):
    """One receipt of a statement, or a part of one that was split (`parent`).

    The same line is the same again by source, own account and the source's number: two banks may
    number alike. `origin` names the other foundation's journal where a fund was given to a fund.
    Who matched a line does not confirm it; confirming books the gift.
    """

    class Source(models.TextChoices):
        BANK = "bank", _("银行")
        ALIPAY = "alipay", _("支付宝")
        WECHAT = "wechat", _("微信支付")
        PLATFORM = "platform", _("募捐平台")
        TRANSFER = "transfer", _("其他慈善组织划转")

    class IgnoreReason(models.TextChoices):
        NOT_A_DONATION = "not_a_donation", _("不是捐赠（服务收入、赞助等）")
        OWN_TRANSFER = "own_transfer", _("本机构账户之间划转")
        INTEREST = "interest", _("利息（在账务申请中入账）")
        RETURNED = "returned", _("已原路退回")
        TWICE = "twice", _("另一来源的同一笔")
        OTHER = "other", _("其他")

    source = models.CharField(_("来源"), max_length=10, choices=Source.choices)
    account = models.CharField(_("收款账户"), max_length=40, blank=True)
    external_no = models.CharField(_("流水号"), max_length=100)
    on = models.DateField(_("日期"))
    amount = money(_("金额"))
    counter_name = SealedText(_("对方名称"), null=True, blank=True, pad=True)
    counter_name_bidx = BlindIndex(
        of="counter_name", kind="name", fact="donor.name", editable=False
    )
    counter_name_bidx2 = BlindIndex(
        of="counter_name", kind="name", fact="donor.name", editable=False
    )
    remark = SealedText(_("附言"), null=True, blank=True)
    origin = models.JSONField(default=dict, blank=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", editable=False
    )
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=LineState.choices,
        default=LineState.OPEN,
        editable=False,
    )
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="statement_lines"
    )
    ignore_reason = models.CharField(
        _("不入账的原因"), max_length=20, choices=IgnoreReason.choices, blank=True
    )
    ignore_note = models.CharField(_("说明"), max_length=200, blank=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    matched_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)

    objects = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="statement_line_once",
                fields=["organization", "source", "account", "external_no"],
            ),
            models.CheckConstraint(
                name="statement_line_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="statement_line_state_known", condition=Q(state__in=LineState.values)
            ),
            models.CheckConstraint(
                name="statement_line_matched_names_gift",
                condition=Q(state__in=["matched", "confirmed"], donation__isnull=False)
                | (~Q(state__in=["matched", "confirmed"]) & Q(donation__isnull=True)),
            ),
            models.CheckConstraint(
                name="statement_line_ignored_has_reason",
                condition=~Q(state="ignored") | ~Q(ignore_reason=""),
            ),
            models.CheckConstraint(
                name="statement_line_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True)
                | (
                    ~Q(confirmed_by=F("matched_by"))
                    & (Q(created_by__isnull=True) | ~Q(confirmed_by=F("created_by")))
                ),
            ),
            models.CheckConstraint(
                name="statement_line_confirmed_is_whole",
                condition=~Q(state="confirmed")
                | Q(
                    matched_by__isnull=False,
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-on", "-id"], name="statement_line_newest"),
            models.Index(
                fields=["organization", "state", "-on", "-id"], name="statement_line_state"
            ),
            models.Index(
                fields=["organization", "counter_name_bidx"], name="statement_line_counter"
            ),
            models.Index(
                fields=["organization", "counter_name_bidx2"], name="statement_line_counter2"
            ),
        ]

    def __str__(self) -> str:
        return self.external_no
