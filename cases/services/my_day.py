"""What waits for a person in casework: which case, which masked person, why it is due and by when.

Reads only; every list is capped and costs the same number of statements at 1 and at 100 rows.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case as CaseWhen
from django.db.models import (
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.models.people import Client, Episode
from cases.models.work import Contact
from cases.services.assessment import REPEAT
from cases.services.duplicates import pairs_open
from cases.services.unsent import Unsent, unsent
from departments.models.mechanisms import Draft, Task
from departments.models.people import User
from departments.services.desk import TASK_WORDS, Alarm
from departments.services.draft_forms import SHEETS
from departments.services.standing_in import lists_of_reader
from msw_portal.kernel.display import when
from msw_portal.kernel.together import together

# How much more a case asks for when its risk is higher; said under the figure it makes.
LOAD = {"low": Decimal(1), "medium": Decimal("1.5"), "high": Decimal(2), "crisis": Decimal(3)}
RENEWAL = "reconsent_"
SHOWN = 20
DRAFTS_SHOWN = 60  # the oldest of them say when they will be cleared away
MOST_SHOWN = 200
ALERTS_SHOWN = 5
DOUBLES_COUNTED = 100
APPROVALS = frozenset({"plan_approval", "closing_approval", "co_sign", "transfer"})
# Why a clock of the case runs: the rule or the agreement it comes from.
REASONS: dict[str, str | Promise] = {
    "triage": _("登记后还没有人受理"),
    "intake": _("接单后要建档并取得服务同意"),
    "assessment": _("接案后要完成需求与风险预估"),
    "repeat_assessment": _("上次的量表写明到这一天再测"),
    "plan_approval": _("社工提交了计划，等督导审批"),
    "plan_review": _("计划写明的检视日期到了"),
    "closing_approval": _("社工提出结案，等督导审核"),
    "co_sign": _("实习生或助理写的记录，要社工或督导会签"),
    "co_sign_returned": _("您写的记录被退回，退回的意见写在记录上"),
    "next_contact": _("上次接触约定的日期"),
    "risk_alert": _("有人报告了危险，先见到人"),
    "crisis_report": _("危机处理后 24 小时内交报告"),
    "consent_paper": _("纸质同意书还没有扫描件，过期后不能据此提供信息"),
    "consent_notice": _("紧急情况下先处理了信息，事后要告知本人"),
    "consent_withdrawn": _("服务对象撤回了同意，依据它的做法要停"),
    "reconsent_14": _("监护人签的同意到期，由本人重新决定；逾期未签就停止对外提供"),
    "reconsent_18": _("未成年时签的同意到期，由本人重新决定；逾期未签就停止对外提供"),
    "reconsent_text": _("同意书改了用途、方式或范围，请对方看新的一版"),
    "transfer": _("同事请您接手这个个案"),
    "file_infected": _("补查病毒时发现的，文件已打不开"),
    "follow_up": _("结案时约定的跟进"),
    "meeting_task": _("家庭会议或 MDT 会议上分给您的"),
    "discharge_call": _("出院一周内要打一次电话"),
    "state_aid": _("应答复的日期或约定的跟进日到了"),
}
# Where a task is done, when not on the case's first page: an address of the case, and its part.
PARTS = {
    "plan_approval": "plan",
    "plan_review": "plan",
    "crisis_report": "forms",
    "follow_up": "forms",
    "closing_approval": "forms",
    "co_sign": "contacts",
    "co_sign_returned": "contacts",
    "file_infected": "documents",
}
DIRECT = {
    "repeat_assessment": "cases:assessment_new",
    "consent_notice": "cases:consents",
    "consent_paper": "cases:consents",
    "next_contact": "cases:contact_new",
    "discharge_call": "cases:contact_new",
    "transfer": "cases:transfers",
}


@dataclass(frozen=True)
class Line:
    """One thing to do: `case` and `person` (masked) say whose, `why` says why now."""

    title: str | Promise
    case: str
    person: str
    why: str | Promise
    url: str
    due_at: dt.datetime | None = None
    stage: str | Promise = ""
    is_late: bool = False


@dataclass(frozen=True)
class Span:
    """How far the list looks: to the end of so many days from today's midnight, or without end."""

    label: str | Promise
    days: int | None


TODAY, WEEK, ALL = "today", "week", "all"
SPANS = {
    TODAY: Span(_("今天"), 1),
    WEEK: Span(_("七天内"), 8),
    ALL: Span(_("全部"), None),
}


@dataclass(frozen=True)
class Choice:
    """A span as a button, with how much falls into it."""

    code: str
    label: str | Promise
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Day:
    """The lists, cut after the first ones, and how many there are in all."""

    span: str
    todo: list[Line]
    approvals: list[Line]
    spans: list[Choice]
    count: int
    approvals_count: int
    done: int

    @property
    def left_out(self) -> int:
        return self.count - len(self.todo)

    @property
    def more(self) -> int:
        """How many lines the list would have with the next ones; 0 where there are none, or too many."""
        return len(self.todo) + SHOWN if self.left_out and len(self.todo) < MOST_SHOWN else 0


@dataclass(frozen=True)
class Panel:
    """My day on the workbench: what is due, the records to finish, what was typed and not sent.

    `doubles`: how many pairs of records wait for this person's decision.
    """

    day: Day
    records: Sequence[Contact]
    drafts: list[Unsent]
    doubles: int = 0


def _tasks(user: User) -> QuerySet[Task]:
    """Every open task on a case that is asked of the person or the role, soonest first."""
    rows = Task.objects.visible_to(user).open().filter(subject_kind=Case._meta.model_name)
    return rows.order_by("due_at", "id")


def _within(rows: QuerySet[Task], span: str) -> QuerySet[Task]:
    """What falls due by the end of the span, is late, or has no day at all."""
    days = SPANS[span].days
    if days is None:
        return rows
    return rows.filter(Q(due_at__lt=_midnight(days)) | Q(due_at__isnull=True))


def _midnight(days: int) -> dt.datetime:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today + dt.timedelta(days=days)


def _files(user: User, uids: set[uuid.UUID]) -> QuerySet[Case]:
    """Number and masked person of the cases: no more of them than the list's own columns."""
    return Case.objects.listed_to(user).filter(uid__in=uids)


def _where(task: Task, case: Case) -> str:
    name = DIRECT.get(task.kind)
    if task.kind.startswith(RENEWAL):
        # The key ends with the consent to be given anew: straight to its text.
        return reverse("cases:consent_renew", args=[task.dedup_key.rpartition(":")[2]])
    if name == "cases:transfers":
        return reverse(name)
    if task.kind == REPEAT:
        return f"{reverse(name, args=[case.uid])}?sheet={_sheet(task)}"
    if name:
        return reverse(name, args=[case.uid])
    part = PARTS.get(task.kind)
    return reverse("cases:case", args=[case.uid]) + (f"?part={part}" if part else "")


def panel(user: User, *, span: str = WEEK, shown: int = SHOWN) -> Panel:
    """All of it in three statements, whatever waits: the lists, what they are about, the counts.

    `shown` is how many lines the list has, at most MOST_SHOWN.
    """
    rows = _tasks(user)
    shown = min(max(shown, SHOWN), MOST_SHOWN)
    todo = _within(rows.exclude(kind__in=APPROVALS), span)[:shown]
    approvals = rows.filter(kind__in=APPROVALS)[:shown]
    records, kept, done = _records_to_finish(user), _kept(user), _done_today(user)
    doubles = pairs_open(user).only("pk")[:DOUBLES_COUNTED]
    together(todo, approvals, records, kept, done, doubles)
    of_drafts = {one.subject_uid for one in kept if one.subject_uid}
    files = _files(user, {task.subject_uid for task in (*todo, *approvals)} | of_drafts)
    people = Client.objects.visible_to(user).filter(uid__in=of_drafts)
    together(files, people)
    case_of = {one.uid: one for one in files}
    counts = _counts(rows)
    day = Day(
        span=span,
        todo=[_line(task, case_of.get(task.subject_uid)) for task in todo],
        approvals=[_line(task, case_of.get(task.subject_uid)) for task in approvals],
        spans=[Choice(code, one.label, counts[code], code == span) for code, one in SPANS.items()],
        count=counts[span],
        approvals_count=counts["approvals"],
        done=len(done),
    )
    drafts = unsent(kept, case_of, {one.uid: one for one in people})
    return Panel(day, records, drafts, len(doubles))


def _sheet(task: Task) -> str:
    """The code of the questionnaire that is due again; "" for any other task."""
    return task.dedup_key.split(":")[1] if task.kind == REPEAT else ""


def _title(task: Task) -> str | Promise:
    known = SHEETS.get(_sheet(task))
    if known:
        return _("按期再测：%(sheet)s") % {"sheet": known["zh"]}
    return TASK_WORDS.get(task.kind, task.kind)


def _line(task: Task, case: Case | None) -> Line:
    return Line(
        title=_title(task),
        case=case.number if case else "",
        person=case.client.person.name_masked if case else "",
        why=REASONS.get(task.kind, ""),
        url=_where(task, case) if case else "",
        due_at=task.due_at,
        stage=case.get_stage_display() if case else "",
        is_late=task.due_at is not None and task.due_at < timezone.now(),
    )


def _counts(rows: QuerySet[Task]) -> dict[str, int]:
    mine = ~Q(kind__in=APPROVALS)
    asked: dict[str, Count] = {"approvals": Count("id", filter=Q(kind__in=APPROVALS))}
    for code, one in SPANS.items():
        within = Q()
        if one.days is not None:
            within = Q(due_at__lt=_midnight(one.days)) | Q(due_at__isnull=True)
        asked[code] = Count("id", filter=mine & within)
    return rows.order_by().aggregate(**asked)


def _done_today(user: User) -> QuerySet[Task]:
    """The person's own tasks on cases that were done since midnight; to be counted, so without columns."""
    return Task.objects.filter(
        organization_id=user.house_id,
        assignee_id=user.pk,
        subject_kind=Case._meta.model_name,
        state=Task.State.DONE,
        closed_at__gte=_midnight(0),
    ).only("pk")


def _records_to_finish(user: User) -> QuerySet[Contact]:
    """The person's own records that have no analysis yet and are not locked: soonest locked first."""
    return (
        Contact.objects.visible_to(user)
        .own_entries()
        .filter(created_by=user, analysis__isnull=True, locked_at__gt=timezone.now())
        .select_related("case__client__root")
        .order_by("locked_at", "id")[:SHOWN]
    )


def alarms(user: User) -> list[Alarm]:
    """Open alerts of the cases the person may open, the oldest first."""
    (rows,) = lists_of_reader("alarms", lambda reader: [_alarming(reader)], user)
    return [_alarm(row) for row in rows]


def _alarming(user: User) -> QuerySet[RiskAlert]:
    return (
        RiskAlert.objects.visible_to(user)
        .open()
        .filter(Q(case__closed_at__isnull=True))
        .select_related("case__client__root", "case__episode__ward")
        .order_by("raised_at", "id")[:ALERTS_SHOWN]
    )


def _alarm(row: RiskAlert) -> Alarm:
    case = row.case
    title = _("%(severity)s：%(person)s%(place)s %(trigger)s") % {
        "severity": row.get_severity_display(),
        "person": case.client.person.name_masked,
        "place": _bed_of(case.episode),
        "trigger": row.get_trigger_display(),
    }
    advice = _(
        "个案 %(number)s · %(at)s 报告。先面见患者，并通知主管医生与督导；报告须按时交。"
    ) % {"number": case.number, "at": when(row.raised_at)}
    return Alarm(title, advice, reverse("cases:case", args=[case.uid]), row.report_due_at)


def _bed_of(stay: Episode | None) -> str:
    if stay is None or not stay.ward:
        return ""
    if not stay.bed:
        return _("（%(ward)s）") % {"ward": stay.ward.name}
    return _("（%(ward)s %(bed)s 床）") % {"ward": stay.ward.name, "bed": stay.bed}


def _kept(user: User) -> QuerySet[Draft]:
    """What the person typed and has not sent, newest first."""
    return Draft.objects.visible_to(user).order_by("-saved_at", "-id")[:DRAFTS_SHOWN]


def caseload(rows: QuerySet[Case]) -> list[tuple[str, int, Decimal]]:
    """Of these cases by stage: how many, and what they weigh, each its own weight times its risk's factor."""
    factors = [When(risk_level=level, then=Value(factor)) for level, factor in LOAD.items()]
    factor = CaseWhen(*factors, default=Value(Decimal(1)), output_field=DecimalField())
    load = ExpressionWrapper(F("weight") * factor, output_field=DecimalField())
    counted = rows.order_by().values("stage").annotate(n=Count("pk"), load=Sum(load))
    return [(row["stage"], row["n"], row["load"]) for row in counted]
