"""What the funds of a house hold, by fund and by purpose, as the ledger's accounts stand now."""

from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from donations.models.giving import Fund
from donations.models.ledger import LedgerAccount
from donations.models.programmes import Programme, ProgrammeVersion

ZERO = Decimal(0)
Kind = LedgerAccount.Kind


def funds_with_balances(user: Any) -> QuerySet[Fund]:
    """The funds one may see, each with what is `available` and `committed` in its accounts."""

    def held(kind: str) -> Coalesce:
        accounts = LedgerAccount.objects.visible_to(user).filter(fund=OuterRef("pk"), kind=kind)
        sums = accounts.order_by().values("fund").annotate(sum=Sum("balance")).values("sum")
        return Coalesce(Subquery(sums), ZERO)

    rows = Fund.objects.visible_to(user)
    return rows.annotate(available=held(Kind.AVAILABLE), committed=held(Kind.COMMITTED))


def purposes_of(fund: Fund, user: Any) -> list[dict[str, Any]]:
    """Every purpose of a fund with its two balances, the fund as a whole first."""
    accounts = (
        LedgerAccount.objects.visible_to(user)
        .filter(fund=fund, kind__in=(Kind.AVAILABLE, Kind.COMMITTED))
        .select_related("purpose")
        .order_by("purpose__rank", "purpose_id")
    )
    found: dict[int, dict[str, Any]] = {}
    for account in accounts:
        purpose = account.purpose
        row = found.setdefault(
            account.purpose_id or 0,
            {
                "code": purpose.code if purpose else None,
                "text": purpose.text if purpose else None,
                "available": ZERO,
                "committed": ZERO,
            },
        )
        row[account.kind] += account.balance
    return [found[key] for key in sorted(found, key=lambda key: key != 0)]


def programmes_with_versions(user: Any) -> QuerySet[Programme]:
    """The house's programmes, each with `own_versions`, the newest first."""
    versions = ProgrammeVersion.objects.visible_to(user).filter(organization_id=user.house_id)
    return (
        Programme.objects.visible_to(user)
        .select_related("fund")
        .prefetch_related(
            Prefetch("versions", versions.order_by("-version"), to_attr="own_versions")
        )
    )
