"""Orders to the books: three persons, a basis in law, lots that are followed, and no way around."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases.services.clocks import months_after
from departments.models.mechanisms import Task
from departments.models.organizations import DatedRule, Organization
from departments.services import outbox
from donations.models.disclosure import DisclosureItem
from donations.models.giving import CharityProfile
from donations.models.ledger import DonationLot, LedgerAccount, LedgerJournal
from donations.models.orders import LedgerOrder
from donations.models.statements import StatementLine
from donations.services import giving, ledger, looking_up, orders, reconciling, statements
from donations.services.disclosure import item_draft, item_publish
from donations.services.disclosure_drafts import proposed
from donations.services.disclosure_rules import disclosure_rules
from donations.services.ledger import Leg, Posting
from donations.services.trails import GRANT, MOVED, PAID, PLACE, trail_of
from msw_portal.kernel.scope import scope
from tests.donations.pages import text
from tests.factories.donations import (
    as_person,
    code_for,
    give,
    make_approved,
    prepare,
    release,
)

pytestmark = pytest.mark.django_db
D = Decimal


def ask(people, **given):
    with as_person(people.officer) as by:
        return orders.order_ask(reason="演示事由", by=by, **given)


def approve(person, order):
    code = code_for(person)
    with as_person(person) as by:
        return orders.order_approve(order=order, totp_code=code, by=by)


def book(people, order, *, basis=""):
    """All the way: the basis where the kind needs one, approval, booking."""
    if basis:
        with as_person(people.officer) as by:
            order = orders.order_agree(
                order=order, basis=basis, basis_on=timezone.localdate(), basis_no="B-1", by=by
            )
    order = approve(people.approver, order)
    with as_person(people.cashier) as by:
        return orders.order_book(order=order, by=by)


def balance(people, fund, purpose):
    with as_person(people.officer):
        return LedgerAccount.objects.get(kind="available", fund=fund, purpose=purpose).balance


def second_purpose(people, money):
    with as_person(people.officer) as by:
        fund = giving.fund_open(
            number="F-9", name="演示二号基金", kind="special", purposes=[("heart", "先心病")], by=by
        )
        return fund, fund.purposes.get()


def test_a_changed_purpose_needs_consent_and_moves_the_gifts_own_lots(people, money, refuses):
    gift = give(people, money, "500.00")
    fund, purpose = second_purpose(people, money)
    order = ask(
        people,
        kind="purpose_change",
        donation=gift,
        to_fund=fund,
        to_purpose=purpose,
        amount=D("300.00"),
    )
    code = code_for(people.approver)
    with as_person(people.approver) as by, refuses("order.needs_basis", status=409):
        orders.order_approve(order=order, totp_code=code, by=by)
    with as_person(people.officer) as by:
        with refuses("order.basis", "basis"):
            orders.order_agree(order=order, basis="similar", basis_on=timezone.localdate(), by=by)
    order = book(people, order, basis="donor_consent")
    assert order.journal.article == "慈善法第五十六条"
    assert (balance(people, fund, purpose), balance(people, money.fund, money.purpose)) == (
        D("300.00"),
        D("100200.00"),
    )
    with as_person(people.officer):
        trail = trail_of(gift)
        assert [(hop.amount, hop.basis) for hop in trail.of(MOVED)] == [
            (D("300.00"), "donor_consent")
        ]
        assert (trail.given, trail.total(PLACE)) == (D("500.00"), D("500.00"))


def test_one_person_holds_one_duty_of_an_order(people, money, refuses):
    order = ask(people, kind="fee", fund=money.fund, purpose=money.purpose, amount=D("100.00"))
    with as_person(people.officer) as by, refuses("ledger_order_people_apart", status=409):
        orders.order_approve(order=order, totp_code="", by=by)
    with as_person(people.approver) as by, refuses("second_factor.missing", "totp_code"):
        orders.order_approve(order=order, totp_code="", by=by)
    order = approve(people.approver, order)
    with as_person(people.approver) as by, refuses("ledger_order_people_apart", status=409):
        orders.order_book(order=order, by=by)
    with as_person(people.cashier) as by:
        order = orders.order_book(order=order, by=by)
    assert order.journal.spend_class == "management"
    assert balance(people, money.fund, money.purpose) == D("99900.00")


def test_above_the_houses_limit_two_approve(people, money, person, refuses):
    with as_person(people.officer) as by:
        CharityProfile.objects.update_or_create(
            organization_id=by.house_id, defaults={"thresholds": {"order_second_above": "1000"}}
        )
    order = ask(people, kind="fee", fund=money.fund, purpose=money.purpose, amount=D("1000.01"))
    order = approve(people.approver, order)
    assert (order.needs_second, order.state) == (True, "countersigning")
    code = code_for(people.approver)
    with as_person(people.approver) as by, refuses("ledger_order_people_apart", status=409):
        orders.order_approve(order=order, totp_code=code, by=by)
    with as_person(people.cashier) as by, refuses("ledger_order.book.wrong_state", status=409):
        orders.order_book(order=order, by=by)


def test_interest_has_a_lot_without_a_donor_and_pays_like_any_other(people, money):
    order = ask(
        people,
        kind="interest",
        fund=money.fund,
        purpose=None,
        amount=D("12.34"),
        on=timezone.localdate() - dt.timedelta(days=1),
    )
    order = book(people, order)
    with as_person(people.officer):
        lot = DonationLot.objects.get(order=order)
        assert (lot.donation_id, lot.amount) == (None, D("12.34"))
    assert balance(people, money.fund, None) == D("12.34")


def test_a_reversal_mirrors_and_happens_once(people, money, refuses):
    order = book(
        people, ask(people, kind="fee", fund=money.fund, purpose=money.purpose, amount=D("10.00"))
    )
    back = book(people, ask(people, kind="reversal", reverses=order.journal))
    assert (back.amount, back.journal.reverses_id) == (D("10.00"), order.journal_id)
    assert balance(people, money.fund, money.purpose) == D("100000.00")
    with as_person(people.officer) as by, refuses("order.reversed_before", "reverses", 409):
        orders.order_ask(kind="reversal", reverses=order.journal, reason="再来", by=by)
    with as_person(people.officer) as by:
        given = LedgerJournal.objects.filter(kind="donation").first()
        with refuses("order.not_reversible", "reverses", 409):
            orders.order_ask(kind="reversal", reverses=given, reason="演示", by=by)


def test_a_leftover_goes_to_a_similar_purpose_and_is_published(people, money, refuses):
    fund, purpose = second_purpose(people, money)
    order = ask(
        people,
        kind="leftover",
        fund=money.fund,
        purpose=money.purpose,
        to_fund=fund,
        to_purpose=purpose,
        amount=D("100000.00"),
    )
    order = book(people, order, basis="similar")
    assert order.journal.article == "慈善法第五十八条"
    with as_person(people.officer) as by:
        order = orders.order_disclose(
            order=order, disclosed_on=timezone.localdate(), where="演示平台", by=by
        )
        assert order.disclosed_at == "演示平台"
    assert balance(people, fund, purpose) == D("100000.00")


def test_the_calendar_asks_for_a_leftover_and_each_step_for_the_role_that_does_it(people, money):
    with scope(role="system"):
        DatedRule.objects.filter(kind="disclosure_deadline").delete()
        DatedRule.objects.bulk_create(disclosure_rules(), ignore_conflicts=True)
    fund, purpose = second_purpose(people, money)
    places = {"fund": money.fund, "purpose": money.purpose, "to_fund": fund, "to_purpose": purpose}

    def tasks():
        with as_person(people.officer):
            rows = Task.objects.filter(kind__startswith="order_", state="open")
            return [*rows.values_list("kind", "role")]

    order = ask(people, kind="leftover", amount=D("100.00"), **places)
    assert tasks() == [("order_agree", "foundation_officer")]
    with as_person(people.officer) as by:
        order = orders.order_agree(
            order=order, basis="plan", basis_on=timezone.localdate(), basis_no="B-1", by=by
        )
    assert tasks() == [("order_approve", "foundation_approver")]
    order = approve(people.approver, order)
    assert tasks() == [("order_book", "foundation_cashier")]
    with as_person(people.cashier) as by:
        order = orders.order_book(order=order, by=by)
    assert tasks() == []
    with as_person(people.officer) as by:
        item = DisclosureItem.objects.get(rule_key="leftover_use")
        assert (item.subject_id, item.due_on) == (
            order.pk,
            months_after(timezone.localdate(), 3),
        )
        draft = proposed(item)
        assert (
            "剩余财产 100.00 元，按募捐方案或捐赠协议的约定，转用于演示二号基金（先心病）"
            in draft["text"]
        )
        item = item_draft(item=item, by=by, **draft)
    code = code_for(people.approver)
    with as_person(people.approver) as by:
        item = item_publish(item=item, totp_code=code, by=by)
        order.refresh_from_db()
        assert (order.disclosed_on, order.disclosed_at) == (
            timezone.localdate(),
            f"/public/{item.public_entry.slug}/",
        )
    other = book(people, ask(people, kind="leftover", amount=D("50.00"), **places), basis="plan")
    with as_person(people.officer) as by:
        orders.order_disclose(
            order=other, disclosed_on=timezone.localdate(), where="演示平台", by=by
        )
        elsewhere = DisclosureItem.objects.get(subject_id=other.pk)
        assert (elsewhere.state, elsewhere.done_note) == ("fulfilled", "已在别处公开：演示平台")


def test_a_fund_gives_to_another_charitys_fund_and_each_trail_names_the_other(
    people, money, person
):
    gift = give(people, money, "700.00", restricted=False)
    other = person("other_officer")
    with scope(org=other.membership.organization_id, role="system"):
        payee = Organization.objects.get(pk=other.membership.organization_id)
    with as_person(other) as by:
        fund = giving.fund_open(
            number="R-1",
            name="社工人才发展基金",
            kind="special",
            purposes=[("train", "培训")],
            by=by,
        )
    order = ask(
        people,
        kind="grant",
        fund=money.fund,
        amount=D("700.00"),
        payee=payee,
        payee_fund="社工人才发展基金",
        payee_purpose="培训",
    )
    order = book(people, order)
    with as_person(people.officer):
        [hop] = trail_of(gift).of(GRANT)
        assert (hop.amount, hop.other) == (D("700.00"), f"{payee.name} · 社工人才发展基金 · 培训")
    while outbox.relay_once():
        pass
    with as_person(other) as by:
        [line] = StatementLine.objects.visible_to(by)
        assert (line.source, line.amount, line.origin["giver_fund"]) == (
            "transfer",
            D("700.00"),
            money.fund.name,
        )
        line = statements.line_give(
            line=line, fund=fund, donor_kind="organization", donor_name=line.counter_name, by=by
        )
        assert trail_of(line.donation).origin["journal"] == str(order.journal.uid)


def test_a_donor_reads_the_way_of_the_gift_by_its_code(people, money, client):
    gift = give(people, money, "200.00", received_on=timezone.localdate() - dt.timedelta(days=9))
    asked = make_approved(people, money, amount="10000.00")
    release(people, prepare(people, asked, "10000.00"))
    with as_person(people.officer) as by:
        code = looking_up.trace_code_give(donation=gift, by=by)
        assert looking_up.trace_code_give(donation=gift, by=by) == code
    page = reverse("gifts:look_up")
    assert "没有这个查询码" in text(client.post(page, {"code": "2222-2222-2222"}))
    shown = client.post(page, {"code": f" {code[:4].lower()} {code[4:8]}-{code[8:]} "})
    words = text(shown)
    assert shown.status_code == 200
    assert "小天使基金" in words
    assert asked.request.organization.name in words
    assert "<svg" in shown.content.decode()
    for secret in (asked.request.number, asked.request.subject_code, "演示患儿"):
        assert secret not in shown.content.decode()
    with as_person(people.officer):
        assert trail_of(gift).total(PAID) == D("200.00")


def test_wrong_codes_are_counted_before_they_are_compared(people, money, client, settings):
    settings.RECEIPT_LIMIT = 2
    page = reverse("gifts:look_up")
    answers = [client.post(page, {"code": f"2222-2222-222{n}"}).status_code for n in range(2, 5)]
    assert answers == [422, 422, 429]


def attack(sql, *params):
    with pytest.raises(DatabaseError) as caught:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cause = caught.value.__cause__
    return cause.diag.constraint_name or cause.pgcode


def test_sql_of_the_application_moves_no_money_without_three_persons(people, money):
    order = ask(people, kind="fee", fund=money.fund, purpose=money.purpose, amount=D("10.00"))
    table = "donations_ledgerorder"
    with as_person(people.officer) as by:
        assert attack(f"UPDATE {table} SET amount = 9000") == "ledger_order_kept"
        assert (
            attack(
                f"UPDATE {table} SET approved_by_id = asked_by_id, approved_at = now(), approved_factor_at = now()"
            )
            == "ledger_order_people_apart"
        )
        assert (
            attack(
                f"UPDATE {table} SET approved_by_id = %s, approved_at = now(),"
                " approved_factor_at = now() - interval '6 minutes'",
                people.approver.pk,
            )
            == "ledger_order_approved_with_factor"
        )
        assert attack(f"UPDATE {table} SET state = 'approved'") == "ledger_order_approved_is_whole"
        assert attack(f"DELETE FROM {table}") == "42501"
        source, _twin = ledger.pool(
            organization_id=by.house_id, fund_id=money.fund.pk, purpose_id=money.purpose.pk
        )[0]
        cash, lot = ledger.cash_account(by.house_id), money.fund.donations.get().lots.get()
        for kind in ("fee", "fund_transfer"):
            with pytest.raises(DatabaseError) as caught, transaction.atomic():
                legs = (Leg(source, D(5), lot.pk), Leg(cash, D(-5)))
                ledger.post([Posting(kind, "attack", legs)], by=by)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert caught.value.__cause__.diag.constraint_name == "ledger_journal_ordered"
        assert LedgerOrder.objects.get(pk=order.pk).state == "asked"
        assert reconciling.differences() == []


def test_the_pages_lead_an_order_from_asking_to_the_book(people, money, client_for):
    http = client_for(people.officer)
    wrong = http.post(
        reverse("books:order_new", args=["fee"]),
        {"source": "", "amount": "１００", "reason": "演示：年度管理费用提取"},
    )
    assert wrong.status_code == 422
    assert "请选择基金和用途" in text(wrong)
    done = http.post(
        reverse("books:order_new", args=["fee"]),
        {
            "source": f"{money.fund.number}/leukaemia",
            "amount": "１００",
            "reason": "演示：年度管理费用提取",
        },
    )
    with as_person(people.officer) as by:
        order = LedgerOrder.objects.visible_to(by).get()
    assert done["Location"] == reverse("books:order", args=[order.uid])
    assert order.amount == D("100.00")
    book(people, order)
    assert order.number in text(http.get(reverse("books:journals") + "?kind=fee"))
    with as_person(people.officer) as by:
        journal = LedgerJournal.objects.visible_to(by).get(kind="fee")
    assert "申请冲销" in text(http.get(reverse("books:journal", args=[journal.uid])))
    assert "99,900.00" in text(http.get(reverse("books:balances")))
    exported = http.post(reverse("books:journals_export"), {"suffix": "csv"})
    assert "order:" in b"".join(exported.streaming_content).decode()
