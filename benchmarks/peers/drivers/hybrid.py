"""txtai with its hybrid index: its BM25 and its vectors half and half, which is what it does by default."""

# Its libraries are not among those that the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore, misc, no-any-return"

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from txtai import Embeddings

from .port import Corpus, Vector


class Txtai:
    """An index whose vectors are given from outside, so that nothing is downloaded."""

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Index texts with vectors."""
        rows = corpus.rows()
        known = dict(zip([row["text"] for row in rows], corpus.matrix(len(rows)), strict=True))
        self._given: dict[str, Vector] = known

        def vectors(texts: Sequence[str]) -> Vector:
            return np.stack([self._given[text] for text in texts])

        self._embeddings = Embeddings(method="external", transform=vectors, hybrid=True)
        self._embeddings.index((row["id"], row["text"], None) for row in rows)
        self._embeddings.save(str(folder / "index"))
        self._given = {}

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """The best of both."""
        del options
        self._given = {question: vector}
        return [str(found) for found, _ in self._embeddings.search(question, k)]
