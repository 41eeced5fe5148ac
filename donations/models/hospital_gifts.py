"""What a hospital is offered, from the offer to the notice (国卫财务发〔2015〕77号)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donations.gift_workflow import HospitalGiftState
from donations.models.agreements import Agreement
from donations.models.fields import money
from donations.models.giving import Donation, Donor
from donations.models.goods import GoodsLot
from donations.querysets import HospitalGiftItemQuerySet, HospitalGiftQuerySet, OpinionQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class HospitalGift(PublicRow, Tenanted):
    """One offer. The legal person receives, never a department (art. 4): `receiver` is the house itself."""

    class Purpose(models.TextChoices):
        """The uses that art. 5 permits."""

        RELIEF = "relief", _("患者医疗救治费用减免")
        HEALTH = "health", _("公共卫生服务和健康教育")
        TRAINING = "training", _("人员培训和培养")
        ACADEMIC = "academic", _("学术活动")
        RESEARCH = "research", _("科学研究")
        FACILITY = "facility", _("公共设施设备建设")
        OTHER = "other", _("其他公益性非营利活动")

    number = models.CharField(_("编号"), max_length=40)
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="hospital_gifts")
    receiver = models.ForeignKey(
        "departments.Organization", models.PROTECT, related_name="+", verbose_name=_("受赠人")
    )
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("使用部门"),
    )
    kind = models.CharField(
        _("捐赠财产"), max_length=20, choices=Donation.Kind.choices, default=Donation.Kind.MONEY
    )
    content = models.CharField(_("名称、数量和质量"), max_length=200)
    amount = money(_("金额或价值"))
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose.choices)
    use = models.CharField(_("具体用途"), max_length=200)
    wants = models.CharField(_("捐赠人的要求"), max_length=200, blank=True)
    is_free_of_procurement = models.BooleanField(_("不与采购挂钩"), default=False)
    is_free_of_return = models.BooleanField(_("无回报要求"), default=False)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=HospitalGiftState.choices,
        default=HospitalGiftState.DRAFT,
        editable=False,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    minutes = models.CharField(_("会议或文件"), max_length=120, blank=True)
    agreement = models.OneToOneField(
        Agreement, models.PROTECT, null=True, blank=True, related_name="hospital_gift"
    )
    accepted_on = models.DateField(_("验收日期"), null=True, blank=True)
    accepted_value = money(_("验收价值"), null=True, blank=True)
    acceptance = models.CharField(_("验收记录"), max_length=200, blank=True)
    valuation_basis = models.SmallIntegerField(
        _("计价依据"), choices=Donation.Basis.choices, null=True, blank=True
    )
    valuation_note = models.CharField(
        _("计价凭据"), max_length=200, blank=True, default="", db_default=""
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    notice = models.ForeignKey(
        "departments.PublicEntry", models.PROTECT, null=True, blank=True, related_name="+"
    )
    noticed_on = models.DateField(_("公示日期"), null=True, blank=True)
    noticed_where = models.CharField(_("公示地点或网址"), max_length=200, blank=True)
    donation = models.OneToOneField(
        Donation, models.PROTECT, null=True, blank=True, related_name="hospital_gift"
    )

    objects = HospitalGiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="hospital_gift_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(
                name="hospital_gift_to_legal_person", condition=Q(receiver=F("organization"))
            ),
            models.CheckConstraint(name="hospital_gift_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="hospital_gift_is_free",
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(is_free_of_procurement=True, is_free_of_return=True),
            ),
            models.CheckConstraint(
                name="hospital_gift_decided_has_person",
                condition=~Q(
                    state__in=["approved", "agreed", "accepted", "noticed", "booked", "refused"]
                )
                | Q(decided_by__isnull=False, decided_on__isnull=False) & ~Q(minutes=""),
            ),
            models.CheckConstraint(
                name="hospital_gift_agreed_has_agreement",
                condition=~Q(state__in=["agreed", "accepted", "noticed", "booked"])
                | Q(agreement__isnull=False),
            ),
            models.CheckConstraint(
                name="hospital_gift_accepted_is_whole",
                condition=~Q(state__in=["accepted", "noticed", "booked"])
                | Q(
                    accepted_on__isnull=False,
                    accepted_by__isnull=False,
                )
                & (
                    Q(accepted_value__isnull=False)
                    | Q(valuation_basis=5) & ~Q(kind__in=["money", "equity", "ip", "house"])
                ),
            ),
            models.CheckConstraint(
                name="hospital_gift_noticed_has_day",
                condition=~Q(state__in=["noticed", "booked"]) | Q(noticed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="hospital_gift_state_known", condition=Q(state__in=HospitalGiftState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="hospital_gift_newest"),
            models.Index(fields=["organization", "state", "-id"], name="hospital_gift_state"),
        ]

    def __str__(self) -> str:
        return self.number


class HospitalGiftItem(PublicRow, Tenanted):
    """So much of one batch of goods as was counted when the hospital accepted it; the hospital's asset books go on from here."""

    gift = models.ForeignKey(HospitalGift, models.PROTECT, related_name="items")
    kind = models.CharField(
        _("种类"),
        max_length=20,
        choices=GoodsLot.Kind.choices,
        default=GoodsLot.Kind.GENERAL,
    )
    item = models.CharField(_("品名"), max_length=80)
    unit = models.CharField(_("单位"), max_length=10)
    quantity = models.IntegerField(_("数量"))
    batch = models.CharField(_("批号"), max_length=40, blank=True)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True)

    objects = HospitalGiftItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hospital_gift_item_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="hospital_gift_item_short_life_has_expiry",
                condition=Q(kind="general") | Q(expires_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.item


class GiftOpinion(PublicRow, Tenanted):
    """One office's opinion in the pre-assessment (art. 11 to 13): one person, once, and never changed."""

    class Office(models.TextChoices):
        FINANCE = "finance", _("财务")
        DISCIPLINE = "discipline", _("纪检")
        AUDIT = "audit", _("审计")
        BUSINESS = "business", _("业务部门")

    class Verdict(models.TextChoices):
        FOR = "for", _("同意接受")
        AGAINST = "against", _("不同意接受")

    gift = models.ForeignKey(HospitalGift, models.PROTECT, related_name="opinions")
    office = models.CharField(_("部门"), max_length=20, choices=Office.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(_("意见"), max_length=10, choices=Verdict.choices, blank=True)
    text = SealedText(_("理由"), null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="gift_opinion_office_once", fields=["gift", "office"]),
            models.UniqueConstraint(name="gift_opinion_person_once", fields=["gift", "person"]),
            models.CheckConstraint(
                name="gift_opinion_whole",
                condition=Q(verdict="", given_at__isnull=True)
                | (~Q(verdict="") & Q(given_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.get_office_display()
