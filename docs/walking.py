"""Every page that each role of the demonstration can reach, as pictures, with what is wrong on it.

`make pictures PORT=8000` signs in as one account of every role of a running `make run`, follows the links of its
pages, opens one page of every kind of address and writes var/pictures: an index by role, a picture for each width
and theme, and findings.json. Looked at on each page: axe-core, scrolling sideways, text cut off, console messages,
refused content, answers of 500, and Chinese left on a page in English. Ends with 1 when anything was found.

Reading only: no form is sent, so that one world serves all roles. Addresses of the access matrix that name no row
are opened whether or not a page links them; those that name one and were not come to stand in the index.
"""

import argparse
import functools
import html
import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import polib
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "demo-pass-2026"  # noqa: S105  the demonstration's, printed by `make run`
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
WIDTHS = {1440: 900, 768: 1024, 390: 844}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
RUN = """async (rules) => (await axe.run(document, rules)).violations.map(
  (one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`)"""
HREFS = "links => [...new Set(links.map(one => one.href))]"
SIDEWAYS = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return '';
  const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > edge + 1);
  const last = out.at(-1);
  return last ? `${last.tagName}.${last.className}` : 'page';
}"""
# Text that a box without its own scrolling hides: what ends in an ellipsis says so and may be opened elsewhere.
CUT = """() => [...document.querySelectorAll('main *')].filter((one) => {
  const style = getComputedStyle(one);
  return one.childElementCount === 0 && one.textContent.trim() && style.overflowX === 'hidden'
    && style.textOverflow !== 'ellipsis' && style.position !== 'absolute' && one.scrollWidth > one.clientWidth + 1;
}).slice(0, 3).map((one) => one.textContent.trim().slice(0, 30))"""
# Whoever works beside it all day sees the whole navigation at once.
TALL = "() => { const nav = document.querySelector('nav.nav'); return nav && nav.scrollHeight > nav.clientHeight + 1 ? nav.scrollHeight - nav.clientHeight : 0; }"
# Chinese words of the interface on an English page; what people wrote stands in elements that say so or in cells.
CHINESE = """() => {
  const said = [];
  for (const one of document.querySelectorAll('h1, h2, h3, th, label, legend, button, summary, dt, nav a, .btn, .note, .hint')) {
    if (one.closest('[lang="zh-Hans"], [lang="zh"], [data-typed]')) continue;
    const own = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join(' ').trim();
    if (/[\\u4e00-\\u9fff]/.test(own)) said.push(own.slice(0, 40));
  }
  return [...new Set(said)].slice(0, 8);
}"""
# Values in an address: every such part is the same kind of page.
PART = re.compile(
    r"/(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d|\d{4}-\d\d|\d+|[A-Za-z0-9_-]{22,})(?=/|$)"
)
# Words in an address that name one row of a list, as a uid does elsewhere.
KEYED = re.compile(
    r"/(privacy/necessity|reports/indicators|registers/kinds|public/figures)/[^/]+(?=/|$)"
)
# Not pages of the portal: files, its interfaces, and `…/to/…`, which leads to the sites of others and counts who went.
LEFT_OUT = re.compile(
    r"^/public/.*/to/|^/(static|media|livez|readyz|sign-out|language|api/v1/(?!docs))|\.(csv|json|xlsx|pdf|zip|ics|png)$|/(download|export|file|print|pdf|csv|xlsx)/"
)


PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")


@functools.cache
def _sentences() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """What the interface says in Chinese: as it stands, and with places to fill in."""
    said = [one.msgid for one in polib.pofile(str(CATALOGUE)) if one.translated()]
    with_places = [
        one for one in said if len(re.findall(r"[\u4e00-\u9fff]", PLACE.sub("", one))) > 1
    ]
    return frozenset(said), tuple(
        re.compile(".+".join(re.escape(part) for part in PLACE.split(one)))
        for one in with_places
        if PLACE.search(one)
    )


def untranslated(texts: list[str]) -> list[str]:
    """Those that have English and were not said in it; what people typed stays as it is."""
    plain, filled = _sentences()
    return [text for text in texts if text in plain or any(one.fullmatch(text) for one in filled)]


@functools.cache
def _matrix() -> Any:
    """docs/addresses.py, which sets up Django: the days of the tests take this file's rules without it."""
    sys.path.insert(0, str(ROOT))
    return import_module("docs.addresses")


def _is_left_out(name: str) -> bool:
    """Whether what this address answers is a file or part of an interface, by its route."""
    return bool(LEFT_OUT.search(_matrix().route_of(name)))


def kind_of(address: str) -> str:
    """An address with its values put aside: `/cases/3f…/contacts/new/` is `/cases/*/contacts/new/`."""
    return PART.sub("/*", KEYED.sub(r"/\1/*", urlsplit(address).path))


@dataclass
class Seen:
    """One page of one role."""

    role: str
    kind: str
    path: str
    status: int
    title: str = ""
    pictures: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


class Walk:
    """One role's way through the portal."""

    def __init__(self, browser: Browser, base: str, folder: Path, asked: argparse.Namespace):
        self.browser, self.base, self.folder, self.asked = browser, base, folder, asked
        self.rules = AXE.read_text(encoding="utf-8")
        self.seen: list[Seen] = []
        self.unseen: dict[str, list[str]] = {}

    def _context(self, scheme: str = "light", language: str = "zh-CN") -> BrowserContext:
        made = self.browser.new_context(
            color_scheme=scheme, locale=language, timezone_id="Asia/Shanghai"
        )
        made.set_default_timeout(20_000)
        return made

    def _signed_in(self, page: Page, login: str) -> None:
        page.goto(f"{self.base}/sign-in/")
        page.fill("[name=username]", login)
        page.fill("[name=password]", PASSWORD)
        page.click("form.form button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    def go(self, role: str, login: str) -> None:
        """Every kind of page that links of `login`'s pages lead to, starting with the first page of the role."""
        context = self._context()
        page = context.new_page()
        said: list[str] = []
        page.on(
            "console",
            lambda one: said.append(f"console: {one.text[:160]}") if one.type == "error" else None,
        )
        page.on("pageerror", lambda error: said.append(f"script: {error}"))
        if login:
            self._signed_in(page, login)
        first = urlsplit(page.url).path if login else "/public/"
        waiting, known = [first], {kind_of(first)}
        allowed = _matrix().open_to(role) if self.asked.matrix else set()
        for path in _matrix().of_no_row(allowed) if allowed else ():
            if not LEFT_OUT.search(path) and kind_of(path) not in known:
                known.add(kind_of(path))
                waiting.append(path)
        mine: list[Seen] = []
        while waiting and len(mine) < self.asked.most:
            path = waiting.pop(0)
            said.clear()
            try:
                answer = page.goto(f"{self.base}{path}")
                page.wait_for_load_state("networkidle", timeout=8000)
            except Error as error:
                if "Download is starting" not in str(error) and "ERR_ABORTED" not in str(error):
                    mine.append(Seen(role, kind_of(path), path, 0, found=[str(error)[:160]]))
                continue
            one = Seen(role, kind_of(path), path, answer.status if answer else 0, page.title())
            one.found += [text for text in said if "status of 4" not in text]
            if one.status >= 400:
                one.found.append(f"answer {one.status}")
            mine.append(one)
            self._look(page, one, "light")
            for address in page.eval_on_selector_all("a[href]", HREFS):
                plain = urldefrag(address)[0]
                target = urlsplit(plain)
                if f"{target.scheme}://{target.netloc}" != self.base or LEFT_OUT.search(
                    target.path
                ):
                    continue
                if login and target.path.startswith("/public/"):
                    continue  # the same for everybody: walked once, by nobody
                if kind_of(plain) not in known:
                    known.add(kind_of(plain))
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))
        context.close()
        reached = _matrix().names_of(one.path for one in mine) if allowed else set()
        self.unseen[role] = sorted(name for name in allowed - reached if not _is_left_out(name))
        shown = {one.kind for one in self.seen} if self.asked.once else set()
        new = [one for one in mine if one.kind not in shown]
        if self.asked.dark:
            self._again(new, login, scheme="dark")
        if self.asked.english:
            self._again(new, login, language="en")
        self.seen += mine
        print(
            f"{role} ({login or 'nobody'}): {len(mine)} pages, {sum(len(one.found) for one in mine)} findings",
            flush=True,
        )

    def _look(self, page: Page, one: Seen, scheme: str, name: str = "") -> None:
        for width in self.asked.dark_widths if scheme == "dark" else self.asked.widths:
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            page.wait_for_timeout(60)
            if wide := page.evaluate(SIDEWAYS):
                one.found.append(f"scrolls sideways at {width}: {wide}")
            one.found += [f"cut off at {width}: {text}" for text in page.evaluate(CUT)]
            if width == 1440 and (over := page.evaluate(TALL)):
                one.found.append(f"the navigation is {over} px higher than the window")
            if self.asked.axe and width in (1440, 390):
                page.evaluate(self.rules)
                one.found += [f"axe {scheme} {width}: {text}" for text in page.evaluate(RUN, RULES)]
            if self.asked.shots:
                file = f"{one.role}/{re.sub(r'[^a-z0-9*]+', '-', one.kind.lower()).strip('-').replace('*', 'x') or 'index'}-{name or scheme}-{width}.jpg"
                (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(
                    path=self.folder / file, full_page=True, type="jpeg", quality=60, timeout=30_000
                )
                one.pictures.append(file)

    def _again(
        self, mine: list[Seen], login: str, *, scheme: str = "light", language: str = "zh-CN"
    ) -> None:
        """The same pages in the dark, or in English."""
        context = self._context(scheme, language)
        page = context.new_page()
        if login:
            self._signed_in(page, login)
        for one in mine:
            try:
                page.goto(f"{self.base}{one.path}")
                page.wait_for_load_state("networkidle", timeout=8000)
            except Error:
                continue
            if language == "en":
                one.found += [
                    f"Chinese on an English page: {text}"
                    for text in untranslated(page.evaluate(CHINESE))
                ]
            self._look(page, one, scheme, name="english" if language == "en" else scheme)
        context.close()


def index(folder: Path, seen: list[Seen], unseen: Mapping[str, list[str]]) -> None:
    """index.html: by role, a line for each page with its pictures and findings, and what no link led to."""
    by_role = defaultdict(list)
    for one in seen:
        by_role[one.role].append(one)
    parts = [
        "<!doctype html><meta charset=utf-8><title>Pictures</title><style>body{font:14px system-ui;margin:2rem}"
        "td{vertical-align:top;padding:.3rem .6rem;border-top:1px solid #ccc}.bad{color:#a00}</style>",
        f"<h1>{len(seen)} pages, {sum(bool(one.found) for one in seen)} with findings</h1>",
    ]
    for role, rows in sorted(by_role.items()):
        parts.append(f"<h2>{html.escape(role)} ({len(rows)})</h2><table>")
        for one in sorted(rows, key=lambda row: row.kind):
            links = " ".join(
                f'<a href="{html.escape(file)}">{html.escape(file.rsplit("-", 2)[-2])} {html.escape(file.rsplit("-", 1)[-1][:-4])}</a>'
                for file in one.pictures
            )
            found = "".join(f"<li>{html.escape(text)}" for text in one.found)
            parts.append(
                f"<tr><td>{html.escape(one.kind)}<br>{html.escape(one.title)}<td>{links}<td class=bad><ul>{found}</ul>"
            )
        parts.append("</table>")
        if missed := unseen.get(role):
            parts.append(
                f"<p>No link of the demonstration led to: {html.escape(', '.join(missed))}</p>"
            )
    (folder / "index.html").write_text("\n".join(parts), encoding="utf-8")
    (folder / "findings.json").write_text(
        json.dumps([asdict(one) for one in seen if one.found], ensure_ascii=False, indent=1),
        encoding="utf-8",
    )


def _listed() -> list[tuple[str, str]]:
    """One account of each role, the first that the demonstration lists; beside its servers."""
    told = subprocess.run(
        [sys.executable, "manage.py", "demo_accounts", "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    first: dict[str, str] = {}
    for account in json.loads(told.stdout):
        first.setdefault(account["role"], account["login"])
    return list(first.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--folder", type=Path, default=ROOT / "var/pictures")
    parser.add_argument(
        "--roles",
        default="",
        help="role=login,…; by default the public and one account of each role that the demonstration lists",
    )
    parser.add_argument("--widths", default="1440,768,390")
    parser.add_argument("--dark-widths", default="", help="in the dark these; by default the same")
    parser.add_argument(
        "--once",
        action="store_true",
        help="in the dark and in English only what no role before showed",
    )
    parser.add_argument("--most", type=int, default=400, help="pages of one role")
    for name in ("dark", "english", "axe", "shots", "matrix"):
        parser.add_argument(f"--no-{name}", dest=name, action="store_false")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    asked.dark_widths = [int(one) for one in (asked.dark_widths or asked.widths).split(",")]
    asked.widths = [int(width) for width in asked.widths.split(",")]
    roles = [one.partition("=")[::2] for one in asked.roles.split(",") if one]
    asked.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with sync_playwright() as played:
        browser = played.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox"])
        walk = Walk(browser, asked.base.rstrip("/"), asked.folder, asked)
        for role, login in roles or [("public", ""), *_listed()]:
            walk.go(role, login)
            index(asked.folder, walk.seen, walk.unseen)
        browser.close()
    bad = [one for one in walk.seen if one.found]
    print(
        f"{len(walk.seen)} pages in {time.monotonic() - began:.0f} s, {len(bad)} with findings: {asked.folder}/index.html"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
