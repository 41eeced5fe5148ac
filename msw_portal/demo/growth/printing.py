"""One process's share of a large world: persons of its houses printed and copied, table by table."""

import datetime as dt
import io
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import connection, models

from cases.models.people import Client
from cases.services.number_patterns import PATTERNS
from departments.models.queues import SearchPosting
from departments.services.searching import KINDS
from donations.services.gift_opening import DONATION_PATTERN as GIFT_NUMBER
from donations.services.requests import NUMBER_PATTERN as REQUEST_NUMBER
from msw_portal.demo.dice import LOCAL
from msw_portal.demo.growth.patterns import NULL
from msw_portal.demo.growth.people import Name, Registry
from msw_portal.demo.growth.plan import Coming, Visit
from msw_portal.demo.growth.stamps import Press, Stamp
from msw_portal.demo.growth.stock import Pattern, Stock
from msw_portal.demo.growth.tenants import Tenant
from msw_portal.kernel.crypto import BlindIndex
from msw_portal.kernel.masking import mask_name
from msw_portal.kernel.numbers import render_number
from msw_portal.kernel.sealing import sealer

YEAR = 364  # whole weeks: a Monday stays one
FLUSH = 4_000_000  # characters of a table that are sent at once
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
Model = type[models.Model]


@dataclass
class Copier:
    """Collects the rows of many tables and sends each by COPY."""

    buffers: dict[Model, io.StringIO] = field(default_factory=dict)
    written: Counter[Model] = field(default_factory=Counter)

    def add(self, model: Model, text: str, count: int) -> None:
        buffer = self.buffers.setdefault(model, io.StringIO())
        buffer.write(text)
        self.written[model] += count
        if buffer.tell() > FLUSH:
            self._send(model)

    def close(self) -> None:
        for model in list(self.buffers):
            self._send(model)

    def _send(self, model: Model) -> None:
        buffer = self.buffers.pop(model)
        buffer.seek(0)
        names = ", ".join(f'"{column.column}"' for column in model._meta.local_concrete_fields)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", buffer)

    def print(self, stamp: Stamp, values: Sequence[Any]) -> None:
        for sheet in stamp.sheets:
            self.add(sheet.model, sheet.form % sheet.pick(values), sheet.count)


class Numbers:
    """Numbers without gaps, counted on from what was taken: (kind, year) -> the last one."""

    def __init__(self, code: str, taken: Mapping[tuple[str, str], int]):
        self.code, self.last = code, Counter(taken)

    def take(self, kind: str, pattern: str, moment: dt.datetime) -> str:
        on = moment.astimezone(LOCAL).date()
        key = kind, f"{on:%Y}"
        self.last[key] += 1
        head, width = _head(pattern, self.code, on.year)
        return f"{head}{self.last[key]:0{width}d}"


@cache
def _head(pattern: str, code: str, year: int) -> tuple[str, int]:
    """What stands before the sequence in a year, and how wide that is: the pattern ends in it."""
    width = int(pattern[-2])
    return render_number(pattern, seq=1, on=dt.date(year, 1, 1), org=code)[:-width], width


@dataclass
class Printer:
    """Prints the persons of one house."""

    stock: Stock
    tenant: Tenant
    names: Mapping[str, Sequence[Name]]
    numbers: Numbers
    next_ids: dict[Model, int]
    lots_from: int
    seed: int
    copier: Copier

    def __post_init__(self) -> None:
        uid = self.tenant.uid
        self.dice = random.Random(f"print {self.seed} {self.tenant.number}")
        self.registry = Registry(uid)
        self.press = Press(
            seal=sealer(uid),
            index=self._index,
            uid=self._uid,
            next_ids=self.next_ids,
        )
        self.base = [self._of_house(*fact) for fact in self.stock.base.places]

    def _of_house(self, kind: str, *what: str) -> Any:
        tenant = self.tenant
        if kind == "house":
            return {"name": tenant.name, "short": tenant.short, "uid": str(tenant.uid)}[what[0]]
        if kind == "person":
            return tenant.uids[what[0]]
        # A team of the first hospital has no twin: a row that named one would name none.
        return tenant.places.get((what[0], what[1]), NULL)

    def _index(self, column: BlindIndex, kind: str, text: str) -> bytes:
        """A blind index as the column makes it for a row that is saved."""
        row = SimpleNamespace(organization_id=self.tenant.id, **{column.of: text})
        if column.kind_in:
            setattr(row, column.kind_in, kind)
        return column.made(row)

    def _uid(self, milliseconds: int) -> str:
        chance, stamp = f"{self.dice.getrandbits(72):018x}", f"{milliseconds:012x}"
        return f"{stamp[:8]}-{stamp[8:]}-7{chance[:3]}-8{chance[3:6]}-{chance[6:]}"

    def person(self, coming: Coming) -> None:
        """A person with all cases, and the postings they are found by."""
        pattern, dice, first = self.stock.patterns[coming.family], self.dice, coming.visits[0]
        slots, values = pattern.person.slots.places, list(self.base)
        self.press.fill(
            pattern.person, values, days=first.years * YEAR, seconds=dice.randrange(2700)
        )
        name = dice.choice(self.names[pattern.sex])
        born = dt.date.fromisoformat(pattern.born) - dt.timedelta(
            days=first.years * YEAR + dice.randrange(28)
        )
        id_no = self.registry.id_no(self.tenant.number, born, pattern.sex)
        serial, phone = self.registry.serial, f"1990000{dice.randrange(10_000):04d}"
        put = {
            ("name", 0): name.text,
            ("masked",): mask_name(name.text),
            ("birth",): born.isoformat(),
            ("birth_year",): born.year,
            ("id_no",): id_no,
            ("phone", 0): phone,
            ("canary",): f"档号 {self.tenant.code}-{serial:07d}",
        }
        for place, sex in enumerate(pattern.relatives, start=1):
            put["name", place] = dice.choice(self.names[sex or dice.choice("12")]).text
            put["phone", place] = f"1990000{dice.randrange(10_000):04d}"
        for fact, value in put.items():
            if fact in slots:
                values[slots[fact]] = value
        self.press.finish(pattern.person, values)
        self.copier.print(pattern.person, values)
        client = values[slots["id", Client, _client_of(pattern)]]
        last = coming.visits[-1]
        # One person is one code at the foundation, in every year.
        code = "P-" + "".join(dice.choices(LETTERS, k=8))
        mrns = [
            self._visit(pattern, visit, values, f"{serial:07d}{turn}", code, is_last=visit is last)
            for turn, visit in enumerate(coming.visits)
        ]
        phone = phone if ("phone", 0) in slots else ""
        grams = self.registry.postings(name, id_no=id_no, phone=phone, mrns=mrns)
        kind, house = KINDS["client"], self.tenant.id
        self.copier.add(
            SearchPosting,
            "".join(f"{house}\t{gram}\t{kind}\t{client}\n" for gram in sorted(grams)),
            len(grams),
        )

    def _visit(
        self,
        pattern: Pattern,
        visit: Visit,
        person: list[Any],
        serial: str,
        code: str,
        *,
        is_last: bool,
    ) -> str:
        """One case of a person; the record number of its stay."""
        stamp = pattern.then if visit.years else pattern.now
        values = list(person)
        days, seconds = visit.years * YEAR, self.dice.randrange(2700)
        self.press.fill(stamp, values, days=days, seconds=seconds)
        slots, by = stamp.slots.places, dt.timedelta(days=days, seconds=seconds)
        opened = _moment(pattern.case["opened_at"]) - by
        mrn = f"{opened:%y}{serial}"
        put: dict[tuple[Any, ...], Any] = {
            ("mrn",): mrn,
            ("superseded",): NULL if is_last else str(opened + dt.timedelta(days=90)),
        }
        if (assigned := pattern.case["assigned_at"]) != NULL:
            put["case_number",] = self.numbers.take(
                "case", PATTERNS["case"], _moment(assigned) - by
            )
        for request in pattern.requests:
            put["request_number",] = self.numbers.take(
                "funding_request", REQUEST_NUMBER, _moment(request["submitted_at"]) - by
            )
            put["code",] = code
        for payment in pattern.payments:
            if payment["voucher_no"]:
                paid = _moment(payment["released_at"]) - by
                put["voucher",] = f"YS{paid:%Y%m%d}{self.dice.randrange(10**8):08d}"
        for fact, value in put.items():
            if fact in slots:
                values[slots[fact]] = value
        for place, lot in enumerate(self.stock.lots):
            if ("lot", lot) in slots:
                values[slots["lot", lot]] = (
                    self.lots_from + visit.gifts * len(self.stock.lots) + place
                )
        self.press.finish(stamp, values)
        self.copier.print(stamp, values)
        return mrn


def _client_of(pattern: Pattern) -> str:
    return pattern.case["client_id"]


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def print_gifts(
    stock: Stock,
    *,
    copies: int,
    years: int,
    numbers: Numbers,
    next_ids: dict[Model, int],
    copier: Copier,
    seed: int,
) -> None:
    """`copies` copies of the year's gifts: the n-th stands n modulo `years` years back, lots in the planned order."""
    dice = random.Random(f"gifts {seed}")

    def uid(milliseconds: int) -> str:
        chance, stamp = f"{dice.getrandbits(72):018x}", f"{milliseconds:012x}"
        return f"{stamp[:8]}-{stamp[8:]}-7{chance[:3]}-8{chance[3:6]}-{chance[6:]}"

    press = Press(
        seal=lambda plain, place: b"",
        index=lambda column, kind, text: b"",
        uid=uid,
        next_ids=next_ids,
    )
    for copy in range(copies):
        days = copy % years * YEAR
        for stamp, head in stock.gifts:
            values: list[Any] = []
            press.fill(stamp, values, days=days, seconds=0)
            made = _moment(head.cells["created_at"]) - dt.timedelta(days=days)
            values[stamp.slots.places["number",]] = numbers.take("donation", GIFT_NUMBER, made)
            copier.print(stamp, values)
