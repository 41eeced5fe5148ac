"""Pages of goods and receipts: what is typed stays, the second person's button, constant queries, anybody's check."""

import io
import zipfile
from collections import Counter
from copy import copy

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models.queues import Job
from departments.services.documents import document_content
from departments.services.jobs import job_run
from donations.models.goods import GoodsIntake, GoodsStock, StockMove
from donations.models.receipts import Receipt
from donations.services import donation_receipts, goods_sheets, goods_stock, receipt_papers
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.donations.pages import text
from tests.donations.test_concurrency import _at_once, _everybody
from tests.factories import goods
from tests.factories.donations import as_person, give, make_money


@pytest.fixture
def empty(people):
    return make_money(people)


def _count(client, address: str) -> int:
    client.get(address)  # what a process keeps after its first page
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_cost_the_same_at_one_and_three_rows(client_for, people, empty):
    goods.make_series(people)

    def one_more(n: int):
        site = goods.make_site(people, f"演示点{n}")
        intake = goods.make_booked(people, empty, site)
        lot = goods.lot_of(people, intake)
        goods.hand_out(
            people, goods.make_sheet(people, site, lot, [{"recipient": "演示人", "quantity": 1}])
        )
        donation = give(people, empty, "10.00")
        with as_person(people.officer) as by:
            goods_stock.loss_report(lot=lot, site=site, quantity=1, reason="破损", by=by)
            donation_receipts.receipt_issue(donation=donation, by=by)

    client = client_for(people.officer)
    names = "goods:stock goods:moves goods:intakes goods:sheets goods:losses goods:sites "
    pages = [reverse(n) for n in (names + "receipts:receipts receipts:due receipts:series").split()]
    one_more(1)
    before = {page: _count(client, page) for page in pages}
    one_more(2)
    one_more(3)
    assert {page: _count(client, page) for page in pages} == before


def test_a_delivery_is_typed_refused_with_what_was_typed_and_recorded(client_for, people, empty):
    site = goods.make_site(people)
    client, new = client_for(people.officer), reverse("goods:intake_new")
    typed = {
        "donor": str(empty.donor.uid),
        "fund": str(empty.fund.uid),
        "site": str(site.uid),
        "received_on": timezone.localdate().isoformat(),
        "item": "演示药品",
        "kind": "medicine",
        "quantity": "１２",
        "unit": "盒",
        "is_usable": "on",
        "is_free": "on",
    }
    refused = client.post(new, typed)
    assert refused.status_code == 422
    assert "药品、医疗器械和食品须填有效期。" in text(refused)
    assert 'value="演示药品"' in refused.content.decode()
    without = client.post(new, {**typed, "kind": "general", "is_free": ""})
    assert "《慈善法》第三十四条" in text(without)
    done = client.post(new, {**typed, "kind": "general"})
    with as_person(people.officer):
        intake = GoodsIntake.objects.get()
    assert done["Location"] == reverse("goods:intake", args=[intake.uid])
    assert "须由清点人以外的另一人在现场验收。" in text(client.get(done["Location"]))
    assert (
        client_for(people.officer2)
        .get(reverse("goods:intake_accept", args=[intake.uid]))
        .status_code
        == 200
    )


def test_a_receipt_for_a_return_is_refused_at_its_field_and_the_paper_is_a_pdf(
    client_for, people, empty
):
    goods.make_series(people)
    donation = give(people, empty, "12345.67")
    client, issue = client_for(people.officer), reverse("receipts:issue", args=[donation.uid])
    assert "壹万贰仟叁佰肆拾伍元陆角柒分" in text(client.get(issue))
    refused = client.post(issue, {"consideration": "sponsorship"})
    assert refused.status_code == 422
    assert "赞助以宣传等回报为条件" in text(refused)
    done = client.post(issue, {"consideration": "none"})
    paper = client.get(f"{done['Location']}paper/")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert "待开票 0 笔" in text(client.get(reverse("receipts:receipts")))


def test_sheet_prints_with_the_drawn_signature(client_for, people, empty):
    site = goods.make_site(people)
    lot = goods.lot_of(people, goods.make_booked(people, empty, site))
    sheet = goods.make_sheet(people, site, lot, [{"recipient": "演示成人", "quantity": 1}])
    client = client_for(people.officer)
    blank = client.get(reverse("goods:sheet_paper", args=[sheet.uid])).content
    with as_person(people.officer):
        line = sheet.lines.get()
    sign = reverse("goods:line_sign", args=[line.uid])
    assert client.post(sign, {"signer_kind": "recipient", "drawing": ""}).status_code == 422
    sent = client.post(sign, {"signer_kind": "recipient", "drawing": goods.STROKES})
    assert sent["Location"] == reverse("goods:sheet", args=[sheet.uid])
    signed = client.get(reverse("goods:sheet_paper", args=[sheet.uid])).content
    assert signed.startswith(b"%PDF-")
    assert len(signed) > len(blank)


def test_anybody_checks_a_receipt_and_learns_no_donor(people, empty):
    goods.make_series(people)
    donation = give(people, empty, "100.00")
    with as_person(people.officer) as by:
        made = donation_receipts.receipt_issue(donation=donation, by=by)
    client, check = Client(), reverse("receipts_public:check")
    typed = {"code": "11010125", "number": "１", "check_code": made.check_code.lower()}
    page = client.post(check, typed)
    assert page.status_code == 200
    assert "有效" in text(page)
    assert "演示捐赠企业" not in text(page)
    wrong = client.post(check, {**typed, "check_code": "AAAA2222"})
    assert wrong.status_code == 422
    assert "没有这张票据" in text(wrong)
    cache.clear()


def test_a_batch_is_one_zip_with_a_paper_for_every_receipt(own_database, person):
    people = _everybody(person)
    money = make_money(people)
    goods.make_series(people)
    gifts = [give(people, money, amount) for amount in ("10.00", "20.00")]
    today = timezone.localdate()
    with as_person(people.officer) as by:
        for gift in gifts:
            donation_receipts.receipt_issue(donation=gift, by=by)
        job = receipt_papers.batch_ask(since=today, until=today, by=by)
    assert job_run(job.uid)
    with as_person(people.officer):
        done = Job.objects.select_related("result").get(pk=job.pk)
        content = document_content(done.result)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.namelist() == ["11010125-0000000001.pdf", "11010125-0000000002.pdf"]
        assert all(packed.read(name).startswith(b"%PDF-") for name in packed.namelist())


def test_64_at_once_take_exactly_what_is_there(own_database, person):
    """32 sheets and 32 transfers of 10 on 100 bags: ten go through, 54 are refused in words."""
    people = _everybody(person)
    money = make_money(people)
    site = goods.make_site(people)
    other = goods.make_site(people, "演示医院", "hospital")
    lot = goods.lot_of(people, goods.make_booked(people, money, site))
    taker = {"recipient": "演示人", "quantity": 10}
    sheets = [goods.make_sheet(people, site, lot, [taker]) for _n in range(32)]

    def take(n: int) -> str:
        try:
            with as_person(copy(people.officer)) as by:
                if n % 2:
                    goods_stock.stock_transfer(
                        lot=lot, site=site, to_site=other, quantity=10, by=by
                    )
                else:
                    paper = goods.paper()
                    goods_sheets.distribution_sign(distribution=sheets[n // 2], file=paper, by=by)
        except DomainError as refusal:
            return refusal.rule
        return "taken"

    found = Counter(_at_once(64, take))
    assert found == {"taken": 10, "goods_stock_never_below_nothing": 54}
    with scope(org=lot.organization_id, role="system"):
        stock = {row.site_id: row.on_hand for row in GoodsStock.objects.all()}
        carried = sum(StockMove.objects.filter(kind="transfer").values_list("quantity", flat=True))
        out = sum(StockMove.objects.filter(kind="out").values_list("quantity", flat=True))
        assert (stock[site.pk], carried + out) == (0, 100)
        assert stock.get(other.pk, 0) == carried
        lot.refresh_from_db()
        assert lot.on_hand == 100 - out


def test_numbers_are_taken_once_by_many_at_once(own_database, person):
    people = _everybody(person)
    money = make_money(people)
    goods.make_series(people, first=1, last=8)
    gifts = [give(people, money, "1.00") for _n in range(12)]

    def issue(n: int) -> str:
        try:
            with as_person(copy(people.officer)) as by:
                donation_receipts.receipt_issue(donation=gifts[n], by=by)
        except DomainError as refusal:
            return refusal.rule
        return "issued"

    assert Counter(_at_once(12, issue)) == {"issued": 8, "receipt.no_numbers": 4}
    with scope(org=money.fund.organization_id, role="system"):
        assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, 9))
