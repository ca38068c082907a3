"""Embeds what an import changes: the papers, and their sentences where the embedder gives both in one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..models.ports import NO_VECTORS, Embedder, Spans, Vectors, gives_parts
from ..types import Paper
from .changes import Change


class Embedded(NamedTuple):
    """The vectors of papers, shape ``(papers, dimension)``, and each one's sentences', if any are given."""

    papers: Vectors
    sentences: list[Vectors]


def embedded(embedder: Embedder, changes: Sequence[Change]) -> Embedded:
    """The vectors of those papers of ``changes`` whose text is new; those at hand are not made."""
    new = [change for change in changes if change.needs_vector]
    made = _made(embedder, [change.paper for change in new if change.known is None])
    if all(change.known is None for change in new):
        return made
    papers, sentences = iter(made.papers), iter(made.sentences)
    pairs = [change.known or (next(papers), next(sentences, NO_VECTORS)) for change in new]
    return Embedded(np.array([own for own, _ in pairs], dtype=np.float32), [own for _, own in pairs])


def _made(embedder: Embedder, papers: Sequence[Paper]) -> Embedded:
    texts = [paper.text for paper in papers]
    if not papers:
        return Embedded(NO_VECTORS, [])
    if gives_parts(embedder):
        return Embedded(*embedder.embed_with_parts(texts, [spans(paper) for paper in papers]))
    return Embedded(embedder.embed(texts), [])


def spans(paper: Paper) -> Spans:
    """Where the sentences stand in the text that is embedded, title and all."""
    before = len(paper.text) - len(paper.abstract)
    return [(before + sentence.start, before + sentence.end) for sentence in paper.sentences]
