"""What can be asked of single papers: the half of the facade that is about cards, summaries and likeness."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .cards import Cards, CardsProgress, PaperCard
from .errors import PaperNameError, SavedFileError
from .progress import StopCallback
from .settings import Settings
from .types import NO_FILTERS, Answer, Filters, Hit, Paper, Usage

if TYPE_CHECKING:
    from .asking import Rooms
    from .models.metered import Metered
    from .retrieval.measure import Measure
    from .summarizing.recalling import Recalling
    from .summarizing.remembered import CardCache

VERSION = 1
"""Counts the changes that make remembered summaries of a paper stale."""


class SinglePapers(ABC):
    """A paper is named by its id, its DOI or arXiv id, or a part of its title; a ``Paper`` serves as well."""

    settings: Settings

    @abstractmethod
    def _reader(self) -> PaperReader:
        """What reads papers."""

    def paper(self, name: str | Paper) -> Paper:
        """The paper of that name.

        Raises:
            PaperNameError: the name means none of the collection, or several: ``candidates`` are those.
            IndexStoreError: there is no index, or it cannot be used.
        """
        if isinstance(name, Paper):
            return name
        if not isinstance(name, str):
            raise PaperNameError(
                f"{repr(name)[:60]} names no paper.", "Give an id, a part of a title, or a `Paper`."
            )
        return self._reader().paper(name)

    def card(self, paper: str | Paper, *, extractive: bool = False) -> PaperCard:
        """Problem, approach, result and limitation of a paper; see :meth:`cards`."""
        return self.cards([paper], extractive=extractive)[0]

    def cards(
        self,
        papers: Iterable[str | Paper] | None = None,
        *,
        filters: Filters = NO_FILTERS,
        extractive: bool = False,
        progress: CardsProgress | None = None,
        stop: StopCallback | None = None,
    ) -> Cards:
        """The cards of these papers, or of all that pass ``filters``.

        With a language model, its statements, each held to the sentences it cites, several papers a call;
        what does not hold, or without a model, or with ``extractive``, is a sentence of the abstract. Cards
        of a model are remembered, so each paper is paid for once. ``stop`` is asked while the model works;
        the rest is quoted then.

        Raises:
            PaperNameError, IndexStoreError: as :meth:`paper`.
        """
        reader = self._reader()
        wanted = [self.paper(paper) for paper in papers] if papers is not None else reader.all(filters)
        return reader.cards(wanted, extractive=extractive, progress=progress, stop=stop)

    def tldr(self, paper: str | Paper, *, extractive: bool = False) -> Answer:
        """What a paper does and finds in a cited and audited sentence, or in one or two of its own.

        Raises:
            PaperNameError, IndexStoreError: as :meth:`paper`.
        """
        reader = self._reader()
        return reader.tldr(self.paper(paper), extractive=extractive)

    def similar(self, paper: str | Paper, k: int = 8) -> list[Hit]:
        """The ``k`` papers most like this one, by vectors and words, without its own and others' doubles.

        Raises:
            PaperNameError, IndexStoreError: as :meth:`paper`.
            ModelError: a paper that is not in the index, and the embedder failed.
        """
        reader = self._reader()
        return reader.similar(self.paper(paper), k)


class PaperReader:
    """Reads the papers of one assistant."""

    def __init__(self, settings: Settings, rooms: Rooms, measure: Measure, cache_file: Path) -> None:
        """Read from ``rooms``."""
        self.settings = settings
        self.rooms = rooms
        self._measure = measure
        self._cache_file = cache_file

    def paper(self, name: str) -> Paper:
        """See :meth:`SinglePapers.paper`."""
        from .summarizing.naming import named

        return named(self.rooms.index, name)

    def all(self, filters: Filters) -> list[Paper]:
        """All papers that pass, in the order of their titles."""
        return sorted(self.rooms.index.all(filters), key=lambda paper: (paper.title.casefold(), paper.id))

    def cards(
        self,
        papers: Sequence[Paper],
        *,
        extractive: bool,
        progress: CardsProgress | None,
        stop: Callable[[], bool] | None,
    ) -> Cards:
        """See :meth:`SinglePapers.cards`."""
        from .summarizing.cardmaking import Writer, cards_of

        writer = None
        if (model := self._model(extractive=extractive)) is not None:
            settings, own = self.settings, self.rooms.llm
            writer = Writer(
                model,
                self._measure,
                settings,
                self._known_cards(),
                # Half of the turns are left to those who ask; who knows whether a user's own may be shared.
                1 if own is not None else max(1, settings.concurrency // 2),
            )
        return cards_of(papers, writer, progress=progress, stop=stop)

    def recalling(self, model: Metered, *, cache: bool) -> Recalling:
        """A model that remembers what it replied for summaries, if ``cache`` and the settings let it."""
        from .answering.cache import Cache
        from .models.choice import identity_of
        from .summarizing.recalling import Recalling
        from .summarizing.writing import is_cited

        size = self.settings.cache_mb if cache else 0
        identity = identity_of(self.settings, self.rooms.llm) if size else ""
        return Recalling(model, Cache(self._cache_file, size * 1_000_000), identity, is_cited)

    def known_cards(self, papers: Sequence[Paper]) -> dict[str, PaperCard]:
        """The cards of these papers that the model wrote before, by id; none where there is no model."""
        if self.rooms.model is None:
            return {}
        known = self._known_cards()
        found = ((paper.id, known.get(paper)) for paper in papers)
        return {paper_id: card for paper_id, card in found if card is not None}

    def _known_cards(self) -> CardCache:
        from .answering.cache import Cache
        from .models.choice import identity_of
        from .models.prompts import Prompt
        from .summarizing.remembered import CardCache

        cache = Cache(self._cache_file, self.settings.cache_mb * 1_000_000)
        identity = identity_of(self.settings, self.rooms.llm) if self.settings.cache_mb else ""
        return CardCache(cache, identity, Prompt.load("cards"))

    def tldr(self, paper: Paper, *, extractive: bool) -> Answer:
        """See :meth:`SinglePapers.tldr`."""
        from .answering.cache import Cache
        from .saved import dumped, loaded
        from .summarizing.tldr import tldr

        model = self._model(extractive=extractive)
        cache = Cache(self._cache_file, self.settings.cache_mb * 1_000_000)
        key = self._key(paper) if model else ""
        if key and (data := cache.get(key)):
            try:
                return replace(loaded(Answer, data, "a remembered summary"), usage=Usage())
            except SavedFileError:  # written by another version, or tampered with
                cache.drop(key)
        answer = tldr(paper, self._measure, model, self.settings)
        if key and answer.mode == "llm":
            with suppress(ValueError):  # a model's reply may hold half a character
                cache.put(key, dumped(answer))
        return answer

    def similar(self, paper: Paper, k: int) -> list[Hit]:
        """See :meth:`SinglePapers.similar`."""
        from .summarizing.similar import similar

        return similar(self.rooms.index, self.rooms.embedder, paper, k)

    def _model(self, *, extractive: bool) -> Metered | None:
        """The chat model under the budgets of an answer, unless none is wanted."""
        from .models.metered import Metered
        from .models.prices import Prices

        settings, rooms = self.settings, self.rooms
        if extractive or rooms.model is None:
            return None
        return Metered(rooms.model, Prices.of(settings), rooms.ledger, settings.max_tokens_per_answer)

    def _key(self, paper: Paper) -> str:
        """A key of everything that a summary of a paper depends on; empty where that cannot be known."""
        from . import __version__
        from .answering.cache import key_of
        from .models.choice import identity_of
        from .models.prompts import Prompt

        identity = identity_of(self.settings, self.rooms.llm)
        if not identity or not self.settings.cache_mb:
            return ""
        prompt = Prompt.load("tldr")
        parts = {
            "tldr": hashlib.sha256(paper.text.encode("utf-8", "replace")).hexdigest(),
            "paper": paper.id,
            "model": identity,
            "prompt": [prompt.system, prompt.user],
            "version": [VERSION, __version__],
        }
        return key_of(parts)
