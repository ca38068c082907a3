"""Vectors out of Chroma's own files, for when Chroma cannot open them; they are only read.

Chroma writes its HNSW files in place, so a kill at that moment leaves them shorter than their header says,
and Chroma refuses them whole. Yet no vector is gone: those that were in the files stay where they were, and
the newer ones are in the database's queue until the files are complete.
"""

from __future__ import annotations

import io
import pickle
import sqlite3
import struct
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import NoReturn

import numpy as np

from ..models.ports import Vectors
from .health import DATABASE

_HEADER = struct.Struct("<i6Q")
"""hnswlib's: version, level-0 offset, most rows, rows, bytes a row, offset of the label, of the vector."""
_QUEUE = (
    "SELECT id, vector FROM embeddings_queue "
    "WHERE vector IS NOT NULL AND encoding = 'FLOAT32' ORDER BY seq_id"
)
"""About a thousand rows: Chroma empties the queue when it has written the files."""


class Salvage:
    """The vectors of one collection by id, as far as its files still give them."""

    def __init__(self, chroma: Path, dimension: int) -> None:
        """Look through the files; one that is broken gives nothing."""
        self._dimension = dimension
        self._queued: dict[str, Vectors] = {}
        self._places: dict[str, int] = {}
        for folder in chroma.glob("*/"):
            with suppress(Exception):  # whatever the damage is, there is nothing to be had then
                self._read_files(folder)
        with suppress(Exception):
            self._read_queue(chroma / DATABASE)

    def _read_files(self, folder: Path) -> None:
        """Map the rows of an HNSW folder to the ids that they had when it was last complete."""
        labels = _Plain(io.BytesIO((folder / "index_metadata.pickle").read_bytes())).load()["label_to_id"]
        header = (folder / "header.bin").read_bytes()
        _, _, _, rows, width, label_at, vector_at = _HEADER.unpack_from(header)
        file = np.memmap(folder / "data_level0.bin", dtype=np.uint8, mode="r")
        data = file[: min(rows, len(file) // width) * width].reshape(-1, width)
        written = data[:, label_at : label_at + 8].copy().view(np.uint64)[:, 0]
        self._units = data[:, vector_at : vector_at + 4 * self._dimension]
        lengths = np.fromfile(folder / "length.bin", dtype=np.float32)
        self._lengths = np.append(lengths, np.ones(max(0, len(data) - len(lengths)), np.float32))
        self._places = {labels[int(label)]: row for row, label in enumerate(written) if int(label) in labels}

    def _read_queue(self, database: Path) -> None:
        """Take the vectors that are not in the files yet, the last one of each id."""
        # "rw" does not make a missing database, and may undo what a kill left half done.
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            for paper_id, vector in connection.execute(_QUEUE):
                if len(vector) == 4 * self._dimension:
                    self._queued[paper_id] = np.frombuffer(vector, np.float32)

    def get(self, ids: Iterable[str]) -> dict[str, Vectors]:
        """The vectors of those ids that are found, by id."""
        found: dict[str, Vectors] = {}
        for paper_id in ids:
            if paper_id in self._queued:
                found[paper_id] = self._queued[paper_id]
            elif (row := self._places.get(paper_id)) is not None:
                # Chroma keeps a unit vector and a length, and gives their product.
                found[paper_id] = self._units[row].copy().view(np.float32) * self._lengths[row]
        return found


class _Plain(pickle.Unpickler):
    """Reads dicts, strings and numbers; what a pickle may run besides is refused."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name}")
