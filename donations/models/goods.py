"""Gifts in kind: taken in by two persons, kept in lots at sites, handed out on signed sheets."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.goods_workflow import DistributionState, IntakeState, LossState
from donations.models.fields import money
from donations.models.giving import Donation
from donations.querysets import GoodsQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Row, Tenanted


def _person(**options) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


def _file(label) -> models.ForeignKey:
    return models.ForeignKey(
        "departments.Document",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


class GoodsSite(PublicRow, Tenanted):
    """Where goods lie: the own store, a hospital, a social worker who hands them out."""

    class Kind(models.TextChoices):
        WAREHOUSE = "warehouse", _("仓库")
        HOSPITAL = "hospital", _("医院")
        REPRESENTATIVE = "representative", _("社工代表")

    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=80)
    keeper = models.CharField(_("保管人"), max_length=40, blank=True)
    organization_ref = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_closed = models.BooleanField(_("停用"), default=False)

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="goods_site_once", fields=["organization", "name"]),
        ]

    def __str__(self) -> str:
        return self.name


class GoodsIntake(PublicRow, Tenanted):
    """One delivery, counted on site by one person and accepted by another; then valued and booked."""

    donation = models.OneToOneField(Donation, models.PROTECT, related_name="intake")
    site = models.ForeignKey(GoodsSite, models.PROTECT, related_name="intakes")
    received_on = models.DateField(_("到货日期"))
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=IntakeState.choices,
        default=IntakeState.COUNTED,
        editable=False,
    )
    note = models.CharField(_("验收说明"), max_length=200, blank=True)
    counted_by = _person()
    accepted_by = _person(null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("验收时间"), null=True, blank=True, editable=False)
    booked_by = _person(null=True, blank=True, editable=False)
    record = _file(_("验收单"))

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="goods_intake_accepted_by_another",
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("counted_by")),
            ),
            models.CheckConstraint(
                name="goods_intake_booked_by_another",
                condition=Q(booked_by__isnull=True) | ~Q(booked_by=F("counted_by")),
            ),
            models.CheckConstraint(
                name="goods_intake_accepted_has_person",
                condition=~Q(state__in=["accepted", "booked", "registered"])
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="goods_intake_state_known", condition=Q(state__in=IntakeState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="goods_intake_newest"),
            models.Index(fields=["organization", "state", "-id"], name="goods_intake_own_state"),
        ]

    def __str__(self) -> str:
        return str(self.donation_id)


class GoodsLot(PublicRow, Tenanted):
    """So much of one item of one batch; `on_hand` is the trigger's alone (stock_move_added)."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("一般物资")
        MEDICINE = "medicine", _("药品")
        DEVICE = "device", _("医疗器械")
        FOOD = "food", _("食品")

    class Basis(models.IntegerChoices):
        INVOICE = 1, _("发票、报关单等凭据")
        OTHER_PROOF = 2, _("其他确认捐赠财产的证明")
        FAIR_VALUE = 3, _("凭据与公允价值相差较大，按公允价值")
        APPRAISAL = 4, _("有资质的第三方评估")
        NONE = 5, _("无法可靠计价")

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="goods_lots")
    intake = models.ForeignKey(GoodsIntake, models.PROTECT, related_name="lots")
    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices, default=Kind.GENERAL)
    item = models.CharField(_("品名"), max_length=80)
    unit = models.CharField(_("单位"), max_length=10)
    quantity = models.IntegerField(_("数量"))
    on_hand = models.IntegerField(_("在库"), default=0, editable=False)
    batch = models.CharField(_("批号"), max_length=40, blank=True)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True)
    valuation_basis = models.SmallIntegerField(
        _("计价依据"), choices=Basis.choices, null=True, blank=True
    )
    valuation = money(_("计价金额"), null=True, blank=True)
    valuation_note = models.CharField(_("计价说明"), max_length=200, blank=True)
    evidence = _file(_("计价凭据"))
    valued_by = _person(null=True, blank=True, editable=False)

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="goods_lot_quantity_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="goods_lot_never_below_nothing", condition=Q(on_hand__gte=0)
            ),
            models.CheckConstraint(
                name="goods_lot_never_above_accepted", condition=Q(on_hand__lte=F("quantity"))
            ),
            models.CheckConstraint(
                name="goods_lot_valued_by_basis",
                condition=Q(valuation_basis__isnull=True, valuation__isnull=True)
                | Q(valuation_basis=5, valuation__isnull=True)
                | Q(
                    valuation_basis__in=[1, 2, 3, 4],
                    valuation__gt=0,
                    evidence__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="goods_lot_short_life_has_expiry",
                condition=Q(kind="general") | Q(expires_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="goods_lot_newest"),
            models.Index(fields=["organization", "expires_on", "id"], name="goods_lot_expiring"),
        ]

    def __str__(self) -> str:
        return self.item


class GoodsStock(Row, Tenanted):
    """What of a lot lies at a site; written by the trigger stock_move_added alone."""

    lot = models.ForeignKey(GoodsLot, models.PROTECT, related_name="stocks")
    site = models.ForeignKey(GoodsSite, models.PROTECT, related_name="stocks")
    on_hand = models.IntegerField()

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="goods_stock_once", fields=["lot", "site"]),
            models.CheckConstraint(
                name="goods_stock_never_below_nothing", condition=Q(on_hand__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["site", "-lot"], name="goods_stock_of_site")]

    def __str__(self) -> str:
        return f"{self.lot_id}@{self.site_id}"


class Distribution(PublicRow, Tenanted):
    """One sheet of one site and day: who got what and who signed; goods leave when it is signed."""

    number = models.CharField(_("编号"), max_length=40)
    site = models.ForeignKey(GoodsSite, models.PROTECT, related_name="distributions")
    given_on = models.DateField(_("发放日期"))
    purpose = models.CharField(_("用途"), max_length=120)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=DistributionState.choices,
        default=DistributionState.DRAFT,
        editable=False,
    )
    handler = _person()
    sheet = _file(_("签收单照片"))
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True, editable=False)
    counted_by = _person(null=True, blank=True, editable=False)
    counted_at = models.DateTimeField(_("复点时间"), null=True, blank=True, editable=False)

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="distribution_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(
                name="distribution_counted_by_another",
                condition=Q(counted_by__isnull=True) | ~Q(counted_by=F("handler")),
            ),
            models.CheckConstraint(
                name="distribution_signed_has_time",
                condition=~Q(state__in=["signed", "counted"]) | Q(signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="distribution_counted_has_person",
                condition=~Q(state="counted")
                | Q(counted_by__isnull=False, counted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="distribution_state_known", condition=Q(state__in=DistributionState.values)
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="distribution_newest")]

    def __str__(self) -> str:
        return self.number


class DistributionLine(PublicRow, Tenanted):
    """What one person got; for a minor the guardian signs, or the worker for the guardian."""

    class Signer(models.TextChoices):
        RECIPIENT = "recipient", _("本人")
        GUARDIAN = "guardian", _("监护人")
        WORKER = "worker", _("社工代监护人")

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="lines")
    lot = models.ForeignKey(GoodsLot, models.PROTECT, related_name="lines")
    quantity = models.IntegerField(_("数量"))
    recipient = SealedText(_("领取人"))
    recipient_masked = models.CharField(max_length=40, editable=False)
    is_minor = models.BooleanField(_("未成年人"), default=False)
    signer_kind = models.CharField(_("签收人"), max_length=20, choices=Signer.choices, blank=True)
    signer = SealedText(_("签收人姓名"), null=True, blank=True)
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True, editable=False)
    drawn = _file(_("签名"))

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="distribution_line_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="distribution_line_signed_is_whole",
                condition=Q(signed_at__isnull=True, drawn__isnull=True, signer_kind="")
                | Q(signed_at__isnull=False, drawn__isnull=False, signer__isnull=False)
                & ~Q(signer_kind=""),
            ),
            models.CheckConstraint(
                name="distribution_line_worker_signs_for_minors",
                condition=~Q(signer_kind="worker") | Q(is_minor=True),
            ),
        ]

    def __str__(self) -> str:
        return self.recipient_masked


class StockLoss(PublicRow, Tenanted):
    """Damaged, lost or expired goods: reported by one person, written off by another."""

    lot = models.ForeignKey(GoodsLot, models.PROTECT, related_name="losses")
    site = models.ForeignKey(GoodsSite, models.PROTECT, related_name="losses")
    quantity = models.IntegerField(_("数量"))
    reason = models.CharField(_("原因"), max_length=200)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=LossState.choices,
        default=LossState.REPORTED,
        editable=False,
    )
    reported_by = _person()
    confirmed_by = _person(null=True, blank=True, editable=False)

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stock_loss_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="stock_loss_confirmed_by_another",
                condition=(Q(state="reported", confirmed_by__isnull=True))
                | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("reported_by"))),
            ),
            models.CheckConstraint(
                name="stock_loss_state_known", condition=Q(state__in=LossState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-id"], name="stock_loss_own_state")
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.quantity}"


class StockMove(PublicRow, Tenanted):
    """One movement, never changed: the trigger folds it into the lot and the site under their checks."""

    class Kind(models.TextChoices):
        IN = "in", _("入库")
        OUT = "out", _("发放")
        LOSS = "loss", _("报损")
        TRANSFER = "transfer", _("调拨")
        RETURN = "return", _("发放退回")

    lot = models.ForeignKey(GoodsLot, models.PROTECT, related_name="moves")
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices)
    quantity = models.IntegerField(_("数量"))
    site = models.ForeignKey(GoodsSite, models.PROTECT, related_name="moves")
    to_site = models.ForeignKey(
        GoodsSite, models.PROTECT, null=True, blank=True, related_name="arrivals"
    )
    distribution = models.ForeignKey(
        Distribution, models.PROTECT, null=True, blank=True, related_name="moves"
    )
    loss = models.OneToOneField(
        StockLoss, models.PROTECT, null=True, blank=True, related_name="move"
    )
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    objects = GoodsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stock_move_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="stock_move_says_where",
                condition=Q(
                    kind="in", to_site__isnull=True, distribution__isnull=True, loss__isnull=True
                )
                | Q(
                    kind__in=["out", "return"],
                    to_site__isnull=True,
                    distribution__isnull=False,
                    loss__isnull=True,
                )
                | Q(
                    kind="loss", to_site__isnull=True, distribution__isnull=True, loss__isnull=False
                )
                | Q(
                    kind="transfer",
                    to_site__isnull=False,
                    distribution__isnull=True,
                    loss__isnull=True,
                )
                & ~Q(to_site=F("site")),
            ),
            models.UniqueConstraint(
                name="stock_move_in_once", fields=["lot"], condition=Q(kind="in")
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-at", "-id"], name="stock_move_newest"),
            models.Index(fields=["lot", "-id"], name="stock_move_of_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
