"""强制报告: opened by rules and people, seen by the named only, told, followed, ended by a second person."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.models.reporting import MandatoryReport, ReportEntry, ReportNotice
from cases.report_permissions import can_view_report
from cases.services.alerts import alert_raise, alert_resolve, alert_take
from cases.services.assessment import need_add
from cases.services.case_forms import form_finish
from cases.services.closing import case_close, case_propose_closing, case_void
from cases.services.intake import case_open, episode_record
from cases.services.members import case_member_add
from cases.services.report_course import (
    report_close,
    report_dismiss,
    report_evidence_add,
    report_follow,
    report_tell,
    report_write,
)
from cases.services.report_telling import report_told, reports_tell_late
from cases.services.reporting import named_for, report_name, report_open
from cases.services.secrecy import case_raise_secrecy
from departments.models.mechanisms import Document, Notification, Task, Transition
from departments.models.people import AccessGrant
from departments.models.queues import Outbox
from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope
from tests.cases.test_department_settings import kept
from tests.factories.cases import department_of, make_case, make_client, make_episode, make_screen

pytestmark = pytest.mark.django_db
CHILD = dt.date(timezone.localdate().year - 9, 1, 1)
SEEN = "双臂多处陈旧瘀伤，孩子说“爸爸用皮带打我”"
WHOLE = {
    "name": "演示童",
    "found_on": timezone.localdate(),
    "found_by": "测试社工",
    "signs": ["injuries"],
    "facts": SEEN,
    "safety": "safe",
}
ENDED = "公安已立案，孩子已由民政临时监护"


def opened(by, supervisor=None, **given) -> MandatoryReport:
    client = make_client(by, birth_date=CHILD, name="演示童")
    case = make_case(by, client=client, supervisor=supervisor, **given)
    return report_open(case=case, ground="minor_harm", facts=SEEN, by=by)


def told(report, by, **given) -> ReportNotice:
    values = {
        "recipient": "police",
        "office": "测试派出所",
        "way": "phone",
        "sent_at": timezone.now(),
        "receipt_number": "J-0001",
        **given,
    }
    return report_tell(report=report, by=by, **values)


# ── opening ──────────────────────────────────────────────────────────────────


def test_it_is_opened_without_consent_names_who_must_know_and_starts_the_clock(
    worker, supervisor, head, acting
):
    with acting(worker):
        report = opened(worker, supervisor)
        assert (report.state, report.ground, report.origin) == ("opened", "minor_harm", "worker")
        assert report.due_at - report.opened_at == dt.timedelta(hours=2)
        assert {one.pk for one in named_for(report)} == {worker.pk, supervisor.pk, head.pk}
        assert report.facts["name"] == "演示童"
        tasks = Task.objects.filter(kind="mandatory_report")
        assert {one.assignee_id for one in tasks} == {worker.pk, supervisor.pk, head.pk}
        assert {one.due_at for one in tasks} == {report.due_at}


def test_the_department_sets_its_own_clock(worker, head, acting, refuses):
    with acting(head):
        with refuses("clocks.out_of_range", "mandatory_report_hours"):
            kept(head, mandatory_report_hours="25")
        kept(head, mandatory_report_hours="1")
    with acting(worker):
        report = opened(worker)
        assert report.due_at - report.opened_at == dt.timedelta(hours=1)


@pytest.mark.parametrize("trigger", ["minor_harm", "violence"])
def test_an_alert_about_harm_opens_it_once(worker, acting, trigger):
    with acting(worker):
        case = make_case(worker, client=make_client(worker, birth_date=CHILD))
        alert = alert_raise(case=case, trigger=trigger, by=worker)
        report = MandatoryReport.objects.get()
        assert (report.alert, report.origin, report.ground) == (alert, "alert", "minor_harm")
        alert_raise(case=case, trigger="violence", by=worker)
        alert_raise(case=case, trigger="minor_harm", by=worker)
        assert MandatoryReport.objects.count() == 1


def test_other_alerts_open_none(worker, acting):
    with acting(worker):
        case = make_case(worker, client=make_client(worker, birth_date=CHILD))
        alert_raise(case=case, by=worker)
        alert_raise(case=case, trigger="phq9_9", by=worker)
        assert not MandatoryReport.objects.exists()


def test_the_quick_screen_opens_it_by_its_crisis_rule(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="assessment")
        make_screen(case, worker, item_harm="yes", item_harm_kind=["self"])
        assert not MandatoryReport.objects.exists()
        make_screen(case, worker, item_harm="yes", item_harm_kind=["by_others"])
        assert MandatoryReport.objects.get().ground == "violence"


def test_a_need_a_diagnosis_and_a_crisis_report_open_it(worker, acting):
    need = {"statement": "被父亲殴打", "voice": "worker", "severity": 5}
    with acting(worker):
        case = make_case(worker, stage="assessment")
        need_add(case=case, category="emotional", by=worker, **need)
        assert not MandatoryReport.objects.exists()
        need_add(case=case, category="abuse_violence", by=worker, **need)
        assert MandatoryReport.objects.get(case=case).origin == "need"

        case = make_case(worker, stage="assessment")
        episode_record(client=case.client, visit_type="outpatient", diagnosis="肺炎", by=worker)
        assert not MandatoryReport.objects.filter(case=case).exists()
        episode_record(
            client=case.client, visit_type="outpatient", diagnosis="T74.1 躯体虐待", by=worker
        )
        assert MandatoryReport.objects.get(case=case).origin == "diagnosis"

        client = make_client(worker, birth_date=CHILD)
        stay = make_episode(client, worker, diagnosis="非意外伤害待查")
        case = case_open(
            client=client,
            department=department_of(worker),
            source="outreach",
            presenting_problem="x",
            episode=stay,
            by=worker,
        )
        assert MandatoryReport.objects.get(case=case).ground == "minor_harm"

        case = make_case(worker, stage="intervention")
        said = {
            "report": "已处理",
            "outcome": "seen_safe",
            "happened_on": timezone.localdate(),
            "notified": ["doctor"],
            "alert": "none",
        }
        form_finish(case=case, kind="F11", by=worker, event_type="dispute", **said)
        assert not MandatoryReport.objects.filter(case=case).exists()
        form_finish(case=case, kind="F11", by=worker, event_type="abuse", **said)
        assert MandatoryReport.objects.get(case=case).origin == "form"


def test_who_is_not_on_the_case_opens_none_and_bad_input_has_its_field(
    worker, worker2, acting, refuses
):
    with acting(worker):
        case = make_case(worker)
        with refuses("mandatory_report_ground_known", "ground"):
            report_open(case=case, ground="x", facts=SEEN, by=worker)
        with refuses("mandatory_report.needs_facts", "facts"):
            report_open(case=case, ground="violence", facts=" ", by=worker)
        report_open(case=case, ground="violence", facts=SEEN, by=worker)
        with refuses("mandatory_report.one_is_open", status=409):
            report_open(case=case, ground="violence", facts=SEEN, by=worker)
    with acting(worker2), refuses("permission.can_open_report", status=403):
        report_open(case=case, ground="violence", facts=SEEN, by=worker2)


# ── who sees it ──────────────────────────────────────────────────────────────

TABLES = ("cases_mandatoryreport", "cases_reportnotice", "cases_reportentry")


def test_only_the_named_see_it_even_with_filters_off(
    worker, worker2, assistant, supervisor, head, auditor, other_head, acting, rows, upload
):
    with acting(worker):
        report = opened(worker, supervisor)
        for colleague, role in ((worker2, "worker"), (assistant, "assistant")):
            case_member_add(case=report.case, user=colleague, role=role, by=worker)
        report_evidence_add(notice=told(report, worker), file=upload, by=worker)
        report_follow(report=report, occurred_on=timezone.localdate(), text="已出警", by=worker)
    for person, sees in (
        (worker, 1),
        (supervisor, 1),
        (head, 1),
        (worker2, 0),
        (assistant, 0),
        (auditor, 0),
        (other_head, 0),
    ):
        with acting(person):
            for table in TABLES:
                assert rows(f"SELECT count(*) FROM {table}") == [(sees,)], (person, table)
            for model in (MandatoryReport, ReportNotice, ReportEntry):
                assert model.objects.visible_to(person).count() == sees
            assert can_view_report(person, report) == bool(sees)
            assert Document.objects.filter(kind="report_evidence").count() == sees
            assert Transition.objects.filter(workflow="mandatory_report").exists() == bool(sees)
            mine = Task.objects.visible_to(person).filter(kind="mandatory_report")
            assert mine.exists() == bool(sees)


def test_a_member_may_open_one_without_learning_of_the_other(worker, assistant, acting):
    with acting(worker):
        report = opened(worker)
        case_member_add(case=report.case, user=assistant, role="assistant", by=worker)
    with acting(assistant):
        case = Case.objects.get(pk=report.case_id)
        own = report_open(case=case, ground="minor_harm", facts=SEEN, by=assistant)
        assert list(MandatoryReport.objects.all()) == [own]
    with acting(worker):
        assert MandatoryReport.objects.filter(case=case).count() == 2


def test_no_secrecy_stops_it_the_head_sees_the_report_of_a_case_that_stays_closed_to_him(
    worker, head, acting
):
    with acting(worker):
        case = case_raise_secrecy(
            case=make_case(worker, client=make_client(worker, name="演示密")),
            named=[],
            reason="涉及家庭暴力，需要严格保密",
            by=worker,
        )
        report = report_open(case=case, ground="violence", facts=SEEN, by=worker)
    with acting(head):
        assert not Case.objects.exists()
        assert MandatoryReport.objects.visible_to(head).get().facts["name"] == "演示密"
        assert report.case_id == case.pk


def test_the_case_s_own_trail_says_nothing(worker, head, auditor, acting):
    with acting(worker):
        report = opened(worker)
        with connection.cursor() as cursor:
            cursor.execute("SELECT action FROM app.audit_of_subject(%s, 100)", [report.case.uid])
            assert not [row for row in cursor.fetchall() if "report" in row[0]]
    with acting(auditor):
        entry = AuditEntry.objects.get(action="mandatory_report.open")
        assert str(report.case.uid) not in entry.body
        assert entry.subject_uid == report.uid


def test_somebody_more_is_named_with_a_reason(worker, worker2, assistant, acting, refuses):
    with acting(worker):
        report = opened(worker)
        with refuses("mandatory_report.needs_reason", "reason"):
            report_name(report=report, person=worker2, reason="接手", by=worker)
        with refuses("mandatory_report.named_already", "person"):
            report_name(report=report, person=worker, reason="接手个案，须继续跟进", by=worker)
        report_name(report=report, person=worker2, reason="接手个案，须继续跟进", by=worker)
    with acting(worker2):
        assert MandatoryReport.objects.visible_to(worker2).get() == report
        assert Task.objects.visible_to(worker2).filter(kind="mandatory_report").count() == 1
        with refuses("permission.can_name_for_report", status=403):
            report_name(report=report, person=assistant, reason="接手个案，须继续跟进", by=worker2)


def test_who_is_not_of_the_house_cannot_be_named(worker, other_worker, acting, refuses):
    with acting(worker), refuses("mandatory_report.not_here", "person"):
        report_name(
            report=opened(worker), person=other_worker, reason="接手个案，须继续跟进", by=worker
        )


def test_the_database_keeps_it_apart(worker, acting, rows):
    with acting(worker):
        report = opened(worker)
        assert report.compartment_id < 0
        assert rows("SELECT compartment_id FROM cases_case") == [(None,)]
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows("UPDATE cases_mandatoryreport SET compartment_id = -5")
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            rows("DELETE FROM cases_mandatoryreport")


# ── its course ───────────────────────────────────────────────────────────────


def test_telling_the_police_stops_the_clock_and_follow_up_begins(worker, acting, upload):
    with acting(worker):
        report = opened(worker)
        told(report, worker, recipient="women_federation", office="区妇联")
        report.refresh_from_db()
        assert (report.state, report.reported_at) == ("opened", None)
        at = timezone.now()
        notice = told(report, worker, sent_at=at, file=upload)
        report.refresh_from_db()
        assert (report.state, report.reported_at) == ("reported", at)
        assert Document.objects.get(subject_id=notice.pk).compartment_id == report.compartment_id
        states = Task.objects.filter(kind="mandatory_report").values_list("state", flat=True)
        assert set(states) == {"done"}
        assert Task.objects.get(kind="report_follow_up", state="open").assignee == worker
        told(report, worker, recipient="education", office="区教育局")
        report_follow(report=report, occurred_on=timezone.localdate(), text="已出警", by=worker)
        report.refresh_from_db()
        assert (report.state, report.notices.count()) == ("followed", 3)
        assert Task.objects.filter(kind="report_follow_up", state="open").count() == 1


def test_violence_against_an_adult_is_told_to_the_police_alone(worker, acting):
    with acting(worker):
        case = make_case(worker)
        report = report_open(case=case, ground="violence", facts=SEEN, by=worker)
        told(report, worker, recipient="civil_affairs", office="区民政局")
        report.refresh_from_db()
        assert report.state == "opened"
        told(report, worker)
        report.refresh_from_db()
        assert report.state == "reported"


def test_bad_notices_and_entries_have_their_field(worker, acting, refuses):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    with acting(worker):
        report = opened(worker)
        for rule, field, bad in (
            ("report_notice_recipient_known", "recipient", {"recipient": "x"}),
            ("report_notice_way_known", "way", {"way": "x"}),
            ("report_notice.needs_office", "office", {"office": " "}),
            ("report_notice.in_future", "sent_at", {"sent_at": tomorrow}),
            ("report_notice.too_early", "sent_on", {"sent_at": tomorrow - dt.timedelta(days=3)}),
        ):
            with refuses(rule, field):
                told(report, worker, **bad)
        with refuses("report_entry.needs_text", "text"):
            report_follow(report=report, occurred_on=timezone.localdate(), text=" ", by=worker)
        with refuses("report_entry.in_future", "occurred_on"):
            report_follow(
                report=report, occurred_on=timezone.localdate(tomorrow), text="x", by=worker
            )


def test_what_was_reported_is_only_added_to(worker, acting, refuses):
    with acting(worker):
        report = opened(worker)
        report_write(report=report, by=worker, **WHOLE)
        report_write(report=report, by=worker, **WHOLE | {"safety": "unsafe"})
        with refuses("form.stale", status=409):
            report_write(report=report, base=1, by=worker, **WHOLE)
        told(report, worker)
        with refuses("mandatory_report.is_told", status=409):
            report_write(report=report, by=worker, **WHOLE)
        kept = WHOLE | {"safety": "unsafe"}
        report = report_write(report=report, by=worker, **kept, school="测试小学")
        assert report.facts["school"] == "测试小学"


def test_it_is_ended_by_supervisor_or_head_when_the_sheet_is_whole(
    worker, supervisor, acting, refuses
):
    with acting(worker):
        report = opened(worker, supervisor)
        with refuses("permission.can_close_report", status=403):
            report_close(report=report, ending=ENDED, by=worker)
    with acting(supervisor):
        with refuses("mandatory_report.close.wrong_state", status=409):
            report_close(report=report, ending=ENDED, by=supervisor)
        told(report, supervisor)
        with refuses("mandatory_report.needs_facts", status=409):
            report_close(report=report, ending=ENDED, by=supervisor)
        kept = report.facts | WHOLE | {"found_by": report.facts["found_by"]}
        kept.pop("case_number")
        report_write(report=report, by=supervisor, **kept)
        with refuses("mandatory_report.needs_ending", "ending"):
            report_close(report=report, ending="好了", by=supervisor)
        report = report_close(report=report, ending=ENDED, by=supervisor)
        assert (report.state, report.ended_by, report.is_open) == ("closed", supervisor, False)
        assert not Task.objects.filter(
            kind__in=["mandatory_report", "report_follow_up"], state="open"
        ).exists()
        for late in (told, lambda one, by: report_write(report=one, by=by, **WHOLE)):
            with refuses("mandatory_report.is_ended", status=409):
                late(report, supervisor)


def test_a_second_person_finds_that_it_does_not_apply(worker, head, acting, refuses):
    why = "核实为骑车摔伤，有监控和目击者"
    with acting(worker):
        report = opened(worker)
        with refuses("permission.can_dismiss_report", status=403):
            report_dismiss(report=report, reason=why, by=worker)
    with acting(head):
        with refuses("mandatory_report.dismiss.needs_reason", "reason"):
            report_dismiss(report=report, reason=" ", by=head)
        with refuses("mandatory_report.needs_reason", "reason"):
            report_dismiss(report=report, reason="摔伤", by=head)
        report = report_dismiss(report=report, reason=why, by=head)
        assert (report.state, report.ending) == ("dismissed", why)
        assert set(
            Task.objects.filter(kind="mandatory_report").values_list("state", flat=True)
        ) == {"cancelled"}


def test_nobody_dismisses_what_he_opened_nor_what_was_told(
    worker, supervisor, head, acting, refuses
):
    why = "核实为骑车摔伤，有监控和目击者"
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
    with acting(supervisor):
        report = report_open(case=case, ground="violence", facts=SEEN, by=supervisor)
        with refuses("mandatory_report.own", status=403):
            report_dismiss(report=report, reason=why, by=supervisor)
        told(report, supervisor)
    with acting(head), refuses("mandatory_report.dismiss.wrong_state", status=409):
        report_dismiss(report=report, reason=why, by=head)


# ── what it blocks ───────────────────────────────────────────────────────────


@pytest.fixture
def closable(worker, supervisor, acting):
    """A case at its closing sign-off."""
    with acting(worker):
        client = make_client(worker, birth_date=CHILD)
        case = make_case(worker, stage="evaluation", client=client, supervisor=supervisor)
        case_propose_closing(
            case=case, summary="达成", satisfaction=5, client_informed=True, by=worker
        )
    return case


def test_closing_is_refused_to_who_sees_it_and_in_neutral_words_to_others(
    closable, worker, supervisor, head, acting, refuses
):
    with acting(worker):
        report = report_open(case=closable, ground="minor_harm", facts=SEEN, by=worker)
    with acting(supervisor):
        with refuses("case.report_open", status=409):
            case_close(case=closable, reason="goals_met", by=supervisor)
        AccessGrant.objects.filter(user=supervisor).delete()
    with acting(supervisor):
        assert not MandatoryReport.objects.exists()
        with refuses("case.not_now", status=409) as _:
            case_close(case=closable, reason="goals_met", by=supervisor)
    with acting(head):
        with refuses("case.report_open", status=409):
            case_void(case=closable, reason="登记错误，重复建案", by=head)
        report_dismiss(report=report, reason="核实为骑车摔伤，有监控和目击者", by=head)
    with acting(supervisor):
        assert case_close(case=closable, reason="goals_met", by=supervisor).stage == "closed"


def test_an_alert_about_harm_waits_for_the_report(worker, supervisor, acting, refuses, rows):
    with acting(worker):
        case = make_case(worker, supervisor=supervisor)
        alert = alert_raise(case=case, trigger="minor_harm", by=worker)
        report = MandatoryReport.objects.get()
    said = {
        "report": "已与医生、家属会谈",
        "outcome": "稳定",
        "event_type": "abuse",
        "happened_on": timezone.localdate(),
        "notified": ["doctor"],
    }
    with acting(supervisor):
        alert = alert_take(alert=alert, by=supervisor)
        with refuses("risk_alert_minor_harm_is_reported", status=409):
            alert_resolve(alert=alert, by=supervisor, **said)
        AccessGrant.objects.filter(user=supervisor).delete()
    with acting(supervisor):
        with refuses("risk_alert.not_now", status=409):
            alert_resolve(alert=alert, by=supervisor, **said)
        with pytest.raises(IntegrityError, match="harm is reported first"), transaction.atomic():
            rows(
                "UPDATE cases_riskalert SET state = 'resolved', handled_at = now(), "
                "handled_by_id = created_by_id WHERE id = %s",
                alert.pk,
            )
    with acting(worker):
        told(report, worker)
    with acting(supervisor):
        assert alert_resolve(alert=alert, by=supervisor, **said).state == "resolved"


# ── who is told ──────────────────────────────────────────────────────────────


def test_opening_tells_the_others_and_lateness_tells_everybody_once(
    worker, supervisor, head, assistant, acting
):
    with acting(worker):
        report = opened(worker, supervisor)
        house = report.organization_id
        payload = Outbox.objects.get(topic="mandatory_report.opened").payload
    with scope(org=house, role="system", care=house):
        assert report_told(house=house, report_uid=report.uid, payload=payload) == 2
    assert reports_tell_late() == 0
    with scope(org=house, role="system", care=house, compartments=[report.compartment_id]):
        MandatoryReport.objects.update(opened_at=timezone.now() - dt.timedelta(hours=3))
        past = timezone.now() - dt.timedelta(minutes=1)
        Task.objects.filter(kind="mandatory_report").update(due_at=past)
    assert reports_tell_late() == 1
    assert reports_tell_late() == 0
    for person, heard in (
        (worker, ["mandatory_report.late"]),
        (supervisor, ["mandatory_report.late", "mandatory_report.opened"]),
        (head, ["mandatory_report.late", "mandatory_report.opened"]),
        (assistant, []),
    ):
        with acting(person):
            kinds = Notification.objects.visible_to(person).order_by("kind")
            assert list(kinds.values_list("kind", flat=True)) == heard


# ── pages ────────────────────────────────────────────────────────────────────


def test_the_card_says_the_same_whether_or_not_there_is_a_report_one_is_not_named_for(
    client_for, worker, assistant, acting
):
    with acting(worker):
        report = opened(worker)
        case_member_add(case=report.case, user=assistant, role="assistant", by=worker)
    address = reverse("cases:reports_panel", args=[report.case.uid])
    before = client_for(assistant).get(address).content
    assert str(report.uid) not in before.decode()
    assert str(report.uid) in client_for(worker).get(address).content.decode()
    with acting(worker):
        report_name(report=report, person=assistant, reason="照护中须配合报告和安置工作", by=worker)
    assert str(report.uid) in client_for(assistant).get(address).content.decode()


def test_the_pages_keep_what_was_typed_and_print(client_for, worker, other_worker, acting):
    with acting(worker):
        report = opened(worker)
    page = client_for(worker)
    address = reverse("cases:report_tell", args=[report.uid])
    bad = page.post(address, {"recipient": "police", "office": "测试派出所", "way": "phone"})
    assert bad.status_code == 422
    assert 'value="测试派出所"' in bad.content.decode()
    now = timezone.localtime()
    typed = {"recipient": "police", "office": "测试派出所", "way": "phone"}
    typed |= {"sent_on": f"{now:%Y-%m-%d}", "sent_at": f"{now:%H:%M}"}
    assert page.post(address, typed).status_code == 302
    paper = page.get(reverse("cases:report_print", args=[report.uid]))
    assert paper.content.startswith(b"%PDF")
    for name in ("report", "report_tell", "report_print"):
        there = reverse(f"cases:{name}", args=[report.uid])
        assert client_for(other_worker).get(there).status_code == 404
