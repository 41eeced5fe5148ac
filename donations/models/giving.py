"""Who gives what to which fund."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from departments.querysets import TenantQuerySet
from donations.models.fields import money
from donations.querysets import DonationQuerySet, DonorQuerySet, FundQuerySet
from donations.workflow import DonationState
from msw_portal.kernel.crypto import BlindIndex, SealedText
from msw_portal.kernel.db import PublicRow, Row, Tenanted


class CharityProfile(Row, Tenanted):
    """What a charity is in law, and its own limits; its qualifications are `organization_credential` rows."""

    class Form(models.TextChoices):
        FOUNDATION = "foundation", _("基金会")
        SOCIAL_ORGANIZATION = "social_organization", _("社会团体")
        SERVICE_AGENCY = "service_agency", _("社会服务机构")

    form = models.CharField(
        _("组织形式"), max_length=30, choices=Form.choices, default=Form.FOUNDATION
    )
    net_asset_tier = models.CharField(_("净资产档次"), max_length=20, blank=True)
    thresholds = models.JSONField(default=dict, blank=True)
    donor_feedback = models.JSONField(default=dict, blank=True)
    registration_authority = models.CharField(_("登记机关"), max_length=80, blank=True, default="")
    supervising_body = models.CharField(_("业务主管单位"), max_length=80, blank=True, default="")
    public_contact = models.CharField(_("公开联系方式"), max_length=160, blank=True, default="")
    query_words = models.CharField(_("查询方式"), max_length=200, blank=True, default="")
    # One account a line: bank, branch and number, as donors are told them.
    bank_accounts = models.TextField(_("银行账户"), blank=True, default="")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charity_profile_once", fields=["organization"])
        ]

    def __str__(self) -> str:
        return self.get_form_display()


class Fund(PublicRow, Tenanted):
    """A pool of money with purposes; its ledger accounts are opened by the database with it."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("非限定")
        SPECIAL = "special", _("专项基金")
        HOSPITAL = "hospital", _("医院救助基金")
        TRUST = "trust", _("慈善信托")

    class State(models.TextChoices):
        ACTIVE = "active", _("运行")
        PAUSED = "paused", _("暂停")
        CLOSED = "closed", _("终止")

    number = models.CharField(_("编号"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices, default=Kind.SPECIAL)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    trust = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ACTIVE)

    objects = FundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="fund_number_once", fields=["organization", "number"]),
            models.UniqueConstraint(name="fund_name_once", fields=["organization", "name"]),
        ]

    def __str__(self) -> str:
        return self.name


class FundPurpose(Row, Tenanted):
    """What part of a fund is for; `rank` is the order of a list."""

    fund = models.ForeignKey(Fund, models.CASCADE, related_name="purposes")
    code = models.CharField(_("代码"), max_length=40)
    text = models.CharField(_("用途"), max_length=120)
    rank = models.SmallIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="fund_purpose_once", fields=["fund", "code"])]
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return self.text


class Donor(PublicRow, Tenanted):
    class Kind(models.TextChoices):
        PERSON = "person", _("个人")
        COMPANY = "company", _("企业")
        ORGANIZATION = "organization", _("社会组织")
        GOVERNMENT = "government", _("政府部门")
        ANONYMOUS = "anonymous", _("匿名")

    kind = models.CharField(_("捐赠人类型"), max_length=20, choices=Kind.choices)
    name = SealedText(_("姓名或名称"))
    name_masked = models.CharField(max_length=80, editable=False)
    id_no = SealedText(_("身份证号码"), null=True, blank=True, pad=True)
    id_no_bidx = BlindIndex(of="id_no", kind="id", fact="donor.id_no", editable=False)
    id_no_bidx2 = BlindIndex(of="id_no", kind="id", fact="donor.id_no", editable=False)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    organization_ref = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact = SealedText(_("联系方式"), null=True, blank=True)
    publish_name = models.BooleanField(_("同意公示姓名"), default=False)
    is_anonymous = models.BooleanField(_("匿名"), default=False)

    objects = DonorQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name_masked


class Donation(PublicRow, Tenanted):
    """One gift: recorded by one person, confirmed into the ledger by another."""

    class Kind(models.TextChoices):
        MONEY = "money", _("货币")
        GOODS = "goods", _("实物")
        SERVICE = "service", _("服务")
        SECURITIES = "securities", _("有价证券")
        EQUITY = "equity", _("股权")
        IP = "ip", _("知识产权")
        HOUSE = "house", _("房屋")

    class Channel(models.TextChoices):
        BANK = "bank", _("银行")
        ALIPAY = "alipay", _("支付宝")
        WECHAT = "wechat", _("微信")
        PLATFORM = "platform", _("募捐平台")
        CASH = "cash", _("现金")
        LOGISTICS = "logistics", _("物流")

    class Basis(models.IntegerChoices):
        """The order in which property is valued; what cannot be valued is no income and gets no receipt."""

        INVOICE = 1, _("发票或报关单")
        PROOF = 2, _("其他价值证明")
        FAIR = 3, _("公允价值")
        APPRAISAL = 4, _("评估机构评估")
        NONE = 5, _("无法计价，另册登记")

    number = models.CharField(_("编号"), max_length=40)
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="donations")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="donations")
    purpose = models.ForeignKey(
        FundPurpose, models.PROTECT, null=True, blank=True, related_name="donations"
    )
    kind = models.CharField(_("捐赠财产"), max_length=20, choices=Kind.choices, default=Kind.MONEY)
    pledged = money(_("承诺金额"), null=True, blank=True)
    amount = money(_("到账金额"), null=True, blank=True)
    received_on = models.DateField(_("到账日期"), null=True, blank=True)
    # Of a gift taken over from before the portal: what had been used of it by then; null for any other gift.
    used_before = money(_("启用前已使用"), null=True, blank=True)
    channel = models.CharField(
        _("渠道"), max_length=20, choices=Channel.choices, default=Channel.BANK
    )
    beneficiary_class = models.CharField(_("指定受益人类别"), max_length=40, blank=True)
    campaign = models.ForeignKey(
        "donations.Campaign", models.PROTECT, null=True, blank=True, related_name="donations"
    )
    agreement = models.ForeignKey(
        "donations.Agreement", models.PROTECT, null=True, blank=True, related_name="donations"
    )
    content = models.CharField(
        _("名称、数量和质量"), max_length=200, blank=True, default="", db_default=""
    )
    pledged_on = models.DateField(_("承诺日期"), null=True, blank=True)
    due_on = models.DateField(_("约定交付日期"), null=True, blank=True)
    valuation_basis = models.SmallIntegerField(
        _("计价依据"), choices=Basis.choices, null=True, blank=True
    )
    valuation_note = models.CharField(
        _("计价凭据"), max_length=200, blank=True, default="", db_default=""
    )
    region = models.ForeignKey(
        "departments.Region", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=DonationState.choices,
        default=DonationState.RECEIVED,
        editable=False,
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = DonationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="donation_number_once", fields=["organization", "number"]),
            models.CheckConstraint(
                name="donation_amount_positive", condition=Q(amount__isnull=True) | Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="donation_pledge_positive",
                condition=Q(pledged__isnull=True) | Q(pledged__gt=0),
            ),
            models.CheckConstraint(
                name="donation_used_before_within",
                condition=Q(used_before__isnull=True)
                | Q(used_before__gte=0, used_before__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="donation_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
            ),
            models.CheckConstraint(
                name="donation_booked_is_whole",
                condition=~Q(state__in=["booked", "returned"])
                | Q(confirmed_by__isnull=False, amount__isnull=False, received_on__isnull=False)
                | Q(
                    confirmed_by__isnull=False,
                    amount__isnull=True,
                    received_on__isnull=False,
                    valuation_basis=5,
                ),
            ),
            models.CheckConstraint(
                name="donation_state_known", condition=Q(state__in=DonationState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-received_on", "-id"], name="donation_newest"),
            models.Index(fields=["organization", "state", "-id"], name="donation_own_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_money(self) -> bool:
        return self.kind == Donation.Kind.MONEY

    @cached_property
    def lot(self) -> Any:
        """The lot of what arrived first, or None; money that came in parts has one lot for each."""
        return self.lots.order_by("id").first()
