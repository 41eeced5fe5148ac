"""A family of rows as a stamp: what never changes is text already, what changes is a slot of a list.

A print is one list of texts (`values`); each table's rows are one format over some of its slots, so a
family of sixty rows costs a few dozen string operations and its seals.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from msw_portal.demo.growth.patterns import NULL, Key, Row
from msw_portal.kernel.crypto import BlindIndex, Sealed
from msw_portal.kernel.sealing import padded, unseal

Slot = tuple[Any, ...]
DAY = re.compile(r'(?<=_on": ")(\d{4}-\d\d-\d\d)(?=")')


@dataclass(frozen=True)
class Text:
    """A text with slots in it."""

    form: str
    slots: tuple[int, ...]

    def __call__(self, values: Sequence[Any]) -> str:
        return (
            self.form % tuple([values[slot] for slot in self.slots])
            if self.slots
            else self.form % ()
        )


@dataclass(frozen=True)
class Seal:
    slot: int
    text: Text
    place: str
    uid: int
    is_padded: bool
    digest: int | None  # the slot of the payload's hash, if one stands beside it


@dataclass(frozen=True)
class Sheet:
    """All rows of one table as one format."""

    model: type[models.Model]
    count: int
    form: str
    pick: Callable[[Sequence[Any]], Any]


@dataclass
class Slots:
    """The layout of a list of values: which fact stands where."""

    places: dict[Slot, int] = field(default_factory=dict)

    def of(self, *fact: Any) -> int:
        return self.places.setdefault(fact, len(self.places))


@dataclass
class Stamp:
    """One family part: its slots, what fills them, and the sheets to print."""

    slots: Slots
    ids: list[tuple[int, type[models.Model]]] = field(default_factory=list)
    uids: list[int] = field(default_factory=list)
    moments: list[tuple[int, dt.datetime]] = field(default_factory=list)
    dates: list[tuple[int, dt.date]] = field(default_factory=list)
    indexes: list[tuple[int, BlindIndex, str, Text]] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)
    hashes: list[tuple[int, Text]] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.slots.places)

    def counts(self) -> dict[type[models.Model], int]:
        return {sheet.model: sheet.count for sheet in self.sheets}


class Cutter:
    """Cuts stamps out of rows: `shared` are the slots that are filled before, `known` the words that change."""

    def __init__(
        self,
        *,
        slots: Slots,
        house: UUID,
        known: Mapping[str, Slot],
        mapped: Callable[[Key], Slot | None],
        here: set[Key],
        fixed: Mapping[tuple[str, str], Slot],
        signed: Callable[[Row], str | None] = lambda row: None,
        begins: int = 0,
    ):
        self.begins, self.signed = begins, signed
        self.stamp = Stamp(slots)
        self.house, self.known, self.mapped, self.here, self.fixed = (
            house,
            known,
            mapped,
            here,
            fixed,
        )
        words = sorted(known, key=len, reverse=True)
        self.words = re.compile("|".join(map(re.escape, words))) if words else None

    def cut(self, rows: Iterable[Row]) -> Stamp:
        """The stamp of these rows."""
        by_model: dict[type[models.Model], list[Text]] = {}
        rows = list(rows)
        for row in rows:
            self._name(row)
        for row in rows:
            by_model.setdefault(row.model, []).append(self._row(row))
        for model, texts in by_model.items():
            slots = [slot for text in texts for slot in text.slots]
            # itemgetter of one slot gives no tuple; a row always has more.
            form = "".join(text.form + "\n" for text in texts)
            self.stamp.sheets.append(Sheet(model, len(texts), form, itemgetter(*slots)))
        # Also of rows that are left out: a text may name them.
        self.stamp.uids = [
            slot
            for fact, slot in self.stamp.slots.places.items()
            if fact[0] == "uid" and slot >= self.begins
        ]
        return self.stamp

    def _name(self, row: Row) -> None:
        """New ids for a row."""
        pk = row.model._meta.pk
        if isinstance(pk, models.BigAutoField):
            self.stamp.ids.append((self._slot("id", *row.key), row.model))

    def _slot(self, *fact: Any) -> int:
        return self.stamp.slots.of(*fact)

    def _row(self, row: Row) -> Text:
        forms, slots = [], []
        for column in row.model._meta.local_concrete_fields:
            made = self._cell(row, column)
            forms.append(made.form)
            slots += made.slots
        return Text("\t".join(forms), tuple(slots))

    def _cell(self, row: Row, column: models.Field) -> Text:
        value = row.cells[column.column]
        if fact := self.fixed.get((row.model._meta.model_name, column.column)):
            return self._one(self._slot(*fact))
        if value == NULL:
            return Text(NULL, ())
        if column.primary_key and isinstance(column, models.BigAutoField):
            return self._one(self._slot("id", *row.key))
        if column.many_to_one or column.one_to_one:
            return self._link(row, column, value)
        if column.column == "subject_id":
            model = _kind(row.cells["subject_kind"])
            return self._link(row, column, value, model)
        if isinstance(column, Sealed):
            return self._sealed(row, column)
        if isinstance(column, BlindIndex):
            return self._indexed(row, column)
        if column.column == "payload_hash":
            return self._one(self._slot("digest", *row.key))
        if column.column == "text_hash" and (said := self.signed(row)) is not None:
            return self._one(self._hash(row, said))
        if isinstance(column, models.DateTimeField):
            return self._one(self._moment(value))
        if isinstance(column, models.DateField):
            return self._one(self._date(value))
        return self._text(value)

    def _one(self, slot: int) -> Text:
        return Text("%s", (slot,))

    def _moment(self, value: str) -> int:
        slot, moment = self._slot("moment", value), dt.datetime.fromisoformat(value)
        if (slot, moment) not in self.stamp.moments:
            self.stamp.moments.append((slot, moment))
        return slot

    def _date(self, value: str) -> int:
        slot, day = self._slot("date", value), dt.date.fromisoformat(value)
        if (slot, day) not in self.stamp.dates:
            self.stamp.dates.append((slot, day))
        return slot

    def _hash(self, row: Row, said: str) -> int:
        """The slot of the hash of a text that is signed: `said` with its words and days as they become."""
        slot = self._slot("hash", *row.key)
        first, *others = DAY.split(said)
        form, slots = [self._text(first)], []
        for day, text in zip(others[::2], others[1::2], strict=True):
            form += [self._one(self._date(day)), self._text(text)]
        for part in form:
            slots += part.slots
        self.stamp.hashes.append((slot, Text("".join(part.form for part in form), tuple(slots))))
        return slot

    def _link(self, row: Row, column: models.Field, value: str, model: Any = None) -> Text:
        key = (model or column.related_model, value)
        if key in self.here or ("id", *key) in self.stamp.slots.places:
            return self._one(self._slot("id", *key))
        fact = self.mapped(key)
        if fact is None:  # the row is left out
            return Text(NULL, ())
        return self._one(self._slot(*fact)) if fact else Text(value, ())

    def _text(self, value: str) -> Text:
        """A text cut at the words that change."""
        if self.words is None:
            return Text(value.replace("%", "%%"), ())
        slots: list[int] = []

        def place(found: re.Match[str]) -> str:
            slots.append(self._slot(*self.known[found[0]]))
            return "\0"

        marked = self.words.sub(place, value)
        return Text(marked.replace("%", "%%").replace("\0", "%s"), tuple(slots))

    def _sealed(self, row: Row, column: Sealed) -> Text:
        slot = self._slot("seal", *row.key, column.column)
        digest = None
        if column.column == "payload" and "payload_hash" in row.cells:
            digest = self._slot("digest", *row.key)
        place = f"{row.model._meta.db_table}|{column.column}|"
        text, uid = self._text(self._plain(row, column)), self._slot("uid", uid_of(row))
        self.stamp.seals.append(Seal(slot, text, place, uid, column.pad, digest))
        return self._one(slot)

    def _indexed(self, row: Row, column: BlindIndex) -> Text:
        slot = self._slot("bidx", *row.key, column.column)
        plain = self._text(self._plain(row, row.model._meta.get_field(column.of)))
        kind = row.cells[column.kind_in] if column.kind_in else ""
        self.stamp.indexes.append((slot, column, kind, plain))
        return self._one(slot)

    def _plain(self, row: Row, column: Sealed) -> str:
        return opened(row, column.column, house=self.house)


def uid_of(row: Row) -> str:
    """The uid that addresses and seals use: the column, or a UUID primary key; "" for neither."""
    if "uid" in row.cells:
        return row.cells["uid"]
    return row.pk if isinstance(row.model._meta.pk, models.UUIDField) else ""


def opened(row: Row, column: str, *, house: UUID) -> str:
    """The plaintext of a sealed cell of a house."""
    # `\\x...`: a backslash is written twice by COPY.
    sealed = bytes.fromhex(row.cells[column].removeprefix(r"\\x"))
    return unseal(
        sealed,
        organization=house,
        table=row.model._meta.db_table,
        column=column,
        row=UUID(uid_of(row)),
        pad=row.model._meta.get_field(column).pad,
    ).decode()


def _kind(name: str) -> type[models.Model]:
    return next(model for model in apps.get_models() if model._meta.model_name == name)


@dataclass
class Press:
    """Prints the stamps of one house."""

    seal: Callable[[bytes, str], bytes]
    index: Callable[[BlindIndex, str, str], bytes]
    uid: Callable[[int], str]
    next_ids: dict[type[models.Model], int]

    def fill(self, stamp: Stamp, values: list[Any], *, days: int, seconds: int) -> None:
        """Put ids, uids, moments and dates in their slots; `values` holds what stands before them."""
        values.extend([None] * (stamp.size - len(values)))
        for slot, model in stamp.ids:
            values[slot] = number = self.next_ids[model]
            self.next_ids[model] = number + 1
        by = dt.timedelta(days=-days, seconds=-seconds)
        for slot, moment in stamp.moments:
            values[slot] = str(moment + by)
        by = dt.timedelta(days=-days)
        for slot, day in stamp.dates:
            values[slot] = str(day + by)
        born = int((stamp.moments[0][1] + by).timestamp() * 1000) if stamp.moments else 0
        for slot in stamp.uids:
            values[slot] = self.uid(born)

    def finish(self, stamp: Stamp, values: list[Any]) -> None:
        """Seal and index what the other slots have become."""
        for slot, column, kind, text in stamp.indexes:
            values[slot] = r"\\x" + self.index(column, kind, text(values)).hex()
        for slot, text in stamp.hashes:
            values[slot] = r"\\x" + hashlib.sha256(text(values).encode()).hexdigest()
        for one in stamp.seals:
            plain = one.text(values).encode()
            if one.digest is not None:
                values[one.digest] = r"\\x" + hashlib.sha256(plain).hexdigest()
            if one.is_padded:
                plain = padded(plain)
            values[one.slot] = r"\\x" + self.seal(plain, f"{one.place}{values[one.uid]}").hex()
