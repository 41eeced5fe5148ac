"""Open, assign, decline, accept."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.casework import Case, CaseForm
from cases.services.case_forms import form_finish
from cases.services.consents import consent_withdraw
from cases.services.intake import (
    case_accept,
    case_assign,
    case_decline,
    case_open,
    case_refer_out,
    episode_record,
)
from cases.workflow import CaseStage
from departments.audit import history
from departments.models.mechanisms import Task, Transition
from msw_portal.kernel.commands import command
from tests.factories.cases import department_of, make_case, make_client, make_consent, make_episode

pytestmark = pytest.mark.django_db
OPENING = {"source": "clinician_referral", "presenting_problem": "担心住院费用"}


def test_case_open_waits_at_the_door_with_a_triage_clock_of_24_hours(worker, acting):
    with acting(worker):
        case = case_open(
            client=make_client(worker), department=department_of(worker), by=worker, **OPENING
        )
        assert (case.stage, case.number, case.worker, case.secrecy) == (
            CaseStage.PENDING,
            "",
            None,
            4,
        )
        assert case.presenting_problem == "担心住院费用"
        task = Task.objects.get(kind="triage", subject_id=case.pk)
        assert task.due_at - case.opened_at == dt.timedelta(hours=24)
        assert [(row.step, row.to_state) for row in Transition.objects.of(case)] == [
            ("open", "pending")
        ]
        assert [event.action for event in history(case)] == ["case.open"]


def test_case_open_in_a_crisis_is_due_in_2_hours(worker, acting):
    with acting(worker):
        case = case_open(
            client=make_client(worker),
            department=department_of(worker),
            risk_level="crisis",
            by=worker,
            **OPENING,
        )
        task = Task.objects.get(kind="triage", subject_id=case.pk)
        assert task.due_at - case.opened_at == dt.timedelta(hours=2)


def test_case_open_audits_codes_and_no_words_of_the_person(worker, acting):
    with acting(worker):
        case = case_open(
            client=make_client(worker), department=department_of(worker), by=worker, **OPENING
        )
        [event] = history(case)
    assert "clinician_referral" in event.body
    assert "担心" not in event.body


@pytest.mark.parametrize("login", ["assistant", "clinician", "officer", "auditor"])
def test_case_open_is_refused_to_other_roles(login, request, worker, acting, refuses):
    person = request.getfixturevalue(login)
    with acting(worker):
        client, department = make_client(worker), department_of(worker)
    with acting(person), refuses("permission.can_open_case", status=403):
        case_open(client=client, department=department, by=person, **OPENING)


def test_case_open_refuses_an_empty_problem_and_unknown_codes(worker, acting, refuses):
    with acting(worker):
        given = {"client": make_client(worker), "department": department_of(worker), "by": worker}
        with refuses("case.needs_problem", "presenting_problem"):
            case_open(**given, source="outreach", presenting_problem="  ")
        with refuses("case.code_unknown", "source"):
            case_open(**given, source="nowhere", presenting_problem="x")
        with refuses("case.code_unknown", "risk_level"):
            case_open(**given, **OPENING, risk_level="enormous")
        assert not Case.objects.exists()


def test_case_open_in_another_house_is_refused(worker, other_worker, acting, refuses):
    with acting(other_worker):
        elsewhere = department_of(other_worker)
    with acting(worker), refuses("case.department_elsewhere", "department"):
        case_open(client=make_client(worker), department=elsewhere, by=worker, **OPENING)


def test_case_open_refuses_an_episode_of_another_person(worker, acting, refuses):
    with acting(worker):
        episode = make_episode(make_client(worker), worker)
        with refuses("case.episode_of_another", "episode"):
            case_open(
                client=make_client(worker),
                department=department_of(worker),
                episode=episode,
                by=worker,
                **OPENING,
            )


def test_a_second_open_case_of_a_person_needs_a_reason(worker, acting, refuses):
    with acting(worker):
        client, department = make_client(worker), department_of(worker)
        given = {"client": client, "department": department, "by": worker, **OPENING}
        case_open(**given)
        with refuses("case_one_open_per_client", "duplicate_reason"):
            case_open(**given)
        with refuses("case_one_open_per_client", "duplicate_reason"):
            case_open(**given, duplicate_reason="再开")
        second = case_open(**given, duplicate_reason="另一次住院由另一病区转介")
        assert second.duplicate_reason == "另一次住院由另一病区转介"


def test_a_reason_without_a_second_case_is_not_kept(worker, acting):
    with acting(worker):
        case = case_open(
            client=make_client(worker),
            department=department_of(worker),
            duplicate_reason="不需要的理由",
            by=worker,
            **OPENING,
        )
    assert case.duplicate_reason == ""


def test_the_database_keeps_one_open_case_when_two_open_at_once(worker, acting, refuses):
    """The service's look is not a lock on what does not exist yet; the index is."""
    with acting(worker):
        client = make_client(worker)
        make_case(worker, client=client)

        @command
        def second():
            make_case(worker, client=client)

        with refuses("case_one_open_per_client", "duplicate_reason"):
            second()


def test_case_assign_by_the_head_gives_number_worker_and_clock(head, worker, supervisor, acting):
    with acting(head):
        case = make_case(head, stage="pending")
        case = case_assign(case=case, worker=worker, supervisor=supervisor, by=head)
        year = timezone.localdate().year
        assert (case.stage, case.number) == (CaseStage.INTAKE, f"HA-C-{year}-0001")
        assert (case.worker, case.supervisor) == (worker, supervisor)
        assert case.assigned_at >= case.opened_at
        task = Task.objects.get(kind="intake", subject_id=case.pk)
        assert task.assignee == worker
        assert task.due_at - case.assigned_at == dt.timedelta(hours=72)


def test_case_assign_closes_the_triage_clock(worker, acting):
    with acting(worker):
        case = case_open(
            client=make_client(worker), department=department_of(worker), by=worker, **OPENING
        )
        case_assign(case=case, worker=worker, by=worker)
        assert Task.objects.get(kind="triage", subject_id=case.pk).state == "done"


def test_numbers_follow_each_other_without_a_gap(head, worker, acting, refuses):
    with acting(head):
        first = case_assign(case=make_case(head, stage="pending"), worker=worker, by=head)
        with refuses("case.assign.wrong_state", status=409):
            case_assign(case=first, worker=worker, by=head)
        second = case_assign(case=make_case(head, stage="pending"), worker=worker, by=head)
    assert int(second.number[-4:]) == int(first.number[-4:]) + 1


def test_a_supervisor_who_assigns_supervises(supervisor, worker, acting):
    with acting(supervisor):
        case = case_assign(
            case=make_case(supervisor, stage="pending"), worker=worker, by=supervisor
        )
    assert case.supervisor == supervisor


def test_a_worker_claims_only_for_himself(worker, worker2, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="pending")
        with refuses("case.worker_claims_own", "worker", 403):
            case_assign(case=case, worker=worker2, by=worker)
        assert case_assign(case=case, worker=worker, by=worker).worker == worker


@pytest.mark.parametrize("login", ["head", "assistant", "other_worker", "officer"])
def test_case_assign_to_nobody_but_a_worker_of_the_department(
    login, request, head, acting, refuses
):
    person = request.getfixturevalue(login)
    with acting(head):
        case = make_case(head, stage="pending")
        with refuses("case.worker_not_here", "worker"):
            case_assign(case=case, worker=person, by=head)


def test_case_assign_wants_a_supervisor_who_is_one_and_another_person(
    head, worker, worker2, acting, refuses
):
    with acting(head):
        case = make_case(head, stage="pending")
        with refuses("case.supervisor_not_here", "supervisor"):
            case_assign(case=case, worker=worker, supervisor=worker2, by=head)
        with refuses("case.supervisor_is_worker", "supervisor"):
            case_assign(case=case, worker=worker, supervisor=worker, by=head)


def test_case_assign_by_an_assistant_is_refused(assistant, worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="pending")
    with acting(assistant), refuses("permission.can_assign_case", status=403):
        case_assign(case=case, worker=worker, by=assistant)


def test_case_decline_at_the_door_uses_no_number_and_frees_the_person(head, acting, refuses):
    with acting(head):
        case = make_case(head, stage="pending")
        with refuses("case.decline.needs_reason", "reason"):
            case_decline(case=case, reason=" ", by=head)
        case = case_decline(case=case, reason="已由社区接手", by=head)
        assert (case.stage, case.number) == (CaseStage.DECLINED, "")
        assert case.closed_at is not None
        make_case(head, stage="pending", client=case.client)
        assert [row.reason for row in Transition.objects.of(case)] == ["已由社区接手"]


def test_case_decline_at_the_door_is_not_for_a_worker(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="pending")
        with refuses("permission.can_decline_case", status=403):
            case_decline(case=case, reason="不想接", by=worker)


def test_case_refer_out_in_intake_ends_the_case(worker, acting):
    with acting(worker):
        case = case_refer_out(case=make_case(worker), reason="转回户籍地社工站", by=worker)
    assert (case.stage, case.closed_at is not None) == (CaseStage.REFERRED_OUT, True)


def test_case_accept_needs_a_live_service_consent(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        with refuses("case.accept_needs_consent", None, 409):
            case_accept(case=case, decision="open", urgency="normal", by=worker)
        make_consent(case, worker)
        case = case_accept(
            case=case,
            decision="open",
            urgency="soon",
            by=worker,
            previous_help="问过病房护士",
            privacy_notice_given=True,
            intake_date=dt.date(2026, 1, 2),
        )
        assert (case.stage, case.priority, case.service_kind) == (
            CaseStage.ASSESSMENT,
            "soon",
            "full",
        )
        form = CaseForm.objects.get(case=case, kind="F1")
        known = form.payload.pop("known")
        assert known["assigned"]["pairs"][0] == ["主责社工", worker.display_name]
        assert form.payload == {
            "decision": "open",
            "method": "casework",
            "urgency": "soon",
            "previous_help": "问过病房护士",
            "privacy_notice_given": True,
            "intake_date": "2026-01-02",
        }
        assert (form.state, form.form_no) == ("final", f"{case.number}-F1-1")
        assert Task.objects.get(kind="assessment", subject_id=case.pk).assignee == worker


def test_case_accept_as_short_service(worker, acting):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker)
        assert (
            case_accept(case=case, decision="short", urgency="normal", by=worker).service_kind
            == "short"
        )


def test_case_accept_says_by_which_method(worker, acting, refuses):
    with acting(worker):
        one, other = make_case(worker), make_case(worker, client=make_client(worker))
        for case in (one, other):
            make_consent(case, worker)
        with refuses("case.code_unknown", "method"):
            case_accept(case=one, decision="open", urgency="normal", method="magic", by=worker)
        one = case_accept(
            case=one, decision="open", urgency="normal", method="case_management", by=worker
        )
        other = case_accept(case=other, decision="open", urgency="normal", by=worker)
        assert (one.method, other.method) == ("case_management", "casework")


def test_a_corrected_f1_changes_what_the_case_is_worked_by(worker, acting):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker)
        given = {"within_scope": True, "privacy_notice_given": True, "urgency": "urgent"}
        case = case_accept(case=case, decision="short", by=worker, **given)
        first = CaseForm.objects.get(case=case, kind="F1")
        why = {"corrects": first, "correction_reason": "接案时选错了工作方法"}
        again = given | {"decision": "open", "method": "case_management"}
        form_finish(case=case, kind="F1", by=worker, **why, **again)
        case.refresh_from_db()
        assert (case.method, case.service_kind, case.priority) == (
            "case_management",
            "full",
            "urgent",
        )


def test_case_accept_after_a_withdrawn_consent_is_refused(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        consent = make_consent(case, worker)
        consent_withdraw(consent=consent, reason="改变主意", withdrawn_by="self", by=worker)
        with refuses("case.accept_needs_consent"):
            case_accept(case=case, decision="open", urgency="normal", by=worker)


def test_case_accept_on_vital_interest_is_possible_without_a_signature(worker, acting):
    with acting(worker):
        case = make_case(worker)
        make_consent(
            case,
            worker,
            legal_basis="vital_interest",
            basis_reason="昏迷入院，联系不上家属，先行救治",
        )
        assert (
            case_accept(case=case, decision="open", urgency="urgent", by=worker).stage
            == CaseStage.ASSESSMENT
        )


def test_case_accept_by_another_worker_is_refused_and_leaves_no_trace(
    worker, worker2, acting, refuses
):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker)
    with acting(worker2), refuses("permission.can_accept_case", status=403):
        case_accept(case=case, decision="open", urgency="normal", by=worker2)
    with acting(worker):
        assert not CaseForm.objects.filter(case=case).exists()
        assert "case.accept" not in [event.action for event in history(case)]


def test_a_second_accept_is_refused(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker)
        case_accept(case=case, decision="open", urgency="normal", by=worker)
        with refuses("case.accept.wrong_state", None, 409):
            case_accept(case=case, decision="open", urgency="normal", by=worker)


def test_episode_record_finds_the_same_stay_once(worker, ward, acting, refuses):
    day = timezone.localdate()
    with acting(worker):
        client = make_client(worker)
        given = {
            "client": client,
            "visit_type": "inpatient",
            "mrn": "Z0012345",
            "ward": ward,
            "bed": "12",
            "diagnosis": "急性淋巴细胞白血病",
            "disease_group": "leukaemia",
            "admitted_on": day,
            "by": worker,
        }
        episode = episode_record(**given)
        assert (episode.mrn, episode.diagnosis) == ("Z0012345", "急性淋巴细胞白血病")
        with refuses("episode_stay_once", "mrn"):
            episode_record(**given)


def test_episode_record_refuses_dates_out_of_order_and_in_the_future(worker, acting, refuses):
    day = timezone.localdate()
    with acting(worker):
        given = {"client": make_client(worker), "visit_type": "inpatient", "by": worker}
        with refuses("episode_dates_in_order", "discharged_on"):
            episode_record(**given, admitted_on=day, discharged_on=day - dt.timedelta(days=1))
        with refuses("episode.in_future", "admitted_on"):
            episode_record(**given, admitted_on=day + dt.timedelta(days=1))
        with refuses("episode.needs_admission", "admitted_on"):
            episode_record(**given, discharged_on=day)
