"""Something that streams into the page, from its first event to its end; knows no component."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from .preparation import Preparation

LEFT_SECONDS = 30.0
"""How long it goes on with no page to show it: one that is loaded anew is back by then."""
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
    work: asyncio.Task[None] | None = None
    """What writes it; the event loop alone would not hold it."""
    steps: int = 0
    """How often it changed."""
    _pages: int = 0

    @property
    def whole(self) -> bool:
        """Whether its last event has come."""
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

    async def followed(self) -> AsyncGenerator[None]:
        """A step for each change until it is finished, for one page; stopped once no page is left to it."""
        seen = self.steps
        self._pages += 1
        try:
            while not self.finished:
                if self.steps != seen:
                    seen = self.steps
                    yield
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            self._pages -= 1
            if not self.finished:
                asyncio.get_running_loop().call_later(LEFT_SECONDS, self._leave)

    def _leave(self) -> None:
        if not self._pages:
            self.stop()

    async def until(self, preparation: Preparation) -> None:
        """Wait for the collection; what is stopped meanwhile waits no longer."""
        while preparation.under_way and not self.finished:
            await asyncio.sleep(_LOOK_SECONDS)
        if (snapshot := preparation.snapshot()).phase == "failed":
            self.end(snapshot.problem)
