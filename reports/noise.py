"""Discrete Laplace noise from the operating system's random source, exactly, without a float.

P(x) is proportional to exp(-epsilon * |x|). Added to a count that one record changes by one, it is
epsilon-differentially private. Floats would break that: their gaps are seen in the result. Method: Canonne,
Kamath and Steinke, The Discrete Gaussian for Differential Privacy (2020), algorithms 1 and 2.
"""

import math
import secrets
from collections.abc import Callable
from fractions import Fraction

Below = Callable[[int], int]


def discrete_laplace(epsilon: Fraction, *, below: Below = secrets.randbelow) -> int:
    """One draw; `below(n)` gives 0 to n - 1 evenly.

    Raises:
        ValueError: for an epsilon that is not positive.
    """
    if epsilon <= 0:
        raise ValueError("epsilon is above nought")
    steps, scale = epsilon.numerator, epsilon.denominator
    while True:
        low = below(scale)
        if not _happens_exp(Fraction(low, scale), below):
            continue
        high = 0
        while _happens_exp(Fraction(1), below):
            high += 1
        size = (low + scale * high) // steps
        is_negative = below(2) == 1
        if not (is_negative and size == 0):
            return -size if is_negative else size


def _happens_exp(gamma: Fraction, below: Below) -> bool:
    """True with the probability exp(-gamma), for a gamma of 0 to 1."""
    k = 1
    while below(gamma.denominator * k) < gamma.numerator:
        k += 1
    return k % 2 == 1


def spread_of(epsilon: Fraction, share: float = 0.95) -> int:
    """The smallest k that a draw's size does not exceed with the probability `share`; for the words beside a table."""
    # P(|X| > k) = 2 * exp(-epsilon * (k + 1)) / (1 + exp(-epsilon)), k >= 0.
    q = math.exp(-float(epsilon))
    return max(0, math.ceil(math.log((1 - share) * (1 + q) / 2) / -float(epsilon)) - 1)
