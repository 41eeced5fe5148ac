"""The review of a call: its rules, who was asked to mark what, the marks, the meeting, the letters."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import Answered, PublicRow, SharedRow, Tenanted
from projects.models.experts import ExpertProfile
from projects.querysets.experts import DeskQuerySet, LetterQuerySet, ReviewQuerySet
from projects.workflow.reviews import PanelState, ReviewState


class ReviewPlan(PublicRow, Tenanted):
    """How one call is checked and marked; set once the call stands, fixed with the first assignment.

    `checklist` is [{"code", "text"}], each to be answered yes or no. `tie_order` are item codes of the
    sheet, the most telling first.
    """

    call = models.OneToOneField("projects.Call", models.PROTECT, related_name="review_plan")
    sheet = models.ForeignKey(
        "departments.Questionnaire", models.PROTECT, null=True, blank=True, related_name="+"
    )
    experts_each = models.PositiveSmallIntegerField(_("每项几位专家"), default=3)
    most_per_expert = models.PositiveSmallIntegerField(_("每位专家最多几项"), default=30)
    is_blind = models.BooleanField(_("匿名评审"), default=True)
    opens_on = models.DateField(_("评审开始"))
    closes_on = models.DateField(_("评审截止"))
    trim_from = models.PositiveSmallIntegerField(_("几份起去掉最高最低"), default=5)
    spread_alarm = models.DecimalField(
        _("分差警示（标准差）"), max_digits=5, decimal_places=2, default=Decimal(15)
    )
    tie_order = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    shows_normalised = models.BooleanField(_("并列显示标准化分"), default=False)
    reserve_places = models.PositiveSmallIntegerField(_("候补名额"), default=0)
    checklist = models.JSONField(_("形式审查清单"), default=list)
    phase = models.PositiveSmallIntegerField(default=1, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_plan_experts_odd",
                condition=Q(experts_each__in=(3, 5, 7, 9)),
            ),
            models.CheckConstraint(
                name="review_plan_closes_after_opening", condition=Q(closes_on__gte=F("opens_on"))
            ),
            models.CheckConstraint(
                name="review_plan_in_range",
                condition=Q(
                    most_per_expert__range=(1, 500),
                    trim_from__range=(5, 9),
                    spread_alarm__gt=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class AssignmentRun(PublicRow, Tenanted):
    """One proposal of who marks what: made of `inputs` and `seed` alone, so that anybody can make it again.

    `inputs` = {"need", "cap", "applications": [{"key", "themes"}], "experts": [{"key", "fields", "most", "load"}],
    "conflicts": [[application, expert]], "kept": [[application, expert]]}; `result` = [[application, expert]];
    `result_hash` is the SHA-256 of the result as canonical JSON.
    """

    call = models.ForeignKey("projects.Call", models.PROTECT, related_name="assignment_runs")
    phase = models.PositiveSmallIntegerField(default=1)
    inputs = models.JSONField(default=dict)
    seed = models.BigIntegerField()
    result = models.JSONField(default=list)
    result_hash = models.CharField(max_length=64)
    short_count = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_run_applied_by_somebody",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False, short_count=0),
            ),
        ]
        indexes = [models.Index(fields=["call", "-id"], name="assignment_run_of_call")]

    def __str__(self) -> str:
        return str(self.uid)


class Review(PublicRow, Tenanted, Answered):
    """One expert's marks of one application in one phase; `total` is out of 100.

    `label` is what the application is called where its unit stays hidden. The expert writes answers and
    comment, the house everything else (app.review_guard).
    """

    call = models.ForeignKey("projects.Call", models.PROTECT, related_name="reviews")
    application = models.ForeignKey("projects.Application", models.PROTECT, related_name="reviews")
    expert = models.ForeignKey(ExpertProfile, models.PROTECT, related_name="reviews")
    expert_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    run = models.ForeignKey(AssignmentRun, models.PROTECT, null=True, related_name="reviews")
    packet = models.ForeignKey("cases.Disclosure", models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=20)
    phase = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=20, choices=ReviewState.choices, default=ReviewState.ASSIGNED
    )
    # Copied from the plan, which an expert does not read.
    opens_on = models.DateField()
    due_on = models.DateField()
    answers = models.JSONField(default=dict, blank=True)
    comment = SealedText(_("评语"), null=True, blank=True)
    total = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    # The issuer lets the unit read the comment, without the name.
    is_released = models.BooleanField(default=False)
    is_voided = models.BooleanField(default=False)
    void_reason = SealedText(_("作废理由"), null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="review_once", fields=["application", "expert", "phase"]),
            models.CheckConstraint(
                name="review_state_known", condition=Q(state__in=ReviewState.values)
            ),
            models.CheckConstraint(
                name="review_total_in_range",
                condition=Q(total__isnull=True) | Q(total__range=(0, 100)),
            ),
            models.CheckConstraint(
                name="review_submitted_is_whole",
                condition=~Q(state__in=("submitted", "voided"))
                | Q(total__isnull=False, is_final=True, finalized_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_voided_has_reason",
                condition=Q(is_voided=False) & ~Q(state="voided")
                | Q(is_voided=True, state="voided", void_reason__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["call", "phase", "application"], name="review_of_call"),
            models.Index(fields=["expert_user", "state", "due_on"], name="review_of_expert"),
        ]

    def __str__(self) -> str:
        return self.label


class Panel(PublicRow, Tenanted):
    """A meeting on a call. `present` = [{"expert": uid, "name", "signed_at"}], `applications` = [uid]
    of those to be marked anew there."""

    call = models.ForeignKey("projects.Call", models.PROTECT, related_name="panels")
    on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=120, blank=True)
    state = models.CharField(max_length=20, choices=PanelState.choices, default=PanelState.PLANNED)
    chair = models.ForeignKey(
        ExpertProfile, models.PROTECT, null=True, blank=True, related_name="+"
    )
    minutes = SealedText(_("会议纪要"), null=True, blank=True)
    present = SealedJSON(default=list)
    applications = models.JSONField(default=list, blank=True)
    rescored_phase = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="panel_state_known", condition=Q(state__in=PanelState.values)
            ),
            models.CheckConstraint(
                name="panel_held_has_minutes",
                condition=~Q(state="held") | Q(minutes__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["call", "-on", "-id"], name="panel_of_call")]

    def __str__(self) -> str:
        return f"{self.on}"


class LetterOutcome(models.TextChoices):
    PROPOSED = "proposed", _("拟入选")
    RESERVE = "reserve", _("候补")
    NOT_SELECTED = "not_selected", _("未入选")


class OutcomeLetter(PublicRow, SharedRow):
    """What a unit is told of its application; the unit reads it from the moment it was sent, and never a name or a score
    that the issuer did not put into it. `comments` are the released ones. Whose place changes after the letters have
    left gets another letter; the earlier one stays."""

    call = models.ForeignKey("projects.Call", models.PROTECT, related_name="outcome_letters")
    application = models.ForeignKey("projects.Application", models.PROTECT, related_name="letters")
    number = models.CharField(_("文号"), max_length=40)
    outcome = models.CharField(max_length=20, choices=LetterOutcome.choices)
    title = models.CharField(max_length=200)
    body = models.TextField()
    comments = models.JSONField(default=list, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="letter_number_once", fields=["organization", "number"]),
            models.UniqueConstraint(
                name="letter_draft_once", fields=["application"], condition=Q(sent_at__isnull=True)
            ),
            models.CheckConstraint(
                name="letter_outcome_known", condition=Q(outcome__in=LetterOutcome.values)
            ),
            models.CheckConstraint(
                name="letter_sent_has_reader",
                condition=Q(sent_at__isnull=True, counterparty__isnull=True)
                | Q(sent_at__isnull=False, counterparty__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["counterparty", "-id"], name="letter_of_unit")]

    def __str__(self) -> str:
        return self.number
