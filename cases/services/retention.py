"""Whose file has run its time: the day of each case, why, and what keeps it longer."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import Secrecy, VisitType
from cases.models.consents import Disclosure
from cases.models.families import SubjectRequest
from cases.models.holds import RecordHold
from cases.models.people import Client
from cases.models.reporting import MandatoryReport
from departments.models.compliance import ComplianceRecord
from departments.models.mechanisms import Task
from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import User
from departments.privacy_permissions import can_propose_destruction
from departments.services.destruction import Piece, destruction_propose, waiting_uids
from departments.services.policies import RetentionRule, retention_rule
from departments.services.retention import ADULT, ends_on, years_after, years_ago
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

TASK = "retention_due"  # once a month, of the head (services/retention_clock.py)
MENTAL = "F"  # ICD-10 chapter V
Words = str | Promise


@dataclass(frozen=True)
class Reason:
    """Why a file is kept until a day; None: until something is over."""

    code: str
    words: Words
    until: dt.date | None


@dataclass(frozen=True)
class Due:
    """A finished case: its class, its reasons, the day after the latest of them, what holds it."""

    case: Case
    code: str
    reasons: tuple[Reason, ...]
    is_listed: bool

    @property
    def due_on(self) -> dt.date | None:
        """The latest of the reasons; None while one of them has no end."""
        days = [one.until for one in self.reasons]
        return None if None in days else max(days)

    @property
    def decisive(self) -> Reason:
        """The reason that ends last."""
        return max(self.reasons, key=lambda one: one.until or dt.date.max)

    @property
    def is_due(self) -> bool:
        return self.due_on is not None and self.due_on <= timezone.localdate()


# What another app says of cases by id: why each is kept, and until when.
Keeper = Callable[..., Mapping[int, Sequence[tuple[Words, dt.date | None]]]]


def ended_cases(*, by: User) -> QuerySet[Case]:
    """Finished cases of the asker whose least period may be over by their kind of visit, the oldest first."""
    rows = (
        Case.objects.visible_to(by).finished().filter(late_in(by.house_id), erased_on__isnull=True)
    )
    return rows.select_related("client__root", "episode", "department")


def late_in(house: int) -> Q:
    """Closed so long ago that the least period of the house may be over."""
    rule = retention_rule()
    if is_agency(house):
        return _closed_before(rule.agency_years)
    late = _closed_before(rule.outpatient_years) & ~Q(episode__visit_type=VisitType.INPATIENT)
    return late | _closed_before(rule.inpatient_years)


def _closed_before(years: int) -> Q:
    began = years_ago(years)
    return Q(closed_at__lt=began) if began else Q(pk__in=[])


def is_agency(house_id: int) -> bool:
    """Whether a house keeps files as an agency does."""
    return Organization.objects.filter(pk=house_id, kind=OrganizationKind.AGENCY).exists()


def dues_of(cases: Iterable[Case], *, by: User) -> list[Due]:
    """The reasons of each case by the rule of today; the same number of statements for one and for many."""
    return dues_at(cases, house=by.house_id)


def dues_at(cases: Iterable[Case], *, house: int) -> list[Due]:
    """`dues_of` in an open scope of the house."""
    cases, rule = list(cases), retention_rule()
    if not cases:
        return []
    of_agency = is_agency(house)
    listed = waiting_uids(house, "case")
    shared, asked = _shared(cases, house), _asked(cases, house)
    held, reported = _held(cases, house), _reported(cases, house)
    others = kept_elsewhere([case.pk for case in cases], house=house, rule=rule)
    found = []
    for case in cases:
        root = case.client.root_id
        code = class_of_file(case, of_agency=of_agency)
        reasons = [
            _of_class(case, code, rule),
            *_of_minor(case, rule),
            *_after("sharing", _("最近一次对外提供"), shared.get(root), rule),
            *_after("request", _("最近一次权利请求"), asked.get(root), rule),
            *(Reason("hold", words, None) for words in held.get(root, ())),
            *(
                Reason("report", _("强制报告还没有办结"), None)
                for _one in reported.get(case.pk, ())
            ),
            *(Reason("voucher", words, until) for words, until in others.get(case.pk, ())),
        ]
        found.append(Due(case, code, tuple(reasons), str(case.uid) in listed))
    return found


def class_of_file(case: Case, *, of_agency: bool) -> str:
    """Which class of the retention table a file belongs to."""
    if of_agency:
        return "agency"
    codes = (case.episode.diagnosis_codes or []) if case.episode else []
    if case.secrecy == Secrecy.RESTRICTED or any(str(one).startswith(MENTAL) for one in codes):
        return "mental"
    is_stay = case.episode is not None and case.episode.visit_type == VisitType.INPATIENT
    return "inpatient" if is_stay else "outpatient"


CLASS_WORDS: Mapping[str, Words] = {
    "outpatient": _("门急诊个案结案满 %(n)d 年"),
    "inpatient": _("住院个案结案满 %(n)d 年"),
    "mental": _("精神障碍或 5 级保密的个案结案满 %(n)d 年"),
    "agency": _("社工机构的个案结案满 %(n)d 年"),
}


def _of_class(case: Case, code: str, rule: RetentionRule) -> Reason:
    until = ends_on(code, timezone.localdate(case.closed_at), rule)
    return Reason(code, CLASS_WORDS[code] % {"n": getattr(rule, f"{code}_years")}, until)


def _of_minor(case: Case, rule: RetentionRule) -> list[Reason]:
    born = case.client.person.birth_date
    if born is None or years_after(born, ADULT) <= timezone.localdate(case.closed_at):
        return []
    words = _("服务时未成年，满 18 周岁后 %(n)d 年") % {"n": rule.minor_years}
    return [Reason("minor", words, ends_on("minor", years_after(born, ADULT), rule))]


def _after(code: str, words: Words, last: dt.date | None, rule: RetentionRule) -> list[Reason]:
    return [Reason(code, words, ends_on(code, last, rule))] if last is not None else []


def _shared(cases: list[Case], house: int) -> dict[int, dt.date]:
    roots = {case.client.root_id for case in cases}
    rows = Disclosure.objects.filter(
        organization_id=house, consent__client__root_id__in=roots
    ).values_list("consent__client__root_id")
    return {root: timezone.localdate(at) for root, at in rows.annotate(last=Max("created_at"))}


def _asked(cases: list[Case], house: int) -> dict[int, dt.date]:
    rows = SubjectRequest.objects.filter(
        organization_id=house, client__in={case.client.root_id for case in cases}
    ).values_list("client_id")
    return {root: last for root, last in rows.annotate(last=Max("answered_on")) if last}


def _held(cases: list[Case], house: int) -> dict[int, list[Words]]:
    """Holds, and what is unfinished with the person: an open case, an unanswered request."""
    roots = {case.client.root_id for case in cases}
    found: dict[int, list[Words]] = defaultdict(list)
    holds = RecordHold.objects.filter(organization_id=house, ended_on__isnull=True)
    for hold in holds.filter(client__root_id__in=roots).select_related("client"):
        found[hold.client.root_id].append(hold.get_kind_display())
    flagged = {case.client.root_id for case in cases if case.client.person.legal_hold}
    for root in flagged - set(found):
        found[root].append(_("记录已封存"))
    open_ones = SubjectRequest.objects.filter(organization_id=house, client__in=roots).unanswered()
    for root in open_ones.values_list("client_id", flat=True):
        found[root].append(_("权利请求还没有答复"))
    return found


def _reported(cases: list[Case], house: int) -> dict[int, list[int]]:
    rows = MandatoryReport.objects.filter(
        organization_id=house, case__in=[case.pk for case in cases], ended_at__isnull=True
    )
    found: dict[int, list[int]] = defaultdict(list)
    for case_id, pk in rows.values_list("case_id", "pk"):
        found[case_id].append(pk)
    return found


def kept_elsewhere(
    ids: Sequence[int], *, house: int, rule: RetentionRule
) -> dict[int, list[tuple[Words, dt.date | None]]]:
    """What the apps to the right keep these cases for (money: open requests, vouchers)."""
    found: dict[int, list[tuple[Words, dt.date | None]]] = defaultdict(list)
    for path in import_string(settings.RETENTION_KEEPERS):
        keeper: Keeper = import_string(path)
        for case_id, kept in keeper(ids, house=house, rule=rule).items():
            found[case_id] += kept
    return found


@command
def case_files_propose(*, cases: Iterable[str], note: str, by: User) -> ComplianceRecord:
    """Put files that are due on a list; `cases` are their uids.

    Raises:
        DomainError: `retention.not_due` on cases with the first that is not; as destruction_propose.
    """
    require(can_propose_destruction, by, None)
    rows = ended_cases(by=by).filter(uid__in=list(cases)).order_by("closed_at", "id")
    dues = dues_of(rows, by=by)
    for due in dues:
        if not due.is_due:
            sentence = _("个案 %(number)s 还不能处置：%(why)s。")
            raise DomainError(
                "retention.not_due",
                sentence % {"number": number_of(due.case), "why": due.decisive.words},
                "cases",
            )
    pieces = [
        Piece(
            kind="case",
            id=due.case.pk,
            uid=str(due.case.uid),
            label=number_of(due.case),
            code=due.code,
            due_on=due.due_on.isoformat() if due.due_on else "",
            why=str(due.decisive.words),
        )
        for due in dues
    ]
    Task.objects.filter(
        organization_id=by.house_id,
        kind=TASK,
        department_id=by.acting.department_id,
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
    return destruction_propose(pieces=pieces, note=note, by=by)


def number_of(case: Case) -> str:
    """What the archive calls the file: its archive number, else the case's."""
    return case.archive_number or case.number or str(case.uid)[:8]


def standing_holds(*, by: User) -> QuerySet[RecordHold]:
    """Holds that stand, the oldest first."""
    rows = RecordHold.objects.visible_to(by).filter(ended_on__isnull=True)
    return rows.select_related("client__root", "created_by")


def is_held(client: Client) -> bool:
    """Whether anything of the person is held now; asked again under the lock of the person."""
    rows = RecordHold.objects.filter(
        organization_id=client.organization_id, client__root_id=client.root_id
    )
    return client.legal_hold or rows.filter(ended_on__isnull=True).exists()
