"""What casework puts into a worker's calendar feed, by numbers: deadlines of cases, planned dates of stays, group sessions."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.group_workflow import SessionState
from cases.models.casework import Case
from cases.models.families import Milestone
from cases.models.groups import Group, GroupSession
from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.calendar_feeds import MOST, Day, Entry, Span, deadline, due_within
from departments.services.desk import TASK_WORDS, address
from msw_portal.kernel.scope import CARE_ROLES


def case_entries(user: User, span: Span) -> Iterator[Entry]:
    """Own deadlines on cases that may be opened, and planned milestones of one's own open cases.

    Sessions of the groups one leads stand beside them. Cases of secrecy level 5 are left out, even as a number.
    """
    if user.role not in CARE_ROLES:
        return
    yield from _deadlines(user, span)
    yield from _milestones(user, span)
    yield from _sessions(user, span)


def _deadlines(user: User, span: Span) -> Iterator[Entry]:
    rows = Task.objects.visible_to(user).filter(subject_kind=Case._meta.model_name)
    tasks = list(due_within(rows, user, span))
    cases = Case.objects.visible_to(user).filter(
        uid__in={task.subject_uid for task in tasks}, compartment_id__isnull=True
    )
    numbers = dict(cases.values_list("uid", "number"))
    for task in tasks:
        if task.subject_uid in numbers:
            yield deadline(
                key=f"task-{task.uid}",
                title=_titled(TASK_WORDS[task.kind], numbers[task.subject_uid]),
                due_at=task.due_at,
                path=reverse("cases:case", args=[task.subject_uid]),
            )


def _milestones(user: User, span: Span) -> Iterator[Entry]:
    own = Case.objects.visible_to(user).open().filter(worker=user, compartment_id__isnull=True)
    cases = {
        episode: (number, uid)
        for episode, number, uid in own.filter(episode__isnull=False).values_list(
            "episode_id", "number", "uid"
        )
    }
    rows = Milestone.objects.visible_to(user).filter(
        episode_id__in=cases,
        actual_on__isnull=True,
        planned_on__range=(span.first, span.last),
    )
    for row in rows.order_by("planned_on", "id")[:MOST]:
        number, uid = cases[row.episode_id]
        yield Entry(
            key=f"milestone-{row.uid}",
            title=_titled(row.get_kind_display(), number),
            starts=row.planned_on,
            ends=row.planned_on + dt.timedelta(days=1),
            path=reverse("cases:case", args=[uid]),
        )


def _titled(what: object, number: str | None) -> str:
    return f"{what} {number}" if number else str(what)


def _sessions(user: User, span: Span) -> Iterator[Entry]:
    """Planned sessions of the groups that the person leads, by the group's number; the theme stays here."""
    mine = Group.objects.visible_to(user).filter(
        Q(leader_id=user.pk) | Q(co_leaders__user_id=user.pk)
    )
    rows = GroupSession.objects.visible_to(user).filter(
        group__in=mine,
        held_on__range=(span.first, span.last),
        state__in=[SessionState.PLANNED, SessionState.CANCELLED],
    )
    for row in rows.select_related("group").order_by("held_on", "id")[:MOST]:
        starts, ends = _when(row.held_on, row.starts_at, row.minutes)
        title = _("小组 %(number)s 第 %(n)s 节")
        yield Entry(
            key=f"session-{row.uid}",
            title=title % {"number": row.group.number, "n": row.number},
            starts=starts,
            ends=ends,
            path=address("cases:group", row.group.uid),
            is_busy=row.starts_at is not None,
            is_cancelled=row.state == SessionState.CANCELLED,
        )


def _when(day: dt.date, begins: dt.time | None, minutes: int) -> tuple[Day, Day]:
    if begins is None:
        return day, day + dt.timedelta(days=1)
    starts = timezone.make_aware(dt.datetime.combine(day, begins))
    return starts, starts + dt.timedelta(minutes=minutes)
