"""From the closing of a call to its published list: the desk, three experts, anybody."""

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.people import User
from departments.models.publishing import PublicEntry
from tests.browser.watching import NARROW, browsing, rest, sign_in
from tests.factories.donations import as_person
from tests.factories.reviews import MARKS, close_call, hand_in, make_call, make_experts, make_plan
from tests.factories.world import PASSWORD


@pytest.fixture
def closed(own_database, person):
    """A closed call with one accepted application, three experts and a plan."""
    desk, head = person("authority"), person("head")
    call = make_call(desk, places=1)
    rows = [hand_in(call, head, "髓爱童行"), hand_in(call, person("other_head"), "共同照护")]
    close_call(call, desk, rows)
    experts = make_experts(desk, 3)
    User.objects.filter(username__startswith="expert").update(password=make_password(PASSWORD))
    make_plan(call, desk, reserve_places=0)
    return call, experts, desk


def press(watch, name):
    watch.page.get_by_role("button", name=name, exact=True).click()
    rest(watch.page)


def test_three_experts_mark_and_the_list_is_published(closed, portal, browser):
    call, experts, officer = closed
    at = f"/projects/experts/calls/{call.uid}"
    with browsing(browser, portal) as desk:
        sign_in(desk, "authority")
        desk.go(f"{at}/assignment/")
        press(desk, "提出方案")
        expect(desk.page.locator("main")).to_contain_text("重算一致")
        press(desk, "采用并通知专家")
        expect(desk.page.locator("main")).to_contain_text("0 / 6")
        for number, expert in enumerate(experts):
            with browsing(browser, portal, viewport=NARROW) as phone:
                sign_in(phone, expert.user.username)
                for left in (2, 1):  # the second is marked without a detour
                    phone.go("/projects/experts/mine/")
                    expect(phone.page.locator("table a.t")).to_have_count(2)
                    phone.page.locator("table a.t").first.click()
                    title = phone.page.locator("h1").inner_text()
                    marks = MARKS | ({"innovation": 15} if "髓爱童行" in title else {})
                    for code, points in marks.items():
                        phone.page.fill(f"[name=item_{code}]", str(points))
                    phone.page.fill("[name=comment]", "服务设计扎实，可以推广到其他医院。")
                    if number == 0 and left == 2:
                        phone.page.fill("[name=item_need]", "99")
                        press(phone, "提交，不再修改")
                        expect(phone.page.locator("main")).to_contain_text("0 到 15 之间")
                        phone.page.fill("[name=item_need]", "12")
                    press(phone, "提交，不再修改")
        desk.go(f"{at}/ranking/")
        press(desk, "结束评分并排名")
        desk.page.locator("table a.t").first.click()
        expect(desk.page.locator("main")).to_contain_text("83")
        desk.go(f"{at}/selection/")
        press(desk, "按名次拟定名单")
        desk.go(f"{at}/letters/")
        for step in ("评语全部转给单位", "生成通知书", "全部发出"):
            press(desk, step)
        desk.go(f"{at}/notice/")
        press(desk, "向社会公示")
        expect(desk.page.locator("main")).to_contain_text("还不能公布名单")
        with as_person(officer):
            PublicEntry.objects.filter(kind="notice").update(visible_to=timezone.now())
        desk.go(f"{at}/notice/")
        press(desk, "公布名单")
        with browsing(browser, portal) as anybody:
            with as_person(officer):
                slug = PublicEntry.objects.get(kind="list").slug
            anybody.go(f"/public/{slug}/")
            expect(anybody.page.locator("main")).to_contain_text("髓爱童行")
