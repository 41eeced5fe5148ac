"""A disclosure in the browser: planned, drafted by one, published by another, read by anybody with the sums of the books."""

import csv
import datetime as dt
import io
import json
import os
from decimal import Decimal
from urllib.request import urlopen

from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import DatedRule
from donations.models.programmes import Programme
from donations.services.charity_events import event_record
from donations.services.disclosure import plan_for
from donations.services.disclosure_rules import disclosure_rules
from donations.services.year_figures import FIGURES, Figure, year_begin, year_figures_set
from msw_portal.kernel.scope import scope
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.conftest import owner_sql
from tests.factories import donations as gifts
from tests.keys.sealed_world import people_of

SHOTS = os.environ.get("MSW_SHOTS", "")


def _look(watch, name: str) -> None:
    """Both widths; with MSW_SHOTS set, a picture of each."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.look(WIDE["width"])


def _world(people) -> None:
    """Two gifts and a payout; the project ended today, a related grant two months ago."""
    with scope(role="system"):
        DatedRule.objects.filter(kind__in=["disclosure_deadline", "charity_ratio"]).delete()
        DatedRule.objects.bulk_create(disclosure_rules())
    money, today = gifts.make_money(people), timezone.localdate()
    gifts.give(people, money, "60000.00")
    gifts.give(people, money, "200.55")
    asked = gifts.make_approved(people, money, amount="20000.00")
    gifts.release(people, gifts.prepare(people, asked, "10000.00"))
    long_ago = today - dt.timedelta(days=60)
    with gifts.as_person(people.officer) as by:
        plan_for(kind="project", subject=Programme.objects.get(), event="ended", on=today, by=by)
        event_record(
            kind="related_grant",
            title="资助演示社工机构",
            happened_on=long_ago,
            other_party="演示社工机构",
            relation="理事任职",
            by=by,
        )
        last = year_begin(year=today.year - 1, by=by)
        before = year_begin(year=today.year - 2, by=by)
        figures = {
            name: Figure(Decimal("300000.00"), "审计报告第 3 页", "按工时") for name in FIGURES
        }
        year_figures_set(year=before, figures=figures, is_public=False, by=by)
        year_figures_set(year=last, figures=figures, is_public=False, by=by)


def test_a_disclosure_from_planned_to_its_public_page(portal, browser, own_database, person):
    people = people_of(person)
    _world(people)
    with browsing(browser, portal) as watch, browsing(browser, portal) as other:
        page, leads = watch.page, other.page
        sign_in(watch, "officer")
        sign_in(other, "approver")
        watch.go("/funding/disclosures/")
        expect(page.locator("main")).to_contain_text("关联交易公布")
        expect(page.locator("main")).to_contain_text("逾期 30 天")
        _look(watch, "disclosures")
        page.get_by_role("link", name="项目结项公布").click()
        rest(page)
        _look(watch, "disclosure-planned")
        page.get_by_role("link", name="起草", exact=True).click()
        page.locator("#step textarea[name=text]").fill("本项目救助一名患儿（演示）。")
        page.locator("#step button.btn--primary").click()
        expect(page.locator("main")).to_contain_text("起草人不能公布自己起草的内容")
        item = page.url
        leads.goto(item)
        leads.get_by_role("link", name="公布", exact=True).click()
        leads.locator("#step input[name=has_read]").check()
        leads.locator("#step input[name=totp_code]").fill(gifts.code_for(people.approver))
        leads.locator("#step button.btn--primary").click()
        expect(leads.locator("main")).to_contain_text("第 1 版")
        _look(other, "disclosure-published")
        leads.locator("#h-entry").locator("xpath=ancestor::section").get_by_role("link").click()
        rest(leads)
        expect(leads.locator("main")).to_contain_text("本项目救助一名患儿（演示）。")
        _look(other, "public-entry")
        address = leads.url
        for path, name in (
            ("/funding/disclosures/rules/", "disclosure-rules"),
            ("/funding/disclosures/events/", "charity-events"),
            ("/funding/disclosures/events/new/", "charity-event-new"),
            ("/funding/disclosures/years/", "charity-years"),
        ):
            watch.go(path)
            _look(watch, name)
        page.get_by_role("link", name=f"{timezone.localdate().year - 1}").click()
        rest(page)
        _look(watch, "charity-year")
        page.get_by_role("link", name="填写资料").click()
        rest(page)
        _look(watch, "charity-year-edit")
        if SHOTS:
            for path, name in (
                ("/public/", "public-index"),
                (f"{address}?lang=en", "public-english"),
            ):
                other.go(path) if path.startswith("/") else leads.goto(path)
                _look(other, name)
    _says_what_the_books_say(own_database, address)


def _says_what_the_books_say(own_database, address: str) -> None:
    """Page, JSON and CSV are the same without a script or a cookie, and tie to the ledger's accounts."""
    (held,) = owner_sql(
        own_database.name,
        "SELECT sum(balance) FROM donations_ledgeraccount WHERE fund_id IS NOT NULL",
    )
    with urlopen(f"{address}v1/entry.json") as answer:
        tables = {one["key"]: one for one in json.load(answer)["payload"]["tables"]}
    assert tables["balance"]["total"] == ["期末余额", f"{held[0]}"]
    with urlopen(f"{address}v1/balance.csv") as answer:
        assert "Set-Cookie" not in answer.headers
        lines = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert lines[1:] == [*tables["balance"]["rows"], tables["balance"]["total"]]
    assert sum(Decimal(amount) for _line, amount in lines[1:-1]) == held[0]
    with urlopen(address) as answer:
        assert "50,200.55" in answer.read().decode()
