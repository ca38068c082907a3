"""The records that were taken out lately, in a file of the index, so that they can be put back as they were.

JSON Lines: a line for each paper with its record, its vectors, the number of the removal, and the day. What
is older than ``KEPT_DAYS`` goes with the next removal. Knows no store.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from ..models.ports import Vectors
from ..whole import write_whole
from .changes import Change, Known
from .records import Record, from_record, is_intact

KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Removed:
    """A paper as it was stored; ``vectors`` are its own and its sentences', where they are at hand."""

    id: str
    record: Record
    vectors: Known | None
    embedder: str
    removal: int
    day: date

    def change(self, embedder: str) -> Change:
        """What stores it again; vectors of another embedder are made again."""
        known = self.vectors if self.embedder == embedder else None
        return Change(from_record(self.id, self.record), self.record, None, known)

    def line(self) -> str:
        """As it is kept."""
        row = {"id": self.id, "removal": self.removal, "day": self.day.isoformat(), "embedder": self.embedder}
        vectors = [_text(each) for each in self.vectors] if self.vectors else None
        return json.dumps(row | {"record": self.record, "vectors": vectors}, ensure_ascii=False) + "\n"


class RemovedPapers:
    """The file, which need not exist. What cannot be read in it is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(
        self, records: Mapping[str, Mapping[str, Any]], vectors: Mapping[str, Known], embedder: str
    ) -> None:
        """Add a removal; raises ``OSError`` where that cannot be written, and the file is as it was."""
        today = datetime.now(UTC).date()
        oldest = today - timedelta(days=KEPT_DAYS)
        last = 0

        def lines() -> Iterator[str]:
            nonlocal last
            for row in self:
                last = max(last, row.removal)
                # What is taken out again is kept as it is this time.
                if row.day >= oldest and row.id not in records:
                    yield row.line()
            for paper_id, record in records.items():
                known = vectors.get(paper_id)
                yield Removed(paper_id, dict(record), known, embedder, last + 1, today).line()

        self._write(lines())

    def found(self, ids: Sequence[str] | None) -> list[Removed]:
        """The papers with these ids, in the order of the ids; without any, those of the last removal."""
        if ids is None:
            rows = list(self)
            last = max((row.removal for row in rows), default=0)
            return [row for row in rows if row.removal == last]
        wanted = set(ids)
        known = {row.id: row for row in self if row.id in wanted}
        return [known[paper_id] for paper_id in dict.fromkeys(ids) if paper_id in known]

    def forget(self, ids: Iterable[str]) -> None:
        """Drop papers that are back; a file that cannot be written keeps them, which does no harm."""
        gone = set(ids)
        with suppress(OSError):
            self._write(row.line() for row in self if row.id not in gone)

    def __iter__(self) -> Iterator[Removed]:
        """The papers, the last removal last."""
        try:
            file = self._path.open(encoding="utf-8", errors="replace")
        except OSError:
            return
        with file:
            for line in file:
                if (row := _read(line)) is not None:
                    yield row

    def _write(self, lines: Iterable[str]) -> None:
        write_whole(self._path, (line.encode("utf-8", "surrogatepass") for line in lines), sync=True)


def _text(vectors: Vectors) -> list[Any]:
    return [list(vectors.shape), base64.b64encode(vectors.astype("<f4").tobytes()).decode()]


def _vectors(shape: Any, text: str) -> Vectors:
    read: Vectors = np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(shape).astype(np.float32)
    return read


def _read(line: str) -> Removed | None:
    try:
        row = json.loads(line)
        record, told = row["record"], row["vectors"]
        if not is_intact(record):
            return None
        vectors = (_vectors(*told[0]), _vectors(*told[1])) if told else None
        day = date.fromisoformat(row["day"])
        return Removed(str(row["id"]), record, vectors, str(row["embedder"]), int(row["removal"]), day)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError):
        return None
