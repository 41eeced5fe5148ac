"""Quotients are rounded exactly, halves away from zero, whatever the numbers."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msw_portal.kernel.rounding import half_up

NUMBERS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(35 * 100, 19), 0, "184"),
        (Fraction(110 * 100, 84), 0, "131"),
        (Fraction(110 * 100, 84), 1, "131.0"),
        (Fraction(306, 101), 2, "3.03"),
        (Fraction(194, 54), 2, "3.59"),
        (Fraction(0), 1, "0.0"),
    ],
)
def test_known_quotients(value, places, rounded):
    assert str(half_up(value, places)) == rounded


@given(NUMBERS, st.integers(0, 4))
def test_the_rounded_number_is_the_nearest_and_the_half_goes_up(value, places):
    unit = Fraction(1, 10**places)
    rounded = Fraction(half_up(value, places))
    assert (rounded / unit).denominator == 1
    assert abs(rounded - value) <= unit / 2
    if abs(rounded - value) == unit / 2:
        assert abs(rounded) > abs(value)


@given(NUMBERS, st.integers(0, 4))
def test_signs_mirror_each_other_and_decimals_are_kept(value, places):
    assert half_up(-value, places) == -half_up(value, places)
    assert -half_up(value, places).as_tuple().exponent == places


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_growth_to_whole_per_cent_never_goes_through_a_float(baseline, now):
    exact = Fraction(now - baseline, baseline) * 100
    assert half_up(exact) == Decimal(int(abs(exact) * 2 + 1) // 2) * (1 if exact >= 0 else -1)


def test_fewer_than_no_decimals_are_refused():
    with pytest.raises(ValueError, match="from 0"):
        half_up(Fraction(1, 3), -1)
