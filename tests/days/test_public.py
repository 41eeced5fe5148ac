"""Anybody's day: where help is found, what is published, what can be taken away and checked."""

import csv
import datetime as dt
import io
from urllib.request import urlopen

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import Organization
from departments.services.entering import member_scope
from msw_portal.kernel.scope import scope
from reports.open_periods import quarters_over
from reports.services.open_data.releasing import open_tables_release
from tests.days.stops import Day, a_day
from tests.factories.cases import make_case

pytestmark = pytest.mark.long
PHONE = "010-55550101"
# Public pages are the same for everybody: the language stands in the address.
LANGUAGE = {"zh-CN": "", "en": "?lang=en"}


@pytest.fixture
def published(own_database, person) -> None:
    """A hospital that says how it is reached, takes part in open data, and had twelve cases last quarter."""
    quarter = quarters_over(timezone.localdate())[-1]
    worker = person("worker")
    with scope(role="system"):
        house = Organization.objects.get(code="HA")
        house.profile = {**house.profile, "phone": PHONE, "asking": "工作日，门诊三层"}
        house.save(update_fields=["profile"])
    with member_scope(worker, worker.membership.uid):
        at = timezone.make_aware(dt.datetime.combine(quarter.first, dt.time(9)))
        for _n in range(12):
            make_case(worker, opened_at=at)


def _finds_help(day: Day) -> None:
    page = day.page
    day.go("/public/" + LANGUAGE[day.language])
    expect(page.locator(f"main a[href='tel:{PHONE}']")).to_be_visible()
    day.stop("front")
    for name in ("policies", "calls"):
        day.press(page.locator(f"main a[href^='/{name}/']"))
        day.stop(name)
        page.go_back()
        day.watch.rest()


def _takes_the_figures_along(day: Day, portal: str) -> None:
    page = day.page
    day.press(page.locator("main a[href*='/figures/']"))
    day.go("/public/figures/" + LANGUAGE[day.language])
    table = page.locator("#cases_opened")
    expect(table).to_contain_text("12")
    day.stop("figures")
    address = table.locator("a", has_text="CSV").get_attribute("href")
    with urlopen(f"{portal}{address}") as answer:
        assert "Set-Cookie" not in answer.headers
        rows = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert any(row[-1] == "12" for row in rows)
    day.press(table.locator("a[href*='/tables/']").last)
    day.stop("figure")
    day.go("/public/anchors/" + LANGUAGE[day.language])
    day.stop("anchors")


@pytest.mark.parametrize(
    "language", [pytest.param("zh-CN", id="chinese"), pytest.param("en", id="english")]
)
def test_anybodys_day(published, portal, browser, language, person):
    with a_day(browser, portal, language=language) as head:
        head.sign_in("head")
        head.go("/reports/open-data/")
        head.press(head.page.locator("main form[action*='choose'] button"))
        head.stop("open-data")
    open_tables_release()
    with a_day(browser, portal, language=language) as day:
        _finds_help(day)
        _takes_the_figures_along(day, portal)
        assert day.page.context.cookies() == []
