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


_READ_WITH_MEANING: tuple[float, float, float] = (0.262, 0.763, 1.192)
_READ_WITHOUT: tuple[float, float, float] = (0.287, 0.77, 1.121)
"""What those odds weigh where the best paper was read, and what the log odds of the reading: logistic
regression on the questions that `benchmarks.cross_encoder.fit` holds out, answered, left open and far."""


_SURE = 50.0
"""Log odds beyond which a chance is 0 or 1 whatever the number."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the best paper has of a question.

    ``meaning`` is the cosine of its nearest sentence, ``terms`` the share of the question's terms by weight,
    ``pieces`` the share of the pieces of its words. None grows with the collection or the question's length,
    as a BM25 score does. ``any_terms`` is the largest share of the terms that any of the papers has, ``read``
    the log odds that the best one answers, by a cross-encoder's reading; ``None`` where it was not read.
    """

    meaning: float = 0.0
    terms: float = 0.0
    pieces: float = 0.0
    any_terms: float = 0.0
    read: float | None = None

    def chance(self, unrelated_below: float | None) -> float:
        """The chance that the papers answer, where as many questions can be answered as cannot.

        unrelated_below is the embedder's cosine of what has nothing in common, if it is known.
        """
        values, by, read_by = [self.terms, self.pieces], _WITHOUT, _READ_WITHOUT
        if unrelated_below is not None:
            values, by = [self.related(unrelated_below), *values], _WITH_MEANING
            read_by = _READ_WITH_MEANING
        odds = by[-1] + sum(weight * value for weight, value in zip(by, values, strict=False))
        if self.read is not None:
            odds = read_by[0] * odds + read_by[1] * self.read + read_by[2]
        return 1 / (1 + math.exp(-max(-_SURE, min(_SURE, odds))))

    def related(self, unrelated_below: float) -> float:
        """The meaning between 0, unrelated, and 1, the same: cosines of different embedders compare so."""
        return (self.meaning - unrelated_below) / max(1e-6, 1 - unrelated_below)
