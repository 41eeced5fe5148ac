"""Campaigns as the law asks for them, what came of them by day and channel, and figures of platforms."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from donations.charity_workflow import CampaignState
from donations.models.fields import money
from donations.models.giving import Fund
from donations.querysets import CampaignQuerySet, MoneyQuerySet
from msw_portal.kernel.db import PublicRow, Row, Tenanted

# The least the law asks for; `checking.file_by` has the dated rule, which may ask for more.
FILING_LEAD_DAYS = 10  # filed at least so many days before the start
EMERGENCY_DAYS = 10  # Charity Law 73: in an emergency filed within so many days after the start


class Campaign(PublicRow, Tenanted):
    """A fundraising campaign with the statutory plan of Charity Law 24; the portal takes no money itself."""

    class Type(models.TextChoices):
        PUBLIC = "public", _("公开募捐")
        DIRECTED = "directed", _("定向募捐")

    class Mode(models.TextChoices):
        BOX = "box", _("募捐箱")
        CHARITY_EVENT = "charity_event", _("义演、义赛、义卖、义展、义拍、慈善晚会")
        MEDIA = "media", _("广播、电视、报刊")
        INTERNET = "internet", _("互联网")
        OTHER = "other", _("其他方式")

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="campaigns")
    number = models.CharField(_("编号"), max_length=40)
    slug = models.CharField(_("公开地址"), max_length=40)
    title = models.CharField(_("活动名称"), max_length=80)
    type = models.CharField(_("募捐类型"), max_length=10, choices=Type.choices, default=Type.PUBLIC)
    modes = ArrayField(
        models.CharField(max_length=20, choices=Mode.choices), verbose_name=_("募捐方式")
    )
    purpose = models.TextField(_("募捐目的"))
    starts_on = models.DateField(_("起始日期"))
    ends_on = models.DateField(_("结束日期"))
    area = models.CharField(_("活动地域"), max_length=120)
    responsible_person = models.CharField(_("活动负责人"), max_length=40)
    office_address = models.CharField(_("办公地址"), max_length=120)
    donation_methods = models.TextField(_("接受捐赠方式"))
    bank_account = models.CharField(_("银行账户"), max_length=160)
    beneficiaries = models.TextField(_("受益人"))
    use_of_funds = models.TextField(_("募得款物用途"))
    cost = models.TextField(_("募捐成本"))
    cost_budget = money(_("成本预算"), null=True, blank=True)
    target = money(_("募捐目标"), null=True, blank=True)
    residual_property = models.TextField(_("剩余财产的处理"))
    contact = models.CharField(_("联系方式"), max_length=120)
    query_words = models.CharField(_("查询方式"), max_length=200)
    licensed_org = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Codes of the register fundraising_platform, and each one's page of this campaign.
    platforms = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    platform_urls = models.JSONField(default=dict, blank=True)
    is_emergency = models.BooleanField(_("突发事件应急募捐"), default=False)
    emergency_event = models.CharField(_("突发事件"), max_length=120, blank=True)
    filing_no = models.CharField(_("备案编号"), max_length=60, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    filing_authority = models.CharField(_("备案机关"), max_length=80, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=CampaignState.choices,
        default=CampaignState.DRAFT,
        editable=False,
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_on = models.DateField(_("实际结束日期"), null=True, blank=True, editable=False)
    raised = money(_("募得款物合计"), null=True, blank=True)
    closing_words = models.TextField(_("募捐情况说明"), blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="campaign_number_once", fields=["organization", "number"]),
            models.UniqueConstraint(name="campaign_slug_once", fields=["slug"]),
            models.CheckConstraint(
                name="campaign_state_known", condition=Q(state__in=CampaignState.values)
            ),
            models.CheckConstraint(
                name="campaign_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="campaign_public_is_licensed",
                condition=~Q(type="public") | Q(licensed_org__isnull=False),
            ),
            models.CheckConstraint(
                name="campaign_public_is_filed",
                condition=~Q(type="public")
                | Q(state__in=["draft", "terminated"])
                | ~Q(filing_no="")
                | Q(is_emergency=True),
            ),
            models.CheckConstraint(
                name="campaign_filed_has_number",
                condition=Q(filed_on__isnull=True, filing_no="")
                | (Q(filed_on__isnull=False) & ~Q(filing_no="")),
            ),
            models.CheckConstraint(
                name="campaign_filed_before_start",
                condition=Q(filed_on__isnull=True)
                | Q(is_emergency=True)
                | Q(filed_on__lte=F("starts_on") - Value(dt.timedelta(days=FILING_LEAD_DAYS))),
            ),
            models.CheckConstraint(
                name="campaign_emergency_filed_in_time",
                condition=Q(filed_on__isnull=True)
                | Q(is_emergency=False)
                | Q(filed_on__lte=F("starts_on") + Value(dt.timedelta(days=EMERGENCY_DAYS))),
            ),
            models.CheckConstraint(
                name="campaign_emergency_names_event",
                condition=Q(is_emergency=False) | ~Q(emergency_event=""),
            ),
            models.CheckConstraint(
                name="campaign_running_is_published",
                condition=~Q(state__in=["running", "ended", "closed", "archived"])
                | Q(type="directed")
                | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="campaign_closed_has_account",
                condition=~Q(state__in=["closed", "archived"])
                | (Q(raised__isnull=False) & ~Q(closing_words="")),
            ),
            models.CheckConstraint(
                name="campaign_money_not_negative",
                condition=(Q(cost_budget__isnull=True) | Q(cost_budget__gte=0))
                & (Q(target__isnull=True) | Q(target__gt=0))
                & (Q(raised__isnull=True) | Q(raised__gte=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-starts_on", "-id"], name="campaign_newest")
        ]

    def __str__(self) -> str:
        return self.title


class CampaignFiling(PublicRow, Tenanted):
    """What was filed with the authority, whole, each time it was filed; never changed."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="filings")
    version = models.SmallIntegerField(_("第几次备案"))
    filing_no = models.CharField(_("备案编号"), max_length=60)
    filed_on = models.DateField(_("备案日期"))
    filing_authority = models.CharField(_("备案机关"), max_length=80)
    note = models.CharField(_("变更说明"), max_length=200, blank=True)
    plan = models.JSONField()

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="campaign_filing_once", fields=["campaign", "version"])
        ]

    def __str__(self) -> str:
        return f"{self.filing_no} {self.version}"


class CampaignPartner(PublicRow, Tenanted):
    """A body without the qualification that takes part (Charity Law 26): evaluated, under a written agreement."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="partners")
    partner = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("合作方")
    )
    part = models.CharField(_("合作内容"), max_length=200)
    agreed_on = models.DateField(_("协议签订日期"), null=True, blank=True)
    agreement_no = models.CharField(_("协议编号"), max_length=60, blank=True)
    agreement = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    evaluation = models.TextField(_("评估与监督结果"), blank=True)
    evaluated_on = models.DateField(_("评估日期"), null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="campaign_partner_once", fields=["campaign", "partner"]),
            models.CheckConstraint(
                name="campaign_partner_evaluated_in_words",
                condition=Q(evaluated_on__isnull=True) | ~Q(evaluation=""),
            ),
        ]

    def __str__(self) -> str:
        return self.part


class CampaignStat(Row, Tenanted):
    """How many saw, agreed, gave and gave again, on one day by one channel; names nobody."""

    class Channel(models.TextChoices):
        PORTAL = "portal", _("本门户公开页")
        PLATFORM = "platform", _("募捐平台")
        ALIPAY = "alipay", _("支付宝")
        WECHAT = "wechat", _("微信")
        WEIBO = "weibo", _("微博")
        VIDEO = "video", _("短视频")
        OFFLINE = "offline", _("线下")
        OTHER = "other", _("其他")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="stats")
    on = models.DateField(_("日期"))
    channel = models.CharField(_("渠道"), max_length=12, choices=Channel.choices)
    views = models.IntegerField(_("看到"), default=0)
    supporters = models.IntegerField(_("认同"), default=0)
    donors = models.IntegerField(_("行动"), default=0)
    repeat_donors = models.IntegerField(_("复捐"), default=0)
    source = models.CharField(_("来源"), max_length=80)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="campaign_stat_once", fields=["campaign", "on", "channel"]
            ),
            models.CheckConstraint(
                name="campaign_stat_not_negative",
                condition=Q(views__gte=0, supporters__gte=0, donors__gte=0, repeat_donors__gte=0),
            ),
            models.CheckConstraint(
                name="campaign_stat_repeat_within_donors",
                condition=Q(repeat_donors__lte=F("donors")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.channel}"


class PlatformSnapshot(PublicRow, Tenanted):
    """What a platform said of itself on a day: number of projects and money, in its own scope."""

    class Qualifier(models.TextChoices):
        EXACT = "exact", _("确数")
        ABOUT = "about", _("约")
        NEARLY = "nearly", _("近")
        MORE = "more", _("多于（余、多、＋）")
        OVER = "over", _("超过")

    platform = models.CharField(_("平台"), max_length=40)
    as_of = models.DateField(_("截至日期"))
    project_count = models.IntegerField(_("项目数"))
    amount = money(_("募款金额"))
    qualifier = models.CharField(
        _("说法"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT
    )
    scope = models.CharField(_("口径"), max_length=120)
    source = models.CharField(_("来源"), max_length=160)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="platform_snapshot_once",
                fields=["organization", "platform", "as_of", "scope"],
            ),
            models.CheckConstraint(
                name="platform_snapshot_counts_something",
                condition=Q(project_count__gt=0, amount__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-as_of", "-id"], name="platform_snapshot_newest")
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.as_of}"
