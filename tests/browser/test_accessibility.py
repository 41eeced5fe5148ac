"""The accessibility rules of axe-core on the main pages, in light and dark, wide and narrow."""

from pathlib import Path

import pytest

from tests.browser.watching import NARROW, WIDE, browsing, sign_in

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
PAGES = {
    "worker": [
        "/workbench/",
        "/cases/",
        "/cases/{case}/",
        "/cases/{case}/contacts/new/",
        "/funding/requests/{draft_request}/edit/",
    ],
    "head": ["/reports/", "/reports/runs/"],
    "officer": ["/funding/board/", "/funding/review/{request}/", "/funding/funds/{fund}/"],
}
ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
# Light and dark differ in their colours alone.
RULES = {
    "light": ALL_RULES,
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
RUN = """async (rules) => (await axe.run(document, rules)).violations.map(
  (one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`
)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_main_pages_keep_the_rules(scheme, standing, browser):
    rules = AXE.read_text()
    found: dict[str, list[str]] = {}
    for login, addresses in PAGES.items():
        with browsing(browser, standing.address, color_scheme=scheme) as watch:
            sign_in(watch, login)
            for address in addresses:
                watch.go(address.format_map(standing.known))
                watch.page.evaluate(rules)
                for size in (WIDE, NARROW):
                    watch.page.set_viewport_size(size)
                    broken = watch.page.evaluate(RUN, {"runOnly": RULES[scheme]})
                    if broken:
                        found[f"{address} {size['width']}"] = broken
                watch.page.set_viewport_size(WIDE)
    assert found == {}
