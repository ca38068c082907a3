"""The steps of an import, side by side: rows are read and compared, embedded, and stored.

Embedding is most of the work, so it never waits: while one batch is embedded, the next is read and the one
before is stored. Knows no store.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from threading import Event
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_FIRST, _MOST = 16, 256
"""Rows of a batch, which is a commit: the first ones are small, so that embedding begins at once and
something is in soon; the later ones are what a kill can cost, against the price of a commit."""
_UNDER_WAY = 2
"""Batches beside the one that is read: one is embedded and one is stored, or waits for it."""


def batches(rows: Iterable[Item]) -> Iterator[list[Item]]:
    """The rows in lists, small ones first."""
    iterator = iter(rows)
    size = _FIRST
    while batch := list(islice(iterator, size)):
        yield batch
        size = min(2 * size, _MOST)


def pipelined(
    items: Iterable[Item],
    work: Callable[[Item], Result],
    store: Callable[[Item, Result], None],
    finished: Callable[[Item], None],
) -> None:
    """Work on each item in one thread and store it in another, while the next one is made here.

    ``finished`` is called here for each item that is stored, in order. An exception, wherever it is raised,
    ends all three; what is stored by then stays so.
    """
    working = ThreadPoolExecutor(1, thread_name_prefix="import-work")
    storing = ThreadPoolExecutor(1, thread_name_prefix="import-store")
    under_way: deque[tuple[Item, Future[None]]] = deque()
    not_worked, not_stored = Event(), Event()

    def worked(item: Item) -> Result:
        with _unless(not_worked):
            return work(item)

    def stored(item: Item, made: Future[Result]) -> None:
        result = made.result()
        with _unless(not_stored):
            store(item, result)

    def settle(most: int) -> None:
        while len(under_way) > most:
            item, done = under_way.popleft()
            done.result()
            finished(item)

    gc.freeze()  # The collector need not walk through all libraries again and again.
    try:
        for item in items:
            made = working.submit(worked, item)
            under_way.append((item, storing.submit(stored, item, made)))
            settle(_UNDER_WAY)
        settle(0)
    finally:
        working.shutdown(wait=False, cancel_futures=True)
        storing.shutdown(cancel_futures=True)
        working.shutdown()
        gc.unfreeze()


@contextmanager
def _unless(failed: Event) -> Iterator[None]:
    """Do nothing after a failure: what follows a lost batch waits for the next import, in its order."""
    if failed.is_set():
        raise CancelledError
    try:
        yield
    except BaseException:
        failed.set()
        raise
