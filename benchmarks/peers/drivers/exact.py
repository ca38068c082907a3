"""The same embedder alone: every cosine computed, the best taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .port import Corpus, Vector


class Exact:
    """A matrix in memory."""

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Keep ids and vectors."""
        self._ids = [row["id"] for row in corpus.rows()]
        self._vectors = corpus.matrix(len(self._ids))
        np.save(folder / "vectors.npy", self._vectors)

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """Those with the greatest cosine."""
        del question, options
        return [self._ids[row] for row in np.argsort(-(self._vectors @ vector), kind="stable")[:k]]
