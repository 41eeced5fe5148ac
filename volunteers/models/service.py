"""Service as it was done, its hours, and the proof of it."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    DateRangeField,
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.crypto import SealedJSON, SealedText
from msw_portal.kernel.db import PublicRow, Tenanted
from volunteers.models.codes import Anomaly, CertificateKind
from volunteers.models.people import Volunteer
from volunteers.models.shifts import Post, Shift
from volunteers.querysets import CertificateQuerySet, ServiceRecordQuerySet
from volunteers.workflow import ServiceState


class _Served(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class ServiceRecord(PublicRow, Tenanted):
    """Hours served. `hours` is time between check-in and check-out without the break, rounded down to
    half hours (domain §7.2); a CHECK in the database holds the rule. No two records of one volunteer
    overlap.

    `user` and `title` are copied from volunteer and post by a trigger. `need`, `activity` and `group` say whom or
    what the service was for (双工融合); a volunteer reads `content`, never these.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="service_records")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    shift = models.ForeignKey(
        Shift, models.PROTECT, null=True, blank=True, related_name="service_records"
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="service_records")
    title = models.CharField(max_length=60, editable=False)
    checked_in = models.DateTimeField(_("签到"))
    checked_out = models.DateTimeField(_("签退"), null=True, blank=True)
    break_minutes = models.SmallIntegerField(_("休息分钟"), default=0)
    hours = models.DecimalField(
        _("时长"), max_digits=4, decimal_places=1, null=True, blank=True, editable=False
    )
    persons = models.IntegerField(_("服务人数"), default=0)
    content = SealedText(_("服务内容"), null=True, blank=True)
    feedback = SealedText(_("反馈"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=ServiceState.choices,
        default=ServiceState.OPEN,
        editable=False,
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    dispute = SealedText(_("申请更正的内容"), null=True, blank=True)
    need = models.ForeignKey(
        "cases.Need", models.PROTECT, null=True, blank=True, related_name="service_records"
    )
    activity = models.ForeignKey(
        "cases.Activity", models.PROTECT, null=True, blank=True, related_name="service_records"
    )
    group = models.ForeignKey(
        "cases.Group", models.PROTECT, null=True, blank=True, related_name="service_records"
    )
    anomaly = models.CharField(_("异常"), max_length=20, choices=Anomaly.choices, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    void_reason = SealedText(_("作废原因"), null=True, blank=True)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="service_record_state_known", condition=Q(state__in=ServiceState.values)
            ),
            models.CheckConstraint(
                name="service_record_out_after_in",
                condition=Q(checked_out__isnull=True) | Q(checked_out__gt=F("checked_in")),
            ),
            models.CheckConstraint(
                name="service_record_within_a_day",
                condition=Q(checked_out__isnull=True)
                | Q(checked_out__lte=F("checked_in") + dt.timedelta(hours=24)),
            ),
            models.CheckConstraint(
                name="service_record_counts_not_negative",
                condition=Q(break_minutes__gte=0, persons__gte=0),
            ),
            models.CheckConstraint(
                name="service_record_ended_has_out",
                condition=Q(state__in=["open", "voided"]) | Q(checked_out__isnull=False),
            ),
            models.CheckConstraint(
                name="service_record_confirmed_by_somebody",
                condition=~Q(state="confirmed")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="service_record_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True)
                | Q(user__isnull=True)
                | ~Q(confirmed_by=F("user")),
            ),
            models.CheckConstraint(
                name="service_record_voided_has_reason",
                condition=Q(state="voided", voided_at__isnull=False, void_reason__isnull=False)
                | (~Q(state="voided") & Q(voided_at__isnull=True)),
            ),
            ExclusionConstraint(
                name="service_records_do_not_overlap",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    (
                        _Served("checked_in", "checked_out", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "state", "-checked_in", "-id"], name="service_record_state"
            ),
            models.Index(fields=["volunteer", "-checked_in"], name="service_record_volunteer"),
            models.Index(
                fields=["organization", "-checked_in", "-id"], name="service_record_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.checked_in}"


class Certificate(PublicRow, Tenanted):
    """A proof given free of charge (L-VOL 19, P-VR67). `holder` is the name printed on it, `payload`
    the printed facts `{lines: [{title, from, to, hours}], id_masked, contact}`; `link` opens the public check.
    """

    kind = models.CharField(
        _("种类"), max_length=20, choices=CertificateKind.choices, default=CertificateKind.SERVICE
    )
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    holder = SealedText(_("持有人"), pad=True)
    number = models.CharField(_("编号"), max_length=40)
    period = DateRangeField(_("期间"), null=True, blank=True)
    total_hours = models.DecimalField(
        _("总时长"), max_digits=9, decimal_places=1, null=True, blank=True
    )
    issued_on = models.DateField(_("出具日期"))
    payload = SealedJSON(default=dict)
    link = models.ForeignKey(
        "departments.AccessLink", models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    void_reason = SealedText(_("作废原因"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="certificate_number_once", fields=["organization", "number"]
            ),
            models.CheckConstraint(
                name="certificate_kind_known", condition=Q(kind__in=CertificateKind.values)
            ),
            models.CheckConstraint(
                name="certificate_period_not_empty",
                condition=Q(period__isnull=True) | Q(period__isempty=False),
            ),
            models.CheckConstraint(
                name="certificate_service_is_whole",
                condition=~Q(kind="service")
                | Q(volunteer__isnull=False, period__isnull=False, total_hours__gt=0),
            ),
            models.CheckConstraint(
                name="certificate_voided_has_reason",
                condition=Q(voided_at__isnull=True) | Q(void_reason__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-issued_on", "-id"], name="certificate_newest"),
            models.Index(fields=["volunteer", "-issued_on"], name="certificate_volunteer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def last_day(self) -> dt.date | None:
        """The last day of the period; None without one."""
        return self.period.upper - dt.timedelta(days=1) if self.period else None
