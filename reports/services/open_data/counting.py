"""The counts of one house and one quarter, from its own rows, inside its own scope."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from cases.group_workflow import EventState, SessionState
from cases.models.activities import Activity
from cases.models.casework import Case
from cases.models.group_codes import ATTENDED
from cases.models.groups import Attendance, GroupSession
from cases.models.work import Need
from cases.workflow import CaseStage
from donations.models.giving import Donation, Fund
from donations.models.ledger import LedgerAccount, LedgerEntry
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest
from donations.workflow import DisbursementState, DonationState
from projects.models.cultivation import Project
from projects.workflow.cultivation import ProjectState
from reports.chapters import chapter_of
from reports.services.open_data.tables import GROUP_SESSION, NO_THEME
from volunteers.models.service import ServiceRecord
from volunteers.workflow import ServiceState

ZERO = Decimal()
# What came back later was paid all the same.
PAID = (
    DisbursementState.RELEASED,
    DisbursementState.CONFIRMED,
    DisbursementState.RECONCILED,
    DisbursementState.REFUNDED,
)


@dataclass(frozen=True)
class Tally:
    """How many, and how much (yuan, hours, events)."""

    n: int = 0
    value: Decimal = ZERO

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.n + other.n, self.value + other.value)


Counts = dict[tuple[str, ...], Tally]


@dataclass(frozen=True)
class Span:
    """A house and the days, both included."""

    house: int
    first: dt.date
    last: dt.date

    def days(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.first, f"{field}__lte": self.last})

    def instants(self, field: str) -> Q:
        since, until = midnight(self.first), midnight(self.last + dt.timedelta(days=1))
        return Q(**{f"{field}__gte": since, f"{field}__lt": until})


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of a day here."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _month(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m}"


def _grouped(rows: QuerySet, by: str, n: Any, value: Any = None) -> Counts:
    """One grouped query; the values of `by` are the keys."""
    sums = {"n": n} | ({"value": value} if value is not None else {})
    found = rows.order_by().values(by).annotate(**sums)
    return {(str(row[by]),): Tally(row["n"] or 0, Decimal(row.get("value") or 0)) for row in found}


def _cases(span: Span) -> QuerySet[Case]:
    # A person named for a secret case would count it: it is left out whoever counts.
    return Case.objects.filter(organization_id=span.house, compartment_id__isnull=True)


def cases_opened(span: Span) -> Counts:
    rows = _cases(span).filter(span.instants("assigned_at"))
    return _grouped(rows.exclude(stage=CaseStage.VOIDED), "source", Count("pk"))


def cases_closed(span: Span) -> Counts:
    rows = _cases(span).filter(span.instants("closed_at"), stage=CaseStage.CLOSED)
    return _grouped(rows, "source", Count("pk"))


def needs(span: Span) -> Counts:
    rows = Need.objects.filter(
        span.instants("created_at"), organization_id=span.house, compartment_id__isnull=True
    )
    return _grouped(rows, "category", Count("pk"))


def _by_month_and_chapter(
    found: Iterable[tuple[dt.datetime, FundingRequest, Decimal | None]],
) -> Counts:
    counts: Counts = {}
    for at, request, amount in found:
        stay = request.case.episode if request.case else None
        chapter = chapter_of(
            stay.diagnosis_codes if stay else None, stay.disease_group if stay else ""
        )
        key = (_month(at), chapter)
        counts[key] = counts.get(key, Tally()) + Tally(1, amount or ZERO)
    return counts


def _of_patients(span: Span, lead: str = "") -> Q:
    return Q(
        **{
            f"{lead}organization_id": span.house,
            f"{lead}case__isnull": False,
            f"{lead}case__compartment_id__isnull": True,
        }
    )


def aid_asked(span: Span) -> Counts:
    rows = FundingRequest.objects.filter(_of_patients(span), span.instants("submitted_at"))
    rows = rows.select_related("case__episode")
    return _by_month_and_chapter((row.submitted_at, row, row.requested) for row in rows)


def aid_approved(span: Span) -> Counts:
    acts = FundingAct.objects.filter(_of_patients(span, "request__"), span.instants("at"))
    approved = acts.filter(step="approve").select_related("request__case__episode")
    counts = _by_month_and_chapter((row.at, row.request, row.amount) for row in approved)
    first = FundingAct.objects.filter(request=OuterRef("request"), step="approve").values("amount")
    raised = acts.filter(step="raise").annotate(added=F("amount") - Subquery(first))
    added = _by_month_and_chapter(
        (row.at, row.request, row.added) for row in raised.select_related("request__case__episode")
    )
    for key, one in added.items():
        # More money for a request that was counted when it was approved.
        counts[key] = counts.get(key, Tally()) + Tally(0, one.value)
    return counts


def aid_paid(span: Span) -> Counts:
    rows = Disbursement.objects.filter(
        _of_patients(span, "request__"), span.instants("released_at"), state__in=PAID
    ).select_related("request__case__episode")
    return _by_month_and_chapter((row.released_at, row.request, row.amount) for row in rows)


def groups(span: Span) -> Counts:
    held = GroupSession.objects.filter(
        span.days("held_on"), organization_id=span.house, state=SessionState.HELD
    )
    came = Attendance.objects.filter(session__in=held, presence__in=ATTENDED).count()
    events = Activity.objects.filter(
        span.days("occurred_on"),
        organization_id=span.house,
        state__in=(EventState.HELD, EventState.SUMMARIZED),
    )
    counts = _grouped(events, "kind", Sum("person_times"), Count("pk"))
    return counts | {(GROUP_SESSION,): Tally(came, Decimal(held.count()))}


def volunteer_hours(span: Span) -> Counts:
    rows = ServiceRecord.objects.filter(
        span.instants("checked_in"), organization_id=span.house, state=ServiceState.CONFIRMED
    )
    found = (
        rows.order_by()
        .annotate(month=TruncMonth("checked_in"))
        .values("month")
        .annotate(n=Count("volunteer", distinct=True), value=Sum("hours"))
    )
    return {(_month(row["month"]),): Tally(row["n"], row["value"] or ZERO) for row in found}


def projects(span: Span) -> Counts:
    rows = Project.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=span.first),
        organization_id=span.house,
        starts_on__lte=span.last,
    ).exclude(state=ProjectState.TERMINATED)
    counts: Counts = {}
    for themes in rows.values_list("disease_themes", flat=True):
        for theme in themes or [NO_THEME]:
            counts[(theme,)] = counts.get((theme,), Tally()) + Tally(1)
    return counts


def donations(span: Span) -> Counts:
    arrived = (DonationState.RECEIVED, DonationState.PART_BOOKED, DonationState.BOOKED)
    rows = Donation.objects.filter(
        span.days("received_on"), organization_id=span.house, state__in=arrived
    )
    return _grouped(rows, "kind", Count("pk"), Sum("amount"))


def funds(span: Span) -> Counts:
    """Funds that stand, with what their books showed at the end of the last day."""
    until = midnight(span.last + dt.timedelta(days=1))
    mine = Fund.objects.filter(
        organization_id=span.house, state=Fund.State.ACTIVE, created_at__lt=until
    )
    booked = LedgerEntry.objects.filter(
        organization_id=span.house,
        journal__posted_at__lt=until,
        account__fund__in=mine,
        account__kind__in=(LedgerAccount.Kind.AVAILABLE, LedgerAccount.Kind.COMMITTED),
    )
    of_kind = booked.order_by().values("account__fund__kind")
    sums = of_kind.annotate(value=Sum(F("amount") * F("account__side")))
    balances = {row["account__fund__kind"]: row["value"] for row in sums}
    return {
        key: Tally(one.n, balances.get(key[0]) or ZERO)
        for key, one in _grouped(mine, "kind", Count("pk")).items()
    }


COUNTERS: dict[str, Callable[[Span], Counts]] = {
    one.__name__: one
    for one in (
        cases_opened,
        cases_closed,
        needs,
        aid_asked,
        aid_approved,
        aid_paid,
        groups,
        volunteer_hours,
        projects,
        donations,
        funds,
    )
}


def counts_of(code: str, *, house: int, first: dt.date, last: dt.date) -> Counts:
    """The counts of one table and house; nothing but what its open scope shows.

    Raises:
        KeyError: for a code that is no table.
    """
    return COUNTERS[code](Span(house, first, last))
