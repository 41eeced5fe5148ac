"""The desk of likely pairs: found by comparing what has changed, reported by colleagues, put aside with a reason."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.duplicates import ComparedUpTo, DuplicatePair, Likeness
from cases.models.people import Client, Episode
from cases.person_permissions import can_decide_duplicate, can_report_duplicate
from cases.services.households import found_by_number
from cases.services.twins import Alike, Record, alike, records_of, twins_index
from cases.workflow import PAIR, PairState
from departments import audit
from departments.models.mechanisms import Transition
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import house_scope
from departments.services.moving import move, write_transition
from departments.services.searching import sharing
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope

log = logging.getLogger(__name__)
BATCH = 200  # records of one transaction
MOST_PER_KEY = 20  # the newest others that share a key: a name that whole wards bear tells nothing
SECONDS_AT_ONCE = 300  # of one round of beat; the next one goes on
SETTLED = dt.timedelta(
    minutes=5
)  # a transaction that commits later than its rows were stamped is not passed over
LEAST_REASON = 5


def pairs_open(user: User) -> QuerySet[DuplicatePair]:
    """The pairs that wait for this person's decision, the surest first."""
    rows = DuplicatePair.objects.visible_to(user)
    if not can_decide_duplicate(user):
        return rows.none()
    return rows.open().order_by("-score", "id")


# ── comparing what has changed ───────────────────────────────────────────────


@dataclass(frozen=True)
class Compared:
    """How many records of a house were compared, and how many new pairs stand on its desk."""

    organization_id: int
    records: int
    pairs: int


def duplicates_find(
    *,
    organization_id: int | None = None,
    seconds: float | None = None,
    settled: dt.timedelta = SETTLED,
    say: Callable[[str], None] = lambda _line: None,
) -> list[Compared]:
    """Compare every record that has changed since the last round, of one house or of all.

    Each batch is one transaction inside the house; with `seconds` it stops after so long and the next
    round goes on where this one stopped.
    """
    with scope(role="system"):
        houses = list(Organization.objects.tenants().order_by("pk").values_list("pk", flat=True))
    until = time.monotonic() + seconds if seconds is not None else None
    done = []
    for house in houses:
        if organization_id in (None, house):
            done.append(_find_in(house, until, settled))
            if done[-1].records:
                say(f"house {house}: {done[-1].records} records, {done[-1].pairs} new pairs")
    return done


def _find_in(house: int, until: float | None, settled: dt.timedelta) -> Compared:
    records = pairs = 0
    while until is None or time.monotonic() < until:
        with house_scope(house, care=True):
            ids = _next(house, timezone.now() - settled)
            if not ids:
                break
            pairs += _compare(house, ids)
        records += len(ids)
    return Compared(house, records, pairs)


def _next(house: int, until: dt.datetime) -> list[int]:
    """The records of the next batch; the marks are moved behind it in the same transaction."""
    mark, _is_new = ComparedUpTo.objects.get_or_create(organization_id=house)
    mark = ComparedUpTo.objects.locked().get(pk=mark.pk)
    clients = _changed(Client, house, mark.clients_at, mark.clients_id, until)
    stays = _changed(Episode, house, mark.episodes_at, mark.episodes_id, until)
    ids = [one.pk for one in clients] + [one.client_id for one in stays]
    if clients:
        mark.clients_at, mark.clients_id = clients[-1].updated_at, clients[-1].pk
    if stays:
        mark.episodes_at, mark.episodes_id = stays[-1].updated_at, stays[-1].pk
    if ids:
        mark.save()
    return list(dict.fromkeys(ids))


def _changed(
    model: Any, house: int, at: dt.datetime | None, pk: int, until: dt.datetime
) -> list[Any]:
    rows = model.objects.filter(organization_id=house, updated_at__lte=until)
    if at is not None:
        # The plain comparison is what the index serves; the second one only steps over its first rows.
        rows = rows.filter(updated_at__gte=at).filter(Q(updated_at__gt=at) | Q(pk__gt=pk))
    columns = ("updated_at",) if model is Client else ("updated_at", "client_id")
    return list(rows.only(*columns).order_by("updated_at", "pk")[:BATCH])


def _compare(house: int, ids: list[int]) -> int:
    """Write the keys of these records, compare them with whoever shares one, keep the pairs; how many are new."""
    own = twins_index(house, ids)
    meetings = sharing(
        organization_id=house,
        kind="twin",
        grams={pk: hashes for pk, (_record, hashes) in own.items()},
        most=MOST_PER_KEY,
    )
    known: dict[int, Record] = {pk: record for pk, (record, _hashes) in own.items()}
    known |= records_of(house, {other for _one, other in meetings} - known.keys())
    found: dict[tuple[int, int], Alike] = {}
    for one, other in sorted({(min(pair), max(pair)) for pair in meetings}):
        # Of a posting whose record is being written elsewhere nothing is known; its own turn comes.
        if one in known and other in known:
            _meet(found, known[one], known[other])
    new = _keep(house, found)
    _drop_stale(house, {record.client.root_id for record, _hashes in own.values()}, found)
    return new


def _meet(found: dict[tuple[int, int], Alike], one: Record, other: Record) -> None:
    """Note the likeness of two records between the persons they stand for, the surest one."""
    roots = (one.client.root_id, other.client.root_id)
    pair = (min(roots), max(roots))
    if pair[0] == pair[1]:
        return
    likeness = alike(one, other)
    if likeness is not None and likeness.score > getattr(found.get(pair), "score", 0):
        found[pair] = likeness


def _keep(house: int, found: dict[tuple[int, int], Alike]) -> int:
    if not found:
        return 0
    roots = {root for pair in found for root in pair}
    groups: dict[int, int] = dict(
        Client.objects.filter(organization_id=house, root_id__in=roots).values_list("pk", "root_id")
    )
    rows = list(DuplicatePair.objects.filter(_between(groups.keys()), organization_id=house))
    # What was put aside stays aside, also when one of the two has been merged with a third since.
    aside = {
        tuple(sorted((groups[one.first_id], groups[one.second_id])))
        for one in rows
        if one.state == PairState.DISMISSED
    }
    standing = {(one.first_id, one.second_id): one for one in rows}
    new = []
    for pair, likeness in found.items():
        if pair in aside:
            continue
        row, reasons = standing.get(pair), list(likeness.reasons)
        if row is None:
            new.append(
                DuplicatePair(
                    organization_id=house,
                    first_id=pair[0],
                    second_id=pair[1],
                    score=likeness.score,
                    reasons=reasons,
                )
            )
            continue
        reasons += [Likeness.REPORTED] * (row.created_by_id is not None)
        if (row.score, row.reasons) != (likeness.score, reasons):
            row.score, row.reasons = likeness.score, reasons
            row.save(update_fields=["score", "reasons"])
    DuplicatePair.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _between(ids: Iterable[int]) -> Q:
    ids = list(ids)
    return Q(first_id__in=ids, second_id__in=ids)


def _drop_stale(house: int, roots: set[int], found: dict[tuple[int, int], Alike]) -> None:
    """Take off the desk what a correction has made two persons, where nobody has said a word about it."""
    moved = Transition.objects.filter(
        subject_kind=DuplicatePair._meta.model_name, subject_id=OuterRef("pk")
    )
    rows = DuplicatePair.objects.open().filter(
        Q(first_id__in=roots) | Q(second_id__in=roots),
        ~Exists(moved),
        organization_id=house,
        created_by__isnull=True,
    )
    doubted = [one for one in rows if (one.first_id, one.second_id) not in found]
    if not doubted:
        return
    both = {pk for one in doubted for pk in (one.first_id, one.second_id)}
    groups: dict[int, list[int]] = {}
    for pk, root in Client.objects.filter(organization_id=house, root_id__in=both).values_list(
        "pk", "root_id"
    ):
        groups.setdefault(root, []).append(pk)
    records = records_of(house, {pk for group in groups.values() for pk in group})
    gone = [
        one.pk
        for one in doubted
        if not any(
            alike(records[mine], records[theirs])
            for mine in groups[one.first_id]
            for theirs in groups[one.second_id]
        )
    ]
    rows.filter(pk__in=gone).delete()


# ── by hand ──────────────────────────────────────────────────────────────────


def _checked(reason: str, field: str = "reason") -> str:
    if len(reason.strip()) < LEAST_REASON:
        raise DomainError("duplicate.needs_reason", _("请写明理由，至少 5 个字。"), field)
    return reason.strip()


@command
def duplicate_report(*, client: Client, who: str, note: str, by: User) -> DuplicatePair:
    """Say that another record is the same person; `who` is the other's hospital, document or case number.

    A pair that was put aside is opened again.

    Raises:
        DomainError: `household.not_found`, `duplicate.same_record`, `duplicate.is_merged` on who;
            `duplicate.needs_reason` on note.
    """
    require(can_report_duplicate, by, client)
    note = _checked(note, "note")
    other = found_by_number(who, by)
    if other.root_id == client.root_id:
        raise DomainError("duplicate.same_record", _("这就是同一份记录。"), "who")
    first, second = sorted((client.root_id, other.root_id))
    pair, is_new = DuplicatePair.objects.get_or_create(
        organization_id=client.organization_id,
        first_id=first,
        second_id=second,
        defaults={"created_by": by, "note": note, "reasons": [Likeness.REPORTED], "score": 0},
    )
    if is_new:
        pair.score = _score_of(pair)
        pair.save(update_fields=["score", "reasons"])
        write_transition(pair, PAIR, "report", before="", by=by)
    else:
        pair = DuplicatePair.objects.locked().get(pk=pair.pk)
        _report_again(pair, note, by)
    audit.record("duplicate.report", by=by, on=pair, client=client.uid, person=other.uid)
    return pair


def _score_of(pair: DuplicatePair) -> int:
    """What the comparison thinks of a pair somebody reported; its reasons are added to the pair's."""
    both = records_of(pair.organization_id, (pair.first_id, pair.second_id))
    likeness = alike(both[pair.first_id], both[pair.second_id])
    if likeness is None:
        return 0
    pair.reasons = [*likeness.reasons, Likeness.REPORTED]
    return likeness.score


def _report_again(pair: DuplicatePair, note: str, by: User) -> None:
    if Likeness.REPORTED not in pair.reasons:
        pair.reasons = [*pair.reasons, Likeness.REPORTED]
    pair.note, pair.created_by = note, pair.created_by or by
    pair.save(update_fields=["note", "created_by", "reasons"])
    if pair.state == PairState.DISMISSED:
        _undecide(pair, "reopen", note, by)


def _undecide(pair: DuplicatePair, step: str, reason: str, by: User) -> None:
    pair.decided_by, pair.decided_at, pair.decided_reason = None, None, None
    also = ("decided_by", "decided_at", "decided_reason")
    move(pair, PAIR, step, by=by, reason=reason, also=also)


@command
def duplicate_dismiss(*, pair: DuplicatePair, reason: str, by: User) -> DuplicatePair:
    """They are two persons: the pair leaves the desk and does not come back by itself.

    Raises:
        DomainError: `duplicate.needs_reason`, `duplicate_pair.dismiss.wrong_state` (409).
    """
    pair = DuplicatePair.objects.locked().get(pk=pair.pk)
    require(can_decide_duplicate, by, pair)
    PAIR.check(pair, "dismiss", reason)
    pair.decided_by, pair.decided_at = by, timezone.now()
    pair.decided_reason = _checked(reason)
    also = ("decided_by", "decided_at", "decided_reason")
    move(pair, PAIR, "dismiss", by=by, reason=reason, also=also)
    audit.record("duplicate.dismiss", by=by, on=pair)
    return pair


@command
def duplicate_reopen(*, pair: DuplicatePair, reason: str, by: User) -> DuplicatePair:
    """Put a pair that was put aside back onto the desk.

    Raises:
        DomainError: `duplicate.needs_reason`, `duplicate_pair.reopen.wrong_state` (409).
    """
    pair = DuplicatePair.objects.locked().get(pk=pair.pk)
    require(can_decide_duplicate, by, pair)
    PAIR.check(pair, "reopen", reason)
    _undecide(pair, "reopen", _checked(reason), by)
    audit.record("duplicate.reopen", by=by, on=pair)
    return pair
