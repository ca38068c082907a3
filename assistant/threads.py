"""Work on threads: a generator for asynchronous code, calls side by side; knows nothing of what is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_END = object()


async def in_thread(items: Generator[T]) -> AsyncGenerator[T]:
    """A generator whose steps run on threads, closed in the end even where a step is still under way."""
    stepping = Lock()

    def step() -> Any:
        with stepping:
            return next(items, _END)

    def close() -> None:
        with stepping:
            items.close()

    try:
        while (item := await asyncio.to_thread(step)) is not _END:
            yield item
    finally:
        # Not awaited: where we are cancelled, a step may still wait for the model's next word.
        asyncio.get_running_loop().run_in_executor(None, close)


def side_by_side(function: Callable[[T], R], items: Sequence[T], workers: int) -> list[R]:
    """What ``function`` makes of each item, in their order, by at most ``workers`` of them at once.

    The first exception, or an interrupt, is raised at once: what is under way is left alone, on threads
    that no exit of the program waits for, and what has not begun never begins.
    """
    if len(items) < 2 or workers < 2:
        return [function(item) for item in items]
    waiting, taking, stopped = iter(enumerate(items)), Lock(), Event()
    done: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()

    def work() -> None:
        while not stopped.is_set():
            with taking:
                taken = next(waiting, None)
            if taken is None:
                return
            place, item = taken
            try:
                done.put((place, function(item), None))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                done.put((place, None, error))

    for _ in range(min(workers, len(items))):
        Thread(target=work, daemon=True).start()
    results: dict[int, R] = {}
    try:
        for _ in items:
            place, result, error = done.get()
            if error is not None:
                raise error
            results[place] = result
    finally:
        stopped.set()
    return [results[place] for place in range(len(items))]
