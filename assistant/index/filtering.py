"""The nearest papers among those that pass filters, without Chroma's own, which takes longer the more match.

The nearest of all papers are asked for and those that pass are kept. Where too few do, it is counted how many
pass at all: few are named, and Chroma looks among their ids; of many, the nearest are asked for until enough
of them pass.
"""

from __future__ import annotations

from ..models.ports import Vectors
from ..types import Filters
from .vectors import VectorStore
from .words import WordStore

_MORE = 4
"""So many times the papers asked for are looked at first: enough where a third of them pass."""
_NAMED = 2000
"""Up to so many papers that pass are named: to read their ids takes longer than to find the nearest."""


def nearest_passing(
    vectors: VectorStore, words: WordStore, vector: Vectors, k: int, filters: Filters
) -> list[tuple[str, float]]:
    """The ``k`` nearest papers that pass ``filters``, as ``(id, cosine)``, nearest first."""
    found = _filtered(vectors.nearest(vector, _MORE * k), words, filters)
    if len(found) >= k:
        return found[:k]
    passing = words.count_of(filters)
    if passing <= _NAMED:
        return vectors.nearest(vector, k, words.ids(filters, limit=_NAMED))
    total = vectors.count()
    wanted = 2 * k * total // passing
    while True:
        found = _filtered(vectors.nearest(vector, min(wanted, total)), words, filters)
        if len(found) >= k or wanted >= total:
            return found[:k]
        wanted *= 4


def _filtered(rows: list[tuple[str, float]], words: WordStore, filters: Filters) -> list[tuple[str, float]]:
    allowed = set(words.ids(filters, among=[row[0] for row in rows], limit=len(rows)))
    return [row for row in rows if row[0] in allowed]
