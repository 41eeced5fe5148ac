"""The asking side in the browser: send, answer, take back, and what its list and panels say."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.services.consents import consent_withdraw
from departments.models.mechanisms import Message
from donations.models.requests import FundingRequest
from donations.services.review import request_ask_supplement, request_check
from tests.donations.pages import fields, text, url
from tests.factories import cases
from tests.factories import donations as made

pytestmark = pytest.mark.django_db
PDF = made.PDF


@pytest.fixture
def draft(people, money):
    return made.make_draft(people, money, with_papers=False)


@pytest.fixture
def desk(worker, client_for):
    return client_for(worker)


def _again(people, asked, acting):
    with acting(people.worker):
        return FundingRequest.objects.select_related("sheet").get(pk=asked.request.pk)


# ── sending ──────────────────────────────────────────────────────────────────


def test_the_last_page_lists_what_is_missing_and_does_not_send(desk, draft, people, acting):
    page = text(desk.get(url("request_submit", draft.request.uid)))
    assert "还差 2 项" in page
    assert "缺少必备材料：诊断证明书" in page
    answer = desk.post(
        url("request_submit", draft.request.uid),
        {"consent": draft.consent.uid, "truthful": "on", "no_related_party": "on"},
    )
    assert answer.status_code == 422
    assert "缺少必备材料：诊断证明书。" in text(answer)
    assert _again(people, draft, acting).state == "draft"


def test_without_the_consent_the_page_says_where_to_sign_and_refuses(desk, people, money, acting):
    asked = made.make_draft(people, money)
    with acting(people.worker):
        consent_withdraw(
            consent=asked.consent, reason="家庭改变主意", withdrawn_by="mother", by=people.worker
        )
    page = desk.get(url("request_submit", asked.request.uid))
    assert "“向这家基金会提供信息”还没有签署" in text(page)
    assert f"/cases/{asked.case.uid}/consents/new/?template=" in page.content.decode()
    answer = desk.post(
        url("request_submit", asked.request.uid), {"truthful": "on", "no_related_party": "on"}
    )
    assert answer.status_code == 422
    assert "还没有向这家基金会提供信息的有效同意，不能送出。" in text(answer)
    withdrawn = desk.post(
        url("request_submit", asked.request.uid),
        {"consent": asked.consent.uid, "truthful": "on", "no_related_party": "on"},
    )
    assert withdrawn.status_code == 422
    assert _again(people, asked, acting).state == "draft"


def test_declarations_are_two_ticks_never_set_beforehand(desk, people, money, acting):
    asked = made.make_draft(people, money)
    page = desk.get(url("request_submit", asked.request.uid)).content.decode()
    assert "checked" not in page
    answer = desk.post(
        url("request_submit", asked.request.uid), {"consent": asked.consent.uid, "truthful": "on"}
    )
    assert answer.status_code == 422
    assert "请确认申请人已声明没有利害关系。" in text(answer)
    assert _again(people, asked, acting).state == "draft"


def test_more_than_the_gap_or_the_cap_is_refused_before_sending(desk, people, money, acting):
    over_cap = made.make_draft(people, money, requested="50000.01")
    page = text(desk.get(url("request_submit", over_cap.request.uid)))
    assert "金额不能超过项目上限" in page
    answer = desk.post(
        url("request_submit", over_cap.request.uid),
        {"consent": over_cap.consent.uid, "truthful": "on", "no_related_party": "on"},
    )
    assert answer.status_code == 422
    assert _again(people, over_cap, acting).state == "draft"


def test_a_double_click_sends_once(desk, people, money, acting):
    asked = made.make_draft(people, money)
    once = desk.get(url("request_submit", asked.request.uid)).context["form"]["once"].value()
    given = {"consent": asked.consent.uid, "truthful": "on", "no_related_party": "on", "once": once}
    first, second = (desk.post(url("request_submit", asked.request.uid), given) for _n in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    sent = _again(people, asked, acting)
    assert (sent.state, sent.number.endswith("0001")) == ("submitted", True)


def test_sending_shows_what_the_foundation_will_read_and_nothing_else(desk, people, money):
    asked = made.make_draft(people, money)
    page = text(desk.get(url("request_submit", asked.request.uid)))
    assert "4–6 岁" in page
    assert "收入不稳定" in page
    assert "演示患儿" not in page


# ── afterwards ───────────────────────────────────────────────────────────────


@pytest.fixture
def returned(people, money, acting):
    asked = made.make_submitted(people, money)
    with acting(people.officer):
        request_check(request=asked.request, by=people.officer)
        request_ask_supplement(
            request=asked.request, items=["economic_proof"], message="缺街道盖章", by=people.officer
        )
    return asked


def test_a_supplement_is_asked_shown_and_answered(
    desk, returned, people, acting, client_for, officer
):
    page = text(desk.get(url("request", returned.request.uid)))
    assert "基金会要求补件" in page
    assert "缺街道盖章" in page
    refused = desk.post(url("request_supplement", returned.request.uid), {"message": "已补"})
    assert refused.status_code == 422
    assert "还有要求补充的材料没有上传。" in text(refused)
    upload = SimpleUploadedFile("新证明.pdf", PDF, content_type="application/pdf")
    desk.post(
        url("request_document", returned.request.uid), {"type": "economic_proof", "file": upload}
    )
    assert (
        desk.post(
            url("request_supplement", returned.request.uid), {"message": "已补盖章"}
        ).status_code
        == 302
    )
    assert _again(people, returned, acting).state == "document_check"
    assert "已补盖章" in text(client_for(officer).get(url("review", returned.request.uid)))


def test_what_waits_stands_on_the_workbench(desk, returned):
    panel = text(desk.get(url("panel_requests")))
    assert "待补件" in panel
    assert "剩" in panel


def test_taking_back_needs_a_reason_and_happens_once(desk, people, money, acting):
    asked = made.make_submitted(people, money)
    where = url("request_withdraw", asked.request.uid)
    short = desk.post(where, {"reason": "不"})
    assert short.status_code == 422
    assert "至少 5 个字" in text(short)
    assert desk.post(where, {"reason": "家庭已得到单位资助"}).status_code == 302
    again = desk.post(where, {"reason": "家庭已得到单位资助"})
    assert again.status_code == 422
    assert "当前状态是“已撤回”" in text(again)


def test_messages_are_read_by_both_sides_and_empty_ones_refused(
    desk, people, money, client_for, officer, acting
):
    asked = made.make_submitted(people, money)
    assert (
        desk.post(url("request_say", asked.request.uid), {"body": "费用清单周一出"}).status_code
        == 302
    )
    empty = desk.post(
        url("request_say", asked.request.uid), {"body": "  "}, headers={"HX-Request": "true"}
    )
    assert empty.status_code == 422
    assert "请写下要说的话。" in text(empty)
    assert "费用清单周一出" in text(client_for(officer).get(url("review", asked.request.uid)))
    with acting(people.worker):
        assert (
            Message.objects.filter(
                subject_id=asked.request.pk, subject_kind="fundingrequest"
            ).count()
            == 1
        )


def test_nothing_is_written_to_a_foundation_that_has_not_got_the_request(desk, draft):
    answer = desk.post(url("request_say", draft.request.uid), {"body": "你好"})
    assert answer.status_code == 409


def test_the_case_panel_is_a_sum_down_to_the_gap(desk, people, money):
    asked = made.make_approved(people, money, amount="20000.00")
    page = text(desk.get(url("case_panel", asked.case.uid)))
    assert "总费用" in page
    assert "120,000.00" in page
    assert "已批准 20,000.00" in page
    assert "剩余缺口 40,000.00" in page
    assert "已批准" in page


def test_a_case_without_costs_says_what_to_do_first(desk, people, acting):
    with acting(people.worker):
        case = cases.make_case(people.worker)
    page = text(desk.get(url("case_panel", case.uid)))
    assert "还没有费用明细" in page
    assert "申请救助" in page


def test_the_list_counts_by_progress_and_an_empty_one_says_what_to_do(
    desk, client_for, worker2, people, money
):
    made.make_draft(people, money)
    page = text(desk.get(url("requests")))
    assert "待我办 1" in page
    assert "还没有救助申请" in text(client_for(worker2).get(url("requests")))


def test_a_dead_session_loses_nothing_that_was_kept(desk, draft):
    typed = fields(story="演示：登录超时前的一句")
    desk.post(f"/drafts/donations-request/{draft.request.uid}/", typed)
    session = desk.session
    session["seen_at"] = int((timezone.now() - dt.timedelta(days=1)).timestamp())
    session.save()
    answer = desk.post(url("request_edit", draft.request.uid), typed)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?next=")


def test_the_list_narrows_by_amount_and_an_empty_tab_keeps_its_tabs(desk, people, money):
    made.make_draft(people, money, requested="20000.00")
    made.make_draft(people, money, requested="30000.00")
    page = text(desk.get(url("requests") + "?amount_min=２５０００"))
    assert "30,000.00" in page
    assert "20,000.00" not in page
    assert "有的条件看不懂" in text(desk.get(url("requests") + "?amount_min=-1"))
    ended = text(desk.get(url("requests") + "?show=ended"))
    assert "没有符合条件的申请。" in ended
    assert "待我办 2" in ended
