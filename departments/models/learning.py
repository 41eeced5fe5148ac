"""Supervision and training: one table of events for both, and who took part in them."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models.staff import StaffProfile
from departments.querysets import LearningAttendanceQuerySet, LearningEventQuerySet
from departments.workflow import LearningState
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class LearningKind(models.TextChoices):
    SUPERVISION = "supervision", pgettext_lazy("learning", "督导")
    COACHING = "coaching", _("一对一辅导")
    TRAINING = "training", _("主题培训")
    WORKSHOP = "workshop", _("工作坊")
    SIMULATION = "simulation", _("虚拟仿真")


# Kinds with a supervisor and supervisees, a record and two signatures; the rest are courses.
SUPERVISED = (LearningKind.SUPERVISION, LearningKind.COACHING)


class LearningForm(models.TextChoices):
    """How it is done: MZ/T 166-2021 and the forms of courses."""

    INDIVIDUAL = "individual", _("个别")
    GROUP = "group", _("团体")
    PEER = "peer", _("同辈")
    LIVE = "live", _("现场")
    ONLINE = "online", _("线上")
    LECTURE = "lecture", _("讲授")
    PRACTICE = "practice", _("实操")


class LearningFunction(models.TextChoices):
    """What supervision is for: 行政、教育、支持, and 疏导 by the rule of Shenzhen."""

    ADMINISTRATIVE = "administrative", _("行政")
    EDUCATIONAL = "educational", _("教育")
    SUPPORTIVE = "supportive", _("支持")
    RELIEVING = "relieving", _("疏导")


class LearningEvent(PublicRow, Tenanted):
    """One meeting or one course.

    `outline` holds the tasks or steps of a course, [{"title", "task"}] in their order; `notes` what was
    talked about, `advice` what the supervisor advised, `actions` what follows of it, [{"key", "text",
    "user", "due_on"}], each a task of that person. Frozen once everybody has signed.
    """

    kind = models.CharField(_("种类"), max_length=20, choices=LearningKind.choices)
    form = models.CharField(_("形式"), max_length=20, choices=LearningForm.choices)
    functions = ArrayField(
        models.CharField(max_length=20, choices=LearningFunction.choices),
        verbose_name=_("功能"),
        default=list,
        blank=True,
    )
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    theme = models.CharField(_("主题"), max_length=120)
    starts_at = models.DateTimeField(_("开始时间"))
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1)
    place = models.CharField(_("地点"), max_length=80, blank=True)
    provider = models.ForeignKey(
        "departments.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("主办机构"),
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who leads without an account here: an outside supervisor, a teacher.
    leader_name = models.CharField(_("外请督导或讲师"), max_length=60, blank=True)
    is_cpd = models.BooleanField(_("计入继续教育学时"), default=False)
    is_open = models.BooleanField(_("对外开放"), default=False)
    outline = models.JSONField(_("任务与步骤"), default=list, blank=True)
    notes = SealedText(_("讨论的问题"), null=True, blank=True)
    advice = SealedText(_("督导建议"), null=True, blank=True)
    actions = SealedJSON(null=True)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=LearningState.choices,
        default=LearningState.PLANNED,
        editable=False,
    )
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LearningEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="learning_event_kind_known", condition=Q(kind__in=LearningKind.values)
            ),
            models.CheckConstraint(
                name="learning_event_form_known", condition=Q(form__in=LearningForm.values)
            ),
            models.CheckConstraint(
                name="learning_event_state_known", condition=Q(state__in=LearningState.values)
            ),
            models.CheckConstraint(name="learning_event_has_theme", condition=~Q(theme="")),
            models.CheckConstraint(
                name="learning_event_hours_in_range", condition=Q(hours__gt=0, hours__lte=400)
            ),
            models.CheckConstraint(
                name="learning_event_supervision_has_leader",
                condition=~Q(kind__in=["supervision", "coaching"])
                | Q(leader__isnull=False)
                | ~Q(leader_name=""),
            ),
            models.CheckConstraint(
                name="learning_event_signed_has_time",
                condition=Q(state="signed", signed_at__isnull=False)
                | (~Q(state="signed") & Q(signed_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-starts_at", "-id"], name="learning_event_list"),
            models.Index(
                fields=["organization", "leader", "-starts_at"], name="learning_event_leader"
            ),
        ]

    def __str__(self) -> str:
        return self.theme

    @property
    def is_supervised(self) -> bool:
        return self.kind in SUPERVISED

    @property
    def on(self) -> dt.date:
        """The day it begins, in Shanghai."""
        return timezone.localdate(self.starts_at)

    @property
    def led_by(self) -> str:
        return self.leader.display_name if self.leader else self.leader_name


class LearningAttendance(PublicRow, Tenanted):
    """One person at one event; its house is taken from the event by a trigger, which also refuses a
    supervisor among those supervised."""

    class Role(models.TextChoices):
        LEADER = "leader", _("督导或讲师")
        ATTENDEE = "attendee", _("参加者")

    class Presence(models.TextChoices):
        EXPECTED = "expected", _("待参加")
        PRESENT = "present", _("到场")
        LEAVE = "leave", _("请假")
        ABSENT = "absent", _("缺席")

    class Result(models.TextChoices):
        PASSED = "passed", _("合格")
        FAILED = "failed", _("不合格")

    event = models.ForeignKey(LearningEvent, models.CASCADE, related_name="attendances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    staff = models.ForeignKey(
        StaffProfile, models.PROTECT, null=True, blank=True, related_name="attendances"
    )
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.ATTENDEE)
    presence = models.CharField(
        _("出席"), max_length=10, choices=Presence.choices, default=Presence.EXPECTED
    )
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1, null=True, blank=True)
    result = models.CharField(_("结果"), max_length=10, choices=Result.choices, blank=True)
    score = models.DecimalField(_("成绩"), max_digits=5, decimal_places=1, null=True, blank=True)
    # Which tasks or steps of the course are done: their places in its outline.
    steps_done = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    reflection = SealedText(_("反思"), null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)
    certificate_no = models.CharField(_("证书编号"), max_length=60, blank=True)

    objects = LearningAttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="learning_attendance_is_somebody",
                condition=Q(user__isnull=False) | Q(staff__isnull=False) | ~Q(name=""),
            ),
            models.UniqueConstraint(
                name="learning_attendance_once",
                fields=["event", "user"],
                condition=Q(user__isnull=False),
            ),
            models.UniqueConstraint(
                name="learning_attendance_staff_once",
                fields=["event", "staff"],
                condition=Q(staff__isnull=False),
            ),
            models.CheckConstraint(
                name="learning_attendance_hours_with_presence",
                condition=Q(presence="present", hours__isnull=False, hours__gt=0)
                | (~Q(presence="present") & Q(hours__isnull=True)),
            ),
            models.CheckConstraint(
                name="learning_attendance_score_in_range",
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
            ),
            models.CheckConstraint(
                name="learning_attendance_result_of_present",
                condition=Q(result="") | Q(presence="present"),
            ),
            models.CheckConstraint(
                name="learning_attendance_certificate_passed",
                condition=Q(certificate_no="") | Q(result="passed"),
            ),
            models.UniqueConstraint(
                name="learning_certificate_once",
                fields=["organization", "certificate_no"],
                condition=~Q(certificate_no=""),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "user"], name="learning_attendance_user"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.role}"

    @property
    def who(self) -> str:
        """The person's name, wherever it stands."""
        if self.user is not None:
            return self.user.display_name
        return self.staff.name if self.staff else self.name
