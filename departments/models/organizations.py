"""Where: regions, codes, dated rules, organizations and their departments."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.place_codes import (
    Affiliation,
    CharityType,
    DepartmentKind,
    HospitalGrade,
    HospitalType,
    OrganizationKind,
    Ownership,
    Precision,
    StationLevel,
)
from departments.querysets import OrganizationQuerySet, RegisterQuerySet, TenantQuerySet
from msw_portal.kernel.db import PublicRow, Row, Tenanted
from msw_portal.kernel.partial_dates import PartialDate, partial_date
from msw_portal.kernel.validators import validate_uscc


class Region(models.Model):
    """GB/T 2260 codes; read by all."""

    COUNTRY = 100000

    code = models.IntegerField(primary_key=True)
    name = models.CharField(_("名称"), max_length=80)
    level = models.SmallIntegerField(_("级别"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="region_level_in_range", condition=Q(level__range=(1, 4)))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """`江苏省 南京市 鼓楼区`: with what it lies in, the country left out."""
        parts, region = [self.name], self.parent
        while region is not None and region.code != self.COUNTRY:
            parts.append(region.name)
            region = region.parent
        return " ".join(reversed(parts))


class Code(models.Model):
    """One entry of a code list (need, disease theme, document type ...), dated."""

    scheme = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    rank = models.IntegerField(default=0)
    maps = models.JSONField(default=dict, blank=True)
    valid = DateRangeField(null=True, blank=True)
    # Raised by the trigger app.touch: two people may have one entry open.
    row_version = models.IntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="code_unique_in_scheme", fields=["scheme", "code"])
        ]

    def __str__(self) -> str:
        return self.zh

    @property
    def is_over(self) -> bool:
        """No longer offered; old records still show it."""
        upper = self.valid.upper if self.valid else None
        return upper is not None and upper <= timezone.localdate()


class DatedRule(models.Model):
    """A rule of law or of the house as a row: a change of law is a new row."""

    kind = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    applies = models.JSONField(default=dict, blank=True)
    applies_key = models.CharField(max_length=120, blank=True)
    params = models.JSONField(default=dict)
    valid = DateRangeField()
    article = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=40, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="dated_rule_does_not_overlap",
                # A rule for everywhere has no region; NULL would clash with nothing.
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("applies_key", RangeOperators.EQUAL),
                    (Coalesce("region", 0), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.applies_key}"

    @property
    def first_day(self) -> dt.date | None:
        return self.valid.lower

    @property
    def last_day(self) -> dt.date | None:
        """The last day it holds; None while that is open."""
        return self.valid.upper - dt.timedelta(days=1) if self.valid.upper else None

    @property
    def is_in_force(self) -> bool:
        today = timezone.localdate()
        return (self.first_day or today) <= today and self.may_end

    @property
    def may_end(self) -> bool:
        """Whether a last day can still be set: it has not passed."""
        return self.last_day is None or self.last_day >= timezone.localdate()


class Holiday(models.Model):
    """A day that differs from the week: off, or worked instead (调休); wins over the built-in calendar."""

    on = models.DateField(_("日期"), primary_key=True)
    is_workday = models.BooleanField(_("上班"), default=False)
    source = models.CharField(_("来源"), max_length=200, blank=True)

    objects = RegisterQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.on}"


class Managed(models.Model):
    """A register row: read by all, kept by one house."""

    managed_by = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class Organization(PublicRow, Managed):
    """Any body the work meets; a tenant when `is_tenant`."""

    kind = models.CharField(_("类型"), max_length=30, choices=OrganizationKind.choices)
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    code = models.CharField(_("编号字头"), max_length=12, blank=True)
    uscc = models.CharField(
        _("统一社会信用代码"), max_length=18, blank=True, validators=[validate_uscc]
    )
    grade = models.CharField(_("等级"), max_length=4, choices=HospitalGrade.choices, blank=True)
    hospital_type = models.CharField(
        _("医院类型"), max_length=30, choices=HospitalType.choices, blank=True
    )
    ownership = models.CharField(
        _("举办性质"), max_length=20, choices=Ownership.choices, blank=True, default=""
    )
    affiliation = models.CharField(
        _("隶属"), max_length=12, choices=Affiliation.choices, blank=True, default=""
    )
    charity_type = models.CharField(
        _("慈善组织类别"), max_length=12, choices=CharityType.choices, blank=True, default=""
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("地区")
    )
    is_tenant = models.BooleanField(default=False)
    msw_active_from = models.DateField(_("开展医务社工起始"), null=True, blank=True)
    msw_active_to = models.DateField(null=True, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    founded_precision = models.CharField(
        _("成立日期精确到"), max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    profile = models.JSONField(default=dict, blank=True)
    is_demo = models.BooleanField(default=False)
    # Invented patients: the same screens, marked on every page, outside every figure, public page and API.
    is_training = models.BooleanField(_("练习机构"), default=False, db_default=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="organization_uscc_once", fields=["uscc"], condition=~Q(uscc="")
            ),
            models.CheckConstraint(
                name="organization_active_in_order",
                condition=Q(msw_active_to__isnull=True)
                | Q(msw_active_to__gte=F("msw_active_from")),
            ),
            models.CheckConstraint(
                name="organization_ended_after_founded",
                condition=Q(ended_on__isnull=True)
                | Q(founded_on__isnull=True)
                | Q(ended_on__gte=F("founded_on")),
            ),
        ]
        indexes = [models.Index(fields=["kind", "region"], name="organization_kind_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def founded(self) -> PartialDate | None:
        return partial_date(self.founded_on, self.founded_precision)


class Department(PublicRow, Managed):
    """Departments, wards, teams, campuses and stations in one table."""

    class SetUp(models.TextChoices):
        INDEPENDENT = "independent", _("独立一级部门")
        SECOND_LEVEL = "second_level", _("二级科室")
        ATTACHED = "attached", _("挂靠部门")
        PURCHASED = "purchased", _("购买服务站点")
        POSTS_ONLY = "posts_only", _("仅岗位")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="departments")
    kind = models.CharField(_("类型"), max_length=20, choices=DepartmentKind.choices)
    name = models.CharField(_("名称"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    campus = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    setup_type = models.CharField(_("设置方式"), max_length=20, choices=SetUp.choices, blank=True)
    # Where it is attached (挂靠): the name of the office.
    attached_to = models.CharField(_("挂靠在"), max_length=60, blank=True, default="")
    level = models.CharField(_("站点级别"), max_length=20, choices=StationLevel.choices, blank=True)
    operator = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    township = models.CharField(_("乡镇（街道）"), max_length=60, blank=True, default="")
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    founded_precision = models.CharField(
        _("成立日期精确到"), max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    ended_on = models.DateField(null=True, blank=True)
    # What it became or went into: several may name the same one (a merger).
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    linked_agency = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    liaison = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    beds_open = models.PositiveIntegerField(_("开放床位"), null=True, blank=True)
    posts_set = models.PositiveSmallIntegerField(_("设岗数"), null=True, blank=True)
    posts_filled = models.PositiveSmallIntegerField(_("在岗数"), null=True, blank=True)
    rooms = models.PositiveSmallIntegerField(_("用房（间）"), null=True, blank=True)
    area_m2 = models.PositiveIntegerField(_("面积（平方米）"), null=True, blank=True)
    area_is_about = models.BooleanField(_("面积为约数"), default=False, db_default=False)
    is_first_in_province = models.BooleanField(_("省内首家"), default=False, db_default=False)
    methods = models.CharField(_("服务方法"), max_length=120, blank=True, default="")
    note = models.CharField(_("说明"), max_length=300, blank=True, default="")
    settings = models.JSONField(default=dict, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="department_one_msw_per_campus",
                fields=["organization", "campus"],
                condition=Q(kind="msw", ended_on__isnull=True),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="department_name_once",
                fields=["organization", "kind", "name"],
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="department_not_its_own_successor",
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
            ),
            models.CheckConstraint(
                name="department_ended_after_founded",
                condition=Q(ended_on__isnull=True)
                | Q(founded_on__isnull=True)
                | Q(ended_on__gte=F("founded_on")),
            ),
            models.CheckConstraint(
                name="department_posts_filled_within_set",
                condition=Q(posts_set__isnull=True)
                | Q(posts_filled__isnull=True)
                | Q(posts_filled__lte=F("posts_set")),
            ),
            models.CheckConstraint(
                name="department_station_has_operator",
                condition=~Q(kind="station") | Q(operator__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["kind", "region", "id"], name="department_kind_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def founded(self) -> PartialDate | None:
        return partial_date(self.founded_on, self.founded_precision)

    @property
    def ended(self) -> PartialDate | None:
        """When it ended; known no better than when that began into which it went."""
        into = self.successor
        known = into is not None and into.founded_on == self.ended_on
        return partial_date(self.ended_on, into.founded_precision if known else Precision.DAY)


class OrganizationSetting(Row, Tenanted):
    key = models.CharField(max_length=60)
    value = models.JSONField(default=dict)
    valid = DateRangeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="setting_once", fields=["organization", "key"])]

    def __str__(self) -> str:
        return self.key
