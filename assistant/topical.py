"""The topics of a collection: the half of the facade that is about what belongs together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .grouped import Topic, TopicMap, Topics
from .progress import ProgressCallback
from .settings import Settings

if TYPE_CHECKING:
    from .holding import Holding
    from .models.ledger import Ledger
    from .models.ports import ChatModel
    from .topics.keeping import TopicKeeper


class Topical(ABC):
    """What is found of topics is kept beside the index, with what the user changed of it."""

    settings: Settings
    _held: Holding
    _ledger: Ledger

    @abstractmethod
    def _chat(self) -> ChatModel | None:
        """The model that names topics, where there is one."""

    def _topics(self, *, asking: bool = True) -> TopicKeeper:
        """What keeps the topics of the open index, ``asking`` the model for names or not."""
        from .topics.keeping import Naming, TopicKeeper

        naming = Naming(self._chat if asking else lambda: None, self.settings, self._ledger)
        return TopicKeeper(self._held.place.layout.topics, self._held.index(), naming)

    def _known_topics(self) -> Topics:
        """The topics if they were found before; a name of one can be known to nobody else. Asks no model."""
        return self._topics(asking=False).topics() if self._held.place.layout.topics.exists() else Topics()

    def topics(self, *, refresh: bool = False, progress: ProgressCallback | None = None) -> Topics:
        """The topics of the collection, the largest first; how many there are is found.

        They are found when first asked for; papers that come in later join them. They are found anew, under
        the names they had, when the collection has become half as large again, or with ``refresh``. A
        language model names them, where there is one, in one call.

        Raises:
            IndexStoreError: there is no index, or it cannot be used.
        """
        return self._topics().topics(refresh=refresh, progress=progress)

    def rename_topic(self, topic: str, name: str) -> Topic:
        """Give a topic, named by its id or name, another name, which stays.

        Raises:
            UsageError: there is no such topic, or the name is none, or that of another one.
            IndexStoreError: the index cannot be used or written.
        """
        return self._topics().rename(topic, name)

    def merge_topics(self, topics: Sequence[str], name: str = "") -> Topic:
        """Put two or more topics together, under the name of the first one or another ``name``.

        Raises:
            UsageError, IndexStoreError: as :meth:`rename_topic`.
        """
        return self._topics().merge(topics, name)

    def undo_topics(self) -> str:
        """Take back the last renaming or merge that is left; says which.

        Raises:
            UsageError, IndexStoreError: there is none; the index cannot be used or written.
        """
        return self._topics().undo()

    def topic_map(self, *, progress: ProgressCallback | None = None) -> TopicMap:
        """The topics with a place in two dimensions for each paper; raises as :meth:`topics`."""
        return self._topics().map(progress)

    def save_map(self, path: str | Path, *, progress: ProgressCallback | None = None) -> int:
        """Write the map as a page of its own, which loads nothing from elsewhere; returns how many papers.

        Raises:
            UsageError: the file cannot be written.
            IndexStoreError: as :meth:`topics`.
        """
        from .saved import write
        from .topics.mapfile import map_page

        drawn = self.topic_map(progress=progress)
        write(map_page(drawn, "Map of topics").encode("utf-8", "replace"), path)
        return len(drawn.places)
