"""What the books say of a campaign, project, fund, trust or year between two days, for its disclosure.

Everything is read from ledger entries on the funds' own accounts (what gifts may be claimed for), so
that opening balance + every line = closing balance, to the fen.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from donations.models.charities import CharitableTrust
from donations.models.disclosure import About, DisclosureItem
from donations.models.giving import Donation
from donations.models.ledger import LedgerEntry, LedgerJournal
from donations.models.programmes import Programme

Kind, Spend = LedgerJournal.Kind, LedgerJournal.SpendClass
NOTHING = Decimal("0.00")
UNNAMED, UNRESTRICTED = gettext_noop("未同意公示姓名的捐赠人"), gettext_noop("不限定用途")
DONATED, INTEREST, CHARITABLE = "donated", "interest", "charitable"
MANAGEMENT, FUNDRAISING, MOVED, LOST, OTHER = "management", "fundraising", "moved", "lost", "other"
CARRIED = "carried"
# The lines of the account in its order: what the name says stands in the catalogue.
LINES = {
    DONATED: _("捐赠收入"),
    INTEREST: _("利息收入"),
    CHARITABLE: _("慈善活动支出"),
    MANAGEMENT: _("管理费用"),
    FUNDRAISING: _("募捐成本"),
    LOST: _("物资报损"),
    MOVED: _("变更用途与基金划转"),
    CARRIED: _("启用本系统前已使用"),
    OTHER: _("其他"),
}
BY_CLASS = {
    Spend.CHARITABLE: CHARITABLE,
    Spend.MANAGEMENT: MANAGEMENT,
    Spend.FUNDRAISING: FUNDRAISING,
}
BY_KIND = {
    Kind.DONATION: DONATED,
    Kind.INTEREST: INTEREST,
    Kind.GOODS_LOSS: LOST,
    Kind.PURPOSE_CHANGE: MOVED,
    Kind.FUND_TRANSFER: MOVED,
    Kind.CARRIED: CARRIED,
}


@dataclass(frozen=True)
class Row:
    """A group of journals: its words, how many gifts or payouts, and how much."""

    words: tuple[str, ...]
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Account:
    """`lines` are signed: what came in is positive. opening + Σ lines = closing."""

    opening: Decimal
    lines: dict[str, Decimal]
    closing: Decimal
    income: list[Row] = field(default_factory=list)
    donors: list[Row] = field(default_factory=list)
    uses: list[Row] = field(default_factory=list)

    @property
    def donated(self) -> Decimal:
        return self.lines.get(DONATED, NOTHING)

    @property
    def spent(self) -> Decimal:
        """Charitable spending as a positive amount."""
        return -self.lines.get(CHARITABLE, NOTHING)


def entries_of(item: DisclosureItem) -> Q | None:
    """The condition on ledger entries that an item is about; None for one without money of its own."""
    if item.about == About.CAMPAIGN:
        return Q(lot__donation__campaign_id=item.subject_id)
    if item.about == About.FUND:
        return Q(account__fund_id=item.subject_id)
    if item.about == About.PROJECT:
        programme = Programme.objects.get(pk=item.subject_id)
        held = Q(account__fund_id=programme.fund_id)
        return held & Q(account__purpose_id=programme.purpose_id) if programme.purpose_id else held
    if item.about == About.TRUST:
        trust = CharitableTrust.objects.get(pk=item.subject_id)
        return Q(account__fund_id=trust.fund_id)
    return Q() if item.about == About.YEAR else None


def account_of(
    organization_id: int, about: Q, first: dt.date | None, last: dt.date | None
) -> Account:
    """The account of `about` from the start of `first` to the end of `last`; None is open on that side."""
    entries = LedgerEntry.objects.filter(
        about, organization_id=organization_id, account__fund__isnull=False
    ).order_by()
    before, until = _start(first), _end(last)
    opening = _sum(entries.filter(journal__posted_at__lt=before)) if before else NOTHING
    inside = Q()
    if before:
        inside &= Q(journal__posted_at__gte=before)
    if until:
        inside &= Q(journal__posted_at__lt=until)
    held = entries.filter(inside)
    lines = _lines(held)
    closing = _sum(entries.filter(journal__posted_at__lt=until) if until else entries)
    if opening + sum(lines.values(), NOTHING) != closing:
        raise AssertionError("the books do not add up")
    given = held.filter(Q(journal__kind=Kind.DONATION) | Q(journal__reverses__kind=Kind.DONATION))
    return Account(
        opening, lines, closing, _income(given), _donors(given), _uses(held, Kind.DONATION)
    )


def _start(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)) if day else None


def _end(day: dt.date | None) -> dt.datetime | None:
    return _start(day + dt.timedelta(days=1)) if day else None


def _sum(entries: Any) -> Decimal:
    # A fund's accounts are credit-natural: what came in stands there as a negative amount.
    return -(entries.aggregate(total=Sum("amount"))["total"] or NOTHING)


def _lines(entries: Any) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    grouped = entries.values(
        kind=Coalesce("journal__reverses__kind", "journal__kind"),
        spend=Coalesce("journal__reverses__spend_class", "journal__spend_class"),
    ).annotate(total=Sum("amount"))
    for row in grouped:
        line = BY_CLASS.get(row["spend"]) or BY_KIND.get(row["kind"], OTHER)
        found[line] -= row["total"]
    return {line: found[line] for line in LINES if found.get(line)}


def _income(given: Any) -> list[Row]:
    rows = given.values("account__fund__name", "account__purpose__text").annotate(
        total=Sum("amount"), gifts=Count("journal__donation", distinct=True)
    )
    made = [
        Row(
            (row["account__fund__name"], row["account__purpose__text"] or UNRESTRICTED),
            row["gifts"],
            -row["total"],
        )
        for row in rows
    ]
    return sorted((one for one in made if one.amount), key=lambda one: (-one.amount, one.words))


def _donors(given: Any) -> list[Row]:
    """Those who agreed to be named by name, everybody else in one line (Charity Law 82)."""
    sums = {
        row["journal__donation"]: -row["total"]
        for row in given.values("journal__donation").annotate(total=Sum("amount"))
        if row["total"]
    }
    named: dict[int, tuple[str, int, Decimal]] = {}
    kept, kept_sum = set(), NOTHING
    for gift in Donation.objects.filter(pk__in=sums).select_related("donor").order_by("pk"):
        donor, amount = gift.donor, sums[gift.pk]
        if donor.publish_name and not donor.is_anonymous:
            _name, count, total = named.get(donor.pk, ("", 0, NOTHING))
            named[donor.pk] = (donor.name, count + 1, total + amount)
        else:
            kept.add(gift.pk)
            kept_sum += amount
    rows = sorted(
        (Row((name,), count, total) for name, count, total in named.values()),
        key=lambda one: (-one.amount, one.words),
    )
    return [*rows, *([Row((UNNAMED,), len(kept), kept_sum)] if kept else [])]


def _uses(entries: Any, income: str) -> list[Row]:
    """Charitable spending by project, else by what kind of posting it was; positive amounts."""
    spent = entries.annotate(
        spend=Coalesce("journal__reverses__spend_class", "journal__spend_class")
    ).filter(spend=Spend.CHARITABLE)
    rows = spent.values(
        "journal__request__programme_version__name",
        kind=Coalesce("journal__reverses__kind", "journal__kind"),
    ).annotate(
        total=Sum("amount"),
        requests=Count("journal__request", distinct=True),
        journals=Count("journal", distinct=True),
    )
    made: dict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, NOTHING))
    for row in rows:
        words = row["journal__request__programme_version__name"] or str(Kind(row["kind"]).label)
        count, total = made[words]
        made[words] = (count + (row["requests"] or row["journals"]), total + row["total"])
    found = [Row((words,), count, total) for words, (count, total) in made.items() if total]
    return sorted(found, key=lambda one: (-one.amount, one.words))


def totals(rows: Iterable[Row]) -> tuple[int, Decimal]:
    """(count, amount) of rows together."""
    held = list(rows)
    return sum(one.count for one in held), sum((one.amount for one in held), NOTHING)
