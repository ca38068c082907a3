"""BM25 by bm25s, with its English stop words and a Snowball stemmer; all in memory."""

# Its libraries are not among those that the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore, misc, no-any-return"

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bm25s
import Stemmer

from .port import Corpus, Vector


class Words:
    """An index that is built whole, and built again for each change."""

    def __init__(self) -> None:
        """Make the stemmer."""
        self._stemmer = Stemmer.Stemmer("english")

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Tokenise and count."""
        rows = corpus.rows()
        self._ids = [row["id"] for row in rows]
        self._index = bm25s.BM25()
        self._index.index(self._tokens([row["text"] for row in rows]), show_progress=False)
        self._index.save(folder)

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """Those with the greatest score."""
        del vector, options
        found, _ = self._index.retrieve(
            self._tokens([question]), k=min(k, len(self._ids)), show_progress=False
        )
        return [self._ids[row] for row in found[0]]

    def _tokens(self, texts: Sequence[str]) -> Any:
        return bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False)
