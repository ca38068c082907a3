"""The steps of an import, side by side: rows are read and compared, embedded, and stored.

Embedding is most of the work, so it never waits: while one batch is embedded, the next is read and the one
before is stored. Knows no store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from ..types import ImportReport, Paper, Rejected
from .changes import Change, changed

Item = TypeVar("Item")
Result = TypeVar("Result")

_FIRST, _MOST = 64, 256
"""Rows of a batch, which is a commit: the first ones are small, so that something is in soon; the later
ones are what a kill can cost, against the price of a commit."""


@dataclass(slots=True)
class Tally:
    """What an import has come upon so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def fresh(self, rows: Iterable[Paper | Rejected]) -> dict[str, Paper]:
        """The papers that did not come up before in this import, by id; the first of each counts."""
        papers: dict[str, Paper] = {}
        for row in rows:
            if isinstance(row, Rejected):
                # Without its text: a file of bad rows must not fill the memory.
                self.rejected.append(replace(row, text=""))
            elif row.id in self._seen:
                self.merged += 1
            else:
                self._seen.add(row.id)
                papers[row.id] = row
        return papers

    def count(self, fresh: int, changes: Iterable[Change]) -> None:
        """Take note of what these papers change."""
        before = self.added + self.updated
        for change in changes:
            if change.old is None:
                self.added += 1
            else:
                self.updated += 1
        self.unchanged += fresh - (self.added + self.updated - before)

    @property
    def papers(self) -> int:
        """How many papers came up."""
        return len(self._seen)

    def report(self) -> ImportReport:
        """The counts."""
        return ImportReport(self.added, self.updated, self.unchanged, self.merged, tuple(self.rejected))


def preview(
    rows: Iterable[Paper | Rejected],
    changes: Callable[[Mapping[str, Paper]], list[Change]] = lambda fresh: changed(fresh, {}),
) -> ImportReport:
    """What an import would do, by what ``changes`` says of papers; without it, to an empty index."""
    tally = Tally()
    for batch in batches(rows):
        fresh = tally.fresh(batch)
        tally.count(len(fresh), changes(fresh))
    return tally.report()


def batches(rows: Iterable[Item]) -> Iterator[list[Item]]:
    """The rows in lists, small ones first."""
    iterator = iter(rows)
    size = _FIRST
    while batch := list(islice(iterator, size)):
        yield batch
        size = min(2 * size, _MOST)


def pipelined(
    items: Iterable[Item], work: Callable[[Item], Result], finish: Callable[[Item, Result], None]
) -> None:
    """Work on each item in a thread, while the next one is made and the one before is finished here.

    An exception, wherever it is raised, ends all three; what was finished stays so.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="import")
    pending: tuple[Item, Future[Result]] | None = None
    try:
        for item in items:
            following = pool.submit(work, item)
            if pending:
                finish(pending[0], pending[1].result())
            pending = (item, following)
        if pending:
            finish(pending[0], pending[1].result())
    finally:
        pool.shutdown(cancel_futures=True)
