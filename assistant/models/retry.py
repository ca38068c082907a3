"""How long to try: a total deadline, and retries of what may pass; it knows nothing of what is tried."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from threading import Timer
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

FIRST_WAIT = 0.5
"""Seconds before the first retry; doubled for each further one."""


class Failed(Protocol):
    """A failure as :func:`retrying` needs to know it."""

    @property
    def error(self) -> Exception:
        """What to raise."""

    @property
    def transient(self) -> bool:
        """Whether trying again may help."""

    @property
    def retry_after(self) -> float | None:
        """The seconds that the other side asked to wait."""


class Deadline:
    """A moment after which nothing is waited for, by a clock that nobody sets."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """The seconds left, at least a trifle, as a time-out of 0 is an error to some and none to others."""
        return max(self._end - time.monotonic(), 0.001)

    @property
    def passed(self) -> bool:
        """Whether the moment has passed."""
        return time.monotonic() >= self._end

    @contextmanager
    def cutting(self, response: Any) -> Iterator[None]:
        """Shut the connection of a streamed ``response`` when the moment comes.

        A read time-out starts anew with each byte, so an endpoint that sends but comments, as some do
        while the model queues, would hold its reader for ever.
        """
        timer = Timer(self.remaining, _shut, [response])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def retrying(
    attempt: Callable[[], T],
    *,
    translate: Callable[[Exception], Failed],
    deadline: Deadline,
    max_retries: int,
    max_wait: float,
) -> T:
    """What ``attempt`` returns, tried again after transient failures; raises the last failure's error.

    Waits double from ``FIRST_WAIT``, jittered, at most ``max_wait``. A wait that the endpoint asks for is
    kept to, and where it is longer than ``max_wait`` or than the time left, there is no retry.
    """
    for tried in count():
        try:
            return attempt()
        except Exception as error:  # noqa: BLE001 - whatever a client raises, the caller gets an error of ours
            failure = translate(error)
        wait = min(FIRST_WAIT * 2**tried, max_wait) * random.uniform(0.5, 1.0)  # noqa: S311
        wait = max(wait, failure.retry_after or 0.0)
        if not failure.transient or tried >= max_retries or wait > max_wait or wait >= deadline.remaining:
            break
        time.sleep(wait)
    raise failure.error


def _shut(response: Any) -> None:
    """Wake a reader that blocks on this response's socket: closing alone would not."""
    connection = response.extensions.get("network_stream")
    with suppress(OSError, AttributeError):
        # Past the TLS layer, whose own shutdown would wait for the other side.
        socket.socket.shutdown(connection.get_extra_info("socket"), socket.SHUT_RDWR)
