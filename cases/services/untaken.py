"""Referrals that led to no case: due after their years, emptied by a list of two, and the stranger behind them as well."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models.casework import Case, Referral
from cases.models.duplicates import DuplicatePair
from cases.models.people import Client, Episode, RelatedPerson
from cases.services.file_endings import Emptying, tables_with
from cases.services.retention import is_held
from cases.workflow import ReferralState as R
from departments.models.people import User
from departments.services.destruction import MOST, Ended, Piece, piece_of_day
from departments.services.policies import retention_rule
from departments.services.retention import ends_on, years_ago

UNTAKEN = frozenset({R.REFUSED, R.RETURNED, R.CANCELLED, R.DISCARDED})
CODE = "untaken"
# What a referral itself brings of a person; anything else means that the house has served them.
BROUGHT = frozenset({Referral, Episode, RelatedPerson, DuplicatePair})


def referrals_due(*, by: User) -> list[Piece]:
    """Incoming referrals without a case whose years are over and whose person nothing holds, the oldest first."""
    rule = retention_rule()
    late = years_ago(rule.untaken_years)
    if late is None:
        return []
    rows = _untaken(by).filter(received_at__lt=late)
    why = _("收到后满 %(n)d 年，没有立案") % {"n": rule.untaken_years}
    label = _("转介 %(day)s %(number)s")
    return [
        piece_of_day(
            "referral", row, code=CODE, began=row.received_at, rule=rule, label=label, why=why
        )
        for row in rows.order_by("received_at", "id")[:MOST]
    ]


def referrals_next(*, by: User) -> dt.date | None:
    """The day on which the next referral without a case is due; None when there is none."""
    rule = retention_rule()
    late = years_ago(rule.untaken_years)
    if late is None:
        return None
    one = _untaken(by).filter(received_at__gte=late).order_by("received_at", "id").first()
    return None if one is None else ends_on(CODE, timezone.localdate(one.received_at), rule)


def _untaken(by: User) -> QuerySet[Referral]:
    rows = Referral.objects.visible_to(by).filter(
        direction=Referral.Direction.IN,
        state__in=UNTAKEN,
        made_case__isnull=True,
        erased_on__isnull=True,
    )
    return rows.exclude(client__root__legal_hold=True)


def referral_end(*, batch_id: int, house: int, id: int) -> Ended:
    """Empty one referral and its letter; the person too, when the house has nothing else of them."""
    work = Emptying(batch_id, house)
    (state,) = work.values(Referral, "id", [id], "state") or [""]
    if state not in UNTAKEN or work.column(Case, "referral_id", [id], "id"):
        return Ended(False, _("转介已经受理"))
    clients = work.column(Referral, "id", [id], "client_id")
    root = _root(house, clients)
    if root is not None and is_held(root):
        return Ended(False, _("已登记封存或法律保留"))
    work.referrals([id])
    work.erase(Referral, "id", [id], erased_on=timezone.localdate().isoformat())
    if root is None or not _is_stranger(work, root):
        return Ended(True)
    work.person(root)
    return Ended(True, persons=1)


def _root(house: int, clients: list[int]) -> Client | None:
    found = Client.objects.filter(organization_id=house, pk__in=clients).first()
    return None if found is None else Client.objects.locked().get(pk=found.root_id)


def _is_stranger(work: Emptying, root: Client) -> bool:
    """Whether no other referral, case, group, request or consent of the person stands, whoever may see it."""
    records = list(
        Client.objects.filter(organization_id=root.organization_id, root_id=root.pk).values_list(
            "pk", flat=True
        )
    )
    others = [model for model in tables_with("client") if model not in BROUGHT]
    asked = [(model, "client_id", "id") for model in (Case, *others)]
    erased, *found = work.across(records, [(Referral, "client_id", "erased_on"), *asked])
    return None not in erased and not any(found)
