"""The pages of calls and applications, each side its own; lists ask as often for one row as for three."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from departments.services.outbox import relay_once
from projects.models.applications import Application
from projects.models.calls import Call
from projects.services.calls.clock import calls_sweep
from tests.factories import projects as made
from tests.factories.donations import as_person

pytestmark = pytest.mark.django_db


def _post(client: Client, path: str, **typed: object):
    return client.post(path, typed)


def test_an_authority_writes_publishes_and_amends_a_call(authority, client_for):
    client = client_for(authority)
    assert client.get("/projects/calls/").status_code == 200
    response = _post(client, "/projects/calls/new/", kind="award", title="示例评选", year="2026")
    assert response.status_code == 302
    page = response["Location"]
    text = client.get(page).content.decode()
    assert "还不满足" in text
    assert "职业操守 30" in text
    bad = {
        "0-code": "a",
        "0-name": "甲",
        "0-weight": "60",
        "1-code": "b",
        "1-name": "乙",
        "1-weight": "30",
    }
    refused = client.post(f"{page}parts/criteria/", bad)
    assert refused.status_code == 422
    assert "权重合计要等于 100，现在是 90" in refused.content.decode()
    assert 'value="甲"' in refused.content.decode()
    assert client.post(f"{page}parts/criteria/", bad | {"1-weight": "40"}).status_code == 302
    for part in ("form", "conditions", "questions", "documents", "letters"):
        assert client.get(f"{page}parts/{part}/").status_code == 200
    assert client.get(f"{page}parts/nothing/").status_code == 404
    assert client.get(f"{page}fields/story/").status_code == 200
    assert _post(client, f"{page}publish/").status_code == 422
    facts = {
        "title": "示例评选", "year": "2026", "issuer_names": "示例单位", "text": "示例公告", "contact": "示例",
        "track_names": "个人\n团队", "number_pattern": "PX-{YYYY}-{SEQ3}", "supplement_days": "5", "notice_days": "5",
        "opens_at": "2026-01-01 09:00", "closes_at": f"{timezone.localdate() + dt.timedelta(days=9)} 17:00",
    }  # fmt: skip
    assert client.post(f"{page}edit/", facts | {"number_pattern": "PX-{SEQ}"}).status_code == 422
    assert client.post(f"{page}edit/", facts).status_code == 302
    assert _post(client, f"{page}publish/").status_code == 302
    assert client.get(f"{page}edit/").status_code == 409
    assert client.post(f"{page}amend/", facts | {"note": "无"}).status_code == 422
    assert (
        client.post(f"{page}amend/", facts | {"places": "20", "note": "写明名额"}).status_code
        == 302
    )
    with as_person(authority):
        call = Call.objects.get(title="示例评选")
        assert (call.version, call.tracks) == (
            2,
            [{"code": "t1", "name": "个人"}, {"code": "t2", "name": "团队"}],
        )
    public = Client().get(f"/calls/{call.slug}/").content.decode()
    assert "写明名额" in public
    assert "示例公告" in public
    assert "示例评选" in Client().get("/calls/").content.decode()
    assert Client().get("/calls/nothing/").status_code == 404


def test_a_foundation_issues_venture_calls_only(officer, client_for):
    client = client_for(officer)
    text = client.get("/projects/calls/new/").content.decode()
    assert "服务创投" in text
    assert "多元培育" not in text
    refused = _post(client, "/projects/calls/new/", kind="award", title="示例", year="2026")
    assert refused.status_code == 422
    done = _post(client, "/projects/calls/new/", kind="venture", title="示例", year="2026")
    assert done.status_code == 302


def test_a_unit_tests_itself_writes_and_hands_in_and_only_its_sides_see_it(
    authority, head, worker, other_head, other_foundation, officer, client_for
):
    call = made.make_open_call(authority)
    client = client_for(head)
    assert "示例征集" in client.get("/projects/applications/").content.decode()
    at = f"/projects/calls/{call.uid}/"
    assert "开始申报" in client.get(at).content.decode()
    advice = client.post(f"{at}test/", {"has_workers": "no"}).content.decode()
    assert "申报单位应当有医务社工" in advice
    assert "同一项目不得重复取得财政资助" in advice
    begun = client.post(
        f"/projects/applications/new/{call.uid}/",
        {"title": "示例项目", "track": "t1", "q_has_workers": "yes"},
    )
    assert begun.status_code == 302
    page = begun["Location"]
    assert "还差" in client.get(page).content.decode()
    bad = {
        "0-line": "活动",
        "0-unit_price": "3",
        "0-quantity": "3",
        "0-amount": "9.10",
        "0-source": "asked",
    }
    refused = client.post(f"{page}sections/budget/", bad)
    assert refused.status_code == 422
    assert "应是 9.00 元" in refused.content.decode()
    assert client.post(f"{page}sections/budget/", bad | {"0-amount": "9.00"}).status_code == 302
    refused = client.post(
        f"{page}sections/five/", {"0-five": "charity", "0-name": "甲", "0-blank_reason": "没有"}
    )
    assert refused.status_code == 422
    assert _post(client, f"{page}submit/").status_code == 422
    with as_person(head):
        row = Application.objects.select_related("call").get(title="示例项目")
    made.fill(row, head)
    for section in row.call.form["sections"]:
        assert client.get(f"{page}sections/{section['code']}/").status_code == 200
    assert client.get(f"{page}preview/").status_code == 200
    assert client_for(worker).get(f"{page}submit/").status_code == 403
    assert client_for(authority).get(page).status_code == 404
    assert _post(client, f"{page}submit/").status_code == 302
    relay_once()
    text = client_for(authority).get(page).content.decode()
    assert f"YWSG-DYPY-{call.year}1" in text
    assert "13800000000" in text
    assert client.get(f"{page}paper/")["Content-Type"] == "application/pdf"
    assert client.get(f"{page}versions/1/").status_code == 200
    for stranger in (other_head, officer):
        assert client_for(stranger).get(page).status_code == 404
    received = client_for(authority).get(f"{at}applications/?q=示例").content.decode()
    assert "示例项目" in received
    assert client_for(authority).get(at).status_code == 200


def test_too_late_is_said_and_its_evidence_stands_on_the_page(authority, head, client_for):
    call = made.make_open_call(authority)
    row = made.fill(made.make_application(call, head), head)
    made.close_now(call, authority)
    client = client_for(head)
    response = client.post(f"/projects/applications/{row.uid}/submit/", follow=True)
    text = response.content.decode()
    assert "这次提交没有接收" in text
    assert "截止后的提交" in text
    with as_person(head):
        assert len(Application.objects.get(pk=row.pk).late_evidence) == 1


def test_lists_ask_as_often_for_one_row_as_for_three(
    authority, head, client_for, django_assert_max_num_queries
):
    call = made.make_open_call(authority)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(client, path):
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    paths = (
        (client_for(head), "/projects/applications/"),
        (client_for(authority), f"/projects/calls/{call.uid}/applications/"),
        (client_for(authority), "/projects/calls/"),
        (client_for(authority), f"/projects/calls/{call.uid}/"),
    )
    counts = []
    for n in (1, 3):
        for place in range(n):
            made.submit(
                made.fill(made.make_application(call, head, title=f"示例 {n} {place}"), head), head
            )
            made.make_call(authority, title=f"另一个 {n} {place}")
        relay_once()
        counts.append([asked(client, path) for client, path in paths])
    assert counts[0] == counts[1]


def test_the_clock_opens_and_closes(authority):
    now = timezone.now()
    call = made.make_call(authority, opens_at=now + dt.timedelta(hours=1))
    with as_person(authority):
        from projects.services.calls.writing import call_publish

        call_publish(call=call, by=authority)
    for hours, state in ((0, "published"), (2, "accepting"), (24 * 11, "closed")):
        calls_sweep([call.organization_id], now + dt.timedelta(hours=hours))
        with as_person(authority):
            assert Call.objects.get(pk=call.pk).state == state
