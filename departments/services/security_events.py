"""What the auditor watches: failed sign-ins, locks, refusals, break-glass, exports, changes of roles; and alarms."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.trail import AuditEntry
from departments.permissions import can_view_audit
from departments.services import outbox
from departments.services.history import Line, line
from departments.services.policies import AlarmRule, alarm_rule
from departments.services.tasks import task_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION

ALARM_TASK = "security_alarm"
ALARM_WINDOW = dt.timedelta(hours=1)
SHOWN = 100
# group -> (words, icon); the order of the page.
GROUPS: dict[str, tuple[str | Promise, str]] = {
    "failed": (_("登录失败"), "key"),
    "locked": (_("账户锁定"), "lock"),
    "missing": (_("访问不属于自己的记录"), "search"),
    "refused": (_("操作被拒绝"), "warn"),
    "break_glass": (_("紧急查阅"), "shield"),
    "export": (_("导出"), "dl"),
    "roles": (_("账户与角色变更"), "user"),
}
ACTIONS = {
    "sign_in.refuse": "failed",
    "sign_in.refuse_code": "failed",
    "client.token_refuse": "failed",
    "sign_in.limit": "locked",
    "request.not_found": "missing",
    "request.refused": "refused",
    "export.make": "export",
    "person.invite": "roles",
    "membership.give": "roles",
    "membership.end": "roles",
    "account.unlock": "roles",
    "account.reset_second_factor": "roles",
    "account.end_sessions": "roles",
    "second_factor.enrol": "roles",
    "api_client.create": "roles",
    "api_client.rotate": "roles",
    "api_client.end": "roles",
}
# Refused at the two doors, whoever was named: counted by the address it came from.
AT_THE_DOOR = ("sign_in.refuse", "sign_in.refuse_code", "client.token_refuse")
BREAK_GLASS = "break_glass"
# What follows an opening is listed and raises nothing anew.
FOLLOWS = frozenset({"break_glass.read", "break_glass.end", "break_glass.review"})
# Alarms: group -> (the rule's number, None for every single one).
COUNTED = {
    "failed": "failed_sign_ins",
    "missing": "missing_rows",
    "refused": "refusals",
    "export": "exports",
    "locked": None,
    "break_glass": None,
}


@dataclass(frozen=True)
class Event:
    """One security event of the house in words."""

    group: str
    line: Line
    login: str
    ip: str
    user_id: int | None

    @property
    def words(self) -> str | Promise:
        return GROUPS[self.group][0]


@dataclass(frozen=True)
class Alarm:
    """An alarm that nobody has looked at, or who did."""

    task: Task
    group: str
    person: str
    login: str

    @property
    def words(self) -> str | Promise:
        return GROUPS[self.group][0]


def group_of(action: str) -> str:
    """Which group an action belongs to; "" for none."""
    return "break_glass" if BREAK_GLASS in action else ACTIONS.get(action, "")


def events(*, by: User, since: dt.datetime, group: str = "") -> list[Event]:
    """The newest security events since an instant: of the house's chain, and its people's sign-ins."""
    require(can_view_audit, by, None)
    found = _events(AuditEntry.objects.visible_to(by), since)
    chosen = [event for event in found if group in ("", event.group)]
    return sorted(chosen, key=lambda event: event.line.at, reverse=True)[:SHOWN]


def figures(found: Iterable[Event]) -> list[tuple[str, str | Promise, str, int]]:
    """How many per group: (group, words, icon, count)."""
    count = Counter(event.group for event in found)
    return [(group, words, icon, count[group]) for group, (words, icon) in GROUPS.items()]


def alarms_open(*, by: User) -> list[Alarm]:
    """The alarms that wait for the auditor, newest first."""
    require(can_view_audit, by, None)
    rows = list(Task.objects.visible_to(by).open().filter(kind=ALARM_TASK).order_by("-id")[:SHOWN])
    people = User.objects.in_bulk({row.subject_id for row in rows if row.subject_kind == "user"})
    return [_alarm(row, people) for row in rows]


@command
def alarm_close(*, task: Task, note: str, by: User) -> Task:
    """Say what an alarm was; it leaves the list and stays in the audit.

    Raises:
        DomainError: `alarm.needs_note` on `note`; `alarm.closed` (409).
    """
    task = Task.objects.select_for_update(no_key=True, of=("self",)).get(pk=task.pk)
    require(can_view_audit, by, task)
    if len(note.strip()) < 2:
        raise DomainError("alarm.needs_note", _("请写明核实的情况。"), "note")
    if task.state != Task.State.OPEN:
        raise DomainError("alarm.closed", _("这条警报已经处理。"), status=409)
    task.state, task.closed_at = Task.State.DONE, timezone.now()
    task.save(update_fields=["state", "closed_at"])
    audit.record("alarm.close", by=by, on=task, kind=_rule_of(task), reason=note.strip()[:200])
    return task


def alarms_raise(*, organization_id: int, now: dt.datetime | None = None) -> int:
    """Look at the last hour of a house, in a scope of it as the system; how many alarms are new."""
    at = now or timezone.now()
    rule, made = alarm_rule(), 0
    rows = AuditEntry.objects.filter(organization_id=organization_id).exclude(action__in=FOLLOWS)
    by_person: Counter[tuple[str, int]] = Counter()
    for event in _events(rows, at - ALARM_WINDOW):
        if event.group in COUNTED and event.user_id is not None:
            by_person[event.group, event.user_id] += 1
    due = [key for key, count in by_person.items() if count >= _threshold(rule, key[0])]
    people = User.objects.in_bulk({user_id for _group, user_id in due})
    for group, user_id in sorted(due):
        person = people[user_id]
        key = f"alarm:{group}:{person.uid}:{at:%Y%m%d%H}"
        task = task_open(
            kind=ALARM_TASK,
            organization_id=organization_id,
            subject=person,
            role="auditor",
            dedup_key=key,
        )
        if task is not None:
            made += 1
            audit.record(
                "alarm.raise",
                by=None,
                on=person,
                organization_id=organization_id,
                kind=group,
                count=by_person[group, user_id],
            )
    if organization_id == INSTALLATION:
        made += _addresses_raise(rows, rule, at)
    if made:
        outbox.put("administration.mail", organization_id=organization_id, what="alarm", n=made)
    return made


def _addresses_raise(rows: QuerySet[AuditEntry], rule: AlarmRule, at: dt.datetime) -> int:
    """Names that belong to nobody have no house and no person: who tries many is known by the address alone."""
    tried = rows.filter(action__in=AT_THE_DOOR, at__gte=at - ALARM_WINDOW).exclude(ip="")
    many = tried.order_by().values("ip").annotate(n=Count("pk"))
    found = many.filter(n__gte=max(1, rule.failed_by_address)).values_list("ip", "n")
    here = Organization.objects.get(pk=INSTALLATION)
    made = 0
    for ip, count in sorted(found):
        task = task_open(
            kind=ALARM_TASK,
            organization_id=INSTALLATION,
            subject=here,
            role="auditor",
            dedup_key=f"alarm:failed:{ip}:{at:%Y%m%d%H}",
        )
        if task is not None:
            made += 1
            audit.record("alarm.raise", by=None, on=here, kind="failed", count=count, address=ip)
    return made


def _threshold(rule: AlarmRule, group: str) -> int:
    name = COUNTED[group]
    return max(1, getattr(rule, name)) if name else 1


def _events(rows, since: dt.datetime) -> list[Event]:
    mine = rows.filter(at__gte=since).filter(
        Q(action__in=list(ACTIONS)) | Q(action__contains=BREAK_GLASS)
    )
    newest = mine.select_related("actor").order_by("-at", "-id")[: 10 * SHOWN]
    own = [_event(row) for row in newest if not _is_at_the_door(row)]
    return own + _sign_ins(since)


def _is_at_the_door(row: AuditEntry) -> bool:
    """Whether it stands in the installation's chain for whatever house its person is of (`_sign_ins` tells)."""
    area = row.action.split(".")[0]
    return area == "sign_in" or (
        row.organization_id == INSTALLATION and area in ("second_factor", "client")
    )


def _event(row: AuditEntry) -> Event:
    actor = row.actor
    return Event(
        group_of(row.action),
        line(
            at=row.at,
            who=actor.display_name if actor else None,
            role=row.role,
            action=row.action,
            result=row.result,
            body=row.body,
            kind=row.subject_kind,
        ),
        actor.username if actor else "",
        row.ip,
        row.actor_id,
    )


def _sign_ins(since: dt.datetime) -> Sequence[Event]:
    """Failed and locked sign-ins of the house's people, from the installation's chain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.house_sign_ins(%s, %s)", [since, 10 * SHOWN])
        found = cursor.fetchall()
    return [
        Event(
            group_of(action),
            line(at=at, who=name, role="", action=action, result=result, body=body, kind="user"),
            login,
            ip,
            user_id,
        )
        for at, user_id, login, name, action, result, ip, body in found
        if group_of(action)
    ]


def _alarm(row: Task, people: dict[int, User]) -> Alarm:
    if row.subject_kind != "user":
        # An address stands in the key where an alarm has no person.
        return Alarm(row, _rule_of(row), "", row.dedup_key.split(":", 2)[2].rpartition(":")[0])
    person = people.get(row.subject_id or 0)
    return Alarm(
        row,
        _rule_of(row),
        person.display_name if person else "",
        person.username if person else "",
    )


def _rule_of(row: Task) -> str:
    return row.dedup_key.split(":")[1]
