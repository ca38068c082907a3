"""The vectors of the papers' sentences in SQLite: read by paper, never searched.

They are made in the run that embeds a paper, and are a help, not a truth: each row carries a mark of the text
and the embedder it was made of, and what is missing, stale or damaged is as if it had never been stored.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

import numpy as np

from ..models.ports import Embedder, Vectors
from ..types import Paper

_PAGE = 500
_FULL = 127
"""The largest number of a byte: a vector is scaled so that it uses it, as only its direction is read."""


class SentenceVectors:
    """One SQLite database; the caller owns its folder. Threads may share it."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        """Open the database, or make it; where that cannot be done, nothing is kept in it."""
        self._embedder = embedder
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        with suppress(OSError, sqlite3.DatabaseError):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._database = _opened(path)
            except sqlite3.DatabaseError:  # damaged, or a folder that cannot be written to
                path.unlink(missing_ok=True)
                self._database = _opened(path)

    def write(self, papers: Sequence[Paper], vectors: Sequence[Vectors]) -> None:
        """Keep the vectors of each paper's sentences, shape ``(sentences, dimension)``."""
        rows = [
            (paper.id, self._mark(paper), _as_bytes(own))
            for paper, own in zip(papers, vectors, strict=True)
            if len(own)
        ]
        # In one statement: each takes the interpreter's lock anew, which a reader holds beside it.
        for start in range(0, len(rows), _PAGE):
            page = rows[start : start + _PAGE]
            places = ",".join(["(?, ?, ?)"] * len(page))
            put = f"INSERT OR REPLACE INTO sentence_vectors VALUES {places}"  # noqa: S608 - no text
            self._change(put, [tuple(chain.from_iterable(page))])

    def delete(self, ids: Iterable[str]) -> None:
        """Forget these papers."""
        self._change("DELETE FROM sentence_vectors WHERE id = ?", [(paper_id,) for paper_id in ids])

    def get(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        """The vectors of those papers whose text they were made of, by id: float32, length 1 or 0."""
        rows: list[tuple[str, bytes, bytes]] = []
        with self._lock, suppress(sqlite3.DatabaseError):
            for start in range(0, len(papers) if self._database else 0, _PAGE):
                ids = [paper.id for paper in papers[start : start + _PAGE]]
                marks = ",".join("?" * len(ids))
                found = f"SELECT id, mark, vectors FROM sentence_vectors WHERE id IN ({marks})"  # noqa: S608 - no text
                rows += self._database.execute(found, ids) if self._database else []
        stored = {paper_id: (mark, data) for paper_id, mark, data in rows}
        vectors = {}
        for paper in papers:
            mark, data = stored.get(paper.id, (b"", b""))
            # An endpoint's embedder is asked for its dimension, so only where there is something to read.
            if data and mark == self._mark(paper):
                dimension = self._embedder.dimension
                if len(data) == len(paper.sentences) * dimension:
                    vectors[paper.id] = _from_bytes(data, dimension)
        return vectors

    def close(self) -> None:
        """Give back the file."""
        with self._lock:
            if self._database:
                self._database.close()
            self._database = None

    def _mark(self, paper: Paper) -> bytes:
        """Tells the text, the sentences and the embedder that the vectors stand for."""
        spans = " ".join(f"{sentence.start}:{sentence.end}" for sentence in paper.sentences)
        told = f"{self._embedder.fingerprint}\n{paper.text}\n{spans}".encode("utf-8", "replace")
        return hashlib.blake2b(told, digest_size=8).digest()

    def _change(self, statement: str, rows: Sequence[tuple[str | bytes, ...]]) -> None:
        # A full disk says so in the stores whose records count.
        with self._lock, suppress(sqlite3.DatabaseError):
            if self._database and rows:
                with self._database:
                    self._database.executemany(statement, rows)


def _opened(path: Path) -> sqlite3.Connection:
    if path.exists() and not os.access(path, os.W_OK):
        # Of a read-only index: SQLite would make files beside it even to read.
        address = f"{path.resolve().as_uri()}?immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False)
    database = sqlite3.connect(path, check_same_thread=False)
    try:
        # No wait for the disk: a killed process loses nothing, and what a power cut takes is made again.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE IF NOT EXISTS sentence_vectors (id TEXT PRIMARY KEY, mark BLOB, vectors BLOB)"
        )
    except BaseException:
        database.close()
        raise
    return database


def _as_bytes(vectors: Vectors) -> bytes:
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = vectors * (_FULL / np.where(largest, largest, 1.0))
    data: bytes = np.round(scaled).astype(np.int8).tobytes()
    return data


def _from_bytes(data: bytes, dimension: int) -> Vectors:
    vectors = np.frombuffer(data, dtype=np.int8).astype(np.float32).reshape(-1, dimension)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(lengths, lengths, 1.0)).astype(np.float32, copy=False)
    return unit
