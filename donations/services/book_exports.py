"""The book as a file: one row an entry, so that a spreadsheet can add it up again."""

from typing import Any

from django.db.models import Case, DecimalField, F, Value, When
from django.utils.translation import gettext_lazy as _

from departments.services.export_columns import Column, choice, minute
from departments.services.exporting import Listing, Part, person_named
from donations.models.giving import Donation, Fund, FundPurpose
from donations.models.ledger import LedgerAccount, LedgerEntry, LedgerJournal
from donations.querysets import MONEY_ROLES

ENTRY_JOINS = ("journal__created_by", "account__fund", "account__purpose", "lot__donation")


def _side(label: Any, sign: int) -> Column:
    """The amounts of one side, without a sign."""
    beyond = "amount__gt" if sign > 0 else "amount__lt"
    return Column(
        label,
        LedgerEntry,
        "amount",
        lambda row: sign * row.amount if sign * row.amount > 0 else "",
        lambda path: Case(
            When(**{f"{path}{beyond}": 0}, then=Value(sign) * F(f"{path}amount")),
            output_field=DecimalField(),
        ),
    )


BOOK = Listing(
    kind="ledger",
    roles=MONEY_ROLES,
    parts=(
        Part(
            (
                minute(_("记账时间"), LedgerJournal, "posted_at"),
                choice(_("类型"), LedgerJournal, "kind"),
                Column(_("凭证"), LedgerJournal, "reference"),
                choice(_("支出类别"), LedgerJournal, "spend_class"),
            ),
            lambda row: row.journal,
            "journal__",
        ),
        Part(
            (choice(_("账户"), LedgerAccount, "kind"),),
            lambda row: row.account,
            "account__",
        ),
        Part((Column(_("基金"), Fund, "name"),), lambda row: row.account.fund, "account__fund__"),
        Part(
            (Column(_("用途"), FundPurpose, "text"),),
            lambda row: row.account.purpose,
            "account__purpose__",
        ),
        Part(
            (Column(_("捐赠"), Donation, "number"),),
            lambda row: row.lot and row.lot.donation,
            "lot__donation__",
        ),
        Part(
            (
                _side(_("借"), 1),
                _side(_("贷"), -1),
            )
        ),
        person_named(_("记账人"), "journal__created_by"),
    ),
)
