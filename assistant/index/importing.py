"""The steps of an import, side by side: rows are read and compared, embedded, and stored.

Embedding is most of the work, so it never waits: while one batch is embedded, the next is read and the one
before is stored. Knows no store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_FIRST, _MOST = 64, 256
"""Rows of a batch, which is a commit: the first ones are small, so that something is in soon; the later
ones are what a kill can cost, against the price of a commit."""


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
