"""A head from the dashboard through a filter to the rows and back; numbers and pictures taken along; on paper."""

import csv
import io
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories.cases import make_case, make_client, make_episode, make_need
from tests.factories.donations import as_person

SHOTS = os.environ.get("MSW_SHOTS", "")


def _world(person) -> None:
    with as_person(person("worker")) as by:
        for disease in ("白血病", "白血病", "淋巴瘤"):
            client = make_client(by)
            stay = make_episode(client, by, disease_group=disease)
            make_need(make_case(by, client=client, episode=stay), by)


def _look(watch, name: str) -> None:
    """Both widths, and the rules of axe-core."""
    watch.page.evaluate(AXE.read_text())
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        watch.faults += [f"{name}: {one}" for one in watch.page.evaluate(RUN, RULES)]
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.look(WIDE["width"])


def _take(watch, chart: str, what: str) -> bytes:
    """The file behind an entry of a chart's download menu."""
    card = watch.page.locator(f"section[aria-labelledby='{chart}-h']")
    if not card.get_by_text(what).is_visible():
        card.locator(".menu > summary").click()
    with watch.page.expect_download() as waiting:
        card.get_by_text(what).click()
    return Path(waiting.value.path()).read_bytes()


def test_a_head_from_the_dashboard_to_the_rows_and_back(portal, browser, own_database, person):
    _world(person)
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "head")
        watch.go("/reports/")
        expect(page.locator(".stat").first).to_contain_text("3")
        _look(watch, "dashboard")
        page.get_by_role("link", name="近 12 个月").click()
        watch.rest()
        page.select_option("#f-only", "disease:白血病")
        page.get_by_role("button", name="筛选", exact=True).click()
        watch.rest()
        asked = parse_qs(urlsplit(page.url).query)
        assert (asked["period"], asked["only"]) == (["last12"], ["disease:白血病"])
        expect(page.locator(".stat").first).to_contain_text("2")
        _look(watch, "dashboard-filtered")
        filtered = page.url
        card = page.locator("section[aria-labelledby='stages-h']")
        card.get_by_role("button", name="看数字").click()
        card.get_by_role("link", name="2", exact=True).click()
        watch.rest()
        expect(page.locator("main")).to_contain_text("共 2 行")
        expect(page.locator("h1")).to_contain_text("疾病类别：白血病")
        _look(watch, "dashboard-rows")
        page.locator(".crumb").get_by_role("link", name="看板").click()
        watch.rest()
        assert parse_qs(urlsplit(page.url).query) == parse_qs(urlsplit(filtered).query)
        text = _take(watch, "stages", "数字 CSV").decode("utf-8-sig")
        assert ["接案", "2"] in list(csv.reader(io.StringIO(text)))
        assert _take(watch, "stages", "图片 PNG").startswith(b"\x89PNG")
        assert b"<svg" in _take(watch, "stages", "图片 SVG")
        watch.go("/reports/?part=all&period=last12")
        _look(watch, "dashboard-all")
        paper = page.pdf(format="A4")
        if SHOTS:
            Path(f"{SHOTS}/dashboard.pdf").write_bytes(paper)
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) > 2
        assert watch.faults == []


def test_a_bar_opens_to_its_rows(portal, browser, own_database, person):
    _world(person)
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "worker")
        watch.go("/reports/?period=month")
        bar = page.locator("#needs .chart__canvas svg")
        expect(bar).to_be_visible()
        bar.click(position={"x": bar.bounding_box()["width"] / 2, "y": 14}, force=True)
        page.wait_for_url(re.compile("/reports/rows/need_found/"))
        watch.rest()
        expect(page.locator("main")).to_contain_text("共 3 行")
        assert watch.faults == []
