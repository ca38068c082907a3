"""Something that streams into the page, from its first event to its end; knows no component."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from .failures import explain
from .preparation import Preparation
from .sessions import Session
from .streaming import Batches

PATIENCE = 30.0
"""Seconds by which a page that is loaded anew is back."""
_LOOK_SECONDS = 0.05


@dataclass(slots=True, kw_only=True)
class Underway:
    """As much of it as there is so far. Whole by its last event, or closed earlier with a problem."""

    doing: str = ""
    """What is done for it just now."""
    text: str = ""
    problem: str = ""
    """Why it is not whole, where an error or the stop button ended it."""
    on_stop: Callable[[], None] | None = None
    """Ends the stream that it comes from."""
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    """How long it took, once it is whole."""
    patience: float = 0.0
    """How many seconds it goes on with no page to show it."""
    _work: asyncio.Task[None] | None = None
    _steps: int = 0
    _pages: int = 0

    @property
    def whole(self) -> bool:
        """Whether its last event has come."""
        raise NotImplementedError

    def take(self, event: Any) -> None:
        """Take its next event."""
        raise NotImplementedError

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.whole or bool(self.problem)

    def timed(self) -> None:
        """Note how long it took."""
        self.seconds = time.monotonic() - self.started

    def end(self, problem: str) -> None:
        """Close it as it is, unless it is whole."""
        if not self.finished:
            self.problem = problem

    def stop(self) -> None:
        """Close it and the stream behind it, keeping what was written."""
        if not self.finished:
            self.end("Stopped.")
            if self.on_stop is not None:
                self.on_stop()

    def begin(
        self,
        session: Session,
        stream: Callable[[], Generator[Any]],
        problem: str,
        done: Callable[[], None],
    ) -> None:
        """Write it from a stream, in a task of its own that no page has to wait for; see `followed`.

        ``problem`` is what is told of an error that tells nothing itself; ``done`` is called in the end.
        """
        self._work = asyncio.create_task(self._write(session, stream, problem))
        self._work.add_done_callback(lambda _: done())

    async def followed(self) -> AsyncGenerator[None]:
        """A step for each change until it is finished, for one page; it ends when no page is left."""
        seen = self._steps
        self._pages += 1
        try:
            while not self.finished:
                if self._steps != seen:
                    seen = self._steps
                    yield
                await asyncio.sleep(_LOOK_SECONDS)
            if self._work is not None:
                await asyncio.wait({self._work})
        finally:
            self._pages -= 1
            if not self.finished:
                asyncio.get_running_loop().call_later(self.patience, self._leave)

    def _leave(self) -> None:
        if not self._pages:
            self.stop()

    async def _write(self, session: Session, stream: Callable[[], Generator[Any]], problem: str) -> None:
        try:
            with session.used():
                await self._until(session.library.preparation)
                if self.finished:
                    return
                events = Batches(stream)
                self.on_stop = events.stop
                async with aclosing(events.read()) as batches:
                    async for batch in batches:
                        for event in batch:
                            self.take(event)
                        self._steps += 1
                self.end("It ended without a word; please try again.")
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            self.end(explain(error, problem, session.settings))
        finally:
            self.stop()  # the server ends

    async def _until(self, preparation: Preparation) -> None:
        """Wait for the collection; what is stopped meanwhile waits no longer."""
        while preparation.under_way and not self.finished:
            await asyncio.sleep(_LOOK_SECONDS)
        if (snapshot := preparation.snapshot()).phase == "failed":
            self.end(snapshot.problem)
