"""What a foundation's program reads besides its requests: itself, programmes, money, the course of a request."""

import dataclasses
import datetime as dt
import json

import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.services import api_rates, outbox
from departments.services.messages import message_write
from donations.models.giving import Fund
from donations.services import three_sixty
from msw_portal.kernel.scope import scope
from tests.factories.donations import (
    as_person,
    give,
    make_approved,
    make_money,
    make_submitted,
    prepare,
    release,
)


def body_of(response) -> dict:
    assert response.status_code == 200, response.content
    return response.json()


def entries(house, action: str) -> list[str]:
    with scope(org=house.pk, role="auditor"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM departments_auditentry WHERE action = %s ORDER BY at, id", [action]
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_client_reads_what_it_is(api_of, foundation):
    me = body_of(api_of(foundation, duties=("verify",), limit=None).get("/me/"))
    assert (me["organization"]["name"], me["duties"], me["approve_limit"]) == (
        foundation.name,
        ["verify"],
        None,
    )
    assert "money:read" in me["scopes"]
    assert dt.datetime.fromisoformat(me["token_expires_at"]) > timezone.now()


def test_programmes_state_their_conditions_and_amounts(money, api, foundation):
    (row,) = body_of(api.get("/programmes/"))["items"]
    with scope(org=foundation.pk, role="system"):
        name = money.version.programme.name
    assert (row["name"], row["version_in_force"], row["fund"]["name"]) == (name, 1, "小天使基金")
    answer = api.get(f"/programmes/{row['uid']}/")
    version = body_of(answer)["version"]
    assert [one["amount"] for one in version["benefits"]] == [
        one["amount"] for one in money.version.benefit_rows
    ]
    assert {"code", "text", "rule"} == set(version["conditions"][0])
    assert version["valid_from"] == money.version.valid.lower.isoformat()
    versions = body_of(api.get(f"/programmes/{row['uid']}/versions/"))["items"]
    assert versions == [version]
    assert answer["ETag"] == api.get(f"/programmes/{row['uid']}/")["ETag"]
    assert len(entries(foundation, "programme.read")) == 3


def test_money_is_read_from_gift_to_payout_and_back(people, money, api, foundation):
    asked = make_approved(people, money)
    paid = release(people, prepare(people, asked, "1000.00"))
    (fund,) = body_of(api.get("/funds/"))["items"]
    assert (fund["available"], fund["committed"]) == ("70000.00", "29000.00")
    detail = body_of(api.get(f"/funds/{fund['uid']}/"))
    sums = [(one["available"], one["committed"]) for one in detail["purposes"]]
    assert ("70000.00", "29000.00") in sums
    (gift,) = body_of(api.get("/donations/?state=booked"))["items"]
    assert (gift["amount"], gift["fund"]["uid"]) == ("100000.00", fund["uid"])
    assert set(gift["donor"]) == {"kind", "name", "is_anonymous"}
    assert body_of(api.get(f"/donations/{gift['uid']}/")) == gift
    trace = body_of(api.get(f"/donations/{gift['uid']}/trace/"))
    assert (trace["given"], trace["available"], trace["committed"], trace["paid"]) == (
        "100000.00",
        "70000.00",
        "29000.00",
        "1000.00",
    )
    assert {use["funding_request"] for use in trace["uses"]} == {str(asked.request.uid)}
    (payout,) = body_of(api.get("/disbursements/"))["items"]
    assert (payout["uid"], payout["amount"], payout["state"], payout["hospital"]["name"]) == (
        str(paid.uid),
        "1000.00",
        "released",
        "测试第一医院",
    )
    answer = api.get(f"/disbursements/{paid.uid}/")
    assert (body_of(answer), answer["ETag"]) == (payout, f'"{paid.uid}.{payout["version"]}"')
    assert "account" not in answer.content.decode()
    (payer,) = body_of(api.get(f"/disbursements/{paid.uid}/trace/"))["payers"]
    assert (payer["donation"], payer["amount"]) == (gift["uid"], "1000.00")
    for action in ("fund.list", "fund.read", "donation.trace", "disbursement.trace"):
        assert len(entries(foundation, action)) == 1, action


def test_filters_narrow_and_refuse_what_is_none(people, money, api):
    release(people, prepare(people, make_approved(people, money), "1000.00"))
    today = timezone.localdate()
    for path, found in (
        (f"/disbursements/?released_from={today}&released_to={today}", 1),
        (f"/disbursements/?released_to={today - dt.timedelta(days=1)}", 0),
        ("/disbursements/?state=released&state=confirmed", 1),
        (f"/donations/?received_from={today + dt.timedelta(days=1)}", 0),
        ("/funds/?state=closed", 0),
        (f"/programmes/?fund={money.fund.uid}", 1),
    ):
        assert len(body_of(api.get(path))["items"]) == found, path
    for path in (
        "/disbursements/?state=nothing",
        "/donations/?fund=7",
        "/funds/?limit=0",
        "/programmes/?after=forged",
        "/awards/?since=2026-02-30",
        "/awards/?since=2026-02-02&until=2026-02-01",
    ):
        answer = api.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


LISTS = ("/programmes/", "/funds/", "/donations/", "/disbursements/")


def test_lists_ask_the_same_queries_for_one_and_three_rows(people, money, api):
    counts: dict[str, set[int]] = {path: set() for path in LISTS}
    for more in (1, 2):
        for n in range(more):
            other = make_money(people, name=f"演示基金{more}{n}")
            give(people, other, "50000.00")
            release(people, prepare(people, make_approved(people, other), "1000.00"))
        for path in LISTS:
            with CaptureQueriesContext(connection) as asked:
                assert len(body_of(api.get(path))["items"]) >= more
            own = ("SAVEPOINT", "RELEASE", "SET CONSTRAINTS")
            counts[path].add(len([one for one in asked if not one["sql"].startswith(own)]))
    assert {path: len(found) for path, found in counts.items()} == dict.fromkeys(LISTS, 1)


def test_lists_page_without_gap(people, money, api):
    for n in range(3):
        give(people, money, f"{n + 1}.00")
    seen, after = [], ""
    for _page in range(4):
        page = body_of(api.get(f"/donations/?limit=1{after}"))
        seen += [row["amount"] for row in page["items"]]
        after = f"&after={page['next']}"
    assert (seen, page["next"]) == (["3.00", "2.00", "1.00", "100000.00"], None)


def test_what_is_another_foundations_is_not_there(people, money, api_of, other_foundation):
    paid = release(people, prepare(people, make_approved(people, money), "1000.00"))
    other = api_of(other_foundation)
    gift = paid.request.counterparty  # only to be sure that there is one
    assert gift.pk != other_foundation.pk
    with scope(org=gift.pk, role="system"):
        fund = Fund.objects.get(pk=money.fund.pk)
        programme = money.version.programme
    for path in (
        f"/funds/{fund.uid}/",
        f"/programmes/{programme.uid}/",
        f"/disbursements/{paid.uid}/",
        f"/disbursements/{paid.uid}/trace/",
        f"/funding-requests/{paid.request.uid}/messages/",
        f"/funding-requests/{paid.request.uid}/timeline/",
    ):
        assert other.get(path).status_code == 404, path
    for path in LISTS:
        assert body_of(other.get(path))["items"] == []


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("/funds/", "money:read"),
        ("/awards/", "money:read"),
        ("/programmes/", "funding:read"),
        ("/webhooks/", "webhooks:manage"),
    ],
)
def test_each_reading_needs_its_scope(api_of, foundation, path, needed):
    scopes = ("funding:read", "funding:review", "money:read", "webhooks:manage")
    without = tuple(one for one in scopes if one != needed)
    assert api_of(foundation, scopes=without, duties=(), limit=None).get(path).status_code == 403
    assert api_of(foundation, scopes=(needed,), duties=(), limit=None).get(path).status_code == 200


def test_the_conversation_is_read_and_written(people, money, api, hospital):
    asked = make_submitted(people, money)
    path = f"/funding-requests/{asked.request.uid}/messages/"
    with as_person(people.worker) as by:
        message_write(subject=asked.request, body="演示：材料已寄出", by=by)
    read = api.get(path)
    assert [(one["side"], one["body"]) for one in body_of(read)["items"]] == [
        ("hospital", "演示：材料已寄出")
    ]
    said = {"body": "收到，谢谢。"}
    assert api.post(path, said, match=None).status_code == 428
    assert api.post(path, said, key=None).status_code == 400
    assert api.post(path, {"body": ""}, match=read["ETag"]).status_code == 422
    done = api.post(path, said, match=read["ETag"], key="once")
    assert (done.status_code, len(done.json()["items"])) == (201, 2)
    again = api.post(path, said, match=read["ETag"], key="once")
    assert (again["Idempotency-Replayed"], again.json()) == ("true", done.json())
    assert again["ETag"] == done["ETag"]
    late = api.post(path, {"body": "再补一句"}, match=read["ETag"])
    assert (late.status_code, late.json()["type"]) == (412, "urn:msw:problem:stale")
    while outbox.relay_once():
        pass
    assert any('"messages"' in body for body in entries(hospital, "funding_request.opened"))


def test_the_timeline_holds_both_sides_and_no_text(people, money, api):
    asked = make_approved(people, money)
    with as_person(people.worker) as by:
        message_write(subject=asked.request, body="演示留言", by=by)
    release(people, prepare(people, asked, "1000.00"))
    answer = api.get(f"/funding-requests/{asked.request.uid}/timeline/")
    items = body_of(answer)["items"]
    assert [one["at"] for one in items] == sorted(one["at"] for one in items)
    assert items[0]["step"] == "submit"
    assert items[0]["side"] == "hospital"
    kinds = {(one["kind"], one["side"]) for one in items}
    assert {("move", "foundation"), ("message", "hospital"), ("payout", "foundation")} <= kinds
    assert "演示留言" not in answer.content.decode()


# ── awards ───────────────────────────────────────────────────────────────────


def test_awards_validate_and_name_nobody(people, money, api, foundation):
    one = make_approved(people, money)
    with scope(org=one.request.organization_id, role="system"):
        code = one.request.subject_code
    answer = api.get("/awards/")
    package = body_of(answer)
    jsonschema.validate(package, three_sixty.schema())
    (grant,) = package["grants"]
    assert (grant["currency"], grant["amountAwarded"], grant["amountDisbursed"]) == (
        "CNY",
        30000,
        0,
    )
    assert grant["awardDate"] == timezone.localdate().isoformat()
    assert grant["recipientIndividual"][0]["name"] == "个人受助者"
    assert "recipientOrganization" not in grant
    for word in ("演示患儿", code, "测试第一医院", one.request.number):
        assert word not in json.dumps(package, ensure_ascii=False)
    for place in grant.get("beneficiaryLocation", []):
        assert place["geoCode"].endswith("00")
    assert body_of(api.get("/awards/?since=2020-01-01&until=2020-12-31"))["grants"] == []
    assert len(entries(foundation, "award.export")) == 2


def test_the_schema_of_awards_refuses_what_the_standard_refuses(people, money, api):
    make_approved(people, money)
    package = body_of(api.get("/awards/"))
    for change in (
        {"grants": []},
        {"grants": [{**package["grants"][0], "recipientOrganization": [{"id": "a", "name": "b"}]}]},
        {"grants": [{**package["grants"][0], "awardDate": "30/11/2026"}]},
        {"grants": [{**package["grants"][0], "beneficiary": "x"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**package, **change}, three_sixty.schema())


# ── limits ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_redis_there", [True, False])
def test_a_client_that_asks_too_often_waits(api, settings, monkeypatch, is_redis_there):
    settings.API_LIMIT = 3
    if not is_redis_there:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        monkeypatch.setattr(api_rates, "_quiet_until", 0.0)
    answers = [api.get("/me/") for _n in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert [one["RateLimit"].split(";")[1] for one in answers] == [
        "r=2",
        "r=1",
        "r=0",
        "r=0",
        "r=0",
    ]
    last = answers[-1]
    assert last.json()["type"] == "urn:msw:problem:rate_limit"
    assert 1 <= int(last["Retry-After"]) <= 60
    assert last["RateLimit-Policy"] == '"client";q=3;w=60'


def test_every_command_writes_with_twelve_statements_at_most_besides_its_frame(
    people, money, api_of, foundation
):
    """quality: a write is what it changes, its transition, its audit and its effects."""
    asked = make_submitted(people, money)
    uid, counts = asked.request.uid, {}
    api = api_of(foundation)
    others = [api_of(foundation) for _n in range(3)]
    for name, program, step, given in (
        ("check", api, "check", {}),
        ("accept", api, "check", {"complete": True}),
        ("review", others[0], "review", {"opinion": "符合条件。", "amount": "30000.00"}),
        ("approve", others[1], "approve", {"amount": "30000.00"}),
    ):
        with CaptureQueriesContext(connection) as seen:
            answer = program.post(f"{uid}/{step}/", given)
        assert answer.status_code == 200, answer.content
        writes = ("INSERT", "UPDATE", "DELETE")
        made = [one["sql"].lstrip() for one in seen]
        made = [one for one in made if one.startswith(writes) and "idempotencykey" not in one]
        counts[name] = len(made)
    assert {name: count for name, count in counts.items() if count > 12} == {}


def test_rows_of_a_payer_are_the_books_own():
    from donations.reading_serializers import PayerRow
    from donations.services.tracing import Payer

    known = {field.name for field in dataclasses.fields(Payer)}
    assert {field.source for field in PayerRow().fields.values()} <= known
