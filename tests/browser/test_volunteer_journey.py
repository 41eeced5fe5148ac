"""From the poster to a confirmed shift: an applicant's phone, the coordinator's desk, the volunteer's phone."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import member_scope
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories.volunteers import coordinator_of, make_post, make_shift, make_volunteer
from tests.factories.world import PASSWORD
from volunteers.services.joining import join_door_make
from volunteers.services.signups import shift_sign_up

PHONE = {"viewport": NARROW, "has_touch": True, "is_mobile": True}


@pytest.fixture
def house(own_database):
    """The coordinator, the poster's code, and a post with a free shift and a full one."""
    by = coordinator_of(Organization.objects.get(code="HA"))
    User.objects.filter(pk=by.pk).update(password=make_password(PASSWORD))
    with member_scope(by, by.membership.uid):
        post = make_post(by, title="儿童阅览")
        make_shift(post, by, capacity=2)
        full = make_shift(post, by, capacity=1, in_days=4)
        shift_sign_up(shift=full, volunteer=make_volunteer(by), by=by)
        return by.username, join_door_make(by=by).token


def _apply(browser, portal, token: str) -> None:
    with browsing(browser, portal, **PHONE) as phone:
        page = phone.page
        assert phone.go(f"/join/{token}/") == 200
        phone.look(NARROW["width"])
        page.fill("[name=name]", "演示孙七")
        page.fill("[name=id_no]", "11010519491231002X")
        page.fill("[name=phone]", "1390000111")
        page.get_by_label("儿童游戏、阅读").check()
        page.get_by_label("我同意医院为志愿服务使用上面填的内容").check()
        page.get_by_role("button", name="提交申请").click()
        expect(page.locator("#main")).to_contain_text("手机为 11 位")
        expect(page.locator("[name=name]")).to_have_value("演示孙七")
        page.fill("[name=phone]", "13900001111")
        page.get_by_role("button", name="提交申请").click()
        expect(page.locator("#main")).to_contain_text("谢谢您报名")
        assert page.context.cookies() == []
        assert phone.faults == []


def _press(page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name=name, exact=True).click()
    rest(page)


def _take_on(browser, portal, login: str) -> None:
    today = timezone.localdate()
    until = (today + dt.timedelta(days=300)).isoformat()
    with browsing(browser, portal) as desk:
        page = desk.page
        sign_in(desk, login)
        desk.go("/volunteers/?show=applied")
        page.get_by_role("link", name="演示孙七").click()
        _press(page, "通过审核")
        expect(page.locator("#main")).to_contain_text("还没有考核通过")
        desk.look(WIDE["width"])
        where = page.url.removeprefix(portal)
        desk.go(f"{where}facts/training/new/")
        page.fill("[name=course]", "岗前培训")
        page.get_by_label("考核通过").check()
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_role("heading", name="演示孙七")).to_be_visible()
        desk.go(f"{where}facts/insurance/new/")
        page.fill("[name=insurer]", "演示财险")
        page.fill("[name=valid_from]", today.isoformat())
        page.fill("[name=valid_to]", until)
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_role("heading", name="演示孙七")).to_be_visible()
        _press(page, "登记在册")
        desk.go(f"{where}account/")
        page.fill("[name=account]", "volunteer")
        page.get_by_role("button", name="绑定", exact=True).click()
        expect(page.get_by_role("link", name="换", exact=True)).to_be_visible()
        desk.look(NARROW["width"])
        assert desk.faults == []


def test_from_the_poster_to_a_confirmed_shift(house, portal, browser):
    login, token = house
    _apply(browser, portal, token)
    _take_on(browser, portal, login)
    with browsing(browser, portal, **PHONE) as phone:
        page = phone.page
        sign_in(phone, "volunteer")
        expect(page.get_by_role("heading", name="我的班")).to_be_visible()
        page.get_by_role("link", name="看岗位、报班").first.click()
        page.get_by_role("link", name="儿童阅览").click()
        expect(page.locator("#main")).to_contain_text("要戴口罩")
        phone.look(NARROW["width"])
        page.get_by_role("link", name="报名", exact=True).click()
        page.get_by_role("button", name="确认报名").click()
        expect(page.locator("#main")).to_contain_text("请先读岗位的风险提示")
        page.get_by_label("我已读上面的风险提示，愿意参加").check()
        page.get_by_role("button", name="确认报名").click()
        expect(page.get_by_role("heading", name="我的班")).to_be_visible()
        expect(page.locator("#main")).to_contain_text("已确认")
        phone.look(NARROW["width"])
        assert phone.faults == []
