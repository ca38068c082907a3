"""The steps of an import, side by side: rows are read and compared, embedded, and stored.

Embedding is most of the work, so it never waits: while one batch is embedded, the next is read and
those before are stored, vectors and words side by side. Knows no store.
"""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from threading import Event
from typing import Any, TypeVar

Item = TypeVar("Item")

_FIRST, USUAL, _MOST = 16, 256, 2048
"""Rows of a batch, which is a commit: the first ones are small, so that embedding begins at once and
something is in soon; so is the last, which is stored when all is embedded. The larger ones are what a kill
can cost, against the price of a commit, for which Chroma holds Python's lock."""
_WAITING = 1
"""Batches that wait to be embedded while one is."""
_SHORT = 1.0
"""Seconds. While two batches in turn take less, larger ones are tried: their vectors are there already. One
tells nothing yet, as nothing waits for its embedding."""


def batches(
    rows: Iterable[Item], most: int = _MOST, *, changing: Callable[[], bool] = lambda: True
) -> Iterator[list[Item]]:
    """The rows in lists of at most ``most``, small ones first and a small one last.

    ``changing`` is whether the last one changed anything: how fast unchanged rows pass tells nothing of how
    long those take that follow, and until they are embedded nothing can stop them.
    """
    iterator = iter(rows)
    size, fast = _FIRST, 0
    while batch := list(islice(iterator, size)):
        begun = time.monotonic()
        if len(batch) < size and len(batch) > 2 * _FIRST:
            yield batch[:-_FIRST]
            batch = batch[-_FIRST:]
        yield batch
        if size < USUAL:
            size = min(4 * size, most)
        elif changing():
            fast = fast + 1 if time.monotonic() - begun < _SHORT else 0
            size = min(2 * size, most) if fast > 1 else size if fast else USUAL


def pipelined(
    items: Iterable[Item], stages: Sequence[Callable[[Item, Any], Any]], finished: Callable[[Item], None]
) -> None:
    """Bring each item through the stages, each in a thread of its own, while the next one is made here.

    A stage is given the item and what the stage before returned. ``finished`` is called here for each item
    that came through, in order. An exception, wherever it is raised, ends all; what is stored by then stays.
    """
    pools = [ThreadPoolExecutor(1, thread_name_prefix="import") for _ in stages]
    failed = [Event() for _ in stages]
    under_way: deque[tuple[Item, Future[Any]]] = deque()
    begun: deque[Future[Any]] = deque()

    def through(stage: int, item: Item, before: Future[Any] | None) -> Any:
        made = before.result() if before else None
        with _unless(failed[stage]):
            return stages[stage](item, made)

    def settle(most: int) -> None:
        while len(under_way) > most:
            item, done = under_way.popleft()
            done.result()
            finished(item)

    gc.freeze()  # The collector need not walk through all libraries again and again.
    try:
        for item in items:
            done = first = pools[0].submit(through, 0, item, None)
            for number, pool in enumerate(pools[1:], start=1):
                done = pool.submit(through, number, item, done)
            under_way.append((item, done))
            begun.append(first)
            # What waits for the first stage, the slowest, would only make it longer to stop.
            if len(begun) > _WAITING:
                wait([begun.popleft()])
            settle(len(stages))
        settle(0)
    finally:
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in pools:
            pool.shutdown()
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
