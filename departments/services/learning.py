"""Arranging supervision and courses: planned with their people, changed, cancelled; courses joined by oneself."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.learning import (
    SUPERVISED,
    LearningAttendance,
    LearningEvent,
    LearningForm,
    LearningFunction,
    LearningKind,
)
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import Role, User
from departments.querysets import LEARNS
from departments.services.colleagues import people_here
from departments.services.moving import move, write_transition
from departments.services.notices import people_tell
from departments.staff_permissions import (
    can_join_learning,
    can_keep_learning,
    can_plan_learning,
)
from departments.workflow import LEARNING
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

F = LearningForm
# Which forms a kind may take; the first is offered first.
FORMS_OF: dict[str, tuple[str, ...]] = {
    LearningKind.SUPERVISION: (F.INDIVIDUAL, F.GROUP, F.PEER, F.LIVE, F.ONLINE),
    LearningKind.COACHING: (F.INDIVIDUAL, F.LIVE, F.ONLINE),
    LearningKind.TRAINING: (F.LECTURE, F.PRACTICE, F.ONLINE),
    LearningKind.WORKSHOP: (F.PRACTICE, F.LECTURE, F.ONLINE),
    LearningKind.SIMULATION: (F.PRACTICE, F.ONLINE),
}
MOST_PEOPLE, MOST_STEPS, LONGEST_STEP = 200, 30, 200
TASKS = ("learning_reflect", "learning_sign", "learning_action")
ITSELF = _("督导者不能督导自己：请不要把督导者列入被督导者。")


def outline_of(lines: str) -> list[dict[str, str]]:
    """The tasks of a course from lines `标题：任务`, one a line; without a colon the line is the title.

    Raises:
        DomainError: `learning.outline` on `outline`.
    """
    steps = []
    for line in (one.strip() for one in lines.splitlines()):
        if not line:
            continue
        title, _colon, task = line.replace(":", "：", 1).partition("：")
        steps.append({"title": title.strip(), "task": task.strip()})
    if len(steps) > MOST_STEPS or any(len(one["title"]) > LONGEST_STEP for one in steps):
        raise DomainError(
            "learning.outline",
            _("最多 %(n)s 步，每步标题最多 %(long)s 个字。")
            % {"n": MOST_STEPS, "long": LONGEST_STEP},
            "outline",
        )
    return steps


def outline_lines(outline: Iterable[dict[str, str]]) -> str:
    """The same the other way, for the form."""
    return "\n".join("：".join(filter(None, (one["title"], one["task"]))) for one in outline)


def _check(event: LearningEvent, attendees: Sequence[User], by: User) -> None:
    if event.kind not in LearningKind.values:
        raise DomainError("learning_event_kind_known", _("请选择种类。"), "kind")
    if event.form not in FORMS_OF[event.kind]:
        raise DomainError("learning.form_of_kind", _("这一种类没有这种形式。"), "manner")
    if set(event.functions) - set(LearningFunction.values):
        raise DomainError("learning.function_unknown", _("请从列表中选择。"), "functions")
    if not event.theme:
        raise DomainError("learning_event_has_theme", _("请填写主题。"), "theme")
    if event.leader is None and not event.leader_name and event.kind in SUPERVISED:
        raise DomainError(
            "learning_event_supervision_has_leader", _("督导要写明督导者。"), "leader"
        )
    here = set(people_here(by=by, roles=LEARNS).values_list("pk", flat=True))
    if event.leader is not None and event.leader_id not in here:
        raise DomainError("learning.leader_elsewhere", _("此人现在不在本机构。"), "leader")
    if {one.pk for one in attendees} - here:
        raise DomainError("learning.person_elsewhere", _("名单里有人现在不在本机构。"), "attendees")
    if len(attendees) > MOST_PEOPLE:
        raise DomainError(
            "learning.too_many", _("一次最多 %(n)s 人。") % {"n": MOST_PEOPLE}, "attendees"
        )
    if by.role == Role.WORKER and (event.form != F.PEER or event.leader_id != by.pk):
        raise DomainError(
            "learning.peer_only",
            _("社工可以自己安排并主持同辈督导；其他由督导或主任安排。"),
            "manner",
        )
    _check_supervised(event, attendees)


def _check_supervised(event: LearningEvent, attendees: Sequence[User]) -> None:
    if event.kind not in SUPERVISED:
        return
    if event.leader_id in {one.pk for one in attendees}:
        raise DomainError("learning_leader_not_attendee", ITSELF, "attendees")
    if not event.functions:
        raise DomainError("learning.needs_function", _("请至少选一项督导功能。"), "functions")
    if not attendees:
        raise DomainError("learning.needs_people", _("请选择被督导者。"), "attendees")
    if event.form == F.INDIVIDUAL and len(attendees) > 1:
        raise DomainError("learning.one_only", _("个别督导只有一位被督导者。"), "attendees")


@command
def learning_plan(
    *,
    kind: str,
    manner: str,
    theme: str,
    starts_at: dt.datetime,
    hours: Decimal,
    functions: Iterable[str] = (),
    place: str = "",
    leader: User | None = None,
    leader_name: str = "",
    provider: Organization | None = None,
    is_cpd: bool = False,
    is_open: bool = False,
    outline: str = "",
    attendees: Iterable[User] = (),
    by: User,
) -> LearningEvent:
    """Arrange a supervision or a course; `manner` is a LearningForm, `outline` are lines `标题：任务`. Its people are told.

    Raises:
        DomainError: `learning.*` and the constraints of the table, on their fields.
    """
    require(can_plan_learning, by, None)
    people = list(dict.fromkeys(attendees))
    event = LearningEvent(
        organization_id=by.house_id,
        department_id=by.acting.department_id,
        kind=kind,
        created_by=by,
    )
    _fill(
        event,
        manner=manner,
        theme=theme,
        starts_at=starts_at,
        hours=hours,
        functions=functions,
        place=place,
        leader=leader,
        leader_name=leader_name,
        provider=provider,
        is_cpd=is_cpd,
        is_open=is_open,
        outline=outline,
    )
    _check(event, people, by)
    event.save(force_insert=True)
    write_transition(event, LEARNING, "plan", before="", by=by)
    _enrol(event, people, by)
    audit.record("learning.plan", by=by, on=event, kind=kind, form=manner, count=len(people))
    _tell(event, "learning.planned", [one.pk for one in (*people, leader) if one], by)
    return event


def _fill(event: LearningEvent, **given: Any) -> None:
    event.form, event.theme = given["manner"], " ".join(given["theme"].split())
    event.starts_at, event.hours = given["starts_at"], given["hours"]
    event.functions = list(dict.fromkeys(given["functions"]))
    event.place, event.provider = given["place"].strip(), given["provider"]
    event.leader = given["leader"]
    event.leader_name = "" if given["leader"] else given["leader_name"].strip()
    is_course = event.kind not in SUPERVISED
    # Supervision is nobody else's: it is never opened to guests and earns no hours of a course.
    event.is_cpd = given["is_cpd"] and is_course
    event.is_open = given["is_open"] and is_course
    event.outline = outline_of(given["outline"]) if is_course else []


def _enrol(event: LearningEvent, people: Sequence[User], by: User) -> None:
    """The list as said: who is new is added, who is no longer on it goes; the leader's own row first."""
    rows = {row.user_id: row for row in event.attendances.select_related("user")}
    roles = LearningAttendance.Role
    wanted = {one.pk: one for one in people}
    for user_id, row in rows.items():
        stays = user_id in wanted and row.role == roles.ATTENDEE
        if row.role == roles.LEADER or not stays:
            row.delete()
    if event.leader is not None or event.leader_name:
        _add(event, by, user=event.leader, name=event.leader_name, role=roles.LEADER)
    for user_id, person in wanted.items():
        if user_id not in rows or rows[user_id].role != roles.ATTENDEE:
            _add(event, by, user=person)


def _add(event: LearningEvent, by: User, **given: Any) -> LearningAttendance:
    row = LearningAttendance(
        organization_id=event.organization_id, event=event, created_by=by, **given
    )
    row.save(force_insert=True)
    return row


def _tell(event: LearningEvent, kind: str, users: Iterable[int], by: User) -> None:
    people_tell(
        kind=kind,
        organization_id=event.organization_id,
        subject=event,
        users=users,
        once=f"{event.uid}:{event.row_version}",
        by=by,
    )


def locked(event: LearningEvent) -> LearningEvent:
    """The event under its lock."""
    rows = LearningEvent.objects.locked().select_related("leader", "department")
    return rows.get(pk=event.pk)


@command
def learning_change(
    *,
    event: LearningEvent,
    base: int | None = None,
    attendees: Iterable[User] = (),
    by: User,
    **given: Any,
) -> LearningEvent:
    """Change what was arranged, before it is held; `given` is what learning_plan takes, but for the kind.

    Raises:
        DomainError: `learning.hold.wrong_state` (409) afterwards, `form.stale` (409), and those of planning.
    """
    event = locked(event)
    require(can_keep_learning, by, event)
    LEARNING.check(event, "hold")
    check_base(base, event.row_version)
    people = list(dict.fromkeys(attendees))
    before = set(event.attendances.values_list("user_id", flat=True))
    blank = {"functions": (), "place": "", "leader": None, "leader_name": "", "provider": None}
    blank |= {"is_cpd": False, "is_open": False, "outline": ""}
    _fill(event, **blank | given)
    _check(event, people, by)
    # The old leader's row goes before the new leader is written: one may have become the other.
    event.attendances.filter(role=LearningAttendance.Role.LEADER).delete()
    event.attendances.exclude(user_id__in=[one.pk for one in people]).delete()
    event.save()
    _enrol(event, people, by)
    audit.record("learning.change", by=by, on=event, count=len(people))
    new = [one.pk for one in people if one.pk not in before]
    _tell(event, "learning.planned", new, by)
    return event


@command
def learning_cancel(*, event: LearningEvent, reason: str, by: User) -> LearningEvent:
    """It does not take place; the people on the list are told.

    Raises:
        DomainError: `learning.cancel.wrong_state` (409), `learning.cancel.needs_reason`.
    """
    event = locked(event)
    require(can_keep_learning, by, event)
    move(event, LEARNING, "cancel", by=by, reason=reason)
    tasks_of(event).update(state=Task.State.CANCELLED, closed_at=timezone.now())
    audit.record("learning.cancel", by=by, on=event)
    users = event.attendances.exclude(user=None).values_list("user_id", flat=True)
    _tell(event, "learning.cancelled", list(users), by)
    return event


def tasks_of(event: LearningEvent) -> Any:
    """What is still open of it, of all three kinds."""
    return Task.objects.filter(
        organization_id=event.organization_id,
        kind__in=TASKS,
        subject_kind=event._meta.model_name,
        subject_id=event.pk,
        state=Task.State.OPEN,
    )


def _to_join(event: LearningEvent, by: User) -> LearningEvent:
    """The course as it stands, still to be held. A visitor may not change it, so cannot lock it either."""
    require(can_join_learning, by, event)
    event = locked(event) if by.role in LEARNS else LearningEvent.objects.get(pk=event.pk)
    require(can_join_learning, by, event)
    LEARNING.check(event, "hold")
    return event


@command
def learning_join(*, event: LearningEvent, by: User) -> LearningAttendance:
    """Put oneself on the list of a course that has not been held yet.

    Raises:
        DomainError: `learning.hold.wrong_state` (409), `learning_attendance_once`.
    """
    event = _to_join(event, by)
    if event.attendances.filter(user=by).exists():
        raise DomainError("learning_attendance_once", _("您已经报名。"), status=409)
    row = _add(event, by, user=by)
    audit.record("learning.join", by=by, on=event)
    return row


@command
def learning_leave(*, event: LearningEvent, by: User) -> None:
    """Take oneself off the list of a course that has not been held yet.

    Raises:
        DomainError: `learning.hold.wrong_state` (409), `learning.not_on_list` (409).
    """
    event = _to_join(event, by)
    gone, _each = event.attendances.filter(user=by, role=LearningAttendance.Role.ATTENDEE).delete()
    if not gone:
        raise DomainError("learning.not_on_list", _("您没有报名。"), status=409)
    audit.record("learning.leave", by=by, on=event)
