"""Vectors and records in a local Chroma collection; knows neither words nor manifests."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import chromadb
import numpy as np
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings

from ..errors import IndexDamagedError
from ..models.ports import Vectors
from .health import DATABASE, broken_database, broken_file

Row = Mapping[str, str | int | None]
"""A record to write; ``None`` removes a field that the stored record has."""

_COLLECTION = "papers"
_PAGE = 2000
"""Rows read at once: SQLite refuses more than 32,766 variables, and memory stays flat."""
_SYNC, _AT_ONCE = 1000, 2
"""How many rows Chroma queues before it writes its vector files: as a rule, and to have them written now."""
_HNSW = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 200,
    "max_neighbors": 16,
    "sync_threshold": _SYNC,
}


class VectorStore:
    """One Chroma collection in a folder of its own; the caller owns the folder."""

    def __init__(self, folder: Path, *, create: bool, records_only: bool = False) -> None:
        """Open the collection, or make it; with ``records_only`` broken vectors are no hindrance.

        Raises:
            IndexDamagedError: it should be there and is not, or its files are broken.
        """
        look = broken_database if records_only else broken_file
        if not create and (problem := look(folder)):
            raise IndexDamagedError(problem)
        self._folder = folder
        self._connect(create=create)

    def _connect(self, *, create: bool = False) -> None:
        self._client: Any = chromadb.PersistentClient(
            str(self._folder), settings=Settings(anonymized_telemetry=False)
        )
        try:
            # No embedding function, ever: the default one downloads a model.
            if create:
                self._collection: Collection = self._client.get_or_create_collection(
                    _COLLECTION, embedding_function=None, configuration=cast("Any", {"hnsw": _HNSW})
                )
            else:
                self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)
        except BaseException:
            self.close()
            raise

    @property
    def queued(self) -> int:
        """How many rows are not in the vector files yet: each costs every open some milliseconds."""
        with contextlib.closing(sqlite3.connect(self._folder / DATABASE)) as database:
            return int(database.execute("SELECT count(*) FROM embeddings_queue").fetchone()[0])

    def flush(self) -> None:
        """Have the vector files written; nobody may be reading.

        Chroma writes them when so many rows are queued, also those that it finds queued when it opens.
        """
        for threshold in (_AT_ONCE, _SYNC):
            self._collection.modify(configuration={"hnsw": {"sync_threshold": threshold}})
            self.close()
            self._connect()
            self.count()

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
        for start in range(0, len(ids), _PAGE):
            self._collection.delete(ids=list(ids[start : start + _PAGE]))

    def get(self, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The records of those ids that exist, by id."""
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(ids), _PAGE):
            page = self._collection.get(ids=list(ids[start : start + _PAGE]), include=["metadatas"])
            found.update(zip(page["ids"], page["metadatas"] or [], strict=True))
        return found

    def pages(self) -> Iterator[dict[str, Mapping[str, Any]]]:
        """All records, a page at a time."""
        offset = 0
        while True:
            page = self._collection.get(limit=_PAGE, offset=offset, include=["metadatas"])
            if not page["ids"]:
                return
            yield dict(zip(page["ids"], page["metadatas"] or [], strict=True))
            offset += _PAGE

    def nearest(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The ``k`` nearest rows as ``(id, cosine)``, nearest first."""
        result = self._collection.query(
            query_embeddings=cast("Any", [vector]), n_results=k, include=["distances"]
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
        for start in range(0, len(ids), _PAGE):
            page = self._collection.get(ids=list(ids[start : start + _PAGE]), include=["embeddings"])
            rows = np.asarray(page["embeddings"], dtype=np.float32)
            found.update(zip(page["ids"], rows, strict=True))
        return found

    def count(self) -> int:
        """How many rows there are."""
        return self._collection.count()

    def close(self) -> None:
        """Give back Chroma's threads and file handles."""
        with contextlib.suppress(Exception):  # closing what is damaged may fail, and nothing depends on it
            self._client.close()
