"""What every contestant is given: the same texts, their vectors by our embedder, and the questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from assistant import Paper
from assistant.corpus import read
from assistant.models.embedder import MiniLM

from ..scale import embedded


@dataclass(frozen=True, slots=True)
class Given:
    """A collection with its questions, on the disk."""

    papers: Path
    vectors: Path
    questions: tuple[str, ...]
    question_vectors: Path
    count: int

    def collection(self, folder: Path) -> dict[str, Any]:
        """What a driver needs to take it in."""
        folder.mkdir(parents=True)
        return {"papers": str(self.papers), "vectors": str(self.vectors), "folder": str(folder)}

    def asked(self, rows: Sequence[int] | None = None) -> dict[str, Any]:
        """What a driver needs to be asked some of the questions, else all."""
        rows = range(len(self.questions)) if rows is None else rows
        return {
            "questions": [self.questions[row] for row in rows],
            "question_vectors": str(self.question_vectors),
            "rows": list(rows),
        }


def papers_of(file: Path, count: int | None = None) -> list[Paper]:
    """The papers of a file, or the first of them; of those with one id the first."""
    found: dict[str, Paper] = {}
    for paper in islice((row for row in read(file) if isinstance(row, Paper)), count):
        found.setdefault(paper.id, paper)
    return list(found.values())


def given(papers: Sequence[Paper], questions: Sequence[str], folder: Path, vectors: Path) -> Given:
    """Write it all into ``folder``; vectors that the folder ``vectors`` has already are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    embedded(papers, vectors)
    with (folder / "papers.jsonl").open("w", encoding="utf-8") as file:
        for paper in papers:
            row = {"id": paper.id, "title": paper.title, "abstract": paper.abstract, "text": paper.text}
            file.write(json.dumps(row) + "\n")
    embedder = MiniLM()
    asked = np.stack([embedder.embed_query(question) for question in questions])
    np.save(folder / "questions.npy", asked)
    return Given(
        folder / "papers.jsonl",
        vectors / "vectors.npy",
        tuple(questions),
        folder / "questions.npy",
        len(papers),
    )
