"""An application to a call: one row that the unit and the issuer read, its frozen versions and its people."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, Organization
from msw_portal.kernel.crypto import SealedText
from msw_portal.kernel.db import PublicRow, SharedRow
from projects.models.calls import Call
from projects.models.fields import Tagged, money
from projects.querysets.calls import (
    ApplicationPartQuerySet,
    ApplicationQuerySet,
    PartyQuerySet,
)
from projects.workflow.calls import ENDED, UNSENT, ApplicationState


class Application(PublicRow, SharedRow, Tagged):
    """`organization` is the unit, `counterparty` the issuer, set when it is handed in.

    `answers`: field code -> value, as the call's `form` asks; what is asked by rows stands in
    ProjectIndicator, BudgetLine and ApplicationParty. `late_evidence`: [{"at", "by", "role",
    "payload_hash", "closes_at"}], a row for every attempt after the deadline. The trigger
    app.application_sides lets each house write its own columns alone, and nobody hand in late.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    number = models.CharField(_("编号"), max_length=40, null=True, blank=True, editable=False)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("科室"),
    )
    unit_name = models.CharField(_("申报单位"), max_length=120)
    region_code = models.IntegerField(_("地区"), null=True, blank=True, editable=False)
    track = models.CharField(_("赛道（申报类别）"), max_length=40, blank=True)
    theme = models.CharField(_("主题"), max_length=40, blank=True)
    title = models.CharField(_("项目名称"), max_length=120)
    title_key = models.CharField(max_length=120, editable=False)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("负责人账户"),
    )
    target_group = models.CharField(_("服务对象"), max_length=120, blank=True)
    starts_on = models.DateField(_("开始日期"), null=True, blank=True)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=24,
        choices=ApplicationState.choices,
        default=ApplicationState.DRAFT,
        editable=False,
    )
    state_entered_at = models.DateTimeField(default=timezone.now, editable=False)
    answers = models.JSONField(default=dict, blank=True)
    self_test = models.JSONField(default=dict, blank=True)
    completeness = models.SmallIntegerField(_("完成度"), default=0, editable=False)
    budget_total = money(_("预算合计"), default=0, editable=False)
    budget_asked = money(_("申请资助"), default=0, editable=False)
    # The version of the call its writers have been told about.
    told_version = models.SmallIntegerField(default=0, editable=False)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True, editable=False)
    submitted_version = models.SmallIntegerField(default=0, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    end_reason = models.CharField(_("撤回或合并的理由"), max_length=500, blank=True)
    late_evidence = models.JSONField(default=list, blank=True, editable=False)
    # The issuer's part.
    formality = models.JSONField(null=True, blank=True, editable=False)
    supplement_items = models.JSONField(default=list, blank=True, editable=False)
    supplement_due_at = models.DateTimeField(_("补正期限"), null=True, blank=True, editable=False)
    score_mean = models.DecimalField(
        _("平均分"), max_digits=6, decimal_places=3, null=True, blank=True, editable=False
    )
    score_shown = models.JSONField(null=True, blank=True, editable=False)
    rank = models.IntegerField(_("名次"), null=True, blank=True, editable=False)
    selected = models.BooleanField(_("入选"), default=False, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="application_number_once", fields=["call", "number"]),
            models.UniqueConstraint(
                name="application_title_once",
                fields=["call", "organization", "title_key"],
                condition=~Q(state__in=sorted(ENDED)),
            ),
            models.CheckConstraint(
                name="application_state_known", condition=Q(state__in=ApplicationState.values)
            ),
            models.CheckConstraint(
                name="application_unsent_has_no_counterparty",
                condition=Q(state__in=sorted(UNSENT), counterparty__isnull=True)
                | (
                    ~Q(state__in=sorted(UNSENT))
                    & (
                        Q(counterparty__isnull=False)
                        | Q(state="withdrawn", submitted_at__isnull=True)
                    )
                ),
            ),
            models.CheckConstraint(
                name="application_sent_has_time",
                condition=Q(counterparty__isnull=True, submitted_at__isnull=True)
                | Q(
                    counterparty__isnull=False,
                    submitted_at__isnull=False,
                    submitted_version__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="application_completeness_in_range",
                condition=Q(completeness__range=(0, 100)),
            ),
            models.CheckConstraint(
                name="application_merged_says_where",
                condition=~Q(state="merged") | Q(merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="application_ended_says_why",
                condition=~Q(state__in=["withdrawn", "merged"]) | ~Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="application_ends_after_start",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="application_rank_positive",
                condition=Q(rank__isnull=True) | Q(rank__gt=0),
            ),
        ]
        indexes = [
            models.Index(
                fields=["counterparty", "call", "state", "-submitted_at", "-id"],
                name="application_sent",
            ),
            models.Index(
                fields=["counterparty", "call", "-submitted_at", "-id"],
                name="application_sent_newest",
            ),
            models.Index(fields=["organization", "-id"], name="application_own"),
            models.Index(
                fields=["call", "organization"],
                name="application_drafts",
                condition=Q(state__in=["draft", "started_not_submitted"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ApplicationVersion(PublicRow, SharedRow):
    """What was handed in, whole, at the server's time; rows are added, never changed.

    `payload_hash` is the hexadecimal SHA-256 of `payload` as canonical JSON; `call_version` names the
    announcement whose form it answers.
    """

    class Kind(models.TextChoices):
        SUBMISSION = "submission", _("提交")
        SUPPLEMENT = "supplement", _("补正")

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    version = models.SmallIntegerField(_("版次"))
    kind = models.CharField(_("种类"), max_length=12, choices=Kind.choices)
    call_version = models.SmallIntegerField()
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(_("提交时间"))
    note = models.TextField(_("说明"), blank=True)

    objects = ApplicationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="application_version_once", fields=["application", "version"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.version}"


class Profession(models.TextChoices):
    """Who works in a team (社工＋医务人员＋志愿者)."""

    SOCIAL_WORKER = "social_worker", _("社工")
    DOCTOR = "doctor", _("医生")
    NURSE = "nurse", _("护士")
    THERAPIST = "therapist", _("康复、心理、营养等治疗师")
    MANAGER = "manager", _("管理人员")
    VOLUNTEER = "volunteer", _("志愿者")
    OTHER = "other", _("其他")


class FiveParty(models.TextChoices):
    """五社联动: who takes part."""

    COMMUNITY = "community", _("社区")
    ORGANIZATION = "organization", _("社会组织")
    SOCIAL_WORKER = "social_worker", _("社会工作者")
    VOLUNTEER = "volunteer", _("社区志愿者")
    CHARITY = "charity", _("社会慈善资源")


class ApplicationParty(PublicRow, SharedRow):
    """Somebody with a part in an application: the leader, a member, a co-applicant, a partner, one of five.

    A co-applicant (`partner`, a house of its own) reads this row, never the application: `shown` is the
    copy made for it, `application_state`, `application_number` follow by the trigger
    app.spread_application; it answers in `state` alone.
    """

    class Role(models.TextChoices):
        LEADER = "leader", _("负责人")
        MEMBER = "member", _("团队成员")
        CO_APPLICANT = "co_applicant", _("联合申报单位")
        PARTNER = "partner", _("合作机构")
        FIVE = "five", _("五社联动")

    class State(models.TextChoices):
        NONE = "", ""
        ASKED = "asked", _("待答复")
        ACCEPTED = "accepted", _("同意联合申报")
        REFUSED = "refused", _("不同意")
        ENDED = "ended", _("已撤销")

    application = models.ForeignKey(Application, models.CASCADE, related_name="parties")
    role = models.CharField(_("身份"), max_length=14, choices=Role.choices)
    rank = models.SmallIntegerField(_("顺序"), default=0)
    five = models.CharField(_("五社"), max_length=14, choices=FiveParty.choices, blank=True)
    partner = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("单位"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("账户"),
    )
    name = models.CharField(_("名称或姓名"), max_length=120, blank=True)
    profession = models.CharField(
        _("专业身份"), max_length=20, choices=Profession.choices, blank=True
    )
    title = models.CharField(_("职务职称"), max_length=60, blank=True)
    qualification = models.CharField(_("资质"), max_length=120, blank=True)
    fte = models.DecimalField(
        _("投入（全时当量）"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    phone = SealedText(_("电话"), null=True, blank=True)
    part = models.CharField(_("承担的工作"), max_length=300, blank=True)
    blank_reason = models.CharField(_("没有的理由"), max_length=300, blank=True)
    state = models.CharField(
        _("答复"), max_length=10, choices=State.choices, blank=True, default="", editable=False
    )
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    answer_note = models.CharField(_("答复说明"), max_length=300, blank=True)
    shown = models.JSONField(default=dict, blank=True, editable=False)
    application_state = models.CharField(max_length=24, blank=True, editable=False)
    application_number = models.CharField(max_length=40, blank=True, editable=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="party_one_leader", fields=["application"], condition=Q(role="leader")
            ),
            models.UniqueConstraint(
                name="party_five_once", fields=["application", "five"], condition=Q(role="five")
            ),
            models.UniqueConstraint(
                name="party_co_applicant_once",
                fields=["application", "partner"],
                condition=Q(role="co_applicant", state__in=["asked", "accepted"]),
            ),
            models.CheckConstraint(
                name="party_co_applicant_is_asked",
                condition=Q(role="co_applicant", partner__isnull=False, asked_at__isnull=False)
                & ~Q(state="")
                | ~Q(role="co_applicant") & Q(state=""),
            ),
            models.CheckConstraint(
                name="party_answered_has_time",
                condition=~Q(state__in=["accepted", "refused"]) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="party_five_is_told",
                condition=Q(five="") & ~Q(role="five")
                | Q(role="five")
                & ~Q(five="")
                & (
                    Q(blank_reason="") & (Q(partner__isnull=False) | ~Q(name=""))
                    | ~Q(blank_reason="") & Q(partner__isnull=True, name="")
                ),
            ),
            models.CheckConstraint(
                name="party_person_has_name",
                condition=~Q(role__in=["leader", "member"]) | ~Q(name=""),
            ),
            models.CheckConstraint(
                name="party_fte_in_range", condition=Q(fte__isnull=True) | Q(fte__range=(0, 1))
            ),
        ]
        indexes = [
            models.Index(fields=["application", "role", "rank", "id"], name="party_of_application"),
            models.Index(
                fields=["partner", "-id"], name="party_of_partner", condition=Q(role="co_applicant")
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_role_display()
