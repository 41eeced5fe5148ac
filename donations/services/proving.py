"""Recomputation of the books and of the numbers of requests and gifts. As the owner, over all houses."""

from departments.services.proving import Proof, numbers_prove, prove
from donations.services.reconciling import QUERIES


def books_prove() -> list[Proof]:
    """Every invariant of the ledger, each counted over the table it speaks of first."""
    return [
        prove(f"books: {name.replace('_', ' ')}", f"SELECT FROM {_table_of(query)}", query)
        for name, query in QUERIES.items()
    ]


def _table_of(query: str) -> str:
    # The first table a query names is what it is about.
    return next(word.strip("(),") for word in query.split() if word.startswith("donations_"))


def proofs() -> list[Proof]:
    """Every proof of this app."""
    return [
        *books_prove(),
        numbers_prove("funding_request", "donations_fundingrequest", "submitted_at"),
        numbers_prove("donation", "donations_donation", "created_at"),
    ]
