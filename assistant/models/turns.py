"""How many calls of one endpoint run side by side in this process; it knows nothing of what they do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .retry import Deadline

_turns: dict[tuple[str, int], threading.BoundedSemaphore] = {}
_lock = threading.Lock()


class NoTurnError(Exception):
    """All turns were taken until the deadline."""


@contextmanager
def turn(endpoint: str, limit: int, deadline: Deadline) -> Iterator[None]:
    """Wait for one of the ``limit`` turns at an endpoint, and hold it.

    Raises:
        NoTurnError: none came free in time.
    """
    with _lock:
        turns = _turns.setdefault((endpoint, limit), threading.BoundedSemaphore(limit))
    if not turns.acquire(timeout=deadline.remaining):
        raise NoTurnError
    try:
        yield
    finally:
        turns.release()
