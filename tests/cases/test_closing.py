"""Evaluate, close, return, step back, suspend, void, reopen."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case, CaseForm
from cases.models.work import Need
from cases.services.clients import client_amend
from cases.services.clocks import case_task, months_after
from cases.services.closing import (
    case_close,
    case_evaluate,
    case_propose_closing,
    case_reopen,
    case_resume,
    case_return,
    case_step_back,
    case_suspend,
    case_void,
    goal_rate_of,
)
from cases.services.consents import consent_withdraw
from cases.services.disclosures import disclosure_make
from cases.services.intake import case_accept, case_decline, case_refer_out
from cases.services.referrals import referral_accept, referral_receive
from cases.services.reporting import report_open
from cases.services.secrecy import case_raise_secrecy
from cases.signals import case_closed
from departments.models.mechanisms import AccessLink, Task, Transition
from departments.models.numbers import NumberVoid
from departments.models.people import AccessGrant
from tests.cases.pages import text_of
from tests.factories.cases import (
    make_alert,
    make_case,
    make_client,
    make_consent,
    make_contact,
    make_need,
    make_plan,
)

pytestmark = pytest.mark.django_db
PROPOSAL = {"summary": "押金补齐，情绪平稳", "satisfaction": 5, "client_informed": True}


def evaluated(worker, supervisor, **given) -> Case:
    return make_case(worker, stage="evaluation", supervisor=supervisor, **given)


@pytest.mark.parametrize(
    ("ratings", "rate"),
    [
        ([0], "1.000"),
        ([-2], "0.000"),
        ([-1, 0], "0.750"),
        ([2, 1, -2], "0.667"),
        ([-1, -1, -2], "0.333"),
    ],
)
def test_goal_rate_counts_met_half_met_and_not_met(ratings, rate):
    assert goal_rate_of(ratings) == Decimal(rate)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 1, 31), 1, dt.date(2024, 2, 29)),
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 28)),
        (dt.date(2026, 12, 15), 1, dt.date(2027, 1, 15)),
    ],
)
def test_months_after_keeps_to_the_calendar(day, months, then):
    assert months_after(day, months) == then


def test_case_evaluate_needs_a_contact_and_no_open_crisis(worker, supervisor, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="intervention", supervisor=supervisor)
        with refuses("case.evaluate_needs_contact", status=409):
            case_evaluate(case=case, by=worker)
        make_contact(case, worker)
        alert = make_alert(case, worker)
        with refuses("case.crisis_alert_open", status=409):
            case_evaluate(case=case, by=worker)
        alert.severity = "high"
        alert.save(update_fields=["severity"])
        assert case_evaluate(case=case, by=worker).stage == "evaluation"


def test_case_propose_closing_needs_rated_goals_and_no_open_alert(
    worker, supervisor, acting, refuses, rows
):
    with acting(worker):
        case = evaluated(worker, supervisor)
        plan = make_plan(case, worker)
        rows(
            "UPDATE cases_plan SET state = 'approved', approved_by_id = %s, approved_at = now() WHERE id = %s",
            supervisor.pk,
            plan.pk,
        )
        with refuses("case.closing_needs_goals", status=409):
            case_propose_closing(case=case, by=worker, **PROPOSAL)
        rows("UPDATE cases_goal SET gas = 1 WHERE plan_id = %s", plan.pk)
        alert = make_alert(case, worker, severity="high")
        with refuses("case.alert_open", status=409):
            case_propose_closing(case=case, by=worker, **PROPOSAL)
        alert.delete()
        case = case_propose_closing(case=case, by=worker, **PROPOSAL)
        assert (case.stage, case.goal_rate, case.gas_t, case.satisfaction) == (
            "closure",
            Decimal("1.000"),
            Decimal("60.00"),
            5,
        )
        form = CaseForm.objects.get(case=case, kind="F7")
        assert (form.payload["summary"], form.payload["signed_by"]) == (
            "押金补齐，情绪平稳",
            str(worker.uid),
        )
        assert Task.objects.get(kind="closing_approval").assignee == supervisor


def test_what_became_of_each_need_stands_in_the_closing_report(worker, supervisor, acting, refuses):
    with acting(worker):
        case = evaluated(worker, supervisor)
        met, unmet = make_need(case, worker), make_need(case, worker, category="emotional")
        given = {met.uid: ("yes", "旧的原因"), unmet.uid: ("partly", " ")}
        with refuses("need.needs_reason", f"need-{unmet.uid}-why"):
            case_propose_closing(case=case, need_results=given, by=worker, **PROPOSAL)
        given[unmet.uid] = ("gone", "")
        with refuses("need.met_unknown", f"need-{unmet.uid}-met"):
            case_propose_closing(case=case, need_results=given, by=worker, **PROPOSAL)
        given[unmet.uid] = ("partly", "出院后才能继续")
        case_propose_closing(case=case, need_results=given, by=worker, **PROPOSAL)
        kept = Need.objects.filter(pk__in=[met.pk, unmet.pk]).order_by("id")
        assert [(one.met, one.unmet_reason) for one in kept] == [
            ("yes", ""),
            ("partly", "出院后才能继续"),
        ]
        report = CaseForm.objects.get(case=case, kind="F7").payload["known"]["needs"]["rows"]
        assert {"已满足", "部分满足"} <= {row[-1] for row in report}


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"summary": " "}, "case.needs_summary", "summary"),
        ({"satisfaction": None}, "case.needs_satisfaction", "satisfaction"),
        ({"satisfaction_refused": True}, "case.needs_satisfaction", "satisfaction"),
        ({"satisfaction": 6}, "case_satisfaction_in_range", "satisfaction"),
        ({"satisfaction": 0}, "case_satisfaction_in_range", "satisfaction"),
    ],
)
def test_case_propose_closing_says_what_is_wrong_at_its_field(
    given, rule, field, worker, supervisor, acting, refuses
):
    with acting(worker):
        case = evaluated(worker, supervisor)
        with refuses(rule, field):
            case_propose_closing(case=case, by=worker, **{**PROPOSAL, **given})
        assert not CaseForm.objects.exists()


def test_case_close_by_the_supervisor_sets_follow_ups_revokes_links_and_tells(
    worker, supervisor, acting, refuses
):
    heard = []

    def listen(sender, case, by, **kwargs):
        heard.append((case.pk, by))

    case_closed.connect(listen)
    try:
        with acting(worker):
            case = case_propose_closing(case=evaluated(worker, supervisor), by=worker, **PROPOSAL)
            link = AccessLink.objects.create(
                organization_id=case.organization_id,
                kind="referral_reply",
                token_hash=b"x" * 32,
                subject_kind="case",
                subject_id=case.pk,
                subject_uid=case.uid,
            )
            with refuses("permission.can_close_case", status=403):
                case_close(case=case, reason="goals_met", by=worker)
        with acting(supervisor):
            with refuses("case_closed_has_reason", "reason"):
                case_close(case=case, reason="", by=supervisor)
            case = case_close(case=case, reason="goals_met", by=supervisor)
            assert (case.stage, case.close_reason, case.closed_at is not None) == (
                "closed",
                "goals_met",
                True,
            )
            follow_ups = Task.objects.filter(kind="follow_up").order_by("due_at")
            assert [timezone.localdate(task.due_at) for task in follow_ups] == [
                months_after(timezone.localdate(), months) for months in (1, 3, 6)
            ]
            assert Task.objects.get(kind="closing_approval").state == "cancelled"
            link.refresh_from_db()
            assert link.revoked_at is not None
            with refuses("case.close.wrong_state", status=409):
                case_close(case=case, reason="goals_met", by=supervisor)
    finally:
        case_closed.disconnect(listen)
    assert heard == [(case.pk, supervisor)]


def test_case_close_by_the_head_who_is_the_worker_s_own_supervisor_is_possible(
    worker, head, acting
):
    with acting(worker):
        case = case_propose_closing(case=evaluated(worker, None), by=worker, **PROPOSAL)
        assert Task.objects.get(kind="closing_approval").role == "dept_head"
    with acting(head):
        assert case_close(case=case, reason="goals_met", by=head).stage == "closed"


def test_case_close_needs_a_client_who_was_told_unless_nobody_can_be(
    worker, supervisor, acting, refuses
):
    with acting(worker):
        proposal = {**PROPOSAL, "client_informed": False}
        case = case_propose_closing(case=evaluated(worker, supervisor), by=worker, **proposal)
        other = case_propose_closing(case=evaluated(worker, supervisor), by=worker, **proposal)
    with acting(supervisor):
        with refuses("case.client_not_informed", "reason", 409):
            case_close(case=case, reason="goals_met", by=supervisor)
        assert case_close(case=case, reason="lost_contact", by=supervisor).stage == "closed"
        case_close(case=other, reason="deceased", by=supervisor)
        assert not Task.objects.filter(kind="follow_up", subject_id=other.pk).exists()


def test_case_close_while_an_alert_is_open_is_refused(worker, supervisor, acting, refuses):
    with acting(worker):
        case = case_propose_closing(case=evaluated(worker, supervisor), by=worker, **PROPOSAL)
        make_alert(case, worker, severity="low")
    with acting(supervisor), refuses("case.alert_open", status=409):
        case_close(case=case, reason="goals_met", by=supervisor)


def test_closing_completes_the_referral(worker, supervisor, acting):
    with acting(worker):
        client = make_client(worker)
        referral = referral_receive(client=client, from_text="护士长", reason="费用", by=worker)
        referral_accept(referral=referral, by=worker)
        case = evaluated(worker, supervisor, client=client, referral=referral)
        case = case_propose_closing(case=case, by=worker, **PROPOSAL)
    with acting(supervisor):
        case_close(case=case, reason="goals_met", by=supervisor)
    with acting(worker):
        referral.refresh_from_db()
        assert (referral.state, referral.outcome) == ("completed", "closed")


def test_case_return_sends_it_back_to_evaluation(worker, supervisor, acting, refuses):
    with acting(worker):
        case = case_propose_closing(case=evaluated(worker, supervisor), by=worker, **PROPOSAL)
    with acting(supervisor):
        with refuses("case.return.needs_reason", "reason"):
            case_return(case=case, reason="", by=supervisor)
        assert case_return(case=case, reason="未告知家属", by=supervisor).stage == "evaluation"
    with acting(worker):
        case = case_propose_closing(case=case, by=worker, **PROPOSAL)
        assert CaseForm.objects.filter(case=case, kind="F7").count() == 2
        assert Task.objects.filter(kind="closing_approval", state="open").count() == 1


@pytest.mark.parametrize(
    ("stage", "before"),
    [("assessment", "intake"), ("planning", "assessment"), ("intervention", "planning")],
)
def test_case_step_back_one_stage(stage, before, worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage=stage)
        with refuses(f"case.step_back_{stage}.needs_reason", "reason"):
            case_step_back(case=case, reason="", by=worker)
        assert case_step_back(case=case, reason="漏登记需求", by=worker).stage == before


def test_case_step_back_from_intake_is_refused(worker, acting, refuses):
    with acting(worker), refuses("case.step_back.wrong_state", status=409):
        case_step_back(case=make_case(worker), reason="退回", by=worker)


def test_a_suspended_case_rests_and_its_clocks_with_it(worker, acting, refuses, monkeypatch):
    with acting(worker):
        case = make_case(worker)
        make_consent(case, worker)
        case = case_accept(case=case, decision="open", urgency="normal", by=worker)
        due = Task.objects.get(kind="assessment").due_at
        with refuses("case.suspend.needs_reason", "reason"):
            case_suspend(case=case, reason="", by=worker)
        case = case_suspend(case=case, reason="转入重症监护", by=worker)
        assert (case.stage, case.suspended_at is not None) == ("assessment", True)
        for refused in (
            lambda: case_suspend(case=case, reason="再停", by=worker),
            lambda: case_step_back(case=case, reason="退回", by=worker),
        ):
            with refuses("case.suspended", status=409):
                refused()
        before = case.suspended_at - dt.timedelta(days=2)
        Case.objects.filter(pk=case.pk).update(suspended_at=before)
        Task.objects.filter(kind="assessment").update(paused_at=before)
        case = case_resume(case=case, reason="转回病房", by=worker)
        assert case.suspended_at is None
        shifted = Task.objects.get(kind="assessment").due_at - due
        assert dt.timedelta(days=2) <= shifted < dt.timedelta(days=2, minutes=1)
        with refuses("case.not_suspended", status=409):
            case_resume(case=case, reason="再来", by=worker)


def test_case_void_by_the_head_writes_the_number_down(worker, head, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        with refuses("permission.can_void_case", status=403):
            case_void(case=case, reason="登记错人", by=worker)
    with acting(head):
        with refuses("case.void.needs_reason", "reason"):
            case_void(case=case, reason=" ", by=head)
        case = case_void(case=case, reason="登记错人", by=head)
        assert (case.stage, case.closed_at is not None) == ("voided", True)
        assert NumberVoid.objects.get(kind="case").number == case.number
        assert Transition.objects.of(case).get().reason == "登记错人"


def test_case_void_after_a_contact_or_with_a_live_copy_is_refused(
    worker, head, foundation, hospital, acting, refuses
):
    with acting(worker):
        visited, shared = make_case(worker), make_case(worker)
        make_contact(visited, worker)
        consent = make_consent(shared, worker, "share_to_org", recipient=foundation)
        disclosure_make(
            organization=hospital,
            recipient=foundation,
            consent=consent,
            level="review",
            subject=shared,
            payload={"sex": "2"},
            fields=["sex"],
            by=worker,
        )
    with acting(head):
        with refuses("case.void_after_contact", status=409):
            case_void(case=visited, reason="登记错人", by=head)
        with refuses("case.void_while_disclosed", status=409):
            case_void(case=shared, reason="登记错人", by=head)
    with acting(worker):
        consent_withdraw(consent=consent, reason="登记错人", withdrawn_by="self", by=worker)
    with acting(head):
        assert case_void(case=shared, reason="登记错人", by=head).stage == "voided"


def test_case_void_at_the_door_needs_no_number(head, acting):
    with acting(head):
        case = case_void(case=make_case(head, stage="pending"), reason="重复登记", by=head)
        assert (case.stage, NumberVoid.objects.count()) == ("voided", 0)


def test_the_page_says_why_it_was_voided_and_what_was_reopened(
    worker, head, supervisor, acting, client_for
):
    with acting(worker):
        closed = make_case(worker, stage="closed", supervisor=supervisor)
    with acting(head):
        again = case_reopen(case=closed, reason="出院后又住院", by=head)
    mine = client_for(head)
    page = mine.get(reverse("cases:case", args=[again.uid]))
    assert f"由 {closed.number} 重开" in text_of(page)
    assert reverse("cases:case", args=[closed.uid]) in page.content.decode()
    with acting(head):
        case_void(case=again, reason="重开错了人", by=head)
        assert NumberVoid.objects.get(number=again.number).created_by == head
    assert f"{head.display_name}：重开错了人" in text_of(
        mine.get(f"{reverse('cases:case', args=[again.uid])}?part=forms")
    )


def test_case_reopen_makes_a_new_case(worker, supervisor, acting, refuses):
    with acting(worker):
        case = case_propose_closing(case=evaluated(worker, supervisor), by=worker, **PROPOSAL)
    with acting(supervisor):
        case = case_close(case=case, reason="goals_met", by=supervisor)
        with refuses("case.reopen.needs_reason", "reason"):
            case_reopen(case=case, reason="", by=supervisor)
        again = case_reopen(case=case, reason="出院后又住院", by=supervisor)
        assert (again.stage, again.previous, again.worker, again.number != case.number) == (
            "intake",
            case,
            worker,
            True,
        )
        assert again.presenting_problem == case.presenting_problem
        case.refresh_from_db()
        assert case.stage == "closed"
        with refuses("case_one_open_per_client"):
            case_reopen(case=case, reason="再来一次", by=supervisor)


# ── no case ends over a danger, whichever way it ends ────────────────────────


ENDINGS = {
    "decline": lambda case, by: case_decline(case=case, reason="不符合服务范围", by=by),
    "refer_out": lambda case, by: case_refer_out(case=case, reason="转回户籍地社工站", by=by),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_case_in_intake_does_not_end_over_an_open_alert(worker, acting, refuses, ending):
    with acting(worker):
        case = make_case(worker)
        alert = make_alert(case, worker, severity="high")
        with refuses("case.alert_open", status=409):
            ENDINGS[ending](case, worker)
        alert.delete()
        assert not ENDINGS[ending](case, worker).is_open


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_case_in_intake_does_not_end_over_an_unfinished_report(
    worker, head, acting, refuses, ending
):
    """Who is named reads why, anybody else only that it cannot be now."""
    with acting(worker):
        case = make_case(worker)
        report_open(case=case, ground="violence", facts="手臂多处瘀伤", by=worker)
        with refuses("case.report_open", status=409):
            ENDINGS[ending](case, worker)
        AccessGrant.objects.filter(user=worker).delete()
    with acting(worker), refuses("case.not_now", status=409):
        ENDINGS[ending](case, worker)


def test_a_case_is_not_voided_over_an_open_alert(worker, head, acting, refuses):
    with acting(worker):
        case = make_case(worker)
        alert = make_alert(case, worker, severity="medium")
    with acting(head):
        with refuses("case.alert_open", status=409):
            case_void(case=case, reason="登记错人", by=head)
        alert.delete()
        assert case_void(case=case, reason="登记错人", by=head).stage == "voided"


@pytest.mark.parametrize("stage", ["closed", "declined", "referred_out", "voided"])
def test_postgresql_holds_it_whoever_ends_the_case(worker, acting, rows, stage):
    ending = (
        "UPDATE cases_case SET stage = %s, closed_at = now(), "
        "close_reason = CASE WHEN %s = 'closed' THEN 'goals_met' ELSE '' END WHERE id = %s"
    )
    with acting(worker):
        case = make_case(worker)
        alert = make_alert(case, worker)
        with pytest.raises(IntegrityError, match="a danger is still open"), transaction.atomic():
            rows(ending, stage, stage, case.pk)
        alert.delete()
        report_open(case=case, ground="violence", facts="手臂多处瘀伤", by=worker)
        AccessGrant.objects.filter(user=worker).delete()
    with acting(worker):
        with pytest.raises(IntegrityError, match="a danger is still open"), transaction.atomic():
            rows(ending, stage, stage, case.pk)
        rows(ending, stage, stage, make_case(worker).pk)


# ── nothing is due any more on a case that ended ─────────────────────────────


def _states(case) -> dict[str, str]:
    return dict(Task.objects.filter(subject_id=case.pk).values_list("kind", "state"))


def test_a_case_that_ends_leaves_nothing_due_but_what_comes_after(worker, head, acting):
    kinds = ("intake", "next_contact", "co_sign", "meeting_task", "state_aid")
    after = ("discharge_call", "consent_notice", "consent_withdrawn", "reconsent_text")
    with acting(worker):
        case = make_case(worker)
        for kind in (*kinds, *after):
            case_task(case, kind, due_at=timezone.now(), assignee=worker, by=worker)
    with acting(head):
        case_void(case=case, reason="登记错人", by=head)
        assert _states(case) == dict.fromkeys(kinds, "cancelled") | dict.fromkeys(after, "open")


def test_nobody_calls_the_family_of_somebody_who_died(worker, worker2, acting):
    calls = ("follow_up", "discharge_call", "next_contact")
    with acting(worker2):
        client = make_client(worker2)
        secret = make_case(worker2, client=client)
        case_raise_secrecy(case=secret, named=[], reason="服务对象感染艾滋病，只限指名", by=worker2)
        secret.refresh_from_db()
    with acting(worker):
        closed = make_case(worker, client=client, stage="closed")
        other = make_case(worker)
        for case in (closed, other):
            for kind in (*calls, "consent_notice"):
                case_task(case, kind, due_at=timezone.now(), assignee=worker, by=worker)
    with acting(worker2):
        case_task(secret, "next_contact", due_at=timezone.now(), assignee=worker2, by=worker2)
    with acting(worker):
        client_amend(client=client, deceased_on=timezone.localdate(), by=worker)
        gone = dict.fromkeys(calls, "cancelled") | {"consent_notice": "open"}
        assert _states(closed) == gone
        assert set(_states(other).values()) == {"open"}
    with acting(worker2):
        assert _states(secret)["next_contact"] == "cancelled"


def test_closing_the_case_of_a_dead_person_plans_no_follow_up(worker, supervisor, acting):
    """Whatever reason was chosen."""
    with acting(worker):
        client = make_client(worker)
        case = evaluated(worker, supervisor, client=client)
        client_amend(client=client, deceased_on=timezone.localdate(), by=worker)
        case_propose_closing(case=case, by=worker, **PROPOSAL)
    with acting(supervisor):
        case_close(case=case, reason="goals_met", by=supervisor)
        assert not Task.objects.filter(kind="follow_up").exists()
