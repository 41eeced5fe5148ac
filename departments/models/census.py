"""The yearly census: what a house reports of itself, line by line, and the figures that were published."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import HospitalGrade, Region
from departments.querysets import CensusLineQuerySet, CensusReturnQuerySet, PublishedFigureQuerySet
from departments.workflow import CENSUS_KEPT, CensusState
from msw_portal.kernel.db import PublicRow, Row, SharedRow, Tenanted

TERTIARY = (HospitalGrade.III_A, HospitalGrade.III_B, HospitalGrade.III_C, HospitalGrade.III_X)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class CensusKind(models.TextChoices):
    INSTITUTION = "institution", _("医疗机构与医务社工")
    AGENCY = "agency", _("社会工作服务机构")
    CERTIFIED = "certified", _("持证社工")
    STATION = "station", _("社工站")
    BASE = "base", _("孵化培育基地")


class CensusCategory(models.TextChoices):
    HOSPITAL = "hospital", _("医院")
    COMMUNITY_HEALTH = "community_health", _("社区卫生服务机构")
    PUBLIC_HEALTH = "public_health", _("公共卫生机构")
    CARE = "care", _("医养结合及其他")
    AGENCY = "agency", _("社会工作服务机构")
    UNIT = "unit", _("单位")
    COUNTY = "county", _("区县汇总")
    STATION = "station", _("社工站")
    CENTRE = "station_centre", _("县级社会工作指导中心")
    BASE = "base", _("孵化培育基地")


class CensusReturn(PublicRow, SharedRow):
    """One house's report of one kind for one year, at a cut-off day; a correction is a new version.

    `counterparty` is the authority it was sent to; `released_at` is when that authority froze it, from
    when on every authority of `region_code` reads it.
    """

    kind = models.CharField(_("报表"), max_length=20, choices=CensusKind.choices)
    year = models.SmallIntegerField(_("年度"))
    as_of = models.DateField(_("截止日"))
    version = models.SmallIntegerField(_("版次"), default=1)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    state = models.CharField(
        _("状态"), max_length=20, choices=CensusState.choices, default=CensusState.DRAFT
    )
    region_code = models.IntegerField(_("地区代码"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    released_at = models.DateTimeField(_("冻结时间"), null=True, blank=True)

    objects = CensusReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="census_return_kind_known", condition=Q(kind__in=CensusKind.values)
            ),
            models.CheckConstraint(
                name="census_return_state_known", condition=Q(state__in=CensusState.values)
            ),
            models.CheckConstraint(
                name="census_return_year_in_range",
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)),
            ),
            models.CheckConstraint(
                name="census_return_as_of_in_year", condition=Q(as_of__year=F("year"))
            ),
            models.CheckConstraint(
                name="census_return_draft_is_unsent",
                condition=Q(state__in=CENSUS_KEPT, counterparty__isnull=True)
                | (~Q(state__in=CENSUS_KEPT) & Q(counterparty__isnull=False)),
            ),
            models.CheckConstraint(
                name="census_return_frozen_has_time",
                condition=Q(state__in=("frozen", "replaced"), released_at__isnull=False)
                | (~Q(state__in=("frozen", "replaced")) & Q(released_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="census_return_first_or_corrects",
                condition=Q(version=1, corrects__isnull=True)
                | Q(version__gt=1, corrects__isnull=False),
            ),
            models.UniqueConstraint(
                name="census_return_version_once",
                fields=["organization", "kind", "year", "version"],
            ),
            models.UniqueConstraint(
                name="census_return_one_open",
                fields=["organization", "kind", "year"],
                condition=Q(state__in=("draft", "submitted", "accepted")),
            ),
            models.UniqueConstraint(
                name="census_return_one_frozen",
                fields=["organization", "kind", "year"],
                condition=Q(state="frozen"),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-year", "-id"], name="census_return_own"),
            models.Index(
                fields=["counterparty", "year", "kind", "organization"], name="census_return_desk"
            ),
            models.Index(
                fields=["year", "kind", "region_code"],
                name="census_return_frozen",
                condition=Q(state="frozen"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_kind_display()}"


class CensusLine(Row, SharedRow):
    """One institution, agency, unit, station or base of a return; parties and release follow the return by trigger.

    Counts are at the cut-off day; null means that the kind does not ask. `area` is in square metres.
    A line that is not counted says why in its note.
    """

    census = models.ForeignKey(CensusReturn, models.CASCADE, related_name="lines")
    rank = models.IntegerField()
    institution = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("名称"), max_length=120)
    category = models.CharField(_("类别"), max_length=20, choices=CensusCategory.choices)
    grade = models.CharField(_("医院等级"), max_length=4, choices=HospitalGrade.choices, blank=True)
    place = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("所在地区"), related_name="+"
    )
    is_active = models.BooleanField(_("开展医务社工"), default=True)
    workers = models.IntegerField(_("医务社工人数"), null=True, blank=True)
    full_time = models.IntegerField(_("其中专职"), null=True, blank=True)
    junior = models.IntegerField(_("助理社会工作师"), null=True, blank=True)
    middle = models.IntegerField(_("社会工作师"), null=True, blank=True)
    senior = models.IntegerField(_("高级社会工作师"), null=True, blank=True)
    beds = models.IntegerField(_("开放床位"), null=True, blank=True)
    area = models.DecimalField(
        _("面积（平方米）"), max_digits=10, decimal_places=1, null=True, blank=True
    )
    is_counted = models.BooleanField(_("计入统计"), default=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    region_code = models.IntegerField(editable=False)
    released_at = models.DateTimeField(null=True, editable=False)

    objects = CensusLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="census_line_name_once", fields=["census", "name"]),
            models.CheckConstraint(
                name="census_line_category_known", condition=Q(category__in=CensusCategory.values)
            ),
            models.CheckConstraint(name="census_line_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="census_line_not_negative",
                condition=Q(
                    *(
                        Q(**{f"{name}__gte": 0}) | Q(**{f"{name}__isnull": True})
                        for name in (
                            *("workers", "full_time", "junior", "middle", "senior"),
                            *("beds", "area"),
                        )
                    )
                ),
            ),
            models.CheckConstraint(
                name="census_line_full_time_fits",
                condition=Q(workers__isnull=True)
                | Q(full_time__isnull=True)
                | Q(full_time__lte=F("workers")),
            ),
            models.CheckConstraint(
                name="census_line_certified_fit",
                condition=Q(workers__isnull=True)
                | Q(
                    workers__gte=Coalesce(F("junior"), 0)
                    + Coalesce(F("middle"), 0)
                    + Coalesce(F("senior"), 0)
                ),
            ),
            models.CheckConstraint(
                name="census_line_inactive_has_nobody",
                condition=Q(is_active=True) | Q(workers__isnull=True) | Q(workers=0),
            ),
            models.CheckConstraint(
                name="census_line_uncounted_says_why",
                condition=Q(is_counted=True) | ~Q(note=""),
            ),
        ]
        indexes = [models.Index(fields=["census", "rank"], name="census_line_page")]

    def __str__(self) -> str:
        return self.name

    @property
    def certified(self) -> int | None:
        """How many hold a certificate; None where the kind does not ask."""
        held = (self.junior, self.middle, self.senior)
        return None if held == (None, None, None) else sum(one or 0 for one in held)

    @property
    def is_tertiary(self) -> bool:
        return self.grade in TERTIARY


class Qualifier(models.TextChoices):
    """The word beside a published number."""

    EXACT = "exact", _("（精确）")
    ABOUT = "about", _("约")
    NEARLY = "nearly", _("近")
    MORE = "more", _("多、余")
    OVER = "over", _("超")


class PublishedFigure(PublicRow, Tenanted):
    """A number that was published, with its word, its day, its population and where it stands.

    `code` names the figure of the portal that computes the same (B4, X1 ...); `value` is in `unit`, so
    that 184 with unit % is a growth of 184 %.
    """

    code = models.CharField(_("指标"), max_length=20)
    year = models.SmallIntegerField(_("年度"))
    statement = models.CharField(_("原文"), max_length=200)
    value = models.DecimalField(_("公布值"), max_digits=16, decimal_places=4)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    qualifier = models.CharField(
        _("程度词"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT
    )
    as_of = models.DateField(_("截至"), null=True, blank=True)
    population = models.CharField(_("统计范围"), max_length=200, blank=True)
    source = models.CharField(_("出处"), max_length=200)
    # How the portal computes it where it is no figure of the census: reports.services.published.methods.
    method = models.CharField(_("算法"), max_length=40, blank=True, default="", db_default="")
    subject = models.CharField(_("统计对象"), max_length=200, blank=True, default="", db_default="")
    explanation = models.CharField(_("说明"), max_length=300, blank=True, default="", db_default="")
    computed = models.DecimalField(
        _("算得"), max_digits=20, decimal_places=4, null=True, blank=True, editable=False
    )
    computed_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PublishedFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="published_figure_once",
                fields=["organization", "code", "year"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="published_figure_names_source", condition=~Q(source="") & ~Q(statement="")
            ),
            models.CheckConstraint(
                name="published_figure_qualifier_known",
                condition=Q(qualifier__in=Qualifier.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year}"

    @property
    def said(self) -> str:
        """The published number without needless zeros."""
        return f"{self.value.normalize():f}"
