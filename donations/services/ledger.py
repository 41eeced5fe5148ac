"""The only door to the books: lock every account once, match lots, post whole journals.

Fund accounting, not the charity's general ledger. Amounts are Decimal yuan with two decimals; on an
entry debit is positive and credit negative. Balances are the database's (trigger ledger_entry_added).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations.models.ledger import LedgerAccount, LedgerEntry, LedgerJournal
from donations.models.requests import FundingRequest
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope_is_open

PAGE = 500  # lots read at a time
Kind = LedgerJournal.Kind
Account = LedgerAccount.Kind


@dataclass(frozen=True)
class Leg:
    """One entry to be: `amount` signed, `lot_id` on every account of a fund and on no other."""

    account_id: int
    amount: Decimal
    lot_id: int | None = None


@dataclass(frozen=True)
class Posting:
    """One journal to be. `reference` is unique per house and kind: the same command posts once."""

    kind: str
    reference: str
    legs: tuple[Leg, ...]
    request_id: int | None = None
    disbursement_id: int | None = None
    donation_id: int | None = None
    reverses_id: int | None = None
    spend_class: str = LedgerJournal.SpendClass.NONE
    article: str = ""
    # When it counts; now, but for what is taken over from before the portal.
    posted_at: dt.datetime | None = None


@dataclass(frozen=True)
class Slice:
    """A part of a lot on one account of a fund × purpose; `other_id` is its committed or available twin."""

    lot_id: int
    account_id: int
    other_id: int
    amount: Decimal


def insufficient() -> DomainError:
    return DomainError("ledger.insufficient", _("可用余额不足。"), "amount", status=409)


# ── locks ────────────────────────────────────────────────────────────────────

LOCK = """
    SELECT id, organization_id FROM donations_ledgeraccount
     WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


def lock_accounts(ids: Iterable[int]) -> int:
    """Lock all accounts a transaction will touch, in one statement and one order; their organization.

    The first call waits its turn. A later call in the same transaction takes what is missing without
    waiting: two transactions that lock twice in opposite orders would wait for each other for ever.

    Raises:
        LookupError: for an account the house does not have, or accounts of two houses.
        OperationalError: `lock_not_available` from a later call; @command runs the command again.
    """
    wanted, current = sorted(set(ids)), _transaction()
    begun, held = getattr(connection, "msw_ledger_locks", (None, frozenset()))
    is_same = begun is current or (isinstance(current, str) and begun == current)
    with connection.cursor() as cursor:
        is_later = is_same and not held.issuperset(wanted)
        cursor.execute(LOCK + (" NOWAIT" if is_later else ""), [wanted])
        rows = cursor.fetchall()
    houses = {row[1] for row in rows}
    if len(rows) != len(wanted) or len(houses) != 1:
        raise LookupError("accounts are missing or belong to two houses")
    before = held if is_same else frozenset()
    connection.msw_ledger_locks = (current, before | set(wanted))
    return houses.pop()


def _transaction() -> object:
    """What tells the running transaction from the next: of a scope its own list of undos, else its number."""
    if scope_is_open():
        return connection.msw_undos
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return cursor.fetchone()[0]


# ── posting ──────────────────────────────────────────────────────────────────


def post(postings: Sequence[Posting], *, by: Any) -> list[LedgerJournal]:
    """Write whole journals, all their legs by one statement; the one way into the books.

    Raises:
        ValueError: for a journal that does not balance or is empty (a mistake of the caller).
        IntegrityError: from the database's own guards (overdraft, repeated reference ...).
    """
    for posting in postings:
        if len(posting.legs) < 2 or sum(leg.amount for leg in posting.legs) != 0:
            raise ValueError(f"{posting.kind} {posting.reference} does not balance")
    house = lock_accounts(leg.account_id for posting in postings for leg in posting.legs)
    journals = LedgerJournal.objects.bulk_create(
        LedgerJournal(
            organization_id=house,
            kind=posting.kind,
            leg_count=len(posting.legs),
            reference=posting.reference,
            spend_class=posting.spend_class,
            request_id=posting.request_id,
            disbursement_id=posting.disbursement_id,
            donation_id=posting.donation_id,
            reverses_id=posting.reverses_id,
            article=posting.article,
            posted_at=posting.posted_at or timezone.now(),
            created_by=by,
        )
        for posting in postings
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            organization_id=house,
            journal=journal,
            account_id=leg.account_id,
            lot_id=leg.lot_id,
            amount=leg.amount,
            created_by=by,
        )
        for journal, posting in zip(journals, postings, strict=True)
        for leg in posting.legs
    )
    return journals


# ── accounts ─────────────────────────────────────────────────────────────────


def cash_account(organization_id: int) -> int:
    """The id of the house's cash account."""
    return LedgerAccount.objects.values_list("id", flat=True).get(
        organization_id=organization_id, kind=Account.CASH
    )


def pool(*, organization_id: int, fund_id: int, purpose_id: int | None) -> list[tuple[int, int]]:
    """(available, committed) account ids a purpose may draw on: its own pair, then the fund's unrestricted pair."""
    found = {
        (kind, purpose): pk
        for pk, kind, purpose in LedgerAccount.objects.filter(
            organization_id=organization_id,
            fund_id=fund_id,
            kind__in=[Account.AVAILABLE, Account.COMMITTED],
        ).values_list("id", "kind", "purpose_id")
    }
    purposes = [purpose_id, None] if purpose_id is not None else [None]
    return [(found[Account.AVAILABLE, one], found[Account.COMMITTED, one]) for one in purposes]


# ── matching ─────────────────────────────────────────────────────────────────

LOTS = """
    SELECT b.lot_id, b.balance, b.received_on
      FROM donations_lotbalance b JOIN donations_donationlot l ON l.id = b.lot_id
     WHERE b.account_id = %s AND b.balance > 0 AND l.earmark_class = %s AND (b.received_on, b.lot_id) > (%s::date, %s)
     ORDER BY b.received_on, b.lot_id LIMIT %s FOR NO KEY UPDATE OF b
"""
AVAILABLE = """
    SELECT coalesce(sum(b.balance), 0)
      FROM donations_lotbalance b JOIN donations_donationlot l ON l.id = b.lot_id
     WHERE b.account_id = ANY(%s) AND b.balance > 0 AND l.earmark_class = ANY(%s)
"""


def _classes(beneficiary_class: str) -> list[str]:
    # A gift for one class of beneficiaries serves no other (Charity Law 56: money follows the donor's purpose).
    return [beneficiary_class, ""] if beneficiary_class else [""]


def available(accounts: Sequence[tuple[int, int]], *, beneficiary_class: str = "") -> Decimal:
    """What may be committed from these pairs for a beneficiary of the class."""
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE, [[pair[0] for pair in accounts], _classes(beneficiary_class)])
        return cursor.fetchone()[0]


def match(
    accounts: Sequence[tuple[int, int]], *, amount: Decimal, beneficiary_class: str = ""
) -> list[Slice]:
    """Oldest gifts first, those given for the class before others, the purpose's own before unrestricted.

    The accounts are locked already. The last lot is split.

    Raises:
        DomainError: `ledger.insufficient` when the pool holds less.
    """
    slices: list[Slice] = []
    missing = amount
    for source, twin in accounts:
        for one in _classes(beneficiary_class):
            after: tuple[str, int] = ("-infinity", 0)
            while missing > 0:
                with connection.cursor() as cursor:
                    cursor.execute(LOTS, [source, one, *after, PAGE])
                    lots = cursor.fetchall()
                for lot, balance, received_on in lots:
                    part = min(balance, missing)
                    slices.append(Slice(lot, source, twin, part))
                    missing -= part
                    after = (received_on.isoformat(), lot)
                    if missing == 0:
                        return slices
                if len(lots) < PAGE:
                    break
    raise insufficient()


LOTS_ON = """
    SELECT b.lot_id, b.balance, b.received_on FROM donations_lotbalance b
     WHERE b.account_id = %s AND b.balance > 0 AND (%s::bigint[] IS NULL OR b.lot_id = ANY(%s))
       AND (b.received_on, b.lot_id) > (%s::date, %s)
     ORDER BY b.received_on, b.lot_id LIMIT %s FOR NO KEY UPDATE
"""


def lots_on(
    account_id: int, *, amount: Decimal, to_id: int = 0, lots: Sequence[int] | None = None
) -> list[Slice]:
    """The oldest lots on one locked account, of whatever class, up to `amount`; `lots` narrows them.

    Raises:
        DomainError: `ledger.insufficient` when the account holds less of them.
    """
    slices: list[Slice] = []
    missing, after = amount, ("-infinity", 0)
    narrowed = None if lots is None else list(lots)
    while missing > 0:
        with connection.cursor() as cursor:
            cursor.execute(LOTS_ON, [account_id, narrowed, narrowed, *after, PAGE])
            found = cursor.fetchall()
        for lot, balance, received_on in found:
            part = min(balance, missing)
            slices.append(Slice(lot, account_id, to_id, part))
            missing -= part
            after = (received_on.isoformat(), lot)
            if missing == 0:
                return slices
        if len(found) < PAGE:
            break
    raise insufficient()


HELD = """
    SELECT e.lot_id, e.account_id, -sum(e.amount), l.received_on, twin.id
      FROM donations_ledgerjournal j JOIN donations_ledgerentry e ON e.journal_id = j.id
      JOIN donations_ledgeraccount a ON a.id = e.account_id AND a.kind = 'committed'
      JOIN donations_ledgeraccount twin ON twin.organization_id = a.organization_id AND twin.kind = 'available'
       AND twin.fund_id = a.fund_id AND twin.purpose_id IS NOT DISTINCT FROM a.purpose_id
      JOIN donations_donationlot l ON l.id = e.lot_id
     WHERE j.request_id = %s AND j.organization_id = %s
     GROUP BY e.lot_id, e.account_id, l.received_on, twin.id HAVING sum(e.amount) < 0
     ORDER BY l.received_on, e.lot_id
"""


def held_for(request: FundingRequest, *, amount: Decimal | None = None) -> list[Slice]:
    """The lots committed to a request and not yet paid, oldest first; `amount` takes that much of them.

    Raises:
        DomainError: `ledger.insufficient` when less is committed.
    """
    with connection.cursor() as cursor:
        cursor.execute(HELD, [request.pk, request.counterparty_id])
        rows = cursor.fetchall()
    slices = [Slice(lot, account, twin, balance) for lot, account, balance, _on, twin in rows]
    if amount is None:
        return slices
    pieces, missing = taken(slices, amount)
    if missing > 0:
        raise insufficient()
    return pieces


def taken(slices: Sequence[Slice], amount: Decimal) -> tuple[list[Slice], Decimal]:
    """The first of the slices up to `amount`, the last one split; and how much they lack of it."""
    pieces: list[Slice] = []
    for piece in slices:
        part = min(piece.amount, amount)
        if part > 0:
            pieces.append(replace(piece, amount=part))
            amount -= part
    return pieces, amount


# ── the postings of the house ────────────────────────────────────────────────


def donation_posting(
    *, donation: Any, amount: Decimal, place: int, cash_id: int, available_id: int, lot_id: int
) -> Posting:
    """D cash / C available, the first credit of the lot of the gift's arrival `place` (1, 2 ...)."""
    part = "" if place == 1 else f":{place}"
    return Posting(
        kind=Kind.DONATION,
        reference=f"donation:{donation.uid}{part}",
        donation_id=donation.pk,
        legs=(Leg(cash_id, amount), Leg(available_id, -amount, lot_id)),
        posted_at=_carried_at(donation),
    )


def carried_posting(*, donation: Any, cash_id: int, available_id: int, lot_id: int) -> Posting:
    """D available / C cash: what a gift had been used for before the portal is no money of the fund any more."""
    used = donation.used_before
    return Posting(
        kind=Kind.CARRIED,
        reference=f"carried:{donation.uid}",
        donation_id=donation.pk,
        legs=(Leg(available_id, used, lot_id), Leg(cash_id, -used)),
        posted_at=_carried_at(donation),
    )


def _carried_at(donation: Any) -> dt.datetime | None:
    """A gift of before the portal counts in the year it came, not in that of its import."""
    if donation.used_before is None:
        return None
    return timezone.make_aware(dt.datetime.combine(donation.received_on, dt.time(12)))


def commit_posting(*, request: FundingRequest, slices: Sequence[Slice], place: int = 1) -> Posting:
    """D available / C committed, lot by lot; `place` 2 is what a second look added."""
    legs = [
        leg
        for s in slices
        for leg in (Leg(s.account_id, s.amount, s.lot_id), Leg(s.other_id, -s.amount, s.lot_id))
    ]
    return Posting(
        kind=Kind.COMMIT,
        reference=f"commit:{request.uid}:{place}",
        request_id=request.pk,
        legs=tuple(legs),
    )


def release_posting(*, request: FundingRequest, slices: Sequence[Slice], reference: str) -> Posting:
    """What is committed and not needed goes back to the same lots: D committed / C available."""
    legs = [
        leg
        for s in slices
        for leg in (Leg(s.account_id, s.amount, s.lot_id), Leg(s.other_id, -s.amount, s.lot_id))
    ]
    return Posting(kind=Kind.RELEASE, reference=reference, request_id=request.pk, legs=tuple(legs))


def disburse_posting(*, disbursement: Any, slices: Sequence[Slice], cash_id: int) -> Posting:
    """D committed lot by lot / C cash."""
    legs = [Leg(s.account_id, s.amount, s.lot_id) for s in slices]
    return Posting(
        kind=Kind.DISBURSE,
        reference=f"disburse:{disbursement.uid}",
        request_id=disbursement.request_id,
        disbursement_id=disbursement.pk,
        spend_class=LedgerJournal.SpendClass.CHARITABLE,
        legs=(*legs, Leg(cash_id, -disbursement.amount)),
    )


def reversal_posting(journal: LedgerJournal) -> Posting:
    """The exact mirror of a journal, onto the same accounts and lots; possible once."""
    entries = journal.entries.order_by("id").values_list("account_id", "amount", "lot_id")
    return Posting(
        kind=Kind.REVERSAL,
        reference=f"reversal:{journal.uid}",
        reverses_id=journal.pk,
        request_id=journal.request_id,
        disbursement_id=journal.disbursement_id,
        donation_id=journal.donation_id,
        spend_class=journal.spend_class,
        legs=tuple(Leg(account, -amount, lot) for account, amount, lot in entries),
    )
