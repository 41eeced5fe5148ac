"""What bodies and departments of the register have over time: names, links, credentials, years, placements."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, Managed, Organization
from departments.models.place_codes import NameChange, Precision
from departments.querysets import RegisterQuerySet, TenantQuerySet
from msw_portal.kernel.db import PublicRow, Row, Tenanted
from msw_portal.kernel.partial_dates import PartialDate, partial_date

EXPIRING = dt.timedelta(days=90)


class OrganizationName(Row, Managed):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="names")
    name = models.CharField(_("名称"), max_length=120)
    valid = DateRangeField()
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)
    change = models.CharField(
        _("变更"), max_length=12, choices=NameChange.choices, blank=True, default=""
    )

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

    @property
    def began(self) -> PartialDate | None:
        return partial_date(self.valid.lower, self.precision)

    @property
    def ended(self) -> PartialDate | None:
        """When the next name began."""
        return partial_date(self.valid.upper, self.precision)


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
            # The same relation again later is another one; two at a time are one too many.
            ExclusionConstraint(
                name="organization_link_once",
                expressions=[
                    ("from_organization", RangeOperators.EQUAL),
                    ("to_organization", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Lower("post"), RangeOperators.EQUAL),
                    (
                        Coalesce(
                            "valid", Func(function="daterange", template="daterange(null, null)")
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="organization_link_not_itself",
                condition=~Q(from_organization=F("to_organization")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_organization_id} {self.kind} {self.to_organization_id}"

    @property
    def last_day(self) -> dt.date | None:
        """The last day it holds; None while that is open."""
        upper = self.valid.upper if self.valid else None
        return upper - dt.timedelta(days=1) if upper else None

    @property
    def is_over(self) -> bool:
        return self.last_day is not None and self.last_day < timezone.localdate()


class OrganizationCredential(Row, Managed):
    class Kind(models.TextChoices):
        PUBLIC_FUNDRAISING = "public_fundraising", _("公开募捐资格")
        TAX_DEDUCTION = "tax_deduction", _("税前扣除资格")
        RATING = "rating", _("评估等级")
        REGISTRATION = "registration", _("登记")
        CHARITY_STATUS = "charity_status", _("慈善组织认定")
        PLATFORM_DESIGNATION = "platform_designation", _("互联网公开募捐信息平台指定")
        PERSONAL_AID_PLATFORM = "personal_aid_platform", _("个人求助网络服务平台指定")
        DESIGNATION = "designation", _("授予称号")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    title = models.CharField(_("称号"), max_length=80, blank=True, default="")
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
            ),
            models.CheckConstraint(
                name="credential_designation_has_title",
                condition=~Q(kind="designation") | ~Q(title=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def last_day(self) -> dt.date | None:
        """The last day it holds; None while that is open."""
        upper = self.valid.upper if self.valid else None
        return upper - dt.timedelta(days=1) if upper else None

    @property
    def is_expiring(self) -> bool:
        """Whether it ends within the days in which one still can renew it."""
        last = self.last_day
        return last is not None and last <= timezone.localdate() + EXPIRING


class DepartmentName(Row, Managed):
    """A name the department had before, and when."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="names")
    name = models.CharField(_("名称"), max_length=80)
    valid = DateRangeField()
    precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="department_name_does_not_overlap",
                expressions=[
                    ("department", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def began(self) -> PartialDate | None:
        return partial_date(self.valid.lower, self.precision)

    @property
    def ended(self) -> PartialDate | None:
        """When the next name began."""
        return partial_date(self.valid.upper, self.precision)


class DepartmentYear(PublicRow, Tenanted):
    """Budget and spending of a department in a calendar year (活动经费), in yuan; the house's own."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="years")
    year = models.SmallIntegerField(_("年度"))
    budget = models.DecimalField(_("预算"), max_digits=14, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(_("支出"), max_digits=14, decimal_places=2, null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="department_year_once", fields=["organization", "department", "year"]
            ),
            models.CheckConstraint(
                name="department_year_in_range", condition=Q(year__range=(1990, 2100))
            ),
            models.CheckConstraint(
                name="department_year_not_negative",
                condition=(Q(budget__isnull=True) | Q(budget__gte=0))
                & (Q(spent__isnull=True) | Q(spent__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}"

    @property
    def left(self) -> Decimal | None:
        """What is left of the budget; None unless both are known."""
        return None if None in (self.budget, self.spent) else self.budget - self.spent

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left < 0


class PracticeBase(PublicRow, Tenanted):
    """An agreement with a school whose students practise here (实习基地)."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="practice_bases")
    school = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    school_name = models.CharField(_("院校"), max_length=120)
    valid = DateRangeField(_("协议期限"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="practice_base_has_school", condition=~Q(school_name="")),
            models.CheckConstraint(
                name="practice_base_valid_not_empty", condition=Q(valid__isempty=False)
            ),
        ]

    def __str__(self) -> str:
        return self.school_name

    @property
    def last_day(self) -> dt.date | None:
        """The last day it holds; None while that is open."""
        upper = self.valid.upper if self.valid else None
        return upper - dt.timedelta(days=1) if upper else None


class PracticePlacement(PublicRow, Tenanted):
    """Students of one school who practise together: how many, when, who guides them; no names."""

    class Level(models.TextChoices):
        COLLEGE = "college", _("专科")
        UNDERGRADUATE = "undergraduate", _("本科")
        GRADUATE = "graduate", _("研究生")

    base = models.ForeignKey(PracticeBase, models.PROTECT, related_name="placements")
    level = models.CharField(_("学历层次"), max_length=14, choices=Level.choices)
    students = models.PositiveSmallIntegerField(_("学生数"))
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))
    hours_each = models.PositiveSmallIntegerField(_("每人学时"), null=True, blank=True)
    guide = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="placement_has_students", condition=Q(students__range=(1, 500))
            ),
            models.CheckConstraint(
                name="placement_days_in_order", condition=Q(ends_on__gte=F("starts_on"))
            ),
        ]
        indexes = [models.Index(fields=["organization", "starts_on"], name="placement_by_day")]

    def __str__(self) -> str:
        return f"{self.starts_on}"
