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
from assistant.evaluation.beir import relevant_papers
from assistant.evaluation.hidden import Part
from assistant.index.store import PaperIndex
from assistant.models.cross_encoder import CrossEncoder
from assistant.models.embedder import UNRELATED_BELOW
from assistant.models.ports import Embedder
from assistant.retrieval.search import Searcher
from assistant.retrieval.signals import Signals

from .data import require, rows

SIGNALS = ("related", "terms", "pieces")
_SMALL = 203
"""Papers of the small collection that SciFact is cut down to: those of the sample collection."""
Searching = tuple[Embedder, CrossEncoder | None]
"""What embeds, and what reads."""
Kind = Literal["answered", "taken away", "not stated"]


class Remembering:
    """An embedder that embeds each question once."""

    def __init__(self, embedder: Embedder) -> None:
        """Wrap ``embedder``."""
        self.embed = embedder.embed
        self.dimension = embedder.dimension
        self.embed_query = cache(embedder.embed_query)


def signals_of(
    searching: Searching, index: PaperIndex, claim: str, hidden: set[str], only: set[str] | None
) -> Signals:
    """What a search of a part of an index finds of a claim."""
    embedder, reader = searching
    part = cast("PaperIndex", Part(index, hidden, only))
    return Searcher(part, embedder, reader).find(claim, 8).signals


def scifact(data: Path, split: str) -> Iterator[tuple[str, set[str], bool]]:
    """Each claim of a split with its papers, and whether they speak to it."""
    speaks: dict[str, bool] = {}
    for part in ("train", "dev"):
        for row in rows(require(data / "scifact" / "original" / f"claims_{part}.jsonl")):
            speaks[str(row["id"])] = bool(row["evidence"])
    claims = {row["_id"]: row["text"] for row in rows(require(data / "scifact" / "queries.jsonl"))}
    papers = relevant_papers(require(data / "scifact" / "qrels" / f"{split}.tsv"))
    for claim, its in papers.items():
        yield claims[claim], set(its), speaks[claim]


def scifact_signals(
    store: Path, data: Path, split: str, reader: CrossEncoder | None
) -> Iterator[tuple[Kind, int, Signals]]:
    """Kind, size of the collection and signals of each claim, among all papers and among few."""
    with Assistant.open(store) as assistant:
        assistant.add(require(data / "scifact" / "corpus.jsonl"))
        index = assistant.index
        searching = cast("Embedder", Remembering(assistant.embedder)), reader
        of_number = _ids_by_number(index, data)
        few = set(random.Random(0).sample(sorted(of_number.values()), _SMALL))
        for claim, numbers, speaks in scifact(data, split):
            its = {of_number[number] for number in numbers}
            for only in (None, few):
                size = len(index) if only is None else _SMALL
                shown = None if only is None else only | its
                there = signals_of(searching, index, claim, set(), shown)
                yield ("answered" if speaks else "not stated"), size, there
                if speaks:
                    yield "taken away", size, signals_of(searching, index, claim, its, shown)


def _ids_by_number(index: PaperIndex, data: Path) -> dict[str, str]:
    """The ids that an index gave to SciFact's papers, by SciFact's numbers."""
    numbers: Sequence[str] = [row["_id"] for row in rows(data / "scifact" / "corpus.jsonl")]
    known: set[str] = {paper.id for paper in index.papers(numbers)}
    return {number: number for number in numbers if number in known}


def train_signals(store: Path, data: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The signals of SciFact's train claims, a row each, and whether each can be answered.

    Nothing is read for them: the cross-encoder was trained on these claims, and is too sure of them.
    """
    found = list(scifact_signals(store, data, "train", None))
    table = [[each.related(UNRELATED_BELOW), each.terms, each.pieces] for _, _, each in found]
    return np.array(table), np.array([float(kind == "answered") for kind, _, _ in found])
