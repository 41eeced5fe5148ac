"""A supervision in a real browser: planned, recorded, a case discussed, signed by both; and the gap of workers."""

import datetime as dt
import os
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.learning import LearningEvent
from departments.models.organizations import DatedRule, Region
from departments.services.entering import house_scope, member_scope
from departments.services.staff import credential_add, staff_profile_add
from departments.services.staff_rules import staff_rules
from msw_portal.kernel.scope import INSTALLATION
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories import cases as make

SHOTS = os.environ.get("MSW_SHOTS", "")


@pytest.fixture
def world(own_database, person):
    """The rules, a worker's post whose registration ends soon, and a case of hers."""
    with house_scope(INSTALLATION):
        places = [(310000, "上海市"), (440000, "广东省")]
        Region.objects.bulk_create(
            [Region(code=code, name=name, level=2) for code, name in places], ignore_conflicts=True
        )
        DatedRule.objects.bulk_create(staff_rules())
    head, worker, today = person("head"), person("worker"), timezone.localdate()
    supervisor = person("supervisor")
    with member_scope(head, head.membership.uid):
        post = staff_profile_add(
            user=worker,
            department=worker.membership.department,
            employment="full_time",
            weekly_hours=Decimal(40),
            since=today - dt.timedelta(days=400),
            by=head,
        )
        credential_add(
            profile=post,
            kind="registration",
            grade="assistant",
            number="演示0001",
            issued_on=today - dt.timedelta(days=1060),
            valid_from=today - dt.timedelta(days=1060),
            valid_to=today + dt.timedelta(days=35),
            by=head,
        )
    with member_scope(worker, worker.membership.uid):
        client = make.make_client(worker, name="演示秋月")
        return make.make_case(worker, client=client, supervisor=supervisor, stage="intervention")


def _look(watch, name: str) -> None:
    """Both widths without a fault of layout; a picture of each where a folder is named."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def test_a_supervision_from_the_plan_to_both_signatures(world, portal, browser, person):
    with browsing(browser, portal) as watch:
        page, main = watch.page, watch.page.locator("#main")
        sign_in(watch, "supervisor")
        watch.go("/learning/")
        _look(watch, "learning-empty")
        page.locator("summary", has_text="安排").click()
        page.get_by_role("link", name="安排督导").click()
        page.fill("[name=theme]", "保密的例外")
        page.get_by_role("checkbox", name="教育").check()
        begin = timezone.localtime() - dt.timedelta(hours=2)
        page.fill("[name=starts_at]", f"{begin:%Y-%m-%dT%H:%M}")
        _look(watch, "learning-plan")
        page.get_by_role("button", name="保存").click()
        expect(main).to_contain_text("请选择被督导者。")
        expect(page.locator("[name=theme]")).to_have_value("保密的例外")
        page.get_by_role("checkbox", name="测试worker", exact=True).check()
        page.get_by_role("button", name="保存").click()
        expect(main).to_contain_text("还没有记录")
        _look(watch, "learning-planned")
        page.get_by_role("link", name="列入一个").click()
        page.select_option("[name=case]", index=1)
        page.fill("[name=excerpt]", "演示秋月不愿告诉家人")
        page.get_by_role("button", name="保存").click()
        expect(main).to_contain_text("里面有服务对象的姓名")
        page.fill("[name=excerpt]", "阿秋（化名）不愿告诉家人")
        _look(watch, "learning-case")
        page.get_by_role("button", name="保存").click()
        expect(main).to_contain_text("阿秋（化名）不愿告诉家人")
        page.get_by_role("link", name="写记录").click()
        page.fill("[name=notes]", "青少年要求保密，讨论哪些必须报告。")
        page.fill("[name=advice]", "先说清楚例外，再谈。")
        page.fill("[name=a0-text]", "重读同意书里保密例外一节")
        page.select_option("[name=a0-user]", label="测试worker")
        page.fill("[name=a0-due_on]", f"{timezone.localdate() + dt.timedelta(days=5)}")
        _look(watch, "learning-record")
        page.get_by_role("button", name="保存").click()
        expect(main).to_contain_text("还差签署")
        page.get_by_role("button", name="签署").click()
        expect(main).to_contain_text("签署")
        _look(watch, "learning-held")
        with page.expect_download() as paper:
            page.get_by_role("button", name="打印督导记录").click()
        if SHOTS:
            paper.value.save_as(f"{SHOTS}/record.pdf")
        assert watch.faults == []
    with browsing(browser, portal) as watch:
        page, main = watch.page, watch.page.locator("#main")
        sign_in(watch, "worker")
        watch.go("/workbench/")
        expect(main).to_contain_text("写督导反思并签署")
        watch.go("/learning/")
        expect(main).to_contain_text("等您签署")
        _look(watch, "learning-list")
        page.get_by_role("link", name="保密的例外").click()
        page.fill("[name=reflection]", "以前把例外放在最后说，对方会觉得被骗。")
        _look(watch, "learning-sign")
        page.get_by_role("button", name="签署").click()
        expect(page.get_by_role("button", name="签署")).to_have_count(0)
        expect(main).to_contain_text("已签署")
        page.get_by_role("button", name="完成").click()
        expect(main).to_contain_text("已完成")
        _look(watch, "learning-signed")
        watch.go("/learning/own/")
        expect(main).to_contain_text("登记证书快到期了")
        expect(main).to_contain_text("要求 72 学时")
        _look(watch, "staff-own")
        assert watch.faults == []
    with browsing(browser, portal) as watch:
        sign_in(watch, "head")
        for path, name in (
            ("/learning/figures/", "learning-figures"),
            ("/staff/", "staff-list"),
            ("/staff/staffing/", "staff-staffing"),
            ("/staff/new/", "staff-new"),
            ("/people/", "people"),
        ):
            assert watch.go(path) == 200
            _look(watch, name)
        assert watch.faults == []
    head = person("head")
    with member_scope(head, head.membership.uid):
        assert LearningEvent.objects.get().state == "signed"
