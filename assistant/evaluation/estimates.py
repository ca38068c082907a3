"""A figure with an interval, since a user's questions are few; knows not what it is of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

_RESAMPLES = 1000
_SEED = 7
_Z = 1.96
_SURE = (2.5, 97.5)
"""The percentiles of an interval that holds the true figure 19 times in 20."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over ``n`` cases, and its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def share(cases: Sequence[bool]) -> Estimate | None:
    """The share of the true ones (Wilson's interval, which has a width also where all are true)."""
    n = len(cases)
    if not n:
        return None
    value = sum(cases) / n
    middle = (value + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    width = _Z / (1 + _Z**2 / n) * math.sqrt(value * (1 - value) / n + _Z**2 / (4 * n**2))
    return Estimate(value, max(0.0, middle - width), min(1.0, middle + width), n)


def mean(values: Sequence[float]) -> Estimate | None:
    """The mean (bootstrap interval)."""
    return of(lambda drawn: float(np.mean(drawn)), values)


def of(statistic: Callable[..., float], *groups: Sequence[float]) -> Estimate | None:
    """A statistic of one or more groups, with a bootstrap interval: each group is drawn anew many times."""
    if not all(groups):
        return None
    rng = np.random.default_rng(_SEED)
    arrays = [np.array(group, dtype=float) for group in groups]
    drawn = [statistic(*(rng.choice(array, len(array)) for array in arrays)) for _ in range(_RESAMPLES)]
    low, high = np.percentile(drawn, _SURE)
    return Estimate(float(statistic(*arrays)), float(low), float(high), sum(map(len, arrays)))
