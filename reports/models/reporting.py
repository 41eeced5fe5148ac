"""Figures kept equal to their rows, frozen months, and the reports that jobs build."""

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.db import PublicRow, Row, Tenanted
from reports.querysets import (
    BuiltReportQuerySet,
    ReportFileQuerySet,
    ReportRunQuerySet,
    ReportScheduleQuerySet,
    RollupQuerySet,
    SnapshotQuerySet,
)


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

    organization = models.ForeignKey(
        "departments.Organization", models.PROTECT, related_name="+", db_index=False
    )
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
    # The house of the row that made it: checked there, and not once more for each figure of it. What is
    # looked up begins with the house: an index of its own would only be written.
    organization = models.ForeignKey(
        "departments.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
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
    """A frozen cell of a closed month; a later change is a new version that says what it restates.

    `cut` is "" for the roll-up cells of the monthly report, `total` or the one dimension for the library's.
    `n` is how many persons (or rows) stand behind the value. A row with `released_at` is the authority's
    copy: what is small in it is suppressed; the house's own row beside it is whole.
    """

    indicator = models.CharField(max_length=40)
    cut = models.CharField(max_length=40, default="", db_default="", blank=True)
    n = models.BigIntegerField(null=True, blank=True)
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
            ),
            models.CheckConstraint(
                name="snapshot_released_is_safe",
                condition=Q(released_at__isnull=True)
                | Q(is_suppressed=False)
                | Q(value__isnull=True, n__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "indicator", "cut", "period"], name="snapshot_course"
            ),
            models.Index(
                fields=["indicator", "cut", "region_code"],
                name="snapshot_released",
                condition=Q(released_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"


class BuiltReport(PublicRow, Tenanted):
    """A table a person put together from the library; `body` is codes, dims, where, months and chart.

    Seen by who made it, and by the department where it is shared.
    """

    title = models.CharField(_("名称"), max_length=40)
    body = models.JSONField(default=dict)
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_shared = models.BooleanField(_("本部门都能看"), default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BuiltReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="built_report_has_title", condition=~Q(title="")),
            models.UniqueConstraint(
                name="built_report_title_once",
                fields=["organization", "created_by", "title"],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReportRun(PublicRow, Tenanted):
    """A report somebody asked for: what it may show is decided by the asker's membership at the run."""

    kind = models.CharField(_("报表"), max_length=40)
    params = models.JSONField(default=dict)
    params_hash = models.BinaryField(max_length=32)
    slot = models.CharField(max_length=60, null=True, blank=True)
    schedule = models.ForeignKey(
        "reports.ReportSchedule", models.PROTECT, null=True, blank=True, related_name="runs"
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    scope = models.JSONField(default=dict)
    job = models.OneToOneField("departments.Job", models.PROTECT, related_name="report_run")
    as_of = models.DateTimeField(null=True, blank=True)
    content_hash = models.BinaryField(max_length=32, null=True, blank=True)
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


class ReportFile(Row, Tenanted):
    """One format of a finished run; all of a run's files appear in one transaction or none does."""

    run = models.ForeignKey(ReportRun, models.PROTECT, related_name="files")
    format = models.CharField(max_length=10)
    document = models.OneToOneField("departments.Document", models.PROTECT, related_name="+")

    objects = ReportFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="report_file_format_once", fields=["run", "format"]),
            models.CheckConstraint(
                name="report_file_format_known",
                condition=Q(format__in=["xlsx", "pdf", "docx", "csv"]),
            ),
        ]

    def __str__(self) -> str:
        return self.format


class ReportSchedule(PublicRow, Tenanted):
    """A report made by itself after every period, once for each recipient as that person may see it.

    `params` names what the kind is made of, where it is made of a row (asking.Subjects).
    `since` is the last slot that was made, or when the rhythm was set: slots up to it are past.
    """

    class Cadence(models.TextChoices):
        DAILY = "daily", _("每天")
        WEEKLY = "weekly", _("每周")
        MONTHLY = "monthly", _("每月")
        QUARTERLY = "quarterly", _("每季度")
        YEARLY = "yearly", _("每年")

    class Counting(models.TextChoices):
        WORKDAY = "workday", _("第几个工作日")
        DAY = "day", _("几号，遇休息日顺延")

    class State(models.TextChoices):
        ACTIVE = "active", _("按时生成")
        PAUSED = "paused", _("已暂停")
        ENDED = "ended", _("已结束")

    kind = models.CharField(_("报表"), max_length=40)
    params = models.JSONField(default=dict, db_default={})
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey("departments.Membership", models.PROTECT, related_name="+")
    cadence = models.CharField(_("周期"), max_length=10, choices=Cadence.choices)
    counting = models.CharField(_("日期"), max_length=10, choices=Counting.choices)
    day = models.SmallIntegerField(_("第几天"), default=1)
    hour = models.SmallIntegerField(_("几点"), default=8)
    formats = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    since = models.DateTimeField()

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_schedule_day_fits", condition=Q(day__gte=1, day__lte=28)
            ),
            models.CheckConstraint(
                name="report_schedule_hour_fits", condition=Q(hour__gte=0, hour__lte=23)
            ),
            models.CheckConstraint(
                name="report_schedule_state_known",
                condition=Q(state__in=["active", "paused", "ended"]),
            ),
            models.CheckConstraint(
                name="report_schedule_rhythm_known",
                condition=Q(
                    cadence__in=["daily", "weekly", "monthly", "quarterly", "yearly"],
                    counting__in=["workday", "day"],
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "id"],
                name="report_schedule_active",
                condition=Q(state="active"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cadence}"

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class ReportRecipient(Row, Tenanted):
    """A person of the department, in the role in which the report is made for them."""

    schedule = models.ForeignKey(ReportSchedule, models.PROTECT, related_name="recipients")
    membership = models.ForeignKey("departments.Membership", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="report_recipient_once", fields=["schedule", "membership"])
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.membership_id}"
