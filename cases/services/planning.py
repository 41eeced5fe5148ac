"""The service plan: written, submitted, approved by another person, worked by, rated."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import CaseMethod, GasLevel, Theory
from cases.models.service_codes import PlanItemKind
from cases.models.work import Goal, Need, Plan, PlanItem
from cases.permissions import (
    can_approve_plan,
    can_plan_case,
    can_rate_goal,
    can_return_plan,
    can_start_case,
    can_submit_plan,
)
from cases.services import plan_parts as parts
from cases.services.clocks import case_task, case_tell, end_of_day
from cases.services.guards import check, current_plan
from cases.services.plan_signing import review_falls_due, worker_signs
from cases.workflow import CASE, PLAN, CaseStage, PlanState
from departments import audit
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

PLANNED_IN = frozenset({CaseStage.PLANNING, CaseStage.INTERVENTION, CaseStage.EVALUATION})
RATED_IN = frozenset({CaseStage.INTERVENTION, CaseStage.EVALUATION})


def _draft_of(case: Case, plans: Sequence[Plan], by: User) -> Plan:
    """The draft to write in: the open one, or the next version after `plans`, the newest of which comes first."""
    if any(plan.state == PlanState.DRAFT for plan in plans):
        # Read again under the lock: it may have been submitted meanwhile.
        draft = Plan.objects.locked().filter(case=case, state=PlanState.DRAFT).first()
        if draft is not None:
            return draft
        plans = list(Plan.objects.filter(case=case).newest_first())
    if any(plan.state == PlanState.SUBMITTED for plan in plans):
        raise DomainError(
            "plan.awaits_approval", _("计划正等待督导审核，请先请督导退回。"), status=409
        )
    last = plans[0].version if plans else 0
    return Plan(organization_id=case.organization_id, case=case, version=last + 1, created_by=by)


@command
def plan_write(
    *,
    case: Case,
    aim: str,
    goals: Iterable[Mapping[str, Any]],
    review_due_on: dt.date,
    theory: Iterable[str] = (),
    tasks: Iterable[Mapping[str, Any]] = (),
    packages: Iterable[Mapping[str, Any]] = (),
    details: Mapping[str, Any] | None = None,
    base: int | None = None,
    by: User,
) -> Plan:
    """Write the draft of the plan anew; after an approved plan this is the next version.

    A goal is a mapping with `statement`, `indicator`, optional `baseline`, `target`, `due_on`,
    `weight` (> 0), `gas_levels` (`"-2"` to `"2"` in words), `needs`: Need rows of this case or their
    uids, and `was`: the uid of the goal of this draft that it takes the place of, whose words of the
    supervisor it keeps. Tasks and service packages as `plan_parts.checked_items` reads them; `details`
    are `sessions`, `resources`, `risks`, `fallback`, `client_opinion`. `base` is the row_version of the
    newest version when the page was opened (0 without one, None: do not ask).

    Raises:
        DomainError: `form.stale` (409), `plan.*`, `goal.*` on field `goals`, `plan_item.*` on `tasks` and `packages`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_plan_case, by, case)
    if case.stage not in PLANNED_IN:
        raise DomainError("plan.wrong_stage", _("完成预估之后才能写服务计划。"), status=409)
    check("plan", case)
    plans = list(Plan.objects.filter(case=case).newest_first())
    check_base(base, plans[0].row_version if plans else 0)
    if not aim.strip():
        raise DomainError("plan.needs_aim", _("请写明总目标。"), "aim")
    if review_due_on < timezone.localdate():
        raise DomainError("plan.review_in_past", _("检视日期不能早于今天。"), "review_due_on")
    theory = list(dict.fromkeys(theory))
    if set(theory) - set(Theory.values):
        raise DomainError("plan.theory_unknown", _("请从列表中选择。"), "theory")
    needs = {need.uid: need for need in Need.objects.filter(case=case)}
    checked = [
        parts.checked_goal(number, given, needs) for number, given in enumerate(goals, start=1)
    ]
    items = parts.checked_items(tasks, PlanItemKind.TASK, len(checked))
    items += parts.checked_items(packages, PlanItemKind.PACKAGE, len(checked))
    plan = _draft_of(case, plans, by)
    is_new = plan.pk is None
    words = {} if is_new else parts.words_on_goals(plan)
    if not is_new:
        parts.parts_drop(plan)
    plan.aim, plan.theory, plan.review_due_on = aim.strip(), theory, review_due_on
    plan.details = {name: one for name, one in (details or {}).items() if one} or None
    plan.save()
    parts.items_keep(plan, items, parts.goals_keep(plan, checked, words, by=by), by=by)
    if is_new:
        write_transition(plan, PLAN, "write", before="", by=by)
    audit.record(
        "plan.write",
        by=by,
        on=plan,
        version=plan.version,
        goals=len(checked),
        review_due_on=review_due_on,
    )
    return plan


def _locked(plan: Plan) -> Plan:
    case = Case.objects.locked().get(pk=plan.case_id)
    plan = Plan.objects.locked().get(pk=plan.pk)
    plan.case = case
    return plan


@command
def plan_submit(*, plan: Plan, by: User) -> Plan:
    """Ask the supervisor: at least one goal, every goal bound to a need; case management names who
    provides what (domain §1.6).

    Raises:
        DomainError: `plan.needs_goal`, `plan.goal_without_need`, `plan.needs_package`.
    """
    plan = _locked(plan)
    require(can_submit_plan, by, plan)
    PLAN.check(plan, "submit")
    goals = Goal.objects.filter(plan=plan)
    if not goals.exists():
        raise DomainError("plan.needs_goal", _("计划至少要有一个目标。"), "goals")
    if goals.filter(needs=None).exists():
        raise DomainError("plan.goal_without_need", _("每个目标都要对应一项需求。"), "goals")
    packages = PlanItem.objects.filter(plan=plan, kind=PlanItemKind.PACKAGE)
    if plan.case.method == CaseMethod.CASE_MANAGEMENT and not packages.exists():
        raise DomainError(
            "plan.needs_package",
            _("个案管理的计划至少要有一项服务包：哪家机构提供什么服务。"),
            "packages",
        )
    plan.submitted_at = timezone.now()
    move(plan, PLAN, "submit", by=by, also=("submitted_at",))
    worker_signs(plan, by=by)
    case_task(
        plan.case,
        "plan_approval",
        due_at=end_of_day(timezone.localdate() + dt.timedelta(days=2)),
        assignee=plan.case.supervisor,
        role="" if plan.case.supervisor_id else "dept_head",
        key=f"plan_approval:{plan.uid}:{plan.row_version}",
        by=by,
    )
    audit.record("plan.submit", by=by, on=plan, version=plan.version)
    return plan


def _comment_goals(plan: Plan, comments: Mapping[Any, str] | None) -> None:
    """Before the plan is frozen or goes back: what the supervisor says of each goal."""
    said = {str(uid): text.strip() for uid, text in (comments or {}).items()}
    for goal in Goal.objects.locked().filter(plan=plan):
        if (text := said.get(str(goal.uid))) is not None and text != (goal.comment or ""):
            goal.comment = text or None
            goal.save(update_fields=["comment"])


@command
def plan_approve(
    *, plan: Plan, comment: str, goal_comments: Mapping[Any, str] | None = None, by: User
) -> Plan:
    """Approve another person's plan; the version before is replaced, and both are frozen.

    `goal_comments` are the supervisor's words on single goals, by the goal's uid. Of a case that is
    worked on already, the review falls due by the new version.

    Raises:
        DomainError: `permission.can_approve_plan` for the author (403).
    """
    plan = _locked(plan)
    require(can_approve_plan, by, plan)
    PLAN.check(plan, "approve")
    _comment_goals(plan, goal_comments)
    older = current_plan(plan.case)
    if older is not None:
        move(older, PLAN, "replace", by=by)
    plan.supervisor_comment, plan.approved_by, plan.approved_at = (
        comment.strip() or None,
        by,
        timezone.now(),
    )
    move(plan, PLAN, "approve", by=by, also=("supervisor_comment", "approved_by", "approved_at"))
    tasks_close(kind="plan_approval", subject=plan.case)
    if plan.case.stage == CaseStage.INTERVENTION:
        review_falls_due(plan, plan.review_due_on, by=by)
    case_tell(
        plan.case,
        "plan.approved",
        users=[plan.case.worker_id],
        once=f"{plan.uid}:{plan.row_version}",
        by=by,
    )
    audit.record(
        "plan.approve",
        by=by,
        on=plan,
        version=plan.version,
        replaces=older.version if older else None,
    )
    return plan


@command
def plan_return(
    *, plan: Plan, reason: str, goal_comments: Mapping[Any, str] | None = None, by: User
) -> Plan:
    """Send the plan back to its author with the reason, and words on single goals.

    Raises:
        DomainError: `plan.return.needs_reason`, `plan.return.wrong_state`.
    """
    plan = _locked(plan)
    require(can_return_plan, by, plan)
    PLAN.check(plan, "return", reason)
    _comment_goals(plan, goal_comments)
    plan.supervisor_comment = reason.strip()
    move(plan, PLAN, "return", by=by, reason=reason, also=("supervisor_comment",))
    tasks_close(kind="plan_approval", subject=plan.case)
    case_tell(
        plan.case,
        "plan.returned",
        users=[plan.case.worker_id],
        once=f"{plan.uid}:{plan.row_version}",
        by=by,
    )
    audit.record("plan.return", by=by, on=plan, version=plan.version)
    return plan


@command
def case_start(*, case: Case, by: User) -> Case:
    """Begin to work by the approved plan; a short service needs none.

    Raises:
        DomainError: `case.start_needs_*`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_start_case, by, case)
    CASE.check(case, "start")
    check("start", case)
    move(case, CASE, "start", by=by)
    plan = current_plan(case)
    if plan is not None:
        plan.case = case
        review_falls_due(plan, plan.review_due_on, by=by)
    audit.record("case.start", by=by, on=case, stage=[CaseStage.PLANNING, case.stage])
    return case


@command
def goal_rate(*, goal: Goal, gas: int, by: User) -> Goal:
    """Rate a goal of the approved plan, -2 to +2 (Goal Attainment Scaling).

    Raises:
        DomainError: `goal_gas_in_range`, `goal.not_current`, `goal.wrong_stage`.
    """
    case = Case.objects.locked().get(pk=goal.case_id)
    goal = Goal.objects.locked().select_related("plan").get(pk=goal.pk)
    require(can_rate_goal, by, case)
    if gas not in GasLevel.values:
        raise DomainError("goal_gas_in_range", _("目标达成等级为 −2 到 +2。"), "gas")
    if goal.plan.state != PlanState.APPROVED:
        raise DomainError("goal.not_current", _("只评定已批准计划中的目标。"), status=409)
    if case.stage not in RATED_IN:
        raise DomainError("goal.wrong_stage", _("介入或评估阶段才能评定目标。"), status=409)
    check("rate", case)
    before, goal.gas, goal.rated_at = goal.gas, gas, timezone.now()
    goal.save(update_fields=["gas", "rated_at"])
    audit.record("goal.rate", by=by, on=goal, gas=[before, gas], case=case.uid)
    return goal
