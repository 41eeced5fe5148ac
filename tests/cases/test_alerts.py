"""Risk alerts: told at once, reported within a day, resolved by report."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import CaseForm
from cases.permissions import can_resolve_alert
from cases.services.alerts import alert_raise, alert_resolve, alert_take
from cases.services.case_forms import form_finish
from cases.services.members import case_member_add
from departments.models.mechanisms import Task
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db
REPORT = {
    "report": "已与医生、家属会谈，安排陪护",
    "outcome": "稳定",
    "event_type": "self_harm",
    "happened_on": timezone.localdate(),
    "notified": ["doctor"],
}


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
        with refuses("risk_alert.own_crisis", status=403):
            alert_resolve(alert=alert, by=worker, **REPORT)
    with acting(supervisor), refuses("risk_alert.resolve.wrong_state", status=409):
        alert_resolve(alert=alert, by=supervisor, **REPORT)
    with acting(worker):
        alert = alert_take(alert=alert, by=worker)
        assert (alert.state, alert.taken_by) == ("handling", worker)
        with refuses("risk_alert.own_crisis", status=403):
            alert_resolve(alert=alert, by=worker, **REPORT)
    with acting(supervisor):
        with refuses("risk_alert_resolved_has_report", "report"):
            alert_resolve(alert=alert, by=supervisor, **REPORT | {"report": " "})
        with refuses("risk_alert.needs_outcome", "outcome"):
            alert_resolve(alert=alert, by=supervisor, **REPORT | {"outcome": ""})
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


def test_a_crisis_is_not_ended_by_another_worker_of_the_case(
    worker, worker2, head, acting, refuses
):
    """Not only another person: who leads the case."""
    with acting(worker):
        case = make_case(worker)
        case_member_add(case=case, user=worker2, role="worker", by=worker)
        alert = alert_take(alert=alert_raise(case=case, by=worker), by=worker)
        assert not can_resolve_alert(worker, alert)
    with acting(worker2), refuses("risk_alert.own_crisis", status=403):
        alert_resolve(alert=alert, by=worker2, **REPORT)
    with acting(head):
        assert alert_resolve(alert=alert, by=head, **REPORT).handled_by == head


@pytest.mark.parametrize(
    ("lacking", "rule"),
    [
        ("event_type", "form.item_missing"),
        ("happened_on", "form.item_missing"),
        ("notified", "form.crisis_needs_notified"),
    ],
)
def test_a_crisis_report_says_what_happened_when_and_who_was_told(
    worker, head, acting, refuses, lacking, rule
):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        alert = alert_raise(case=case, by=worker)
        with refuses(rule, lacking):
            form_finish(case=case, kind="F11", by=worker, **REPORT | {lacking: None})
    with acting(head):
        alert = alert_take(alert=alert, by=head)
        with refuses(rule, lacking):
            alert_resolve(alert=alert, by=head, **REPORT | {lacking: None})


def test_a_lesser_danger_needs_no_word_of_who_was_told(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        alert = alert_raise(case=case, severity="medium", by=worker)
        form = form_finish(case=case, kind="F11", by=worker, **REPORT | {"notified": None})
        alert.refresh_from_db()
        assert alert.report == form


def test_one_report_stops_the_clock_of_one_alert(worker, head, acting, refuses):
    def due(alert):
        return Task.objects.get(dedup_key=f"crisis_report:{alert.uid}").state

    with acting(worker):
        case = make_case(worker, stage="intervention")
        first = alert_raise(case=case, by=worker)
        second = alert_raise(case=case, trigger="violence", severity="high", by=worker)
        with refuses("form.which_alert", "alert"):
            form_finish(case=case, kind="F11", by=worker, **REPORT)
        form_finish(case=case, kind="F11", alert="none", by=worker, **REPORT)
        assert (due(first), due(second)) == ("open", "open")
        form = form_finish(case=case, kind="F11", alert=str(second.uid), by=worker, **REPORT)
        second.refresh_from_db()
        assert (due(first), due(second), second.report) == ("open", "done", form)
        corrected = {"corrects": form, "correction_reason": "时间写错了"}
        form_finish(case=case, kind="F11", by=worker, **corrected, **REPORT)
        assert due(first) == "open"
    with acting(head):
        alert_resolve(alert=alert_take(alert=first, by=head), by=head, **REPORT)
    with acting(worker):
        assert due(first) == "done"
        states = Task.objects.filter(kind="risk_alert").values_list("dedup_key", "state")
        assert set(states) == {
            (f"risk_alert:{first.uid}", "done"),
            (f"risk_alert:{second.uid}", "open"),
        }


def test_the_page_of_a_crisis_report_asks_which_of_two_alerts(worker, acting, client_for):
    with acting(worker):
        case = make_case(worker, stage="intervention")
        first = alert_raise(case=case, by=worker)
    client, url = client_for(worker), reverse("cases:form_write", args=[case.uid, "F11"])
    page = client.get(url).content.decode()
    assert f'value="{first.uid}"' in page and "checked" in page
    with acting(worker):
        second = alert_raise(case=case, trigger="distress", severity="high", by=worker)
    refused = client.post(url, REPORT | {"outcome": "seen_safe"})
    assert refused.status_code == 422
    sent = client.post(url, REPORT | {"outcome": "seen_safe", "alert": str(second.uid)})
    assert sent.status_code in (200, 302), sent.content.decode()
    with acting(worker):
        second.refresh_from_db()
        assert second.report is not None
