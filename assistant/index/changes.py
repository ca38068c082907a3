"""What an import changes: new and changed papers, and what the manifest says after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from ..types import ImportReport, Paper, Rejected
from .layout import Manifest
from .records import Record, to_record

COMMIT = 256
"""Papers of one commit: what a kill can cost, against the price of a commit (about 50 ms)."""


@dataclass(slots=True)
class Change:
    """A new or changed paper with its record, and the record that it replaces."""

    paper: Paper
    record: Record
    old: Mapping[str, Any] | None

    @property
    def needs_vector(self) -> bool:
        """Whether the text that is embedded is new."""
        return self.old is None or any(self.old[key] != self.record[key] for key in ("title", "abstract"))

    @property
    def row(self) -> dict[str, str | int | None]:
        """What is written: Chroma merges metadata, so a field that is gone has to be named."""
        return {**dict.fromkeys(self.old or ()), **self.record}


def counted(manifest: Manifest, changes: Iterable[Change]) -> Manifest:
    """The manifest after these changes."""
    papers, sentences, content = manifest.papers, manifest.sentences, int(manifest.content, 16)
    for change in changes:
        content += int(str(change.record["hash"]), 16)
        sentences += len(change.paper.sentences)
        if change.old is None:
            papers += 1
        else:
            content -= int(str(change.old["hash"]), 16)
            sentences -= len(str(change.old["spans"]).split())
    return replace(manifest, papers=papers, sentences=sentences, content=f"{content % 2**256:x}")


Stored = Callable[[list[str]], Mapping[str, Mapping[str, Any]]]
"""Gives the records that are stored under these ids, where there are any."""


@dataclass(slots=True)
class Tally:
    """What the rows of an import do, counted as they are taken; of several with one id the first counts."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def batches(self, rows: Iterable[Paper | Rejected], stored: Stored) -> Iterator[list[Change]]:
        """What each batch of rows changes."""
        waiting = iter(rows)
        while batch := [*islice(waiting, COMMIT)]:
            fresh: dict[str, Paper] = {}
            for row in batch:
                if isinstance(row, Rejected):
                    # Without its text: a file of many bad rows must not fill the memory.
                    self.rejected.append(replace(row, text=""))
                elif row.id in self.seen:
                    self.merged += 1
                else:
                    self.seen.add(row.id)
                    fresh[row.id] = row
            records = stored([*fresh])
            changes = [Change(paper, to_record(paper), records.get(key)) for key, paper in fresh.items()]
            changes = [
                made for made in changes if made.old is None or made.old["hash"] != made.record["hash"]
            ]
            self.added += sum(change.old is None for change in changes)
            self.updated += sum(change.old is not None for change in changes)
            self.unchanged += len(fresh) - len(changes)
            yield changes

    @property
    def report(self) -> ImportReport:
        """The counts so far."""
        return ImportReport(self.added, self.updated, self.unchanged, self.merged, tuple(self.rejected))


def preview(rows: Iterable[Paper | Rejected], stored: Stored = lambda _: {}) -> ImportReport:
    """What an import of these rows would do; without ``stored``, to an index that there is not yet."""
    tally = Tally()
    for _ in tally.batches(rows, stored):
        pass
    return tally.report
