"""Quotients rounded exactly: no float in between, halves away from zero."""

from decimal import Decimal
from fractions import Fraction


def half_up(value: Fraction | int, places: int = 0) -> Decimal:
    """`value` with `places` decimals, a half away from zero: 2.5 gives 3, -2.5 gives -3, 0.125 at 2 gives 0.13.

    Raises:
        ValueError: for fewer than no decimals.
    """
    if places < 0:
        raise ValueError("decimals are counted from 0")
    scaled = abs(Fraction(value)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
