"""The tokens that a session may take; light, so that an assistant has one from its start."""

from __future__ import annotations

import threading


class Ledger:
    """The tokens that all answers of one session may take together; safe for several threads."""

    def __init__(self, limit: int | None) -> None:
        """Allow ``limit`` tokens, or any number."""
        self.limit = limit
        self._taken = 0
        self._lock = threading.Lock()

    def reserve(self, tokens: int) -> bool:
        """Take tokens for a call that begins, if there are so many left."""
        with self._lock:
            if self.limit is not None and self._taken + tokens > self.limit:
                return False
            self._taken += tokens
            return True

    def settle(self, reserved: int, spent: int) -> None:
        """Replace what was reserved by what the call took."""
        with self._lock:
            self._taken += spent - reserved
