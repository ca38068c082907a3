"""What a driver of a system must offer, and what it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
DEPTH = 50
"""How deep each leg of a fusion looks: ours does so, and less is no help to a peer."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Papers on the disk: ``papers.jsonl`` with id, title, abstract and text, ``vectors.npy`` row by row."""

    papers: Path
    vectors: Path

    def rows(self) -> list[dict[str, str]]:
        """All papers."""
        with self.papers.open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def matrix(self, count: int) -> Vector:
        """The vectors of the first papers, of length 1."""
        return np.asarray(np.load(self.vectors, mmap_mode="r")[:count], dtype=np.float32)


class Driver(Protocol):
    """A system with its libraries imported; its constructor imports them."""

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Take the papers in, keeping in ``folder`` what it keeps on a disk."""

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """The ids of the best papers; the vector is the question's."""


class Answering(Driver, Protocol):
    """One that also writes answers, with the model of an OpenAI-compatible address."""

    def ask(self, question: str, vector: Vector, url: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """``text`` as the reader gets it, ``first`` seconds to the first token of it, and ``marked``.

        ``marked`` is whether the text, or what is shown beside it, casts doubt on a claim.
        """
