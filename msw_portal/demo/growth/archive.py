"""What remains of a family when its case is of a former year: the archive is thinner than the desk."""

from collections import Counter

from msw_portal.demo.growth.patterns import NULL, Family, Key, Row

# How many rows of a table an archived case keeps; a table that is not named keeps none.
KEPT = {
    "episode": 1,
    "referral": 1,
    "case": 1,
    "consent": 2,
    "contact": 3,
    "need": 2,
    "assessment": 1,
    "transition": 20,
    "auditentry": 20,
    "fundingrequest": 1,
    "requestsheet": 1,
    "costline": 9,
    "requestdocument": 9,
    "fundingduty": 9,
    "fundingact": 9,
    "disclosure": 2,
    "disbursement": 2,
    "ledgerjournal": 9,
    "ledgerentry": 99,
}
# Of the case's own moves and entries the first and the last.
TURNS = {"open", "close", "decline", "refer_out"}
OVER = {"disbursed", "confirmed", "closed", "rejected", "rejected_ineligible", "withdrawn"}


def is_over(family: Family) -> bool:
    """Whether nothing of the family waits for anybody any more."""
    cases = family.of("case")
    requests = family.of("fundingrequest")
    has_ended = all(row.cells["closed_at"] != NULL for row in cases)
    return len(cases) == 1 and has_ended and all(row.cells["state"] in OVER for row in requests)


def archived(rows: list[Row]) -> list[Row]:
    """The rows of a visit that the archive keeps, without those that hang on what is gone."""
    left: Counter[str] = Counter()
    kept = []
    for row in sorted(rows, key=lambda row: _is_of_request(row), reverse=True):
        name = row.model._meta.model_name
        if left[name] < KEPT.get(name, 0) and _is_told(row):
            left[name] += 1
            kept.append(row)
    return closed_over(kept, rows)


def _is_of_request(row: Row) -> bool:
    return row.cells.get("kind") == "share_to_org" or row.subject[0] == "fundingrequest"


def _is_told(row: Row) -> bool:
    if row.model._meta.model_name not in ("transition", "auditentry"):
        return True
    if row.subject[0] == "case":
        return row.cells.get("step", row.cells.get("action", "")).removeprefix("case.") in TURNS
    return row.subject[0] in ("fundingrequest", "disbursement")


def closed_over(kept: list[Row], rows: list[Row]) -> list[Row]:
    """`kept` without rows that need a row of `rows` that is not kept, however far."""
    known: set[Key] = {row.key for row in rows}
    while True:
        here = {row.key for row in kept}
        whole = [row for row in kept if not _lacks(row, known - here)]
        if len(whole) == len(kept):
            return kept
        kept = whole


def _lacks(row: Row, gone: set[Key]) -> bool:
    kind, subject = row.subject
    if any((model._meta.model_name, pk) == (kind, subject) for model, pk in gone):
        return True
    return any(key in gone and not column.null for column, key in row.links())
