"""Questions with and without an answer, made of SciFact: its papers are there, taken away, or do not say.

Used by ``benchmarks.fitting`` (train) and ``benchmarks.refusal`` (test); not a command of its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant
from assistant.index.store import PaperIndex
from assistant.index.words import terms
from assistant.models.embedder import UNRELATED_BELOW
from assistant.models.ports import Embedder, Vectors
from assistant.retrieval.search import Searcher
from assistant.retrieval.signals import Signals
from assistant.types import NO_FILTERS, Filters

from .data import require, rows

SIGNALS = ("related", "terms", "pieces")
_SMALL = 203
"""Papers of the small collection that SciFact is cut down to: those of the sample collection."""
Kind = Literal["answered", "taken away", "not stated"]


class Part:
    """A part of an index, standing in for it in a search: some papers alone, or all but some."""

    def __init__(self, index: PaperIndex, hidden: set[str], only: set[str] | None) -> None:
        """Show the papers of ``only`` (all where ``None``) that are not ``hidden``."""
        self._index = index
        self._hidden = hidden
        self._only = None if only is None else sorted(only - hidden)
        self._counts = _frequencies(index, frozenset(only)) if only else {}
        self.papers, self.sentence_vectors = index.papers, index.sentence_vectors
        self.similarities, self.scores = index.similarities, index.scores

    def __len__(self) -> int:
        """How many papers are shown."""
        return len(self._index) - len(self._hidden) if self._only is None else len(self._only)

    def frequency(self, term: str) -> int:
        """In how many of the shown papers a term stands, about."""
        return self._index.frequency(term) if self._only is None else self._counts.get(term, 0)

    def nearest(self, vector: Vectors, k: int, _: Filters = NO_FILTERS) -> list[tuple[str, float]]:
        """As the index's."""
        if self._only is None:
            return self._shown(self._index.nearest(vector, k + len(self._hidden)))[:k]
        return _best(self._index.similarities(vector, self._only), k)

    def matching(self, text: str, k: int, _: Filters = NO_FILTERS) -> list[tuple[str, float]]:
        """As the index's."""
        if self._only is None:
            return self._shown(self._index.matching(text, k + len(self._hidden)))[:k]
        return _best(self._index.scores(text, self._only), k)

    def _shown(self, found: list[tuple[str, float]]) -> list[tuple[str, float]]:
        return [each for each in found if each[0] not in self._hidden]


def _best(scores: dict[str, float], k: int) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda each: -each[1])[:k]


@cache
def _frequencies(index: PaperIndex, ids: frozenset[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for paper in index.papers(sorted(ids)):
        for term in set(terms(paper.text)):
            counts[term] = counts.get(term, 0) + 1
    return counts


class Remembering:
    """An embedder that embeds each question once."""

    def __init__(self, embedder: Embedder) -> None:
        """Wrap ``embedder``."""
        self.embed = embedder.embed
        self.dimension = embedder.dimension
        self.embed_query = cache(embedder.embed_query)


def signals_of(
    embedder: Embedder, index: PaperIndex, claim: str, hidden: set[str], only: set[str] | None
) -> Signals:
    """What a search of a part of an index finds of a claim."""
    part = cast("PaperIndex", Part(index, hidden, only))
    return Searcher(part, embedder).find(claim, 8).signals


def scifact(data: Path, split: str) -> Iterator[tuple[str, set[str], bool]]:
    """Each claim of a split with its papers, and whether they speak to it."""
    speaks: dict[str, bool] = {}
    for part in ("train", "dev"):
        for row in rows(require(data / "scifact" / "original" / f"claims_{part}.jsonl")):
            speaks[str(row["id"])] = bool(row["evidence"])
    claims = {row["_id"]: row["text"] for row in rows(require(data / "scifact" / "queries.jsonl"))}
    papers: dict[str, set[str]] = {}
    for line in require(data / "scifact" / "qrels" / f"{split}.tsv").read_text("utf-8").splitlines()[1:]:
        claim, paper, _ = line.split("\t")
        papers.setdefault(claim, set()).add(paper)
    for claim, its in papers.items():
        yield claims[claim], its, speaks[claim]


def scifact_signals(store: Path, data: Path, split: str) -> Iterator[tuple[Kind, int, Signals]]:
    """Kind, size of the collection and signals of each claim, among all papers and among few."""
    with Assistant.open(store) as assistant:
        assistant.add(require(data / "scifact" / "corpus.jsonl"))
        index, embedder = assistant.index, cast("Embedder", Remembering(assistant.embedder))
        of_number = _ids_by_number(index, data)
        few = set(random.Random(0).sample(sorted(of_number.values()), _SMALL))
        for claim, numbers, speaks in scifact(data, split):
            its = {of_number[number] for number in numbers}
            for only in (None, few):
                size = len(index) if only is None else _SMALL
                shown = None if only is None else only | its
                there = signals_of(embedder, index, claim, set(), shown)
                yield ("answered" if speaks else "not stated"), size, there
                if speaks:
                    yield "taken away", size, signals_of(embedder, index, claim, its, shown)


def _ids_by_number(index: PaperIndex, data: Path) -> dict[str, str]:
    """The ids that an index gave to SciFact's papers, by SciFact's numbers."""
    numbers: Sequence[str] = [row["_id"] for row in rows(data / "scifact" / "corpus.jsonl")]
    known: set[str] = {paper.id for paper in index.papers(numbers)}
    return {number: number for number in numbers if number in known}


def train_signals(store: Path, data: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The signals of SciFact's train claims, a row each, and whether each can be answered."""
    found = list(scifact_signals(store, data, "train"))
    table = [[each.related(UNRELATED_BELOW), each.terms, each.pieces] for _, _, each in found]
    return np.array(table), np.array([float(kind == "answered") for kind, _, _ in found])
