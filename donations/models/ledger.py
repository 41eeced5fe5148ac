"""Fund accounting in double entry: accounts, journals, entries, and the lots that a gift makes."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import TenantQuerySet
from donations.models.fields import money
from donations.models.giving import Donation, Fund, FundPurpose
from donations.querysets import JournalQuerySet
from msw_portal.kernel.db import PublicRow, Row, Tenanted


class LedgerAccount(PublicRow, Tenanted):
    """`balance` is written by the trigger ledger_entry_added alone; `lock_touch` is the only column
    msw_app may write, because a row lock needs the right to update something."""

    class Kind(models.TextChoices):
        CASH = "cash", _("银行存款")
        AVAILABLE = "available", _("可用")
        COMMITTED = "committed", _("已承诺")
        FEE_PAYABLE = "fee_payable", _("应付费用")
        GOODS = "goods", _("物资")
        IN_KIND = "in_kind", _("物资净额")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="accounts")
    purpose = models.ForeignKey(FundPurpose, models.PROTECT, null=True, related_name="accounts")
    side = models.SmallIntegerField(
        help_text="+1 debit-natural (cash, goods), -1 the fund's claims"
    )
    balance = money(default=0)
    lock_touch = models.SmallIntegerField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ledger_account_once",
                fields=["organization", "kind", "fund", "purpose"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="ledger_account_not_negative", condition=Q(balance__gte=0)),
            models.CheckConstraint(name="ledger_account_side_known", condition=Q(side__in=[1, -1])),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class LedgerJournal(PublicRow, Tenanted):
    """One posting; `reference` makes the command that posts it repeatable without effect."""

    class Kind(models.TextChoices):
        DONATION = "donation", _("捐赠收入")
        COMMIT = "commit", _("批准承诺")
        RELEASE = "release", _("释放承诺")
        DISBURSE = "disburse", _("拨付")
        REFUND = "refund", _("退回")
        FEE = "fee", _("费用")
        CARRIED = "carried", _("启用前已使用")
        INTEREST = "interest", _("利息")
        PURPOSE_CHANGE = "purpose_change", _("变更用途")
        FUND_TRANSFER = "fund_transfer", _("基金划转")
        GOODS_OUT = "goods_out", _("物资发放")
        GOODS_LOSS = "goods_loss", _("物资报损")
        REVERSAL = "reversal", _("冲销")

    class SpendClass(models.TextChoices):
        CHARITABLE = "charitable", _("慈善活动支出")
        MANAGEMENT = "management", _("管理费用")
        FUNDRAISING = "fundraising", _("募捐成本")
        NONE = "none", _("不计支出")

    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices)
    leg_count = models.IntegerField()
    reference = models.CharField(max_length=120)
    spend_class = models.CharField(
        max_length=20, choices=SpendClass.choices, default=SpendClass.NONE
    )
    request = models.ForeignKey(
        "donations.FundingRequest", models.PROTECT, null=True, blank=True, related_name="journals"
    )
    disbursement = models.ForeignKey(
        "donations.Disbursement", models.PROTECT, null=True, blank=True, related_name="journals"
    )
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="journals"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    posted_at = models.DateTimeField(_("记账时间"), default=timezone.now)
    article = models.CharField(max_length=120, blank=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ledger_journal_reference_once", fields=["organization", "kind", "reference"]
            ),
            models.CheckConstraint(
                name="ledger_journal_has_two_legs", condition=Q(leg_count__gte=2)
            ),
            models.CheckConstraint(
                name="ledger_reversal_names_journal",
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "-posted_at", "-id"], name="ledger_journal_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class DonationLot(Row, Tenanted):
    """Money of a donation that arrived at once, or of one entry of interest (`order`), followed until it is spent.

    A gift that came in parts has a lot for each arrival.
    """

    donation = models.ForeignKey(Donation, models.PROTECT, null=True, related_name="lots")
    order = models.OneToOneField(
        "donations.LedgerOrder", models.PROTECT, null=True, related_name="lot"
    )
    amount = money()
    received_on = models.DateField()
    earmark_purpose = models.ForeignKey(
        FundPurpose, models.PROTECT, null=True, blank=True, related_name="+"
    )
    earmark_class = models.CharField(max_length=40, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="donation_lot_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="donation_lot_has_one_origin",
                condition=Q(donation__isnull=False, order__isnull=True)
                | Q(donation__isnull=True, order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id or self.order_id}"


class LedgerEntry(Row, Tenanted):
    """One leg: debit positive, credit negative; the only signed amount of the house."""

    journal = models.ForeignKey(LedgerJournal, models.PROTECT, related_name="entries")
    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="entries", db_index=False
    )
    lot = models.ForeignKey(
        DonationLot, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    amount = money()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="ledger_entry_not_zero", condition=~Q(amount=0))]
        indexes = [
            models.Index(
                fields=["lot", "id"], name="ledger_entry_lot", condition=Q(lot__isnull=False)
            ),
            models.Index(fields=["account", "id"], name="ledger_entry_account"),
        ]

    def __str__(self) -> str:
        return f"{self.journal_id} {self.amount}"


class LotBalance(Tenanted):
    """What is left of a lot on an account; written by the trigger ledger_entry_added alone."""

    lot = models.ForeignKey(DonationLot, models.PROTECT, related_name="balances")
    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="lot_balances", db_index=False
    )
    received_on = models.DateField()
    balance = money()
    lock_touch = models.SmallIntegerField(null=True)
    pk = models.CompositePrimaryKey("lot_id", "account_id")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="lot_balance_not_negative", condition=Q(balance__gte=0))
        ]
        indexes = [
            models.Index(
                fields=["account", "received_on", "lot"],
                name="lot_balance_oldest",
                condition=Q(balance__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}/{self.account_id}"
