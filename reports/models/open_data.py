"""Figures in public: released tables that never change, who takes part, and the budget of noise."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.db import PublicRow, Tenanted
from reports.open_periods import Period, period_of
from reports.querysets import OpenDataQuerySet, OpenTableQuerySet


class OpenDataChoice(PublicRow, Tenanted):
    """Whether a house is counted in the open data of the quarters that are released from now on."""

    takes_part = models.BooleanField(_("参加公开统计"), default=False)
    chosen_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OpenDataQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="open_data_choice_once", fields=["organization"])
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.takes_part}"


class OpenTable(PublicRow, Tenanted):
    """One released table of one quarter or year; a trigger keeps all of it, so that no two versions give a difference.

    Of the installation: the sums of all houses that take part, for everybody. Of an authority: those of its region,
    for itself (`visible_from` is empty). Of a house with `epsilon`: its own counts with noise, for everybody.
    `dims` and `cells` are what pages show: {"name", "label", "codes": [[code, name]]} and [[code or "*" ...], n, value],
    where null is hidden and "*" the total.
    """

    class Grain(models.TextChoices):
        QUARTER = "quarter", _("季度")
        YEAR = "year", _("年度")

    code = models.CharField(_("表"), max_length=40)
    grain = models.CharField(_("期间"), max_length=10, choices=Grain.choices)
    first = models.DateField()
    last = models.DateField()
    houses = models.IntegerField(_("参加机构数"), default=1)
    least = models.SmallIntegerField(_("低于此数不显示"), default=0)
    epsilon = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    dims = models.JSONField()
    cells = models.JSONField()
    content_hash = models.CharField(max_length=64)
    visible_from = models.DateTimeField(null=True, blank=True)
    visible_to = models.DateTimeField(null=True, blank=True)

    objects = OpenTableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="open_table_once", fields=["organization", "code", "first", "last"]
            ),
            models.CheckConstraint(
                name="open_table_days_in_order", condition=Q(last__gt=F("first"))
            ),
            models.CheckConstraint(
                name="open_table_epsilon_positive",
                condition=Q(epsilon__isnull=True) | Q(epsilon__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-first", "code"], name="open_table_period")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.first}"

    @property
    def period(self) -> Period:
        return period_of(self.first, self.last)


class OpenCount(PublicRow, Tenanted):
    """The counts behind a released quarter, hidden ones among them: a year is their sum, and never counted anew."""

    table = models.OneToOneField(OpenTable, models.PROTECT, related_name="counted")
    counts = models.JSONField()

    objects = OpenDataQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.table_id)


class NoiseBudget(PublicRow, Tenanted):
    """How much privacy loss a house spends on one quarter's records: the sum of the epsilons of its releases.

    Counted by the quarter the records are of, so that no record pays twice over; the CHECK refuses what is too much.
    """

    quarter = models.DateField(_("数据季度"))
    allowed = models.DecimalField(_("隐私预算 ε"), max_digits=4, decimal_places=2)
    spent = models.DecimalField(_("已用 ε"), max_digits=4, decimal_places=2, default=0)

    objects = OpenDataQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="noise_budget_once", fields=["organization", "quarter"]),
            models.CheckConstraint(
                name="noise_budget_not_over", condition=Q(spent__gte=0, spent__lte=F("allowed"))
            ),
            models.CheckConstraint(
                name="noise_budget_small", condition=Q(allowed__gt=0, allowed__lte=3)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.spent}/{self.allowed}"

    @property
    def period(self) -> Period:
        return Period(self.quarter.year, (self.quarter.month + 2) // 3)
