"""The parts of a plan as they are checked and kept: goals with their levels, tasks, service packages."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import GasLevel
from cases.models.service_codes import PlanItemKind, PlanItemState
from cases.models.work import Goal, GoalNeed, Need, Plan, PlanItem
from departments.models.people import User
from msw_portal.kernel.errors import DomainError

MAX_WEIGHT, MAX_COST = Decimal("100"), Decimal("1000000000")
LEVELS = frozenset(str(level) for level in GasLevel.values)
ITEM_TEXTS = ("who", "frequency", "place", "payer")
LEVEL_LENGTH, LINE_LENGTH = 120, 60
FIELD_OF = {PlanItemKind.TASK: "tasks", PlanItemKind.PACKAGE: "packages"}


def _refuse_goal(number: int, rule: str, message: Any) -> None:
    text = _("第 %(number)s 个目标：%(message)s") % {"number": number, "message": message}
    raise DomainError(f"goal.{rule}", text, "goals")


def _weight(value: Any, number: int) -> Decimal:
    try:
        weight = Decimal(str(value))
    except InvalidOperation:
        weight = Decimal(0)
    if not weight.is_finite() or not 0 < weight <= MAX_WEIGHT:
        _refuse_goal(number, "weight", _("权重须大于 0，不超过 100。"))
    return weight


def _levels(value: Any, number: int) -> dict[str, str]:
    """What each level of attainment looks like for this goal, by `"-2"` to `"2"`; without empty ones."""
    given = {str(level): str(text).strip() for level, text in dict(value or {}).items()}
    if set(given) - LEVELS or any(len(text) > LEVEL_LENGTH for text in given.values()):
        _refuse_goal(number, "levels", _("达成等级为 −2 到 +2，每级不超过 120 字。"))
    return {level: text for level, text in given.items() if text}


def checked_goal(
    number: int, given: Mapping[str, Any], needs: Mapping[Any, Need]
) -> dict[str, Any]:
    """The values of a goal's row, and `needs` and `was` beside them.

    Raises:
        DomainError: `goal.*` on field `goals`.
    """
    statement, indicator = (
        str(given.get("statement", "")).strip(),
        str(given.get("indicator", "")).strip(),
    )
    if not statement:
        _refuse_goal(number, "needs_statement", _("请写明目标。"))
    if not indicator:
        _refuse_goal(number, "needs_indicator", _("请写明用什么指标衡量。"))
    bound = []
    for need in given.get("needs", ()):
        found = needs.get(getattr(need, "uid", need))
        if found is None:
            _refuse_goal(number, "need_of_another", _("请从本个案的需求中选择。"))
        bound.append(found)
    return {
        "statement": statement,
        "indicator": indicator,
        "baseline": str(given.get("baseline") or "").strip(),
        "target": str(given.get("target") or "").strip(),
        "due_on": given.get("due_on"),
        "weight": _weight(given.get("weight") or 1, number),
        "gas_levels": _levels(given.get("gas_levels"), number),
        "needs": bound,
        "was": str(given.get("was") or ""),
    }


def checked_items(
    given: Iterable[Mapping[str, Any]], kind: str, goals: int
) -> list[dict[str, Any]]:
    """The values of the rows of tasks, or of service packages; `goal` is the number of a goal from 1.

    Raises:
        DomainError: `plan_item.*` and `plan_item_*` on field `tasks` or `packages`.
    """
    return [_checked_item(number, one, kind, goals) for number, one in enumerate(given, start=1)]


def _checked_item(number: int, given: Mapping[str, Any], kind: str, goals: int) -> dict[str, Any]:
    def refuse(rule: str, message: Any) -> None:
        text = _("第 %(number)s 行：%(message)s") % {"number": number, "message": message}
        raise DomainError(rule, text, FIELD_OF[PlanItemKind(kind)])

    texts = {name: str(given.get(name) or "").strip() for name in ITEM_TEXTS}
    what, goal, cost = str(given.get("what") or "").strip(), given.get("goal"), given.get("cost")
    starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
    state = given.get("state") or PlanItemState.PLANNED
    if not what:
        refuse("plan_item.needs_what", _("请写明做什么。"))
    if any(len(text) > LINE_LENGTH for text in texts.values()):
        refuse("plan_item.too_long", _("每一格不超过 60 字。"))
    if goal is not None and goal not in range(1, goals + 1):
        refuse("plan_item.no_such_goal", _("没有这个目标，请核对是第几个。"))
    if ends_on and (starts_on or dt.date.min) > ends_on:
        refuse("plan_item_dates_in_order", _("结束不能早于开始。"))
    if cost is not None and not 0 <= cost < MAX_COST:
        refuse("plan_item_cost_not_negative", _("费用不能是负数。"))
    if state not in PlanItemState.values:
        refuse("plan_item_state_known", _("请从列表中选择。"))
    return {
        **texts,
        "what": what,
        "kind": kind,
        "goal": goal,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "cost": cost,
        "state": state,
    }


def words_on_goals(plan: Plan) -> dict[str, str]:
    """The supervisor's words on the goals of a draft, by the goal's uid and by its statement."""
    said = Goal.objects.filter(plan=plan, comment__isnull=False)
    return {key: one.comment for one in said for key in (str(one.uid), one.statement)}


def parts_drop(plan: Plan) -> None:
    """Empty a draft that is written anew; tasks first, they name goals."""
    PlanItem.objects.filter(plan=plan).delete()
    plan.goals.all().delete()


def goals_keep(
    plan: Plan, checked: Iterable[dict[str, Any]], words: Mapping[str, str], *, by: User
) -> list[Goal]:
    """Write the goals of a draft in their order; what the supervisor said of one stays with it."""
    own = {"organization_id": plan.organization_id, "case": plan.case, "created_by": by}
    goals = []
    for rank, given in enumerate(checked, start=1):
        needs, was = given.pop("needs"), given.pop("was")
        said = words.get(was) or words.get(given["statement"])
        goal = Goal(**own, plan=plan, rank=rank, comment=said, **given)
        goal.save(force_insert=True)
        GoalNeed.objects.bulk_create(GoalNeed(**own, goal=goal, need=need) for need in needs)
        goals.append(goal)
    return goals


def items_keep(
    plan: Plan, checked: Iterable[dict[str, Any]], goals: list[Goal], *, by: User
) -> None:
    """Write the tasks and packages of a draft; what was done in an earlier version was done on its day."""
    own = {"organization_id": plan.organization_id, "case": plan.case, "created_by": by}
    done = PlanItem.objects.filter(case=plan.case, state=PlanItemState.DONE).order_by("-done_on")
    days = {one.what: one.done_on for one in done}
    for given in checked:
        number = given.pop("goal")
        if given["state"] == PlanItemState.DONE:
            given["done_on"] = days.get(given["what"]) or timezone.localdate()
        goal = goals[number - 1] if number else None
        PlanItem(**own, plan=plan, goal=goal, **given).save(force_insert=True)


def items_move(plan: Plan, states: Mapping[Any, str]) -> list[str]:
    """Set how far the tasks and packages have come, by their uid; the uids of those that changed.

    Raises:
        DomainError: `plan_item_state_known`.
    """
    moved = []
    for item in PlanItem.objects.locked().filter(plan=plan):
        state = states.get(item.uid) or item.state
        if state not in PlanItemState.values:
            raise DomainError("plan_item_state_known", _("请从列表中选择。"), f"item-{item.uid}")
        if state != item.state:
            item.state = state
            item.done_on = timezone.localdate() if state == PlanItemState.DONE else None
            item.save(update_fields=["state", "done_on"])
            moved.append(str(item.uid))
    return moved
