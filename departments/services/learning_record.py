"""What came of a supervision or a course: recorded, reflected upon, signed by everybody; follow-up actions are tasks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.learning import SUPERVISED, LearningAttendance, LearningEvent
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.learning import locked
from departments.services.moving import move
from departments.services.notices import people_tell
from departments.services.tasks import task_finish, task_open
from departments.staff_permissions import (
    can_close_action,
    can_keep_learning,
    can_sign_learning,
)
from departments.workflow import LEARNING, LearningState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

SIGN_DAYS = 7
MOST_ACTIONS = 12
P = LearningAttendance.Presence


@command
def learning_hold(
    *,
    event: LearningEvent,
    base: int | None = None,
    notes: str = "",
    advice: str = "",
    actions: Sequence[Mapping[str, Any]] = (),
    people: Mapping[str, Mapping[str, Any]],
    hours: Decimal | None = None,
    by: User,
) -> LearningEvent:
    """Record what took place; until the first signature it can be recorded anew.

    `people` says of each attendance (by its uid): `presence`, and of a course `result`, `score` and
    `steps_done`; `actions` are {"text", "user", "due_on"}, each a task; `hours` how long it really took.

    Raises:
        DomainError: `learning.not_yet` before it begins, `learning.needs_notes`, `learning.signed`
            (409) once somebody has signed, `form.stale` (409), and those of the tables.
    """
    event = locked(event)
    require(can_keep_learning, by, event)
    check_base(base, event.row_version)
    is_first = event.state == LearningState.PLANNED
    if not is_first:
        _check_unsigned(event)
    if event.starts_at > timezone.now():
        raise DomainError("learning.not_yet", _("还没有到开始的时间，不能记录。"), status=409)
    is_supervised = event.kind in SUPERVISED
    if is_supervised and not notes.strip():
        raise DomainError("learning.needs_notes", _("请写讨论了什么。"), "notes")
    if is_supervised and not advice.strip():
        raise DomainError("learning.needs_advice", _("请写督导建议。"), "advice")
    event.notes, event.advice = notes.strip() or None, advice.strip() or None
    if hours is not None:
        event.hours = hours
    event.actions = _actions(event, actions)
    event.save()
    rows = list(event.attendances.select_related("user", "staff").order_by("pk"))
    present = 0
    for row in rows:
        _attend(event, row, people.get(str(row.uid), {}))
        present += row.role == LearningAttendance.Role.ATTENDEE and row.presence == P.PRESENT
    if not present:
        raise DomainError("learning.nobody_came", _("没有人到场的，请取消安排，不作记录。"), None)
    if is_first:
        move(event, LEARNING, "hold", by=by)
    _tasks(event, rows, by)
    audit.record(
        "learning.hold" if is_first else "learning.rewrite",
        by=by,
        on=event,
        hours=str(event.hours),
        count=present,
    )
    return event


def _check_unsigned(event: LearningEvent) -> None:
    if event.state != LearningState.HELD or event.attendances.exclude(signed_at=None).exists():
        raise DomainError("learning.signed", _("已经有人签署，记录不能再改。"), status=409)


def _actions(event: LearningEvent, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    named = set(event.attendances.exclude(user=None).values_list("user__uid", flat=True))
    kept: list[dict[str, Any]] = []
    # A key that was ever a task's is not given to another action.
    used = Task.objects.filter(
        organization_id=event.organization_id, kind="learning_action", subject_id=event.pk
    ).count()
    for one in given[:MOST_ACTIONS]:
        text, person = str(one.get("text") or "").strip(), one.get("user")
        if not text:
            continue
        if person is None or person.uid not in named:
            raise DomainError(
                "learning.action_needs_person", _("每项后续行动要选一位参加者负责。"), "actions"
            )
        due = one.get("due_on")
        if due is None or due < event.on:
            raise DomainError(
                "learning.action_needs_day", _("请填后续行动的期限，不能早于督导当天。"), "actions"
            )
        kept.append(
            {
                "key": str(one.get("key") or f"n{used + len(kept) + 1}"),
                "text": text[:500],
                "user": str(person.uid),
                "due_on": due.isoformat(),
            }
        )
    return kept


def _attend(event: LearningEvent, row: LearningAttendance, said: Mapping[str, Any]) -> None:
    is_leader = row.role == LearningAttendance.Role.LEADER
    row.presence = P.PRESENT if is_leader else said.get("presence") or P.ABSENT
    is_here = row.presence == P.PRESENT
    row.hours = event.hours if is_here else None
    is_course = event.kind not in SUPERVISED
    row.result = str(said.get("result") or "") if is_here and is_course and not is_leader else ""
    row.score = said.get("score") if row.result else None
    steps = said.get("steps_done") or () if is_here and is_course else ()
    row.steps_done = sorted({step for step in steps if 0 <= step < len(event.outline)})
    row.save()


def _tasks(event: LearningEvent, rows: Sequence[LearningAttendance], by: User) -> None:
    """What each has to do now: reflect and sign, sign, or act; of the last record only."""
    from_now = timezone.now() + dt.timedelta(days=SIGN_DAYS)
    roles = LearningAttendance.Role
    stale = Task.objects.filter(
        organization_id=event.organization_id,
        subject_kind=event._meta.model_name,
        subject_id=event.pk,
    )
    wanted: dict[str, tuple[str, User, dt.datetime]] = {}
    for row in rows:
        if row.user is None or row.presence != P.PRESENT:
            continue
        if row.role == roles.LEADER:
            wanted[f"learning_sign:{row.uid}"] = ("learning_sign", row.user, from_now)
        elif event.kind in SUPERVISED:
            wanted[f"learning_reflect:{row.uid}"] = ("learning_reflect", row.user, from_now)
    people = {str(row.user.uid): row.user for row in rows if row.user}
    for one in event.actions or ():
        day = dt.date.fromisoformat(one["due_on"])
        due = timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
        key = f"learning_action:{event.uid}:{one['key']}"
        wanted[key] = ("learning_action", people[one["user"]], due)
    stale.filter(state=Task.State.OPEN).exclude(dedup_key__in=list(wanted)).update(
        state=Task.State.CANCELLED, closed_at=timezone.now()
    )
    for key, (kind, person, due) in wanted.items():
        again = stale.filter(dedup_key=key).exclude(state=Task.State.DONE)
        if again.update(assignee=person, due_at=due, state=Task.State.OPEN, closed_at=None):
            continue
        task = task_open(
            kind=kind,
            organization_id=event.organization_id,
            subject=event,
            due_at=due,
            assignee=person,
            dedup_key=key,
            by=by,
        )
        if task is not None and kind != "learning_sign":
            people_tell(
                kind="learning.to_do",
                organization_id=event.organization_id,
                subject=event,
                users=[person.pk],
                once=str(task.uid),
                by=by,
            )


@command
def learning_sign(
    *, attendance: LearningAttendance, reflection: str = "", by: User
) -> LearningAttendance:
    """Sign the record: a supervisee with a reflection, who led it without; the last signature closes it.

    An outside supervisor signs on paper: who keeps the record says so in that name.

    Raises:
        DomainError: `learning.sign.wrong_state` (409), `learning.signed_already` (409),
            `learning.needs_reflection`, `learning.was_not_there` (409).
    """
    event = locked(attendance.event)
    rows = LearningAttendance.objects.locked().select_related("user", "staff")
    row = rows.get(pk=attendance.pk)
    row.event = event
    require(can_sign_learning, by, row)
    LEARNING.check(event, "sign")
    if row.signed_at is not None:
        raise DomainError("learning.signed_already", _("您已经签署。"), status=409)
    if row.presence != P.PRESENT:
        raise DomainError("learning.was_not_there", _("没有到场的人不签署。"), status=409)
    is_leader = row.role == LearningAttendance.Role.LEADER
    if not is_leader and not reflection.strip():
        raise DomainError("learning.needs_reflection", _("请写反思，再签署。"), "reflection")
    row.reflection = reflection.strip() or None
    row.signed_at = timezone.now()
    row.save(update_fields=["reflection", "signed_at"])
    kind = "learning_sign" if is_leader else "learning_reflect"
    task_finish(organization_id=row.organization_id, dedup_key=f"{kind}:{row.uid}")
    if not unsigned(event):
        event.signed_at = row.signed_at
        move(event, LEARNING, "sign", by=by, also=("signed_at",))
    audit.record("learning.sign", by=by, on=event, role=row.role)
    return row


def unsigned(event: LearningEvent) -> list[LearningAttendance]:
    """Whose signature is still missing: who led it, and of a supervision everybody present with an account."""
    rows = event.attendances.filter(presence=P.PRESENT, signed_at=None).select_related(
        "user", "staff"
    )
    roles = LearningAttendance.Role
    return [
        row
        for row in rows
        if row.role == roles.LEADER or (event.kind in SUPERVISED and row.user_id is not None)
    ]


@command
def learning_action_done(*, event: LearningEvent, key: str, by: User) -> None:
    """The follow-up action is done, says the person whose task it is.

    Raises:
        DomainError: `learning.no_action` (409) when it is not open.
    """
    task = Task.objects.filter(
        organization_id=event.organization_id,
        dedup_key=f"learning_action:{event.uid}:{key}",
        state=Task.State.OPEN,
    ).first()
    if task is None:
        raise DomainError("learning.no_action", _("这项行动已经完成或取消。"), status=409)
    require(can_close_action, by, task)
    task_finish(organization_id=event.organization_id, dedup_key=task.dedup_key)
    audit.record("learning.act_done", by=by, on=event)
