"""Work on threads: generators and long calls for asynchronous code, calls side by side, whatever they do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import suppress
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


class Aside:
    """Long calls for asynchronous code, one after the other; whoever waits for one can be cancelled at once.

    What is under way then is left alone, on a thread that no exit of the program waits for, and the next call
    begins when it is done: callers that come and go leave no more than that one thread behind.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore()

    async def run(self, function: Callable[[], R]) -> R:
        """What the function returns or raises."""
        loop = asyncio.get_running_loop()
        await self._free.acquire()
        made: asyncio.Future[R] = loop.create_future()

        def finish(result: Any, error: Exception | None) -> None:
            self._free.release()
            if made.cancelled():
                return
            if error is None:
                made.set_result(result)
            else:
                made.set_exception(error)

        def work() -> None:
            result, failure = None, None
            try:
                result = function()
            except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
                failure = error
            with suppress(RuntimeError):  # the event loop is gone: nobody waits any more
                loop.call_soon_threadsafe(finish, result, failure)

        try:
            Thread(target=work, name="assistant-aside", daemon=True).start()
        except RuntimeError:
            self._free.release()
            raise
        return await made


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
