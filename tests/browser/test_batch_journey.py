"""One engine, three uses, each from its publishing to its end in the browser: a batch of projects, an incubation base, an award.

The clock (opening and closing of the call, the end of the notice) and the relay are moved by hand.
"""

import datetime as dt

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.publishing import PublicEntry
from departments.services.outbox import relay_once
from msw_portal.kernel.scope import INSTALLATION, scope
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.cultivation import Project
from projects.services.calls.clock import calls_sweep
from tests.browser.watching import browsing, sign_in
from tests.factories import projects as made
from tests.factories.donations import as_person
from tests.factories.gifts import staff_of
from tests.factories.reviews import make_experts, make_plan
from tests.factories.world import PASSWORD

TITLES = {"cultivation": "髓爱童行", "incubation": "示例社工中心入驻", "award": "示例医务社工"}


def _press(watch, name: str) -> None:
    watch.page.get_by_role("button", name=name, exact=True).click()
    watch.rest()


def _send(watch) -> None:
    """The one button that ends the form of the page."""
    watch.page.locator("main form .btn--primary").first.click()
    watch.rest()
    expect(watch.page.locator(".field__error")).to_have_count(0)


def _agency() -> User:
    with scope(org=INSTALLATION, role="system"):
        house = Organization.objects.create(
            kind="agency",
            name="示例社会工作服务中心",
            short_name="示例中心",
            code="JG",
            is_tenant=True,
            region_id=110101,
            managed_by_id=INSTALLATION,
        )
    return staff_of(house, "applicant", "applicant")


def _published(desk, officer: User, kind: str) -> Call:
    """Published by its page; its day has come."""
    call = made.make_call(officer, kind=kind, title=f"示例征集 {kind}", places=1)
    desk.go(f"/projects/calls/{call.uid}/publish/")
    _send(desk)
    calls_sweep([call.organization_id])
    with as_person(officer):
        return Call.objects.get(pk=call.pk)


def _type(watch, name: str, text: str) -> None:
    found = watch.page.locator(f"main [name='{name}']")
    if not found.count():  # a list that the installation has not named yet
        assert name == "practice_areas"
        return
    kind = found.first.evaluate("(one) => one.tagName + (one.type || '')")
    if kind.startswith("SELECT"):
        found.select_option(index=1)
    elif kind.endswith(("checkbox", "radio")):
        found.first.check()
    else:
        found.fill(text)


def _applied(watch, call: Call, applicant: User, title: str) -> Application:
    """Begun, written section by section and handed in by its pages; what is long comes from the factory."""
    watch.go(f"/projects/calls/{call.uid}/")
    watch.go(f"/projects/applications/new/{call.uid}/")
    watch.page.fill("[name=title]", title)
    watch.page.locator("[name=track]").select_option(index=1)
    for question in call.eligibility["questions"]:
        answer = "no" if question["code"] == "similar" else "yes"
        watch.page.locator(f"[name=q_{question['code']}][value={answer}]").check()
    _send(watch)
    with as_person(applicant):
        row = Application.objects.select_related("call").get(title=title)
    if call.kind == "cultivation":
        row = made.fill(row, applicant)
    day = timezone.localdate()
    typed = {
        "starts_on": str(day + dt.timedelta(days=30)),
        "ends_on": str(day + dt.timedelta(days=330)),
        "a_founded": "2020-01-01",
        "title": title,
    }
    for section in call.form["sections"]:
        if call.kind == "cultivation" and section["code"] != "need":
            continue
        watch.go(f"/projects/applications/{row.uid}/sections/{section['code']}/")
        for field in section["fields"]:
            name = field["code"] if field["type"] == "column" else f"a_{field['code']}"
            number = field["type"] in {"integer", "number"}
            _type(watch, name, typed.get(name, "12" if number else "有资质，有意愿，需求有依据"))
        if section["table"] in {"leader", "team"}:
            _type(watch, "0-name", "示例负责人")
        if section["table"] == "team":
            _type(watch, "0-profession", "")
        _send(watch)
    watch.go(f"/projects/applications/{row.uid}/submit/")
    _send(watch)
    while relay_once():
        pass
    return row


def _closed(call: Call) -> None:
    """Its deadline has come, by the clock of the sweep."""
    calls_sweep([call.organization_id], now=call.closes_at + dt.timedelta(seconds=1))


def _checked(desk, row: Application) -> None:
    """Every point answered with yes, passed."""
    desk.go(f"/projects/experts/formality/{row.uid}/")
    for one in desk.page.locator("main input[type=radio][name^=yes_][value=yes]").all():
        one.check()
    desk.page.locator("[name=outcome][value=accept_formal]").check()
    _press(desk, "记录结论")


def _marked(browser, portal, experts) -> None:
    for expert in experts:
        with browsing(browser, portal) as at:
            sign_in(at, expert.user.username)
            at.go("/projects/experts/mine/")
            at.page.locator("table a.t").first.click()
            at.rest()
            for one in at.page.locator("main input[name^=item_]").all():
                one.fill("4")
            at.page.fill("[name=comment]", "材料扎实，可以推广到其他单位。")
            _press(at, "提交，不再修改")
            assert at.faults == []


def _decided(desk, call: Call, officer: User) -> str:
    """Ranked, placed, told, shown, listed; the address of the list."""
    at = f"/projects/experts/calls/{call.uid}"
    desk.go(f"{at}/ranking/")
    _press(desk, "结束评分并排名")
    desk.go(f"{at}/selection/")
    _press(desk, "按名次拟定名单")
    desk.go(f"{at}/letters/")
    for step in ("评语全部转给单位", "生成通知书", "全部发出"):
        _press(desk, step)
    desk.go(f"{at}/notice/")
    _press(desk, "向社会公示")
    with as_person(officer):
        PublicEntry.objects.filter(kind="notice").update(visible_to=timezone.now())
    desk.go(f"{at}/notice/")
    _press(desk, "公布名单")
    with as_person(officer):
        return f"/public/{PublicEntry.objects.get(kind='list').slug}/"


def _carried_out(unit, desk, project: Project) -> None:
    """Begun, checked at half time, reported, closed with a grade and a certificate."""
    here = f"/projects/{project.uid}/"
    desk.go(f"{here}steps/start/")
    _send(desk)
    desk.go(f"{here}check/")
    desk.page.locator("[name=result]").select_option(index=1)
    desk.page.fill("[name=note]", "进度正常，继续实施。")
    _send(desk)
    unit.go(here)
    unit.page.locator("form[action$='/reports/closing/new/'] button").click()
    unit.rest()
    unit.page.fill("[name=done]", "按计划完成了全部服务。")
    report = unit.page.url.removeprefix(unit.portal)
    unit.go(f"{here}steps/request_closing/")
    _send(unit)
    unit.go(report)
    unit.page.fill("[name=done]", "按计划完成了全部服务。")
    _press(unit, "提交报告")
    desk.go(f"{here}closing/")
    desk.page.fill("[name=mark]", "88")
    desk.page.fill("[name=opinion]", "完成良好，可以推广。")
    _send(desk)
    unit.go(here)
    expect(unit.page.locator("main")).to_contain_text("88")
    paper = unit.page.context.request.get(f"{unit.portal}{here}certificate/")
    assert paper.body().startswith(b"%PDF")


@pytest.mark.long
@pytest.mark.parametrize("kind", ["cultivation", "incubation", "award"])
def test_from_the_call_to_its_end(kind, own_database, person, portal, browser):
    officer = person("authority")
    applicant = _agency() if kind == "incubation" else person("head")
    experts = make_experts(officer, 3)
    User.objects.update(password=make_password(PASSWORD))
    with browsing(browser, portal) as desk, browsing(browser, portal) as unit:
        sign_in(desk, officer.username)
        sign_in(unit, applicant.username)
        call = _published(desk, officer, kind)
        row = _applied(unit, call, applicant, TITLES[kind])
        _closed(call)
        make_plan(call, officer, reserve_places=0)
        _checked(desk, row)
        desk.go(f"/projects/experts/calls/{call.uid}/assignment/")
        _press(desk, "提出方案")
        _press(desk, "采用并通知专家")
        _marked(browser, portal, experts)
        listed = _decided(desk, call, officer)
        with browsing(browser, portal) as anybody:
            anybody.go(listed)
            expect(anybody.page.locator("main")).to_contain_text(TITLES[kind])
        desk.go(f"/projects/experts/calls/{call.uid}/notice/")
        opening = desk.page.locator("form[action$='/projects/open/'] button")
        if kind == "award":  # what wins an award is honoured, not carried out
            expect(opening).to_have_count(0)
        else:
            opening.click()
            desk.rest()
            with as_person(officer):
                project = Project.objects.get(title=TITLES[kind])
            if kind == "incubation":
                desk.go(f"/projects/{project.uid}/steps/admit/")
                _send(desk)
                unit.go(f"/projects/{project.uid}/")
                expect(unit.page.locator("h1")).to_contain_text("入驻")
            else:
                _carried_out(unit, desk, project)
        assert (desk.faults, unit.faults) == ([], [])
