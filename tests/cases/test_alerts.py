"""Risk alerts: told at once, reported within a day, resolved by report."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.casework import CaseForm
from cases.services.alerts import alert_raise, alert_resolve, alert_take
from departments.models.mechanisms import Task
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db
REPORT = {"report": "已与医生、家属会谈，安排陪护", "outcome": "稳定"}


def test_alert_raise_tells_the_supervisor_and_sets_the_report_clock(worker, supervisor, acting):
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
        alert = alert_raise(case=case, by=worker)
        assert (alert.trigger, alert.severity, alert.state) == ("worker", "crisis", "raised")
        assert alert.report_due_at - alert.raised_at == dt.timedelta(hours=24)
        assert Task.objects.get(kind="risk_alert").assignee == supervisor
        assert Task.objects.get(kind="crisis_report").assignee == worker
        assert alert_raise(case=case, by=worker) == alert


def test_the_risk_level_of_the_case_never_falls(worker, acting):
    with acting(worker):
        case = make_case(worker, risk_level="high")
        alert_raise(case=case, severity="medium", by=worker)
        case.refresh_from_db()
        assert case.risk_level == "high"


def test_a_crisis_is_resolved_by_another_person_with_a_report(worker, supervisor, acting, refuses):
    with acting(worker):
        alert = alert_raise(case=make_case(worker, supervisor=supervisor), by=worker)
        with refuses("risk_alert.resolve.wrong_state", status=409):
            alert_resolve(alert=alert, by=worker, **REPORT)
        alert = alert_take(alert=alert, by=worker)
        assert (alert.state, alert.taken_by) == ("handling", worker)
        with refuses("risk_alert.own_crisis", status=403):
            alert_resolve(alert=alert, by=worker, **REPORT)
    with acting(supervisor):
        with refuses("risk_alert_resolved_has_report", "report"):
            alert_resolve(alert=alert, report=" ", outcome="稳定", by=supervisor)
        with refuses("risk_alert.needs_outcome", "outcome"):
            alert_resolve(alert=alert, report="x", outcome="", by=supervisor)
        alert = alert_resolve(alert=alert, by=supervisor, **REPORT)
        assert (alert.state, alert.handled_by, alert.report.kind) == ("resolved", supervisor, "F11")
        assert CaseForm.objects.get(kind="F11").payload["report"] == REPORT["report"]
        assert set(Task.objects.values_list("kind", "state")) == {
            ("risk_alert", "done"),
            ("crisis_report", "done"),
        }


def test_a_worker_resolves_a_lesser_alert(worker, acting):
    with acting(worker):
        alert = alert_raise(case=make_case(worker), severity="medium", by=worker)
        alert = alert_resolve(alert=alert_take(alert=alert, by=worker), by=worker, **REPORT)
        assert alert.state == "resolved"


def test_a_report_time_of_the_form_lies_in_the_past(worker, supervisor, acting, refuses):
    with acting(worker):
        alert = alert_raise(case=make_case(worker, supervisor=supervisor), by=worker)
    with acting(supervisor):
        alert = alert_take(alert=alert, by=supervisor)
        with refuses("risk_alert.report_in_future", "mandatory_report_at"):
            alert_resolve(
                alert=alert,
                mandatory_report_at=timezone.now() + dt.timedelta(hours=1),
                by=supervisor,
                **REPORT,
            )
        alert = alert_resolve(
            alert=alert, mandatory_report_at=timezone.now(), by=supervisor, **REPORT
        )
        assert alert.mandatory_report_at is not None


def test_alert_raise_by_somebody_else_is_refused(worker, worker2, acting, refuses):
    with acting(worker):
        case = make_case(worker)
    with acting(worker2), refuses("permission.can_record_contact", status=403):
        alert_raise(case=case, by=worker2)
