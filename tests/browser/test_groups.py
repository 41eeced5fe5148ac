"""A group in the browser: plan, approval, members, a session, scales, summary, closing; every page at both widths."""

import os
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories import cases as make
from tests.factories.donations import as_person
from tests.journeys.typing_in import send

PLAN = {
    "name": "演示家长支持小组",
    "kind": "support",
    "work_model": "interaction",
    "openness": "closed",
    "background": "三月的 24 份量表里 15 位家长焦虑",
    "aims": "彼此支持",
    "target_group": "血液科患儿家长",
    "size_least": "2",
    "size_most": "8",
    "budget_source": "department",
    "budget-0-what": "茶点",
    "budget-0-quantity": "2",
    "budget-0-unit_price": "30.00",
    "sessions-0-title": "认识彼此",
    "sessions-0-minutes": "90",
    "sessions-0-aim": "说出来的第一步",
}


MEMBERS = ("向日葵", "小帆船")
SHOTS = os.environ.get("MSW_SHOTS", "")


def _look(watch, name: str) -> None:
    """Both widths; with MSW_SHOTS set, a picture of each."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.look(WIDE["width"])


def _press(watch, name: str) -> None:
    """A link of the page head, or of a card."""
    watch.page.locator("main").get_by_role("link", name=name, exact=True).first.click()
    rest(watch.page)


def _members(watch, group: str) -> None:
    """Two aliases, screened and agreed, each with a scale before the group."""
    page = watch.page
    for name in MEMBERS:
        watch.go(group)
        _press(watch, "登记组员")
        send(page, alias=name, screening="愿意每周来")
        _press(watch, "入组")
        today = f"{timezone.localdate()}"
        send(page, joined_on=today, agreed_by="self", agreed_on=today)
        _press(watch, name)
        _answer(watch, "before", 2)
    _look(watch, "member")


def _answer(watch, moment: str, value: int) -> None:
    page = watch.page
    watch.go(f"{urlsplit(page.url).path}answers/gad7/?moment={moment}")
    names = page.locator("main form [name^=item_]").evaluate_all("all => all.map(one => one.name)")
    send(page, moment=moment, **dict.fromkeys(dict.fromkeys(names), value))


def test_a_group_from_plan_to_summary(portal, browser, own_database, person):
    worker, today, faults = person("worker"), f"{timezone.localdate()}", []
    with as_person(worker) as by:
        make.make_questionnaire(by, "gad7")
    with browsing(browser, portal) as watch, browsing(browser, portal) as other:
        page, leads = watch.page, other.page
        sign_in(watch, "worker")
        sign_in(other, "supervisor")
        watch.go("/cases/groups/")
        _look(watch, "groups-empty")
        _press(watch, "写小组计划")
        send(page, scales=["gad7"], starts_on=today, **{"sessions-0-held_on": today}, **PLAN)
        group = urlsplit(page.url).path
        _press(watch, "提交计划")
        send(page)
        other.go(group)
        _press(other, "批准计划")
        send(leads, comment="可以开始")
        _members(watch, group)
        watch.go(group)
        _press(watch, "进入下一阶段")
        send(page)
        _press(watch, "记录")
        rows = page.locator("main form [name^=presence-]").evaluate_all(
            "all => all.map(one => one.name)"
        )
        came = dict(zip(dict.fromkeys(rows), ("present", "late"), strict=True))
        _look(watch, "record")
        send(page, flow="自我介绍，立约定", attainment="4", **came)
        _look(watch, "session")
        for _stage in ("转折", "成熟", "结束"):
            watch.go(group)
            _press(watch, "进入下一阶段")
            send(page)
        for name in MEMBERS:
            watch.go(group)
            _press(watch, name)
            _answer(watch, "after", 1)
        watch.go(group)
        _look(watch, "group")
        _press(watch, "写总结")
        spent = page.locator("main form [name^=spent-]").first.get_attribute("name")
        _look(watch, "summary")
        send(page, aims_met="都说出了压力来源", reflection="时间够用", **{spent: "58.00"})
        other.go(group)
        _press(other, "批准总结并结束")
        send(leads)
        expect(leads.locator("main")).to_contain_text("已结束")
        expect(leads.locator("main")).to_contain_text("14 → 7")
        expect(leads.locator("main")).to_contain_text("100.0")
        _look(other, "closed")
        faults += watch.faults + other.faults
    assert faults == []
