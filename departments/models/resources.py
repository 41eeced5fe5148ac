"""The resource directory: services and the places where they are given, in the terms of Open Referral HSDS 3.0."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization, Region
from departments.querysets import OpenQuerySet
from msw_portal.kernel.db import PublicRow, Row, Tenanted

# A service nobody has confirmed for so long may have changed (domain dossier 5.3).
ASSURED_FOR = dt.timedelta(days=180)


class ResourceLocation(PublicRow, Tenanted):
    """Where services are given; kept by `organization`, given by `provider`.

    `schedules` are HSDS schedule objects without their ids, as those of a service are.
    """

    class Type(models.TextChoices):
        PHYSICAL = "physical", _("到场")
        POSTAL = "postal", _("邮寄")
        VIRTUAL = "virtual", _("线上")

    provider = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    name = models.CharField(_("地点名称"), max_length=120)
    type = models.CharField(_("方式"), max_length=10, choices=Type.choices, default=Type.PHYSICAL)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(_("地址"), max_length=200, blank=True)
    postal_code = models.CharField(_("邮编"), max_length=10, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    transportation = models.CharField(_("交通"), max_length=300, blank=True)
    accessibility = models.CharField(_("无障碍"), max_length=300, blank=True)
    schedules = models.JSONField(default=list, blank=True)
    # The id under which another directory knows it; an import of the same file finds its rows again.
    external_id = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="resource_location_once",
                fields=["organization", "external_id"],
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="resource_location_on_earth",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceService(PublicRow, Tenanted):
    """What somebody offers to patients and families: for whom, at what cost, with which papers.

    `categories` are need codes, `insurance` codes of insurances (empty: of any), `documents` the papers asked for,
    `costs` rows {"option", "amount"} in yuan as text; ages are whole years and inclusive.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("开放")
        INACTIVE = "inactive", _("停止")
        DEFUNCT = "defunct", _("已撤销")
        CLOSED = "temporarily closed", _("暂停")

    provider = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("提供机构")
    )
    name = models.CharField(_("服务名称"), max_length=120)
    description = models.TextField(_("服务内容"), blank=True)
    status = models.CharField(
        _("状态"), max_length=20, choices=Status.choices, default=Status.ACTIVE
    )
    categories = ArrayField(models.CharField(max_length=40), default=list)
    area = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("服务范围")
    )
    min_age = models.PositiveSmallIntegerField(_("最小年龄"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("最大年龄"), null=True, blank=True)
    eligibility = models.TextField(_("对象与条件"), blank=True)
    insurance = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    documents = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    costs = models.JSONField(default=list, blank=True)
    fees = models.TextField(_("收费说明"), blank=True)
    schedules = models.JSONField(default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    application = models.TextField(_("怎么申请"), blank=True)
    phone = models.CharField(_("电话"), max_length=60, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    url = models.URLField(_("网址"), blank=True)
    capacity = models.CharField(_("名额"), max_length=120, blank=True)
    alert = models.CharField(_("近期提醒"), max_length=300, blank=True)
    assured_on = models.DateField(_("核实日期"))
    assured_by = models.ForeignKey(
        "departments.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    external_id = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="resource_service_once",
                fields=["organization", "external_id"],
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="resource_service_status_known",
                condition=Q(status__in=("active", "inactive", "defunct", "temporarily closed")),
            ),
            models.CheckConstraint(
                name="resource_service_ages_in_order",
                condition=Q(min_age__isnull=True)
                | Q(max_age__isnull=True)
                | Q(max_age__gte=F("min_age")),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="resource_service_named"),
            models.Index(fields=["status", "assured_on"], name="resource_service_assured"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_stale(self) -> bool:
        return self.assured_on + ASSURED_FOR < timezone.localdate()


class ResourcePlace(Row, Tenanted):
    """HSDS service_at_location: a service is given at a place."""

    service = models.ForeignKey(ResourceService, models.CASCADE, related_name="places")
    location = models.ForeignKey(ResourceLocation, models.PROTECT, related_name="places")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="resource_place_once", fields=["service", "location"])
        ]

    def __str__(self) -> str:
        return f"{self.service_id} @ {self.location_id}"
