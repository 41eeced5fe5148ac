"""Every number opens to its rows: the same condition that counts them, read through visible_to."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.codes import CaseSource, NeedCategory
from cases.models.work import Need
from cases.need_codes import icd10_said
from cases.workflow import CaseStage
from donations.models.payout import Disbursement
from donations.models.requests import FundingAct, FundingRequest
from donations.workflow import RequestState

PAID = ("released", "confirmed", "reconciled")


@dataclass(frozen=True)
class Line:
    """One row of a figure as the page lists it; never an identity."""

    at: dt.datetime
    number: str
    url: str
    what: str | Promise
    amount: Any = None


@dataclass(frozen=True)
class Source:
    """How a figure's rows are found, ordered and shown."""

    rows: Callable[[Any], QuerySet]
    at: str
    line: Callable[[Any, Any], Line]
    dims: Mapping[str, str]
    has_amount: bool = False


def _cases(where: Q) -> Callable[[Any], QuerySet]:
    return lambda user: Case.objects.listed_to(user).filter(where)


def _case_line(at: str, what: Callable[[Any], Any]) -> Callable[[Any, Any], Line]:
    return lambda case, _user: Line(
        getattr(case, at),
        case.number or str(_("未编号")),
        reverse("cases:case", args=[case.uid]),
        what(case),
    )


def _stage(case: Any) -> Any:
    return CaseStage(case.stage).label


def _need_line(need: Any, _user: Any) -> Line:
    return Line(
        need.created_at,
        need.case.number or str(_("未编号")),
        reverse("cases:case", args=[need.case.uid]),
        " ".join(filter(None, (str(NeedCategory(need.category).label), icd10_said(need.category)))),
    )


def _request_url(asked: Any, user: Any) -> str:
    page = "donations:review" if asked.counterparty_id == user.house_id else "donations:request"
    return reverse(page, args=[asked.uid])


def _request_line(asked: Any, user: Any) -> Line:
    state = RequestState(asked.state).label
    return Line(asked.submitted_at, asked.number, _request_url(asked, user), state, asked.requested)


def _part_line(at: str) -> Callable[[Any, Any], Line]:
    return lambda part, user: Line(
        getattr(part, at),
        part.request.number,
        _request_url(part.request, user),
        RequestState(part.request.state).label,
        part.amount,
    )


ASSIGNED = Q(assigned_at__isnull=False) & ~Q(stage=CaseStage.VOIDED)
SOURCES: dict[str, Source] = {
    "case_open": Source(
        _cases(Q(closed_at__isnull=True)),
        "opened_at",
        _case_line("opened_at", _stage),
        {"stage": "stage"},
    ),
    "case_new": Source(
        _cases(ASSIGNED),
        "opened_at",
        _case_line("opened_at", lambda case: CaseSource(case.source).label),
        {"source": "source"},
    ),
    "case_closed": Source(
        _cases(Q(stage=CaseStage.CLOSED)),
        "closed_at",
        _case_line("closed_at", lambda case: case.get_close_reason_display()),
        {},
    ),
    "response_hours": Source(
        _cases(ASSIGNED), "assigned_at", _case_line("assigned_at", _stage), {}
    ),
    "need_found": Source(
        lambda user: Need.objects.filter(
            organization_id=user.house_id, case__in=Case.objects.listed_to(user)
        ).select_related("case"),
        "created_at",
        _need_line,
        {"category": "category"},
    ),
    "aid_asked": Source(
        lambda user: FundingRequest.objects.visible_to(user).sent(),
        "submitted_at",
        _request_line,
        {},
        has_amount=True,
    ),
    "aid_open": Source(
        lambda user: FundingRequest.objects.visible_to(user).sent(),
        "submitted_at",
        _request_line,
        {"state": "state"},
        has_amount=True,
    ),
    "aid_approved": Source(
        lambda user: (
            FundingAct.objects.visible_to(user).filter(step="approve").select_related("request")
        ),
        "at",
        _part_line("at"),
        {},
        has_amount=True,
    ),
    "aid_paid": Source(
        lambda user: (
            Disbursement.objects.visible_to(user).filter(state__in=PAID).select_related("request")
        ),
        "released_at",
        _part_line("released_at"),
        {},
        has_amount=True,
    ),
}


def figure_rows(
    *, code: str, by: Any, since: dt.date | None, until: dt.date | None, dims: Mapping[str, str]
) -> QuerySet:
    """The rows behind a figure from the day `since` to the day `until`, newest first by the figure's own date.

    Raises:
        KeyError: for a code that is no figure.
    """
    source = SOURCES[code]
    rows = source.rows(by)
    if since:
        rows = rows.filter(**{f"{source.at}__gte": _midnight(since)})
    if until:
        rows = rows.filter(**{f"{source.at}__lt": _midnight(until + dt.timedelta(days=1))})
    for name, column in source.dims.items():
        if dims.get(name):
            rows = rows.filter(**{column: dims[name]})
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
