"""Chroma alone: a collection on the disk with cosine distance and otherwise its own defaults."""

# Its libraries are not among those that the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore, misc, no-any-return"

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import chromadb
import chromadb.config

from .port import Corpus, Vector

BATCH = 2000


class Chroma:
    """One collection."""

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Write texts and vectors, in batches."""
        self._client = chromadb.PersistentClient(
            str(folder), settings=chromadb.config.Settings(anonymized_telemetry=False)
        )
        self._papers = self._client.create_collection(
            "papers", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        rows = corpus.rows()
        vectors = corpus.matrix(len(rows))
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            self._papers.upsert(
                ids=[row["id"] for row in some],
                embeddings=vectors[start : start + BATCH],
                documents=[row["text"] for row in some],
            )

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """The nearest, with their texts, as one would show them."""
        del question, options
        found = self._papers.query(query_embeddings=[vector.tolist()], n_results=k, include=["documents"])
        ids: list[str] = found["ids"][0]
        return ids
