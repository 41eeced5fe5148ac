"""Risk alerts: raised by a score or a person, told at once, reported within a day, resolved by report."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.models.codes import AlertTrigger, FormKind, RiskLevel
from cases.permissions import can_record_contact, can_resolve_alert, can_take_alert
from cases.services.case_forms import form_keep
from cases.services.clocks import case_task, hours
from cases.services.crisis_reports import check_crisis_report
from cases.services.guards import check_reported
from cases.services.reporting import report_by_alert, report_by_form
from cases.workflow import ALERT
from departments import audit
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.tasks import task_finish
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

ORDER = tuple(RiskLevel.values)


def raise_on(case: Case, *, trigger: str, severity: str, by: User) -> RiskAlert:
    """Raise an alert on a case this transaction holds; an open one of the same trigger is kept.

    The supervisor is told now, the report F11 is due in 24 h, the case's risk level never falls.
    """
    same = RiskAlert.objects.filter(case=case, trigger=trigger, handled_at=None).first()
    if same is not None and ORDER.index(same.severity) >= ORDER.index(severity):
        return same
    now = timezone.now()
    alert = RiskAlert(
        organization_id=case.organization_id,
        case=case,
        trigger=trigger,
        severity=severity,
        raised_at=now,
        report_due_at=now + hours(case.department, "crisis_report_hours"),
        created_by=by,
    )
    alert.save(force_insert=True)
    write_transition(alert, ALERT, "raise", before="", by=by)
    if ORDER.index(severity) > ORDER.index(case.risk_level):
        case.risk_level = severity
        case.save(update_fields=["risk_level"])
    case_task(
        case,
        "risk_alert",
        due_at=now,
        assignee=case.supervisor_id,
        role="" if case.supervisor_id else "dept_head",
        key=f"risk_alert:{alert.uid}",
        by=by,
    )
    case_task(
        case,
        "crisis_report",
        due_at=alert.report_due_at,
        assignee=case.worker or by,
        key=f"crisis_report:{alert.uid}",
        by=by,
    )
    audit.record(
        "risk_alert.raise", by=by, on=alert, case=case.uid, trigger=trigger, severity=severity
    )
    report_by_alert(case, alert, by=by)
    return alert


@command
def alert_raise(
    *, case: Case, trigger: str = AlertTrigger.WORKER, severity: str = RiskLevel.CRISIS, by: User
) -> RiskAlert:
    """Somebody on the case sees a danger.

    Raises:
        DomainError: `risk_alert.code_unknown`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_record_contact, by, case)
    if trigger not in AlertTrigger.values or severity not in RiskLevel.values:
        raise DomainError("risk_alert.code_unknown", _("请从列表中选择。"), "trigger")
    return raise_on(case, trigger=trigger, severity=severity, by=by)


def _locked(alert: RiskAlert) -> RiskAlert:
    case = Case.objects.locked().get(pk=alert.case_id)
    alert = RiskAlert.objects.locked().get(pk=alert.pk)
    alert.case = case
    return alert


@command
def alert_take(*, alert: RiskAlert, by: User) -> RiskAlert:
    """Somebody acts on it now.

    Raises:
        DomainError: `risk_alert.take.wrong_state`.
    """
    alert = _locked(alert)
    require(can_take_alert, by, alert)
    alert.taken_by = by
    move(alert, ALERT, "take", by=by, also=("taken_by",))
    audit.record("risk_alert.take", by=by, on=alert)
    return alert


def _reported(at: dt.datetime | None) -> dict[str, str | None]:
    """When the authority was told, as the form's day and time."""
    if at is None:
        return {"mandatory_report_at": None}
    local = timezone.localtime(at)
    return {"mandatory_report_at": f"{local:%Y-%m-%d}", "mandatory_time": f"{local:%H:%M}"}


def _check_another(alert: RiskAlert, by: User) -> None:
    """A crisis is ended by the supervisor or the head, and never by who raised it.

    Raises:
        DomainError: `risk_alert.own_crisis` (403).
    """
    if alert.severity != RiskLevel.CRISIS:
        return
    if by.pk == alert.created_by_id or not can_resolve_alert(by, alert):
        raise DomainError(
            "risk_alert.own_crisis", _("危机预警须由另一人（督导或主任）解除。"), status=403
        )


@command
def alert_resolve(
    *,
    alert: RiskAlert,
    report: str,
    outcome: str,
    mandatory_report_at: dt.datetime | None = None,
    by: User,
    **details: Any,
) -> RiskAlert:
    """Write the report F11 and end the alert; a crisis is ended by the supervisor or the head, never by
    who raised it.

    `outcome` is a short code or word, `report` the narrative that is sealed in the form, `details`
    the form's other items.

    Raises:
        DomainError: `risk_alert.*`, `form.item_missing`, `form.crisis_needs_notified`, `risk_alert_minor_harm_is_reported` while harm has not been reported.
    """
    alert = _locked(alert)
    if can_take_alert(by, alert):
        _check_another(alert, by)
    require(can_resolve_alert, by, alert)
    ALERT.check(alert, "resolve")
    if not report.strip():
        raise DomainError(
            "risk_alert_resolved_has_report", _("解除风险预警前须完成危机事件报告。"), "report"
        )
    if not outcome.strip():
        raise DomainError("risk_alert.needs_outcome", _("请写明结果。"), "outcome")
    check_crisis_report(alert, {**details, "report": report, "outcome": outcome})
    is_harm = alert.trigger in (AlertTrigger.MINOR_HARM, AlertTrigger.VIOLENCE)
    if is_harm:
        check_reported(alert)
    if mandatory_report_at is not None and mandatory_report_at > timezone.now():
        raise DomainError(
            "risk_alert.report_in_future", _("报告时间不能在将来。"), "mandatory_report_at"
        )
    alert.report = form_keep(
        case=alert.case,
        kind=FormKind.F11,
        by=by,
        payload={
            **details,
            "trigger": alert.trigger,
            "report": report.strip(),
            "outcome": outcome.strip(),
            **_reported(mandatory_report_at),
        },
    )
    alert.handled_by, alert.handled_at = by, timezone.now()
    alert.outcome, alert.mandatory_report_at = outcome.strip()[:40], mandatory_report_at
    if not is_harm:
        report_by_form(alert.case, details.get("event_type", ""), by=by)
    move(
        alert,
        ALERT,
        "resolve",
        by=by,
        also=("report", "handled_by", "handled_at", "outcome", "mandatory_report_at"),
    )
    for kind in ("risk_alert", "crisis_report"):
        task_finish(organization_id=alert.organization_id, dedup_key=f"{kind}:{alert.uid}")
    audit.record(
        "risk_alert.resolve",
        by=by,
        on=alert,
        case=alert.case.uid,
        mandatory=mandatory_report_at is not None,
    )
    return alert
