"""Who works in a house as what: employment and hours, certificates, registration, hours of continuing education."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import StaffCredentialQuerySet, StaffProfileQuerySet
from msw_portal.kernel.db import PublicRow, Tenanted, Voidable

FULL_WEEK = Decimal(40)
MOST_WEEKLY = Decimal(60)


class Employment(models.TextChoices):
    FULL_TIME = "full_time", _("专职")
    PART_TIME = "part_time", _("兼职")
    TRANSFERRED = "transferred", _("转岗")
    AGENCY_PLACED = "agency_placed", _("机构派驻")
    INTERN = "intern", _("实习")


class Grade(models.TextChoices):
    """The professional grades of social workers (社会工作者职业水平)."""

    ASSISTANT = "assistant", _("助理社会工作师")
    SOCIAL_WORKER = "social_worker", _("社会工作师")
    SENIOR = "senior", _("高级社会工作师")


class StaffProfile(PublicRow, Tenanted):
    """One post of one person for a time. `user` is empty for who works here without an account.

    `is_counted`: the post counts as a medical social worker's, so that its hours make full-time
    equivalents (weekly hours / 40).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("姓名"), max_length=60)
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("部门"),
    )
    title = models.CharField(_("职务"), max_length=60, blank=True)
    employment = models.CharField(_("用工形式"), max_length=20, choices=Employment.choices)
    weekly_hours = models.DecimalField(_("每周工时"), max_digits=4, decimal_places=1)
    is_counted = models.BooleanField(_("计入医务社工"), default=True)
    agency = models.ForeignKey(
        "departments.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("派驻机构"),
    )
    valid = DateRangeField(_("在岗"))
    end_reason = models.CharField(_("离岗原因"), max_length=200, blank=True)

    objects = StaffProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="staff_profile_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="staff_profile_employment_known",
                condition=Q(employment__in=Employment.values),
            ),
            models.CheckConstraint(
                name="staff_profile_hours_in_range",
                condition=Q(weekly_hours__gt=0, weekly_hours__lte=MOST_WEEKLY),
            ),
            models.CheckConstraint(
                name="staff_profile_valid_not_empty", condition=Q(valid__isempty=False)
            ),
            models.CheckConstraint(
                name="staff_profile_placed_names_agency",
                condition=~Q(employment="agency_placed") | Q(agency__isnull=False),
            ),
            models.CheckConstraint(
                name="staff_profile_intern_not_counted",
                condition=~Q(employment="intern") | Q(is_counted=False),
            ),
            ExclusionConstraint(
                name="staff_profile_once_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="staff_profile_list"),
            models.Index(fields=["user"], name="staff_profile_user"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def since(self) -> dt.date | None:
        return self.valid.lower

    @property
    def until(self) -> dt.date | None:
        """The last day in the post; None while no end is set."""
        return self.valid.upper - dt.timedelta(days=1) if self.valid.upper else None

    @property
    def is_here(self) -> bool:
        return timezone.localdate() in self.valid

    @property
    def fte(self) -> Decimal:
        """Full-time equivalents: weekly hours / 40, two decimals, half up; 0 where the post is not counted."""
        if not self.is_counted:
            return Decimal(0)
        return (self.weekly_hours / FULL_WEEK).quantize(Decimal("0.01"), ROUND_HALF_UP)


class StaffCredential(PublicRow, Tenanted, Voidable):
    """A certificate, a registration with its years, or hours of continuing education earned elsewhere."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("职业水平证书")
        REGISTRATION = "registration", _("登记证书")
        CPD = "cpd", _("继续教育学时")

    staff = models.ForeignKey(StaffProfile, models.PROTECT, related_name="credentials")
    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    grade = models.CharField(_("等级"), max_length=20, choices=Grade.choices, blank=True)
    title = models.CharField(_("内容"), max_length=120, blank=True)
    number = models.CharField(_("证书编号"), max_length=60, blank=True)
    issued_on = models.DateField(_("发证日期"))
    valid = DateRangeField(_("有效期"), null=True, blank=True)
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1, null=True, blank=True)

    objects = StaffCredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="staff_credential_kind_known",
                condition=Q(kind__in=["certificate", "registration", "cpd"]),
            ),
            models.CheckConstraint(
                name="staff_credential_valid_not_empty",
                condition=Q(valid__isnull=True) | Q(valid__isempty=False),
            ),
            models.CheckConstraint(
                name="staff_credential_has_grade",
                condition=Q(kind="cpd") | Q(grade__in=Grade.values),
            ),
            models.CheckConstraint(
                name="staff_credential_registration_ends",
                condition=~Q(kind="registration")
                | Q(valid__isnull=False, valid__upper_inf=False, valid__lower_inf=False),
            ),
            models.CheckConstraint(
                name="staff_credential_cpd_has_hours",
                condition=Q(kind="cpd", hours__isnull=False, hours__gt=0)
                | (~Q(kind="cpd") & Q(hours__isnull=True)),
            ),
            models.UniqueConstraint(
                name="staff_credential_number_once",
                fields=["organization", "kind", "number"],
                condition=~Q(number="") & Q(voided_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["staff", "kind"], name="staff_credential_of")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def expires_on(self) -> dt.date | None:
        """The last day it holds; None where it has no end."""
        upper = self.valid.upper if self.valid else None
        return upper - dt.timedelta(days=1) if upper else None
