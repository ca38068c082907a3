"""What an answer cites, held against what it should cite; pure functions over ids and texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..index.words import terms

SAME = 0.6
"""Texts that share so many of their terms (Jaccard) say the same."""


def recall(cited: Collection[str], gold: Collection[str]) -> float:
    """The share of the papers that answer which are cited; 1 where none is asked for."""
    return len({*gold}.intersection(cited)) / len({*gold}) if gold else 1.0


def precision(cited: Collection[str], right: Collection[str]) -> float:
    """The share of the cited papers that are right ones; 0 where none is cited."""
    return len({*right}.intersection(cited)) / len({*cited}) if cited else 0.0


def f_measure(recall: float, precision: float, weight: float = 1.0) -> float:
    """F with recall ``weight`` times as important as precision (van Rijsbergen 1979)."""
    both = weight * weight * precision + recall
    return (1 + weight * weight) * precision * recall / both if both else 0.0


def repeated(texts: Sequence[str]) -> int:
    """How many of the texts say again what one before them has said."""
    seen: list[set[str]] = []
    count = 0
    for text in texts:
        its = set(terms(text))
        count += any(len(its & other) > SAME * len(its | other) for other in seen)
        seen.append(its)
    return count
