"""The main job end to end: a worker's browser, a foundation's program, a cashier, a head and a report.

Real web server, real browser, API over HTTP, real report worker and beat, one committed database.
"""

import datetime as dt
import io
import json
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import expect

from cases.models.casework import Case
from cases.models.people import Client
from cases.models.work import Contact
from departments.services import outbox
from donations.models.requests import FundingRequest
from donations.services import reconciling
from donations.services.catalogue import LITTLE_ANGEL
from msw_portal.kernel.identifiers import id_check_digit
from msw_portal.kernel.scope import scope
from tests.browser.watching import browsing, sign_in
from tests.factories import cases as make
from tests.factories import donations as money
from tests.factories.donations import as_person
from tests.journeys.program import Program
from tests.journeys.typing_in import fill, send

NAME, ASKED, GIVEN = "演示小满", "30000", "28000.00"
BORN = dt.date(timezone.localdate().year - 6, 1, 1)
ID_NO = f"110101{BORN:%Y%m%d}002"
ID_NO += id_check_digit(ID_NO)


@dataclass
class World:
    """What stands before the first morning, and what the day makes."""

    people: money.People
    money: money.Money
    clients: dict[str, str]
    head: Any
    case: str = ""
    client: str = ""
    request: str = ""


@pytest.fixture
def world(own_database, person) -> World:
    people = money.People(
        *map(person, ("worker", "officer", "officer2", "approver", "cashier", "cashier2"))
    )
    with as_person(people.worker) as by:
        make.make_template(by)
        make.make_questionnaire(by)
    made = money.make_money(people, stages=[*LITTLE_ANGEL["stages"], "reconciled", "revisited"])
    money.give(people, made, "100000.00")
    house = people.officer.membership.organization
    clients = {}
    for name, duties, scopes in (
        ("checker", ("verify",), ("funding:read", "funding:review")),
        ("reviewer", ("review1", "review2"), ("funding:read", "funding:review")),
        ("approver", ("approve",), ("funding:read", "funding:approve")),
    ):
        with scope(org=house.pk, role="system"):
            client = money.make_api_client(
                house,
                duties=duties,
                scopes=scopes,
                limit="50000.00" if name == "approver" else None,
            )
        clients[name] = client.application.client_id
    return World(people, made, clients, person("head"))


def _picture(path: Path, colour: str) -> Path:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    return path


def _last(url: str, back: int = 1) -> str:
    return urllib.parse.urlsplit(url).path.strip("/").split("/")[-back]


def _register(watch, world: World) -> None:
    """Referral, search before create, the child, the guardian, the stay, the case."""
    page = watch.page
    watch.go("/cases/referrals/new/")
    send(
        page,
        from_text="护士长 电话",
        reason="押金不够，家长夜里睡不好",
        needs=["financial"],
        urgency="urgent",
        client_aware=True,
    )
    page.get_by_role("button", name="接单").click()
    page.get_by_role("link", name="查找服务对象并开案").click()
    page.wait_for_url("**/cases/search/**")
    fill(page, name=NAME, id_no=ID_NO)
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator("#hits")).to_contain_text("没有找到")
    send(page, button="登记新服务对象")
    expect(page.locator("[name=name]")).to_have_value(NAME)
    send(page, button="登记", sex="2", phone="13800138000")
    open_page = page.url
    world.client = _last(open_page, 2)
    watch.go(f"/cases/people/{world.client}/related/new/")
    send(page, name="演示母", relation="mother", flags=["is_guardian"])
    watch.go(f"/cases/people/{world.client}/episodes/new/")
    send(
        page,
        visit_type="inpatient",
        mrn="ZY20260001",
        disease_group="白血病",
        admitted_on=timezone.localdate().isoformat(),
    )
    page.goto(open_page)
    send(page, source="clinician_referral", presenting_problem="押金不够", priority="soon")
    world.case = _last(page.url)
    page.get_by_role("button", name="我来接手").click()
    expect(page.locator("main")).to_contain_text("主责 测试worker")


def _consents(watch, world: World) -> None:
    page, case = watch.page, f"/cases/{world.case}"
    signed = {
        "signer_relation": "mother",
        "signer": "演示母",
        "guardian_proof": "household_register",
        "method": "paper_scan",
        "agreed": True,
    }
    with as_person(world.people.worker) as by:
        texts = {kind: make.make_template(by, kind).uid for kind in ("service", "share_to_org")}
    watch.go(f"{case}/consents/new/?template={texts['service']}")
    send(page, **signed)
    watch.go(f"{case}/consents/new/?template={texts['share_to_org']}")
    every = page.locator("[name=items]").evaluate_all("all => all.map(one => one.value)")
    house = world.people.officer.membership.organization.uid
    send(page, purpose="救助审核", recipient=house, items=every, **signed)


def _casework(watch, world: World, folder: Path) -> None:
    """F1, need, first assessment, F3, two contacts, two documents."""
    page, case = watch.page, f"/cases/{world.case}"
    watch.go(f"{case}/accept/")
    send(page, decision="open", urgency="soon", within_scope=True, privacy_notice_given=True)
    watch.go(f"{case}/needs/new/")
    send(page, category="financial", statement="住院押金不够", voice="client", severity="5")
    with as_person(world.people.worker) as by:
        screen = make.make_questionnaire(by)
        answers = {f"item_{code}": value for code, value in make.answers_for(screen).items()}
    watch.go(f"{case}/assessments/new/?questionnaire={screen.uid}")
    send(page, is_final=True, interpretation="费用压力为主", **answers)
    watch.go(f"{case}/forms/F3/")
    send(page, button="定稿", harm="none", summary="经济困难为主，家庭支持尚可")
    watch.go(f"{case}/assess/")
    send(page)
    for facts in ("床旁面谈，核对费用清单。", "与母亲商量照顾安排。"):
        watch.go(f"{case}/contacts/new/")
        send(page, mode="interview", target="parent", quick="45", facts=facts)
    with as_person(world.people.worker):
        assert Contact.objects.filter(case__uid=world.case).count() == 2
    for kind, colour in (("diagnosis_certificate", "white"), ("economic_proof", "grey")):
        watch.go(f"{case}/documents/new/")
        send(page, kind=kind, file=str(_picture(folder / f"{kind}.png", colour)))


def _put_paper(page, kind: str, file: str | None = None) -> None:
    """Choose the case's own file for a paper, or send a new one."""
    row = page.locator(f"#paper-{kind}")
    row.locator("summary").click()
    if file:
        row.locator("[name=file]").set_input_files(file)
    else:
        choices = row.locator("[name=document] option").evaluate_all(
            "all => all.map(one => one.value)"
        )
        row.locator("[name=document]").select_option([one for one in choices if one][0])
    with page.expect_response(lambda answer: answer.url.endswith("/documents/")) as answered:
        row.locator("button").click()
    assert answered.value.status == 200, answered.value.text()


def _ask_for_money(watch, world: World) -> None:
    page = watch.page
    watch.go(f"/funding/requests/new/{world.case}/")
    expect(page.locator("main")).to_contain_text("小天使基金")
    page.get_by_role("button", name="用这个项目申请").click()
    page.wait_for_url("**/edit/")
    world.request = _last(page.url, 2)
    for kind in ("diagnosis_certificate", "economic_proof"):
        _put_paper(page, kind)
    fill(
        page,
        cost_total="120,000.00",
        cost_basic="５００００",
        cost_critical="10000",
        household_size="4",
        monthly_income="4800",
        welfare_status="subsistence",
        story="演示：父亲务工收入不稳定。",
        relation="mother",
        requested=ASKED,
        treatment_plan="两个疗程化疗",
    )
    expect(page.locator("#sum")).to_contain_text("60,000.00")
    page.get_by_role("button", name="保存并核对送出").click()
    page.wait_for_url("**/submit/")
    send(page, button="送出给", truthful=True, no_related_party=True)
    expect(page.locator("main")).to_contain_text("已提交")


def _foundation_asks(program: Program, world: World) -> None:
    """List, filter, read the consented copy, ask for a paper."""
    for query in ("", "?state=submitted", "?amount_min=30000&amount_max=30000"):
        status, body, _headers = program.ask(query)
        assert (status, [row["uid"] for row in body["items"]]) == (200, [world.request]), query
    assert program.ask("?state=approved")[1]["items"] == []
    status, body, headers = program.ask(f"{world.request}/")
    assert (status, body["state"], body["requested"]) == (200, "submitted", "30000.00")
    assert body["disclosed"]["review"]["costs"]["gap"] == "60000.00"
    text = json.dumps(body, ensure_ascii=False)
    for secret in (NAME, ID_NO, "13800138000", "演示母"):
        assert secret not in text
    assert program.ask(f"{world.request}/check/", {}, If_Match='"old"')[0] == 412
    status, problem, _headers = program.ask(f"{world.request}/check/", {})
    assert (status, problem["type"]) == (428, "urn:msw:problem:if_match_required")
    assert program.do(world.request, "check", {})["state"] == "document_check"
    asked = {"items": ["economic_proof"], "message": "请补充盖章的经济证明"}
    assert program.do(world.request, "request-supplement", asked)["state"] == "supplement_required"


def _supplement(watch, world: World, folder: Path) -> None:
    page = watch.page
    watch.go(f"/funding/requests/{world.request}/")
    expect(page.locator("main")).to_contain_text("请补充盖章的经济证明")
    _put_paper(page, "economic_proof", str(_picture(folder / "stamped.png", "red")))
    watch.go(f"/funding/requests/{world.request}/supplement/")
    send(page, message="已补盖章的证明")
    expect(page.locator("main")).to_contain_text("材料审核")


def _foundation_decides(portal: str, world: World) -> None:
    """Another client reviews and proposes, a third approves within its limit; a replay changes nothing."""
    checker, reviewer, approver = (Program(portal, world.clients[name]) for name in world.clients)
    body = checker.ask(f"{world.request}/")[1]
    assert (body["disclosed"]["version"], body["messages"][-1]["side"]) == (2, "hospital")
    assert checker.do(world.request, "check", {"complete": True})["state"] == "first_review"
    reviewed = reviewer.do(world.request, "review", {"opinion": "符合条件", "amount": "25000"})
    assert (reviewed["state"], reviewed["proposed"]) == ("proposed", "25000.00")
    assert reviewer.do(world.request, "propose", {"amount": GIVEN})["proposed"] == GIVEN
    tag = approver.ask(f"{world.request}/")[2]["ETag"]
    path, key = f"{world.request}/approve/", "journey-approve-1"
    over = approver.ask(path, {"amount": "60000.00"}, If_Match=tag)
    assert over[0] in {403, 422}, over
    said = {"amount": GIVEN, "opinion": "按余额安排"}
    first = approver.ask(path, said, If_Match=tag, Idempotency_Key=key)
    again = approver.ask(path, said, If_Match=tag, Idempotency_Key=key)
    assert (first[0], first[1]["state"], first[1]["approved"]) == (200, "approved", GIVEN)
    assert (again[0], again[1], again[2]["Idempotency-Replayed"]) == (200, first[1], "true")


def _pay(browser, portal: str, world: World, faults: list[str]) -> None:
    with browsing(browser, portal) as watch:
        sign_in(watch, "cashier")
        watch.go(f"/funding/review/{world.request}/prepare/")
        expect(watch.page.locator("[name=payee_account]")).to_have_value("测试第一医院")
        send(watch.page, payee_bank="演示银行", payee_number="6200000000000000")
        watch.go("/funding/disbursements/")
        expect(watch.page.locator("main")).to_contain_text("28,000.00")
        faults += watch.faults
    with as_person(world.people.cashier):
        disbursement = FundingRequest.objects.get(uid=world.request).disbursements.get().uid
    code = money.code_for(world.people.cashier2)
    with browsing(browser, portal) as watch:
        sign_in(watch, "cashier2")
        watch.go(f"/funding/disbursements/{disbursement}/release/")
        send(watch.page, voucher_no="V-1", totp_code=code)
        expect(watch.page.locator("main")).to_contain_text("已拨付")
        faults += watch.faults


def _account_for(browser, watch, world: World, faults: list[str]) -> None:
    """The money has arrived; bills cover what was used, the rest comes back, and the family is visited again."""
    page, own = watch.page, f"/funding/requests/{world.request}"
    today = f"{timezone.localdate():%Y-%m-%d}"
    with as_person(world.people.worker):
        paid = FundingRequest.objects.get(uid=world.request).disbursements.get().uid
    watch.go(f"/funding/disbursements/{paid}/confirm/")
    send(page, paid_on=today)
    watch.go(f"{own}/invoice/")
    send(page, number="YL-演示-001", issued_on=today, amount="27000.00")
    with browsing(browser, watch.portal) as foundation:
        desk = foundation.page
        sign_in(foundation, "officer")
        foundation.go(f"/funding/review/{world.request}/reconcile/")
        desk.locator("main form button.btn--primary").last.click()
        expect(desk.locator("main")).to_contain_text("票据比实际支付少 1,000.00 元")
        faults += foundation.faults
    with browsing(browser, watch.portal) as counter:
        sign_in(counter, "cashier")
        counter.go(f"/funding/disbursements/{paid}/refund/")
        send(counter.page, amount="1000.00", received_on=today, reason="出院结算有余款")
        faults += counter.faults
    with browsing(browser, watch.portal) as foundation:
        sign_in(foundation, "officer")
        foundation.go(f"/funding/review/{world.request}/reconcile/")
        send(foundation.page)
        faults += foundation.faults
    while outbox.relay_once():
        pass
    watch.go(f"{own}/revisit/")
    send(page, done_on=today, outcome="in_treatment", use="用于手术押金，手术按期完成")
    with browsing(browser, watch.portal) as foundation:
        sign_in(foundation, "officer")
        foundation.go(f"/funding/review/{world.request}/close/")
        send(foundation.page)
        expect(foundation.page.locator("main")).to_contain_text("用于手术押金，手术按期完成")
        faults += foundation.faults
    with as_person(world.people.worker):
        assert FundingRequest.objects.get(uid=world.request).state == "closed"


def _books(run_as_owner, expected: str) -> None:
    """Every journal sums to zero, every recomputation agrees, the fund has what is left."""
    assert run_as_owner("SELECT coalesce(sum(amount), 0)::text FROM donations_ledgerentry") == [
        ("0.00",)
    ]
    for name, query in reconciling.QUERIES.items():
        assert run_as_owner(query.replace("%", "%%")) == [], name
    assert run_as_owner(
        "SELECT sum(balance)::text FROM donations_ledgeraccount WHERE kind = 'available'"
    ) == [(expected,)]


def _withdraw(watch, world: World, portal: str) -> None:
    page = watch.page
    with as_person(world.people.worker):
        consent = FundingRequest.objects.get(uid=world.request).consent.uid
    watch.go(f"/cases/consents/{consent}/withdraw/")
    send(page, button="撤回同意", withdrawn_by="mother", reason="母亲当面提出，不再提供信息")
    body = Program(portal, world.clients["checker"]).ask(f"{world.request}/")[1]
    assert body["disclosed"] == {"version": None, "review": None, "identity": None}
    assert [row["href"] for row in body["documents"] if row["href"]] == []
    assert "父亲务工" not in json.dumps(body, ensure_ascii=False)


def _report(browser, portal: str, world: World, faults: list[str]) -> None:
    """The dashboard counts the case; the worker builds the report; its figures are the dashboard's."""
    with as_person(world.people.worker):
        number = Case.objects.get(uid=world.case).number
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "head")
        watch.go("/reports/")
        opened = page.locator("a.stat", has_text="在案个案")
        expect(opened.locator("b")).to_contain_text("1")
        opened.click()
        expect(page.locator("main")).to_contain_text(number)
        watch.go("/reports/runs/")
        send(page, kind="monthly", period=f"month:{timezone.localdate():%Y-%m}-01")
        page.locator("#run", has_text="已完成").wait_for(timeout=120_000)
        files = {}
        for label in ("下载 XLSX", "下载 PDF"):
            with page.expect_download() as download:
                page.get_by_role("link", name=label).click()
            files[label[-4:].strip()] = Path(download.value.path()).read_bytes()
        faults += watch.faults
    assert files["PDF"].startswith(b"%PDF-")
    book = load_workbook(io.BytesIO(files["XLSX"]))
    summary = {row[0].value: row[1].value for row in book["概况"].iter_rows(min_row=5)}
    assert (summary["在案个案"], summary["新开个案"], summary["识别的需求"]) == (1, 1, 1)
    aid = {row[0].value: (row[1].value, row[2].value) for row in book["救助"].iter_rows(min_row=5)}
    assert sorted(amount for _count, amount in aid.values() if amount) == [28000, 28000, 30000], aid


def test_the_main_job_from_referral_to_monthly_report(
    world, portal, celery_worker, browser, run_as_owner, tmp_path
):
    faults: list[str] = []
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        _register(watch, world)
        _consents(watch, world)
        _casework(watch, world, tmp_path)
        _ask_for_money(watch, world)
        _foundation_asks(Program(portal, world.clients["checker"]), world)
        _supplement(watch, world, tmp_path)
        _foundation_decides(portal, world)
        _books(run_as_owner, "72000.00")
        _pay(browser, portal, world, faults)
        _books(run_as_owner, "72000.00")
        _account_for(browser, watch, world, faults)
        _books(run_as_owner, "73000.00")
        _withdraw(watch, world, portal)
        faults += watch.faults
    _report(browser, portal, world, faults)
    with as_person(world.people.worker):
        assert Client.objects.get(uid=world.client).name == NAME
    assert faults == []
