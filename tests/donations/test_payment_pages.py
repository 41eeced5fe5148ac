"""Pages of payment lists and checks, the API's reading of them, the decision letter in its three copies."""

import io

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from donations.models.payments import PaymentLine, PaymentList
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.models.sampling import Verification
from donations.services import review, sampling
from donations.services.family_lane import lane_code_create, lane_letter
from tests.donations.test_pages_queries import _count
from tests.donations.test_payments import (
    HEADS,
    _colleague,
    _last_month,
    answer,
    approve,
    bring,
    make_list,
)
from tests.factories.donations import (
    as_person,
    code_for,
    make_approved,
    make_submitted,
    prepare,
    release,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 600)


def url(name, *args):
    return reverse(f"payments:{name}", args=args)


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def test_from_the_ticked_payments_to_the_file_and_the_answers(people, money, client_for, api):
    asked = make_approved(people, money)
    first = release(people, prepare(people, asked, "10000.00"))
    second = release(people, prepare(people, asked, "20000.00"))
    client = client_for(people.cashier)
    page = client.get(url("list_new")).content.decode()
    assert page.count("checked") == 2
    typed = {"on": f"{timezone.localdate()}", "account": "演示账户", "disbursements": []}
    refused = client.post(url("list_new"), typed)
    assert (refused.status_code, "请勾选要付的拨付。" in refused.content.decode()) == (422, True)
    assert "演示账户" in refused.content.decode()
    typed["disbursements"] = [str(first.uid), str(second.uid)]
    made = client.post(url("list_new"), typed)
    with as_person(people.cashier):
        held = PaymentList.objects.get()
    assert made["Location"] == url("list", held.uid)
    assert client.post(url("list_file", held.uid)).status_code == 409
    approver = client_for(people.approver)
    code = code_for(people.approver)
    assert approver.post(url("list_approve", held.uid), {"totp_code": code}).status_code == 302
    file = client.post(url("list_file", held.uid))
    assert file.status_code == 200
    assert len(list(load_workbook(io.BytesIO(file.content)).active.iter_rows())) == 3
    (row,) = api.get("/payment-lists/?state=approved").json()["items"]
    body = api.get(f"/payment-lists/{row['uid']}/")
    assert (row["total"], row["count"], body["ETag"] != "") == ("30000.00", 2, True)
    assert [one["disbursement"] for one in body.json()["lines"]] == [
        str(first.uid),
        str(second.uid),
    ]
    assert "6200000000000000" not in body.content.decode()


def test_lists_of_payments_and_checks_cost_the_same_at_one_and_three_rows(
    people, money, client_for
):
    asked = make_approved(people, money)
    month = sampling.month_before(timezone.localdate())
    with as_person(people.approver) as by:
        sampling.rule_keep(starts_on=month, share=100, least=1, days=5, by=by)
    rows = [release(people, prepare(people, asked, "1000.00")) for _n in range(6)]
    approve(people, make_list(people, rows[0]))
    with as_person(people.cashier):
        lines = list(PaymentLine.objects.order_by("id"))
        single = PaymentList.objects.get()
    bring(
        people.cashier2, [answer(lines[0], "成功", number="N0")], kind="payment_answer", heads=HEADS
    )
    client = client_for(people.approver)
    pages = [url("lists"), url("answers")]
    before = {page: _count(client, page) for page in pages}
    alone = _count(client, url("list", single.uid))
    many = approve(people, make_list(people, *rows[1:4]))
    make_list(people, rows[4])
    with as_person(people.cashier):
        more = list(PaymentLine.objects.filter(list=many).order_by("id"))
    said = [answer(line, "成功", number=f"N{line.place}") for line in more]
    bring(people.cashier2, said, kind="payment_answer", heads=HEADS)
    assert {page: _count(client, page) for page in pages} == before
    assert _count(client, url("list", many.uid)) == alone
    with as_person(people.officer) as by:
        Disbursement.objects.filter(pk__in=[one.pk for one in rows[:3]]).update(
            released_at=_last_month()
        )
        draw = sampling.sample_draw(month=month, by=by)
    with as_person(people.officer):
        one, *others = draw.checks.order_by("id")
    assert len(others) == 2
    three = _count(client, url("checks"))
    stranger = _colleague(people.officer.membership.organization_id)
    with as_person(people.officer):
        Verification.objects.filter(pk__in=[other.pk for other in others]).update(
            state="passed",
            checked_by=stranger,
            checked_at=timezone.now(),
            call="phone",
            called_on=timezone.localdate(),
        )
    assert _count(client, url("checks") + "?state=drawn") == three
    assert client.get(url("check", one.uid)).status_code == 200


def test_the_letter_says_sum_reason_and_the_way_to_a_second_look(people, money, client_for):
    asked = make_approved(people, money, amount="12000.00")
    refused = make_submitted(people, money)
    open_one = make_submitted(people, money)
    with as_person(people.officer) as by:
        review.request_check(request=refused.request, by=by)
        review.request_reject_ineligible(
            request=refused.request, reason="家庭收入高于项目规定。", by=by
        )
    worker, officer = client_for(people.worker), client_for(people.officer)
    paper = worker.get(reverse("donations:request_letter", args=[asked.request.uid]))
    assert paper["Content-Type"] == "application/pdf"
    told = words_of(paper.content)
    assert all(word in told for word in ("演示患儿", "壹万贰仟元整", "12,000.00", "15 个工作日"))
    theirs = officer.get(reverse("donations:review_letter", args=[asked.request.uid]))
    told = words_of(theirs.content)
    assert ("演示患儿" in told, asked.request.subject_code in told) == (False, True)
    no = words_of(
        officer.get(reverse("donations:review_letter", args=[refused.request.uid])).content
    )
    assert all(word in no for word in ("不予救助", "家庭收入高于项目规定。", "申请复核"))
    undecided = reverse("donations:request_letter", args=[open_one.request.uid])
    assert worker.get(undecided).status_code == 409
    with as_person(people.worker) as by:
        request = FundingRequest.objects.get(pk=refused.request.pk)
        code = lane_code_create(request=request, by=by).code
    number, content = lane_letter(code)
    told = words_of(content)
    assert (number, "演示患儿" in told, "演" in told) == (refused.request.number, False, True)
    assert lane_letter("A" * 12) is None
