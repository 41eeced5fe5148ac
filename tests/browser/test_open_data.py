"""Open data in the browser: the head says yes, spends noise, and anybody reads and downloads what the night has frozen."""

import csv
import datetime as dt
import io
from urllib.request import urlopen

from django.utils import timezone
from playwright.sync_api import expect

from reports.open_periods import quarters_over
from reports.services.open_data.releasing import open_tables_release
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories.cases import make_case


def _look(watch) -> None:
    for size in (WIDE, NARROW):
        watch.look(size["width"])
    watch.look(WIDE["width"])


def test_from_the_heads_choice_to_the_public_tables(portal, browser, own_database, person, acting):
    quarter = quarters_over(timezone.localdate())[-1]
    worker = person("worker")
    with acting(worker):
        day = timezone.make_aware(dt.datetime.combine(quarter.first, dt.time(9)))
        for _n in range(12):
            make_case(worker, opened_at=day)
    with browsing(browser, portal) as watch, browsing(browser, portal) as other:
        page, anybody = watch.page, other.page
        sign_in(watch, "head")
        watch.go("/reports/open-data/")
        _look(watch)
        page.get_by_role("button", name="从现在起参加").click()
        expect(page.locator("main")).to_contain_text("起计入")
        page.get_by_role("button", name="加噪声并公布").click()
        expect(page.locator("main")).to_contain_text("请先定这个季度的隐私预算")
        _look(watch)
        page.get_by_role("button", name="定下预算").click()
        rest(page)
        page.get_by_role("button", name="加噪声并公布").click()
        rest(page)
        page.locator("details").first.locator("summary").click()
        _look(watch)
        open_tables_release()
        for path in (
            "/public/figures/",
            "/public/figures/?lang=en",
            "/public/",
            "/public/?lang=en",
        ):
            other.go(path)
            _look(other)
        other.go("/public/figures/")
        expect(anybody.locator("#cases_opened")).to_contain_text("12")
        address = anybody.locator("#cases_opened a", has_text="CSV").get_attribute("href")
        anybody.get_by_role("link", name="新开个案，按来源").click()
        expect(anybody.locator("main")).to_contain_text("ε = 0.5")
        _look(other)
        assert watch.faults + other.faults == []
    with urlopen(f"{portal}{address}") as answer:
        assert "Set-Cookie" not in answer.headers
        rows = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert ["合计", "12"] in rows
