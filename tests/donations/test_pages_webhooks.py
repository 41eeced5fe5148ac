"""The pages of webhooks and of open data: who may, what is shown once, what is kept of what was typed."""

import re

import pytest
from django.utils import timezone

from departments.services import outbox
from donations.models.webhooks import WebhookEndpoint
from msw_portal.kernel.scope import scope
from tests.donations.hook_sink import serving
from tests.donations.test_webhooks import LOOPBACK
from tests.donations.test_webhooks import keeper as keeper  # the fixture
from tests.factories.donations import make_approved, make_submitted

TYPED = {"name": "捐助系统", "url": "https://hooks.example.org/msw", "topics": ["donation.booked"]}


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def page(client_for, keeper):
    return client_for(keeper)


def only(foundation) -> WebhookEndpoint:
    with scope(org=foundation.pk, role="system"):
        return WebhookEndpoint.objects.get()


def test_an_address_is_registered_and_its_secret_shown_once(page, foundation):
    assert "还没有登记推送地址" in text_of(page.get("/funding/webhooks/"))
    made = page.post("/funding/webhooks/new/", TYPED)
    assert (made.status_code, "whsec_" in text_of(made)) == (200, True)
    endpoint = only(foundation)
    shown = page.get(f"/funding/webhooks/{endpoint.uid}/")
    assert "whsec_" not in shown.content.decode()
    assert "https://hooks.example.org/msw" in text_of(page.get("/funding/webhooks/"))
    again = page.post("/funding/webhooks/new/", TYPED)
    assert (again.status_code, "这个地址已经登记。" in text_of(again)) == (422, True)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("url", "https://10.0.0.8/x", "不能是内网或本机地址"),
        ("url", "http://hooks.example.org/", "不能是内网或本机地址"),
        ("url", "hooks", "请填写完整的 https 地址"),
        ("topics", [], "请至少选一种事件。"),
        ("topics", ["case.closed"], "case.closed"),
    ],
)
def test_what_is_refused_is_said_beside_what_was_typed(page, field, value, sentence):
    answer = page.post("/funding/webhooks/new/", {**TYPED, field: value})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'value="捐助系统"' in answer.content.decode()


def test_it_is_paused_resumed_changed_and_given_up(page, foundation):
    page.post("/funding/webhooks/new/", TYPED)
    endpoint = only(foundation)
    at = f"/funding/webhooks/{endpoint.uid}/"
    for step, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        if step == "end":
            changed = {**TYPED, "name": "新名称", "topics": ["disbursement.*"]}
            assert page.post(f"{at}edit/", changed).status_code == 302
        assert page.post(f"{at}{step}/").status_code == 302
        assert only(foundation).state == state
    assert (only(foundation).name, only(foundation).topics) == ("新名称", ["disbursement.*"])
    late = page.post(f"{at}resume/")
    assert (late.status_code, "已经删除" in text_of(late)) == (422, True)


def test_topics_that_only_the_api_offers_stay_when_the_page_saves(page, foundation):
    page.post("/funding/webhooks/new/", TYPED)
    endpoint = only(foundation)
    with scope(org=foundation.pk, role="system"):
        topics = ["donation.booked", "funding_request.held"]
        WebhookEndpoint.objects.update(topics=topics)
    at = f"/funding/webhooks/{endpoint.uid}/edit/"
    assert 'value="funding_request.held"' in page.get(at).content.decode()
    assert page.post(at, {**TYPED, "topics": topics}).status_code == 302
    assert only(foundation).topics == topics


def test_the_log_shows_attempts_and_sends_again(
    page, people, money, client_for, foundation, settings
):
    settings.WEBHOOK_NETWORKS = LOOPBACK
    with serving() as sink:
        page.post("/funding/webhooks/new/", {**TYPED, "url": sink.url})
        endpoint = only(foundation)
        at = f"/funding/webhooks/{endpoint.uid}/"
        page.post(f"{at}test/")
        while outbox.relay_once() or outbox.hook_once():
            pass
        shown = text_of(page.get(at))
        assert "webhook.test" in shown
        assert "已送达 204" in shown
        officer = client_for(people.officer)
        day = timezone.localdate().isoformat()
        assert officer.post(f"{at}replay/", {"since": day}).status_code == 302
        bad = officer.post(f"{at}replay/", {"since": "昨天"})
        assert (bad.status_code, "昨天" in bad.content.decode()) == (422, True)
        assert client_for(people.cashier).get(at).status_code == 404


def test_log_and_list_ask_the_same_queries_for_one_and_three(page, foundation, settings):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 2):
        for n in range(more):
            page.post(
                "/funding/webhooks/new/", {**TYPED, "url": f"https://h{more}{n}.example.org/"}
            )
        with CaptureQueriesContext(connection) as asked:
            assert page.get("/funding/webhooks/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_awards_are_downloaded(people, money, client_for):
    make_approved(people, money)
    make_submitted(people, money)
    officer = client_for(people.officer)
    assert "没有姓名和病情" in text_of(officer.get("/funding/awards/"))
    day = timezone.localdate().isoformat()
    file = officer.get(f"/funding/awards/?since={day}&until={day}")
    assert len(file.json()["grants"]) == 1
    assert file["Content-Disposition"] == f'attachment; filename="360giving-{day}-{day}.json"'
    bad = officer.get("/funding/awards/?since=2026-02-02&until=2026-02-01")
    assert (bad.status_code, "结束日期不能早于开始日期" in text_of(bad)) == (422, True)
