"""The books against direct SQL as msw_app, and the one door into them."""

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from donations.models.ledger import DonationLot, LedgerAccount, LedgerJournal, LotBalance
from donations.services import giving, ledger
from donations.services.ledger import Leg, Posting
from msw_portal.kernel.scope import scope
from tests.factories.donations import (
    as_person,
    give,
    make_approved,
    make_money,
    prepare,
    release,
)

D = Decimal
JOURNAL = """
    INSERT INTO donations_ledgerjournal (uid, row_version, updated_at, created_at, organization_id, kind, leg_count,
        reference, spend_class, posted_at, article, reverses_id, donation_id, request_id)
    VALUES (gen_random_uuid(), 1, now(), now(), %s, %s, %s, %s, 'none', now(), '', %s, %s, %s) RETURNING id
"""
ENTRIES = "INSERT INTO donations_ledgerentry (created_at, organization_id, journal_id, account_id, lot_id, amount) VALUES "


@contextmanager
def refused(*constraints: str):
    """The database refuses, by one of these constraints or privileges, and the rest of the test goes on."""
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        cause = error.__cause__
        assert (cause.diag.constraint_name or cause.pgcode) in constraints
    else:
        pytest.fail("the database let it pass")


class Books:
    """The accounts of one fund and hands to write into them."""

    def __init__(self, by):
        self.by = by
        self.house = by.house_id
        self.accounts = {
            (row.kind, row.purpose_id is None): row
            for row in LedgerAccount.objects.filter(organization_id=by.house_id)
        }
        self.cash = self.accounts["cash", True]
        self.available = self.accounts["available", False]
        self.committed = self.accounts["committed", False]
        self.lot = DonationLot.objects.order_by("id").first()

    def journal(
        self,
        kind="release",
        legs=2,
        reference="attack",
        reverses=None,
        donation=None,
        house=None,
        request=None,
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                JOURNAL, [house or self.house, kind, legs, reference, reverses, donation, request]
            )
            return cursor.fetchone()[0]

    def entries(self, journal, *legs, house=None):
        rows = ", ".join(["(now(), %s, %s, %s, %s, %s)"] * len(legs))
        params = [
            v
            for account, lot, amount in legs
            for v in (house or self.house, journal, account, lot, amount)
        ]
        with connection.cursor() as cursor:
            cursor.execute(ENTRIES + rows, params)

    def sql(self, text, *params):
        with connection.cursor() as cursor:
            cursor.execute(text, params)
            return cursor.rowcount


@pytest.fixture
def books(people, money):
    with as_person(people.officer) as by:
        yield Books(by)


# ── thirteen attacks ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", ["ledgerentry", "ledgerjournal", "donationlot"])
def test_edit_is_refused(books, table):
    with refused("42501"):
        books.sql(f"UPDATE donations_{table} SET created_at = now()")


@pytest.mark.parametrize(
    "table", ["ledgerentry", "ledgerjournal", "donationlot", "lotbalance", "ledgeraccount"]
)
def test_delete_is_refused(books, table):
    with refused("42501"):
        books.sql(f"DELETE FROM donations_{table}")


@pytest.mark.parametrize(
    "table", ["ledgerentry", "ledgerjournal", "donationlot", "lotbalance", "ledgeraccount"]
)
def test_truncate_is_refused(books, table):
    with refused("42501"):
        books.sql(f"TRUNCATE donations_{table} CASCADE")


def test_empty_journal_is_refused_at_commit(books):
    with refused("ledger_journal_whole"):
        books.journal()


def test_one_leg_is_refused(books):
    with refused("ledger_journal_balances"):
        books.entries(books.journal(legs=2), (books.cash.pk, None, 5))


def test_journal_of_one_leg_is_refused(books):
    with refused("ledger_journal_has_two_legs"):
        books.journal(legs=1)


def test_unbalanced_legs_are_refused(books):
    with refused("ledger_journal_balances"):
        books.entries(
            books.journal(),
            (books.cash.pk, None, 5),
            (books.available.pk, books.lot.pk, D("-4.99")),
        )


def test_balanced_legs_added_to_an_old_journal_are_refused(books):
    old = LedgerJournal.objects.get(kind="donation")
    with refused("ledger_journal_balances"):
        books.entries(old.pk, (books.cash.pk, None, 5), (books.available.pk, books.lot.pk, -5))


def test_legs_in_two_statements_are_refused(books):
    journal = books.journal()
    with refused("ledger_journal_balances"):
        books.entries(journal, (books.cash.pk, None, 5))
    books.entries(
        journal, (books.committed.pk, books.lot.pk, -5), (books.available.pk, books.lot.pk, 5)
    )


def test_overdraft_is_refused(books):
    with refused("ledger_account_not_negative", "lot_balance_not_negative"):
        books.entries(
            books.journal(),
            (books.available.pk, books.lot.pk, D("100000.01")),
            (books.committed.pk, books.lot.pk, D("-100000.01")),
        )


def test_lot_overdraft_within_a_full_account_is_refused(people, money):
    give(people, money, "10.00")
    with as_person(people.officer) as by:
        books = Books(by)
        small = DonationLot.objects.get(amount=D("10.00"))
        with refused("lot_balance_not_negative"):
            books.entries(
                books.journal(),
                (books.available.pk, small.pk, 11),
                (books.committed.pk, small.pk, -11),
            )


def test_reversal_onto_another_lot_is_refused(people, money):
    give(people, money, "100000.00")
    with as_person(people.officer) as by:
        books = Books(by)
        first, second = DonationLot.objects.order_by("id")
        original = LedgerJournal.objects.get(donation_id=first.donation_id)
        with refused("ledger_reversal_mirrors"):
            books.entries(
                books.journal("reversal", reverses=original.pk),
                (books.cash.pk, None, D("-100000.00")),
                (books.available.pk, second.pk, D("100000.00")),
            )


def test_second_reversal_is_refused_and_the_first_goes_through(books):
    original = LedgerJournal.objects.get(kind="donation")
    ledger.post([ledger.reversal_posting(original)], by=books.by)
    assert LotBalance.objects.get().balance == 0
    with refused("donations_ledgerjournal_reverses_id_key"):
        books.journal("reversal", reference="again", reverses=original.pk)
    give_back = LedgerJournal.objects.get(kind="reversal")
    ledger.post([ledger.reversal_posting(give_back)], by=books.by)


def test_forged_organization_is_refused(books, other_foundation):
    with refused("42501"):
        books.journal(house=other_foundation.pk)
    with refused("42501"):
        books.entries(
            books.journal(),
            (books.available.pk, books.lot.pk, 5),
            (books.committed.pk, books.lot.pk, -5),
            house=other_foundation.pk,
        )


def test_entry_on_the_account_of_another_house_is_refused(people, money, other_officer):
    with as_person(other_officer) as by:
        giving.fund_open(number="F", name="另一基金", kind="general", by=by)
        foreign = LedgerAccount.objects.get(organization_id=by.house_id, kind="cash").pk
    with as_person(people.officer) as by:
        books = Books(by)
        assert books.sql("SELECT 1 FROM donations_ledgeraccount WHERE id = %s", foreign) == 0
        with refused("ledger_entry_belongs"):
            books.entries(
                books.journal(), (foreign, None, 5), (books.available.pk, books.lot.pk, -5)
            )


def test_fund_account_without_lot_and_cash_with_lot_are_refused(books):
    with refused("ledger_entry_belongs"):
        books.entries(
            books.journal(), (books.available.pk, None, 5), (books.committed.pk, None, -5)
        )
    with refused("ledger_entry_belongs"):
        books.entries(
            books.journal(),
            (books.cash.pk, books.lot.pk, 5),
            (books.available.pk, books.lot.pk, -5),
        )


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE donations_ledgeraccount SET balance = balance + 1",
        "UPDATE donations_lotbalance SET balance = balance + 1",
        "UPDATE donations_ledgeraccount SET side = -side",
        "INSERT INTO donations_ledgeraccount (uid, row_version, updated_at, created_at, organization_id, kind, side, balance)"
        " VALUES (gen_random_uuid(), 1, now(), now(), app.org(), 'goods', 1, 1000000)",
        "INSERT INTO donations_lotbalance (lot_id, account_id, organization_id, received_on, balance)"
        " SELECT lot_id, account_id + 1, organization_id, received_on, 1 FROM donations_lotbalance",
    ],
)
def test_balance_written_directly_is_refused(books, text):
    with refused("42501"):
        books.sql(text)


def test_lock_column_is_all_that_may_be_written(books):
    assert (
        books.sql("UPDATE donations_ledgeraccount SET lock_touch = 1 WHERE id = %s", books.cash.pk)
        == 1
    )


def test_lot_without_its_journal_is_refused(books):
    with refused("donation_lot_funded"), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM donations_donation")
        gift = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO donations_donation (uid, row_version, updated_at, created_at, organization_id, number, donor_id,"
            " fund_id, kind, amount, received_on, channel, beneficiary_class, state, entered_by_id)"
            " SELECT gen_random_uuid(), 1, now(), now(), organization_id, 'X', donor_id, fund_id, kind, 5, received_on,"
            " channel, '', 'received', entered_by_id FROM donations_donation WHERE id = %s RETURNING id",
            [gift],
        )
        made = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO donations_donationlot (created_at, organization_id, donation_id, amount, received_on, earmark_class)"
            " VALUES (now(), app.org(), %s, 5, now(), '')",
            [made],
        )


def test_commitment_without_approval_is_refused(books, people, money):
    with refused("ledger_journal_founded"):
        books.entries(
            books.journal("commit"),
            (books.available.pk, books.lot.pk, 5),
            (books.committed.pk, books.lot.pk, -5),
        )


def test_cash_leaves_for_a_released_disbursement_only(people, money):
    asked = make_approved(people, money)
    with as_person(people.officer) as by:
        books = Books(by)
        with refused("ledger_journal_founded"):
            books.entries(
                books.journal("disburse", request=asked.request.pk),
                (books.committed.pk, books.lot.pk, 5),
                (books.cash.pk, None, -5),
            )


def test_repeated_reference_is_refused(books):
    original = LedgerJournal.objects.get(kind="donation")
    with refused("ledger_journal_reference_once"):
        books.journal("donation", reference=original.reference)


def test_no_context_sees_no_book(people, money, rows):
    with scope():
        assert rows("SELECT count(*) FROM donations_ledgerentry") == [(0,)]


# ── the door ─────────────────────────────────────────────────────────────────


def test_post_refuses_what_does_not_balance(books):
    with pytest.raises(ValueError, match="does not balance"):
        ledger.post([Posting("release", "x", (Leg(1, D(1)), Leg(2, D(2))))], by=books.by)


def test_later_lock_in_a_transaction_does_not_wait(books):
    ledger.lock_accounts([books.cash.pk])
    assert ledger.lock_accounts([books.available.pk, books.cash.pk]) == books.house


def test_lock_of_a_foreign_account_is_an_error(books):
    with pytest.raises(LookupError):
        ledger.lock_accounts([books.cash.pk, 2**40])


# ── matching ─────────────────────────────────────────────────────────────────


def _match(people, money, amount, beneficiary_class="leukaemia"):
    with as_person(people.officer) as by:
        pairs = ledger.pool(
            organization_id=by.house_id, fund_id=money.fund.pk, purpose_id=money.purpose.pk
        )
        ledger.lock_accounts(pk for pair in pairs for pk in pair)
        return [
            (piece.lot_id, piece.amount)
            for piece in ledger.match(pairs, amount=D(amount), beneficiary_class=beneficiary_class)
        ]


def test_oldest_gift_is_taken_first_and_the_last_is_split(people):
    money = make_money(people)
    new = give(people, money, "100.00", received_on=dt.date(2025, 2, 1))
    old = give(people, money, "50.00", received_on=dt.date(2025, 1, 1))
    assert _match(people, money, "70.00") == [(old.lot.pk, D("50.00")), (new.lot.pk, D("20.00"))]


def test_gift_for_the_class_goes_before_others_and_serves_no_other(people, refuses):
    money = make_money(people)
    plain = give(people, money, "100.00")
    classed = give(people, money, "40.00", beneficiary_class="leukaemia")
    other = give(people, money, "500.00", beneficiary_class="heart")
    assert _match(people, money, "60.00") == [
        (classed.lot.pk, D("40.00")),
        (plain.lot.pk, D("20.00")),
    ]
    with refuses("ledger.insufficient", "amount", 409):
        _match(people, money, "140.01")
    assert other.lot.pk not in [lot for lot, _amount in _match(people, money, "140.00")]


def test_unrestricted_money_of_the_fund_comes_last(people):
    money = make_money(people)
    free = give(people, money, "100.00", restricted=False)
    own = give(people, money, "30.00")
    assert _match(people, money, "50.00") == [(own.lot.pk, D("30.00")), (free.lot.pk, D("20.00"))]


def test_match_reads_more_lots_than_a_page(people, monkeypatch):
    monkeypatch.setattr(ledger, "PAGE", 2)
    money = make_money(people)
    for _n in range(5):
        give(people, money, "10.00")
    assert [amount for _lot, amount in _match(people, money, "45.00")] == [D("10.00")] * 4 + [
        D("5.00")
    ]


# ── the whole way of a yuan ──────────────────────────────────────────────────


def test_commit_and_disburse_move_the_same_lots(people, money):
    asked = make_approved(people, money)
    with as_person(people.officer) as by:
        books = Books(by)
        assert (books.available.balance, books.committed.balance, books.cash.balance) == (
            D("70000.00"),
            D("30000.00"),
            D("100000.00"),
        )
    release(people, prepare(people, asked, "30000.00"))
    with as_person(people.officer) as by:
        books = Books(by)
        assert (books.available.balance, books.committed.balance, books.cash.balance) == (
            D("70000.00"),
            D("0.00"),
            D("70000.00"),
        )
