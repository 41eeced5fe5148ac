"""The course of a group: submitted, approved by another person, stage by stage, cancelled, given to another leader."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.group_permissions import (
    can_approve_group,
    can_cancel_group,
    can_keep_group,
    can_lead_over_group,
)
from cases.group_workflow import GROUP, NEXT_OF_ASSOCIATION, NEXT_STAGE, GroupStage
from cases.models.groups import Group
from cases.services.clocks import end_of_day
from cases.services.groups.planning import co_leaders_set, group_locked
from cases.services.intake import holds_role
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.moving import move
from departments.services.notices import people_tell
from departments.services.numbering import take_number
from departments.services.tasks import task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

PATTERN = "{ORG}-G-{YYYY}-{SEQ3}"
APPROVAL, SUMMARY = "group_approval", "group_summary"
DAYS_TO_DECIDE = 3


def _approver_task(group: Group, kind: str, notice: str, by: User) -> None:
    """Supervisors and, with them, the head: whoever of them does not lead the group decides."""
    task = task_open(
        kind=kind,
        organization_id=group.organization_id,
        subject=group,
        due_at=end_of_day(timezone.localdate() + dt.timedelta(days=DAYS_TO_DECIDE)),
        role="supervisor" if by.role != "supervisor" else "dept_head",
        department_id=group.department_id,
        dedup_key=f"{kind}:{group.uid}:{group.row_version}",
        by=by,
    )
    if task is not None:
        people_tell(
            kind=notice,
            organization_id=group.organization_id,
            subject=group,
            role=task.role,
            department_id=group.department_id,
            once=str(task.uid),
            by=by,
        )


def tell_leader(group: Group, kind: str, by: User) -> None:
    """The leader hears of a decision, once for each version."""
    people_tell(
        kind=kind,
        organization_id=group.organization_id,
        subject=group,
        users=[group.leader_id],
        once=f"{group.uid}:{group.row_version}",
        by=by,
    )


def ask_review(group: Group, by: User) -> None:
    """The summary waits for the supervisor."""
    _approver_task(group, SUMMARY, "group.summarized", by)


@command
def group_submit(*, group: Group, by: User) -> Group:
    """Ask for approval; a group has at least one session, each with its aim.

    Raises:
        DomainError: `group.needs_sessions` (409), `group.submit.wrong_state`.
    """
    group = group_locked(group)
    require(can_keep_group, by, group)
    GROUP.check(group, "submit")
    sessions = list(group.sessions.all())
    if not group.is_association and not sessions:
        raise DomainError("group.needs_sessions", _("请先在计划里写各节安排。"), status=409)
    aimless = [str(one.number) for one in sessions if not one.aim]
    if aimless:
        raise DomainError(
            "group.session_needs_aim",
            _("第 %(which)s 节还没有写目标。") % {"which": "、".join(aimless)},
            status=409,
        )
    group.submitted_at, group.submitted_by = timezone.now(), by
    move(group, GROUP, "submit", by=by, also=("submitted_at", "submitted_by"))
    _approver_task(group, APPROVAL, "group.submitted", by)
    audit.record("group.submit", by=by, on=group, sessions=len(sessions))
    return group


@command
def group_approve(*, group: Group, comment: str = "", by: User) -> Group:
    """Let it begin: supervisor or head, never who leads it; the group gets its number.

    Raises:
        DomainError: `group.approve.wrong_state`.
    """
    group = group_locked(group)
    require(can_approve_group, by, group)
    GROUP.check(group, "approve")
    group.approved_at, group.approved_by = timezone.now(), by
    group.supervisor_comment = comment.strip() or None
    if not group.number:
        group.number = take_number(
            "group", organization=group.organization, on=timezone.localdate(), pattern=PATTERN
        )
    also = ("approved_at", "approved_by", "supervisor_comment", "number")
    move(group, GROUP, "approve", by=by, also=also)
    tasks_close(kind=APPROVAL, subject=group)
    tell_leader(group, "group.approved", by)
    audit.record("group.approve", by=by, on=group, number=group.number)
    return group


@command
def group_return(*, group: Group, reason: str, by: User) -> Group:
    """Send the plan back to its leader.

    Raises:
        DomainError: `group.return.needs_reason`, `group.return.wrong_state`.
    """
    group = group_locked(group)
    require(can_approve_group, by, group)
    GROUP.check(group, "return", reason)
    group.supervisor_comment = reason.strip()
    group.submitted_at = group.submitted_by = None
    also = ("supervisor_comment", "submitted_at", "submitted_by")
    move(group, GROUP, "return", by=by, reason=reason, also=also)
    tasks_close(kind=APPROVAL, subject=group, state=Task.State.CANCELLED)
    tell_leader(group, "group.returned", by)
    audit.record("group.return", by=by, on=group)
    return group


def next_step(group: Group) -> str:
    """The step that leads on to the next stage of the work; "" when there is none."""
    steps = NEXT_OF_ASSOCIATION if group.is_association else NEXT_STAGE
    return steps.get(GroupStage(group.stage), "")


@command
def group_advance(*, group: Group, by: User) -> Group:
    """On to the next stage of the work; forming needs as many members as the plan wants at least.

    Raises:
        DomainError: `group.no_next_stage` (409), `group.too_few_members` (409).
    """
    group = group_locked(group)
    require(can_keep_group, by, group)
    step = next_step(group)
    if not step:
        raise DomainError("group.no_next_stage", _("这个阶段之后没有下一阶段。"), status=409)
    joined = group.members.filter(state="joined").count()
    if group.stage == GroupStage.PREPARATION and joined < group.size_least:
        raise DomainError(
            "group.too_few_members",
            _("计划至少 %(least)s 人，现在入组 %(now)s 人。")
            % {"least": group.size_least, "now": joined},
            status=409,
        )
    before = group.stage
    move(group, GROUP, step, by=by)
    audit.record("group.advance", by=by, on=group, stage=[before, group.stage])
    return group


@command
def group_cancel(*, group: Group, reason: str, by: User) -> Group:
    """The group does not take place, or stops before its end; what was written stays and is frozen.

    Raises:
        DomainError: `group.cancel.needs_reason`, `group.cancel.wrong_state`.
    """
    group = group_locked(group)
    require(can_cancel_group, by, group)
    GROUP.check(group, "cancel", reason)
    before = group.stage
    group.ended_at, group.ended_by = timezone.now(), by
    move(group, GROUP, "cancel", by=by, reason=reason, also=("ended_at", "ended_by"))
    tasks_close(kind=(APPROVAL, SUMMARY), subject=group, state=Task.State.CANCELLED)
    audit.record("group.cancel", by=by, on=group, stage=[before, group.stage])
    return group


@command
def group_lead_over(
    *,
    group: Group,
    leader: User,
    co_leaders: Iterable[User] = (),
    base: int | None = None,
    by: User,
) -> Group:
    """Another leader, or other people beside: somebody who left hands over what goes on.

    Raises:
        DomainError: `group.leader_not_here` on its field, `group.is_over` (409), `form.stale` (409).
    """
    group = group_locked(group)
    require(can_lead_over_group, by, group)
    refuse_ended(group)
    check_base(base, group.row_version)
    here = {"organization_id": group.organization_id, "department_id": group.department_id}
    if not any(holds_role(leader, role, **here) for role in ("worker", "supervisor", "dept_head")):
        raise DomainError("group.leader_not_here", _("所选人员现在不在本部门。"), "leader")
    before = group.leader.uid
    group.leader = leader
    group.save(update_fields=["leader"])
    co_leaders_set(group, list(co_leaders), by)
    audit.record("group.lead_over", by=by, on=group, leader=[before, leader.uid])
    if leader.pk != by.pk:
        tell_leader(group, "group.given", by)
    return group


def refuse_ended(group: Group) -> None:
    """Refuse to write in what is over.

    Raises:
        DomainError: `group.is_over` (409).
    """
    if group.stage in GROUP.final:
        raise DomainError("group.is_over", _("小组已结束或取消，内容不能再改。"), status=409)
