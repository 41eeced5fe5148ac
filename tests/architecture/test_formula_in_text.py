"""What people wrote runs in no spreadsheet: a formula planted in front of every text of the world stays text in every
table that leaves the portal."""

import ast
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.db import transaction
from django.test import Client

from departments.models.organizations import Organization
from departments.services.entering import house_scope
from msw_portal.kernel.scope import scope
from msw_portal.kernel.tables.writing import FORMULA
from tests.architecture.filling import Sheet, Sheets
from tests.architecture.test_access_matrix import (
    ACTORS,
    _actor,
    _addresses,
    _path,
    _rows,
    _status,
)
from tests.architecture.test_script_in_text import _plant

ROOT = Path(__file__).resolve().parents[2]
APPS = ("msw_portal", "departments", "cases", "volunteers", "projects", "donations", "reports")
READERS = ("head", "worker", "officer", "cashier", "authority", "secadmin", "auditor")
MARK = '=HYPERLINK("//elsewhere.example";1)'
# What the choice of a table's format is called.
FORMATS = ("format", "formats", "suffix")
# Tables this small world lets out with somebody's words in them; fewer would mean that nothing was planted.
LEAST = 6
# Writers of CSV whose every cell is the portal's own or on its way in.
OWN_WORDS = {
    "departments/management/commands/data_dictionary.py": "names and words of the models",
    "msw_portal/demo/dropping.py": "the invented file of a hospital's own system, on its way in",
}


def _writes_csv(path: Path) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in {"writer", "DictWriter"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "csv"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_whoever_writes_a_csv_makes_formulas_harmless():
    writers = [path for app in APPS for path in (ROOT / app).rglob("*.py") if _writes_csv(path)]
    calls = re.compile(r"\bneutral\(|\(neutral\b")
    loose = {str(path.relative_to(ROOT)) for path in writers if not calls.search(path.read_text())}
    assert writers
    assert loose == set(OWN_WORDS)


def _in_front(said: str, length: int) -> str:
    return f"{MARK}{said}"[:length]


def _runs(body: bytes) -> Iterator[tuple[str, bool]]:
    """(cell, whether a spreadsheet would run it) of a CSV, a workbook or an archive of them."""
    if not body.startswith(b"PK"):
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig", errors="replace"))):
            yield from ((cell, _is_formula(cell)) for cell in row)
        return
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        inner = [name for name in parts.namelist() if name.endswith((".csv", ".xlsx"))]
        for name in inner:
            # Under a password: written by the same hands as the one without.
            if not parts.getinfo(name).flag_bits & 1:
                yield from _runs(parts.read(name))
    if not inner:
        for sheet in openpyxl.load_workbook(io.BytesIO(body)):
            for row in sheet.iter_rows():
                yield from ((str(one.value), one.data_type == "f") for one in row if one.value)


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA) and not cell[1:].replace(".", "").replace(",", "").isdigit()


def _body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _tables(client: Client, path: str) -> Iterator[bytes]:
    """The tables that a page is, or that the forms on it make, in each format they offer."""
    answer = _take(client, "get", path)
    kind, body = answer
    if _is_table(kind):
        yield body
    if not kind.startswith("text/html"):
        return
    for sheet in Sheets(body.decode(errors="replace")).found:
        if sheet.method == "post":
            for sent in _formats(sheet):
                made, told = _take(client, "post", urlsplit(sheet.action).path or path, sent)
                if _is_table(made):
                    yield told


def _formats(sheet: Sheet) -> Iterator[dict[str, list[str]]]:
    """The bodies by which a form makes tables, as it stands and filled in: one for each format, chosen or pressed."""
    key = next((one for one in FORMATS if one in sheet.fields), "")
    is_pressed = any(name in FORMATS for name, _value in sheet.buttons)
    for sent in (*sheet.bodies(fill=False), *sheet.bodies(fill=True)):
        if is_pressed:
            yield sent
        elif key:
            yield from (sent | {key: [value]} for value in sheet.fields[key].options)


def _is_table(kind: str) -> bool:
    return kind.startswith(
        (
            "text/csv",
            "application/zip",
            "application/vnd.openxmlformats-officedocument.spreadsheetml",
        )
    )


def _take(client: Client, method: str, path: str, sent: dict | None = None) -> tuple[str, bytes]:
    cookies = client.cookies.copy()
    with transaction.atomic():
        answer = getattr(client, method)(path, sent)
        body = _body(answer)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.headers.get("Content-Type", ""), body


def _reader(wants: dict[str, int] | None) -> str | None:
    """Who opens the page first among those who take tables with them, else anybody."""
    order = dict.fromkeys((*READERS, *ACTORS))
    return next((one for one in order if wants and _status(wants, one) == 200), None)


@pytest.mark.long
def test_a_planted_formula_is_text_in_every_table(matrix, db, request, settings):
    settings.EMBEDDED = True
    known = matrix
    with scope(role="system"):
        houses = list(Organization.objects.tenants())
    for house in houses:
        with house_scope(house.pk, care=True):
            _plant(house, _in_front)
    runs, shown, clients = set(), set(), {}
    for name, pattern in _addresses().items():
        who = _reader(_rows()[name].get("get"))
        if who is None:
            continue
        if who not in clients:
            clients[who] = _actor(who, request)
        for table in _tables(clients[who], _path(name, pattern, known)):
            for cell, is_run in _runs(table):
                if is_run:
                    runs.add(f"{who} {name}: {cell[:80]}")
                if MARK in cell:
                    shown.add(name)
    assert runs == set()
    assert len(shown) >= LEAST, shown
