"""The pictures of the manuals, taken from a running demonstration (`make run`): every person in them is invented.

`make manual-pictures PORT=8000` writes docs/pictures/manual/*.png: small, without anything of this machine in them.
`ONLY=calls,expert-review` takes these of the other roles' pages again (docs/pictured.py), and no others.
"""

import argparse
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pictured import PAGES
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures" / "manual"
PASSWORD = "demo-pass-2026"  # noqa: S105  the demonstration's, printed by `make run`
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}
COLOURS = 48
HREFS = "links => [...new Set(links.map(one => one.getAttribute('href')))]"
DRAWN = "() => !document.querySelector('[data-chart] .skel') || ![...document.querySelectorAll('[data-chart]')].slice(0, 2).some((one) => one.querySelector('.skel'))"
DRAWN_MS = 30_000
ANSWER_MS = 1500  # a form answers in place, without a new page to wait for


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, where, and what is done on the page before."""

    name: str
    login: str
    path: str
    width: dict[str, int] | None = None
    part: str = ""


SHOTS = (
    Shot("workbench", "a.worker", "/workbench/"),
    Shot("workbench-supervisor", "a.supervisor", "/workbench/"),
    Shot("workbench-phone", "a.worker", "/workbench/", PHONE),
    Shot("ward-round", "a.worker", "/cases/ward/", PHONE),
    Shot("inbox", "a.worker", "/cases/referrals/"),
    Shot("doors", "a.head", "/cases/doors/"),
    Shot("search", "a.worker", "/cases/search/"),
    Shot("list", "a.worker", "/cases/"),
    Shot("activities", "a.worker", "/cases/activities/"),
    Shot("transfers", "a.head", "/cases/transfers/"),
    Shot("notifications", "a.worker", "/notifications/"),
    Shot("notification-settings", "a.worker", "/notifications/settings/"),
    Shot("rights", "a.head", "/cases/rights/"),
    Shot("glass-reviews", "a.head", "/cases/break-glass/reviews/?show=all"),
    Shot("break-glass", "a.worker", "/cases/break-glass/"),
    Shot("outgoings", "a.worker2", "/cases/referrals/out/"),
    Shot("shared", "a.clinician", "/cases/shared/"),
)
# A page reached from a list by the first link that leads to one of its kind.
LINKED = (
    ("rights-request", "a.head", "/cases/rights/?show=done", "main tbody th a"),
    ("report", "a.head", "/workbench/", "a[href^='/cases/reports/']"),
)
CASE_SHOTS = (
    ("case", ""),
    ("case-course", "?part=course"),
    ("case-plan", "?part=plan"),
    ("case-contacts", "?part=contacts"),
    ("case-forms", "?part=forms"),
    ("contact", "contacts/new/"),
    ("consent", "consents/new/"),
    ("team", "team/"),
    ("genogram", "drawings/genogram/edit/"),
    ("outgoing", "refer/"),
    ("print", "print/F5/"),
)


def _save(page: Page, name: str) -> None:
    """A palette of few colours keeps text sharp and the file small."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    FOLDER.mkdir(parents=True, exist_ok=True)
    small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


class Studio:
    """One browser profile for each person, kept signed in."""

    def __init__(self, browser: Browser, address: str):
        self._browser, self._address = browser, address
        self._pages: dict[tuple[str, int], Page] = {}

    def page(self, login: str, size: dict[str, int] = DESK) -> Page:
        known = self._pages.get((login, size["width"]))
        if known is not None:
            return known
        context = self._browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        page = context.new_page()
        if login:
            page.goto(f"{self._address}/sign-in/")
            page.fill("[name=username]", login)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_load_state("networkidle")
        self._pages[login, size["width"]] = page
        return page

    def shoot(self, name: str, login: str, path: str, size: dict[str, int] = DESK) -> int:
        page = self.page(login, size)
        answer = page.goto(f"{self._address}{path}", wait_until="networkidle")
        status = answer.status if answer else 0
        if status == 200:
            # Charts are drawn after the page has come.
            page.wait_for_function(DRAWN, timeout=DRAWN_MS)
            _save(page, name)
        return status

    def linked(
        self, name: str, login: str, listed: str, link: str, size: dict[str, int] = DESK
    ) -> int:
        """What the first such link of a page leads to."""
        page = self.page(login, size)
        page.goto(f"{self._address}{listed}", wait_until="networkidle")
        found = page.locator(link).first
        if not found.count():
            return 0
        return self.shoot(name, login, found.get_attribute("href"), size)

    def household(self) -> int:
        """The person of a family of two, found by the head among the cases."""
        page = self.page("a.head")
        found: list[str] = []
        for listed in ("?stage=closure", "?worker=all", "?worker=all&status=ended"):
            page.goto(f"{self._address}/cases/{listed}", wait_until="networkidle")
            found += page.locator("main tbody a[href^='/cases/']").evaluate_all(HREFS)
        for address in dict.fromkeys(found):
            page.goto(f"{self._address}{address}", wait_until="networkidle")
            person = page.locator("main .page-head a[href^='/cases/people/']").first
            if not person.count():
                continue
            page.goto(f"{self._address}{person.get_attribute('href')}", wait_until="networkidle")
            if page.locator("a[href*='/household/leave/']").count():
                page.locator("#h-kin").scroll_into_view_if_needed()
                _save(page, "household")
                return 200
        return 0

    def whole(self) -> int:
        """The case of somebody who was operated on, with the step that is missing."""
        for login in ("a.worker", "a.worker2", "a.worker3", "a.worker4", "a.worker5"):
            page = self.page(login)
            page.goto(f"{self._address}/workbench/", wait_until="networkidle")
            found = page.locator("[aria-labelledby=h-panel-gaps] td a[href^='/cases/']").first
            if found.count():
                address = found.get_attribute("href").split("?")[0]
                return self.shoot("whole-course", login, address)
        return 0

    def glass(self) -> int:
        """A sealed case opened for a quarter of an hour, and closed again."""
        head, page = self.page("a.head"), self.page("a.worker3")
        head.goto(f"{self._address}/cases/break-glass/reviews/?show=all", wait_until="networkidle")
        numbers = head.locator("main tbody td.mono")
        if not numbers.count():
            return 0
        page.goto(f"{self._address}/cases/break-glass/", wait_until="networkidle")
        page.fill("[name=number]", numbers.first.inner_text().strip())
        page.fill("[name=reason]", "演示：责任社工联系不上，需要核对家属联系方式。")
        page.locator("main form button.btn--danger").click()
        page.wait_for_load_state("networkidle")
        _save(page, "break-glass-bar")
        page.locator(".glass form button").click()
        page.wait_for_load_state("networkidle")
        return 200

    def copy(self) -> int:
        """What the other hospital reads of a referral that came with a copy."""
        page = self.page("b.worker")
        page.goto(f"{self._address}/cases/referrals/", wait_until="networkidle")
        rows = page.locator("main tbody tr", has_text="示例市第一医院").locator("a.t")
        if not rows.count():
            return 0
        page.goto(f"{self._address}{rows.first.get_attribute('href')}", wait_until="networkidle")
        page.locator("form[action$='/copy/'] button").click()
        page.wait_for_load_state("networkidle")
        _save(page, "inbox-copy")
        return 200

    def case(self) -> str:
        """A case in the middle of its work, with a plan and contacts."""
        page = self.page("a.worker")
        page.goto(f"{self._address}/cases/?stage=intervention", wait_until="networkidle")
        found = page.locator("main tbody th a, main tbody a.t, main tbody a[href^='/cases/']").first
        return found.get_attribute("href").split("?")[0]

    def door(self) -> None:
        """The head hangs a code for patients; what a family sees behind it on a phone."""
        page, where = self.page("a.head"), f"{self._address}/cases/doors/new/"
        made = page.locator("[data-address]")
        page.goto(where, wait_until="networkidle")
        # A place has one live code of a kind: the next place that has none yet.
        for place in range(1, page.locator("[name=department] option").count()):
            page.goto(where, wait_until="networkidle")
            page.locator("[name=kind][value=self_door]").check(force=True)
            page.locator("[name=department]").select_option(index=place)
            page.locator("main form button.btn--primary").last.click()
            page.wait_for_timeout(ANSWER_MS)
            if made.count():
                break
        else:
            return
        address = made.inner_text().strip()
        phone = self.page("", PHONE)
        phone.goto(address, wait_until="networkidle")
        _save(phone, "family-phone")


def of_roles(studio: Studio, only: frozenset[str], say: Callable[[str], None]) -> int:
    """The pages of docs/pictured.py, all or those named; how many did not answer."""
    missing = 0
    for one in PAGES:
        if only and one.name not in only:
            continue
        size = PHONE if one.on_phone else DESK
        if one.link:
            status = studio.linked(one.name, one.login, one.path, one.link, size)
        else:
            status = studio.shoot(one.name, one.login, one.path, size)
        say(f"{one.name}: {status}")
        missing += status != 200
    return missing


def take(address: str, only: frozenset[str], say: Callable[[str], None]) -> int:
    """Take every picture, or those of `only`; how many pages did not answer."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        studio = Studio(browser, address)
        missing = of_roles(studio, only, say)
        if not only:
            missing += of_workers(studio, say)
        browser.close()
    return missing


def of_workers(studio: Studio, say: Callable[[str], None]) -> int:
    """The workers' manual; some of these pictures need an act before."""
    missing = 0
    for shot in SHOTS:
        status = studio.shoot(shot.name, shot.login, shot.path, shot.width or DESK)
        say(f"{shot.name}: {status}")
        missing += status != 200
    for name, login, listed, link in LINKED:
        status = studio.linked(name, login, listed, link)
        say(f"{name}: {status}")
        missing += status != 200
    for make in (studio.household, studio.copy, studio.whole, studio.glass):
        status = make()
        say(f"{make.__name__}: {status}")
        missing += status != 200
    case = studio.case()
    for name, part in CASE_SHOTS:
        status = studio.shoot(name, "a.worker", f"{case}{part}")
        say(f"{name}: {status}")
        missing += status != 200
    studio.door()
    return missing


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--only", default="", help="names of docs/pictured.py, with commas")
    asked = parser.parse_args()
    wanted = frozenset(one for one in asked.only.split(",") if one)
    raise SystemExit(take(asked.address.rstrip("/"), wanted, print))
