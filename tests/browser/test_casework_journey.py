"""Casework end to end: from a family's call for help on a phone to the follow-up after closing.

Real web server, real browser, real relay worker and beat, one committed database.
"""

import datetime as dt
import urllib.parse
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models.alerts import RiskAlert
from cases.models.casework import Case
from cases.models.work import Contact, Goal, Need, Plan
from tests.browser.watching import NARROW, browsing, rest, sign_in
from tests.factories import cases as make
from tests.factories import doors
from tests.factories.donations import as_person
from tests.journeys.typing_in import draw, fill, send

NAME, STATION = "演示小雨", "演示街道社区卫生服务中心"
PHONE = {"viewport": NARROW, "is_mobile": True, "has_touch": True}


@dataclass
class World:
    """The people of one department, the code that hangs in the ward, and what the days make."""

    worker: Any
    supervisor: Any
    door: str
    texts: dict[str, Any]
    phq9: Any
    client: str = ""
    case: str = ""


@pytest.fixture
def world(own_database, person) -> World:
    worker, supervisor, head = map(person, ("worker", "supervisor", "head"))
    with as_person(worker) as by:
        texts = {kind: make.make_template(by, kind) for kind in ("service", "share_to_org")}
        phq9 = make.make_questionnaire(by, "phq9")
    with as_person(head) as by:
        door = doors.make_door(by, "self_door")
    return World(worker, supervisor, door.token, texts, phq9)


@pytest.fixture
def faults() -> list[str]:
    return []


def _last(url: str, back: int = 1) -> str:
    return urllib.parse.urlsplit(url).path.strip("/").split("/")[-back]


def _case(world: World) -> Case:
    with as_person(world.worker):
        return Case.objects.get(uid=world.case)


# ── one hand after the other ─────────────────────────────────────────────────


def _family_asks(browser, portal: str, world: World, faults: list[str]) -> str:
    """Three steps on a phone, no account; the receipt's code."""
    with browsing(browser, portal, **PHONE) as watch:
        page = watch.page
        watch.go(f"/d/{world.door}/")
        fill(page, who="family", relation="mother", bed="16", patient_name=NAME)
        page.get_by_role("button", name="下一步").locator("visible=true").click()
        fill(page, needs=["emotional"], reason="孩子夜里不睡，说活着没意思")
        page.get_by_role("button", name="下一步").locator("visible=true").click()
        fill(page, name="王女士", phone="13812341234", call_when="any", agrees=True)
        page.get_by_role("button", name="提交").click()
        code = page.locator("[data-receipt]")
        expect(code).to_be_visible()
        watch.look(390)
        faults += watch.faults
        return code.inner_text().strip()


def _worker_claims(watch, world: World) -> None:
    """The inbox, the person, the mother who signs, the stay, the case."""
    page = watch.page
    watch.go("/workbench/")
    expect(page.locator("main")).to_contain_text("待接转介")
    watch.go("/cases/referrals/")
    page.get_by_role("button", name="接单").first.click()
    page.get_by_role("link", name="查找服务对象并开案").first.click()
    page.wait_for_url("**/cases/search/**")
    fill(page, name=NAME)
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator("#hits")).to_contain_text("没有找到")
    send(page, button="登记新服务对象")
    send(page, button="登记", sex="2", birth_date="2008-05-01", id_type="none", phone="13800138000")
    opening = page.url
    world.client = _last(opening, 2)
    watch.go(f"/cases/people/{world.client}/episodes/new/")
    admitted = timezone.localdate() - dt.timedelta(days=4)
    send(
        page,
        visit_type="inpatient",
        mrn="ZY20260009",
        disease_group="骨科",
        admitted_on=f"{admitted}",
    )
    page.goto(opening)
    # Who asked and for which stay is known already.
    expect(page.locator("[name=source]")).to_have_value("family_request")
    send(page, presenting_problem="夜里不睡，说活着没意思", priority="soon")
    world.case = _last(page.url)


def _supervisor_assigns(browser, portal: str, world: World, faults: list[str]) -> None:
    with browsing(browser, portal) as watch:
        sign_in(watch, "supervisor")
        watch.go(f"/cases/{world.case}/assign/")
        send(watch.page, worker=str(world.worker.uid))
        faults += watch.faults


def _consent_and_intake(watch, world: World) -> None:
    page, case = watch.page, f"/cases/{world.case}"
    watch.go(f"{case}/consents/new/?template={world.texts['service'].uid}")
    send(page, signer_relation="self", signer=NAME, method="paper_scan", agreed=True)
    watch.go(f"{case}/accept/")
    send(page, decision="open", urgency="soon", within_scope=True, privacy_notice_given=True)


def _screen_raises_alert(watch, world: World) -> None:
    """PHQ-9 with item 9 marked: the alert stands on the case and in the worker's day."""
    page, case = watch.page, f"/cases/{world.case}"
    watch.go(f"{case}/assessments/new/?questionnaire={world.phq9.uid}")
    answers = make.answers_for(world.phq9, item_9="1")
    typed = {f"item_{code}": value for code, value in answers.items()}
    send(page, is_final=True, interpretation="情绪低落，已约当面谈", **typed)
    watch.go("/workbench/")
    expect(page.locator(".riskbar")).to_contain_text("演")
    assert NAME not in page.content()


def _supervisor_handles_alert(browser, portal: str, world: World, faults: list[str]) -> None:
    """Told by the relay worker; takes it; writes F11, which ends it."""
    with as_person(world.supervisor):
        alert = RiskAlert.objects.get(case__uid=world.case)
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "supervisor")
        for _look in range(60):
            watch.go("/notifications/")
            if page.get_by_text("有新的风险警报").count():
                break
            page.wait_for_timeout(500)
        row = page.locator("li", has_text="有新的风险警报").first
        expect(row).to_contain_text("危机")
        assert NAME not in page.content()
        row.get_by_role("button", name="打开").click()
        page.wait_for_url(f"**/cases/{world.case}/")
        expect(page.locator("main")).to_contain_text("风险预警")
        page.get_by_role("button", name="我来处理").first.click()
        rest(page)
        watch.go(f"/cases/alerts/{alert.uid}/resolve/")
        send(
            page,
            event_type="self_harm",
            happened_on=timezone.localdate().isoformat(),
            report="当天面见，已告知主管医生与母亲，留人陪护。",
            outcome="seen_safe",
            notified=["doctor"],
        )
        watch.go("/notifications/")
        expect(page.locator("li", has_text="有新的风险警报").first).to_contain_text("已读")
        faults += watch.faults
    with as_person(world.supervisor):
        assert RiskAlert.objects.get(pk=alert.pk).state == "resolved"


def _needs_goals_plan(watch, world: World) -> None:
    page, case = watch.page, f"/cases/{world.case}"
    watch.go(f"{case}/needs/new/")
    send(page, category="emotional", statement="夜里睡不好，怕手术", voice="client", severity="4")
    # The step says what it lacks and leads there.
    watch.go(f"{case}/")
    page.get_by_role("link", name="需求预估表 F3 还没有定稿", exact=True).click()
    page.wait_for_url("**/forms/F3/")
    send(page, button="定稿", harm="thought", summary="情绪为主，母亲支持尚可")
    watch.go(f"{case}/assess/")
    send(page)
    with as_person(world.worker):
        need = Need.objects.get()
    watch.go(f"{case}/plans/new/")
    review = timezone.localdate() + dt.timedelta(days=14)
    send(
        page,
        aim="能安心手术，夜里能睡",
        review_due_on=f"{review}",
        **{
            "goal0-statement": "每晚睡够六小时",
            "goal0-indicator": "睡眠小时",
            "goal0-need": str(need.uid),
            "goal0-weight": "1",
        },
    )
    with as_person(world.worker):
        plan = Plan.objects.get()
    watch.go(f"/cases/plans/{plan.uid}/sign/")
    draw(page)
    send(page, signer_relation="self", signer=NAME)
    watch.go(f"/cases/plans/{plan.uid}/")
    page.get_by_role("button", name="提交督导审核").first.click()
    rest(page)


def _supervisor_signs(browser, portal: str, world: World, faults: list[str]) -> None:
    with as_person(world.supervisor):
        plan = Plan.objects.get()
    with browsing(browser, portal) as watch:
        sign_in(watch, "supervisor")
        watch.go("/workbench/")
        expect(watch.page.locator("main")).to_contain_text("审批服务计划")
        watch.go(f"/cases/plans/{plan.uid}/approve/")
        send(watch.page, comment="目标清楚，同意")
        faults += watch.faults


def _days_pass(run_as_owner) -> None:
    """Three days later: everything so far happened then."""
    run_as_owner("UPDATE cases_case SET opened_at = opened_at - interval '3 days'")


def _contacts_and_operation(watch, world: World, run_as_owner) -> None:
    """A contact before; the operation's date makes a gap in my day; a contact fills it."""
    page, case = watch.page, f"/cases/{world.case}"
    watch.go(f"{case}/start/")
    send(page)
    _days_pass(run_as_owner)
    today = timezone.localdate()
    before, operated = today - dt.timedelta(days=2), today - dt.timedelta(days=1)
    watch.go(f"{case}/contacts/new/")
    send(
        page,
        mode="interview",
        target="client",
        quick="45",
        occurred_on=f"{before}",
        facts="谈手术前的担心。",
    )
    watch.go("/workbench/")
    expect(page.locator("main")).not_to_contain_text("术后探望")
    watch.go(f"{case}/whole-course/day/")
    send(page, kind="operation", actual_on=f"{operated}")
    watch.go("/workbench/")
    expect(page.locator("main")).to_contain_text("术后探望")
    watch.go(f"{case}/contacts/new/")
    send(page, mode="ward_visit", target="client", quick="20", facts="术后第一天，能说笑。")
    watch.go("/workbench/")
    expect(page.locator("#my-day")).to_contain_text("个案里要做的")
    expect(page.locator("main")).not_to_contain_text("术后探望")
    with as_person(world.worker):
        assert Contact.objects.filter(case__uid=world.case).count() == 2


def _refer_out(watch, world: World) -> str:
    """Consent of that receiver, the draft, the sending; the one-time address."""
    page, case = watch.page, f"/cases/{world.case}"
    watch.go(f"{case}/consents/new/?template={world.texts['share_to_org'].uid}")
    every = page.locator("[name=items]").evaluate_all("all => all.map(one => one.value)")
    send(
        page,
        purpose="出院后由社区跟进",
        recipient_text=STATION,
        items=every,
        signer_relation="self",
        signer=NAME,
        method="paper_scan",
        agreed=True,
    )
    watch.go(f"{case}/refer/")
    send(
        page,
        to_text=STATION,
        needs=["social_support"],
        reason="出院后独自在家，请每周上门一次。",
        client_aware=True,
    )
    watch.go(f"/cases/referrals/out/{_last(page.url)}/send/")
    fill(page, basis="consent")
    page.get_by_role("button", name="发出").click()
    address = page.locator("[data-address]")
    expect(address).to_be_visible()
    return address.inner_text().strip()


def _body_answers(browser, portal: str, address: str, faults: list[str]) -> None:
    """Without an account, by the link; the name is there because it was consented."""
    with browsing(browser, portal, **PHONE) as watch:
        page = watch.page
        watch.go(urllib.parse.urlsplit(address).path)
        page.get_by_role("button", name="查看并回复").click()
        expect(page.locator("main")).to_contain_text("每周上门一次")
        fill(page, answer="accept", message="下周一起上门", who="社区 赵社工")
        page.get_by_role("button", name="回复", exact=True).click()
        expect(page.locator("main")).to_contain_text("已受理")
        faults += watch.faults


def _worker_hears(watch) -> None:
    page = watch.page
    for _look in range(60):
        watch.go("/notifications/?show=unread")
        if page.get_by_text("对方已受理转介").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.locator("main").inner_text())


def _evaluate_and_propose(watch, world: World) -> None:
    page, case = watch.page, f"/cases/{world.case}"
    with as_person(world.worker):
        goal = Goal.objects.get()
    watch.go(f"/cases/goals/{goal.uid}/rate/")
    send(page, gas="0")
    watch.go(f"{case}/evaluate/")
    send(page)
    watch.go(f"{case}/propose-closing/")
    send(page, summary="手术顺利，夜里能睡；社区接手。", satisfaction="5", client_informed=True)


def _supervisor_closes(browser, portal: str, world: World, faults: list[str]) -> None:
    with browsing(browser, portal) as watch:
        sign_in(watch, "supervisor")
        watch.go(f"/cases/{world.case}/close/")
        send(watch.page, reason="goals_met")
        faults += watch.faults


def _follow_up(watch, world: World) -> None:
    """A month later: the form of the follow-up closes its task."""
    page = watch.page
    watch.go("/workbench/")
    page.get_by_role("button", name="全部 ").click()
    expect(page.locator("#day")).to_contain_text("结案后跟进")
    watch.go(f"/cases/{world.case}/forms/F8/")
    send(
        page,
        button="定稿",
        done_on=f"{timezone.localdate()}",
        mode="phone",
        condition="better",
        has_new_need="no",
        story="已上学，每晚能睡七小时。",
    )


def test_a_call_for_help_goes_all_the_way(
    world, portal, celery_worker, browser, run_as_owner, faults
):
    code = _family_asks(browser, portal, world, faults)
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        _worker_claims(watch, world)
        _supervisor_assigns(browser, portal, world, faults)
        _consent_and_intake(watch, world)
        _screen_raises_alert(watch, world)
        _supervisor_handles_alert(browser, portal, world, faults)
        _needs_goals_plan(watch, world)
        _supervisor_signs(browser, portal, world, faults)
        _contacts_and_operation(watch, world, run_as_owner)
        address = _refer_out(watch, world)
        _body_answers(browser, portal, address, faults)
        _worker_hears(watch)
        _evaluate_and_propose(watch, world)
        _supervisor_closes(browser, portal, world, faults)
        assert (_case(world).stage, _case(world).gas_t) == ("closed", 50)
        _follow_up(watch, world)
        faults += watch.faults
    with browsing(browser, portal, **PHONE) as watch:
        watch.go("/r/")
        fill(watch.page, code=code)
        watch.page.locator("main form button.btn--primary").click()
        expect(watch.page.locator("main")).to_contain_text("已")
        faults += watch.faults
    assert faults == []
