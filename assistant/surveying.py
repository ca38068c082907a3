"""What can be had of several papers at once: the half of the facade that is about summaries."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from .errors import UsageError
from .filters import NO_FILTERS, Filters
from .grouped import Topics
from .settings import Settings
from .single import PaperReader, SinglePapers
from .summaries import Depth, Summarized, Summary, SummaryEvent
from .threads import in_thread
from .types import Paper

if TYPE_CHECKING:
    from .models.ports import Embedder
    from .retrieval.search import Searcher
    from .summarizing.subjects import Surveyor

Subjects = str | Sequence[str | Paper]
"""A topic or free text; or papers, as such or by their names."""


class SummaryOptions(TypedDict, total=False):
    """The options of a summary; :meth:`Surveys.stream_summary` tells what they are, and what each is else."""

    depth: Depth
    filters: Filters
    extractive: bool
    cache: bool


class Surveys(SinglePapers):
    """Summaries and comparisons."""

    @abstractmethod
    def _surveyor(self, *, extractive: bool = False, cache: bool = True) -> Surveyor:
        """What writes them, with a model or, ``extractive``, without; ``cache`` is whether it remembers."""

    def summarize(self, subject: Subjects | None = None, **options: Unpack[SummaryOptions]) -> Summary:
        """A comparative summary, every statement cited; or a refusal, where there is nothing on the subject.

        Args:
            subject: The id or name of a topic, else any words, for which papers are searched; or papers.
                Without it, all papers that pass ``filters``.
            options: ``depth``, ``filters``, ``extractive`` and ``cache``, as :meth:`stream_summary` has them.

        Raises:
            UsageError: a paper that is not there; neither a subject nor filters.
            QuestionError, IndexStoreError, ModelError: as ``search``.
        """
        return _last(self.stream_summary(subject, **options))

    def stream_summary(
        self,
        subject: Subjects | None = None,
        *,
        depth: Depth = "standard",
        filters: Filters = NO_FILTERS,
        extractive: bool = False,
        cache: bool = True,
    ) -> Generator[SummaryEvent]:
        """:meth:`summarize` as events: ``Status Sources Planned Tabled Token Citation Audited Summarized``.

        Closing the generator stops the model. Raises as :meth:`summarize`, at the first event.

        Args:
            subject: As :meth:`summarize` has it.
            depth: ``brief`` reads 8 papers, ``standard`` 30 and mentions 30 more, ``full`` reads 100.
            filters: Only papers that pass count.
            extractive: Quote the papers and ask no model, even where there is one.
            cache: What a model wrote before is remembered, part by part: a summary that was stopped goes on
                there, and one that is asked for again costs nothing. Without it, all is asked for anew.
        """
        wanted = subject if subject is None or isinstance(subject, str) else self._these(subject)
        return self._surveyor(extractive=extractive, cache=cache).stream(wanted, depth, filters)

    def _these(self, subject: Sequence[str | Paper]) -> list[Paper]:
        """The papers of a list; raises ``UsageError`` for what is none."""
        if isinstance(subject, Paper) or not isinstance(subject, Iterable):
            raise UsageError(
                f"{repr(subject)[:60]} is no subject.", "Give a topic, some words, or papers in a list."
            )
        return [*map(self.paper, subject)]

    def compare(self, *papers: str | Paper, extractive: bool = False, cache: bool = True) -> Summary:
        """Two to six papers side by side; raises ``UsageError`` for other numbers, else as ``summarize``."""
        return _last(self.stream_comparison(*papers, extractive=extractive, cache=cache))

    def stream_comparison(
        self, *papers: str | Paper, extractive: bool = False, cache: bool = True
    ) -> Generator[SummaryEvent]:
        """:meth:`compare` as the events of :meth:`stream_summary`."""
        return self._surveyor(extractive=extractive, cache=cache).comparison([*map(self.paper, papers)])

    async def asummarize(self, subject: Subjects | None = None, **options: Unpack[SummaryOptions]) -> Summary:
        """:meth:`summarize` for asynchronous code; runs in a thread."""
        return await asyncio.to_thread(partial(self.summarize, subject, **options))

    async def astream_summary(
        self, subject: Subjects | None = None, **options: Unpack[SummaryOptions]
    ) -> AsyncGenerator[SummaryEvent]:
        """:meth:`stream_summary` for asynchronous code; each event is made in a thread."""
        async for event in in_thread(self.stream_summary(subject, **options)):
            yield event


def _last(events: Generator[SummaryEvent]) -> Summary:
    with closing(events):
        for event in events:
            if isinstance(event, Summarized):
                return event.summary
    raise AssertionError("a stream ends with Summarized")


def surveyor_of(
    reader: PaperReader,
    searcher: Searcher,
    topics: Callable[[], Topics],
    *,
    extractive: bool = False,
    cache: bool = True,
) -> Surveyor:
    """What writes summaries of a reader's papers; ``topics`` can be asked for by id or name."""
    from .models.metered import Metered
    from .models.prices import Prices
    from .summarizing.reach import Reach
    from .summarizing.subjects import Surveyor

    settings, rooms = reader.settings, reader.rooms
    recalling = None
    if rooms.model is not None and not extractive:
        metered = Metered(rooms.model, Prices.of(settings), rooms.ledger, None)
        recalling = reader.recalling(metered, cache=cache)
    return Surveyor(
        rooms.index,
        searcher,
        Reach(rooms.index, searcher, rooms.embedder),
        lambda name: _called(name, topics()),
        recalling,
        settings.max_tokens_per_summary,
        unrelated_below(settings, rooms.embedder),
        reader.known_cards,
    )


def _called(name: str, topics: Topics) -> tuple[str, tuple[str, ...]] | None:
    """The name and the papers of the topic with this id or name."""
    wanted = name.casefold()
    found = next((topic for topic in topics if wanted in {topic.id.casefold(), topic.name.casefold()}), None)
    return (found.name, found.papers) if found else None


def unrelated_below(settings: Settings, embedder: Embedder) -> float | None:
    """The cosine of what has nothing to do with a question: as it is set, else as the embedder knows."""
    known = settings.embed_unrelated_below
    return embedder.unrelated_below if known is None else known
