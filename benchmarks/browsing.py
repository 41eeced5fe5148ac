"""`python -m benchmarks.browsing ADDRESS`: what a visit weighs, and how soon a page can be read and typed into.

ADDRESS is a running `make run` with the demo world. Weights are what the network carried (headers and bodies as
compressed), as Chromium's own protocol counts them; a first visit has an empty cache, a repeat visit the cache of
the first. The lab of LCP, INP and CLS slows the processor to a quarter and the network to 1.6 Mbit/s and 150 ms;
an interaction is a click into the page's first field or button that leads nowhere. Writes benchmarks/browsing.json.
"""

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

RESULTS = Path(__file__).resolve().parent / "browsing.json"
PASSWORD = "demo-pass-2026"  # noqa: S105  the demonstration's, printed by `make run`
SLOWER, MBIT, DELAY = 4, 1.6, 150
LOOK = """() => {
  window.seen = {lcp: 0, cls: 0, inp: 0};
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.lcp = one.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) seen.cls += one.value; })
    .observe({type: 'layout-shift', buffered: true});
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (one.interactionId) seen.inp = Math.max(seen.inp, one.duration); })
    .observe({type: 'event', buffered: true, durationThreshold: 16});
}"""


class Weighed:
    """The bytes and answers of a page's network, by kind."""

    def __init__(self, page: Page):
        self.kinds: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        self.cached: set[str] = set()
        self.hosts: set[str] = set()
        link = page.context.new_cdp_session(page)
        link.send("Network.enable")
        link.on("Network.responseReceived", self._answer)
        link.on("Network.requestServedFromCache", lambda said: self.cached.add(said["requestId"]))
        link.on("Network.loadingFinished", self._end)

    def _answer(self, said: dict[str, Any]) -> None:
        answer = said["response"]
        if answer["url"].startswith("data:"):
            return
        self.kinds[said["requestId"]] = said["type"]
        self.hosts.add(answer["url"].split("/")[2])
        if answer.get("fromDiskCache") or answer.get("fromServiceWorker"):
            self.cached.add(said["requestId"])

    def _end(self, said: dict[str, Any]) -> None:
        self.bytes[said["requestId"]] = int(said["encodedDataLength"])

    def summary(self) -> dict[str, Any]:
        carried = {
            key: self.bytes.get(key, 0)
            for key in self.kinds
            if key not in self.cached and self.bytes.get(key, 0)
        }
        script = sum(size for key, size in carried.items() if self.kinds[key] == "Script")
        return {
            "bytes": sum(carried.values()),
            "requests": len(carried),
            "script": script,
            "hosts": len(self.hosts),
        }


def _context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")


def _sign_in(page: Page, base: str, login: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.fill("input[name=username]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state("networkidle")


def weights(browser: Browser, base: str, login: str, path: str) -> dict[str, Any]:
    """First and repeat visit of one page, signed in by a cookie that another context fetched."""
    entry = _context(browser)
    _sign_in(entry.new_page(), base, login)
    cookies = entry.cookies()
    entry.close()
    visit = _context(browser)
    visit.add_cookies(cookies)
    said = {}
    for name in ("first", "repeat"):
        page = visit.new_page()
        weighed = Weighed(page)
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        said[name] = weighed.summary()
        page.close()
    visit.close()
    return said


def vitals(browser: Browser, base: str, login: str, path: str, times: int = 5) -> dict[str, float]:
    """Medians of LCP and INP in milliseconds and of CLS over cold visits on a slow phone's line."""
    taken: dict[str, list[float]] = {"lcp": [], "cls": [], "inp": []}
    for _time in range(times):
        context = _context(browser)
        page = context.new_page()
        _sign_in(page, base, login)
        link = context.new_cdp_session(page)
        link.send("Network.clearBrowserCache")
        link.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        link.send("Network.enable")
        speed = MBIT * 1_000_000 / 8
        link.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": DELAY, "downloadThroughput": speed, "uploadThroughput": speed},
        )  # fmt: skip
        context.add_init_script(f"({LOOK})()")
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        lcp = page.evaluate("seen.lcp")
        field = page.locator(
            "main input:not([type=hidden]):visible, main select:visible, main summary:visible"
        )
        if field.count():
            field.first.click()
            page.keyboard.press("a")
        else:
            page.mouse.click(700, 400)
        page.wait_for_timeout(400)
        taken["lcp"].append(lcp)
        taken["cls"].append(page.evaluate("seen.cls"))
        taken["inp"].append(page.evaluate("seen.inp"))
        context.close()
    return {name: round(statistics.median(values), 4) for name, values in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    base = given.base.rstrip("/")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        context = _context(browser)
        page = context.new_page()
        _sign_in(page, base, "a.worker")
        page.goto(f"{base}/cases/")
        case = page.locator("table a[href^='/cases/']").first.get_attribute("href")
        context.close()
        pages = {
            "list": ("a.worker", "/cases/"),
            "detail": ("a.worker", case),
            "dashboard": ("a.head", "/reports/"),
            "form": ("a.worker", f"{case}contacts/new/"),
            "today": ("a.worker", "/"),
        }
        found = {}
        for name, (login, path) in pages.items():
            found[name] = weights(browser, base, login, path) | vitals(browser, base, login, path)
            one = found[name]
            print(
                f"{name:10} first {one['first']['bytes'] / 1000:6.1f} kB in {one['first']['requests']:2}"
                f" (script {one['first']['script'] / 1000:.1f}), repeat {one['repeat']['bytes'] / 1000:5.1f} kB in"
                f" {one['repeat']['requests']}; LCP {one['lcp']:.0f} ms, INP {one['inp']:.0f} ms, CLS {one['cls']:.3f}",
                flush=True,
            )
        browser.close()
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
