"""Vectors and records in a local Chroma collection; knows neither words nor manifests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import chromadb
import numpy as np
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings

from ..errors import IndexDamagedError
from ..models.ports import Vectors
from .health import broken_file

Row = Mapping[str, str | int | None]
"""A record to write; ``None`` removes a field that the stored record has."""

_COLLECTION = "papers"
HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 16}


class VectorStore:
    """One Chroma collection in a folder of its own; the caller owns the folder."""

    PAGE = 2000
    """Rows read at once: SQLite refuses more than 32,766 variables, and memory stays flat."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        """Open the collection, or make it.

        Raises:
            IndexDamagedError: it should be there and is not, or its files are broken.
        """
        if not create and (problem := broken_file(folder)):
            raise IndexDamagedError(problem)
        self._client: Any = chromadb.PersistentClient(
            str(folder), settings=Settings(anonymized_telemetry=False)
        )
        try:
            # No embedding function, ever: the default one downloads a model.
            if create:
                self._collection: Collection = self._client.get_or_create_collection(
                    _COLLECTION, embedding_function=None, configuration=cast("Any", {"hnsw": HNSW})
                )
            else:
                self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)
        except BaseException:
            self.close()
            raise

    def upsert(self, ids: Sequence[str], vectors: Vectors, rows: Sequence[Row]) -> None:
        """Write rows, replacing those with the same id; all of them or none."""
        self._collection.upsert(
            ids=list(ids), embeddings=np.asarray(vectors), metadatas=cast("Any", list(rows))
        )

    def update(self, ids: Sequence[str], rows: Sequence[Row]) -> None:
        """Replace the records of rows whose vectors stay."""
        self._collection.update(ids=list(ids), metadatas=cast("Any", list(rows)))

    def delete(self, ids: Sequence[str]) -> None:
        """Take rows out; an id that is not there is passed over."""
        for start in range(0, len(ids), self.PAGE):
            self._collection.delete(ids=list(ids[start : start + self.PAGE]))

    def get(self, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The records of those ids that exist, by id."""
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(ids), self.PAGE):
            page = self._collection.get(ids=list(ids[start : start + self.PAGE]), include=["metadatas"])
            found.update(zip(page["ids"], page["metadatas"] or [], strict=True))
        return found

    def pages(self) -> Iterator[dict[str, Mapping[str, Any]]]:
        """All records, a page at a time."""
        offset = 0
        while True:
            page = self._collection.get(limit=self.PAGE, offset=offset, include=["metadatas"])
            if not page["ids"]:
                return
            yield dict(zip(page["ids"], page["metadatas"] or [], strict=True))
            offset += self.PAGE

    def nearest(self, vector: Vectors, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The ``k`` nearest rows, of ``among`` where it is given, as ``(id, cosine)``, nearest first."""
        if among is None:
            return self._query(vector, k)
        found: list[tuple[str, float]] = []
        for start in range(0, len(among), self.PAGE):
            page = list(among[start : start + self.PAGE])
            found += self._query(vector, min(k, len(page)), page)
        return sorted(found, key=lambda row: -row[1])[:k]

    def _query(self, vector: Vectors, k: int, among: list[str] | None = None) -> list[tuple[str, float]]:
        result = self._collection.query(
            query_embeddings=cast("Any", [vector]), ids=among, n_results=k, include=["distances"]
        )
        distances = result["distances"] or [[]]
        return [
            (paper_id, 1.0 - float(distance))
            for paper_id, distance in zip(result["ids"][0], distances[0], strict=True)
        ]

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of these rows to a unit vector."""
        return {paper_id: float(own @ vector) for paper_id, own in self.vectors(ids).items()}

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those ids that exist, by id."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), self.PAGE):
            page = self._collection.get(ids=list(ids[start : start + self.PAGE]), include=["embeddings"])
            rows = np.asarray(page["embeddings"], dtype=np.float32)
            found.update(zip(page["ids"], rows, strict=True))
        return found

    def sample(self, count: int) -> dict[str, Vectors]:
        """A few rows with their vectors, spread over the collection."""
        rows: dict[str, Vectors] = {}
        total = self.count()
        for offset in sorted({total * i // count for i in range(count)}) if total else []:
            row = self._collection.get(limit=1, offset=offset, include=["embeddings"])
            if row["ids"] and row["embeddings"] is not None:
                rows[row["ids"][0]] = np.asarray(row["embeddings"][0], dtype=np.float32)
        return rows

    def count(self) -> int:
        """How many rows there are."""
        return self._collection.count()

    def close(self) -> None:
        """Give back Chroma's threads and file handles."""
        with contextlib.suppress(Exception):  # closing what is damaged may fail, and nothing depends on it
            self._client.close()


class ServedVectors(VectorStore):
    """A collection on a server, in requests that Chroma Cloud allows too."""

    PAGE = 300

    def __init__(self, collection: Collection) -> None:
        """Use a collection whose client somebody else closes."""
        self._collection = collection

    def upsert(self, ids: Sequence[str], vectors: Vectors, rows: Sequence[Row]) -> None:
        """Write rows, replacing those with the same id; what is cut off may leave some of them."""
        for start in range(0, len(ids), self.PAGE):
            page = slice(start, start + self.PAGE)
            super().upsert(ids[page], vectors[page], rows[page])

    def update(self, ids: Sequence[str], rows: Sequence[Row]) -> None:
        """Replace the records of rows whose vectors stay."""
        for start in range(0, len(ids), self.PAGE):
            page = slice(start, start + self.PAGE)
            super().update(ids[page], rows[page])

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of these rows to a unit vector, computed where the vectors are."""
        found: dict[str, float] = {}
        for start in range(0, len(ids), self.PAGE):
            page = list(ids[start : start + self.PAGE])
            found.update(self._query(vector, len(page), page))
        # An approximate search may pass some over.
        missed = [paper_id for paper_id in ids if paper_id not in found]
        return found | super().similarities(vector, missed)

    def ids(self) -> Iterator[list[str]]:
        """All ids, a page at a time."""
        offset = 0
        while page := self._collection.get(limit=self.PAGE, offset=offset, include=[])["ids"]:
            yield page
            offset += self.PAGE

    def close(self) -> None:
        """Nothing to give back."""
