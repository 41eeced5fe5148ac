"""The API's contract: what clients read, what their commands do, and every way they are refused."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken

from cases.services.consents import consent_withdraw
from departments.services.messages import message_write
from donations import serializers
from donations.models.ledger import LedgerJournal
from donations.models.requests import FundingRequest
from donations.services import requests, review
from msw_portal.kernel.scope import scope
from tests.factories.donations import (
    as_person,
    give,
    make_approved,
    make_draft,
    make_money,
    make_proposed,
    make_submitted,
    paper,
)


def state_of(asked) -> str:
    with scope(org=asked.request.organization_id, role="system"):
        return FundingRequest.objects.get(pk=asked.request.pk).state


def journals_of(asked) -> int:
    with scope(org=asked.request.counterparty_id, role="system"):
        return LedgerJournal.objects.filter(request_id=asked.request.pk).count()


def entries(house, action: str) -> list[tuple]:
    with scope(org=house.pk, role="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT result, body, client_uid <> '' FROM departments_auditentry WHERE action = %s ORDER BY at",
            [action],
        )
        return cursor.fetchall()


def problem(response, status: int, rule: str, field: str | None = None) -> dict:
    body = response.json()
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert body["type"] == f"urn:msw:problem:{rule}"
    assert body["status"] == status
    assert body["title"]
    if field:
        assert [row["field"] for row in body["errors"]] == [field]
    return body


# ── reading ──────────────────────────────────────────────────────────────────


def test_list_has_the_rows_of_the_schema_and_one_audit_entry(people, money, api, foundation):
    first, second = make_submitted(people, money), make_submitted(people, money)
    make_draft(people, money)
    body = api.get().json()
    assert [row["uid"] for row in body["items"]] == [
        str(second.request.uid),
        str(first.request.uid),
    ]
    assert set(body["items"][0]) == set(serializers.RequestRow().fields)
    assert body["next"] is None
    row = body["items"][0]
    assert (row["requested"], row["gap"], row["state"], row["state_label"], row["approved"]) == (
        "30000.00",
        "60000.00",
        "submitted",
        "已提交",
        None,
    )
    assert row["hospital"]["name"] == "测试第一医院"
    assert entries(foundation, "funding_request.list") == [("ok", '{"count":2,"filters":[]}', True)]


def test_row_of_the_list_is_the_row_of_the_detail(people, money, api):
    asked = make_proposed(people, money)
    listed = api.get().json()["items"][0]
    read = api.get(f"{asked.request.uid}/").json()
    for instant in ("submitted_at", "state_entered_at", "due_at"):
        # PostgreSQL leaves out the zeros at the end of a second.
        assert dt.datetime.fromisoformat(listed[instant]) == dt.datetime.fromisoformat(
            read[instant]
        )
        read[instant] = listed[instant]
    assert {name: read[name] for name in listed} == listed
    assert list(listed) == list(serializers.RequestRow().fields)


def test_list_asks_the_same_queries_for_one_and_three_rows(people, money, api):
    counts = []
    for more in (1, 2):
        for _n in range(more):
            make_submitted(people, money)
        with CaptureQueriesContext(connection) as asked:
            assert api.get().status_code == 200
        counts.append(len(asked))
    # Savepoint and release, entering, the rows, the audit entry; the test's own two of leaving a scope.
    assert counts == [7, 7]


def test_detail_asks_the_same_statements_for_one_and_three_of_everything(people, money, api):
    counts = []
    for more in (1, 3):
        asked = make_proposed(people, money)
        with as_person(people.worker) as by:
            for _n in range(more):
                message_write(subject=asked.request, body="请看第二页", by=by)
        with CaptureQueriesContext(connection) as seen:
            body = api.get(f"{asked.request.uid}/").json()
        assert [row["side"] for row in body["messages"]] == ["hospital"] * more
        own = ("SAVEPOINT", "RELEASE", "SET CONSTRAINTS")
        counts.append(len([one for one in seen if not one["sql"].startswith(own)]))
    # Entering, the row; the copies, their count, the entries about them, the event for the hospital;
    # the granted amounts, the lists; what may be paid of which accounts; the test's own leaving.
    assert counts[0] == counts[1]
    assert counts[0] <= 13


def test_list_pages_by_cursor_without_gap_or_repetition(people, money, api):
    made = [str(make_submitted(people, money).request.uid) for _n in range(5)]
    seen, after = [], ""
    for _page in range(3):
        body = api.get(f"?limit=2{after}").json()
        seen += [row["uid"] for row in body["items"]]
        after = f"&after={body['next']}"
    assert seen == made[::-1]
    assert body["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        "?after=forged",
        "?limit=0",
        "?limit=1000",
        "?limit=x",
        "?state=draft",
        "?submitted_from=2026-02-30",
        "?amount_min=-5",
        "?programme=7",
        "?submitted_from=2026-02-02&submitted_to=2026-02-01",
    ],
)
def test_list_refuses_a_filter_that_is_none(people, money, api, query):
    problem(api.get(query), 422, "validation")


def test_filters_narrow(people, money, api):
    low = make_submitted(people, money, requested="1000.00")
    high = make_proposed(people, money, requested="40000.00")

    def found(query):
        return {row["uid"] for row in api.get(query).json()["items"]}

    both = {str(low.request.uid), str(high.request.uid)}
    assert found("?state=submitted") == {str(low.request.uid)}
    assert found("?state=submitted,proposed") == found("?state=submitted&state=proposed") == both
    assert (
        found("?amount_min=1000.01")
        == found("?amount_min=１０００.０１")
        == {str(high.request.uid)}
    )
    assert found("?amount_max=40,000") == both
    assert found(f"?q={high.request.number}") == {str(high.request.uid)}
    assert found(f"?programme={money.version.uid}") == both
    assert found("?submitted_to=2020-01-01") == set()


def test_detail_is_whole_and_audited_on_both_sides(people, money, api, hospital, foundation):
    asked = make_submitted(people, money)
    response = api.get(f"{asked.request.uid}/")
    body = response.json()
    assert set(body) == set(serializers.RequestDetail().fields)
    assert response["ETag"] == f'"{asked.request.uid}.{body["version"]}"'
    review = body["disclosed"]["review"]
    assert (review["age_band"], review["hospital"], review["costs"]["gap"]) == (
        "4–6",
        "测试第一医院",
        "60000.00",
    )
    assert review["hardship"].startswith("演示：父亲")
    assert {"name", "id_no", "phone", "address", "birth_date"} & set(review) == set()
    assert "演示患儿" not in json.dumps(body, ensure_ascii=False)
    assert body["advice"]["is_eligible"] is True
    assert body["advice"]["benefit_amount"] == "30000.00"
    assert body["payable"] == {
        "requested": "30000.00",
        "cap": "50000.00",
        "remaining": "60000.00",
        "available": "100000.00",
        "amount": "30000.00",
    }
    assert [row["step"] for row in body["acts"]] == ["submit"]
    assert [row["to_state"] for row in body["history"]] == ["submitted"]
    assert body["disbursements"] == []
    assert len(entries(foundation, "funding_request.read")) == 1
    assert len(entries(foundation, "disclosure.read")) == 1


def test_document_copy_is_an_attachment_under_a_neutral_name(people, money, api):
    asked = make_submitted(people, money)
    papers = api.get(f"{asked.request.uid}/").json()["documents"]
    given = {row["type"]: row for row in papers}["diagnosis_certificate"]
    assert (given["has_copy"], given["mime"], given["label"]) == (
        True,
        "application/pdf",
        "诊断证明书",
    )
    response = api.http.get(given["href"], headers={"Authorization": f"Bearer {api.token}"})
    assert response.content.startswith(b"%PDF-1.4")
    again = api.http.get(given["href"], headers={"Authorization": f"Bearer {api.token}"})
    assert response["ETag"] == again["ETag"] != api.get(f"{asked.request.uid}/")["ETag"]
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E8%AF%8A")
    missing = {row["type"]: row for row in papers}["cost_list"]
    assert (missing["has_copy"], missing["href"]) == (False, None)
    assert api.get(f"{asked.request.uid}/documents/{missing['uid']}/").status_code == 404


def test_withdrawn_consent_empties_what_the_api_shows(people, money, api):
    asked = make_submitted(people, money)
    uid = asked.request.uid
    paper_href = next(row["href"] for row in api.get(f"{uid}/").json()["documents"] if row["href"])
    with as_person(people.worker) as by:
        consent_withdraw(consent=asked.consent, reason="家属改变主意", withdrawn_by="mother", by=by)
    response = api.get(f"{uid}/")
    body = response.json()
    assert body["disclosed"] == {"version": None, "review": None, "identity": None}
    assert (body["on_hold"], body["advice"]) == (True, None)
    assert all(row["href"] is None for row in body["documents"])
    assert "父亲务工" not in response.content.decode()
    assert (
        api.http.get(paper_href, headers={"Authorization": f"Bearer {api.token}"}).status_code
        == 404
    )
    problem(api.post(f"{uid}/check/"), 409, "funding_request.on_hold")


# ── the main line ────────────────────────────────────────────────────────────


def test_client_asks_for_a_supplement_and_approves_what_people_reviewed(
    people, money, api, foundation
):
    asked = make_submitted(people, money)
    uid = asked.request.uid
    assert api.post(f"{uid}/check/").json()["state"] == "document_check"
    response = api.post(
        f"{uid}/request-supplement/", {"items": ["economic_proof"], "message": "请补充盖章的证明"}
    )
    assert (response.status_code, response.json()["state"]) == (200, "supplement_required")
    with as_person(people.worker) as by:
        requests.request_attach(
            request=asked.request, type="economic_proof", document=paper(asked.case, by), by=by
        )
        requests.request_supplement(request=asked.request, message="已补", by=by)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, complete=True, by=by)
    with as_person(people.officer2) as by:
        review.request_review(request=asked.request, opinion="同意", by=by)
    read = api.get(f"{uid}/")
    assert [row["side"] for row in read.json()["messages"]] == ["foundation", "hospital"]
    assert read.json()["disclosed"]["version"] == 2
    response = api.post(f"{uid}/approve/", {"amount": "30000.00"}, match=read["ETag"])
    assert (response.status_code, response.json()["state"], response.json()["approved"]) == (
        200,
        "approved",
        "30000.00",
    )
    assert response["ETag"] != read["ETag"]
    assert journals_of(asked) == 1
    assert entries(foundation, "funding_request.approve")[0][2] is True


def test_each_command_moves_the_request(people, money, api, api_of, foundation):
    asked = make_submitted(people, money)
    uid = asked.request.uid
    assert api.post(f"{uid}/check/").json()["state"] == "document_check"
    assert api.post(f"{uid}/check/", {"complete": True}).json()["state"] == "first_review"
    second = api_of(foundation)
    body = second.post(f"{uid}/review/", {"opinion": "同意", "amount": "20000"}).json()
    assert (body["state"], body["proposed"]) == ("proposed", "20000.00")
    assert second.post(f"{uid}/propose/", {"amount": "25000"}).json()["proposed"] == "25000.00"
    third, said = api_of(foundation), {"amount": "25000", "opinion": "按余额安排"}
    assert third.post(f"{uid}/approve/", said).json()["state"] == "approved"


def test_reject_is_inadmissible_before_and_refusal_after_the_review(people, money, api):
    early, late = make_submitted(people, money), make_proposed(people, money)
    assert api.post(
        f"{early.request.uid}/reject/", {"reason": "病种不符", "code": "disease"}
    ).json()["state"] == ("rejected_ineligible")
    assert (
        api.post(f"{late.request.uid}/reject/", {"reason": "名额已满"}).json()["state"]
        == "rejected"
    )


# ── refusals ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "status", "rule"),
    [
        ("-1", 422, "validation"),
        ("－１００", 422, "validation"),
        ("0", 422, "funding_request.amount_positive"),
        ("9999999999999", 422, "validation"),
        ("1e5", 422, "validation"),
        ("1.234", 422, "validation"),
        ("三万", 422, "validation"),
        (True, 422, "validation"),
        (None, 422, "validation"),
        ("30000.01", 422, "funding_request.over_requested"),
    ],
)
def test_amount_is_refused_beside_its_field(people, money, api, amount, status, rule):
    asked = make_proposed(people, money)
    problem(api.post(f"{asked.request.uid}/approve/", {"amount": amount}), status, rule, "amount")
    assert (state_of(asked), journals_of(asked)) == ("proposed", 0)


def test_full_width_digits_are_read_as_digits(people, money, api):
    asked = make_proposed(people, money)
    response = api.post(f"{asked.request.uid}/approve/", {"amount": "３００００．００"})
    assert (response.status_code, response.json()["approved"]) == (200, "30000.00")


def test_more_than_the_fund_holds_is_refused_and_posts_nothing(people, api):
    money = make_money(people)
    give(people, money, "29999.99")
    asked = make_proposed(people, money)
    body = problem(
        api.post(f"{asked.request.uid}/approve/", {"amount": "30000.00"}),
        409,
        "ledger.insufficient",
        "amount",
    )
    assert "可用余额不足" in body["detail"]
    assert (state_of(asked), journals_of(asked)) == ("proposed", 0)


def test_more_than_the_client_may_is_refused(people, money, api_of, foundation):
    asked = make_proposed(people, money)
    small = api_of(foundation, limit="29999.99")
    problem(
        small.post(f"{asked.request.uid}/approve/", {"amount": "30000.00"}),
        403,
        "funding_request.over_client_limit",
        "amount",
    )
    assert state_of(asked) == "proposed"


def test_client_without_the_duty_is_refused(people, money, api_of, foundation):
    asked = make_proposed(people, money)
    reader = api_of(foundation, duties=("verify",))
    problem(
        reader.post(f"{asked.request.uid}/approve/", {"amount": "1"}),
        403,
        "permission.can_approve_request",
    )


def test_client_that_checked_does_not_approve(people, money, api, foundation):
    asked = make_submitted(people, money)
    api.post(f"{asked.request.uid}/check/", {"complete": True})
    with as_person(people.officer2) as by:
        review.request_review(request=asked.request, opinion="同意", by=by)
    problem(
        api.post(f"{asked.request.uid}/approve/", {"amount": "30000"}),
        409,
        "funding_duty_one_per_person",
    )


def test_second_approval_is_refused(people, money, api):
    asked = make_proposed(people, money)
    path = f"{asked.request.uid}/approve/"
    assert api.post(path, {"amount": "30000"}).status_code == 200
    problem(api.post(path, {"amount": "30000"}), 409, "funding_request.approve.wrong_state")
    assert journals_of(asked) == 1


def test_if_match_is_demanded_and_must_fit(people, money, api):
    asked = make_submitted(people, money)
    path = f"{asked.request.uid}/check/"
    problem(api.post(path, match=None), 428, "if_match_required")
    old = api.get(f"{asked.request.uid}/")["ETag"]
    assert api.post(path, match=old).status_code == 200
    problem(api.post(path, {"complete": True}, match=old), 412, "stale")
    problem(api.post(path, {"complete": True}, match='"x"'), 412, "stale")


def test_idempotency_key_is_demanded(people, money, api):
    asked = make_submitted(people, money)
    problem(api.post(f"{asked.request.uid}/check/", key=None), 400, "idempotency_key_required")
    assert state_of(asked) == "submitted"


def test_same_key_and_body_answer_alike_and_act_once(people, money, api):
    asked = make_proposed(people, money)
    path, tag = f"{asked.request.uid}/approve/", api.get(f"{asked.request.uid}/")["ETag"]
    first = api.post(path, {"amount": "30000"}, key="once", match=tag)
    again = api.post(path, {"amount": "30000"}, key="once", match=tag)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert first["ETag"] == again["ETag"]
    assert again["Idempotency-Replayed"] == "true"
    assert journals_of(asked) == 1


def test_same_key_with_another_body_is_refused(people, money, api):
    asked = make_proposed(people, money)
    path = f"{asked.request.uid}/approve/"
    assert api.post(path, {"amount": "30000"}, key="once").status_code == 200
    problem(api.post(path, {"amount": "20000"}, key="once"), 422, "idempotency.other_body")


def test_refused_command_gives_its_key_back(people, money, api):
    asked = make_proposed(people, money)
    path = f"{asked.request.uid}/approve/"
    assert api.post(path, {"amount": "40000"}, key="k").status_code == 422
    assert api.post(path, {"amount": "30000"}, key="k").status_code == 200


@pytest.mark.parametrize("path", ["", "documents/00000000-0000-7000-8000-000000000002/"])
def test_foreign_request_answers_byte_for_byte_like_a_missing_one(
    people, money, api_of, other_foundation, path
):
    asked = make_submitted(people, money)
    stranger = api_of(other_foundation)
    foreign = stranger.get(f"{asked.request.uid}/{path}")
    missing = stranger.get(f"00000000-0000-7000-8000-000000000001/{path}")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
    assert stranger.get().json()["items"] == []


def test_foreign_request_takes_no_command(people, money, api_of, other_foundation):
    asked = make_submitted(people, money)
    stranger = api_of(other_foundation)
    foreign = stranger.post(f"{asked.request.uid}/check/")
    missing = stranger.post("00000000-0000-7000-8000-000000000001/check/")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert state_of(asked) == "submitted"


def test_draft_is_missing_for_the_foundation(people, money, api):
    asked = make_draft(people, money)
    assert api.get(f"{asked.request.uid}/").status_code == 404


@pytest.mark.parametrize(
    ("scopes", "path", "body"),
    [
        (("funding:review", "funding:approve"), None, None),
        (("funding:read", "funding:approve"), "check/", {}),
        (("funding:read", "funding:approve"), "review/", {"opinion": "x"}),
        (("funding:read", "funding:review"), "approve/", {"amount": "1"}),
    ],
)
def test_wrong_scope_is_refused(people, money, api_of, foundation, scopes, path, body):
    asked = make_submitted(people, money)
    api = api_of(foundation, scopes=scopes)
    response = api.get() if path is None else api.post(f"{asked.request.uid}/{path}", body)
    problem(response, 403, "permission_denied")


def test_no_revoked_or_forged_token(people, money, api):
    assert api.get().status_code == 200
    AccessToken.objects.filter(token=api.token).delete()
    response = api.get()
    problem(response, 401, "authentication_failed")
    assert response["WWW-Authenticate"] == 'Bearer realm="msw"'
    api.token = "forged"
    problem(api.get(), 401, "authentication_failed")
    assert api.http.get("/api/v1/funding-requests/").status_code == 401


def test_body_that_cannot_be_read(people, money, api):
    asked = make_submitted(people, money)
    problem(api.post(f"{asked.request.uid}/check/", "{"), 400, "parse_error")
    response = api.http.post(
        f"/api/v1/funding-requests/{asked.request.uid}/check/",
        "x",
        content_type="text/plain",
        headers={"Authorization": f"Bearer {api.token}", "Idempotency-Key": "t", "If-Match": "*"},
    )
    problem(response, 415, "unsupported_media_type")


def test_empty_items_and_message_are_refused(people, money, api):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
    path = f"{asked.request.uid}/request-supplement/"
    problem(api.post(path, {"items": [], "message": "补"}), 422, "validation", "items")
    problem(
        api.post(path, {"items": ["economic_proof"], "message": "  "}), 422, "validation", "message"
    )
    problem(
        api.post(path, {"items": ["passport"], "message": "补"}),
        422,
        "funding_request.unknown_item",
        "items",
    )
    assert state_of(asked) == "document_check"


def test_refusal_leaves_its_audit_row_and_nothing_else(people, money, api, foundation):
    asked = make_approved(people, money)
    api.post(f"{asked.request.uid}/approve/", {"amount": "1"})
    ((result, body, _is_client),) = entries(foundation, "request.refused")
    assert (result, json.loads(body)["rule"]) == ("refused", "funding_request.approve.wrong_state")


def test_the_tag_that_commands_compare_is_the_same_for_who_unpacks(people, money, api):
    asked = make_submitted(people, money)
    path, bearer = f"/api/v1/funding-requests/{asked.request.uid}/", f"Bearer {api.token}"
    plain = api.http.get(path, headers={"Authorization": bearer})
    packed = api.http.get(path, headers={"Authorization": bearer, "Accept-Encoding": "gzip"})
    assert packed["ETag"] == plain["ETag"]
    assert packed["ETag"].startswith('"')


def test_other_methods_are_not_accepted(people, money, api):
    asked = make_submitted(people, money)
    for method in ("put", "patch", "delete"):
        response = getattr(api.http, method)(
            f"/api/v1/funding-requests/{asked.request.uid}/",
            headers={"Authorization": f"Bearer {api.token}"},
        )
        assert response.status_code in {403, 405}


def test_the_query_language_narrows_the_list_as_on_the_pages(people, money, api_for):
    request = make_submitted(people, money).request
    client = api_for()
    for text, count in (
        ("state:submitted", 1),
        ("状态:submitted 金额>1万", 1),
        ("amount>=10万", 0),
        ("submitted:今天 number:" + request.number, 1),
        ("-hospital:" + request.organization.name, 0),
    ):
        answer = client.get("/api/v1/funding-requests/", {"query": text})
        assert answer.status_code == 200, answer.content
        assert len(answer.json()["items"]) == count, text
    refused = client.get("/api/v1/funding-requests/", {"query": "颜色:红 金额>很多"})
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 2
