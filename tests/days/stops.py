"""A person's day in a real browser: where it stops, the page is looked at; where it goes by keyboard, so is the focus.

What a page must not do is what `make pictures` looks for (docs/walking.py) and what tests/browser/watching.py notes:
axe, scrolling sideways, text cut off, Chinese on an English page, console, refused content, foreign hosts, 5xx.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import Locator, expect

from docs.walking import AXE, CHINESE, CUT, RULES, RUN
from tests.browser.watching import NARROW, WIDE, Watch, browsing, sign_in
from tests.factories.world import PASSWORD
from tests.journeys import typing_in

PHONE = {"viewport": NARROW, "is_mobile": True, "has_touch": True}
LANGUAGES = {"chinese": "zh-CN", "english": "en"}
# A folder: then every stop is kept there as a picture of each width.
SHOTS = os.environ.get("MSW_SHOTS", "")
MOST_STEPS = 160
# Empty when whoever looks at the screen can tell where the keyboard is; what stands in its way otherwise.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return 'the focus is lost';
  const name = `${one.tagName.toLowerCase()} ${one.name || one.id || one.textContent.trim().slice(0, 20)}`;
  if (one.matches('main, h1, h2, [tabindex="-1"]')) return '';
  const drawn = [one, ...(one.labels ?? []), one.closest('label, .omni__box, .nav__more, summary'), one.nextElementSibling].filter(Boolean);
  const shown = drawn.some((part) => {
    const style = getComputedStyle(part);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  });
  if (!shown) return `the focus on ${name} cannot be seen`;
  const box = drawn.map((part) => part.getBoundingClientRect()).find((area) => area.width > 4 && area.height > 4);
  if (!box) return `${name} has the focus and no place`;
  if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) return `${name} has the focus outside the window`;
  const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
  const free = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && drawn.some((part) => part.contains(top) || top.contains(part));
  });
  return free ? '' : `${name} has the focus behind something else`;
}"""


class Day:
    """One browser of one person. Faults gather; `a_day` fails at its end when there are any."""

    def __init__(self, watch: Watch, *, language: str, widths: tuple[int, ...]):
        self.watch, self.page, self.faults = watch, watch.page, watch.faults
        self.language, self.widths = language, widths

    # ── going ──

    def go(self, path: str) -> None:
        """To an address of the portal, as by a bookmark."""
        status = self.watch.go(path)
        assert status == 200, (path, status)

    def sign_in(self, login: str) -> None:
        sign_in(self.watch, login)

    def send(self, *, button: str | None = None, **typed: Any) -> None:
        """Fill in the page's form by the names of its fields, press its primary button, arrive elsewhere."""
        typing_in.send(self.page, button=button, **typed)
        self.watch.rest()

    def press(self, where: Locator) -> None:
        where.first.click()
        self.watch.rest()

    def sees(self, *texts: str) -> None:
        """All these stand in what the page is about."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    # ── looking ──

    def stop(self, name: str) -> None:
        """Everything that a page can do wrong, at the widths of this person."""
        if self.language == "en":
            # What people typed stays as it is; what has English should have been said in it.
            with override("en"):
                said = [one for one in self.page.evaluate(CHINESE) if gettext(one) != one]
            self._note(name, [f"Chinese: {one}" for one in said])
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for width in self.widths:
            self.watch.look(width)
            self._note(name, [f"cut off at {width}: {one}" for one in self.page.evaluate(CUT)])
            self._note(name, [f"{one} at {width}" for one in self.page.evaluate(RUN, RULES)])
            if SHOTS:
                Path(SHOTS).mkdir(parents=True, exist_ok=True)
                self.page.screenshot(
                    path=f"{SHOTS}/{name}-{self.language}-{width}.png", full_page=True
                )
        self.watch.look(self.widths[0])

    def _note(self, name: str, found: list[str]) -> None:
        self.faults += [f"{name} ({self.page.url}): {one}" for one in found]

    # ── by keyboard alone ──

    def tab_to(self, where: Locator, *, back: bool = False) -> None:
        """Tab until `where` has the focus; at every step the focus must be somewhere and be seen."""
        wanted = where.first
        wanted.wait_for(state="attached")
        for _step in range(MOST_STEPS):
            if wanted.evaluate(
                "one => one === document.activeElement || (one.type === 'radio' && one.name === document.activeElement.name)"
            ):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if lost := self.page.evaluate(FOCUS):
                self._note("keyboard", [lost])
        raise AssertionError(f"{MOST_STEPS} steps by Tab do not reach {where} on {self.page.url}")

    def enter(self, where: Locator) -> None:
        """Tab to a link or button and press Enter."""
        self.tab_to(where)
        self.page.keyboard.press("Enter")
        self.watch.rest()

    def enter_away(self, where: Locator, *, back: bool = False) -> None:
        """The same, and on to another address."""
        before = self.page.url
        self.tab_to(where, back=back)
        self.page.keyboard.press("Enter")
        try:
            self.page.wait_for_url(lambda url: url != before)
        except Exception as error:
            said = self.page.locator("main").inner_text()
            raise AssertionError(f"{before} was not left:\n{said[:3000]}") from error
        self.watch.rest()

    def type_in(self, **typed: Any) -> None:
        """Into the fields of the page's form in this order: text, a choice by value, True for a tick."""
        for name, value in typed.items():
            self._type_one(
                self.page.locator(f"main [name='{name}']:visible, main [name='{name}']"),
                name,
                value,
            )

    def _type_one(self, fields: Locator, name: str, value: Any) -> None:
        field = fields.first
        kind = field.evaluate("one => one.type || one.tagName")
        if kind == "checkbox":
            wanted = (
                fields
                if value is True
                else self.page.locator(f"main [name='{name}'][value='{value}']")
            )
            self.tab_to(wanted)
            if not wanted.first.is_checked():
                self.page.keyboard.press("Space")
        elif kind == "radio":
            self.tab_to(field)
            self._turn_to(name, str(value))
        elif kind == "select-one":
            self.tab_to(field)
            self._pick(field, str(value))
        elif kind in {"date", "datetime-local", "time"}:
            # The parts of a date are typed in an order that is the browser's own; what counts here is reaching it.
            self.tab_to(field)
            field.fill(str(value))
        else:
            self.tab_to(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(str(value))

    def _turn_to(self, name: str, value: str) -> None:
        """Within a group of choices one goes with the arrows; Space takes the first."""
        chosen = "() => document.activeElement.value"
        self.page.keyboard.press("Space")
        for _step in range(30):
            if self.page.evaluate(chosen) == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not reach {name}={value} on {self.page.url}")

    def _pick(self, field: Locator, value: str) -> None:
        """In a closed list the arrows go from one entry to the next."""
        at, to = field.evaluate(
            "(one, value) => [one.selectedIndex, [...one.options].findIndex((entry) => entry.value === value)]",
            value,
        )
        assert to >= 0, f"no entry {value} on {self.page.url}"
        for _step in range(abs(to - at)):
            self.page.keyboard.press("ArrowDown" if to > at else "ArrowUp")
        assert field.input_value() == value, (field.input_value(), value)

    def sign_in_by_keyboard(self, login: str) -> None:
        self.watch.go("/sign-in/")
        self.tab_to(self.page.locator("[name=username]"))
        self.page.keyboard.type(login)
        self.tab_to(self.page.locator("[name=password]"))
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)
        self.watch.rest()


@contextmanager
def a_day(browser, portal: str, *, language: str = "zh-CN", phone: bool = False) -> Iterator[Day]:
    """A fresh browser in which one person's day passes; nothing may have gone wrong when it ends."""
    options = {"locale": language, **(PHONE if phone else {})}
    widths = (NARROW["width"],) if phone else (WIDE["width"], NARROW["width"])
    with browsing(browser, portal, **options) as watch:
        day = Day(watch, language=language, widths=widths)
        yield day
        assert re.match(
            "en" if language == "en" else "zh", day.page.locator("html").get_attribute("lang"), re.I
        )
        assert not day.faults, "\n".join(dict.fromkeys(day.faults))
