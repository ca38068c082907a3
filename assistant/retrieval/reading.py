"""What a cross-encoder's reading of the best papers changes: their order, and the chances of their sentences.

Pure functions. The numbers were fitted on questions that it was not trained on, the held-out tenth of
`benchmarks/cross_encoder/questions.jsonl.gz`; `python -m benchmarks.cross_encoder.fit` prints them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ..models.cross_encoder import Reading
from ..models.ports import Vectors
from .fusion import Scores

_OF_PAPER = 0.2
"""The part of a paper's score that the reading makes. More is better by a little on the held-out questions;
but they are of the kind that it was trained on, and on others it is worth less."""
_SURE = 0.5
"""What the log odds of a paper count: with questions of other kinds the reading is too sure of itself."""
_UNREAD = 0.02
"""The chance of a paper that was not read: those that were are before it."""
_OF_FORMULA = 0.5
"""What a sentence's score by :mod:`evidence` weighs beside its log odds by the reading."""


def reread(scores: Scores, readings: Mapping[str, Reading]) -> dict[str, float]:
    """The scores of papers, those of ``readings`` by what was read; all keep their scale."""
    if not readings:
        return dict(scores)
    return {
        paper: (1 - _OF_PAPER) * score
        + _OF_PAPER * _chance(readings[paper].paper if paper in readings else None)
        for paper, score in scores.items()
    }


def sentence_scores(scores: Vectors, reading: Reading) -> Vectors:
    """The scores of a paper's sentences with what was read of them; what is beyond it counts as its least."""
    read = np.full(len(scores), reading.sentences.min(initial=0.0), dtype=np.float32)
    read[: len(reading.sentences)] = reading.sentences
    both: Vectors = read + _OF_FORMULA * scores
    return both


def _chance(odds: float | None) -> float:
    return _UNREAD if odds is None else 1 / (1 + math.exp(-_SURE * odds))
