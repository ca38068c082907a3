"""Joins what the two legs say of a paper into one score; pure functions over scores by id.

The weights of the second stage were fitted on SciFact's train split (809 claims, likelihood of the right
paper among the shortlist) and rounded; `python -m benchmarks.retrieval --split train` prints what they reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Scores = Mapping[str, float]

SHORTLIST = 24
"""Papers whose sentences are looked at: more of them rank no better, and each has some 10 sentences."""
_FIRST = 0.5
"""The vectors' weight in the first stage; the words have the rest."""
_PAPER, _SENTENCE, _WORDS, _PAIRS = 0.26, 0.24, 0.38, 0.12
"""The weights of the second stage."""


@dataclass(frozen=True, slots=True)
class BestSentence:
    """What a paper's sentences are at best, each by itself.

    ``cosine`` is that of the nearest one to the question, ``pairs`` the share of the question's pairs of
    neighbouring terms that stand side by side in the title or in one of them.
    """

    cosine: float
    pairs: float


def fuse(cosines: Scores, words: Scores) -> dict[str, float]:
    """The first stage: every candidate's score in [0, 1].

    Both legs score every candidate, each scaled to [0, 1] by its own lowest and highest, and are added
    (min-max CombSUM, Fox and Shaw, TREC-2, 1994). It beats reciprocal rank fusion, since the scores say
    more than the ranks.
    """
    meaning, by_words = unit_scaled(cosines), unit_scaled(words)
    return {paper: _FIRST * meaning[paper] + (1 - _FIRST) * by_words[paper] for paper in meaning}


def refine(cosines: Scores, words: Scores, sentences: Mapping[str, BestSentence]) -> dict[str, float]:
    """The second stage: new scores of the papers in ``sentences``.

    An abstract's vector is blurred over all it says; its best sentence tells whether it says this. The
    scale stays that of the first stage, so a sentence nearer than any abstract may lift a score a little
    over 1.
    """
    by_words = unit_scaled(words)
    low = min(cosines.values())
    width = (max(cosines.values()) - low) or 1.0
    scores = {}
    for paper, sentence in sentences.items():
        meaning = _PAPER * (cosines[paper] - low) + _SENTENCE * (sentence.cosine - low)
        score = meaning / width + _WORDS * by_words[paper] + _PAIRS * sentence.pairs
        scores[paper] = max(0.0, score)
    return scores


def unit_scaled(scores: Scores) -> dict[str, float]:
    """The scores between 0, the lowest, and 1, the highest; all 0 where they are equal."""
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    width = high - low
    return {paper: (score - low) / width if width else 0.0 for paper, score in scores.items()}


def ranked(scores: Scores) -> list[str]:
    """Ids, best first; ties go by id, so that the same question always brings the same order."""
    return sorted(scores, key=lambda paper: (-scores[paper], paper))
