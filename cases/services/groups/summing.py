"""The end of a group (G4): the leader sums up, the supervisor approves, and everything is frozen."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.groups import G4
from cases.group_permissions import can_approve_group, can_keep_group
from cases.group_workflow import GROUP, GroupStage, SessionState
from cases.models.groups import Group
from cases.services.groups.course import SUMMARY, ask_review, tell_leader
from cases.services.groups.planning import group_locked
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.moving import move
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

ITEMS = tuple(item.name for item in G4.items)


@command
def group_summarize(
    *,
    group: Group,
    satisfactions: Mapping[UUID, int | None],
    spent: Mapping[UUID, Decimal | None],
    base: int | None = None,
    by: User,
    **given: Any,
) -> Group:
    """Write G4 and ask the supervisor: every session held or cancelled, every line of the budget settled.

    `satisfactions` are 1 to 5 by the member's uid (None: did not say), `spent` the yuan by the line's uid;
    `given` are the items of G4. Attendance, scales and their differences are counted from their rows.

    Raises:
        DomainError: `group.sessions_open` (409), `group.summary_needs_*`, `group_budget_spent_positive` on
            `spent-<uid>`, `group_member_satisfaction_in_range` and `group.more_marks_than_members` on `satisfaction-<uid>`, `form.stale` (409).
    """
    group = group_locked(group)
    require(can_keep_group, by, group)
    GROUP.check(group, "summarize")
    check_base(base, group.row_version)
    waiting = group.sessions.filter(state=SessionState.PLANNED).order_by("number")
    if open_ones := [str(one.number) for one in waiting]:
        raise DomainError(
            "group.sessions_open",
            _("第 %(which)s 节还没有记录，请先记录或取消。") % {"which": "、".join(open_ones)},
            status=409,
        )
    for name, sentence in (
        ("aims_met", _("请写目标达成情况。")),
        ("reflection", _("请写专业反思。")),
    ):
        if not given[name].strip():
            raise DomainError(f"group.summary_needs_{name}", sentence, name)
    _settle(group, satisfactions, spent)
    group.summary = {name: given[name] for name in ITEMS if given.get(name)}
    group.summarized_at, group.summarized_by = timezone.now(), by
    move(group, GROUP, "summarize", by=by, also=("summary", "summarized_at", "summarized_by"))
    ask_review(group, by)
    audit.record("group.summarize", by=by, on=group, number=group.number)
    return group


def _settle(
    group: Group, satisfactions: Mapping[UUID, int | None], spent: Mapping[UUID, Decimal | None]
) -> None:
    joined = list(group.members.filter(joined_on__isnull=False))
    own = group.satisfaction_marks.count()
    written = sum(satisfactions.get(one.uid) is not None for one in joined)
    if own and own + written > len(joined):
        raise DomainError(
            "group.more_marks_than_members",
            _("已有 %(own)s 人自己填过满意度，入组的只有 %(all)s 人：这里只填用纸答的，其余不选。")
            % {"own": own, "all": len(joined)},
            next(f"satisfaction-{one.uid}" for one in joined if satisfactions.get(one.uid)),
        )
    for member in joined:
        mark = satisfactions.get(member.uid)
        if mark is not None and mark not in range(1, 6):
            raise DomainError(
                "group_member_satisfaction_in_range",
                _("满意度为 1 到 5 分。"),
                f"satisfaction-{member.uid}",
            )
        if member.satisfaction != mark:
            member.satisfaction = mark
            member.save(update_fields=["satisfaction"])
    for line in group.budget_lines.all():
        amount = spent.get(line.uid)
        if amount is None:
            raise DomainError(
                "group.line_not_settled",
                _("请填这一项的实际支出，没有花填 0。"),
                f"spent-{line.uid}",
            )
        if amount < 0:
            raise DomainError(
                "group_budget_spent_positive", _("支出不能是负数。"), f"spent-{line.uid}"
            )
        line.spent = amount
        line.save(update_fields=["spent"])


@command
def group_close(*, group: Group, comment: str = "", by: User) -> Group:
    """The summary is approved and the group is over; nothing of it changes any more.

    Raises:
        DomainError: `group.close.wrong_state`.
    """
    group = group_locked(group)
    require(can_approve_group, by, group)
    GROUP.check(group, "close")
    before = group.stage
    group.closing_comment = comment.strip() or None
    group.ended_at, group.ended_by = timezone.now(), by
    move(group, GROUP, "close", by=by, also=("closing_comment", "ended_at", "ended_by"))
    tasks_close(kind=SUMMARY, subject=group)
    tell_leader(group, "group.closed", by)
    audit.record("group.close", by=by, on=group, stage=[before, group.stage])
    return group


@command
def group_return_summary(*, group: Group, reason: str, by: User) -> Group:
    """Send the summary back.

    Raises:
        DomainError: `group.return_summary.needs_reason`, `group.return_summary.wrong_state`.
    """
    group = group_locked(group)
    require(can_approve_group, by, group)
    GROUP.check(group, "return_summary", reason)
    group.closing_comment = reason.strip()
    group.summarized_at = group.summarized_by = None
    also = ("closing_comment", "summarized_at", "summarized_by")
    move(group, GROUP, "return_summary", by=by, reason=reason, also=also)
    tasks_close(kind=SUMMARY, subject=group, state=Task.State.CANCELLED)
    tell_leader(group, "group.summary_returned", by)
    audit.record("group.return_summary", by=by, on=group, stage=[GroupStage.REVIEW, group.stage])
    return group
