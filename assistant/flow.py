"""The rows of an import on their way into an index: up to where they are to stop, and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .progress import StopCallback
from .types import Paper, Rejected


class Flow:
    """Rows up to where they are to stop: so an import ends early as it does at its end, with all in step.

    ``stopped`` tells whether they were; ``without_abstract`` counts the papers that had a title alone.
    """

    def __init__(self, rows: Iterable[Paper | Rejected], stop: StopCallback | None) -> None:
        """Know them; ``stop`` is asked before each."""
        self._rows = rows
        self._stop = stop
        self.stopped = False
        self.without_abstract = 0

    def __iter__(self) -> Iterator[Paper | Rejected]:
        """The rows, once."""
        for row in self._rows:
            if self._stop and self._stop():
                self.stopped = True
                return
            self.without_abstract += isinstance(row, Paper) and not row.abstract
            yield row
