"""The plan: written, submitted, approved by another person, frozen, rated."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models.work import Goal, Plan
from cases.services.closing import case_evaluate
from cases.services.plan_signing import plan_go_unsigned, plan_review
from cases.services.planning import (
    case_start,
    goal_rate,
    plan_approve,
    plan_return,
    plan_submit,
    plan_write,
)
from departments.models.mechanisms import Task, Transition
from tests.factories.cases import make_case, make_contact, make_need, make_plan, sign_plan

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(days=14)


def planned(worker, acting, supervisor, **given):
    """A case in planning with an approved plan."""
    with acting(worker):
        case = make_case(worker, stage="planning", supervisor=supervisor)
        plan = plan_submit(plan=make_plan(case, worker, **given), by=worker)
        sign_plan(plan, worker)
    with acting(supervisor):
        return case, plan_approve(plan=plan, comment="目标可行", by=supervisor)


def test_plan_write_keeps_goals_with_their_needs_in_order(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="planning")
        money, mood = make_need(case, worker), make_need(case, worker, category="emotional")
        goals = [
            {
                "statement": "补齐押金",
                "indicator": "欠费金额",
                "baseline": "3 万",
                "target": "0",
                "needs": [money],
                "weight": "2",
                "due_on": timezone.localdate() + SOON,
            },
            {"statement": "情绪平稳", "indicator": "GAD-7", "needs": [mood.uid, money]},
        ]
        plan = plan_write(
            case=case,
            aim="缓解压力",
            goals=goals,
            review_due_on=timezone.localdate() + SOON,
            theory=["task_centred"],
            by=worker,
        )
        first, second = plan.goals.order_by("rank")
        assert (first.statement, str(first.weight), list(first.needs.all())) == (
            "补齐押金",
            "2.00",
            [money],
        )
        assert set(second.needs.all()) == {money, mood}
        assert (plan.version, plan.state, plan.theory) == (1, "draft", ["task_centred"])


def test_plan_write_again_replaces_the_draft(worker, acting):
    with acting(worker):
        case = make_case(worker, stage="planning")
        first = make_plan(case, worker)
        second = make_plan(case, worker, aim="新的目标")
        assert second.pk == first.pk
        assert (second.aim, Goal.objects.filter(case=case).count(), Plan.objects.count()) == (
            "新的目标",
            1,
            1,
        )


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"aim": " "}, "plan.needs_aim", "aim"),
        ({"review_due_on": dt.date(2020, 1, 1)}, "plan.review_in_past", "review_due_on"),
        ({"theory": ["astrology"]}, "plan.theory_unknown", "theory"),
        ({"goals": [{"statement": "", "indicator": "x"}]}, "goal.needs_statement", "goals"),
        ({"goals": [{"statement": "x", "indicator": " "}]}, "goal.needs_indicator", "goals"),
        ({"goals": [{"statement": "x", "indicator": "x", "weight": "-1"}]}, "goal.weight", "goals"),
        (
            {"goals": [{"statement": "x", "indicator": "x", "weight": "nan"}]},
            "goal.weight",
            "goals",
        ),
        (
            {"goals": [{"statement": "x", "indicator": "x", "weight": "很多"}]},
            "goal.weight",
            "goals",
        ),
        (
            {"goals": [{"statement": "x", "indicator": "x", "needs": [uuid.uuid4()]}]},
            "goal.need_of_another",
            "goals",
        ),
    ],
)
def test_plan_write_says_what_is_wrong_at_its_field(given, rule, field, worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning")
        with refuses(rule, field):
            make_plan(case, worker, **given)
        assert not Plan.objects.exists()


def test_a_goal_never_binds_a_need_of_another_case(worker, acting, refuses, rows):
    with acting(worker):
        case = make_case(worker, stage="planning")
        foreign = make_need(make_case(worker, stage="planning"), worker)
        with refuses("goal.need_of_another", "goals"):
            make_plan(
                case, worker, goals=[{"statement": "x", "indicator": "x", "needs": [foreign]}]
            )
        plan = make_plan(case, worker)
        with pytest.raises(IntegrityError, match="another case"), transaction.atomic():
            rows(
                "UPDATE cases_goalneed SET need_id = %s WHERE goal_id = %s",
                foreign.pk,
                plan.goals.get().pk,
            )


def test_plan_write_before_the_assessment_is_done_is_refused(worker, acting, refuses):
    with acting(worker), refuses("plan.wrong_stage", status=409):
        make_plan(make_case(worker, stage="assessment"), worker)


def test_plan_submit_needs_goals_bound_to_needs(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning")
        with refuses("plan.needs_goal", "goals"):
            plan_submit(plan=make_plan(case, worker, goals=[]), by=worker)
        with refuses("plan.goal_without_need", "goals"):
            plan_submit(
                plan=make_plan(case, worker, goals=[{"statement": "x", "indicator": "x"}]),
                by=worker,
            )
        plan = plan_submit(plan=make_plan(case, worker), by=worker)
        assert plan.state == "submitted"
        assert Task.objects.get(kind="plan_approval").role == "dept_head"
        with refuses("plan.awaits_approval", status=409):
            make_plan(case, worker)


def test_plan_approve_by_the_supervisor_freezes_plan_and_goals(worker, supervisor, acting, rows):
    case, plan = planned(worker, acting, supervisor)
    assert (plan.state, plan.approved_by, plan.supervisor_comment) == (
        "approved",
        supervisor,
        "目标可行",
    )
    with acting(worker):
        goal = plan.goals.get()
        for sql in (
            "UPDATE cases_plan SET review_due_on = now() WHERE id = %s",
            "UPDATE cases_plan SET state = 'draft' WHERE id = %s",
            "DELETE FROM cases_plan WHERE id = %s",
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows(sql, plan.pk)
        for sql in (
            "UPDATE cases_goal SET weight = 9 WHERE id = %s",
            "DELETE FROM cases_goalneed WHERE goal_id = %s",
        ):
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                rows(sql, goal.pk)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Goal(
                organization_id=case.organization_id,
                case=case,
                plan=plan,
                statement="x",
                indicator="x",
            ).save()
    assert [row[0] for row in _steps(acting, worker, plan)] == ["write", "submit", "approve"]


def _steps(acting, worker, plan):
    with acting(worker):
        return list(Transition.objects.of(plan).values_list("step"))


def test_plan_approve_is_refused_to_the_author_and_to_others(
    worker, worker2, supervisor, head, acting, refuses
):
    with acting(worker):
        case = make_case(worker, stage="planning", supervisor=supervisor)
        plan = plan_submit(plan=make_plan(case, worker), by=worker)
        with refuses("permission.can_approve_plan", status=403):
            plan_approve(plan=plan, comment="自己批", by=worker)
    with acting(worker2), refuses("permission.can_approve_plan", status=403):
        plan_approve(plan=plan, comment="路过", by=worker2)
    with acting(head):
        assert plan_approve(plan=plan, comment="", by=head).approved_by == head
        with refuses("plan.approve.wrong_state", status=409):
            plan_approve(plan=plan, comment="", by=head)


def test_the_database_refuses_an_author_who_approves(worker, supervisor, acting, rows):
    case, plan = planned(worker, acting, supervisor)
    with acting(worker):
        draft = make_plan(case, worker)
        with pytest.raises(IntegrityError, match="plan_approver_is_another"), transaction.atomic():
            rows("UPDATE cases_plan SET approved_by_id = created_by_id WHERE id = %s", draft.pk)


def test_plan_return_gives_it_back_with_the_reason(worker, supervisor, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning", supervisor=supervisor)
        plan = plan_submit(plan=make_plan(case, worker), by=worker)
    with acting(supervisor):
        with refuses("plan.return.needs_reason", "reason"):
            plan_return(plan=plan, reason="", by=supervisor)
        plan = plan_return(plan=plan, reason="指标不可衡量", by=supervisor)
    assert (plan.state, plan.supervisor_comment) == ("draft", "指标不可衡量")
    with acting(worker):
        assert plan_submit(plan=make_plan(case, worker), by=worker).state == "submitted"
        assert Task.objects.filter(kind="plan_approval", state="open").count() == 1


def test_the_next_version_replaces_the_one_before(worker, supervisor, acting):
    case, first = planned(worker, acting, supervisor)
    with acting(worker):
        second = plan_submit(plan=make_plan(case, worker, aim="第二版"), by=worker)
        assert (second.version, second.pk == first.pk) == (2, False)
    with acting(supervisor):
        plan_approve(plan=second, comment="好", by=supervisor)
        first.refresh_from_db(fields=["state"])
        assert first.state == "replaced"


def test_case_start_needs_an_approved_plan_unless_short(worker, supervisor, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning")
        with refuses("case.start_needs_plan", status=409):
            case_start(case=case, by=worker)
        short = make_case(worker, stage="planning", service_kind="short")
        assert case_start(case=short, by=worker).stage == "intervention"
    case, plan = planned(worker, acting, supervisor)
    with acting(worker):
        assert case_start(case=case, by=worker).stage == "intervention"
        review = Task.objects.get(kind="plan_review")
        assert timezone.localdate(review.due_at) == plan.review_due_on
        with refuses("case.start.wrong_state", status=409):
            case_start(case=case, by=worker)


def test_case_start_needs_the_clients_signature_or_the_reason(worker, supervisor, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning", supervisor=supervisor)
        plan = plan_submit(plan=make_plan(case, worker), by=worker)
    with acting(supervisor):
        plan = plan_approve(plan=plan, comment="", by=supervisor)
    with acting(worker):
        with refuses("case.start_needs_signature", status=409):
            case_start(case=case, by=worker)
        plan_go_unsigned(plan=plan, reason="服务对象说再想一想，解释后仍不签", by=worker)
        assert case_start(case=case, by=worker).stage == "intervention"


def test_an_overdue_review_keeps_the_case_from_evaluation(worker, supervisor, acting, refuses):
    case, plan = planned(worker, acting, supervisor)
    with acting(worker):
        case_start(case=case, by=worker)
        make_contact(case, worker)
        Task.objects.filter(kind="plan_review").update(due_at=timezone.now() - SOON)
        with refuses("case.evaluate_needs_review", status=409):
            case_evaluate(case=case, by=worker)
        plan_review(
            plan=plan,
            result="押金已补齐，其余目标照原计划继续",
            next_on=timezone.localdate() + SOON,
            by=worker,
        )
        assert case_evaluate(case=case, by=worker).stage == "evaluation"


def test_case_management_asks_for_a_service_package(worker, supervisor, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning", supervisor=supervisor, method="case_management")
        plan = make_plan(case, worker)
        with refuses("plan.needs_package", "packages"):
            plan_submit(plan=plan, by=worker)
        package = {"what": "居家照护", "who": "演示社区中心"}
        assert plan_submit(plan=make_plan(case, worker, packages=[package]), by=worker).submitted_at
        later = make_case(worker, stage="intervention", method="case_management")
        make_contact(later, worker)
        with refuses("case.evaluate_needs_package"):
            case_evaluate(case=later, by=worker)


def test_a_plan_holds_levels_tasks_a_service_package_and_arrangements(worker, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning")
        need = make_need(case, worker)
        goal = {"statement": "补齐押金", "indicator": "欠费", "needs": [need]}
        levels = {"-2": "欠费增加", "0": "欠费一万以下", "2": ""}
        task = {"what": "联系医保办", "who": "社工", "goal": 1, "frequency": "每周"}
        package = {
            "what": "居家照护",
            "who": "演示社区中心",
            "starts_on": timezone.localdate(),
            "ends_on": timezone.localdate() + SOON,
            "cost": Decimal("1200.50"),
            "payer": "长护险",
            "state": "running",
        }
        plan = make_plan(
            case,
            worker,
            goals=[goal | {"gas_levels": levels}],
            tasks=[task],
            packages=[package],
            details={"sessions": 6, "risks": "", "resources": "医保窗口"},
        )
        kept = plan.goals.get()
        assert kept.gas_levels == {"-2": "欠费增加", "0": "欠费一万以下"}
        assert plan.details == {"sessions": 6, "resources": "医保窗口"}
        one, other = plan.items.order_by("id")
        assert (one.kind, one.what, one.goal, one.state) == ("task", "联系医保办", kept, "planned")
        assert (other.kind, other.cost, other.payer, other.state) == (
            "package",
            Decimal("1200.50"),
            "长护险",
            "running",
        )
        again = make_plan(case, worker, goals=[goal])
        assert (again.pk, again.items.count(), again.details) == (plan.pk, 0, None)
        for given, rule, field in (
            ({"tasks": [task | {"goal": 2}]}, "plan_item.no_such_goal", "tasks"),
            ({"tasks": [{"who": "社工"}]}, "plan_item.needs_what", "tasks"),
            (
                {"packages": [package | {"starts_on": timezone.localdate() + 2 * SOON}]},
                "plan_item_dates_in_order",
                "packages",
            ),
            (
                {"packages": [package | {"cost": Decimal(-1)}]},
                "plan_item_cost_not_negative",
                "packages",
            ),
            ({"goals": [goal | {"gas_levels": {"3": "好"}}]}, "goal.levels", "goals"),
        ):
            with refuses(rule, field):
                make_plan(case, worker, **{"goals": [goal]} | given)
        assert again.goals.count() == 1


def test_the_step_says_how_far_the_plan_has_come(worker, supervisor, acting, refuses):
    with acting(worker):
        case = make_case(worker, stage="planning", supervisor=supervisor)
        with refuses("case.start_needs_plan", status=409):
            case_start(case=case, by=worker)
        plan = make_plan(case, worker)
        with refuses("case.start_needs_submitting", status=409):
            case_start(case=case, by=worker)
        plan_submit(plan=plan, by=worker)
        with refuses("case.start_needs_approval", status=409):
            case_start(case=case, by=worker)


def test_goal_rate_from_minus_2_to_2_on_the_approved_plan(worker, supervisor, acting, refuses):
    case, plan = planned(worker, acting, supervisor)
    with acting(worker):
        goal = plan.goals.get()
        with refuses("goal.wrong_stage", status=409):
            goal_rate(goal=goal, gas=0, by=worker)
        case_start(case=case, by=worker)
        for gas in (-3, 3):
            with refuses("goal_gas_in_range", "gas"):
                goal_rate(goal=goal, gas=gas, by=worker)
        assert goal_rate(goal=goal, gas=-2, by=worker).gas == -2
        assert goal_rate(goal=goal, gas=2, by=worker).gas == 2
        draft = make_plan(case, worker)
        with refuses("goal.not_current", status=409):
            goal_rate(goal=draft.goals.get(), gas=0, by=worker)
    with acting(supervisor), refuses("permission.can_rate_goal", status=403):
        goal_rate(goal=goal, gas=0, by=supervisor)
