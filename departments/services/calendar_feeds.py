"""What stands in a person's calendar feed: kind and number, never a name or a ward.

A feed is fetched by a stranger's server (a phone's maker, a mail provider) and kept there. So an entry
says what is due and on which case number; the person, the ward and the reason stay behind the sign-in
that the entry's address leads to. What only few may know (level 5, mandatory reports, alerts) is never
in a feed, not even as a number.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from departments.models.mechanisms import Task
from departments.models.people import User
from departments.services.desk import TASK_WORDS

BACK, AHEAD = dt.timedelta(days=30), dt.timedelta(days=400)
MOST = 500
MOMENT = dt.timedelta(minutes=30)  # how long a deadline with a clock time is drawn
# Kinds of tasks that may leave the house as words. A new kind stays out until somebody decides.
PLANNED = frozenset(
    {
        *("intake", "assessment", "repeat_assessment", "plan_review", "plan_approval"),
        *("closing_approval", "co_sign", "next_contact", "follow_up", "discharge_call"),
        "co_sign_returned",
        *("meeting_task", "transfer", "referral_reply", "referral_follow_up"),
        *("reconsent_14", "reconsent_18", "reconsent_text", "subject_request"),
        "hours_confirm",
        *("supplement", "assess", "opine", "aid_agreement", "check", "review", "decide", "approve"),
        *("release", "receipt", "aid_bill", "aid_revisit", "appeal"),
    }
)
Day = dt.date | dt.datetime


@dataclass(frozen=True)
class Entry:
    """One event: `key` is the same for ever; dates are whole days, instants are aware.

    `is_busy`: the person is there; a deadline only reminds. `is_cancelled`: said once more, as
    cancelled, to calendars that hold it already.
    """

    key: str
    title: str | Promise
    starts: Day
    ends: Day
    path: str = ""
    is_busy: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True)
class Span:
    """The days a feed looks at, `first` and `last` included."""

    first: dt.date
    last: dt.date

    @property
    def begins(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.first, dt.time.min))

    @property
    def ends(self) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(self.last, dt.time.max))


Source = Callable[[User, Span], Iterable[Entry]]


def deadline(*, key: str, title: str | Promise, due_at: dt.datetime, path: str = "") -> Entry:
    """A task as an entry: the end of a day is the whole day, any other instant half an hour before it."""
    local = timezone.localtime(due_at)
    if (local.hour, local.minute) == (23, 59):
        return Entry(key, title, local.date(), local.date() + dt.timedelta(days=1), path)
    return Entry(key, title, due_at - MOMENT, due_at, path)


def due_within(rows: Any, user: User, span: Span) -> Any:
    """Of these tasks those that may stand in the person's feed."""
    return (
        rows.open()
        .filter(
            assignee_id=user.pk,
            kind__in=PLANNED,
            compartment_id__isnull=True,
            due_at__range=(span.begins, span.ends),
        )
        .order_by("due_at", "id")[:MOST]
    )


def task_entries(user: User, span: Span) -> Iterator[Entry]:
    """What is asked of the person and is no case's: its kind and day, nothing of its subject."""
    rows = Task.objects.visible_to(user).exclude(subject_kind="case")
    for task in due_within(rows, user, span):
        yield deadline(
            key=f"task-{task.uid}", title=TASK_WORDS[task.kind], due_at=task.due_at, path="/"
        )


def span_of(today: dt.date) -> Span:
    """The days a feed looks at: a month back, a good year ahead."""
    return Span(today - BACK, today + AHEAD)


def entries_of(user: User) -> list[Entry]:
    """Everything the sources say for the role acted in, the soonest first, MOST at most."""
    span = span_of(timezone.localdate())
    sources: Iterable[str] = import_string(settings.CALENDAR_SOURCES)
    found = [entry for path in sources for entry in import_string(path)(user, span)]
    return sorted(found, key=lambda one: (_instant(one.starts), one.key))[:MOST]


def _instant(day: Day) -> dt.datetime:
    if isinstance(day, dt.datetime):
        return day
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


# ── what was served before ───────────────────────────────────────────────────

Memory = dict[str, dict[str, Any]]


def remembered(entries: Iterable[Entry], before: Mapping[str, Any], now: dt.datetime) -> Memory:
    """What the feed has said of each entry, brought up to now: {key: {n, hash, at, from, to, off}}.

    `n` is the SEQUENCE: it rises when an entry changes, as RFC 5545 (3.8.7.4) asks. What was served
    and is no longer there is kept as cancelled until its time is over; its words are forgotten.
    """
    memory: Memory = {}
    for entry in entries:
        known = before.get(entry.key)
        if entry.is_cancelled and known is None:
            continue
        mark = _mark(entry)
        if known is not None and known["hash"] == mark:
            memory[entry.key] = known
            continue
        memory[entry.key] = _said(entry, mark, known["n"] + 1 if known else 0, now)
    for key, known in before.items():
        if key not in memory and dt.datetime.fromisoformat(known["over"]) > now:
            is_new = not known["off"]
            again = {"off": True, "hash": "", "n": known["n"] + 1, "at": now.isoformat()}
            memory[key] = known | again if is_new else known
    return memory


def _mark(entry: Entry) -> str:
    parts = [entry.title, entry.starts.isoformat(), entry.ends.isoformat(), entry.path]
    text = "|".join([*(str(part) for part in parts), str(entry.is_busy), str(entry.is_cancelled)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _said(entry: Entry, mark: str, number: int, now: dt.datetime) -> dict[str, Any]:
    return {
        "n": number,
        "hash": mark,
        "at": now.isoformat(),
        "from": entry.starts.isoformat(),
        "to": entry.ends.isoformat(),
        "over": _instant(entry.ends).isoformat(),
        "off": entry.is_cancelled,
    }


# ── iCalendar (RFC 5545, RFC 7986) ───────────────────────────────────────────


def feed_text(*, name: str, entries: Iterable[Entry], memory: Memory) -> bytes:
    """The feed as it is served; equal input, equal bytes, so that its hash is its ETag."""
    import icalendar  # a tenth of a second, for those processes alone that serve feeds

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//msw-portal//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    listed = {entry.key: entry for entry in entries}
    for key in sorted(memory, key=lambda one: (memory[one]["from"], one)):
        entry = listed.get(key)
        calendar.add_component(_fill(icalendar.Event(), key, entry, memory[key]))
    return calendar.to_ical()


def _fill(event: Any, key: str, entry: Entry | None, said: Mapping[str, Any]) -> Any:
    event.add("uid", f"{key}@msw-portal")
    event.add("summary", str(entry.title) if entry else _("已取消"))
    event.add("dtstart", _utc(said["from"]))
    event.add("dtend", _utc(said["to"]))
    changed = dt.datetime.fromisoformat(said["at"]).astimezone(dt.UTC).replace(microsecond=0)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", said["n"])
    event.add("status", "CANCELLED" if said["off"] else "CONFIRMED")
    is_busy = entry is not None and entry.is_busy and not said["off"]
    event.add("transp", "OPAQUE" if is_busy else "TRANSPARENT")
    event.add("class", "PRIVATE")
    if entry is not None and entry.path:
        event.add("url", f"{settings.PORTAL_ADDRESS}{entry.path}")
    return event


def _utc(text: str) -> Day:
    """A day as it is; an instant in UTC, so that no calendar needs our zone's rules."""
    if "T" not in text:
        return dt.date.fromisoformat(text)
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).replace(microsecond=0)
