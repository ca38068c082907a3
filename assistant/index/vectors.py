"""Vectors and records in a local Chroma collection; knows neither words nor manifests."""

from __future__ import annotations

import contextlib
import sqlite3
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import chromadb
import numpy as np
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings

from ..errors import IndexDamagedError
from ..models.ports import Vectors
from .health import DATABASE, broken_database, broken_file
from .records import Record, packed, unpacked

_COLLECTION = "papers"
_SYNC, _AT_ONCE = 1000, 2
"""How many rows Chroma queues before it writes its vector files: as a rule, and to have them written now."""
HNSW = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 200,
    "max_neighbors": 16,
    "sync_threshold": _SYNC,
}


class VectorStore:
    """One Chroma collection in a folder of its own; the caller owns the folder."""

    PAGE = 2000
    """Rows read at once: SQLite refuses more than 32,766 variables, and memory stays flat."""

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
        try:
            self._client: Any = chromadb.PersistentClient(
                str(self._folder), settings=Settings(anonymized_telemetry=False)
            )
        except BaseException:
            # Chroma remembers what it could not open, and would not look at the folder again.
            SharedSystemClient._identifier_to_system.pop(str(self._folder), None)
            raise
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

    @property
    def problem(self) -> str | None:
        """What is wrong with the files as they are on the disk, as half a sentence."""
        return broken_file(self._folder)

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
            with warnings.catch_warnings():
                # It warns of a configuration without an embedding function, which is ours.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._collection.modify(configuration={"hnsw": {"sync_threshold": threshold}})
            self.reconnect()
            self.count()

    def reconnect(self) -> None:
        """Open the files anew, so that Chroma looks at what it had queued."""
        self.close()
        self._connect()

    def upsert(self, ids: Sequence[str], vectors: Vectors, rows: Sequence[Record]) -> None:
        """Write rows, replacing those with the same id; all of them or none."""
        self._collection.upsert(
            ids=list(ids), embeddings=np.asarray(vectors), metadatas=cast("Any", [*map(packed, rows)])
        )

    def update(self, ids: Sequence[str], rows: Sequence[Record]) -> None:
        """Replace the records of rows whose vectors stay."""
        self._collection.update(ids=list(ids), metadatas=cast("Any", [*map(packed, rows)]))

    def delete(self, ids: Sequence[str]) -> None:
        """Take rows out; an id that is not there is passed over."""
        for start in range(0, len(ids), self.PAGE):
            self._collection.delete(ids=list(ids[start : start + self.PAGE]))

    def get(self, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The records of those ids that exist, by id."""
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(ids), self.PAGE):
            page = self._collection.get(ids=list(ids[start : start + self.PAGE]), include=["metadatas"])
            found.update(zip(page["ids"], map(unpacked, page["metadatas"] or []), strict=True))
        return found

    def pages(self) -> Iterator[dict[str, Mapping[str, Any]]]:
        """All records, a page at a time."""
        offset = 0
        while True:
            page = self._collection.get(limit=self.PAGE, offset=offset, include=["metadatas"])
            if not page["ids"]:
                return
            yield dict(zip(page["ids"], map(unpacked, page["metadatas"] or []), strict=True))
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

    def upsert(self, ids: Sequence[str], vectors: Vectors, rows: Sequence[Record]) -> None:
        """Write rows, replacing those with the same id; what is cut off may leave some of them."""
        for start in range(0, len(ids), self.PAGE):
            page = slice(start, start + self.PAGE)
            super().upsert(ids[page], vectors[page], rows[page])

    def update(self, ids: Sequence[str], rows: Sequence[Record]) -> None:
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

    def sample(self, count: int) -> list[str]:
        """The ids of a few rows, spread over the collection."""
        total = self.count()
        offsets = sorted({total * i // count for i in range(count)}) if total else []
        return [row for at in offsets for row in self._collection.get(limit=1, offset=at, include=[])["ids"]]

    @property
    def problem(self) -> None:
        """The server looks after its files."""

    @property
    def queued(self) -> int:
        """The server writes its files when it likes."""
        return 0

    def reconnect(self) -> None:
        """Nothing is queued here."""

    def close(self) -> None:
        """Nothing to give back."""
