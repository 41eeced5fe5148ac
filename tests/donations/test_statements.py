"""The reconciliation desk: imported lines find their gifts, and nothing is booked by one person alone."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from departments.services.importing.kinds import kinds
from departments.services.importing.runs import import_confirm, import_map, import_upload
from departments.services.jobs import job_run
from donations.models.giving import Donation
from donations.models.ledger import LedgerAccount
from donations.models.statements import StatementLine
from donations.services import giving, reconciling, statements
from donations.services.statement_totals import statements_since
from donations.services.suggesting import suggestions_for
from tests.donations.pages import text
from tests.factories.donations import as_person

pytestmark = pytest.mark.django_db
D = Decimal
HEADS = ["支付宝交易号", "入账时间", "收入（+元）", "支出（-元）", "对方名称", "备注"]


@pytest.fixture(autouse=True)
def _quiet_heart(settings, monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 600)


def bring(user, rows, *, kind="statement_alipay", heads=HEADS, is_new=True):
    """A CSV file through the import engine, to its review when nothing of it is new; the run as it ended."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows([heads, *rows])
    file = SimpleUploadedFile("账单.csv", sheet.getvalue().encode("utf-8-sig"))
    with as_person(user) as by:
        run = import_upload(kind=kinds()[kind], source="支付宝", file=file, by=by)
    with as_person(user) as by:
        run = import_map(run=run, sheet=run.sheet, columns=run.mapping, by=by)
    assert job_run(run.job.uid)
    with as_person(user) as by:
        run.refresh_from_db()
        if not is_new:
            return run
        run = import_confirm(run=run, by=by)
    assert job_run(run.job.uid)
    with as_person(user):
        run.refresh_from_db()
    return run


def row(number, amount, *, name="演示捐赠企业", paid="", day=None):
    return [number, f"{day or timezone.localdate()} 10:00:00", amount, paid, name, ""]


def make_line(user, amount="200.00", number="L1", name="演示捐赠企业", **more):
    with as_person(user) as by:
        line = StatementLine(
            organization_id=by.house_id,
            source="bank",
            external_no=number,
            on=timezone.localdate(),
            amount=D(amount),
            counter_name=name,
            created_by=by,
            **more,
        )
        line.save(force_insert=True)
        return line


def record(user, money, amount="200.00"):
    with as_person(user) as by:
        return giving.donation_record(
            donor=money.donor,
            fund=money.fund,
            purpose=money.purpose,
            amount=D(amount),
            received_on=timezone.localdate(),
            by=by,
        )


def test_a_platform_file_brings_each_receipt_once_and_says_why_not_the_others(people, money):
    rows = [
        row("A1", "＋２００．００"),
        row("A2", "1,000.50"),
        row("A3", "1,00"),
        row("4.2E+27", "5.00"),
        row("A5", "", paid="88.00"),
        row("A6", "0.00"),
    ]
    run = bring(people.officer, rows)
    assert (run.created_count, run.refused_count) == (2, 4)
    with as_person(people.officer) as by:
        lines = StatementLine.objects.visible_to(by).order_by("external_no")
        assert [(one.external_no, one.amount, one.source) for one in lines] == [
            ("A1", D("200.00"), "alipay"),
            ("A2", D("1000.50"), "alipay"),
        ]
    again = bring(people.officer, rows, is_new=False)
    assert (again.valid_count, again.known_count) == (0, 2)
    with as_person(people.officer) as by:
        assert StatementLine.objects.visible_to(by).count() == 2


def test_the_likeliest_gift_comes_first_and_another_person_books_it(people, money, refuses):
    gift = record(people.officer, money)
    line = make_line(people.officer)
    with as_person(people.officer) as by:
        [first, *_rest] = suggestions_for([line], by=by)[line.pk]
        assert (first.donation.pk, first.is_sure) == (gift.pk, True)
        line = statements.line_match(line=line, donation=gift, by=by)
        with refuses("statement_line_confirmed_by_another", status=409):
            statements.line_confirm(line=line, by=by)
    with as_person(people.cashier) as by:
        line = statements.line_confirm(line=line, by=by)
        assert line.state == "confirmed"
        assert Donation.objects.get(pk=gift.pk).state == "booked"
        found, cash = statements_since(timezone.localdate(), by=by)
    assert [(one.source, one.came, one.booked) for one in found] == [("bank", D(200), D(200))]
    assert (cash[0].gifts, cash[0].tied, cash[0].loose) == (D("100200.00"), D(200), D("100000.00"))


def test_a_name_known_from_an_earlier_line_names_the_donor(people, money):
    first = make_line(people.officer, name="演示户名")
    with as_person(people.officer) as by:
        statements.line_match(line=first, donation=_recorded(by, money), by=by)
    second = make_line(people.officer, amount="300.00", number="L2", name="演示户名")
    gift = record(people.officer, money, "300.00")
    with as_person(people.officer) as by:
        [one] = [s for s in suggestions_for([second], by=by)[second.pk] if s.donation.pk == gift.pk]
        assert one.is_sure


def _recorded(by, money):
    return giving.donation_record(
        donor=money.donor,
        fund=money.fund,
        amount=D("200.00"),
        received_on=timezone.localdate(),
        by=by,
    )


def test_a_line_becomes_a_gift_and_what_came_is_in_the_books(people, money):
    line = make_line(people.officer, amount="66.60")
    with as_person(people.officer) as by:
        line = statements.line_give(
            line=line, fund=money.fund, purpose=money.purpose, donor=money.donor, by=by
        )
    with as_person(people.approver) as by:
        statements.line_confirm(line=line, by=by)
        account = LedgerAccount.objects.get(kind="available", purpose=money.purpose)
        assert account.balance == D("100066.60")
        assert reconciling.differences() == []


def test_a_split_is_the_line_to_the_fen_and_is_taken_back_whole(people, money, refuses):
    line = make_line(people.officer, amount="300.00")
    with as_person(people.officer) as by:
        with refuses("line.parts_differ", "parts"):
            statements.line_split(line=line, parts=[D("100.00"), D("199.99")], by=by)
        line = statements.line_split(line=line, parts=[D("100.00"), D("200.00")], by=by)
        one, two = line.parts.order_by("id")
        with refuses("line.part_of_part", "parts"):
            statements.line_split(line=one, parts=[D("50.00"), D("50.00")], by=by)
        one = statements.line_ignore(line=one, reason="not_a_donation", by=by)
        with refuses("line.parts_in_use", status=409):
            statements.line_undo(line=line, by=by)
        statements.line_undo(line=one, by=by)
        line = statements.line_undo(line=line, by=by)
        assert (line.state, sorted(line.parts.values_list("state", flat=True))) == (
            "open",
            ["undone", "undone"],
        )


def test_more_than_the_gift_is_not_matched(people, money, refuses):
    gift = record(people.officer, money, "200.00")
    line = make_line(people.officer, amount="200.01")
    with as_person(people.officer) as by, refuses("line.more_than_gift", "donation"):
        statements.line_match(line=line, donation=gift, by=by)


ATTACKS = {
    "statement_line_kept": "UPDATE donations_statementline SET amount = amount + 1",
    "statement_line_split_is_whole": "UPDATE donations_statementline SET state = 'split'",
    "statement_line_confirmed_is_whole": "UPDATE donations_statementline SET state = 'confirmed',"
    " donation_id = (SELECT min(id) FROM donations_donation)",
    "statement_line_confirmed_by_another": "UPDATE donations_statementline SET confirmed_by_id = created_by_id",
    "42501": "DELETE FROM donations_statementline",
}


@pytest.mark.parametrize("rule", ATTACKS)
def test_sql_of_the_application_breaks_no_line(people, money, rule):
    make_line(people.officer)
    with as_person(people.officer), pytest.raises(DatabaseError) as caught:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ATTACKS[rule])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cause = caught.value.__cause__
    assert (cause.diag.constraint_name or cause.pgcode) == rule


def test_the_desk_matches_with_one_press_and_keeps_what_is_refused(people, money, client_for):
    gift = record(people.officer, money)
    line = make_line(people.officer)
    desk = reverse("books:desk")
    http = client_for(people.officer)
    assert gift.number in text(http.get(desk))
    wrong = http.post(
        reverse("books:line_match", args=[line.uid]) + "?by=number", {"donation": "NONE-9"}
    )
    assert wrong.status_code == 422
    assert "NONE-9" in wrong.content.decode()
    done = http.post(
        reverse("books:line_match", args=[line.uid]),
        {"donation": str(gift.uid), "back": f"{desk}?source=bank"},
    )
    assert done["Location"] == f"{desk}?source=bank"
    other = client_for(people.cashier)
    assert "复核入账" in text(other.get(f"{desk}?state=matched"))
    assert other.post(reverse("books:line_confirm", args=[line.uid])).status_code == 302
    assert "已入账" in text(other.get(reverse("books:line", args=[line.uid])))
    assert "100,200.00" in text(other.get(reverse("books:months")))


def test_nobody_else_finds_a_line(people, money, person, client_for):
    line = make_line(people.officer)
    for login in ("worker", "head", "other_officer"):
        answer = client_for(person(login)).get(reverse("books:line", args=[line.uid]))
        assert answer.status_code == 404, login


def test_the_desk_asks_as_often_for_one_line_as_for_three(
    people, money, client_for, django_assert_max_num_queries
):
    from django.test.utils import CaptureQueriesContext

    http, desk = client_for(people.officer), reverse("books:desk")
    record(people.officer, money)
    make_line(people.officer)
    http.get(desk)
    with CaptureQueriesContext(connection) as one:
        http.get(desk)
    for n in (2, 3):
        make_line(people.officer, number=f"L{n}")
    with CaptureQueriesContext(connection) as three:
        http.get(desk)
    assert len(one) == len(three)
