"""Baseline studies: what is asked of whom, what came in, and what is to be done about it (系统 66 and 69)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization, Region
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import Answered, PublicRow, Tenanted, Voidable
from projects.models.cultivation import Project
from projects.models.register_codes import MEASURES, Method, Pillar, SampleKind
from projects.querysets.registers import StudyQuerySet
from projects.workflow.surveys import ActionState, SurveyState


class Survey(PublicRow, Tenanted):
    """One study. Its numbers are counted from the units and answers that were entered, never typed."""

    title = models.CharField(_("名称"), max_length=120)
    purpose = models.TextField(_("目的"))
    scope = models.TextField(_("对象与范围"), blank=True)
    partners = models.TextField(_("合作方"), blank=True)
    methods = ArrayField(models.CharField(max_length=20), default=list)
    questionnaire = models.ForeignKey(
        "departments.Questionnaire", models.PROTECT, null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地区")
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("所属项目"),
    )
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("截止"))
    answer_target = models.PositiveIntegerField(_("计划回收问卷"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=20, choices=SurveyState.choices, default=SurveyState.DRAFT
    )
    findings = models.TextField(_("主要发现"), blank=True)
    limits = models.TextField(_("局限"), blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="survey_state_known", condition=Q(state__in=SurveyState.values)
            ),
            models.CheckConstraint(
                name="survey_methods_known",
                condition=Q(methods__contained_by=Method.values) & ~Q(methods=[]),
            ),
            models.CheckConstraint(
                name="survey_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="survey_reported_says_what",
                condition=~Q(state="reported") | (Q(reported_at__isnull=False) & ~Q(findings="")),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-starts_on", "-id"], name="survey_list"),
        ]

    def __str__(self) -> str:
        return self.title


class SampleGroup(PublicRow, Tenanted):
    """One line of the sample plan: so many units of one kind, reached by one method."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="groups")
    letter = models.CharField(_("样本类"), max_length=2)
    label = models.CharField(_("说明"), max_length=80)
    kind = models.CharField(_("单位"), max_length=20, choices=SampleKind.choices)
    method = models.CharField(_("方法"), max_length=20, choices=Method.choices)
    target = models.PositiveIntegerField(_("计划数"))

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sample_group_letter_once", fields=["survey", "letter"]),
            models.CheckConstraint(
                name="sample_group_kind_known", condition=Q(kind__in=SampleKind.values)
            ),
            models.CheckConstraint(
                name="sample_group_method_known", condition=Q(method__in=Method.values)
            ),
            models.CheckConstraint(name="sample_group_target_positive", condition=Q(target__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.label}"

    @property
    def measure(self):
        """The measure word of what is counted."""
        return MEASURES[SampleKind(self.kind)]


class SampleUnit(PublicRow, Tenanted, Voidable):
    """One unit that was reached: a body or institution by its name, a person by a number or role, no name needed."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="units")
    group = models.ForeignKey(SampleGroup, models.PROTECT, related_name="units")
    body = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    name = SealedText(_("名称或编号"), pad=True)
    reached_on = models.DateField(_("日期"))
    method = models.CharField(_("方法"), max_length=20, choices=Method.choices)
    notes = SealedText(_("要点"), null=True, blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sample_unit_method_known", condition=Q(method__in=Method.values)
            ),
        ]
        indexes = [models.Index(fields=["survey", "group", "id"], name="sample_unit_list")]

    def __str__(self) -> str:
        return str(self.uid)


class SurveyResponse(PublicRow, Tenanted, Answered, Voidable):
    """The answers of one sheet, by link or from paper; nobody's name is asked or kept.

    `sheet_key` is made when the sheet is opened: the same sheet sent twice is one answer.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses")
    group = models.ForeignKey(
        SampleGroup, models.PROTECT, null=True, blank=True, related_name="responses"
    )
    answers = SealedJSON()
    is_paper = models.BooleanField(_("纸质"), default=False)
    paper_number = models.CharField(_("纸质编号"), max_length=20, blank=True)
    sheet_key = models.UUIDField()
    given_on = models.DateField(_("填写日期"))

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="survey_response_sheet_once", fields=["survey", "sheet_key"]
            ),
            models.UniqueConstraint(
                name="survey_response_paper_once",
                fields=["survey", "paper_number"],
                condition=~Q(paper_number="") & Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="survey_response_final_has_time",
                condition=Q(is_final=True, finalized_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["survey", "id"], name="survey_response_list")]

    def __str__(self) -> str:
        return str(self.uid)


class SurveyAdvice(PublicRow, Tenanted):
    """One recommendation of a study, and the result it rests on."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="advices")
    pillar = models.CharField(_("方面"), max_length=20, choices=Pillar.choices)
    text = models.TextField(_("建议"))
    basis = models.TextField(_("依据"), blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="survey_advice_pillar_known", condition=Q(pillar__in=Pillar.values)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class ActionItem(PublicRow, Tenanted):
    """What somebody has promised to do by a day: from a study's advice, a register's entry, or by itself."""

    survey = models.ForeignKey(
        Survey, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    advice = models.ForeignKey(
        SurveyAdvice, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    entry = models.ForeignKey(
        "projects.RegisterEntry", models.PROTECT, null=True, blank=True, related_name="actions"
    )
    title = models.CharField(_("要做什么"), max_length=200)
    pillar = models.CharField(_("方面"), max_length=20, choices=Pillar.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("负责人"),
    )
    owner_text = models.CharField(_("负责单位"), max_length=120, blank=True)
    due_on = models.DateField(_("期限"))
    state = models.CharField(
        _("状态"), max_length=20, choices=ActionState.choices, default=ActionState.OPEN
    )
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    outcome = models.TextField(_("结果"), blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="action_item_state_known", condition=Q(state__in=ActionState.values)
            ),
            models.CheckConstraint(
                name="action_item_pillar_known", condition=Q(pillar__in=Pillar.values)
            ),
            models.CheckConstraint(
                name="action_item_has_owner",
                condition=Q(owner__isnull=False) | ~Q(owner_text=""),
            ),
            models.CheckConstraint(
                name="action_item_done_has_day",
                condition=Q(state="done", done_on__isnull=False)
                | (~Q(state="done") & Q(done_on__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "due_on", "id"], name="action_item_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        """Still open after its day."""
        return self.state == ActionState.OPEN and self.due_on < timezone.localdate()
