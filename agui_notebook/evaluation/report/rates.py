"""How sure a rate is, whether a change is one, and where a list of numbers lies. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z = 1.959963984540054  # of a normal distribution: 95 % lie within


def wilson(good: int, total: int) -> tuple[float, float]:
    """Between which shares the true one lies, with 95 % confidence (Wilson's interval).

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not total:
        return 0.0, 1.0
    share, square = good / total, Z * Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = share * (1 - share) / total + square / (4 * total * total)
    half = Z * math.sqrt(spread) / (1 + square / total)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def sign_test(better: int, worse: int) -> float:
    """How likely so one-sided a change is where nothing has changed (two-sided sign test).

    >>> round(sign_test(9, 1), 4)
    0.0215
    """
    total, fewer = better + worse, min(better, worse)
    if not total:
        return 1.0
    if total > 1_000:  # the normal approximation, with its correction: the sum below takes long
        z = (abs(better - worse) - 1) / math.sqrt(total)
        return min(math.erfc(max(z, 0.0) / math.sqrt(2)), 1.0)
    tail = sum(math.comb(total, count) for count in range(fewer + 1))
    return min(float(2 * tail / 2**total), 1.0)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the ``values`` lies, between two where it falls there.

    >>> quantile([1.0, 2.0, 4.0], 0.5)
    2.0
    """
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)
