"""The foundation's desk: board, review, decisions, and what is refused on each."""

import html
import re

import pytest

from cases.services.consents import consent_withdraw
from departments.models.trail import AuditEntry
from donations.models.requests import FundingAct, FundingRequest
from donations.services import review
from donations.views import lanes
from msw_portal.kernel.scope import scope
from tests.donations.pages import text, url
from tests.factories import donations as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(people, money):
    return made.make_submitted(people, money)


@pytest.fixture
def proposed(people, money):
    return made.make_proposed(people, money)


def _now(people, asked, acting):
    with acting(people.officer):
        return FundingRequest.objects.get(pk=asked.request.pk)


# ── board and list ───────────────────────────────────────────────────────────


def test_the_board_counts_and_sums_by_stage(client_for, officer, people, money):
    made.make_submitted(people, money, requested="20000.00")
    made.make_submitted(people, money, requested="16000.00")
    made.make_proposed(people, money)
    page = text(client_for(officer).get(url("board")))
    assert "待受理 2 36,000.00 元" in page
    assert "待批准 1 30,000.00 元" in page
    assert "3 件 · 3 人 · 申请合计 66,000.00 元" in page


def test_the_board_narrows_by_the_apis_own_conditions_and_says_what_it_cannot_read(
    client_for, officer, people, money
):
    made.make_submitted(people, money, requested="20000.00")
    desk = client_for(officer)
    assert "0 件" in text(desk.get(url("board") + "?amount_min=20000.01"))
    assert "1 件" in text(desk.get(url("board") + "?amount_min=２００００"))
    assert "1 件" in text(desk.get(url("board") + f"?programme={money.version.uid}"))
    assert "0 件" in text(desk.get(url("board") + f"?programme={money.fund.uid}"))
    strange = text(desk.get(url("board") + "?amount_min=abc&view=list"))
    assert "有的条件看不懂" in strange
    assert "1 件" in strange


def test_only_what_i_can_do_hides_the_rest(client_for, officer, approver, sent, proposed):
    assert "1 件" in text(client_for(approver).get(url("board") + "?mine=1"))
    assert sent.request.number in text(client_for(officer).get(url("board") + "?mine=1&view=list"))
    assert sent.request.number not in text(
        client_for(approver).get(url("board") + "?mine=1&view=list")
    )


def test_a_lane_goes_on_where_it_ended(client_for, officer, people, money, monkeypatch):
    monkeypatch.setattr(lanes, "LANE_SIZE", 1)
    for _n in range(3):
        made.make_submitted(people, money)
    desk, seen = client_for(officer), []
    page = desk.get(url("board")).content.decode()
    while True:
        seen += re.findall(r'name="row" value="([^"]+)"', page)
        following = re.search(r'hx-get="([^"]*board/lane/[^"]+)"', page)
        if following is None:
            break
        page = desk.get(
            html.unescape(following[1]), headers={"HX-Request": "true"}
        ).content.decode()
    assert len(seen) == len(set(seen)) == 3
    assert desk.get(url("board_lane", "none")).status_code == 404


def test_several_at_once_each_with_its_own_outcome(
    client_for, officer, officer2, cashier, people, money, acting
):
    sent = [made.make_submitted(people, money) for _n in range(2)]
    proposed = made.make_proposed(people, money)
    desk = client_for(officer)
    uids = "".join(f"&row={one.request.uid}" for one in (*sent, proposed))
    address = url("board_together", "check") + f"?row=nonsense{uids}"
    assert "受理 3 件" in text(desk.get(address))
    page = text(desk.post(address, {}))
    assert "受理：办了 2 件，没办 1 件" in page
    assert "当前状态是" in page
    states = [_now(people, one, acting).state for one in (*sent, proposed)]
    assert states == ["document_check", "document_check", "proposed"]
    asked = desk.post(url("board_together", "supplement") + f"?{uids}", {"message": "缺盖章"})
    assert "没办 3 件" in text(asked)
    given = {"officer": str(officer2.uid)}
    page = text(desk.post(url("board_together", "assign") + f"?{uids}", given))
    # Who has reviewed cannot approve, and an officer's role does not.
    assert "指派：办了 2 件，没办 1 件" in page
    assert "此人的角色办不了这一步。" in page
    assert f"经办 {officer2.display_name}" in text(desk.get(url("board")))
    assert "2 件" in text(desk.get(url("board") + f"?handler={officer2.uid}"))
    assert desk.post(url("board_together", "check"), {}).status_code == 422
    assert client_for(cashier).get(address).status_code == 404


def test_the_hospitals_board_shows_its_own_cases(client_for, worker, head, people, money):
    made.make_draft(people, money)
    made.make_submitted(people, money, requested="20000.00")
    page = text(client_for(worker).get(url("requests") + "?view=board"))
    assert "草稿 1 30,000.00 元" in page
    assert "基金会审核 1 20,000.00 元" in page
    led = client_for(head).get(url("requests") + f"?view=board&worker={worker.uid}")
    assert "基金会审核 1" in text(led)
    none = client_for(head).get(url("requests") + f"?view=board&worker={head.uid}")
    assert "基金会审核 0" in text(none)


def test_a_ticket_opens_beside_the_board_without_being_read(client_for, officer, sent, foundation):
    address = url("board") + f"?open={sent.request.uid}"
    panel = client_for(officer).get(address, headers={"HX-Request": "true"})
    assert "<html" not in panel.content.decode()
    assert "缺口怎么算" in text(panel)
    assert "缺口怎么算" in text(client_for(officer).get(address))
    with scope(org=foundation.pk, role="auditor"):
        assert not AuditEntry.objects.filter(action="funding_request.read").exists()


def test_a_strangers_ticket_does_not_open(client_for, other_officer, sent):
    page = client_for(other_officer).get(url("board") + f"?open={sent.request.uid}")
    assert page.status_code == 200
    assert sent.request.number not in page.content.decode()


# ── the review page ──────────────────────────────────────────────────────────


def test_opening_the_page_is_an_event_with_its_reader(client_for, officer, sent, foundation):
    assert client_for(officer).get(url("review", sent.request.uid)).status_code == 200
    with scope(org=foundation.pk, role="auditor"):
        read = AuditEntry.objects.get(action="funding_request.read")
    assert (read.actor_id, read.subject_uid) == (officer.pk, sent.request.uid)


def test_the_page_shows_all_limits_and_marks_the_smallest(client_for, officer, sent):
    page = client_for(officer).get(url("review", sent.request.uid)).content.decode()
    marked = [row for row in page.split("<tr")[1:] if "badge--accent" in row and "最小" in row]
    assert len(marked) == 1
    assert "申请金额" in marked[0]
    assert "30,000.00" in marked[0]
    assert "基金可用余额" in page
    assert "100,000.00" in page


def test_a_closed_step_says_who_takes_it(client_for, cashier, sent):
    page = text(client_for(cashier).get(url("review", sent.request.uid)))
    assert "由基金会经办办理。" in page


def test_the_page_of_a_withdrawn_consent_says_so_and_holds(
    client_for, officer, sent, people, acting
):
    with acting(people.worker):
        consent_withdraw(
            consent=sent.consent, reason="家庭改变主意", withdrawn_by="mother", by=people.worker
        )
    page = text(client_for(officer).get(url("review", sent.request.uid)))
    assert "资料已撤回，暂停办理" in page
    assert "收入不稳定" not in page
    assert "30,000.00" in page
    answer = client_for(officer).post(url("check", sent.request.uid), {})
    assert answer.status_code == 422
    assert "申请暂停办理" in text(answer)
    assert _now(people, sent, acting).state == "submitted"


# ── steps ────────────────────────────────────────────────────────────────────


def test_one_officer_checks_and_another_reviews(
    client_for, officer, officer2, sent, people, acting
):
    assert (
        client_for(officer).post(url("check", sent.request.uid), {"complete": "on"}).status_code
        == 302
    )
    same = client_for(officer).post(
        url("review_act", sent.request.uid), {"opinion": "同意", "amount": "30000"}
    )
    assert same.status_code == 422
    assert "一人只能有一种职责" in text(same)
    empty = client_for(officer2).post(
        url("review_act", sent.request.uid), {"opinion": " ", "amount": "30000"}
    )
    assert empty.status_code == 422
    assert "请填写审核意见。" in text(empty)
    done = client_for(officer2).post(
        url("review_act", sent.request.uid), {"opinion": "同意", "amount": "２５０００"}
    )
    assert done.status_code == 302
    now = _now(people, sent, acting)
    assert (now.state, str(now.proposed)) == ("proposed", "25000.00")


def test_a_supplement_names_papers_and_a_reason(client_for, officer, sent, people, acting):
    client = client_for(officer)
    client.post(url("check", sent.request.uid), {})
    where = url("ask_supplement", sent.request.uid)
    for given, sentence in (
        ({"message": "缺章"}, "请选择需要补充的材料。"),
        ({"items": ["economic_proof"], "message": ""}, "请说明需要补充什么。"),
        ({"items": ["no_such"], "message": "缺章"}, "项目的材料清单里没有这一项。"),
    ):
        answer = client.post(where, given)
        assert answer.status_code == 422, given
        assert sentence in text(answer), given
    assert _now(people, sent, acting).state == "document_check"
    assert client.post(where, {"items": ["economic_proof"], "message": "缺章"}).status_code == 302
    assert _now(people, sent, acting).state == "supplement_required"


def test_refusing_needs_a_reason_that_the_hospital_reads(
    client_for, officer, worker, sent, people, acting
):
    short = client_for(officer).post(url("reject_ineligible", sent.request.uid), {"reason": "否"})
    assert short.status_code == 422
    answer = client_for(officer).post(
        url("reject_ineligible", sent.request.uid), {"reason": "诊断不在项目范围内"}
    )
    assert answer.status_code == 302
    page = text(client_for(worker).get(url("request", sent.request.uid)))
    assert "不予受理" in page
    assert "诊断不在项目范围内" in page


def test_a_step_out_of_its_state_is_refused_with_the_state(client_for, officer, proposed):
    answer = client_for(officer).post(url("check", proposed.request.uid), {"complete": "on"})
    assert answer.status_code == 422
    assert "当前状态是“拟定金额”" in text(answer)


def test_a_decision_on_an_older_version_is_refused_and_what_was_typed_stays(
    client_for, approver, proposed, people, acting
):
    form = client_for(approver).get(url("approve", proposed.request.uid)).context["form"]
    seen = form["version"].value()
    with acting(people.officer2):
        review.request_propose(
            request=proposed.request, amount=made.D("15000.00"), by=people.officer2
        )
    answer = client_for(approver).post(
        url("approve", proposed.request.uid),
        {
            "version": seen,
            "amount": "30000",
            "opinion": "同意资助",
            "totp_code": made.code_for(approver),
        },
    )
    assert answer.status_code == 422
    assert "记录已变化，请重新读取后再提交。" in text(answer)
    assert "同意资助" in text(answer)
    assert _now(people, proposed, acting).state == "proposed"


# ── approving ────────────────────────────────────────────────────────────────


def _approve(client, asked, **given):
    return client.post(url("approve", asked.request.uid), {"amount": "30000.00", **given})


def test_the_code_is_asked_beside_its_field(client_for, approver, proposed, people, acting):
    client = client_for(approver)
    missing = _approve(client, proposed)
    assert missing.status_code == 422
    assert missing.context["form"].errors["totp_code"]
    made.code_for(approver)
    wrong = _approve(client, proposed, totp_code="000000")
    assert wrong.status_code == 422
    assert "动态口令不对" in str(wrong.context["form"].errors["totp_code"])
    assert "30000.00" in wrong.content.decode()
    assert _now(people, proposed, acting).state == "proposed"


def test_approving_with_the_code_sets_the_money_aside(
    client_for, approver, proposed, people, acting
):
    answer = _approve(client_for(approver), proposed, totp_code=made.code_for(approver))
    assert answer.status_code == 302
    now = _now(people, proposed, acting)
    assert (now.state, str(now.approved), str(now.committed)) == (
        "approved",
        "30000.00",
        "30000.00",
    )


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("-1", "金额不能是负数。"),
        ("0", "金额不能小于 0.01 元。"),
        ("30000.01", "金额不能超过申请金额。"),
        ("999999999999999", "金额不能超过 999,999,999,999.99 元。"),
        ("三万", "这不是金额"),
    ],
)
def test_amounts_that_cannot_be_approved(
    client_for, approver, proposed, people, acting, amount, sentence
):
    answer = _approve(
        client_for(approver), proposed, amount=amount, totp_code=made.code_for(approver)
    )
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors["amount"])
    assert amount in answer.content.decode()
    assert _now(people, proposed, acting).state == "proposed"


def test_more_than_the_fund_holds_is_refused_and_posts_nothing(
    client_for, approver, people, acting
):
    money = made.make_money(people, name="小基金")
    made.give(people, money, "20000.00")
    proposed = made.make_proposed(people, money)
    answer = _approve(client_for(approver), proposed, totp_code=made.code_for(approver))
    assert answer.status_code == 422
    assert "可用余额不足。" in str(answer.context["form"].errors["amount"])
    now = _now(people, proposed, acting)
    assert (now.state, str(now.committed)) == ("proposed", "0.00")
    with acting(people.officer):
        assert not FundingAct.objects.filter(request=now, step="approve").exists()


def test_a_second_approval_is_refused(client_for, approver, proposed, people, acting):
    client = client_for(approver)
    assert _approve(client, proposed, totp_code=made.code_for(approver)).status_code == 302
    again = _approve(client, proposed, totp_code=made.code_for(approver))
    assert again.status_code == 422
    assert "当前状态是“已批准”" in text(again)
    assert str(_now(people, proposed, acting).committed) == "30000.00"


def test_a_double_click_approves_once(client_for, approver, proposed, people, acting):
    client = client_for(approver)
    once = client.get(url("approve", proposed.request.uid)).context["form"]["once"].value()
    code = made.code_for(approver)
    first, second = (_approve(client, proposed, totp_code=code, once=once) for _n in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.headers["Idempotency-Replayed"] == "true"
    with acting(people.officer):
        assert FundingAct.objects.filter(request=proposed.request, step="approve").count() == 1


def test_an_officer_cannot_approve_even_by_hand(client_for, officer, proposed, people, acting):
    answer = _approve(client_for(officer), proposed, totp_code="123456")
    assert answer.status_code == 403
    assert "您的角色不能执行这个操作。" in text(answer)
    assert _now(people, proposed, acting).state == "proposed"


def test_a_stranger_finds_no_step(client_for, other_officer, worker, proposed):
    for user in (other_officer, worker):
        assert _approve(client_for(user), proposed).status_code == 404


def test_what_stands_in_the_page_works_without_scripts_and_with_htmx(
    client_for, approver, proposed
):
    client, where = client_for(approver), url("approve", proposed.request.uid)
    assert "<html" in client.get(where).content.decode()
    piece = client.get(where, headers={"HX-Request": "true"}).content.decode()
    assert piece.lstrip().startswith("<form")
    done = client.post(
        where,
        {"amount": "30000", "totp_code": made.code_for(approver)},
        headers={"HX-Request": "true"},
    )
    assert (done.status_code, done.headers["HX-Redirect"]) == (
        204,
        url("review", proposed.request.uid),
    )
