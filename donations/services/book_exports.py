"""The book as a file: one row an entry, so that a spreadsheet can add it up again."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.services.exporting import Column, Listing, Part
from donations.models.giving import Donation, Fund, FundPurpose
from donations.models.ledger import LedgerAccount, LedgerEntry, LedgerJournal
from donations.querysets import MONEY_ROLES

ENTRY_JOINS = ("journal__created_by", "account__fund", "account__purpose", "lot__donation")


def _posted(row: LedgerJournal) -> str:
    return f"{timezone.localtime(row.posted_at):%Y-%m-%d %H:%M}"


def _debit(row: LedgerEntry) -> Any:
    return row.amount if row.amount > 0 else ""


def _credit(row: LedgerEntry) -> Any:
    return -row.amount if row.amount < 0 else ""


BOOK = Listing(
    kind="ledger",
    roles=MONEY_ROLES,
    parts=(
        Part(
            (
                Column(_("记账时间"), LedgerJournal, "posted_at", _posted),
                Column(_("类型"), LedgerJournal, "kind", lambda row: row.get_kind_display()),
                Column(_("凭证"), LedgerJournal, "reference"),
                Column(
                    _("支出类别"),
                    LedgerJournal,
                    "spend_class",
                    lambda row: row.get_spend_class_display(),
                ),
            ),
            lambda row: row.journal,
        ),
        Part(
            (Column(_("账户"), LedgerAccount, "kind", lambda row: row.get_kind_display()),),
            lambda row: row.account,
        ),
        Part((Column(_("基金"), Fund, "name"),), lambda row: row.account.fund),
        Part((Column(_("用途"), FundPurpose, "text"),), lambda row: row.account.purpose),
        Part((Column(_("捐赠"), Donation, "number"),), lambda row: row.lot and row.lot.donation),
        Part(
            (
                Column(_("借"), LedgerEntry, "amount", _debit),
                Column(_("贷"), LedgerEntry, "amount", _credit),
            )
        ),
        Part((Column(_("记账人"), User, "display_name"),), lambda row: row.journal.created_by),
    ),
)
