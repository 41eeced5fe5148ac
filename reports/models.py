"""Figures kept equal to their rows, frozen months, and the reports that jobs build."""

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.db import PublicRow, Row, Tenanted
from reports.querysets import ReportRunQuerySet, RollupQuerySet, SnapshotQuerySet


class Indicator(models.Model):
    """One figure, defined once: formula in words, population, what is counted, by which date."""

    class Counts(models.TextChoices):
        PERSONS = "persons", _("人数")
        CONTACTS = "contacts", _("人次")
        CASES = "cases", _("个案")
        REQUESTS = "requests", _("申请")
        AMOUNT = "amount", _("金额")

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    words = models.TextField()
    unit = models.CharField(max_length=20)
    population = models.CharField(max_length=200)
    counts = models.CharField(max_length=10, choices=Counts.choices)
    period_by = models.CharField(max_length=80)
    privacy_class = models.SmallIntegerField(default=2)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="indicator_code_once", fields=["code"])]

    def __str__(self) -> str:
        return self.name


class Rollup(models.Model):
    """A folded cell; readers add the deltas that are not folded yet."""

    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=40)
    period = models.DateField()
    dims_hash = models.BigIntegerField()
    dims = models.JSONField()
    n = models.BigIntegerField()
    n2 = models.DecimalField(max_digits=18, decimal_places=2)
    pk = models.CompositePrimaryKey("organization_id", "indicator", "period", "dims_hash")

    objects = RollupQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="rollup_zero", fields=["organization"], condition=models.Q(n=0, n2=0))
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"


class RollupDelta(models.Model):
    """A signed change, written by the triggers on the source tables; never a hot row."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey("departments.Organization", models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=40)
    period = models.DateField()
    dims_hash = models.BigIntegerField()
    dims = models.JSONField()
    n = models.BigIntegerField()
    n2 = models.DecimalField(max_digits=18, decimal_places=2)

    objects = RollupQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "indicator", "period"], name="rollup_delta_cell")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"


class IndicatorSnapshot(Row, Tenanted):
    """A frozen cell of a closed month; a later change is a new version that says what it restates."""

    indicator = models.CharField(max_length=40)
    period = DateRangeField()
    dims_hash = models.BigIntegerField()
    dims = models.JSONField()
    region_code = models.IntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    is_suppressed = models.BooleanField(default=False)
    frozen_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    restates = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    version = models.SmallIntegerField(default=1)
    inputs_hash = models.BinaryField(max_length=32)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="snapshot_version_once",
                fields=["organization", "indicator", "period", "dims_hash", "version"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"


class ReportRun(PublicRow, Tenanted):
    """A report somebody asked for: what it may show is decided by the asker's membership at the run."""

    class Kind(models.TextChoices):
        MONTHLY = "monthly", _("月报")

    kind = models.CharField(_("报表"), max_length=20, choices=Kind.choices)
    params = models.JSONField(default=dict)
    params_hash = models.BinaryField(max_length=32)
    slot = models.CharField(max_length=40, null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    scope = models.JSONField(default=dict)
    job = models.OneToOneField("departments.Job", models.PROTECT, related_name="report_run")
    as_of = models.DateTimeField(null=True, blank=True)
    content_hash = models.BinaryField(max_length=32, null=True, blank=True)
    sheet = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    print = models.ForeignKey(
        "departments.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="report_run_once", fields=["organization", "kind", "params_hash", "slot"]
            )
        ]
        indexes = [
            models.Index(fields=["organization", "requested_by", "-id"], name="report_run_mine")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.params}"
