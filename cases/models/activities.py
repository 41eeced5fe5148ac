"""Work that is counted without a case: ward rounds (F9), consultations (F10), outreach, hospital-side work."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.group_workflow import EventState
from cases.models.casework import Case
from cases.models.codes import NeedCategory
from cases.models.group_codes import EventKind, GuestKind
from cases.models.groups import Group, GroupMember
from cases.models.people import Client
from cases.models.service_codes import ActivityKind, ConsultationResult, VisitAction
from cases.querysets import CareQuerySet
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class Activity(PublicRow, Tenanted):
    """`persons` are distinct people, `person_times` are contacts: never mixed. Works without any name.

    Community work is planned first (`state`, `event`, `plan`); everything else is written down when it
    is done and stands as held from the beginning.
    """

    is_care = True

    kind = models.CharField(_("种类"), max_length=20, choices=ActivityKind.choices)
    department = models.ForeignKey("departments.Department", models.PROTECT, related_name="+")
    occurred_on = models.DateField(_("日期"))
    starts_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    minutes = models.SmallIntegerField(_("分钟"))
    ward = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    place = models.CharField(_("地点"), max_length=60, blank=True)
    persons = models.IntegerField(_("人数"), default=0)
    person_times = models.IntegerField(_("人次"), default=0)
    volunteers = models.IntegerField(_("志愿者人数"), default=0)
    topic = models.CharField(_("主题"), max_length=120, blank=True)
    services = ArrayField(
        models.CharField(max_length=40), verbose_name=_("服务内容"), default=list, blank=True
    )
    plan = SealedJSON(null=True)
    record = SealedText(_("记录"), null=True, blank=True)
    result = models.CharField(
        _("结果"), max_length=20, choices=ConsultationResult.choices, blank=True
    )
    satisfaction = models.DecimalField(
        _("满意度"), max_digits=3, decimal_places=2, null=True, blank=True
    )

    state = models.CharField(
        _("状态"), max_length=12, choices=EventState.choices, default=EventState.HELD
    )
    event = models.CharField(_("活动类型"), max_length=20, choices=EventKind.choices, blank=True)
    group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("病友会"),
    )
    expected = models.IntegerField(_("预计人数"), null=True, blank=True)
    satisfied_count = models.IntegerField(_("满意度份数"), null=True, blank=True)
    summary = SealedJSON(null=True)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="activity_state_known",
                condition=Q(state__in=EventState.values) & Q(event__in=["", *EventKind.values]),
            ),
            models.CheckConstraint(
                name="activity_not_held_counts_nobody",
                condition=~Q(state__in=("planned", "cancelled"))
                | Q(persons=0, person_times=0, volunteers=0),
            ),
            models.CheckConstraint(
                name="activity_summarized_has_summary",
                condition=~Q(state="summarized") | Q(summary__isnull=False),
            ),
            models.CheckConstraint(
                name="activity_satisfaction_counted",
                condition=Q(satisfaction__isnull=True)
                | Q(satisfaction__range=(1, 5))
                & (Q(satisfied_count__isnull=True) | Q(satisfied_count__gte=1)),
            ),
            models.CheckConstraint(
                name="activity_expected_positive",
                condition=Q(expected__isnull=True) | Q(expected__gte=1),
            ),
            models.CheckConstraint(
                name="activity_minutes_in_range", condition=Q(minutes__range=(1, 1440))
            ),
            models.CheckConstraint(
                name="activity_person_times_cover_persons",
                condition=Q(persons__gte=0, volunteers__gte=0, person_times__gte=F("persons")),
            ),
            models.CheckConstraint(
                name="activity_kind_known", condition=Q(kind__in=ActivityKind.values)
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-occurred_on", "-id"], name="activity_list"),
            models.Index(
                fields=["organization", "department", "kind", "-occurred_on"],
                name="activity_department",
            ),
            models.Index(fields=["group"], name="activity_group", condition=Q(group__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_on}"


class ActivityLine(PublicRow, Tenanted):
    """One bed or caller of a visit; a line may be promoted to a case."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="lines")
    bed = models.CharField(_("床号"), max_length=20, blank=True)
    need = models.CharField(_("需求"), max_length=40, choices=NeedCategory.choices, blank=True)
    action = models.CharField(_("处理"), max_length=20, choices=VisitAction.choices)
    note = SealedText(_("简记"), null=True, blank=True)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="activity_lines"
    )
    promoted_case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="from_line"
    )

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="activity_line_action_known", condition=Q(action__in=VisitAction.values)
            )
        ]
        indexes = [models.Index(fields=["client"], name="activity_line_client")]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.bed}"


class SignIn(PublicRow, Tenanted):
    """One line of an activity's sign-in sheet: who came, as far as anybody wants to say.

    `heads` people came together; a name is not asked for. A member of the association and a person of the
    register may be linked, so that who comes twice is one of the 人数.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="sign_ins")
    kind = models.CharField(_("身份"), max_length=12, choices=GuestKind.choices)
    name = SealedText(_("称呼"), null=True, blank=True, pad=True)
    heads = models.SmallIntegerField(_("一行几人"), default=1)
    member = models.ForeignKey(
        GroupMember, models.PROTECT, null=True, blank=True, related_name="sign_ins"
    )

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sign_in_kind_known",
                condition=Q(kind__in=GuestKind.values, heads__range=(1, 500)),
            ),
            models.UniqueConstraint(name="sign_in_member_once", fields=["activity", "member"]),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.get_kind_display()}"
