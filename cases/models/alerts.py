"""Dangers on a case that somebody must act on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import CaseForm
from cases.models.codes import AlertTrigger, RiskLevel
from cases.querysets import RiskAlertQuerySet
from cases.workflow import AlertState
from msw_portal.kernel.db import CaseRow, PublicRow


class RiskAlert(CaseRow, PublicRow):
    """A danger that somebody must act on now; an open one blocks closing."""

    trigger = models.CharField(_("触发"), max_length=20, choices=AlertTrigger.choices)
    severity = models.CharField(_("程度"), max_length=10, choices=RiskLevel.choices)
    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.RAISED)
    raised_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    handled_at = models.DateTimeField(null=True)
    report_due_at = models.DateTimeField()
    report = models.ForeignKey(CaseForm, models.PROTECT, null=True, related_name="+")
    mandatory_report_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("结果"), max_length=40, blank=True)

    objects = RiskAlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="risk_alert_resolved_has_report",
                condition=Q(
                    state="resolved",
                    handled_at__isnull=False,
                    handled_by__isnull=False,
                    report__isnull=False,
                )
                | ~Q(state="resolved") & Q(handled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="risk_alert_times_in_order",
                condition=Q(handled_at__isnull=True) | Q(handled_at__gte=F("raised_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["case"], name="risk_alert_open", condition=Q(handled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.get_trigger_display()
