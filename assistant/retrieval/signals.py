"""How likely a collection answers a question, from what its best paper has of the question.

Knows nothing of refusing (``answering/refusal``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_WITH_MEANING: tuple[float, ...] = (4.297, 3.364, 3.673, -6.161)
_WITHOUT: tuple[float, ...] = (4.752, 3.849, -5.185)
"""Logistic regression on SciFact's train claims, with evidence (asked with and without their papers, among
all 5,183 and among 203) and without it. `python -m benchmarks.fitting` prints them, `benchmarks.refusal` how
true the chances are. The second is for embedders whose scale of cosines is unknown."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the best paper has of a question.

    ``meaning`` is the cosine of its nearest sentence, ``terms`` the share of the question's terms by weight,
    ``pieces`` the share of the pieces of its words. None grows with the collection or the question's length,
    as a BM25 score does. ``any_terms`` is the largest share of the terms that any of the papers has.
    """

    meaning: float = 0.0
    terms: float = 0.0
    pieces: float = 0.0
    any_terms: float = 0.0

    def chance(self, unrelated_below: float | None) -> float:
        """The chance that the papers answer, where as many questions can be answered as cannot.

        unrelated_below is the embedder's cosine of what has nothing in common, if it is known.
        """
        values, by = [self.terms, self.pieces], _WITHOUT
        if unrelated_below is not None:
            values, by = [self.related(unrelated_below), *values], _WITH_MEANING
        odds = by[-1] + sum(weight * value for weight, value in zip(by, values, strict=False))
        return 1 / (1 + math.exp(-odds))

    def related(self, unrelated_below: float) -> float:
        """The meaning between 0, unrelated, and 1, the same: cosines of different embedders compare so."""
        return (self.meaning - unrelated_below) / max(1e-6, 1 - unrelated_below)
