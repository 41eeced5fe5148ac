"""The rows of the lived year, gathered by family: what hangs on one patient, or on one gift."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, models

from cases.models.people import Client
from donations.models.giving import Donation
from donations.models.ledger import DonationLot, LedgerEntry, LedgerJournal

APPS = ("departments", "cases", "volunteers", "projects", "donations")
NULL = r"\N"
# Files cannot be stamped, queues have been worked off, postings and the chain are made anew; a sample of
# payments is a charity's, and its draw says how many were drawn from what.
LEFT_OUT = frozenset(
    {
        "document",
        "disclosuredocument",
        "notification",
        "message",
        "draft",
        "outbox",
        "job",
        "idempotencykey",
        "accesslink",
        "searchposting",
        "auditlink",
        "lotbalance",
        "verification",
    }
)
GIFT = frozenset({DonationLot, LedgerJournal, LedgerEntry})
Key = tuple[type[models.Model], str]


@dataclass(eq=False)
class Row:
    """One row as COPY writes it: the cells by column, still escaped."""

    model: type[models.Model]
    cells: dict[str, str]

    @property
    def pk(self) -> str:
        return self.cells[self.model._meta.pk.column]

    @property
    def key(self) -> Key:
        return self.model, self.pk

    @property
    def subject(self) -> tuple[str, str]:
        return self.cells.get("subject_kind", ""), self.cells.get("subject_id", NULL)

    def links(self) -> Iterator[tuple[models.ForeignKey, Key]]:
        """Every foreign key that is set, with the row it points at."""
        for column in foreign_keys(self.model):
            value = self.cells[column.column]
            if value != NULL:
                yield column, (column.related_model, value)


@dataclass
class Family:
    """All rows that hang on `head`, in the order in which they were found."""

    head: Row
    rows: list[Row] = field(default_factory=list)

    def of(self, name: str) -> list[Row]:
        return [row for row in self.rows if row.model._meta.model_name == name]


def foreign_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [
        column
        for column in model._meta.local_concrete_fields
        if column.many_to_one or column.one_to_one
    ]


def rows_of(model: type[models.Model], condition: str) -> list[Row]:
    """The rows under a condition, read by COPY."""
    columns = [column.column for column in model._meta.local_concrete_fields]
    names = ", ".join(f'"{name}"' for name in columns)
    out = io.StringIO()
    order = f'"{model._meta.pk.column}"'
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT {names} FROM {model._meta.db_table} WHERE {condition} ORDER BY {order}) TO STDOUT",
            out,
        )
    return [
        Row(model, dict(zip(columns, line.split("\t"), strict=True)))
        for line in out.getvalue().splitlines()
    ]


def families_of_patients(clients: Iterable[int]) -> list[Family]:
    """The families of these patients."""
    heads = rows_of(Client, f"id IN ({', '.join(map(str, clients))})")
    return _families(heads)


def families_of_gifts(charity: int) -> list[Family]:
    """Every booked gift of a charity with its lot, its journal and the journal's legs."""
    heads = rows_of(Donation, f"state = 'booked' AND organization_id = {charity}")
    # Not what was paid from a gift: that belongs to the patient. Nor receipts and thanks, which have numbers of
    # their own and names under the charity's key.
    return _families(heads, only=GIFT, beyond=frozenset({DonationLot}), with_subjects=False)


def _families(
    heads: list[Row],
    *,
    only: frozenset[type[models.Model]] = frozenset(),
    beyond: frozenset[type[models.Model]] = frozenset(),
    with_subjects: bool = True,
) -> list[Family]:
    """Follow the foreign keys and subject pointers that lead to a head until nothing new is found; what points
    at a row of a table in `beyond` is not of the family, nor with `only` a row of any other table."""
    families = {head.key: Family(head, [head]) for head in heads}
    home: dict[Key, Family] = dict(families)
    fresh: dict[type[models.Model], set[str]] = {}
    for head in heads:
        fresh.setdefault(head.model, set()).add(head.pk)
    while fresh:
        found: dict[type[models.Model], set[str]] = {}
        for row, parent in _pointing_at(fresh, with_subjects=with_subjects):
            if row.key in home or (only and row.model not in only):
                continue
            home[row.key] = home[parent]
            home[parent].rows.append(row)
            if row.model not in beyond:
                found.setdefault(row.model, set()).add(row.pk)
        fresh = found
    return list(families.values())


def _pointing_at(
    fresh: Mapping[type[models.Model], set[str]], *, with_subjects: bool
) -> Iterator[tuple[Row, Key]]:
    for model in apps.get_models():
        if (
            model._meta.app_label not in APPS
            or model._meta.model_name in LEFT_OUT
            or model._meta.proxy
        ):
            continue
        for column in foreign_keys(model):
            if ids := fresh.get(column.related_model):
                for row in rows_of(model, f'"{column.column}" IN ({_quoted(ids)})'):
                    yield row, (column.related_model, row.cells[column.column])
        names = {column.name for column in model._meta.local_fields}
        if with_subjects and {"subject_kind", "subject_id"} <= names:
            for other, ids in fresh.items():
                if isinstance(other._meta.pk, models.UUIDField):
                    continue
                kind = other._meta.model_name
                for row in rows_of(
                    model, f"subject_kind = '{kind}' AND subject_id IN ({_quoted(ids)})"
                ):
                    yield row, (other, row.cells["subject_id"])


def _quoted(ids: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(ids))
