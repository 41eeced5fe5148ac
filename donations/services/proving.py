"""Recomputation of the books and of the numbers of requests and gifts. As the owner, over all houses."""

from departments.services.proving import Proof, numbers_prove, prove
from donations.services.goods_proving import goods_prove
from donations.services.payment_proving import payments_prove, samples_prove
from donations.services.reconciling import QUERIES

# The codes that two records of one person have at one foundation, and the links that say so.
LINKED = """
    SELECT DISTINCT one.organization_id, one.counterparty_id, one.subject_code AS a, other.subject_code AS b
      FROM (SELECT r.organization_id, r.counterparty_id, r.subject_code, c.root_id, c.id
              FROM donations_fundingrequest r JOIN cases_case k ON k.id = r.case_id
              JOIN cases_client c ON c.id = k.client_id
             WHERE r.submitted_at IS NOT NULL AND r.counterparty_id IS NOT NULL) one
      JOIN (SELECT r.counterparty_id, r.subject_code, c.root_id
              FROM donations_fundingrequest r JOIN cases_case k ON k.id = r.case_id
              JOIN cases_client c ON c.id = k.client_id
             WHERE r.submitted_at IS NOT NULL AND r.counterparty_id IS NOT NULL) other
        ON other.root_id = one.root_id AND other.counterparty_id = one.counterparty_id
       AND other.subject_code > one.subject_code
"""
STANDING = """
    SELECT organization_id, counterparty_id, code_a, code_b FROM donations_subjectlink WHERE ended_at IS NULL
"""


def books_prove() -> list[Proof]:
    """Every invariant of the ledger, each counted over the table it speaks of first."""
    return [
        prove(f"books: {name.replace('_', ' ')}", f"SELECT FROM {_table_of(query)}", query)
        for name, query in QUERIES.items()
    ]


def links_prove() -> Proof:
    """Two codes are said to be one person exactly where their records are one."""
    return prove(
        "codes of merged persons",
        f"{LINKED} UNION {STANDING}",
        f"({LINKED} EXCEPT {STANDING}) UNION ALL ({STANDING} EXCEPT {LINKED})",
    )


def years_prove() -> Proof:
    """A settled ratio is its part by its base: a spending ratio cut off, a management ratio rounded up."""
    settled = "SELECT * FROM donations_charityyear WHERE settled_at IS NOT NULL"
    return prove(
        "ratios of settled years",
        settled,
        f"SELECT y.id, y.spend_ratio, y.mgmt_ratio FROM ({settled}) y "
        "WHERE abs(y.spend_ratio - trunc(y.spend / nullif(y.spend_base, 0), 4)) > 0.0001 "
        "OR abs(y.mgmt_ratio - ceil(y.management / nullif(y.total_spend, 0) * 10000) / 10000) > 0.0001",
    )


def disclosures_prove() -> Proof:
    """Every published duty points to the version of its entry that stands."""
    return prove(
        "published duties",
        "SELECT FROM donations_disclosureitem WHERE public_entry_id IS NOT NULL",
        "SELECT i.id, i.public_entry_id FROM donations_disclosureitem i "
        "JOIN departments_publicentry e ON e.supersedes_id = i.public_entry_id",
    )


def _table_of(query: str) -> str:
    # The first table a query names is what it is about.
    return next(word.strip("(),") for word in query.split() if word.startswith("donations_"))


def proofs() -> list[Proof]:
    """Every proof of this app."""
    return [
        *books_prove(),
        links_prove(),
        years_prove(),
        disclosures_prove(),
        *goods_prove(),
        payments_prove(),
        samples_prove(),
        numbers_prove("funding_request", "donations_fundingrequest", "submitted_at"),
        numbers_prove("donation", "donations_donation", "created_at"),
        numbers_prove("payment_list", "donations_paymentlist", "created_at"),
        numbers_prove("ledger_order", "donations_ledgerorder", "created_at"),
    ]
