"""How many appeals, how they were answered, how long it took: by programme; small numbers hidden from the public."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any

from django.utils import timezone

from donations.appeal_workflow import OPEN, AppealKind, AppealOutcome, AppealState
from donations.models.appeals import Appeal
from donations.models.requests import FundingRequest

HIDDEN_BELOW = 5
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Figures:
    """Of one programme: counts, and days from raising to answer (None while none is answered).

    `median_days` and `days_of_nine_in_ten` are of the answered ones; the second is the least number of days within
    which nine of ten were answered (nearest rank).
    """

    programme: str
    raised: int
    waiting: int
    late: int
    outcomes: dict[str, int]
    median_days: float | None
    days_of_nine_in_ten: int | None


def days_taken(raised_at: dt.datetime, answered_at: dt.datetime) -> int:
    """Whole days in Shanghai between the two dates."""
    return (timezone.localdate(answered_at) - timezone.localdate(raised_at)).days


def nearest_rank(days: Sequence[int], share: float) -> int | None:
    """The smallest value that at least `share` of them do not exceed."""
    ordered = sorted(days)
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None


def figures_for(user: Any, *, since: dt.date | None = None) -> list[Figures]:
    """By programme, the one with most appeals first; what the user may see, raised since a day (default: a year)."""
    since = since or timezone.localdate() - YEAR
    rows = (
        Appeal.objects.visible_to(user)
        .filter(raised_at__date__gte=since)
        .exclude(state=AppealState.WITHDRAWN)
        .values_list(
            "request__programme_version__programme_id",
            "request__programme_version__name",
            "state",
            "outcome",
            "raised_at",
            "answered_at",
            "answer_by",
        )
        .order_by("id")
    )
    by_programme: dict[int, list[tuple]] = defaultdict(list)
    for programme, *row in rows:
        by_programme[programme].append(tuple(row))
    found = [_figures(rows) for rows in by_programme.values()]
    return sorted(found, key=lambda one: (-one.raised, one.programme))


def _figures(rows: list[tuple]) -> Figures:
    today = timezone.localdate()
    days = [days_taken(raised, answered) for _n, _s, _o, raised, answered, _b in rows if answered]
    return Figures(
        programme=rows[-1][0],
        raised=len(rows),
        waiting=sum(row[1] in OPEN for row in rows),
        late=sum(row[1] in OPEN and row[5] < today for row in rows),
        outcomes={
            outcome: sum(row[2] == outcome for row in rows) for outcome in AppealOutcome.values
        },
        median_days=median(days) if days else None,
        days_of_nine_in_ten=nearest_rank(days, 0.9),
    )


def public_counts(request: FundingRequest) -> tuple[int, int] | None:
    """(second looks, of them upheld or partly) of the hospital's families in this programme in a year.

    None while either number, or the rest, is below five: nobody is to be guessed from it.
    """
    rows = Appeal.objects.filter(
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        kind=AppealKind.SECOND_LOOK,
        state=AppealState.ANSWERED,
        request__programme_version__programme_id=request.programme_version.programme_id,
        raised_at__gte=timezone.now() - YEAR,
    )
    return counts_told(list(rows.values_list("outcome", flat=True)))


def counts_told(outcomes: Sequence[str]) -> tuple[int, int] | None:
    """(all, of them upheld or partly); None while either part is below five."""
    mended = sum(one != AppealOutcome.DISMISSED for one in outcomes)
    if min(mended, len(outcomes) - mended) < HIDDEN_BELOW:
        return None
    return len(outcomes), mended
