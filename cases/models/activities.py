"""Work that is counted without a case: ward rounds (F9), consultations (F10), outreach, hospital-side work."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import NeedCategory
from cases.models.people import Client
from cases.models.service_codes import ActivityKind, ConsultationResult, VisitAction
from cases.querysets import CareQuerySet
from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted


class Activity(PublicRow, Tenanted):
    """`persons` are distinct people, `person_times` are contacts: never mixed. Works without any name."""

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

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
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
