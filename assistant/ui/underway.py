"""Something that streams into the page, from its first event to its end; knows no component."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .preparation import Preparation

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

    async def until(self, preparation: Preparation) -> None:
        """Wait for the collection; what is stopped meanwhile waits no longer."""
        while preparation.under_way and not self.finished:
            await asyncio.sleep(_LOOK_SECONDS)
        if (snapshot := preparation.snapshot()).phase == "failed":
            self.end(snapshot.problem)
