"""What is done in a case: needs, plans and goals, contacts, assessments."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import (
    ContactMode,
    ContactTarget,
    GasLevel,
    NeedCategory,
    NeedMet,
    NeedVoice,
)
from cases.models.people import Client, Episode
from cases.models.service_codes import MilestoneKind, PlanItemKind, PlanItemState
from cases.querysets import AssessmentQuerySet, CaseChildQuerySet, ContactQuerySet, PlanQuerySet
from cases.workflow import CaseStage, CoSignState, PlanState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import Answered, CaseRow, PublicRow, Row
from msw_portal.kernel.instruments.own import FOUR_WAY, FOUR_WAY_AXES


class Need(CaseRow, PublicRow):
    category = models.CharField(_("需求类别"), max_length=40, choices=NeedCategory.choices)
    statement = SealedText(_("需求描述"))
    voice = models.CharField(_("由谁提出"), max_length=10, choices=NeedVoice.choices)
    severity = models.SmallIntegerField(_("严重程度"))
    rank = models.SmallIntegerField(_("优先次序"), default=1)
    met = models.CharField(_("满足情况"), max_length=10, choices=NeedMet.choices, blank=True)
    unmet_reason = models.CharField(_("未满足原因"), max_length=40, blank=True)

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="need_severity_in_range", condition=Q(severity__range=(1, 5))
            ),
            models.CheckConstraint(
                name="need_category_known", condition=Q(category__in=NeedCategory.values)
            ),
        ]
        indexes = [models.Index(fields=["organization", "category"], name="need_category")]

    def __str__(self) -> str:
        return self.get_category_display()


class Plan(CaseRow, PublicRow):
    """A version of the service plan; approved ones are frozen with their goals."""

    version = models.IntegerField(default=1)
    aim = SealedText(_("总目标"))
    theory = ArrayField(
        models.CharField(max_length=40), verbose_name=_("理论取向"), default=list, blank=True
    )
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    review_due_on = models.DateField(_("检视日期"))
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    supervisor_comment = SealedText(_("督导意见"), null=True, blank=True)
    # What F4 asks beside the goals: expected sessions, resources, risks and fallback, where, how often.
    details = SealedJSON(null=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_version_once", fields=["case", "version"]),
            models.UniqueConstraint(
                name="plan_one_approved", fields=["case"], condition=Q(state="approved")
            ),
            models.CheckConstraint(
                name="plan_approved_has_approver",
                condition=~Q(state="approved")
                | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_approver_is_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.version}"


class Goal(CaseRow, PublicRow):
    """Rated by Goal Attainment Scaling, -2 to +2; only the rating may change once the plan is approved."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="goals")
    rank = models.SmallIntegerField(default=1)
    statement = SealedText(_("目标"))
    indicator = models.CharField(_("指标"), max_length=120)
    baseline = models.CharField(_("现状"), max_length=120, blank=True)
    target = models.CharField(_("目标值"), max_length=120, blank=True)
    due_on = models.DateField(_("完成日期"), null=True, blank=True)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=2, default=1)
    gas_levels = models.JSONField(default=dict, blank=True)
    gas = models.SmallIntegerField(_("达成等级"), choices=GasLevel.choices, null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    comment = SealedText(_("督导对目标的意见"), null=True, blank=True)
    needs = models.ManyToManyField(Need, through="GoalNeed", related_name="goals")

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="goal_weight_positive", condition=Q(weight__gt=0)),
            models.CheckConstraint(
                name="goal_gas_in_range", condition=Q(gas__isnull=True) | Q(gas__range=(-2, 2))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.rank}"


class PlanItem(CaseRow, PublicRow):
    """A task of the plan, or (case management) a service package somebody else provides."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    kind = models.CharField(_("种类"), max_length=10, choices=PlanItemKind.choices)
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="items")
    what = SealedText(_("内容"))
    who = models.CharField(_("由谁做"), max_length=60, blank=True)
    provider = models.ForeignKey(
        "departments.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField(_("开始"), null=True, blank=True)
    ends_on = models.DateField(_("结束"), null=True, blank=True)
    frequency = models.CharField(_("频次"), max_length=60, blank=True)
    place = models.CharField(_("地点"), max_length=60, blank=True)
    cost = models.DecimalField(_("费用"), max_digits=14, decimal_places=2, null=True, blank=True)
    payer = models.CharField(_("付费方"), max_length=60, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=PlanItemState.choices, default=PlanItemState.PLANNED
    )
    # On time is by this day and not by the day somebody looks; the day of the click when nothing else is said.
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="plan_item_dates_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="plan_item_cost_not_negative",
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
            ),
            models.CheckConstraint(
                name="plan_item_state_known", condition=Q(state__in=PlanItemState.values)
            ),
            models.CheckConstraint(
                name="plan_item_done_has_day",
                condition=Q(state="done", done_on__isnull=False)
                | ~Q(state="done") & Q(done_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind}"


class GoalNeed(CaseRow, Row):
    goal = models.ForeignKey(Goal, models.CASCADE)
    need = models.ForeignKey(Need, models.PROTECT)

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="goal_need_once", fields=["goal", "need"])]

    def __str__(self) -> str:
        return f"{self.goal_id} {self.need_id}"


class Contact(CaseRow, PublicRow):
    """One piece of direct work: facts kept apart from analysis; locked some hours after writing."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="contacts")
    episode = models.ForeignKey(Episode, models.PROTECT, null=True, blank=True, related_name="+")
    occurred_on = models.DateField(_("日期"))
    starts_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    # An addendum has no time of its own: minutes are counted once.
    minutes = models.SmallIntegerField(_("分钟"), null=True, blank=True)
    mode = models.CharField(_("方式"), max_length=20, choices=ContactMode.choices)
    target = models.CharField(_("对象"), max_length=20, choices=ContactTarget.choices)
    phase = models.CharField(max_length=20, choices=CaseStage.choices, blank=True)
    checkpoint = models.CharField(
        _("全程节点"), max_length=20, choices=MilestoneKind.choices, blank=True
    )
    facts = SealedText(_("过程与事实"))
    analysis = SealedText(_("分析与感受"), null=True, blank=True)
    techniques = ArrayField(
        models.CharField(max_length=40), verbose_name=_("技巧"), default=list, blank=True
    )
    # Codes of the service-content list: the eight of the patient's side, the four of the hospital's.
    services = ArrayField(
        models.CharField(max_length=40), verbose_name=_("服务内容"), default=list, blank=True
    )
    # Which of the need list it was about: the case's own needs or new ones.
    needs = ArrayField(
        models.CharField(max_length=40), verbose_name=_("涉及的需求"), default=list, blank=True
    )
    # The rest of F5: place, participants, aims of the session, response, progress by goal, new needs.
    details = SealedJSON(null=True)
    next_on = models.DateField(_("下次日期"), null=True, blank=True)
    # Made where it was written down, before there was a network: the same entry never stands twice.
    entry_key = models.UUIDField(null=True, editable=False)
    locked_at = models.DateTimeField(_("锁定时间"))
    addendum_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="addenda"
    )
    co_sign_required = models.BooleanField(default=False, editable=False)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contact_minutes_in_range",
                condition=Q(
                    addendum_to__isnull=True, minutes__isnull=False, minutes__range=(1, 1440)
                )
                | Q(addendum_to__isnull=False, minutes__isnull=True),
            ),
            models.CheckConstraint(
                name="contact_times_in_order",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="contact_next_is_later",
                condition=Q(next_on__isnull=True) | Q(next_on__gte=F("occurred_on")),
            ),
            models.CheckConstraint(
                name="contact_checkpoint_known",
                condition=Q(checkpoint__in=["", *MilestoneKind.values]),
            ),
            models.CheckConstraint(
                name="contact_co_signer_is_another",
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=F("created_by")),
            ),
            models.UniqueConstraint(
                name="contact_entry_once",
                fields=["created_by", "entry_key"],
                condition=Q(entry_key__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-occurred_on", "-id"], name="contact_list"),
            models.Index(fields=["case", "-occurred_on", "-id"], name="contact_case"),
            models.Index(fields=["created_by", "starts_at"], name="contact_author"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.occurred_on}"

    def get_co_sign_state_display(self) -> str:
        """In words, of a row read with its `co_sign_state`."""
        return str(CoSignState(self.co_sign_state).label) if self.co_sign_state else ""


class Assessment(CaseRow, PublicRow, Answered):
    """The answers to a questionnaire; scored by the kernel, frozen when final."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="assessments")
    answers = SealedJSON()
    interpretation = SealedText(_("解读"), null=True, blank=True)
    phase = models.CharField(max_length=20, choices=CaseStage.choices, blank=True)
    checkpoint = models.CharField(
        _("全程节点"), max_length=20, choices=MilestoneKind.choices, blank=True
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_final_has_time",
                condition=Q(is_final=False) | Q(finalized_at__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_checkpoint_known",
                condition=Q(checkpoint__in=["", *MilestoneKind.values]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["client", "questionnaire", "finalized_at"], name="assessment_course"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.questionnaire_id}"

    @property
    def result(self) -> str:
        """The total in points; of the four-way score its sides one by one, whose sum means nothing; "" without either."""
        scored = self.score or {}
        if self.questionnaire.code == FOUR_WAY["code"]:
            sides = scored.get("subscales", {})
            return " · ".join(
                f"{text} {sides[code]}" for code, text, _anchors in FOUR_WAY_AXES if sides.get(code)
            )
        total = scored.get("total")
        return "" if total is None else _("%(total)s 分") % {"total": total}


__all__ = ["Assessment", "Case", "Contact", "Goal", "GoalNeed", "Need", "Plan", "PlanItem"]
