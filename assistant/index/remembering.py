"""Vectors that are at hand already are taken before any is made, so a rebuild need not embed anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..models.ports import NO_VECTORS, Embedder, PartsEmbedder, Spans, Vectors, gives_parts
from ..types import Paper


class Remembering:
    """An embedder that takes vectors it was given for texts, each once, before it makes any."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self._known_parts: dict[str, Vectors] = {}

    def take(
        self, papers: Sequence[Paper], vectors: Mapping[str, Vectors], sentences: Mapping[str, Vectors]
    ) -> None:
        """Remember vectors by the texts they stand for; a broken one is none."""
        for paper in papers:
            vector = vectors.get(paper.id)
            if vector is not None and abs(float(np.linalg.norm(vector)) - 1.0) < 0.01:
                self._known[paper.text] = vector
                if paper.id in sentences:
                    self._known_parts[paper.text] = sentences[paper.id]

    @property
    def fingerprint(self) -> str:
        """The embedder's."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """The embedder's."""
        return self._embedder.dimension

    @property
    def unrelated_below(self) -> float | None:
        """The embedder's."""
        return self._embedder.unrelated_below

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of ``texts``, those that are known as they were given."""
        known = [self._known.pop(text, None) for text in texts]
        made = iter(self._embedder.embed([t for t, v in zip(texts, known, strict=True) if v is None]))
        rows = [next(made) if vector is None else vector for vector in known]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question."""
        return self._embedder.embed_query(text)


class _RememberingParts(Remembering):
    """The same for an embedder that gives the vectors of parts."""

    def __init__(self, embedder: PartsEmbedder) -> None:
        super().__init__(embedder)
        self._with_parts = embedder

    def embed_with_parts(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, list[Vectors]]:
        """The vectors of texts and parts; those of the parts that were not given with a text's are none."""
        known = [(self._known.pop(text, None), self._known_parts.pop(text, NO_VECTORS)) for text in texts]
        rows = [row for row, (vector, _) in enumerate(known) if vector is None]
        vectors, of_parts = self._with_parts.embed_with_parts(
            [texts[row] for row in rows], [parts[row] for row in rows]
        )
        made = dict(zip(rows, zip(vectors, of_parts, strict=True), strict=True))
        both = [made.get(row, pair) for row, pair in enumerate(known)]
        matrix = np.array([vector for vector, _ in both], dtype=np.float32)
        return matrix.reshape(len(texts), self.dimension), [own for _, own in both]


def remembering(embedder: Embedder) -> Remembering:
    """The embedder with a memory, which gives the vectors of parts where the embedder does."""
    return _RememberingParts(embedder) if gives_parts(embedder) else Remembering(embedder)
