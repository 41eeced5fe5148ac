"""Aid programmes: conditions, amounts, papers and stages as data, frozen once published."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.querysets import TenantQuerySet
from donations.models.giving import Fund, FundPurpose
from donations.querysets import ProgrammeVersionQuerySet
from msw_portal.kernel.db import PublicRow, Tenanted


class Programme(PublicRow, Tenanted):
    """Seen by its foundation only; other houses know it by its published versions, which repeat the name."""

    class State(models.TextChoices):
        ACTIVE = "active", _("运行")
        CLOSED = "closed", _("停止")

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="programmes")
    purpose = models.ForeignKey(
        FundPurpose, models.PROTECT, null=True, blank=True, related_name="programmes"
    )
    name = models.CharField(_("名称"), max_length=80)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ACTIVE)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="programme_name_once", fields=["organization", "name"])
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeVersion(PublicRow, Tenanted):
    """What a programme asks and gives in a span of time.

    `conditions`: [{"code", "zh", "cel"}]; `benefit_rows`: [{"code", "zh", "cel", "amount"}], amounts as
    strings in yuan, the first row that fits counts; `documents`: [{"type", "text", "required"}]; `stages`: the states of the main line it
    uses; `caps`: {"per_request", "per_person"}; `sla`: {state: days}; `example_cases`: [{"text", "facts", "eligible",
    "benefit"}], proven when it is published.
    """

    class PayoutMode(models.TextChoices):
        TO_HOSPITAL = "to_hospital", _("拨付至医院账户")
        TO_PERSON = "to_person", _("拨付至个人账户")
        VOUCHER = "voucher", _("代金券")
        IN_KIND = "in_kind", _("实物或服务")
        HOSPITAL_WAIVER = "hospital_waiver", _("医院减免")

        @classmethod
        def booked(cls) -> list["ProgrammeVersion.PayoutMode"]:
            """What the books can carry: money that leaves an account. Goods go by distribution sheets."""
            return [cls.TO_HOSPITAL, cls.TO_PERSON]

    class Asker(models.TextChoices):
        CASE = "case", _("患者个案")
        PROJECT = "project", _("在办项目")

    # Other houses do not see the programme's own row: never follow this from a hospital's page.
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField(_("版本"))
    name = models.CharField(_("名称"), max_length=80)
    summary = models.TextField(_("说明"), blank=True)
    asker = models.CharField(
        _("由谁申请"), max_length=10, choices=Asker.choices, default=Asker.CASE, db_default="case"
    )
    beneficiary_class = models.CharField(_("受益人类别"), max_length=40, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    benefit_rows = models.JSONField(default=list, blank=True)
    documents = models.JSONField(default=list, blank=True)
    stages = models.JSONField(default=list, blank=True)
    caps = models.JSONField(default=dict, blank=True)
    # uids of the hospitals whose patients it takes; empty: every hospital's.
    hospitals = models.JSONField(_("定点医院"), default=list, blank=True)
    quota = models.PositiveIntegerField(_("名额"), null=True, blank=True)
    order_rule = models.CharField(max_length=30, default="submitted_at")
    payout_modes = models.JSONField(default=list, blank=True)
    sla = models.JSONField(default=dict, blank=True)
    # Versions of before the step had no text to agree to: the database's own default leaves them as they were.
    needs_agreement = models.BooleanField(_("拨付前须签协议"), default=True, db_default=False)
    agreement_terms = models.TextField(_("协议的专门条款"), blank=True, db_default="")
    example_cases = models.JSONField(default=list, blank=True)
    valid = DateRangeField(_("有效期"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ProgrammeVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="programme_version_once", fields=["programme", "version"]),
            models.CheckConstraint(
                name="programme_version_valid_not_empty", condition=Q(valid__isempty=False)
            ),
            models.CheckConstraint(
                name="programme_version_publisher_is_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("created_by")),
            ),
            ExclusionConstraint(
                name="programme_version_does_not_overlap",
                expressions=[
                    ("programme", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def is_in_force(self) -> bool:
        """Says the same as `in_force()` of today."""
        return self.published_at is not None and timezone.localdate() in self.valid
