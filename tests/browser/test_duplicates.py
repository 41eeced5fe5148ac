"""Two records of one person in a real browser: found, compared side by side, merged, and taken apart again."""

import datetime as dt
import os

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models.people import Client
from cases.services.clients import client_register, client_search
from cases.services.duplicates import duplicates_find
from cases.services.intake import episode_record
from departments.models.organizations import Department
from departments.services.entering import member_scope
from msw_portal.kernel.identifiers import id_check_digit
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories import cases as make

SHOTS = os.environ.get("MSW_SHOTS", "")
HEAD = "11010119800501002"
NUMBER = HEAD + id_check_digit(HEAD)
HOME = {"welfare_status": "subsistence"}


@pytest.fixture
def world(own_database, person):
    """演示丽华 twice, with a mistyped character, another telephone and a case each; and a pair of namesakes."""
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        ward = Department.objects.get(organization_id=worker.house_id, kind="ward")
        made = []
        for place, (name, given) in enumerate(
            (
                ("演示丽华", {"phone": "13800138000", "household": HOME}),
                ("演示莉华", {"phone": "13900139000", "id_type": "id", "id_no": NUMBER}),
                ("示例大文", {}),
                ("示例大文", {}),
            )
        ):
            facts = {"id_type": "none", "birth_date": dt.date(1980, 5, 1), "sex": "2"} | given
            searched = client_search(name=name, by=worker).uid
            one = client_register(name=name, searched=searched, by=worker, **facts)
            stay = episode_record(
                client=one,
                visit_type="inpatient",
                mrn=f"Z{place}",
                ward=ward,
                bed=str(place + 3),
                admitted_on=timezone.localdate() - dt.timedelta(days=place),
                by=worker,
            )
            case = make.make_case(worker, stage="intervention", client=one, episode=stay)
            make.make_contact(case, worker)
            made.append(one)
    duplicates_find(settled=dt.timedelta())
    return made


def _look(watch, name: str) -> None:
    """Both widths without a fault of layout; a picture of each where a folder is named."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def test_a_pair_is_merged_and_taken_apart(world, portal, browser, person):
    first, second, *_others = world
    with browsing(browser, portal) as watch:
        page, main = watch.page, watch.page.locator("#main")
        sign_in(watch, "supervisor")
        watch.go("/workbench/")
        expect(main).to_contain_text("可能重复的记录")
        _look(watch, "day")
        page.get_by_role("link", name="去核对").click()
        expect(main).to_contain_text("待核对 2")
        expect(main).not_to_contain_text("丽华")
        _look(watch, "desk")
        # Both are named alike: the two who share every sign come first.
        page.get_by_role("row", name="姓名同音").get_by_role("link", name="核对").click()
        expect(page.get_by_role("heading", name="这是同一个人吗")).to_be_visible()
        _look(watch, "pair")
        page.get_by_role("button", name="是同一个人，合并").click()
        expect(main).to_contain_text("请选择一项。")
        _look(watch, "pair-refused")
        page.get_by_role("row", name="姓名").get_by_role("radio").nth(1).check()
        page.get_by_role("row", name="联系电话").get_by_role("radio").nth(0).check()
        page.get_by_role("button", name="是同一个人，合并").click()
        page.wait_for_url(f"**/cases/people/{second.uid}/")
        expect(main).to_contain_text("并入一份记录")
        expect(main).to_contain_text("138****8000")
        _look(watch, "person")
        watch.go(f"/cases/people/{first.uid}/")
        page.wait_for_url(f"**/cases/people/{second.uid}/")
        page.locator("#h-merged").locator("xpath=ancestor::section").get_by_role(
            "link", name="演"
        ).click()
        _look(watch, "merged")
        page.get_by_role("link", name="撤销合并").click()
        _look(watch, "unmerge")
        page.fill("[name=reason]", "核对身份证后确认是两个人")
        page.get_by_role("button", name="撤销合并").click()
        expect(page.get_by_role("heading", name="这是同一个人吗")).to_be_visible()
        page.get_by_role("link", name="不是同一个人").click()
        page.fill("[name=reason]", "核对身份证后确认是两个人")
        page.get_by_role("button", name="不是同一个人").click()
        expect(main).to_contain_text("待核对 1")
        page.get_by_role("link", name="不是同一人").click()
        expect(main).to_contain_text("核对身份证后确认是两个人")
        _look(watch, "aside")
        assert watch.faults == []
    supervisor = person("supervisor")
    with member_scope(supervisor, supervisor.membership.uid):
        roots = {one.uid: one.root.uid for one in Client.objects.select_related("root")}
        assert {uid: uid for uid in roots} == roots
        assert Client.objects.get(uid=second.uid).phone == "13900139000"
