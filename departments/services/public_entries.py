"""What anybody reads of what was published: houses, their entries, one entry with its versions. Each read is a transaction of nobody."""

import csv
import io
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from departments.models.organizations import Organization
from departments.models.publishing import PublicEntry
from msw_portal.kernel import keyset
from msw_portal.kernel.scope import scope
from msw_portal.kernel.tables.writing import neutral

ORDER = ("-visible_from", "-id")
PAGE = 30
MOST_LISTED = 1_000


@dataclass(frozen=True)
class House:
    """A house that has published something, and how much is open now."""

    uid: uuid.UUID
    name: str
    count: int


def houses_published() -> list[House]:
    """Every house with an open entry, by name."""
    with scope():
        rows = (
            PublicEntry.objects.public()
            .newest()
            .values("organization__uid", "organization__name")
            .annotate(n=Count("pk"))
            .order_by("organization__name")
        )
        return [
            House(row["organization__uid"], row["organization__name"], row["n"]) for row in rows
        ]


@dataclass(frozen=True)
class Listing:
    """A page of a house's entries; `kinds` counts all of them by kind, the filter apart."""

    house: Organization
    rows: Sequence[PublicEntry]
    kinds: dict[str, int]
    before: str | None
    after: str | None


def entries_listed(
    *, house_uid: uuid.UUID, kind: str = "", after: str | None = None, before: str | None = None
) -> Listing | None:
    """The open entries of a house in the version that stands, the newest first; None when it has none."""
    with scope():
        house = Organization.objects.filter(uid=house_uid, is_training=False).first()
        if house is None:
            return None
        rows = PublicEntry.objects.public().newest().filter(organization=house)
        kinds = {
            row["kind"]: row["n"] for row in rows.order_by().values("kind").annotate(n=Count("pk"))
        }
        if not kinds:
            return None
        shown = rows.filter(kind=kind) if kind in kinds else rows
        try:
            page = keyset.page(shown, order=ORDER, size=PAGE, after=after, before=before)
        except keyset.BadCursor:
            page = keyset.page(shown, order=ORDER, size=PAGE)
        return Listing(house, page.rows, kinds, page.previous, page.next)


def entries_all(*, house_uid: uuid.UUID) -> tuple[Organization, list[PublicEntry]] | None:
    """The newest MOST_LISTED open entries of a house, for programs; None when it has none."""
    with scope():
        house = Organization.objects.filter(uid=house_uid, is_training=False).first()
        if house is None:
            return None
        rows = PublicEntry.objects.public().newest().filter(organization=house).defer("payload")
        found = list(rows.order_by(*ORDER)[:MOST_LISTED])
        return (house, found) if found else None


@dataclass(frozen=True)
class Entry:
    """One version of an entry, with every open version of it, the newest first."""

    row: PublicEntry
    versions: Sequence[PublicEntry]

    @property
    def is_newest(self) -> bool:
        return self.row.pk == self.versions[0].pk

    def table(self, key: str) -> dict[str, Any] | None:
        return next((one for one in self.row.payload["tables"] if one["key"] == key), None)


def entry_at(*, slug: str, version: int | None = None) -> Entry | None:
    """The entry at an address, the version that stands or another; None for what is not open."""
    with scope():
        rows = list(
            PublicEntry.objects.public()
            .filter(slug=slug)
            .select_related("organization")
            .order_by("-version")
        )
        if not rows:
            return None
        row = next((one for one in rows if version in (None, one.version)), None)
        return Entry(row, rows) if row else None


def entry_json(entry: PublicEntry) -> dict[str, Any]:
    """An entry for programs; `payload_sha256` is that of the canonical JSON of `payload`."""
    return {
        "organization": {"name": entry.organization.name, "uscc": entry.organization.uscc},
        "kind": entry.kind,
        "title": entry.title,
        "slug": entry.slug,
        "version": entry.version,
        "published_at": entry.visible_from.isoformat(),
        "correction_note": entry.correction_note,
        "payload": entry.payload,
        "payload_sha256": entry.payload_hash,
    }


def table_csv(table: dict[str, Any]) -> bytes:
    """A table of a payload with its total; text that a spreadsheet would run is made harmless, amounts stay numbers."""
    kinds = [column["kind"] for column in table["columns"]]
    rows = [*table["rows"], *([table["total"]] if table["total"] else [])]
    return csv_of(
        [column["label"] for column in table["columns"]],
        (
            [
                cell if kind in {"money", "count"} else neutral(cell)
                for cell, kind in zip(row, kinds, strict=True)
            ]
            for row in rows
        ),
    )


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that every spreadsheet reads the Chinese."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode("utf-8-sig")
