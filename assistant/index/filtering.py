"""The best papers among those that pass filters, whatever part of the collection passes.

Chroma's own filters take longer the more match, and naming tens of thousands of ids to either store does too.
So the best of all papers are asked for and those that pass are kept. Where too few do, it is counted how many
pass at all: few are named, and the store looks among their ids; of many, more of the best are asked for until
enough of them pass.

What no store knows is whose topic a paper is in: ``members`` are the papers of the topic that filters name.
"""

from __future__ import annotations

from collections.abc import Callable

from ..models.ports import Vectors
from ..types import Filters
from .vectors import VectorStore
from .words import WordStore

_MORE = 4
"""So many times the papers asked for are looked at first: enough where a third of them pass."""
_NAMED = 2000
"""Up to so many papers that pass are named: to read their ids takes longer than to find the nearest."""

Members = frozenset[str] | None
"""The papers of a topic; ``None`` where no topic is asked for."""
_Rows = list[tuple[str, float]]


def nearest_passing(
    vectors: VectorStore, words: WordStore, vector: Vectors, k: int, filters: Filters, members: Members = None
) -> list[tuple[str, float]]:
    """The ``k`` nearest papers that pass ``filters``, as ``(id, cosine)``, nearest first."""

    def nearest(count: int) -> _Rows:
        return vectors.nearest(vector, count)

    def among(ids: list[str]) -> _Rows:
        return vectors.nearest(vector, k, ids)

    return _passing(words, nearest, among, k, filters, members, vectors.count)


def matching_passing(
    words: WordStore, text: str, k: int, filters: Filters, members: frozenset[str]
) -> list[tuple[str, float]]:
    """The ``k`` papers of ``members`` that pass ``filters`` and match ``text`` best, by BM25 score."""
    if len(members) <= _NAMED:
        return words.search(text, k, filters=filters, among=list(members))

    def best(count: int) -> _Rows:
        return words.search(text, count, filters=filters)

    def among(ids: list[str]) -> _Rows:
        return words.search(text, k, among=ids)

    return _passing(words, best, among, k, filters, members, words.count)


def _passing(
    words: WordStore,
    best: Callable[[int], _Rows],
    among: Callable[[list[str]], _Rows],
    k: int,
    filters: Filters,
    members: Members,
    count: Callable[[], int],
) -> _Rows:
    """The ``k`` best that pass, of ``best`` so many of all papers or ``among`` some ids."""
    found = _kept(best(_MORE * k), words, filters, members)
    if len(found) >= k:
        return found[:k]
    named = None if members is None else list(members)
    passing = words.count_of(filters, among=named)
    if passing <= _NAMED:
        return among(words.ids(filters, among=named, limit=_NAMED))[:k]
    total = count()
    wanted = 2 * k * total // passing
    while True:
        found = _kept(best(min(wanted, total)), words, filters, members)
        if len(found) >= k or wanted >= total:
            return found[:k]
        wanted *= 4


def _kept(rows: _Rows, words: WordStore, filters: Filters, members: Members) -> _Rows:
    if members is not None:
        rows = [row for row in rows if row[0] in members]
    allowed = set(words.ids(filters, among=[row[0] for row in rows], limit=len(rows)))
    return [row for row in rows if row[0] in allowed]
