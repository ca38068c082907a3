"""The measures of rankings and of chances, as pure functions; they know neither questions nor assistants."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np

_BINS = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
WRONG = 0.03
"""The share of answerable questions that may be refused wrongly."""


def place_of(ranked: Sequence[str], right: Collection[str]) -> int:
    """The place, from 1, of the first right id; 0 where there is none."""
    return next((place for place, each in enumerate(ranked, start=1) if each in right), 0)


def ndcg(
    ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10, *, also: Collection[str] = ()
) -> float:
    """nDCG@k with gains as given (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418).

    Those of ``also`` are as good as a relevant one, but none of them is asked for.
    """
    gains = dict.fromkeys(also, max(relevant.values(), default=0)) | dict(relevant)
    gain = sum(gains.get(each, 0) / math.log2(place + 2) for place, each in enumerate(ranked[:k]))
    best = sorted(relevant.values(), reverse=True)[:k]
    ideal = sum(value / math.log2(place + 2) for place, value in enumerate(best))
    return min(1.0, gain / ideal) if ideal else 0.0


def auroc(answerable: Sequence[float], other: Sequence[float]) -> float:
    """How often an answerable question has the higher chance of two."""
    mine, theirs = np.array(answerable)[:, None], np.array(other)[None, :]
    return float(((mine > theirs) + 0.5 * (mine == theirs)).mean())


def refused_at(answerable: Sequence[float], other: Sequence[float]) -> float:
    """The share of the others that is refused where at most ``WRONG`` of the answerable are."""
    limit = np.quantile(answerable, WRONG, method="lower")
    return float((np.array(other) < limit).mean())


def reliability(answerable: Sequence[float], other: Sequence[float]) -> list[tuple[float, float, int]]:
    """For each bin of chances the mean chance, the share that can be answered, and the questions in it.

    Both sides weigh as much, however many there are of each.
    """
    told = np.array([*answerable, *other])
    true = np.array([1.0] * len(answerable) + [0.0] * len(other))
    weight = np.array([0.5 / len(answerable)] * len(answerable) + [0.5 / len(other)] * len(other))
    found = []
    for low, high in pairwise(_BINS):
        here = (told >= low) & ((told < high) | (high == 1))
        if here.any():
            mean = float((told * weight)[here].sum() / weight[here].sum())
            found.append((mean, float((true * weight)[here].sum() / weight[here].sum()), int(here.sum())))
    return found
