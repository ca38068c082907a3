"""Remembers answers on disk by everything that they depend on; it knows neither questions nor models.

A cache that cannot be read or written is none: no answer ever fails for it. Several processes may share one.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_PATIENCE = 1.0
"""Seconds that a process waits for another one that writes."""
_LARGEST = 32_000_000
"""Bytes of one remembered value, unpacked: a file that was tampered with must not fill the memory."""
_FREED = 0.9
"""How full the cache is after some had to go."""


def key_of(parts: Mapping[str, Any]) -> str:
    """One key of many parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


class Cache:
    """Values by key in one SQLite file of a limited size; the ones used longest ago go first."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        """Use ``path``, made when the first value is put there."""
        self._path = path
        self._max_bytes = max_bytes

    def get(self, key: str) -> bytes | None:
        """The value, or ``None``."""

        def look(base: sqlite3.Connection) -> object:
            row = base.execute("SELECT value FROM answers WHERE key = ?", (key,)).fetchone()
            if row:
                with suppress(sqlite3.OperationalError):  # a disk that is read-only is read all the same
                    base.execute("UPDATE answers SET used = ? WHERE key = ?", (time.time(), key))
            return row[0] if row else None

        return _unpacked(self._within(look)) if self._path.exists() else None

    def put(self, key: str, value: bytes) -> None:
        """Remember a value."""
        packed = zlib.compress(value)
        if len(packed) > self._max_bytes or len(value) > _LARGEST:
            return

        def store(base: sqlite3.Connection) -> None:
            base.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value BLOB, used REAL)")
            row = (key, packed, time.time())
            base.execute("INSERT OR REPLACE INTO answers (key, value, used) VALUES (?, ?, ?)", row)
            (size,) = base.execute("SELECT TOTAL(LENGTH(value)) FROM answers").fetchone()
            if size > self._max_bytes:
                self._free(base, size - _FREED * self._max_bytes, key)

        self._within(store)

    def drop(self, key: str) -> None:
        """Forget a value."""
        self._within(lambda base: base.execute("DELETE FROM answers WHERE key = ?", (key,)))

    @staticmethod
    def _free(base: sqlite3.Connection, wanted: float, kept: str) -> None:
        rows = base.execute("SELECT key, LENGTH(value) FROM answers WHERE key != ? ORDER BY used", (kept,))
        for key, size in rows.fetchall():
            if wanted <= 0:
                break
            base.execute("DELETE FROM answers WHERE key = ?", (key,))
            wanted -= size

    def _within(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What ``work`` returns within one transaction; ``None`` where the database refuses."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as base, base:
                return work(base)
        except sqlite3.OperationalError:
            return None  # locked for long, full, read-only: not remembered this time
        except sqlite3.DatabaseError:
            with suppress(OSError):
                self._path.unlink()  # damaged: begun anew
            return None


def _unpacked(packed: object) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(packed, _LARGEST) if isinstance(packed, bytes) else None
    except zlib.error:
        return None
