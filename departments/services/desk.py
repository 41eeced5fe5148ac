"""What waits for a person: tasks with their clocks, notices, and the counts beside the navigation."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from departments.models.mechanisms import Notification, Task
from departments.models.people import User
from departments.services.desk_words import (
    CRISIS,
    PLACES,
    PLACES_OF_KIND,
    SHOWN_ELSEWHERE,
    TASK_WORDS,
)
from departments.services.history import kind_label
from departments.services.notice_kinds import GROUPS, NOTICE_WORDS
from departments.services.standing_in import lists_of_reader
from msw_portal.kernel.addresses import address_of
from msw_portal.kernel.commands import command

COUNT_CAP = 99
TASKS_SHOWN = 20
SOON_HOURS = 3
NOTICES_SHOWN = 6
NOTICES_PAGE = 30
MAIL_FAILED_SHOWN = dt.timedelta(days=14)


# What subjects are called, by their kind.
Named = Mapping[str, Mapping[uuid.UUID, str]]


@dataclass(frozen=True)
class Todo:
    """A task as the workbench shows it."""

    title: str | Promise
    note: str
    url: str
    due_at: dt.datetime | None
    is_late: bool
    is_crisis: bool
    is_mine: bool
    advice: str | Promise = ""


@dataclass(frozen=True)
class Alarm:
    """What stands above everything on the page, with its clock."""

    title: str
    advice: str
    url: str
    due_at: dt.datetime | None


@dataclass(frozen=True)
class Figures:
    """How many tasks wait, fall due today, within three hours, or are late."""

    waiting: int
    today: int
    soon: int
    late: int


@dataclass(frozen=True)
class Notice:
    """A notice as its list shows it."""

    uid: uuid.UUID
    title: str | Promise
    note: str
    url: str
    at: dt.datetime
    is_read: bool
    is_crisis: bool = False
    # What it is about is not there for this person, or no longer: the page says so and names nothing.
    is_gone: bool = False


@dataclass(frozen=True)
class KeptView:
    """The conditions of a list under a name of one's own."""

    uid: str
    list: str
    name: str
    query: str


@dataclass(frozen=True)
class Badges:
    """Counts beside the navigation, each at most COUNT_CAP, and the lists' saved views."""

    unread: int = 0
    referrals: int = 0
    referrals_late: int = 0
    funding: int = 0
    views: tuple[KeptView, ...] = ()


def address(name: str, *args: object) -> str:
    """The address of a name another app owns, "" while it has none."""
    try:
        if all(type(one) is uuid.UUID for one in args):
            return address_of(name, *args)
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def place(kind: str, uid: uuid.UUID | None, house_kind: str) -> str:
    """Where a subject is opened by a member of this kind of house; "" when nowhere."""
    name = PLACES.get(f"{kind}@{house_kind}") or PLACES.get(kind)
    if name is None:
        return ""
    return (address(name, uid) if uid else "") or address(name)


def _place_of(row: Task | Notification, user: User) -> str:
    if row.kind in PLACES_OF_KIND:
        return address(PLACES_OF_KIND[row.kind])
    return place(row.subject_kind, row.subject_uid, user.acting.organization_kind)


def todos(user: User) -> Sequence[Todo]:
    """The open tasks of the person and the role that no other panel shows, the most urgent first."""
    rows = _task_rows(user)
    return _todos(rows, user, _named(rows, user))


def day(user: User) -> tuple[Sequence[Todo], list[Notice]]:
    """`todos` and `notices` of one page by one statement; what both are about is asked for once."""
    tasks, news = lists_of_reader("day", _day_rows, user)
    named = _named([*tasks, *news], user)
    return _todos(tasks, user, named), [_notice(row, user, named) for row in news]


def _day_rows(user: User) -> tuple[QuerySet[Task], QuerySet[Notification]]:
    return _task_rows(user), _rows(user, None)[:NOTICES_SHOWN]


def _task_rows(user: User) -> QuerySet[Task]:
    rows = Task.objects.visible_to(user).open().exclude(subject_kind__in=SHOWN_ELSEWHERE)
    # What waits at the door has its own panel, with a button to take it.
    rows = rows.exclude(subject_kind="referral", kind="referral")
    rows = rows.select_related("department")
    return rows.order_by("due_at", "id")[:TASKS_SHOWN]


def _todos(rows: Iterable[Task], user: User, named: Named) -> list[Todo]:
    now = timezone.now()
    return [
        Todo(
            title=TASK_WORDS.get(row.kind, kind_label(row.subject_kind)),
            note=named.get(row.subject_kind, {}).get(row.subject_uid, "")
            or (row.department.name if row.department else ""),
            url=_place_of(row, user),
            due_at=row.due_at,
            is_late=row.due_at is not None and row.due_at < now,
            is_crisis=row.kind in CRISIS,
            is_mine=row.assignee_id == user.pk,
            advice=CRISIS.get(row.kind, ""),
        )
        for row in rows
    ]


def alarms(user: User) -> list[Alarm]:
    """What stands above everything, from the apps that own it; an empty list on a quiet day."""
    sources = import_string(settings.WORKBENCH_ALARMS)
    return [alarm for path in sources for alarm in import_string(path)(user)]


def figures(user: User) -> Figures:
    """The counts of open tasks, by their deadlines on the wall clock in Shanghai."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tonight = midnight + dt.timedelta(days=1)
    soon = now + dt.timedelta(hours=SOON_HOURS)
    counts = (
        Task.objects.visible_to(user)
        .open()
        .aggregate(
            waiting=Count("id"),
            today=Count("id", filter=Q(due_at__gte=midnight, due_at__lt=tonight)),
            soon=Count("id", filter=Q(due_at__gte=now, due_at__lt=soon)),
            late=Count("id", filter=Q(due_at__lt=now)),
        )
    )
    return Figures(**counts)


def notices(user: User, *, limit: int = NOTICES_SHOWN) -> list[Notice]:
    """The person's newest notices in this house."""
    return _notices(list(_rows(user, None)[:limit]), user)


def notice_page(
    user: User, *, before: int | None, is_unread: bool = False
) -> tuple[list[Notice], int | None]:
    """A page of notices, and the id to page on from when there are older ones."""
    found = _rows(user, before)
    if is_unread:
        found = found.filter(read_at__isnull=True)
    rows = list(found[: NOTICES_PAGE + 1])
    older = rows[NOTICES_PAGE - 1].pk if len(rows) > NOTICES_PAGE else None
    return _notices(rows[:NOTICES_PAGE], user), older


def notice_of(user: User, uid: str) -> Notice | None:
    """One of the person's own notices; None for anything else."""
    try:
        row = _rows(user, None).filter(uid=uuid.UUID(uid)).first()
    except ValueError:
        return None
    return _notices([row], user)[0] if row else None


def mail_failed(user: User) -> Notification | None:
    """The newest notice of the last weeks that the mail server would not take."""
    since = timezone.now() - MAIL_FAILED_SHOWN
    rows = Notification.objects.visible_to(user).filter(created_at__gte=since)
    return rows.exclude(mail_error="").order_by("-id").first()


def _rows(user: User, before: int | None) -> QuerySet[Notification]:
    rows = Notification.objects.visible_to(user).filter(is_shown=True).order_by("-id")
    return rows.filter(id__lt=before) if before is not None else rows


def _notices(rows: list[Notification], user: User) -> list[Notice]:
    """In words."""
    named = _named(rows, user)
    return [_notice(row, user, named) for row in rows]


def _named(rows: Iterable[Task | Notification], user: User) -> Named:
    """What each is about, asked of the app that owns it, once for every kind of subject."""
    owners: Mapping[str, str] = import_string(settings.NOTICE_SUBJECTS)
    asked: dict[str, set[uuid.UUID]] = {}
    for row in rows:
        if row.subject_kind in owners and row.subject_uid:
            asked.setdefault(row.subject_kind, set()).add(row.subject_uid)
    return {kind: import_string(owners[kind])(user, uids) for kind, uids in asked.items()}


def _notice_title(row: Notification) -> str | Promise:
    """What is late is named where the notice says so, or there are five lines of one sentence."""
    late = TASK_WORDS.get(row.dedup_key.rpartition(":")[2]) if row.kind == "task.overdue" else None
    if late is not None:
        return _("%(task)s：已过时限，还没有办") % {"task": late}
    return NOTICE_WORDS.get(row.kind, kind_label(row.subject_kind))


def _notice(row: Notification, user: User, named: Named) -> Notice:
    known = named.get(row.subject_kind)
    is_gone = (
        known is not None
        and row.subject_uid not in known
        and row.kind not in PLACES_OF_KIND  # the place is another one than the subject's
    )
    return Notice(
        uid=row.uid,
        title=_notice_title(row),
        note="" if known is None else known.get(row.subject_uid, ""),
        url="" if is_gone else _place_of(row, user),
        at=row.created_at,
        is_read=row.read_at is not None,
        is_crisis=row.kind in GROUPS["crisis"].kinds,
        is_gone=is_gone,
    )


@command
def notifications_read(*, uid: uuid.UUID | None = None, by: User) -> int:
    """Mark one notice, or all, as read; how many were unread."""
    rows = Notification.objects.visible_to(by).filter(read_at__isnull=True)
    if uid is not None:
        rows = rows.filter(uid=uid)
    return rows.update(read_at=timezone.now())


_CAPPED = "(SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {where} LIMIT %(cap)s) capped)"
_UNREAD = _CAPPED.format(
    table="departments_notification",
    where="user_id = %(user)s AND organization_id = %(house)s AND read_at IS NULL AND is_shown",
)
# Two looks into one index: an OR over them reads the tasks of every role.
_TASKS = "organization_id = %(house)s AND state = 'open' AND subject_kind = '{kind}' {own}AND {whose}{more}"
_MINE = "assignee_id = %(user)s"
_OF_ROLE = "assignee_id IS NULL AND (role = %(role)s{leaders})"
_TASK_COUNT = (
    "(SELECT count(*) FROM ((SELECT 1 FROM departments_task WHERE {mine} LIMIT %(cap)s) UNION ALL "
    "(SELECT 1 FROM departments_task WHERE {of_role} LIMIT %(cap)s) LIMIT %(cap)s) capped)"
)
# What waits at the door is a worker's task; who leads the workers counts it too.
_AT_THE_DOOR = " OR (role = 'worker' AND %(role)s IN ('supervisor', 'dept_head'))"
# The saved views of every list come along: a statement of their own would be the seventh of a list page.
_VIEWS = (
    "(SELECT coalesce(json_agg(json_build_array(uid, list, name, query) ORDER BY id), '[]') "
    "FROM departments_savedview WHERE user_id = %(user)s AND organization_id = %(house)s)"
)


def _task_count(kind: str, more: str, leaders: str) -> str:
    # Reminders of outgoing referrals are no work at the door.
    own = "AND kind NOT IN ('referral_reply', 'referral_follow_up') "
    mine, of_role = (
        _TASKS.format(kind=kind, own=own, more=more, whose=whose)
        for whose in (_MINE, _OF_ROLE.format(leaders=leaders))
    )
    return _TASK_COUNT.format(mine=mine, of_role=of_role)


BADGES = "SELECT " + ", ".join(
    [
        _UNREAD,
        _task_count("referral", "", _AT_THE_DOOR),
        _task_count("referral", " AND due_at < now()", _AT_THE_DOOR),
        _task_count("fundingrequest", "", ""),
        _VIEWS,
    ]
)


def badges(user: User) -> Badges:
    """One statement; nothing for somebody without a role."""
    if user.acting is None:
        return Badges()
    asked = {"user": user.pk, "house": user.house_id, "role": user.role, "cap": COUNT_CAP}
    with connection.cursor() as cursor:
        cursor.execute(BADGES, asked)
        *counts, views = cursor.fetchone()
    return Badges(*counts, views=tuple(KeptView(*one) for one in views))
