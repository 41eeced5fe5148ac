"""A body that was refused, made better: each field that has an error is told something else.

Nothing here knows a form. What may be said comes from the control that the page draws (its options, its kind, what
files it takes), and from a short list of what the portal's texts are made of: numbers of persons and houses, days, sums.
"""

import datetime as dt
import io
import re
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from msw_portal.kernel.identifiers import id_check_digit, uscc_check_digit
from tests.architecture.filling import Field, Sheet, Sheets
from tests.factories.donations import PDF
from tests.factories.sheets import workbook
from tests.factories.world import PASSWORD

PERSON, HOUSE = "11010119900307803", "91110000MA01ABCD2"
TIMES = ("09:30", "10:30")
TEXTS = (
    *(
        "1",
        "演示赵一",
        "2025",
        "09:30",
        "13900000002",
        f"{PERSON}{id_check_digit(PERSON)}",
        f"{HOUSE}{uscc_check_digit(HOUSE)}",
    ),
    *("100.00", "A1", "check-1", "110000", "100000", "worker2", "测试第一医院", "idle_days = 90"),
    *("https://check.example.org/a", "check@mail.example"),
)
# What a field of this name takes, where nothing of the lists above would be found in time.
KNOWN = {
    "params": "idle_days = 90",
    "region": "110102",
    "amount": "100.00",
    "check_in": TIMES[0],
    "check_out": TIMES[1],
    "password": PASSWORD,
    **dict.fromkeys(("new_password", "repeated"), "Kestrel-Ampersand-2027"),
}
NUMBERS = ("2", "5", "10", "100", "1990", "0", "0.5")
DAYS = (0, 1, -1, -7, 30, 400, -400, -9000)
FILES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".csv": "text/csv",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CHOICES = {"radio", "checkbox", "select"}
# Stands in a body for a file of this kind.
FILE = "file:"
ERROR = re.compile(r'id="(?:id_)?([\w-]+)_error"')


def as_sent(body: dict[str, list[str]]) -> dict[str, list[str | SimpleUploadedFile]]:
    """The body with its files."""
    return {
        name: [_upload(one.removeprefix(FILE)) if one.startswith(FILE) else one for one in values]
        for name, values in body.items()
    }


def _upload(suffix: str) -> SimpleUploadedFile:
    """A small file of this kind, new each time: a request reads it to its end."""
    content = {
        ".pdf": PDF,
        ".csv": "姓名,性别\n演示丁,女\n".encode(),
        ".json": b"{}",
        ".xlsx": workbook({"A1": "表"}),
    }
    return SimpleUploadedFile(f"演示{suffix}", content.get(suffix) or _picture(), FILES[suffix])


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "PNG")
    return made.getvalue()


def suffixes(one: Field) -> list[str]:
    """What a control takes, the likeliest first."""
    return [known for known in FILES if not one.accept or known in one.accept] or [".pdf"]


@dataclass
class Mender:
    """What was found for each field of one form, whoever's page draws it, and what is left to try."""

    sheet: Sheet
    found: dict[str, list[str]] = field(default_factory=dict)
    left: dict[str, list[list[str]]] = field(default_factory=dict)

    def begun(self, body: dict[str, list[str]]) -> dict[str, list[str]]:
        """The body with what was found before; another page may offer other choices."""
        known = {
            name: [KNOWN[name]]
            for name, one in self.sheet.fields.items()
            if name in KNOWN and one.kind not in CHOICES
        }
        kept = known | {
            name: value
            for name, value in self.found.items()
            if self.sheet.fields[name].kind not in CHOICES
        }
        return {name: value for name, value in (body | kept).items() if value}

    def better(self, body: dict[str, list[str]], refusal: str) -> dict[str, list[str]] | None:
        """The body with another value in every field that the refusal speaks of; None where nothing is left."""
        better, said = dict(body), Sheets(refusal).found
        # The page that refuses may offer other choices than the first one did.
        again = [one for one in said if one.fields.keys() == self.sheet.fields.keys()]
        drawn = {
            name: one for sheet in (*said, self.sheet, *again) for name, one in sheet.fields.items()
        }
        for name in dict.fromkeys(ERROR.findall(refusal)):
            if name not in drawn:
                continue
            if name not in self.left:
                self.left[name] = _turns(drawn[name], body.get(name, []))
            if not self.left[name]:
                continue
            value = self.left[name].pop(0)
            better.pop(name, None)
            if value:
                better[name] = value
            if name in self.sheet.fields:
                self.found[name] = value
        return better if better != body else None


def _turns(one: Field, now: list[str]) -> list[list[str]]:
    """What else the control may hold, in order; an empty list is: nothing at all."""
    if one.kind == "hidden":
        return []
    today = timezone.localtime()
    match one.kind:
        case "file":
            turns = [FILE + suffix for suffix in suffixes(one)]
        case kind if kind in CHOICES:
            turns = [option for option in one.options if option]
        case "date" | "month" | "datetime-local":
            form = {"date": "%Y-%m-%d", "month": "%Y-%m"}.get(one.kind, "%Y-%m-%dT%H:%M")
            turns = [(today + dt.timedelta(days=days)).strftime(form) for days in DAYS]
        case "time":
            turns = [*TIMES]
        case "number":
            turns = [*NUMBERS]
        case _:
            turns = [*TEXTS]
    may_stay_empty = any(now) and not one.is_asked and (one.kind != "select" or "" in one.options)
    return ([[]] if may_stay_empty else []) + [[turn] for turn in turns if [turn] != now]
