"""Noise is exact, even on both sides, and as wide as its epsilon says."""

import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from reports.noise import discrete_laplace, spread_of

DRAWS = 20_000


def _draws(epsilon):
    # Seeded, so that the test says the same every time; the portal draws from the system's source.
    source = random.Random(11)
    return Counter(discrete_laplace(epsilon, below=source.randrange) for _n in range(DRAWS))


@pytest.mark.parametrize("epsilon", [Fraction(1, 2), Fraction(1), Fraction(2, 10)])
def test_frequencies_fall_by_exp_of_epsilon_with_each_step(epsilon):
    drawn = _draws(epsilon)
    q = Decimal(str(-float(epsilon))).exp()
    nought = (1 - q) / (1 + q)
    for size in range(4):
        share = nought * q**size * (1 if size == 0 else 2)
        seen = drawn[size] + (drawn[-size] if size else 0)
        sigma = (DRAWS * float(share) * (1 - float(share))) ** 0.5
        assert abs(seen - DRAWS * float(share)) < 4 * sigma, size


def test_noise_leans_to_no_side():
    drawn = _draws(Fraction(1, 2))
    assert abs(sum(size * n for size, n in drawn.items())) < 4 * (DRAWS * 8) ** 0.5


@pytest.mark.parametrize("epsilon", [Fraction(1, 10), Fraction(1, 2), Fraction(1)])
def test_the_words_beside_a_table_hold_for_95_of_100_cells(epsilon):
    drawn, most = _draws(epsilon), spread_of(epsilon)
    inside = sum(n for size, n in drawn.items() if abs(size) <= most)
    less = sum(n for size, n in drawn.items() if abs(size) < most)
    assert inside >= 0.945 * DRAWS > 0.945 / 0.95 * less * 0.95


def test_noise_without_epsilon_is_refused():
    with pytest.raises(ValueError, match="above nought"):
        discrete_laplace(Fraction(0))
