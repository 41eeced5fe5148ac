"""F11 危机事件报告 and the alert it reports: one report stops the clock of one alert."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.events import F11
from cases.models.alerts import RiskAlert
from cases.models.casework import Case, CaseForm
from cases.models.codes import RiskLevel
from departments.services.tasks import task_finish
from msw_portal.kernel.errors import DomainError

OF_NONE = "none"


def alerts_waiting(case: Case) -> QuerySet[RiskAlert]:
    """Open alerts nobody has reported yet, the one that is due first first."""
    rows = RiskAlert.objects.filter(case=case, report__isnull=True).open()
    return rows.order_by("report_due_at", "id")


def alert_words(alert: RiskAlert) -> str:
    """Which alert it is, for the choice on the form."""
    at = timezone.localtime(alert.raised_at)
    return f"{alert.get_trigger_display()}（{alert.get_severity_display()}，{at:%Y-%m-%d %H:%M}）"


def alert_of(case: Case, answers: Mapping[str, Any]) -> RiskAlert | None:
    """The alert that the answers report; None for an event that no alert was raised about.

    With one alert waiting it is that one, unless `alert` says "none".

    Raises:
        DomainError: `form.which_alert` on `alert` while several wait and none is named.
    """
    said = str(answers.get("alert") or "")
    if said == OF_NONE:
        return None
    waiting = list(alerts_waiting(case))
    if said:
        waiting = [one for one in waiting if str(one.uid) == said]
    if len(waiting) > 1 or (said and not waiting):
        raise DomainError("form.which_alert", _("请选择这份报告写的是哪一个预警。"), "alert")
    return waiting[0] if waiting else None


def check_crisis_report(alert: RiskAlert | None, answers: Mapping[str, Any]) -> None:
    """What a crisis report never goes without: what happened and when, and at a crisis who was told.

    Raises:
        DomainError: `form.item_missing` on the item, `form.crisis_needs_notified` on `notified`.
    """
    for item in F11.missing(answers):
        raise DomainError("form.item_missing", _("请填写这一项。"), item.name)
    if alert is not None and alert.severity == RiskLevel.CRISIS and not answers.get("notified"):
        raise DomainError(
            "form.crisis_needs_notified", _("危机须写明已告知谁，至少选一项。"), "notified"
        )


def report_stands(alert: RiskAlert, form: CaseForm) -> None:
    """The alert has its report: its clock stops, and no other."""
    alert.report = form
    alert.save(update_fields=["report"])
    task_finish(organization_id=alert.organization_id, dedup_key=f"crisis_report:{alert.uid}")
