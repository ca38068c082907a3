"""Which papers a topic has, for a filter: looked up anew only when the topics have changed."""

from __future__ import annotations

import threading
from typing import Protocol

from ..grouped import Topics
from .state import State
from .viewing import viewed


class Keeper(Protocol):
    """What knows the topics."""

    def state(self) -> State:
        """The topics as they are now; the same object as long as they stay so."""


class Membership:
    """Gives the papers of a topic by its id or name. Threads may share it."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._lock = threading.Lock()
        self._state: State | None = None
        self._topics = Topics()
        self._papers: dict[str, frozenset[str]] = {}

    def __call__(self, wanted: str) -> frozenset[str]:
        """The ids of its papers.

        Raises:
            UsageError: there is no such topic, or more than one.
            IndexStoreError: the index cannot be read.
        """
        state = self._keeper.state()
        with self._lock:
            if state is not self._state:
                self._topics = viewed(state, lambda _ids: [])
                self._state, self._papers = state, {}
            topic = self._topics.find(wanted)
            if topic.id not in self._papers:
                self._papers[topic.id] = frozenset(topic.papers)
            return self._papers[topic.id]
