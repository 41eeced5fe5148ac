"""What was promised: an owner, a day, a task in the owner's list, and what came of it."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.moving import move
from departments.services.tasks import task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from projects.models.registers import RegisterEntry
from projects.models.surveys import ActionItem, Survey, SurveyAdvice
from projects.permissions.registers import can_end_action, can_plan_action
from projects.querysets.registers import STUDY_ROLES
from projects.workflow.surveys import ACTION

TASK = "action_item"
PARTS = ("title", "pillar", "owner", "owner_text", "due_on")


def owners_for(user: User) -> QuerySet[User]:
    """People of the house who may be given something to do."""
    today = timezone.localdate()
    return (
        User.objects.filter(
            memberships__organization_id=user.house_id,
            memberships__role__in=STUDY_ROLES,
            memberships__valid__contains=today,
            is_active=True,
        )
        .distinct()
        .order_by("display_name", "id")
    )


def _checked(parts: Mapping[str, Any], by: User) -> dict[str, Any]:
    made = {name: parts.get(name) for name in PARTS}
    made["title"] = " ".join((made["title"] or "").split())
    made["owner_text"] = " ".join((made["owner_text"] or "").split())
    if not made["title"]:
        raise DomainError("action_item.needs_title", _("请写要做什么。"), "title")
    owner = made["owner"]
    if owner is None and not made["owner_text"]:
        raise DomainError("action_item_has_owner", _("请选负责人，或写明负责单位。"), "owner_text")
    if owner is not None and not owners_for(by).filter(pk=owner.pk).exists():
        raise DomainError("action_item.owner", _("请选择本机构在岗的人。"), "owner")
    return made


@command
def action_add(
    *,
    by: User,
    survey: Survey | None = None,
    advice: SurveyAdvice | None = None,
    entry: RegisterEntry | None = None,
    **parts: Any,
) -> ActionItem:
    """Promise something by a day; whoever owns it has a task until it is done.

    Raises:
        DomainError: `action_item.…` on the field that is wrong.
    """
    require(can_plan_action, by, None)
    survey = survey or (advice.survey if advice else None)
    action = ActionItem(
        organization_id=by.house_id,
        survey=survey,
        advice=advice,
        entry=entry,
        created_by=by,
        **_checked(parts, by),
    )
    action.save(force_insert=True)
    _ask(action, by)
    audit.record("action_item.add", by=by, on=action)
    return action


@command
def action_change(
    *, action: ActionItem, by: User, base: int | None = None, **parts: Any
) -> ActionItem:
    """Another owner, day or wording while it is open; the task follows.

    Raises:
        DomainError: `form.stale`, `action_item.is_over` (409), `action_item.…`.
    """
    action = ActionItem.objects.locked().get(pk=action.pk)
    require(can_plan_action, by, action)
    check_base(base, action.row_version)
    if action.state != "open":
        raise DomainError(
            "action_item.is_over", _("已经结束，不能再改；可以重新打开。"), status=409
        )
    for name, value in _checked(parts, by).items():
        setattr(action, name, value)
    action.save()
    action.refresh_from_db(fields=["row_version"])
    tasks_close(kind=TASK, subject=action, state="cancelled")
    _ask(action, by)
    audit.record("action_item.change", by=by, on=action)
    return action


def _ask(action: ActionItem, by: User) -> None:
    """Open the owner's task; it is due at the end of its day."""
    if action.owner_id is None:
        return
    end = dt.datetime.combine(action.due_on + dt.timedelta(days=1), dt.time.min)
    task_open(
        kind=TASK,
        organization_id=action.organization_id,
        subject=action,
        due_at=timezone.make_aware(end),
        assignee=action.owner,
        dedup_key=f"{TASK}:{action.uid}:{action.row_version}",
        by=by,
    )


def _locked(action: ActionItem, by: User) -> ActionItem:
    action = ActionItem.objects.locked().get(pk=action.pk)
    require(can_end_action, by, action)
    return action


@command
def action_finish(*, action: ActionItem, done_on: dt.date, outcome: str, by: User) -> ActionItem:
    """It is done, and this came of it.

    Raises:
        DomainError: `action_item.future` on `done_on`, `action_item.needs_outcome`, a wrong state (409).
    """
    action = _locked(action, by)
    ACTION.check(action, "finish")
    if done_on > timezone.localdate():
        raise DomainError("action_item.future", _("不能晚于今天。"), "done_on")
    if not outcome.strip():
        raise DomainError("action_item.needs_outcome", _("请写结果。"), "outcome")
    action.done_on, action.outcome = done_on, outcome.strip()
    move(action, ACTION, "finish", by=by, also=("done_on", "outcome"))
    tasks_close(kind=TASK, subject=action)
    audit.record("action_item.achieve", by=by, on=action)
    return action


@command
def action_drop(*, action: ActionItem, reason: str, by: User) -> ActionItem:
    """It will not be done, and why.

    Raises:
        DomainError: `action_item.drop.needs_reason`, a wrong state (409).
    """
    action = _locked(action, by)
    require(can_plan_action, by, action)
    action.outcome = reason.strip()
    move(action, ACTION, "drop", by=by, reason=reason, also=("outcome",))
    tasks_close(kind=TASK, subject=action, state="cancelled")
    audit.record("action_item.forgo", by=by, on=action)
    return action


@command
def action_reopen(*, action: ActionItem, by: User) -> ActionItem:
    """It was not done after all; the owner has it again."""
    action = _locked(action, by)
    require(can_plan_action, by, action)
    action.done_on = None
    move(action, ACTION, "reopen", by=by, also=("done_on",))
    action.refresh_from_db(fields=["row_version"])
    _ask(action, by)
    audit.record("action_item.take_up", by=by, on=action)
    return action


def actions_named(user: User, uids: Collection[UUID]) -> Mapping[UUID, str]:
    """Of these actions those the person may see: what is to be done."""
    rows = ActionItem.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.title for one in rows}
