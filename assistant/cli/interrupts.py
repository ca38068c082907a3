"""Ctrl-C while papers are stored: the first one ends it with all in step, the second one at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""
_FINISHING = "\nFinishing what is in hand; Ctrl-C again stops at once.\n"


class Interrupts:
    """Whether Ctrl-C was pressed, for an import that asks. As long as nobody has asked, it interrupts."""

    def __init__(self) -> None:
        self._asked_for = False
        self._heeded = False

    def __call__(self) -> bool:
        """Whether to end."""
        self._heeded = True
        return self._asked_for

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Take a Ctrl-C."""
        if self._asked_for or not self._heeded:
            raise KeyboardInterrupt
        self._asked_for = True
        with suppress(OSError):
            # Not by ``say``: the handler may have come between two halves of another write.
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, _FINISHING.encode())


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """What an import is to ask whether it shall stop."""
    waiting = Interrupts()
    before = signal.signal(signal.SIGINT, waiting.on_signal)
    try:
        yield waiting
    finally:
        signal.signal(signal.SIGINT, before)
