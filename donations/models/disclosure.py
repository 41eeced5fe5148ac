"""What a charity must publish or report and by when, the events that start a clock, and its figures of a year."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import DatedRule
from departments.models.publishing import PublicEntry
from donations.disclosure_workflow import WAITING, ItemState
from donations.models.fields import money
from donations.querysets import DisclosureQuerySet, MoneyQuerySet
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, Subject, Tenanted, Voidable

FIVE_MINUTES = dt.timedelta(minutes=5)


class About(models.TextChoices):
    """What an item is about; the row itself is its subject."""

    CAMPAIGN = "campaign", _("募捐活动")
    PROJECT = "project", _("慈善项目")
    FUND = "fund", _("专项基金")
    YEAR = "year", _("年度")
    EVENT = "event", _("重大事项")
    TRUST = "trust", _("慈善信托")
    LEFTOVER = "leftover", _("剩余财产处理")


class DisclosureItem(PublicRow, Tenanted, Subject):
    """One duty under one rule: due on a day that `computed_with` explains.

    `computed_with` is `{"event", "on", "calendar", "until"?}`: what started the clock, its day, by which
    calendar the days were counted (natural, house, official, weekends), and how long a series goes on.
    `draft` holds `{"title", "sections": [[heading, text]], "period": [first, last]}`; tables and facts
    are taken from the books anew at every look and frozen at publication.
    """

    rule = models.ForeignKey(DatedRule, models.PROTECT, related_name="+", verbose_name=_("规则"))
    rule_key = models.CharField(max_length=40, editable=False)
    about = models.CharField(_("事项"), max_length=12, choices=About.choices)
    subject_text = models.CharField(_("对象"), max_length=120)
    period_from = models.DateField(_("期间起"), null=True, blank=True)
    period_to = models.DateField(_("期间止"), null=True, blank=True)
    due_on = models.DateField(_("截止日期"))
    computed_with = models.JSONField(default=dict)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=ItemState.choices,
        default=ItemState.PLANNED,
        editable=False,
    )
    draft = models.JSONField(null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    public_entry = models.ForeignKey(
        PublicEntry, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    second_factor_at = models.DateTimeField(null=True, blank=True)
    done_on = models.DateField(_("办理日期"), null=True, blank=True)
    done_note = models.CharField(_("办理情况"), max_length=300, blank=True)
    late_days = models.IntegerField(_("逾期天数"), default=0)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="disclosure_item_once",
                fields=["organization", "rule", "subject_kind", "subject_id", "due_on"],
            ),
            models.CheckConstraint(
                name="disclosure_item_state_known", condition=Q(state__in=ItemState.values)
            ),
            models.CheckConstraint(
                name="disclosure_item_about_known", condition=Q(about__in=About.values)
            ),
            models.CheckConstraint(
                name="disclosure_item_published_by_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="disclosure_item_published_is_whole",
                condition=~Q(state="published")
                | Q(
                    public_entry__isnull=False,
                    drafted_by__isnull=False,
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="disclosure_item_published_is_confirmed",
                condition=Q(published_at__isnull=True)
                | Q(
                    second_factor_at__isnull=False,
                    second_factor_at__lte=F("published_at"),
                    second_factor_at__gte=F("published_at") - FIVE_MINUTES,
                ),
            ),
            models.CheckConstraint(
                name="disclosure_item_fulfilled_says_how",
                condition=~Q(state="fulfilled") | (Q(done_on__isnull=False) & ~Q(done_note="")),
            ),
            models.CheckConstraint(
                name="disclosure_item_late_not_negative", condition=Q(late_days__gte=0)
            ),
            models.CheckConstraint(
                name="disclosure_item_period_in_order",
                condition=Q(period_from__isnull=True)
                | Q(period_to__isnull=True)
                | Q(period_to__gte=F("period_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due_on", "id"], name="disclosure_item_calendar"),
            models.Index(
                fields=["organization", "subject_kind", "subject_id", "due_on"],
                name="disclosure_item_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_key} {self.due_on}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_late(self) -> bool:
        """Past its day and not done."""
        return self.is_waiting and self.due_on < timezone.localdate()

    @property
    def days_left(self) -> int:
        """Days until it is due; negative when that is past."""
        return (self.due_on - timezone.localdate()).days

    @property
    def days_over(self) -> int:
        """Days since it was due; 0 before that."""
        return max(0, -self.days_left)


class CharityEvent(PublicRow, Tenanted, Voidable):
    """Something that starts a clock of its own (P-MCA81 12 to 14): published within thirty days."""

    class Kind(models.TextChoices):
        ASSET_CHANGE = "asset_change", _("重大资产变动")
        INVESTMENT = "investment", _("重大投资")
        TRANSACTION = "transaction", _("重大交易及资金往来")
        RELATED_GIFT = "related_gift", _("接受关联方捐赠")
        RELATED_GRANT = "related_grant", _("对关联方资助")
        RELATED_TRANSACTION = "related_transaction", _("与关联方的交易")
        TRUST_SETUP = "trust_setup", _("设立慈善信托")

    RELATED = (Kind.RELATED_GIFT, Kind.RELATED_GRANT, Kind.RELATED_TRANSACTION)

    kind = models.CharField(_("事项"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=120)
    happened_on = models.DateField(_("发生日期"))
    amount = money(_("金额"), null=True, blank=True)
    other_party = SealedText(_("对方"), null=True, blank=True)
    relation = models.CharField(_("与本机构的关系"), max_length=120, blank=True)
    decided_by = models.CharField(_("决策机构与日期"), max_length=120, blank=True)
    description = models.TextField(_("情况说明"), blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="charity_event_kind_known",
                condition=Q(
                    kind__in=[
                        "asset_change",
                        "investment",
                        "transaction",
                        "related_gift",
                        "related_grant",
                        "related_transaction",
                        "trust_setup",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="charity_event_amount_positive",
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
            ),
            models.CheckConstraint(
                name="charity_event_related_names_party",
                condition=~Q(kind__in=["related_gift", "related_grant", "related_transaction"])
                | (Q(other_party__isnull=False) & ~Q(relation="")),
            ),
            models.CheckConstraint(
                name="charity_event_trust_is_whole",
                condition=~Q(kind="trust_setup")
                | Q(other_party__isnull=False, amount__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "-happened_on", "-id"], name="charity_event_newest"
            )
        ]

    def __str__(self) -> str:
        return self.title


class CharityYear(PublicRow, Tenanted):
    """The figures of a year that the books of the funds do not hold, and the ratios settled from them.

    `figures` is `{name: {"amount": "12345.60", "source": text, "method": text}}`, its names those of
    donations/services/year_figures.py. The columns below are null until the year is settled; a ratio is
    a share of one (0.7000 is 70 %), cut to four places so that a limit is never met by rounding.
    """

    year = models.SmallIntegerField(_("年度"))
    figures = models.JSONField(default=dict)
    is_public = models.BooleanField(_("具有公开募捐资格"), default=False)
    rule = models.ForeignKey(DatedRule, models.PROTECT, null=True, blank=True, related_name="+")
    spend = money(_("慈善活动支出"), null=True, blank=True)
    spend_base = money(_("支出比例的基数"), null=True, blank=True)
    spend_ratio = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    management = money(_("管理费用"), null=True, blank=True)
    total_spend = money(_("本年总支出"), null=True, blank=True)
    mgmt_ratio = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    is_exempt = models.BooleanField(_("管理费用免于比例限制"), default=False)
    settled_at = models.DateTimeField(_("核定时间"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    missing = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects = MoneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charity_year_once", fields=["organization", "year"]),
            models.CheckConstraint(
                name="charity_year_in_range", condition=Q(year__range=(2000, 2100))
            ),
            models.CheckConstraint(
                name="charity_year_ratio_has_base",
                condition=(Q(spend_ratio__isnull=True) | Q(spend__isnull=False, spend_base__gt=0))
                & (Q(mgmt_ratio__isnull=True) | Q(management__isnull=False, total_spend__gt=0)),
            ),
            models.CheckConstraint(
                name="charity_year_settled_by_somebody",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False, rule__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def spend_percent(self) -> str:
        """The settled spending ratio in words; "" before."""
        return "" if self.spend_ratio is None else f"{self.spend_ratio * 100:.2f}%"

    @property
    def mgmt_percent(self) -> str:
        """The settled management ratio in words; "" before."""
        return "" if self.mgmt_ratio is None else f"{self.mgmt_ratio * 100:.2f}%"
