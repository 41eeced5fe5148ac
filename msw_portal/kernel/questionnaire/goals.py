"""Goal Attainment Scaling: the T score."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def gas_t(
    values: Sequence[int],
    weights: Sequence[int | Decimal] | None = None,
    rho: Decimal = Decimal("0.30"),
) -> Decimal:
    """The T score of Goal Attainment Scaling (Kiresuk and Sherman 1968), two decimals: 50 is "as expected".

    T = 50 + 10·Σwx / sqrt((1−ρ)·Σw² + ρ·(Σw)²); `values` are −2 to +2, weights default to 1.

    Raises:
        ValueError: without goals, for a value outside −2..2, a weight that is not positive, or
            lists of different lengths.
    """
    weighed = [
        Decimal(weight) for weight in (weights if weights is not None else [1] * len(values))
    ]
    if not values or len(weighed) != len(values):
        raise ValueError("one weight for each of at least one goal")
    if any(value not in range(-2, 3) for value in values) or any(weight <= 0 for weight in weighed):
        raise ValueError("goals are rated from -2 to +2, with positive weights")
    gained = sum(weight * value for weight, value in zip(weighed, values, strict=True))
    spread = (1 - rho) * sum(weight**2 for weight in weighed) + rho * sum(weighed) ** 2
    return (50 + 10 * gained / spread.sqrt()).quantize(Decimal("0.01"), ROUND_HALF_UP)
