"""A project, however it came to be, with its indicators, money, events and reports."""

from django.conf import settings
from django.db import models
from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.functions import Round
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, Organization
from msw_portal.kernel.db import PublicRow, Row, SharedRow, Tenanted
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.fields import Tagged, figure, money
from projects.models.project_bases import ONE_OWNER, Owned, PartneredRow
from projects.models.project_codes import (
    EventKind,
    FigureSource,
    MoneySource,
    ProjectGrade,
    ProjectKind,
    ProjectLight,
    ReportKind,
)
from projects.querysets.cultivation import (
    OwnedPartQuerySet,
    ProjectLinkQuerySet,
    ProjectPartQuerySet,
    ProjectQuerySet,
    ProjectValueQuerySet,
)
from projects.workflow.cultivation import ChangeState, ProjectState, ReportState


class Project(PublicRow, SharedRow, Tagged):
    """`organization` does the work, `counterparty` (if any) selected it, `partner` cultivates it.

    `partner` reads and writes events and reports of the projects entrusted to it by the issuer; `light`
    is computed nightly. `replication`: the kit another unit clones; `parent`: the programme of a site.
    """

    Kind, Light, Grade = ProjectKind, ProjectLight, ProjectGrade

    number = models.CharField(_("编号"), max_length=40, blank=True)
    call = models.ForeignKey(
        Call, models.PROTECT, null=True, blank=True, related_name="projects", editable=False
    )
    application = models.OneToOneField(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="project",
        editable=False,
    )
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("项目名称"), max_length=120)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("科室或社工站"),
    )
    unit_name = models.CharField(_("单位"), max_length=120)
    region_code = models.IntegerField(_("地区"), null=True, blank=True, editable=False)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    leader_name = models.CharField(_("负责人"), max_length=60, blank=True)
    target_group = models.CharField(_("服务对象"), max_length=120, blank=True)
    summary = models.TextField(_("简介"), blank=True)
    starts_on = models.DateField(_("开始日期"), null=True, blank=True)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    approved_amount = money(_("批准金额"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=ProjectState.choices,
        default=ProjectState.APPROVED,
        editable=False,
    )
    state_entered_at = models.DateTimeField(default=timezone.now, editable=False)
    grade = models.CharField(
        _("等次"), max_length=12, choices=Grade.choices, blank=True, editable=False
    )
    light = models.CharField(
        _("进度灯"), max_length=6, choices=Light.choices, blank=True, editable=False
    )
    light_reasons = models.JSONField(default=list, blank=True, editable=False)
    partner = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("培育支持机构"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sites", editable=False
    )
    template_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="clones", editable=False
    )
    replication = models.JSONField(default=dict, blank=True)
    closing = models.JSONField(default=dict, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="project_number_once",
                fields=["counterparty", "number"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="project_state_known", condition=Q(state__in=ProjectState.values)
            ),
            models.CheckConstraint(
                name="project_ends_after_start",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="project_amount_not_negative",
                condition=Q(approved_amount__isnull=True) | Q(approved_amount__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["counterparty", "state", "-id"], name="project_selected"),
            models.Index(fields=["organization", "state", "-id"], name="project_own"),
            models.Index(
                fields=["partner", "state", "-id"],
                name="project_entrusted",
                condition=Q(partner__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BudgetLine(PublicRow, SharedRow, Owned):
    """One line of a budget: what a unit costs, how many, who pays; `amount` is their product, rounded."""

    Source = MoneySource
    line = models.CharField(_("支出项目"), max_length=80)
    unit_price = money(_("单价（元）"))
    quantity = models.DecimalField(_("数量"), max_digits=10, decimal_places=2)
    amount = money(_("金额（元）"))
    source = models.CharField(
        _("资金来源"), max_length=10, choices=Source.choices, default=Source.ASKED
    )
    is_management = models.BooleanField(_("管理费"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    spent = money(_("已支出"), default=0)

    objects = OwnedPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="budget_line_one_owner", condition=ONE_OWNER),
            models.CheckConstraint(
                name="budget_line_amount_is_product",
                condition=Exact(F("amount"), Round(F("unit_price") * F("quantity"), 2)),
            ),
            models.CheckConstraint(
                name="budget_line_not_negative",
                condition=Q(unit_price__gte=0, quantity__gt=0, spent__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["application", "rank", "id"], name="budget_of_application"),
            models.Index(fields=["project", "rank", "id"], name="budget_of_project"),
        ]

    def __str__(self) -> str:
        return self.line


class ProjectIndicator(PublicRow, SharedRow, Owned):
    """What is to be reached: completion = sum of weight x min(actual / target, 1), weights of a project sum to 100."""

    Source = FigureSource

    name = models.CharField(_("指标"), max_length=120)
    unit = models.CharField(_("计量单位"), max_length=20)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=2, default=0)
    baseline = figure(_("基线值"), null=True, blank=True)
    target = figure(_("目标值"))
    source = models.CharField(
        _("数据来源"), max_length=16, choices=Source.choices, default=Source.MANUAL
    )
    evidence = models.CharField(_("佐证方式"), max_length=200, blank=True)
    is_before_after = models.BooleanField(_("前后对比"), default=False)

    objects = OwnedPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="project_indicator_one_owner", condition=ONE_OWNER),
            models.CheckConstraint(
                name="project_indicator_weight_in_range", condition=Q(weight__range=(0, 100))
            ),
            models.CheckConstraint(
                name="project_indicator_target_positive", condition=Q(target__gt=0)
            ),
        ]
        indexes = [
            models.Index(fields=["application", "rank", "id"], name="indicator_of_application"),
            models.Index(fields=["project", "rank", "id"], name="indicator_of_project"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectValue(PublicRow, SharedRow):
    """What was reached in a period: "2024", "2024-Q1", "2024-03", or "before" and "after"."""

    indicator = models.ForeignKey(ProjectIndicator, models.CASCADE, related_name="values")
    period = models.CharField(_("期间"), max_length=10)
    actual = figure(_("实际值"))
    is_computed = models.BooleanField(_("系统统计"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = ProjectValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="project_value_once", fields=["indicator", "period"]),
            models.CheckConstraint(name="project_value_has_period", condition=~Q(period="")),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period}"


class ProjectEvent(PublicRow, PartneredRow):
    """A thing planned or done in a project's life; `detail` has a shape of its own for each kind."""

    Kind = EventKind

    project = models.ForeignKey(Project, models.PROTECT, related_name="events")
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=120)
    due_on = models.DateField(_("计划日期"), null=True, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    hours = models.DecimalField(
        _("时长（小时）"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    participants = models.IntegerField(_("参加人数"), null=True, blank=True)
    amount = money(_("金额"), null=True, blank=True)
    provider = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("提供方"),
    )
    provider_name = models.CharField(_("提供人"), max_length=120, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    change_state = models.CharField(
        _("变更结果"),
        max_length=10,
        choices=[("", "—"), *ChangeState.choices],
        blank=True,
        editable=False,
    )

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="project_event_change_has_state",
                condition=Q(kind="change") & ~Q(change_state="")
                | ~Q(kind="change") & Q(change_state=""),
            ),
            models.CheckConstraint(
                name="project_event_numbers_not_negative",
                condition=(Q(hours__isnull=True) | Q(hours__gte=0))
                & (Q(participants__isnull=True) | Q(participants__gte=0))
                & (Q(amount__isnull=True) | Q(amount__gte=0)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "kind", "due_on", "id"], name="project_event_of_project"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ProjectReport(PublicRow, PartneredRow):
    """A report on a period; what was returned is followed by the next version."""

    Kind = ReportKind

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports")
    kind = models.CharField(_("种类"), max_length=14, choices=Kind.choices)
    period = models.CharField(_("期间"), max_length=10)
    version = models.SmallIntegerField(_("版次"), default=1)
    due_on = models.DateField(_("提交期限"), null=True, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ReportState.choices,
        default=ReportState.DRAFT,
        editable=False,
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True, editable=False)

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="project_report_once", fields=["project", "kind", "period", "version"]
            ),
            models.CheckConstraint(
                name="project_report_state_known", condition=Q(state__in=ReportState.values)
            ),
            models.CheckConstraint(
                name="project_report_sent_has_time",
                condition=Q(state="draft") | Q(submitted_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["project", "-period", "-id"], name="project_report_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period}"


LINKED = ("case", "group", "activity", "service_record", "learning_event")


class ProjectLink(Row, Tenanted):
    """Work of the own house that counts for a project, without typing it again; exactly one subject."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="links")
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="project_links"
    )
    group = models.ForeignKey(
        "cases.Group", models.PROTECT, null=True, blank=True, related_name="project_links"
    )
    activity = models.ForeignKey(
        "cases.Activity", models.PROTECT, null=True, blank=True, related_name="project_links"
    )
    service_record = models.ForeignKey(
        "volunteers.ServiceRecord",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="project_links",
    )
    learning_event = models.ForeignKey(
        "departments.LearningEvent",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="project_links",
    )

    objects = ProjectLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="project_link_one_subject",
                condition=Exact(
                    Func(
                        *map(F, LINKED),
                        function="num_nonnulls",
                        output_field=IntegerField(),
                    ),
                    Value(1),
                ),
            ),
            *(
                models.UniqueConstraint(
                    name=f"project_link_{name}_once",
                    fields=["project", name],
                    condition=Q(**{f"{name}__isnull": False}),
                )
                for name in LINKED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}"
