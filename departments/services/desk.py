"""What waits for a person: tasks with their clocks, notices, and the counts beside the navigation."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from departments.models.mechanisms import Notification, Task
from departments.models.people import User
from departments.services.history import kind_label
from departments.services.notice_kinds import GROUPS, NOTICE_WORDS
from msw_portal.kernel.commands import command

COUNT_CAP = 99
TASKS_SHOWN = 20
SOON_HOURS = 3
NOTICES_SHOWN = 6
NOTICES_PAGE = 30
MAIL_FAILED_SHOWN = dt.timedelta(days=14)

TASK_WORDS: dict[str, str | Promise] = {
    "volunteer_review": _("审核一位志愿者的申请"),
    "volunteer_blacklist": _("决定是否拉黑一位志愿者"),
    "account_idle": _("久未登录的账户"),
    "access_review": _("账户复核"),
    "census_due": _("报送年报"),
    "clock": _("核对服务器时钟"),
    "hours_confirm": _("确认志愿服务时长"),
    "queue_dead": _("失败的任务"),
    "storage_room": _("存放文件的空间不多了"),
    "files_astray": _("文件与记录对不上"),
    "file_infected": _("有文件查出病毒，已锁定：删除并重新上传"),
    "security_alarm": _("安全警报"),
    "drop_refused": _("医院系统的文件有不能接收的行"),
    "triage": _("受理求助"),
    "flag_review": _("核对提示是否还成立"),
    "subject_request": _("答复个人信息权利请求"),
    "referral": _("受理转介"),
    "intake": _("完成接案"),
    "assessment": _("完成预估"),
    "repeat_assessment": _("按期再测量表"),
    "plan_approval": _("审批服务计划"),
    "plan_review": _("复评服务计划"),
    "closing_approval": _("审核结案"),
    "group_approval": _("审批小组计划"),
    "group_summary": _("审核小组总结"),
    "group_alarm": _("组员量表有危险信号，马上评估"),
    "co_sign": _("会签接触记录"),
    "next_contact": _("下一次接触"),
    "risk_alert": _("处理风险警报"),
    "mandatory_report": _("强制报告：立即报告公安、民政或教育"),
    "report_follow_up": _("跟进强制报告"),
    "break_glass_review": _("复核紧急查阅"),
    "crisis_report": _("补写危机报告"),
    "consent_notice": _("补办告知"),
    "consent_withdrawn": _("知情同意已撤回，核对个案"),
    "reconsent_14": _("满 14 周岁，重新取得同意"),
    "reconsent_18": _("满 18 周岁，重新取得同意"),
    "reconsent_text": _("同意书已更新，重新取得同意"),
    "transfer": _("答复个案移交"),
    "follow_up": _("结案后跟进"),
    "meeting_task": _("会后任务"),
    "discharge_call": _("出院一周电访"),
    "referral_reply": _("催问外出转介的回复"),
    "referral_follow_up": _("跟进外出转介"),
    "credential_expiring": _("登记证书快到期"),
    "hand_over": _("移交离岗人员的个案"),
    "learning_reflect": _("写督导反思并签署"),
    "learning_sign": _("签署督导或课程记录"),
    "learning_action": _("督导后续行动"),
    "supplement": _("补交救助材料"),
    "check": _("核对救助材料"),
    "review": _("审核救助申请"),
    "approve": _("批准救助申请"),
    "release": _("放行拨付"),
    "receipt": _("确认收款"),
}
# Where a task or a notice of this kind is dealt with, whatever its subject.
PLACES_OF_KIND = {
    "hours_confirm": "hours:list",
    "queue_dead": "departments:console_queue",
    "storage_room": "departments:console_system",
    "files_astray": "departments:console_system",
    "drop_refused": "feeds:drops",
    "break_glass_review": "cases:glass_reviews",
    "hand_over": "cases:hand_over",
    "census_due": "departments:census",
    "census.remind": "departments:census",
    "break_glass.opened": "cases:glass_reviews",
    "signup.promoted": "volunteers:mine",
    "shift.cancelled": "volunteers:mine",
}
# Where a subject is opened, by its model name and then the kind of house that reads it.
PLACES = {
    "referral": "cases:referral",
    "disclosure": "cases:shared_case",
    "volunteer": "volunteers:volunteer",
    "shift": "volunteers:shift",
    "activity": "cases:activity",
    "mandatoryreport": "cases:report",
    "careflag": "cases:flag_resolve",
    "subjectrequest": "cases:subject_request",
    "case": "cases:case",
    "group": "cases:group",
    "groupmember": "cases:group_member",
    "casetransfer": "cases:transfers",
    "client": "cases:client",
    "consent": "cases:consent_notice",
    "plan": "cases:plan",
    "assessment": "cases:assessment",
    "contact": "cases:contact",
    "fundingrequest": "donations:request",
    "fundingrequest@foundation": "donations:review",
    "donation": "donations:donation",
    "servicerecord": "hours:record",
    "certificate": "hours:certificate",
    "reportrun": "reports:run",
    "importrun": "departments:import",
    "censusreturn": "departments:census_return",
    "job": "reports:run",
    "membership": "departments:staff",
    "staffprofile": "departments:profile",
    "learningevent": "departments:learning_event",
}
# What stands above everything, and what to do first.
CRISIS = {
    "risk_alert": _("先办这一件：按院内约定的时限面见患者，并通知主管医生与督导。"),
    "group_alarm": _("先面见这位组员，再看记录。"),
    "mandatory_report": _("先报告，再补材料；不需要谁同意，也不受保密限制。"),
}
# Tasks of these subjects are shown by the app that owns them, with number and person (cases:panel_my_day).
SHOWN_ELSEWHERE = frozenset({"case"})
GONE = _("这件事您现在看不到：可能已移交、已提高密级或已撤回。")


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
    now = timezone.now()
    rows = Task.objects.visible_to(user).open().exclude(subject_kind__in=SHOWN_ELSEWHERE)
    # What waits at the door has its own panel, with a button to take it.
    rows = rows.exclude(subject_kind="referral", kind="referral")
    rows = rows.select_related("department")
    rows = list(rows.order_by("due_at", "id")[:TASKS_SHOWN])
    named = _named(rows, user)
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


def _named(rows: Sequence[Task | Notification], user: User) -> dict[str, Mapping[uuid.UUID, str]]:
    """What each is about, asked of the app that owns it, once for every kind of subject."""
    owners: Mapping[str, str] = import_string(settings.NOTICE_SUBJECTS)
    asked: dict[str, set[uuid.UUID]] = {}
    for row in rows:
        if row.subject_kind in owners and row.subject_uid:
            asked.setdefault(row.subject_kind, set()).add(row.subject_uid)
    return {kind: import_string(owners[kind])(user, uids) for kind, uids in asked.items()}


def _notice(row: Notification, user: User, named: Mapping[str, Mapping[uuid.UUID, str]]) -> Notice:
    known = named.get(row.subject_kind)
    is_gone = (
        known is not None
        and row.subject_uid not in known
        and row.kind not in PLACES_OF_KIND  # the place is another one than the subject's
    )
    return Notice(
        uid=row.uid,
        title=NOTICE_WORDS.get(row.kind, kind_label(row.subject_kind)),
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
