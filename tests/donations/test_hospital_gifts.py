"""A hospital as recipient: four persons' opinions, the leaders' decision, and only then agreement, acceptance, notice, fund."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models.mechanisms import Task
from donations.models.giving import Donation, Donor
from donations.models.hospital_gifts import GiftOpinion, HospitalGift
from donations.services import gift_figures, giving, hospital_gift_steps, hospital_gifts
from tests.donations.pages import text, url
from tests.factories import gifts
from tests.factories.donations import D, as_person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def offices(hospital):
    return gifts.offices_of(hospital)


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"receiver": "department"}, "hospital_gift_to_legal_person", "receiver"),
        ({"is_free_of_procurement": False}, "hospital_gift_is_free", "is_free_of_procurement"),
        ({"is_free_of_return": False}, "hospital_gift_is_free", "is_free_of_return"),
        ({"amount": D("0")}, "hospital_gift.amount", "amount"),
    ],
)
def test_an_offer_that_the_rules_forbid(head, refuses, given, rule, field):
    with refuses(rule, field):
        gifts.make_offer(head, **given)


def test_a_department_can_not_be_the_receiver_in_the_database_either(head, other_hospital):
    gift = gifts.make_offer(head)
    with as_person(head):
        rows = HospitalGift.objects.filter(pk=gift.pk)
        with pytest.raises(IntegrityError, match="hospital_gift_to_legal_person"):
            with transaction.atomic():
                rows.update(receiver_id=other_hospital.pk)


def test_four_persons_once_each_and_a_leader_who_is_none_of_them(head, offices, refuses):
    gift = gifts.make_offer(head)
    with as_person(head) as by:
        persons = {name: offices[name] for name in gifts.OFFICES}
        ask = {"gift": gift, "by": by}
        with refuses("gift_opinion_person_once", "audit"):
            hospital_gifts.hospital_gift_submit(
                persons={**persons, "audit": offices["finance"]}, leader=offices["leader"], **ask
            )
        with refuses("hospital_gift.leader_is_assessor", "leader"):
            hospital_gifts.hospital_gift_submit(persons=persons, leader=offices["audit"], **ask)
    gifts.send(head, offices, gift)
    with as_person(head):
        tasks = Task.objects.filter(kind="gift_opinion", state="open")
        assert {task.assignee_id for task in tasks} == {offices[n].pk for n in gifts.OFFICES}
        opinion = gift.opinions.get(office="audit")
    with as_person(offices["discipline"]) as by, refuses("permission.can_give_opinion", status=403):
        hospital_gifts.hospital_gift_opine(opinion=opinion, verdict="for", text="", by=by)
    with as_person(offices["audit"]) as by:
        with refuses("gift_opinion.needs_text", "text"):
            hospital_gifts.hospital_gift_opine(opinion=opinion, verdict="against", text="", by=by)
        hospital_gifts.hospital_gift_opine(opinion=opinion, verdict="for", text="", by=by)
        with refuses("gift_opinion.given", status=409):
            hospital_gifts.hospital_gift_opine(opinion=opinion, verdict="for", text="", by=by)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            GiftOpinion.objects.filter(pk=opinion.pk).update(verdict="against")


def test_an_opinion_against_can_not_be_decided_away(head, offices, refuses):
    gift = gifts.send(head, offices, gifts.make_offer(head))
    gifts.judge(offices, gift, discipline="against")
    with refuses("hospital_gift.opinion_against", "accepts"):
        gifts.decide(offices, gift)
    assert gifts.decide(offices, gift, accepts=False).state == "refused"


def test_from_the_offer_to_the_hospitals_own_fund(head, offices, refuses, client_for):
    gift = gifts.make_noticed(head, offices)
    with as_person(offices["finance"]) as by:
        fund = giving.fund_open(number="HF-1", name="医院救助基金", kind="hospital", by=by)
        gift = hospital_gift_steps.hospital_gift_book(gift=gift, fund=fund, by=by)
        donation = gift.donation
        assert (gift.state, donation.state, donation.amount) == (
            "booked",
            "received",
            D("49000.00"),
        )
        with refuses("permission.can_confirm_donation", status=403):
            giving.donation_confirm(donation=donation, by=by)
        rows = HospitalGift.objects.visible_to(by)
        *lines, total = gift_figures.hospital_year(rows, TODAY.year)
        assert (total.gifts, total.amount) == (1, D("49000.00"))
        assert sum(one.gifts for one in lines) == 1
    with as_person(offices["finance2"]) as by:
        assert giving.donation_confirm(donation=donation, by=by).state == "booked"
        assert Donation.objects.visible_to(by).count() == 1
        notice = gift.notice
        assert notice.payload["facts"][0][1] == "匿名捐赠人"
        assert "示例捐赠企业" not in str(notice.payload)
    page = text(client_for(offices["finance2"]).get(url("donation", donation.uid)))
    assert "49,000.00" in page
    csv = client_for(head).get(url("hospital_gift_year_csv")).content.decode()
    assert gift.number in csv
    assert "示例捐赠企业" not in csv


@pytest.mark.parametrize("sign", ["=", "@", "＝"])
def test_a_donors_name_runs_in_no_spreadsheet(head, offices, client_for, sign):
    gift = gifts.make_noticed(head, offices)
    with as_person(head):
        Donor.objects.filter(pk=gift.donor_id).update(kind="company", publish_name=True)
        donor = Donor.objects.get(pk=gift.donor_id)
        donor.name = f'{sign}HYPERLINK("//elsewhere.example")'
        donor.save(update_fields=["name"])
    rows = client_for(head).get(url("hospital_gift_year_csv")).content.decode()
    assert f"\"'{sign}HYPERLINK" in rows


def test_pages_of_an_offer_for_who_runs_and_who_judges_it(
    head, offices, other_head, officer, client_for
):
    head_client = client_for(head)
    sent = head_client.post(
        url("hospital_gift_new"),
        {
            "donor_kind": "company",
            "donor_name": "示例捐赠企业",
            "receiver": "department",
            "kind": "money",
            "content": "救助款",
            "amount": "５０，０００",
            "purpose": "relief",
            "use": "减免",
        },
    )
    assert sent.status_code == 422
    assert "只能由医院法人接受捐赠" in text(sent)
    gift = gifts.send(head, offices, gifts.make_offer(head))
    gifts.make_offer(head)
    assert "财务" in text(head_client.get(url("hospital_gift", gift.uid)))
    judge = client_for(offices["audit"])
    listed = text(judge.get(url("hospital_gifts")))
    assert gift.number in listed
    assert "全部 1" in listed
    with as_person(offices["audit"]):
        own = gift.opinions.get(person=offices["audit"])
        foreign = gift.opinions.get(person=offices["finance"])
    assert judge.get(url("hospital_gift_opine", foreign.uid)).status_code == 404
    answer = judge.post(
        url("hospital_gift_opine", own.uid), {"verdict": "against", "text": "与采购有关"}
    )
    assert answer.status_code == 302
    assert "与采购有关" in text(head_client.get(url("hospital_gift", gift.uid)))
    assert "与采购有关" not in text(
        client_for(offices["discipline"]).get(url("hospital_gift", gift.uid))
    )
    assert client_for(other_head).get(url("hospital_gift", gift.uid)).status_code == 404
    assert client_for(officer).get(url("hospital_gifts")).status_code == 404


def test_goods_are_counted_by_batch_and_valued_in_the_legal_order(head, offices, client_for):
    gift = gifts.send(head, offices, gifts.make_offer(head, kind="goods", content="轮椅 20 台"))
    gifts.judge(offices, gift)
    gifts.decide(offices, gift)
    with as_person(head) as by:
        hospital_gift_steps.hospital_gift_agree(
            gift=gift, signed_on=TODAY, delivery_on=None, file=gifts.signed(), by=by
        )
    client = client_for(head)
    worth = {
        "accepted_on": TODAY.isoformat(),
        "valuation_basis": "3",
        "accepted_value": "３６，０００",
        "acceptance": "两人现场清点",
    }
    accept, count = url("hospital_gift_accept", gift.uid), url("hospital_gift_item", gift.uid)
    assert "请先逐批清点实物" in text(client.post(accept, worth))
    batch = {"item": "轮椅", "kind": "device", "quantity": "２０", "unit": "台"}
    batch |= {"received_on": TODAY.isoformat(), "batch": "甲"}
    soon = (TODAY + dt.timedelta(days=60)).isoformat()
    assert "须填有效期" in text(client.post(count, batch))
    assert "距有效期不足 6 个月" in text(client.post(count, batch | {"expires_on": soon}))
    late = (TODAY + dt.timedelta(days=700)).isoformat()
    assert client.post(count, batch | {"expires_on": late}).status_code == 302
    assert "请写明为什么" in text(client.post(accept, worth))
    worth["valuation_note"] = "发票金额明显偏低"
    assert "请上传计价凭据" in text(client.post(accept, worth))
    nothing = client.post(accept, worth | {"valuation_basis": "5"})
    assert "无法可靠计价的不填金额" in text(nothing)
    assert client.post(accept, worth | {"file": gifts.signed()}).status_code == 302
    page = client.get(url("hospital_gift", gift.uid))
    shown = text(page)
    assert "20 台" in shown
    assert "公允价值 · 发票金额明显偏低" in shown
    paper = re.search(r"/papers/[0-9a-f-]{36}/", page.content.decode()).group()
    assert client.get(url("hospital_gift", gift.uid).rstrip("/") + paper).status_code == 200
    with as_person(head) as by:
        hospital_gift_steps.hospital_gift_notice(gift=gift, noticed_on=TODAY, by=by)
    with as_person(offices["finance"]) as by:
        fund = giving.fund_open(number="HF-1", name="医院救助基金", kind="hospital", by=by)
        booked = hospital_gift_steps.hospital_gift_book(gift=gift, fund=fund, by=by)
        assert (booked.donation.valuation_basis, str(booked.donation.amount)) == (3, "36000.00")
