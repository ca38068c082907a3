"""The facade: the one place that wires the rooms together, and all that most users ever call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from .adding import How, add
from .errors import IndexDamagedError, IndexMismatchError
from .holding import Holding
from .index.layout import status_of
from .models.ledger import Ledger
from .online import Online, Refreshed
from .progress import StopCallback
from .questioning import Questions
from .settings import Settings
from .single import PaperReader
from .speaking import Speaker
from .surveying import Surveys, surveyor_of, unrelated_below
from .topical import Topical
from .types import NO_FILTERS, Filters, Hit, ImportReport, IndexStatus, Paper, ProgressCallback, Usage

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.base.llms.base import BaseLLM
    from llama_index.core.retrievers import BaseRetriever

    from .answering.answerer import Answerer
    from .asking import Asker, Rooms
    from .index.store import PaperIndex
    from .models.ports import ChatModel, Embedder
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
        self._held = Holding(settings, embed_model)
        self._speaker = Speaker(settings, llm)
        self._ledger = Ledger(settings.session_tokens)
        self._lender: Assistant | None = None

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
        return self._held.place.exists()

    @property
    def online(self) -> Online:
        """Online sources of papers, and the queries that were saved."""
        return self._held.online

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
        ``stop`` is asked before each row; once it says so, what is in hand is stored, and no more.

        Raises:
            CollectionError: nothing in the files can be read, or, if ``strict``, a row.
            UsageError, IndexStoreError: nothing is given, or not in that way; the index cannot be used.
            SourceError, ModelError: an online source or the embedder failed; what came before is in.
        """
        how = How(strict, dry_run, rejected, limit, save, progress, stop)
        return add(sources, how, partial(self._held.index, create=not dry_run), lambda: self.online)

    def refresh(
        self,
        *,
        progress: ProgressCallback | None = None,
        stop: StopCallback | None = None,
    ) -> list[Refreshed]:
        """Run the saved queries (``online.saved``) again and add what is new; stops and raises as `add`."""
        return self.online.refresh(progress, stop)

    def search(self, question: str, k: int = 8, *, filters: Filters = NO_FILTERS) -> list[Hit]:
        """The ``k`` best papers that pass ``filters`` with their best sentences, best first.

        Raises:
            UsageError: the question is empty or too long (a ``QuestionError``), or ``k`` is not 1 or more.
            IndexStoreError: there is no index, or it cannot be used.
            ModelError: the endpoint of the embedding model failed.
        """
        return self._held.searcher().search(question, k, filters)

    def papers(self, *, filters: Filters = NO_FILTERS) -> list[Paper]:
        """The papers that pass ``filters``, by title; raises ``IndexStoreError`` as :meth:`search`."""
        return sorted(self._held.index().all(filters), key=lambda paper: (paper.title.casefold(), paper.id))

    def remove(self, ids: Iterable[str]) -> list[Paper]:
        """Take papers out by id, or one; returns those that were there, which :meth:`restore` can bring back.

        Raises:
            IndexStoreError: there is no index, or it cannot be used or written.
        """
        return self._held.index().remove(ids)

    def restore(self, ids: Sequence[str] | None = None) -> list[Paper]:
        """Put papers back exactly as they were; without ``ids``, those of the last removal.

        They are kept beside the index for 30 days. Returns those that came back: one that is there again
        meanwhile stays as it is. Raises as :meth:`remove`.
        """
        return self._held.index().put_back(ids)

    def rebuild(self, *, progress: ProgressCallback | None = None) -> int:
        """Make the index anew from its own records: for another embedder or format, or after damage.

        The new one is made beside the old and takes its place in one step. Returns how many papers it holds.

        Raises:
            IndexStoreError: nothing is there, another process owns it, it holds no record, the disk is full.
        """
        return self._held.rebuild(progress)

    def status(self) -> IndexStatus:
        """What the index holds, and whether it is sound; raises where there is none, or another owns it."""
        layout = self._held.place.layout
        try:
            return status_of(layout, self._held.index().manifest, notice=self.notice)
        except (IndexDamagedError, IndexMismatchError) as error:
            return status_of(layout, self._held.place.known(), problem=str(error))

    @property
    def notice(self) -> str | None:
        """What to know of the index, once it is open: that it can only be read."""
        return self._held.notice

    def libraries(self) -> list[str]:
        """The names of the libraries beside this one, and its own."""
        return self._held.place.libraries()

    @property
    def composer(self) -> str:
        """Who answers, as one sentence for the reader."""
        return str(self._speaker)

    def as_retriever(self, k: int = 8) -> BaseRetriever:
        """A llama-index retriever over this collection, for their pipelines."""
        from .retrieval.llamaindex import PaperRetriever

        return PaperRetriever(self.search, k=k)

    # -- life and wiring -------------------------------------------------------------------------

    def with_settings(self, **changes: Any) -> Self:
        """Another assistant over the same open collection, whose questions are answered with these settings.

        For what answers are made with: ``model``, ``base_url``, ``api_key``, ``mode``, ``session_tokens`` and
        the budgets; what concerns the collection stays as it is. What it spends counts here too, unless the
        endpoint is another. It is usable until this assistant is closed; closing it gives back its own
        connections only.

        Raises:
            SettingsError: a setting that cannot be used.
        """
        made = copy(self)
        made.settings = self.settings.changed(**changes)
        made._lender = self
        made._speaker = self._speaker.changed(made.settings)
        pays = made.settings.paying != self.settings.paying
        made._ledger = Ledger(made.settings.session_tokens, within=None if pays else self._ledger)
        return made

    def beside(self, folder: Path) -> Self:
        """An assistant with the same settings and models over another index, which is its own to close."""
        settings = self.settings.model_copy(update={"index": folder})
        return type(self)(settings, llm=self._speaker.llm, embed_model=self._held.embed_model)

    @property
    def spent(self) -> Usage:
        """What language models were asked for since this assistant was made, whoever asked."""
        return self._ledger.spent

    def close(self) -> None:
        """Give the index back; doing it twice is harmless, and a later call opens it again."""
        if self._lender is None:
            self._held.close()
        if self._lender is None or self._speaker is not self._lender._speaker:
            self._speaker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """What makes the vectors."""
        return self._held.embedder

    def _chat(self) -> ChatModel | None:
        return self._speaker.chat()

    @property
    def index(self) -> PaperIndex:
        """The open index; for measurements and for going through its pages."""
        return self._held.index()

    @property
    def searcher(self) -> Searcher:
        """What searches the index; for measurements."""
        return self._held.searcher()

    def _asker(self, part: PaperIndex | None = None) -> Asker:
        """What answers from the index, or from a part of it."""
        from .asking import Asker

        return Asker(self.settings, self._rooms(part), self._held.answers)

    def _rooms(self, part: PaperIndex | None = None) -> Rooms:
        from .asking import Rooms
        from .retrieval.search import Searcher

        searcher = self._held.searcher()  # says so where there is nothing to be asked
        index = self._held.index()
        if part is not None:
            index, searcher = part, Searcher(part, self.embedder, self._held.reader)
        answerer = partial(self._answerer, searcher, len(index))
        return Rooms(index, self.embedder, answerer, self._chat(), self._speaker.llm, self._ledger)

    def _reader(self) -> PaperReader:
        return PaperReader(self.settings, self._rooms(), self._held.searcher().measure, self._held.answers)

    def _surveyor(self, *, extractive: bool = False, cache: bool = True) -> Surveyor:
        reader, searcher = self._reader(), self._held.searcher()
        return surveyor_of(reader, searcher, self._known_topics, extractive=extractive, cache=cache)

    def _answerer(
        self, searcher: Searcher, papers: int, model: ChatModel | None, settings: Settings
    ) -> Answerer:
        from .answering.answerer import Answerer

        known = unrelated_below(settings, self.embedder)
        return Answerer(searcher, model, settings, papers=papers, unrelated_below=known)
