"""Where: regions, codes, dated rules, organizations and their departments."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import OrganizationQuerySet, RegisterQuerySet, TenantQuerySet
from msw_portal.kernel.db import PublicRow, Row, Tenanted
from msw_portal.kernel.validators import validate_uscc


class Region(models.Model):
    """GB/T 2260 codes; read by all."""

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


class OrganizationKind(models.TextChoices):
    INSTALLATION = "installation", _("平台")
    HOSPITAL = "hospital", _("医院")
    COMMUNITY_HEALTH = "community_health", _("社区卫生服务机构")
    PUBLIC_HEALTH = "public_health", _("公共卫生机构")
    FOUNDATION = "foundation", _("基金会")
    ASSOCIATION = "association", _("社会团体")
    AGENCY = "agency", _("社会工作服务机构")
    GOVERNMENT = "government", _("政府部门")
    UNIVERSITY = "university", _("高校")
    COMPANY = "company", _("企业")
    MEDIA = "media", _("媒体")
    PLATFORM = "platform", _("平台企业")
    PROFESSIONAL_BODY = "professional_body", _("行业协会")
    VOLUNTEER_BODY = "volunteer_body", _("志愿组织")
    TRUSTEE = "trustee", _("慈善信托受托人")


class HospitalGrade(models.TextChoices):
    III_A = "3A", _("三级甲等")
    III_B = "3B", _("三级乙等")
    III_C = "3C", _("三级丙等")
    III_X = "3X", _("三级未定等")
    II_A = "2A", _("二级甲等")
    II_B = "2B", _("二级乙等")
    II_C = "2C", _("二级丙等")
    I_A = "1A", _("一级甲等")
    I_B = "1B", _("一级乙等")
    I_C = "1C", _("一级丙等")
    UNGRADED = "0", _("未定级")


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
    hospital_type = models.CharField(_("医院类型"), max_length=30, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("地区")
    )
    is_tenant = models.BooleanField(default=False)
    msw_active_from = models.DateField(_("开展医务社工起始"), null=True, blank=True)
    msw_active_to = models.DateField(null=True, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
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
        ]
        indexes = [models.Index(fields=["kind", "region"], name="organization_kind_region")]

    def __str__(self) -> str:
        return self.name


class OrganizationName(Row, Managed):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="names")
    name = models.CharField(_("名称"), max_length=120)
    valid = DateRangeField()

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="organization_name_does_not_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationLink(Row, Managed):
    class Kind(models.TextChoices):
        PARENT = "parent", _("上级")
        CONSORTIUM = "consortium", _("健共体")
        PREDECESSOR = "predecessor", _("前身")
        SISTER_AGENCY = "sister_agency", _("关联社工机构")
        ASSOCIATION_MEMBER = "association_member", _("协会成员")
        OPERATES = "operates", _("运营")
        COOPERATES = "cooperates", _("合作")

    from_organization = models.ForeignKey(Organization, models.CASCADE, related_name="links")
    to_organization = models.ForeignKey(Organization, models.CASCADE, related_name="linked_by")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    post = models.CharField(max_length=60, blank=True)
    valid = DateRangeField(null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("from_organization"),
                F("to_organization"),
                F("kind"),
                Lower("post"),
                name="organization_link_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_organization_id} {self.kind} {self.to_organization_id}"


class OrganizationCredential(Row, Managed):
    class Kind(models.TextChoices):
        PUBLIC_FUNDRAISING = "public_fundraising", _("公开募捐资格")
        TAX_DEDUCTION = "tax_deduction", _("税前扣除资格")
        RATING = "rating", _("评估等级")
        REGISTRATION = "registration", _("登记")
        CHARITY_STATUS = "charity_status", _("慈善组织认定")
        PLATFORM_DESIGNATION = "platform_designation", _("平台指定")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    number = models.CharField(_("证书编号"), max_length=60, blank=True)
    grade = models.CharField(_("等级"), max_length=20, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid = DateRangeField(null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credential_valid_not_empty",
                condition=Q(valid__isnull=True) | Q(valid__isempty=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class DepartmentKind(models.TextChoices):
    MSW = "msw", _("医务社工部")
    CLINICAL = "clinical", _("临床科室")
    WARD = "ward", _("病区")
    TEAM = "team", _("小组")
    CAMPUS = "campus", _("院区")
    STATION = "station", _("社工站")
    STATION_CENTRE = "station_centre", _("社工指导中心")
    INCUBATOR = "incubator", _("孵化基地")


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
    level = models.CharField(max_length=20, blank=True)
    operator = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors"
    )
    beds_open = models.PositiveIntegerField(_("开放床位"), null=True, blank=True)
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
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationSetting(Row, Tenanted):
    key = models.CharField(max_length=60)
    value = models.JSONField(default=dict)
    valid = DateRangeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="setting_once", fields=["organization", "key"])]

    def __str__(self) -> str:
        return self.key
