"""Runs a blocking stream in a thread of its own and hands its items to the event loop.

A page that waited for the model inside the event loop, or inside a pool of threads that cannot be
interrupted, could not be stopped before the next token; here, stopping is immediate. Knows nothing of what
is streamed.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from typing import Any, Generic, TypeVar

from ..errors import AssistantError

Item = TypeVar("Item")

_OPEN: weakref.WeakSet[Batches[Any]] = weakref.WeakSet()
"""Those that are being read."""
PAUSE, _PAUSE_OF_EACH = 0.08, 0.01
"""Seconds between two batches: items that come faster are handed over together. And what each stream that is
read beside it adds, since all are handed over by one event loop: with twenty, a fifth of a second more."""


class _End:
    """The last thing in the queue: the stream's end, with what ended it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


_STOPPED = AssistantError("This page's server was stopped before that was whole.", "Ask again when it runs.")


class Batches(Generic[Item]):
    """The items of a stream in the batches in which they come; made and read inside an event loop."""

    def __init__(self, open_stream: Callable[[], Generator[Item, None, None]]) -> None:
        """``open_stream`` is called, and its stream read and closed, in the thread."""
        self._open_stream = open_stream
        self._loop = asyncio.get_running_loop()
        self._items: deque[Item | _End] = deque()
        self._some = asyncio.Event()
        self._told = False
        self._left = threading.Event()
        _OPEN.add(self)

    def end(self) -> None:
        """End the reading with a sentence, since the server is stopped; call it in the event loop."""
        self._left.set()
        self._put(_End(_STOPPED))

    def stop(self) -> None:
        """End the reading at once; call it in the event loop.

        The thread closes the stream as soon as the stream gives it the next item: a generator cannot be
        closed while it runs.
        """
        self._left.set()
        self._put(_End())

    async def read(self) -> AsyncGenerator[list[Item], None]:
        """The batches; raises what the stream raises. Closing it stops the stream too."""
        threading.Thread(target=self._work, name="assistant-answer", daemon=True).start()
        try:
            while True:
                await self._some.wait()
                self._some.clear()
                self._told = False  # before they are taken: what comes from now on is told anew
                batch: list[Item] = []
                end = None
                while self._items and end is None:
                    item = self._items.popleft()
                    if isinstance(item, _End):
                        end = item
                    else:
                        batch.append(item)
                if batch:
                    yield batch
                if end is not None:
                    if end.error is not None:
                        raise end.error
                    return
                await asyncio.sleep(PAUSE + _PAUSE_OF_EACH * (len(_OPEN) - 1))
        finally:
            self._left.set()
            _OPEN.discard(self)

    def _work(self) -> None:
        try:
            with closing(self._open_stream()) as stream:
                for item in stream:
                    if self._left.is_set():
                        return
                    self._put(item)
        except Exception as error:  # noqa: BLE001 - raised again where the reader waits
            self._put(_End(error))
        else:
            self._put(_End())

    def _put(self, item: Item | _End) -> None:
        """Hand an item over; the event loop, which serves everybody, is woken once for all of a batch."""
        self._items.append(item)
        if not self._told:
            self._told = True
            with suppress(RuntimeError):  # the event loop is gone: nobody waits any more
                self._loop.call_soon_threadsafe(self._some.set)


def end_all() -> None:
    """End all that is being read, each with a sentence; call it in their event loop."""
    for batches in [*_OPEN]:
        batches.end()
