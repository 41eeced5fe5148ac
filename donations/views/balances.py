"""What the books say, gathered for a page: balances by fund, accounts by purpose, journals in words."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models.people import User
from donations.models.giving import Fund
from donations.models.ledger import LedgerAccount, LedgerEntry, LedgerJournal
from donations.models.programmes import ProgrammeVersion
from msw_portal.kernel.display import SHANGHAI, enumerated

ZERO = Decimal(0)
LOW = Decimal(10000)  # below the usual grant of a programme an available balance is said to be low
Kind = LedgerAccount.Kind


def month_start() -> dt.datetime:
    """The first instant of this month in Shanghai."""
    return timezone.localtime(timezone=SHANGHAI).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )


def funds_held(user: User) -> QuerySet[Fund]:
    """Every fund of the house by number, with what is `available` and `committed` in its accounts."""

    def held(kind: str) -> Coalesce:
        accounts = LedgerAccount.objects.visible_to(user).filter(fund=OuterRef("pk"), kind=kind)
        sums = accounts.order_by().values("fund").annotate(sum=Sum("balance")).values("sum")
        return Coalesce(Subquery(sums), ZERO)

    rows = Fund.objects.visible_to(user).order_by("number")
    return rows.annotate(available=held(Kind.AVAILABLE), committed=held(Kind.COMMITTED))


def own_versions(user: User) -> QuerySet[ProgrammeVersion]:
    """Every version of the house's programmes as lists name them, by name, the newest first."""
    rows = ProgrammeVersion.objects.visible_to(user).filter(organization_id=user.house_id)
    shown = ("uid", "name", "version", "valid", "published_at", "programme__fund_id")
    return rows.select_related("programme").only(*shown).order_by("name", "-version")


def fund_rows(
    user: User, funds: Iterable[Fund], versions: Iterable[ProgrammeVersion]
) -> list[dict[str, Any]]:
    """The `funds_held` with what was paid this month and the programmes in force (1 query)."""
    paid, names = _paid(user), _programme_names(versions)
    return [_fund_row(fund, paid, names) for fund in funds]


def _paid(user: User) -> dict[int, tuple[Decimal, Decimal]]:
    """By fund, what was released this month and in the one before: debits on the accounts of what was committed."""
    this = month_start()
    before = (this - dt.timedelta(days=1)).replace(day=1)
    legs = LedgerEntry.objects.visible_to(user).filter(
        journal__kind=LedgerJournal.Kind.DISBURSE,
        journal__posted_at__gte=before,
        account__kind=Kind.COMMITTED,
    )
    sums = legs.values_list("account__fund_id").annotate(
        now=Sum("amount", filter=Q(journal__posted_at__gte=this), default=ZERO),
        then=Sum("amount", filter=Q(journal__posted_at__lt=this), default=ZERO),
    )
    return {fund: (now, then) for fund, now, then in sums}


def _programme_names(versions: Iterable[ProgrammeVersion]) -> dict[int, list[str]]:
    """By fund, the names of what is in force today."""
    names: dict[int, list[str]] = {}
    for one in versions:
        if one.is_in_force:
            names.setdefault(one.programme.fund_id, []).append(one.name)
    return names


def _fund_row(fund: Fund, paid: dict, names: dict) -> dict[str, Any]:
    now, before = paid.get(fund.pk, (ZERO, ZERO))
    return {
        "name": fund.name,
        "number": fund.number,
        "kind": fund.get_kind_display(),
        "available": fund.available,
        "committed": fund.committed,
        "paid": now,
        "paid_before": before,
        "programmes": enumerated(names.get(fund.pk, [])) or "—",
        "is_low": fund.available < LOW,
        "url": reverse("donations:fund", args=[fund.uid]),
    }


def totals(rows: Iterable[dict[str, Any]]) -> dict[str, Decimal]:
    """The foot of the table of funds."""
    rows = list(rows)
    names = ("available", "committed", "paid", "paid_before")
    return {name: sum((row[name] for row in rows), ZERO) for name in names}


def purpose_rows(user: User, fund: Fund) -> list[dict[str, Any]]:
    """Available and committed by purpose; what has no purpose is unrestricted within the fund."""
    rows: dict[Any, dict[str, Any]] = {}
    accounts = LedgerAccount.objects.visible_to(user).filter(fund=fund).select_related("purpose")
    for account in accounts.order_by("purpose__rank", "purpose_id"):
        name = account.purpose.text if account.purpose else _("不限定用途")
        row = rows.setdefault(
            account.purpose_id, {"purpose": name, "available": ZERO, "committed": ZERO}
        )
        if account.kind in row:
            row[account.kind] = account.balance
    return [
        *[row for key, row in rows.items() if key is not None],
        *[row for key, row in rows.items() if key is None],
    ]


def balance_lines(user: User, fund: Fund) -> list[dict[str, Any]]:
    """How the available balance of a fund came about this month, kind of journal by kind, as a sum.

    The balance is the one the ledger keeps; entries are read of this month alone, however long the book.
    """
    kept = LedgerAccount.objects.visible_to(user).filter(fund=fund, kind=Kind.AVAILABLE)
    total = kept.aggregate(sum=Sum("balance", default=ZERO))["sum"]
    found = dict(
        LedgerEntry.objects.visible_to(user)
        .filter(account__in=kept, journal__posted_at__gte=month_start())
        .values_list("journal__kind")
        .annotate(sum=Sum("amount"))
    )
    # Claims of the fund are credit-natural: a credit (negative) adds to them.
    moved = {kind: -found[kind] for kind in LedgerJournal.Kind if found.get(kind)}
    opening = total - sum(moved.values(), ZERO)
    return [
        {"label": _("月初余额"), "amount": opening, "kind": ""},
        *(
            {"label": kind.label, "amount": abs(amount), "kind": "minus" if amount < 0 else ""}
            for kind, amount in moved.items()
        ),
        {"label": _("可用余额"), "amount": total, "kind": "sum"},
    ]


def journal_rows(journals: Iterable[LedgerJournal], fund: Fund, user: User) -> list[dict[str, Any]]:
    """Journals in words: debit and credit accounts, and what the posting stands for (1 query for all)."""
    journals = list(journals)
    legs: dict[int, list[LedgerEntry]] = {}
    entries = LedgerEntry.objects.visible_to(user).filter(journal__in=journals)
    for entry in entries.select_related("account", "account__fund", "account__purpose").order_by(
        "id"
    ):
        legs.setdefault(entry.journal_id, []).append(entry)
    return [_journal_row(journal, legs.get(journal.pk, []), fund) for journal in journals]


def _journal_row(journal: LedgerJournal, legs: list[LedgerEntry], fund: Fund) -> dict[str, Any]:
    debit = [leg for leg in legs if leg.amount > 0]
    source, url = _source(journal)
    return {
        "at": journal.posted_at,
        "kind": journal.get_kind_display(),
        "source": source,
        "url": url,
        "debit": _accounts(debit, fund),
        "credit": _accounts([leg for leg in legs if leg.amount < 0], fund),
        "amount": sum((leg.amount for leg in debit), ZERO),
    }


def _accounts(legs: Iterable[LedgerEntry], fund: Fund) -> str:
    names = []
    for leg in legs:
        account = leg.account
        name = account.get_kind_display()
        if account.fund_id and account.fund_id != fund.pk:
            name = f"{account.fund.name} {name}"
        if account.purpose:
            name = f"{name}（{account.purpose.text}）"
        names.append(name)
    return enumerated(dict.fromkeys(names))


def _source(journal: LedgerJournal) -> tuple[str, str]:
    if journal.request:
        return journal.request.number, reverse("donations:review", args=[journal.request.uid])
    if journal.donation:
        return journal.donation.number, reverse("donations:donation", args=[journal.donation.uid])
    return journal.reference, ""
