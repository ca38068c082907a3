"""The tokens that a session may take and has taken; light, so that an assistant has one from its start."""

from __future__ import annotations

import threading

from ..types import Usage

_NOTHING = Usage()


class Ledger:
    """The tokens that all answers of one session may take together; safe for several threads."""

    def __init__(self, limit: int | None, within: Ledger | None = None) -> None:
        """Allow ``limit`` tokens, or any number; what is taken counts in the ledger ``within`` too."""
        self.limit = limit
        self._within = within
        self._taken = 0
        self._spent = _NOTHING
        self._lock = threading.Lock()

    @property
    def spent(self) -> Usage:
        """What all calls so far took."""
        with self._lock:
            return self._spent

    def reserve(self, tokens: int) -> int | None:
        """Take tokens for a call that begins; where there are not so many left, the limit that says so."""
        with self._lock:
            if self.limit is not None and self._taken + tokens > self.limit:
                return self.limit
            if self._within is not None and (refused := self._within.reserve(tokens)) is not None:
                return refused
            self._taken += tokens
            return None

    def settle(self, reserved: int, usage: Usage) -> None:
        """Replace what was reserved by what the call took."""
        with self._lock:
            self._taken += usage.prompt_tokens + usage.completion_tokens - reserved
            self._spent += usage
        if self._within is not None:
            self._within.settle(reserved, usage)
