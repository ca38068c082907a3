"""How likely a claim and what it cites say the same, from meaning and shared words; a small fitted model.

It is fitted on the train split of SciFact by ``python -m benchmarks.audit_fit``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WEIGHTS = (1.63, -1.03, 3.32, 2.18)
BIAS = -1.82


@dataclass(frozen=True, slots=True)
class Likeness:
    """The signals, none of which depends on where an embedder's cosines begin.

    Cosines count from their mean over the sentences of all sources (which are nothing to the claim, mostly)
    to 1: ``meaning`` is that of what is cited, ``behind`` how far it stays behind the best sentence of all.
    ``words`` is the share of the claim's terms, by weight, in the cited sentences, ``context`` the same with
    the titles of their papers.
    """

    meaning: float
    behind: float
    words: float
    context: float

    @property
    def probability(self) -> float:
        """How likely what is cited supports the claim."""
        signals = (self.meaning, self.behind, self.words, self.context)
        total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, signals, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
