"""What an assistant has open of its collection: index, embedder, searcher. Opened when first needed.

It knows no language model: assistants that differ in who answers share one of these.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .index.layout import Layout, empty
from .index.place import place_of
from .models.ledger import Ledger
from .online import Online
from .settings import Settings
from .types import ProgressCallback

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from .index.store import PaperIndex
    from .models.cross_encoder import CrossEncoder
    from .models.ports import Embedder
    from .retrieval.search import Searcher
    from .topics.membership import Membership


class Holding:
    """One collection. Several threads may use it; it owns its index until :meth:`close`."""

    def __init__(self, settings: Settings, embed_model: BaseEmbedding | None) -> None:
        """Name the collection; nothing is opened yet."""
        self.lock = threading.RLock()
        self.place = place_of(settings)
        self.online = Online(
            settings, Layout(settings.index).queries, lambda *rows: self.index(create=True).add(*rows)
        )
        self._settings = settings
        self.embed_model = embed_model
        self._to_close = ExitStack()
        self._embedder: Embedder | None = None
        self._index: PaperIndex | None = None
        self._reader: CrossEncoder | None = None
        self._searcher: Searcher | None = None

    @property
    def answers(self) -> Path:
        """The file of remembered answers."""
        return self.place.layout.answers

    @property
    def notice(self) -> str | None:
        """What to know of the index, once it is open."""
        return self._index.notice if self._index else None

    @property
    def embedder(self) -> Embedder:
        """What makes the vectors."""
        with self.lock:
            if self._embedder is None:
                from .models.choice import choose_embedder

                self._embedder = choose_embedder(self._settings, self.embed_model)
                if isinstance(self._embedder, AbstractContextManager):
                    self._to_close.enter_context(self._embedder)
            return self._embedder

    @property
    def reader(self) -> CrossEncoder:
        """What reads the best papers of a search."""
        with self.lock:
            if self._reader is None:
                from .models.cross_encoder import CrossEncoder

                self._reader = CrossEncoder()
            return self._reader

    def index(self, *, create: bool = False) -> PaperIndex:
        """The open index."""
        with self.lock:
            if self._index is None:
                self._index = self._with_topics(self.place.open(lambda: self.embedder, create=create))
                self._to_close.callback(self._index.close)
            return self._index

    def _with_topics(self, index: PaperIndex) -> PaperIndex:
        """The index, knowing whom to ask for the papers of a topic; no model is asked for names by that."""

        @cache
        def membership() -> Membership:
            from .topics.keeping import Naming, TopicKeeper
            from .topics.membership import Membership

            naming = Naming(lambda: None, self._settings, Ledger(None))
            return Membership(TopicKeeper(self.place.layout.topics, index, naming))

        def papers_of(topic: str) -> frozenset[str]:
            return membership()(topic)

        index.topic_papers = papers_of
        return index

    def searcher(self) -> Searcher:
        """What searches the whole index; says so where there is nothing to search."""
        with self.lock:
            index = self.index()
            if not len(index):
                raise empty(self.place.layout)
            if self._searcher is None:
                from .retrieval.search import Searcher

                self._searcher = Searcher(index, self.embedder, self.reader)
            return self._searcher

    def rebuild(self, progress: ProgressCallback | None) -> int:
        """Make the index anew; how many papers it holds then."""
        with self.lock:
            self.close()
            return self.place.rebuild(self.embedder, progress)

    def close(self) -> None:
        """Give all of it back; doing it twice is harmless."""
        with self.lock:
            self._to_close.close()
            self.place.close()
            self.online.close()
            self._index = self._searcher = self._embedder = self._reader = None
