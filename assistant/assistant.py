"""The facade: the one place that wires the rooms together, and all that most users ever call."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .adding import How, add
from .errors import IndexDamagedError, IndexMismatchError
from .index.layout import Layout, empty, status_of
from .index.place import place_of
from .models.ledger import Ledger
from .online import Online, Refreshed
from .progress import StopCallback
from .questioning import Questions
from .settings import Settings
from .single import PaperReader
from .surveying import Surveys, surveyor_of, unrelated_below
from .topical import Topical
from .types import NO_FILTERS, Filters, Hit, ImportReport, IndexStatus, Paper, ProgressCallback

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.base.llms.base import BaseLLM
    from llama_index.core.retrievers import BaseRetriever

    from .answering.answerer import Answerer
    from .asking import Asker, Rooms
    from .index.store import PaperIndex
    from .models.ports import ChatModel, Embedder
    from .retrieval.measure import Measure
    from .retrieval.search import Searcher
    from .summarizing.subjects import Surveyor


class Assistant(Questions, Surveys, Topical):
    """A collection of papers that can be added to, searched and asked.

    Get one with :meth:`open`. It is safe to use from several threads; it owns its index folder until
    :meth:`close`, and is a context manager.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        llm: BaseLLM | None = None,
        embed_model: BaseEmbedding | None = None,
    ) -> None:
        """Use :meth:`open`, which reads the settings."""
        self.settings = settings
        self._llm = llm
        self._embed_model = embed_model
        self._lock = threading.RLock()
        self._to_close = ExitStack()
        self._embedder: Embedder | None = None
        self._model: ChatModel | None = None
        self._index: PaperIndex | None = None
        self._searcher: Searcher | None = None
        self._ledger = Ledger(settings.session_tokens)
        self._place = place_of(settings)
        saved = Layout(settings.index).queries
        self.online = Online(settings, saved, lambda *rows: self._opened(create=True).add(*rows))

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        llm: BaseLLM | None = None,
        embed_model: BaseEmbedding | None = None,
        settings: Settings | None = None,
    ) -> Self:
        """An assistant over the index in ``path``, else ``ASSISTANT_INDEX``, else ``index_store/default``.

        The index is opened, and its folder owned, when it is first needed.

        Args:
            path: The folder of the index; made by the first :meth:`add`.
            llm: Any llama-index ``LLM`` to answer with, instead of the configured endpoint.
            embed_model: Any llama-index ``BaseEmbedding``, instead of the configured or embedded one.
            settings: All settings, instead of those of the environment.

        Raises:
            SettingsError: a setting that cannot be used.
        """
        settings = settings or Settings.load()
        if path is not None:
            settings = settings.model_copy(update={"index": Path(path)})
        return cls(settings, llm=llm, embed_model=embed_model)

    # -- the collection --------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The folder of the index."""
        return self.settings.index

    @property
    def has_index(self) -> bool:
        """Whether there is an index, whatever its state."""
        return self._place.exists()

    def add(
        self,
        *sources: str | Path | Iterable[Paper],
        strict: bool = False,
        dry_run: bool = False,
        rejected: str | Path | None = None,
        limit: int | None = None,
        save: bool = False,
        progress: ProgressCallback | None = None,
        stop: StopCallback | None = None,
    ) -> ImportReport:
        """Bring papers in; the same ones again change nothing. The index is made when there is none.

        Sources are files (also packed), folders, ``"-"`` for standard input, iterables of ``Paper``; or one
        online source, as ``arxiv:…`` (docs/online.md): ``limit`` is the most papers of a query (else 100),
        ``save`` remembers it for :meth:`refresh`. ``strict`` stops at the first row that cannot be read,
        batches before it are kept; ``dry_run`` only counts; ``rejected`` is a file for the rejected rows.
        ``stop`` is asked before each row of a file; once it says so, what is in hand is stored, and no more.

        Raises:
            CollectionError: nothing in the files can be read, or, if ``strict``, a row.
            UsageError, IndexStoreError: nothing is given, or not in that way; the index cannot be used.
            SourceError, ModelError: an online source or the embedder failed; what came before is in.
        """
        how = How(strict, dry_run, rejected, limit, save, progress, stop)
        return add(sources, how, partial(self._opened, create=not dry_run), lambda: self.online)

    def refresh(self, *, progress: ProgressCallback | None = None) -> list[Refreshed]:
        """Run the saved queries (``online.saved``) again and add what is new; raises as :meth:`add`."""
        return self.online.refresh(progress)

    def search(self, question: str, k: int = 8, *, filters: Filters = NO_FILTERS) -> list[Hit]:
        """The ``k`` best papers that pass ``filters`` with their best sentences, best first.

        Raises:
            QuestionError: the question is empty or too long.
            IndexStoreError: there is no index, or it cannot be used.
            ModelError: the endpoint of the embedding model failed.
        """
        return self._search().search(question, k, filters)

    def papers(self, *, filters: Filters = NO_FILTERS) -> list[Paper]:
        """The papers that pass ``filters``, by title; raises ``IndexStoreError`` as :meth:`search`."""
        return sorted(self._opened().all(filters), key=lambda paper: (paper.title.casefold(), paper.id))

    def remove(self, ids: Iterable[str]) -> list[Paper]:
        """Take papers out by id; returns those that were there, so that ``add`` can bring them back.

        Raises:
            IndexStoreError: there is no index, or it cannot be used or written.
        """
        return self._opened().remove(ids)

    def rebuild(self, *, progress: ProgressCallback | None = None) -> int:
        """Make the index anew from its own records: for another embedder or format, or after damage.

        The new one is made beside the old and takes its place in one step. Returns how many papers it holds.

        Raises:
            IndexStoreError: nothing is there, another process owns it, it holds no record, the disk is full.
        """
        with self._lock:
            self.close()
            return self._place.rebuild(self.embedder, progress)

    def status(self) -> IndexStatus:
        """What the index holds, and whether it is sound; raises where there is none, or another owns it."""
        layout = self._place.layout
        try:
            return status_of(layout, self._opened().manifest, notice=self.notice)
        except (IndexDamagedError, IndexMismatchError) as error:
            return status_of(layout, self._place.known(), problem=str(error))

    @property
    def notice(self) -> str | None:
        """What to know of the index, once it is open: that it can only be read."""
        return self._index.notice if self._index else None

    def libraries(self) -> list[str]:
        """The names of the libraries beside this one, and its own."""
        return self._place.libraries()

    @property
    def composer(self) -> str:
        """Who answers, as one sentence for the reader."""
        if self._llm is not None or self.settings.has_model:
            where = "" if self._llm is not None else f" at {self.settings.endpoint}"
            return f"Answers are written by {self._chat().name}{where}."  # type: ignore[union-attr]
        return "Answers quote the papers word for word: no language model is configured."

    def as_retriever(self, k: int = 8) -> BaseRetriever:
        """A llama-index retriever over this collection, for their pipelines."""
        from .retrieval.llamaindex import PaperRetriever

        return PaperRetriever(self.search, k=k)

    # -- life and wiring -------------------------------------------------------------------------

    def close(self) -> None:
        """Give the index back; doing it twice is harmless."""
        with self._lock:
            self._to_close.close()
            self._place.close()
            self.online.close()
            self._index = self._searcher = self._model = self._embedder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """What makes the vectors."""
        with self._lock:
            if self._embedder is None:
                from .models.choice import choose_embedder

                self._embedder = choose_embedder(self.settings, self._embed_model)
                if isinstance(self._embedder, AbstractContextManager):
                    self._to_close.enter_context(self._embedder)
            return self._embedder

    def _chat(self) -> ChatModel | None:
        with self._lock:
            if self._model is None:
                from .models.choice import choose_chat

                self._model = choose_chat(self.settings, self._llm)
                if isinstance(self._model, AbstractContextManager):
                    self._to_close.enter_context(self._model)
            return self._model

    @property
    def index(self) -> PaperIndex:
        """The open index; for measurements and for going through its pages."""
        return self._opened()

    @property
    def measure(self) -> Measure:
        """How texts of this collection are compared; for measurements."""
        return self._search().measure

    def _opened(self, *, create: bool = False) -> PaperIndex:
        with self._lock:
            if self._index is None:
                self._index = self._with_topics(self._place.open(lambda: self.embedder, create=create))
                self._to_close.callback(self._index.close)
            return self._index

    def _search(self) -> Searcher:
        with self._lock:
            index = self._opened()
            if not len(index):
                raise empty(self._place.layout)
            if self._searcher is None:
                from .retrieval.search import Searcher

                self._searcher = Searcher(index, self.embedder)
            return self._searcher

    def _asker(self, part: PaperIndex | None = None) -> Asker:
        """What answers from the index, or from a part of it."""
        from .asking import Asker

        return Asker(self.settings, self._rooms(part), self._place.layout.answers)

    def _rooms(self, part: PaperIndex | None = None) -> Rooms:
        from .asking import Rooms
        from .retrieval.search import Searcher

        searcher = self._search()  # says so where there is nothing to be asked
        index = self._opened()
        if part is not None:
            index, searcher = part, Searcher(part, self.embedder)
        answerer = partial(self._answerer, searcher, len(index))
        return Rooms(index, self.embedder, answerer, self._chat(), self._llm, self._ledger)

    def _reader(self) -> PaperReader:
        return PaperReader(self.settings, self._rooms(), self._search().measure, self._place.layout.answers)

    def _surveyor(self, *, extractive: bool = False) -> Surveyor:
        return surveyor_of(self._reader(), self._search(), self._known_topics, extractive)

    def _answerer(
        self, searcher: Searcher, papers: int, model: ChatModel | None, settings: Settings
    ) -> Answerer:
        from .answering.answerer import Answerer

        known = unrelated_below(settings, self.embedder)
        return Answerer(searcher, model, settings, papers=papers, unrelated_below=known)
