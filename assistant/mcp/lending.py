"""Who answers a call: the page that has the index open, else an assistant that has it for the call alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..serving.calling import caller

if TYPE_CHECKING:
    from ..assistant import Assistant


class Lending:
    """Lends one assistant to calls that may overlap; the last one closes its index.

    A program that works with agents runs for days, and would keep the page and the commands from an index
    that it asks now and then. Opening one takes a fraction of a second. While a page has it open, it is the
    page that answers; an index that another process has is an error of that call alone.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._users = 0

    @contextmanager
    def __call__(self) -> Iterator[Assistant]:
        """The assistant, for one call."""
        shared = self._assistant.settings.chroma_url  # such a library may be open in many processes
        if not shared and (page := caller(self._assistant.path)):
            yield page
            return
        with self._lock:
            self._users += 1
        try:
            yield self._assistant
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._assistant.close()
