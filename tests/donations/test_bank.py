"""The bank test: random gifts, transfers and reversals against a model kept in Python."""

from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from django.db import IntegrityError, transaction

from donations.models.ledger import LedgerJournal, LotBalance
from donations.services import ledger, reconciling
from donations.services.ledger import Leg, Posting
from msw_portal.kernel.errors import DomainError
from tests.factories.donations import People, as_person, give, make_money

STEPS, LONG_STEPS = 60, 2_500


class Bank:
    """Two pools of one fund's house; `lots` is what the books should say."""

    def __init__(self, people, seed: int):
        self.people, self.random = people, Random(seed)
        self.pools = [make_money(people, name="甲基金"), make_money(people, name="乙基金")]
        self.lots: Counter[tuple[int, int]] = Counter()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.count = 0
        with as_person(people.officer) as by:
            self.accounts = [
                ledger.pool(
                    organization_id=by.house_id, fund_id=pool.fund.pk, purpose_id=pool.purpose.pk
                )[0][0]
                for pool in self.pools
            ]

    def step(self) -> None:
        self.count += 1
        act = self.random.choice([self.gift, self.transfer, self.transfer, self.reversal])
        self.outcomes[act.__name__, act()] += 1

    def amount(self) -> Decimal:
        return Decimal(self.random.randint(1, 500_000)) / 100

    def gift(self) -> str:
        n = self.random.randrange(2)
        donation = give(self.people, self.pools[n], self.amount())
        self.lots[donation.lot.pk, self.accounts[n]] += donation.amount
        return "done"

    def transfer(self) -> str:
        source, target = self.random.sample(self.accounts, 2)
        with as_person(self.people.officer) as by:
            ledger.lock_accounts([source, target])
            try:
                slices = ledger.match([(source, target)], amount=self.amount())
            except DomainError:
                return "refused"
            legs = [
                leg
                for piece in slices
                for leg in (
                    Leg(source, piece.amount, piece.lot_id),
                    Leg(target, -piece.amount, piece.lot_id),
                )
            ]
            ledger.post([Posting("release", f"t{self.count}", tuple(legs))], by=by)
        self.note(legs)
        return "done"

    def reversal(self) -> str:
        with as_person(self.people.officer) as by:
            open_ones = list(
                LedgerJournal.objects.filter(kind="release", reversed_by__isnull=True).order_by(
                    "id"
                )
            )
            if not open_ones:
                return "nothing"
            posting = ledger.reversal_posting(self.random.choice(open_ones))
            try:
                with transaction.atomic():
                    ledger.post([posting], by=by)
            except IntegrityError:
                return "refused"
        self.note(posting.legs)
        return "done"

    def note(self, legs) -> None:
        """Both accounts are claims: a debit takes away, a credit adds."""
        for leg in legs:
            self.lots[leg.lot_id, leg.account_id] -= leg.amount

    def check(self) -> None:
        with as_person(self.people.officer):
            stored = {
                (row.lot_id, row.account_id): row.balance
                for row in LotBalance.objects.filter(balance__gt=0)
            }
            assert stored == {key: amount for key, amount in self.lots.items() if amount}
            assert reconciling.differences() == []


def _play(people, seed: int, steps: int) -> Counter:
    bank = Bank(people, seed)
    for n in range(steps):
        bank.step()
        if n % 50 == 49:
            bank.check()
    bank.check()
    return bank.outcomes


@pytest.mark.parametrize("seed", range(2))
def test_books_say_what_the_model_says(people, seed):
    outcomes = _play(people, seed, STEPS)
    assert outcomes["gift", "done"] > 0
    assert outcomes["transfer", "done"] > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
def test_books_say_what_the_model_says_for_long(own_database, person, seed):
    names = ("worker", "officer", "officer2", "approver", "cashier", "cashier2")
    _play(People(*(person(name) for name in names)), seed, LONG_STEPS)
