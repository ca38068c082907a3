"""How likely a collection answers a question, from what its best paper has of the question.

Knows nothing of refusing (``answering/refusal``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_WITH_MEANING = (5.703, 4.38, 2.059, -7.012)
_WITHOUT = (5.693, 2.38, -4.643)
"""Logistic regression on SciFact's train claims, with evidence (asked with and without their papers, among
all 5,183 and among 203) and without it. `python -m benchmarks.fitting` prints them, `benchmarks.refusal` how
true the chances are. The second is for embedders whose cosines are on an unknown scale."""


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

    def chance(self, *, known_scale: bool) -> float:
        """The chance that the papers answer, where as many questions can be answered as cannot."""
        values, by = (
            ((self.meaning, self.terms, self.pieces), _WITH_MEANING)
            if known_scale
            else ((self.terms, self.pieces), _WITHOUT)
        )
        odds = by[-1] + sum(weight * value for weight, value in zip(by, values, strict=False))
        return 1 / (1 + math.exp(-odds))
