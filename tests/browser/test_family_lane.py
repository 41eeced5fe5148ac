"""A family on a phone: the code, a missing paper, the decision, a second look, its answer."""

import os
import re

from playwright.sync_api import expect

from donations.models.appeals import Appeal
from donations.models.lane import FamilyPaper
from donations.services import appeals, family_side, requests, review
from donations.services.family_lane import lane_code_create
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories.donations import PDF, People, as_person, make_money, make_submitted

SHOTS = os.environ.get("MSW_SHOTS", "")
GROUNDS = "诊断证明里写明了高危分型，审核时没有看到，请重新看一遍。"
ANSWER = "重新看了诊断证明，确认是高危分型，符合条件，退回重新审核。"


def _shot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def _staff(browser, portal, user, path, name) -> None:
    with browsing(browser, portal) as watch:
        sign_in(watch, user.username)
        watch.go(path)
        for size in (WIDE, NARROW):
            watch.look(size["width"])
            _shot(watch.page, f"{name}-{size['width']}")
        assert watch.faults == []


def test_a_family_follows_its_request_and_has_it_looked_at_again(portal, browser, person, tmp_path):
    names = ("worker", "officer", "officer2", "approver", "cashier", "cashier2")
    people = People(*(person(name) for name in names))
    sent = make_submitted(people, make_money(people))
    with as_person(people.worker) as by:
        code = lane_code_create(request=sent.request, by=by).code
    with as_person(people.officer) as by:
        review.request_check(request=sent.request, by=by)
        review.request_ask_supplement(
            request=sent.request, items=["economic_proof"], message="请补盖章的证明", by=by
        )
    paper = tmp_path / "证明.pdf"
    paper.write_bytes(PDF)
    with browsing(browser, portal, viewport=NARROW) as watch:
        page = watch.page
        watch.go("/aid/")
        page.get_by_label("查询码").fill(f"{code[:4]}-{code[4:8]} {code[8:].lower()}")
        page.get_by_role("button", name="查看").click()
        expect(page.get_by_role("heading", name="还缺的材料")).to_be_visible()
        page.get_by_role("button", name="送出这份材料").click()
        expect(page.get_by_text("请选择照片或文件。")).to_be_visible()
        _shot(page, "lane-missing")
        page.locator("input[type=file]").first.set_input_files(str(paper))
        page.get_by_role("button", name="送出这份材料").click()
        expect(page.get_by_text("已经收到，等社工查看。")).to_be_visible()
        page.get_by_label("给社工留言").fill("原件明天送到办公室")
        page.get_by_role("button", name="送出留言").click()
        expect(page.get_by_text("留言已送到")).to_be_visible()
        with as_person(people.worker) as by:
            family_side.family_paper_take(paper=FamilyPaper.objects.get(), by=by)
            requests.request_supplement(request=sent.request, by=by)
            family_side.family_message_write(request=sent.request, body="好的，收到了。", by=by)
        with as_person(people.officer2) as by:
            review.request_reject_ineligible(
                request=sent.request, reason="材料没有说明分型。", by=by
            )
        watch.go(f"/aid/{code}/")
        expect(page.get_by_text("材料没有说明分型。")).to_be_visible()
        page.get_by_role("button", name="我看到了这个决定").click()
        expect(page.get_by_text(re.compile("可以在 .* 前申请复核"))).to_be_visible()
        page.get_by_text("申请复核，或投诉办理过程").click()
        page.get_by_label("申请复核", exact=True).check()
        page.get_by_label("理由").fill("不服")
        page.locator("#appeal").get_by_role("button", name="送出").click()
        expect(page.get_by_text(re.compile("至少 10 个字"))).to_be_visible()
        page.get_by_label("理由").fill(GROUNDS)
        page.locator("#appeal").get_by_role("button", name="送出").click()
        expect(page.get_by_text("已经送出。受理和答复都会写在这里。")).to_be_visible()
        watch.look(NARROW["width"])
        _shot(page, "lane-appeal")
        with as_person(people.approver) as by:
            one = Appeal.objects.get()
            appeals.appeal_answer(appeal=one, outcome="upheld", answer=ANSWER, by=by)
        watch.go(f"/aid/{code}/?lang=en")
        expect(page.get_by_text(ANSWER)).to_be_visible()
        _shot(page, "lane-english")
        assert watch.faults == []
    if SHOTS:
        request = f"/funding/requests/{sent.request.uid}/"
        _staff(browser, portal, people.worker, request, "request")
        _staff(browser, portal, people.worker, f"{request}lane/", "lane-code")
        review_page = f"/funding/review/{sent.request.uid}/"
        _staff(browser, portal, people.approver, review_page, "review")
        _staff(browser, portal, people.approver, f"/funding/appeals/{one.uid}/", "appeal")
        _staff(browser, portal, people.approver, "/funding/appeals/", "appeals")
        compare = f"/funding/compare/{sent.request.uid}/"
        _staff(browser, portal, people.approver, compare, "compare")
