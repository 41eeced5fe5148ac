"""Group work (小组工作) and patient associations (病友会): plan, members, sessions, attendance, scales."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.group_workflow import GroupStage, MemberState, SessionState
from cases.models.consents import Consent
from cases.models.group_codes import (
    ATTENDED,
    AgreedBy,
    Attainment,
    BudgetSource,
    GroupKind,
    GroupModel,
    Moment,
    Openness,
    Presence,
)
from cases.models.people import Client
from cases.querysets import CareQuerySet
from cases.querysets.groups import GroupInsideQuerySet, GroupQuerySet
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import Answered, PublicRow, Tenanted


class Group(PublicRow, Tenanted):
    """One group with its plan (G1) and its summary (G4); an association is one without sessions.

    `plan` and `summary` hold the narrative by the names of `form_schemas/groups.py`. Once closed or
    cancelled the row and all its parts are frozen by a trigger.
    """

    is_care = True  # its moves are read in the scope of care alone

    number = models.CharField(_("编号"), max_length=40, blank=True, editable=False)
    name = models.CharField(_("小组名称"), max_length=60)
    kind = models.CharField(_("小组类型"), max_length=20, choices=GroupKind.choices)
    work_model = models.CharField(_("工作模式"), max_length=20, choices=GroupModel.choices)
    openness = models.CharField(_("开放性"), max_length=10, choices=Openness.choices)
    is_association = models.BooleanField(_("病友会"), default=False)
    stage = models.CharField(
        _("阶段"), max_length=20, choices=GroupStage.choices, default=GroupStage.DRAFT
    )
    department = models.ForeignKey("departments.Department", models.PROTECT, related_name="+")
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("带领者")
    )
    size_least = models.SmallIntegerField(_("最少人数"), default=6)
    size_most = models.SmallIntegerField(_("最多人数"), default=15)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=60, blank=True)
    budget_source = models.CharField(
        _("经费来源"), max_length=20, choices=BudgetSource.choices, default=BudgetSource.NONE
    )
    plan = SealedJSON(default=dict)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    supervisor_comment = SealedText(_("督导意见"), null=True, blank=True)
    summary = SealedJSON(null=True)
    summarized_at = models.DateTimeField(null=True, blank=True, editable=False)
    summarized_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closing_comment = SealedText(_("督导对总结的意见"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="group_number_once", fields=["organization", "number"], condition=~Q(number="")
            ),
            models.CheckConstraint(
                name="group_kind_known",
                condition=Q(kind__in=GroupKind.values)
                & Q(work_model__in=GroupModel.values)
                & Q(openness__in=Openness.values),
            ),
            models.CheckConstraint(
                name="group_stage_known", condition=Q(stage__in=GroupStage.values)
            ),
            models.CheckConstraint(
                name="group_size_in_order",
                condition=Q(size_least__gte=2, size_most__lte=500, size_most__gte=F("size_least")),
            ),
            models.CheckConstraint(
                name="group_dates_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="group_approved_names_who",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(number=""),
            ),
            models.CheckConstraint(
                name="group_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="group_closed_has_summary",
                condition=~Q(stage="closed")
                | Q(summary__isnull=False, ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="group_closed_by_another",
                condition=~Q(stage="closed") | ~Q(ended_by=F("summarized_by")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "department", "-starts_on", "-id"], name="group_list"
            ),
            models.Index(
                fields=["organization", "is_association", "-starts_on", "-id"], name="group_house"
            ),
            models.Index(fields=["leader"], name="group_leader"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def planned_amount(self) -> Decimal:
        """What the lines of the budget add up to, in yuan."""
        return sum((line.planned for line in self.budget_lines.all()), Decimal(0))


class GroupCoLeader(PublicRow, Tenanted):
    """A colleague who leads beside the leader, and so reads what is written inside."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="co_leaders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="group_co_leader_once", fields=["group", "user"])
        ]
        indexes = [models.Index(fields=["user"], name="group_co_leader_user")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.user_id}"


class GroupBudgetLine(PublicRow, Tenanted):
    """One line of the budget: `planned` is quantity times unit price, `spent` comes with the summary."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="budget_lines")
    what = models.CharField(_("用途"), max_length=80)
    quantity = models.IntegerField(_("数量"), default=1)
    unit_price = models.DecimalField(_("单价"), max_digits=14, decimal_places=2)
    planned = models.DecimalField(_("预算"), max_digits=14, decimal_places=2)
    spent = models.DecimalField(_("支出"), max_digits=14, decimal_places=2, null=True, blank=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="group_budget_adds_up",
                condition=Q(
                    quantity__gt=0, unit_price__gte=0, planned=F("quantity") * F("unit_price")
                ),
            ),
            models.CheckConstraint(
                name="group_budget_spent_positive",
                condition=Q(spent__isnull=True) | Q(spent__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.what


class GroupSession(PublicRow, Tenanted):
    """One session: its outline in the plan, and what was written down afterwards (G3)."""

    is_care = True

    group = models.ForeignKey(Group, models.CASCADE, related_name="sessions")
    number = models.SmallIntegerField(_("第几节"))
    title = models.CharField(_("主题"), max_length=60)
    held_on = models.DateField(_("日期"))
    starts_at = models.TimeField(_("开始时间"), null=True, blank=True)
    minutes = models.SmallIntegerField(_("时长"), default=60)
    place = models.CharField(_("地点"), max_length=60, blank=True)
    aim = models.CharField(_("目标"), max_length=300)
    content = models.CharField(_("内容"), max_length=1000, blank=True)
    materials = models.CharField(_("物资"), max_length=200, blank=True)
    in_charge = models.CharField(_("负责人"), max_length=60, blank=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=SessionState.choices, default=SessionState.PLANNED
    )
    record = SealedJSON(null=True)
    attainment = models.SmallIntegerField(
        _("目标达成"), choices=Attainment.choices, null=True, blank=True
    )
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = GroupInsideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="group_session_number_once", fields=["group", "number"]),
            models.CheckConstraint(
                name="group_session_minutes_in_range",
                condition=Q(minutes__range=(10, 600), number__gte=1),
            ),
            models.CheckConstraint(
                name="group_session_held_is_recorded",
                condition=~Q(state="held")
                | Q(record__isnull=False, recorded_at__isnull=False, attainment__isnull=False),
            ),
            models.CheckConstraint(
                name="group_session_state_known",
                condition=Q(state__in=SessionState.values)
                & (Q(attainment__isnull=True) | Q(attainment__range=(1, 5))),
            ),
        ]
        indexes = [models.Index(fields=["organization", "held_on", "id"], name="group_session_day")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.number}"


class GroupMember(PublicRow, Tenanted):
    """Who takes part (G2): a person of the register, or somebody under a name of the group's own.

    A person is the same whichever merged record the row names: ask by `client__root_id`.
    """

    is_care = True

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="group_memberships"
    )
    alias = models.CharField(_("组内代号"), max_length=20, blank=True)
    contact = SealedText(_("联系方式"), null=True, blank=True)
    is_minor = models.BooleanField(_("未成年"), default=False)
    state = models.CharField(
        _("状态"), max_length=12, choices=MemberState.choices, default=MemberState.REGISTERED
    )
    screening = SealedText(_("筛选记录"), null=True, blank=True)
    consent = models.ForeignKey(
        Consent, models.PROTECT, null=True, blank=True, related_name="group_members"
    )
    agreed_by = models.CharField(_("由谁同意"), max_length=10, choices=AgreedBy.choices, blank=True)
    agreed_on = models.DateField(_("同意日期"), null=True, blank=True)
    joined_on = models.DateField(_("入组日期"), null=True, blank=True)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)
    satisfaction = models.SmallIntegerField(_("满意度"), null=True, blank=True)

    objects = GroupInsideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="group_member_once", fields=["group", "client"]),
            models.UniqueConstraint(
                name="group_alias_once", fields=["group", "alias"], condition=~Q(alias="")
            ),
            models.CheckConstraint(
                name="group_member_is_somebody",
                condition=Q(client__isnull=False, alias="") | Q(client__isnull=True) & ~Q(alias=""),
            ),
            models.CheckConstraint(
                name="group_member_state_known", condition=Q(state__in=MemberState.values)
            ),
            models.CheckConstraint(
                name="group_member_joined_agreed",
                condition=Q(joined_on__isnull=True)
                | Q(consent__isnull=False)
                | Q(agreed_on__isnull=False) & ~Q(agreed_by=""),
            ),
            models.CheckConstraint(
                name="group_member_minor_has_guardian",
                condition=Q(joined_on__isnull=True)
                | Q(is_minor=False)
                | Q(consent__isnull=False)
                | Q(agreed_by="guardian"),
            ),
            models.CheckConstraint(
                name="group_member_dates_in_order",
                condition=Q(left_on__isnull=True)
                | Q(joined_on__isnull=False, left_on__gte=F("joined_on")),
            ),
            models.CheckConstraint(
                name="group_member_satisfaction_in_range",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
            ),
        ]
        indexes = [models.Index(fields=["client"], name="group_member_client")]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The masked name of the person the record stands for, or the alias."""
        return self.client.person.name_masked if self.client_id else self.alias


class Attendance(PublicRow, Tenanted):
    """Whether a member was at a session, and what was noticed of that member."""

    session = models.ForeignKey(GroupSession, models.CASCADE, related_name="attendances")
    member = models.ForeignKey(GroupMember, models.PROTECT, related_name="attendances")
    presence = models.CharField(_("出勤"), max_length=10, choices=Presence.choices)
    note = SealedText(_("个别观察"), null=True, blank=True)

    objects = GroupInsideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attendance_once", fields=["session", "member"]),
            models.CheckConstraint(
                name="attendance_presence_known", condition=Q(presence__in=Presence.values)
            ),
        ]
        indexes = [models.Index(fields=["member"], name="attendance_member")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.member_id}"

    @property
    def has_attended(self) -> bool:
        """On time or late: what counts as one 人次."""
        return self.presence in ATTENDED


class MemberAnswers(PublicRow, Tenanted, Answered):
    """A scale a member answered before or after the group.

    An `Assessment` hangs on a case; a member may have none, or stay without a name. So the answers hang
    on the member: scored by the same engine, final at once, frozen by trigger. A second entry of the same
    sheet and moment puts the first aside (`superseded_at`) and changes nothing of it.
    """

    member = models.ForeignKey(GroupMember, models.PROTECT, related_name="scales")
    moment = models.CharField(_("时点"), max_length=10, choices=Moment.choices)
    answers = SealedJSON()
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = GroupInsideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="member_answers_once",
                fields=["member", "questionnaire", "moment"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="member_answers_are_final",
                condition=Q(is_final=True, finalized_at__isnull=False),
            ),
            models.CheckConstraint(
                name="member_answers_moment_known", condition=Q(moment__in=Moment.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.questionnaire_id} {self.moment}"
