"""The public notice: only what the family allows, for working days, with objections that block its end."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models.consents import Consent
from cases.models.people import Client
from cases.services.consents import consent_withdraw
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.publishing import Objection, PublicEntry
from departments.services import objections, outbox
from departments.services.objections import objection_receive
from donations.models.requests import FundingRequest
from donations.services import notices, requests, review
from msw_portal.kernel.scope import scope
from tests.factories import cases
from tests.factories.donations import (
    as_person,
    code_for,
    give,
    make_money,
    make_proposed,
    make_submitted,
)

D = Decimal
STAGES = [
    "document_check",
    "first_review",
    "proposed",
    "public_notice",
    "notice_elapsed",
    "approved",
    "agreement",
    "disbursing",
    "disbursed",
]


@pytest.fixture
def asked(people):
    """A proposed request of a programme with a notice of five working days."""
    money = make_money(people, stages=STAGES)
    give(people, money, "100000.00")
    return make_proposed(people, money)


def _allow(people, asked) -> Consent:
    with as_person(people.worker) as by:
        consent = cases.make_consent(
            asked.case, by, "public_notice", signer="演示母", signer_relation="mother"
        )
        notices.notice_allow(request=asked.request, consent=consent, by=by)
    return consent


def _open(people, asked) -> PublicEntry:
    with as_person(people.officer) as by:
        asked.request = notices.notice_open(request=asked.request, by=by)
        return notices.notice_entry(asked.request)


def _now(asked, people) -> FundingRequest:
    with as_person(people.officer):
        return FundingRequest.objects.get(pk=asked.request.pk)


def test_nothing_is_approved_or_shown_before_the_family_allows_it(people, asked, refuses):
    code = code_for(people.approver)
    with as_person(people.approver) as by, refuses("funding_request.needs_notice", status=409):
        review.request_approve(request=asked.request, amount=D("1.00"), totp_code=code, by=by)
    with as_person(people.officer) as by:
        with refuses("funding_request.needs_notice_consent", status=409):
            notices.notice_open(request=asked.request, by=by)
    with as_person(people.worker) as by:
        with refuses("funding_request.needs_notice_consent", "consent"):
            notices.notice_allow(request=asked.request, consent=asked.consent, by=by)


def test_the_window_is_counted_in_working_days(people, asked, monkeypatch):
    """28 September 2026: the 29th, the 30th, then 8, 9 and the worked Saturday 10 October."""
    monday = dt.datetime(2026, 9, 28, 2, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: monday)
    with as_person(people.officer):
        until = notices.window_end(asked.request)
    assert timezone.localtime(until).isoformat() == "2026-10-11T00:00:00+08:00"


def test_the_notice_shows_no_more_than_was_allowed(people, asked):
    with as_person(people.worker):
        Client.objects.filter(pk=asked.case.client_id).update(region_id=130102)
        asked.request = FundingRequest.objects.get(pk=asked.request.pk)
    _allow(people, asked)
    entry = _open(people, asked)
    said = dict(entry.payload["facts"])
    assert said["所在地区"] == "河北省 石家庄市"
    assert (said["受助人"], said["拟救助金额（元）"]) == ("演***", "30000.00")
    assert set(said) <= {
        *("受助人", "年龄段", "所在地区", "疾病类别", "就诊医院"),
        *("救助项目", "拟救助金额（元）", "公示期"),
    }
    assert (said["年龄段"], said["就诊医院"]) == ("4–6", "测试第一医院")
    assert "演示患儿" not in str(entry.payload)
    assert asked.request.due_at == entry.visible_to


def test_what_an_older_text_did_not_name_is_not_shown(people, asked):
    with as_person(people.worker):
        request = FundingRequest.objects.get(pk=asked.request.pk)
        older = "遮盖的姓名、所在地区（到区县）、疾病类别、拟救助金额和项目名称。"
        assert notices._named_too(request, older) == {}
        assert set(notices._named_too(request, f"{older}年龄段")) == {"age_band"}


def test_an_open_objection_blocks_the_end_and_a_dismissed_one_lets_it_go(
    people, asked, refuses, monkeypatch
):
    _allow(people, asked)
    entry = _open(people, asked)
    with refuses("objection.needs_text", "text"):
        objection_receive(entry=entry, text=" ", place="192.0.2.1")
    objection_receive(entry=entry, text="听说该户有多套住房", place="192.0.2.1")
    after = entry.visible_to + dt.timedelta(minutes=1)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: after)
        assert notices.clocks_run() == 0
        assert _now(asked, people).state == "public_notice"
        with as_person(people.officer) as by, refuses("objection.own_entry", status=409):
            notices.notice_objection_answer(
                objection=Objection.objects.get(), answer="已核查", is_upheld=False, by=by
            )
        with as_person(people.officer2) as by:
            with refuses("objection.needs_answer", "answer"):
                notices.notice_objection_answer(
                    objection=Objection.objects.get(), answer="", is_upheld=False, by=by
                )
            notices.notice_objection_answer(
                objection=Objection.objects.get(),
                answer="已向街道核查，无房产",
                is_upheld=False,
                by=by,
            )
        assert notices.clocks_run() == 1
        assert notices.clocks_run() == 0
        assert _now(asked, people).state == "notice_elapsed"
        with refuses("objection.closed", status=409):
            objection_receive(entry=entry, text="太晚了", place="192.0.2.2")
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        done = review.request_approve(
            request=asked.request, amount=D("30000.00"), totp_code=code, by=by
        )
        assert done.state == "approved"


def test_what_comes_from_many_places_is_kept_apart_and_nobody_is_silenced(
    people, asked, refuses, monkeypatch
):
    monkeypatch.setattr(objections, "AGAINST_ONE", 2)
    _allow(people, asked)
    entry = _open(people, asked)
    for n in range(4):
        objection_receive(entry=entry, text=f"听说第 {n} 件事不实", place=f"192.0.2.{n}")
    with as_person(people.officer2) as by:
        said = list(objections.seen_first(Objection.objects.all()))
        assert [(one.text[4], one.state) for one in said] == [
            ("1", "received"),
            ("0", "received"),
            ("3", "unseen"),
            ("2", "unseen"),
        ]
        assert _kinds() == ["objection", "objection", "objections_unseen"]
        for one in said[2:]:
            # Kept apart, they are answered as the others are, and until then the notice waits.
            assert objections.waits_for_answer(entry)
            notices.notice_objection_answer(
                objection=one, answer="已核查，没有这件事", is_upheld=False, by=by
            )
        assert _kinds() == ["objection", "objection"]


def test_one_place_is_still_held_to_a_few_in_an_hour(people, asked, refuses):
    _allow(people, asked)
    entry = _open(people, asked)
    for _n in range(5):
        objection_receive(entry=entry, text="有异议", place="192.0.2.9")
    with refuses("objection.too_many", status=429):
        objection_receive(entry=entry, text="有异议", place="192.0.2.9")
    objection_receive(entry=entry, text="有异议", place="192.0.2.10")


def _kinds() -> list[str]:
    rows = Task.objects.filter(kind__startswith="objection", state="open")
    return sorted(rows.values_list("kind", flat=True))


def test_an_objection_that_is_right_ends_the_request(people, asked):
    _allow(people, asked)
    entry = _open(people, asked)
    objection_receive(entry=entry, text="材料是伪造的", contact="", place="192.0.2.1")
    with as_person(people.officer2) as by:
        notices.notice_objection_answer(
            objection=Objection.objects.get(),
            answer="经医院核实，诊断证明不实",
            is_upheld=True,
            by=by,
        )
    assert _now(asked, people).state == "objection_upheld"
    with as_person(people.officer):
        assert not PublicEntry.objects.get(pk=entry.pk).is_open


def test_a_consent_taken_back_takes_the_notice_down(people, asked):
    consent = _allow(people, asked)
    entry = _open(people, asked)
    with as_person(people.worker) as by:
        consent_withdraw(consent=consent, reason="不愿公开", withdrawn_by="mother", by=by)
    outbox.relay_once()
    with as_person(people.officer):
        assert not PublicEntry.objects.get(pk=entry.pk).is_open
        assert notices.notice_copy(asked.request) is None
    assert _now(asked, people).state == "proposed"


def test_a_request_taken_back_is_shown_no_longer(people, asked):
    _allow(people, asked)
    entry = _open(people, asked)
    with as_person(people.worker) as by:
        requests.request_withdraw(request=asked.request, reason="家庭另有安排", by=by)
    outbox.relay_once()
    with as_person(people.officer):
        assert not PublicEntry.objects.get(pk=entry.pk).is_open


def test_a_supplement_nobody_gives_lapses(people, money, monkeypatch):
    asked = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=asked.request, by=by)
        back = review.request_ask_supplement(
            request=asked.request, items=["economic_proof"], message="请盖章", by=by
        )
    late = back.due_at + dt.timedelta(minutes=1)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: late)
        assert notices.clocks_run() == 1
    assert _now(asked, people).state == "rejected_ineligible"


def test_flooding_is_refused(people, asked, refuses):
    _allow(people, asked)
    entry = _open(people, asked)
    for n in range(5):
        objection_receive(entry=entry, text=f"第 {n} 条", place="192.0.2.9")
    with refuses("objection.too_many", status=429):
        objection_receive(entry=entry, text="第六条", place="192.0.2.9")
    with scope(org=Organization.objects.get(code="FA").pk, role="system"):
        assert Objection.objects.count() == 5


def test_anybody_objects_on_the_page_and_what_is_wrong_keeps_what_was_typed(people, asked, client):
    _allow(people, asked)
    entry = _open(people, asked)
    address = f"/objections/{entry.slug}/"
    assert entry.title in client.get(address).content.decode()
    refused = client.post(address, {"text": " ", "contact": "010-演示"})
    assert refused.status_code == 422
    assert "010-演示" in refused.content.decode()
    sent = client.post(address, {"text": "材料与事实不符", "contact": ""})
    assert "异议已收到" in sent.content.decode()
    assert not sent.cookies and client.get("/objections/nothing-here/").status_code == 404
    with as_person(people.officer):
        assert Objection.objects.get().text == "材料与事实不符"
