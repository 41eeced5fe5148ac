"""Which gift or donor a receipt may be: the same amount, the same name, a day nearby."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from donations.books_workflow import LineState
from donations.models.giving import Donation, Donor
from donations.models.statements import StatementLine
from donations.workflow import DonationState
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.identifiers import bare

NEAR = dt.timedelta(days=15)
MOST = 5


@dataclass(frozen=True)
class Suggestion:
    """A gift that a line may be, the likeliest first: `reasons` say why, `is_sure` when name and amount agree."""

    donation: Donation
    reasons: tuple[Any, ...]
    is_sure: bool
    distance: int


def suggestions_for(lines: Sequence[StatementLine], *, by: Any) -> dict[int, list[Suggestion]]:
    """Up to five gifts for each open line, {line id: [...]}; two queries whatever the number of lines."""
    lines = [line for line in lines if line.state == LineState.OPEN]
    if not lines:
        return {}
    first, last = min(line.on for line in lines) - NEAR, max(line.on for line in lines) + NEAR
    waiting = (
        Donation.objects.visible_to(by)
        .filter(
            amount__gte=min(line.amount for line in lines),
            received_on__range=(first, last),
            state__in=[DonationState.RECEIVED, DonationState.BOOKED],
        )
        .annotate(matched=Sum("statement_lines__amount"))
        .select_related("donor", "fund", "purpose")
        .order_by("-id")[:500]
    )
    payers = _known_payers(lines, by=by)
    found: dict[int, list[Suggestion]] = defaultdict(list)
    for donation in waiting:
        rest = donation.amount - (donation.matched or 0)
        for line in lines:
            made = _compared(line, donation, rest, payers.get(line.pk, set()))
            if made is not None:
                found[line.pk].append(made)
    return {
        pk: sorted(ones, key=lambda one: (not one.is_sure, one.distance, -one.donation.pk))[:MOST]
        for pk, ones in found.items()
    }


def _compared(
    line: StatementLine, donation: Donation, rest: Any, payers: set[int]
) -> Suggestion | None:
    days = abs((donation.received_on - line.on).days)
    is_same = rest == line.amount
    is_named = donation.donor_id in payers or (
        bool(line.counter_name) and bare(line.counter_name) == bare(donation.donor.name)
    )
    # A part of a larger gift is offered only to somebody of that name.
    if days > NEAR.days or rest < line.amount or not (is_same or is_named):
        return None
    reasons = [
        _("金额相同") if is_same else _("金额是其中一部分"),
        *([_("户名一致")] if is_named else []),
        _("同一天") if days == 0 else _("相差 %(n)s 天") % {"n": days},
    ]
    return Suggestion(donation, tuple(reasons), is_same and is_named, days)


def _known_payers(lines: Sequence[StatementLine], *, by: Any) -> dict[int, set[int]]:
    """Whose gifts came under the same name before, by the blind index: {line id: donor ids}."""
    named = {line.pk: bare(line.counter_name) for line in lines if line.counter_name}
    asked = Q(pk__in=[])
    for name in set(named.values()):
        asked |= found_by(
            StatementLine, "counter_name_bidx", "name", name, organization_id=by.house_id
        )
    if not named:
        return {}
    before = (
        StatementLine.objects.visible_to(by)
        .filter(asked, donation__isnull=False)
        .select_related("donation")
        .order_by("-id")[:200]
    )
    donors: dict[str, set[int]] = defaultdict(set)
    for one in before:
        donors[bare(one.counter_name)].add(one.donation.donor_id)
    return {pk: donors[name] for pk, name in named.items() if name in donors}


def donors_for(line: StatementLine, *, by: Any) -> list[Donor]:
    """Donors whose gifts came under the line's name before, newest first."""
    known = _known_payers([line], by=by).get(line.pk, set())
    return list(Donor.objects.visible_to(by).filter(pk__in=known).order_by("-id"))
