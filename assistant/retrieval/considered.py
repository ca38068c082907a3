"""What both legs of a search bring for a question, place by place: for a trace, not for ranking."""

from __future__ import annotations

from collections.abc import Sequence

from ..index.store import PaperIndex
from ..models.ports import Embedder
from ..traces import Candidate
from ..types import Filters, Hit
from .search import DEPTH


def considered(
    question: str, filters: Filters, hits: Sequence[Hit], index: PaperIndex, embedder: Embedder
) -> tuple[Candidate, ...]:
    """Every paper that a leg brings or that is a hit: the hits first, then the rest by title."""
    vector = embedder.embed_query(question)
    cosines = dict(index.nearest(vector, DEPTH, filters))
    words = dict(index.matching(question, DEPTH, filters))
    by_vector = {paper: place for place, paper in enumerate(cosines, start=1)}
    by_words = {paper: place for place, paper in enumerate(words, start=1)}
    found = {hit.id: hit for hit in hits}
    others = index.papers(sorted((cosines.keys() | words.keys()) - found.keys()))
    rows = []
    for paper in [*(hit.paper for hit in hits), *sorted(others, key=lambda paper: paper.title)]:
        hit = found.get(paper.id)
        rows.append(
            Candidate(
                paper.id,
                paper.title,
                by_vector.get(paper.id),
                hit.vector_score if hit else cosines.get(paper.id),
                by_words.get(paper.id),
                hit.word_score if hit else words.get(paper.id),
                hit.rank if hit else None,
                hit.score if hit else None,
            )
        )
    return tuple(rows)
