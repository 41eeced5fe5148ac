"""The forms of a page as a browser would send them: what stands in them, and plausible words for what does not."""

import datetime as dt
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils import timezone

WORDS = "核对用的一句话，十个字以上"
BY_TYPE = {"number": "1", "tel": "13900000001", "email": "check@mail.example", "time": "09:30"}
# Drawn by the browser, never typed into.
BUTTONS = {"submit", "button", "reset", "image"}


@dataclass
class Field:
    """One control: what it holds, what may be chosen, and whether the page asks for it."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    lowest: str = ""
    is_asked: bool = False
    accept: str = ""


@dataclass
class Sheet:
    """A form of a page: where it goes (`""`: to its own page), its fields and its named buttons."""

    method: str
    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def bodies(self, *, fill: bool) -> list[dict[str, list[str]]]:
        """What is sent, once for each named button; with `fill`, empty fields hold a plausible value."""
        sent = {one.name: _value_of(one, fill=fill) for one in self.fields.values()}
        sent = {name: values for name, values in sent.items() if values}
        return [sent | {name: [value]} for name, value in self.buttons] or [sent]


def _value_of(one: Field, *, fill: bool) -> list[str]:
    if any(one.values) or not fill or one.kind in {"hidden", "file"}:
        return one.values
    if one.kind in {"radio", "checkbox", "select"}:
        return [option for option in one.options if option][:1]
    today = timezone.localtime()
    moments = {
        "date": today.strftime("%Y-%m-%d"),
        "month": today.strftime("%Y-%m"),
        "datetime-local": (today - dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
    }
    return [moments.get(one.kind) or one.lowest or BY_TYPE.get(one.kind, WORDS)]


class Sheets(HTMLParser):
    """Reads the forms of a page; a control outside of any form is nobody's."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Sheet] = []
        self._open: Sheet | None = None
        self._area: Field | None = None
        self._select: Field | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "post" if "hx-post" in given else "get").lower()
            self._open = Sheet(method, given.get("action") or given.get("hx-post", ""))
            self.found.append(self._open)
        elif self._open is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        self._read(tag, given)
        one = self._open.fields.get(given.get("name", ""))
        if one is not None:
            one.is_asked = one.is_asked or bool({"required", "aria-required"} & given.keys())
            one.accept = one.accept or given.get("accept", "")

    def _read(self, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "option" and self._select is not None:
            value = given.get("value", "")
            self._select.options.append(value)
            if "selected" in given:
                self._select.values.append(value)
        elif not name or "disabled" in given:
            return
        elif tag == "button" or (tag == "input" and kind in BUTTONS):
            self._open.buttons.append((name, given.get("value", "")))
        elif tag == "input":
            one = self._open.fields.setdefault(name, Field(name, kind, lowest=given.get("min", "")))
            value = given.get("value", "on" if kind in {"radio", "checkbox"} else "")
            if kind in {"radio", "checkbox"}:
                one.options.append(value)
                if "checked" not in given:
                    return
            one.values.append(value)
        elif tag == "textarea":
            self._area = self._open.fields.setdefault(name, Field(name, "textarea", [""]))
        elif tag == "select":
            self._select = self._open.fields.setdefault(name, Field(name, "select"))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values[-1] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None
