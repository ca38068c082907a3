"""How far an import is, how fast it goes and how long it will still take; knows not what is imported."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from .numbers import counted


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: papers done of those read so far to be embedded.

    ``read`` is the share of the input that they were read from, in [0, 1]; ``None`` where nobody can know.
    """

    done: int
    total: int
    read: float | None = None

    @property
    def expected(self) -> int | None:
        """How many papers it will be, if the rest of the input is like what was read; else ``None``."""
        return round(self.total / self.read) if self.read and self.total else None

    def __str__(self) -> str:
        """The count in words: "512 of about 2,000 papers"."""
        expected = self.expected
        if expected is None:
            return counted(self.done, "paper")
        about = "about " if expected != self.total else ""
        return f"{self.done:,} of {about}{counted(_rounded(expected) if about else expected, 'paper')}"


ProgressCallback = Callable[[Progress], None]
StopCallback = Callable[[], bool]
"""Asked before each row of an import: whether to end it there."""


def with_share(
    callback: ProgressCallback | None, share: Callable[[Progress], float | None]
) -> ProgressCallback | None:
    """The callback, told also how much of the input is read."""
    return callback and (lambda progress: callback(replace(progress, read=share(progress))))


class Pace:
    """The papers a second of the last while, which tells more than a mean: known papers pass at once."""

    WINDOW = 30.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: deque[tuple[float, Progress]] = deque()

    def take(self, progress: Progress) -> None:
        """Note how far it is now."""
        now = self._clock()
        self._told.append((now, progress))
        while len(self._told) > 2 and self._told[1][0] <= now - self.WINDOW:
            self._told.popleft()

    @property
    def rate(self) -> float:
        """Papers a second; 0 as long as it is not known."""
        if not self._told:
            return 0.0
        (began, first), (ended, last) = self._told[0], self._told[-1]
        return (last.done - first.done) / (ended - began) if ended > began else 0.0

    @property
    def left(self) -> float | None:
        """The seconds that it will still take, where that can be told."""
        last = self._told[-1][1] if self._told else None
        if last is None or last.expected is None or self.rate <= 0:
            return None
        return max(0, last.expected - last.done) / self.rate

    def __str__(self) -> str:
        """Rate and time left in words: "88 a second, 17 s left"; empty as long as neither is known."""
        rate = f"{self.rate:,.0f} a second" if self.rate >= 1 else ""
        left = "" if self.left is None else f"{in_words(self.left)} left"
        return ", ".join(part for part in (rate, left) if part)


def in_words(seconds: float) -> str:
    """A time as a person would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _rounded(count: int) -> int:
    """A count of which the last digits would promise what an estimate cannot hold."""
    return round(count, 2 - len(str(count))) if count >= 100 else count
