"""One question from its words to its answer: filters found, memory looked up, budgets held, events told."""

from __future__ import annotations

import hashlib
import time
import unicodedata
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict

from . import __version__
from .answering.cache import Cache, key_of
from .answering.listing import listed, newest
from .conversation.offering import first_questions, next_questions
from .errors import SavedFileError, UsageError
from .events import Done, Event, Sources, Status, last, replayed
from .filters import NO_FILTERS, Filters, FoundFilter
from .models.choice import identity_of
from .models.ledger import Ledger
from .models.metered import Metered
from .models.observed import ObservedChat, Span, somebody_listens
from .models.ports import ChatModel, Embedder
from .models.prices import Prices
from .models.prompts import prompts_folder
from .questions.everything import asks_for_everything
from .questions.filter_words import Reading, read
from .questions.known import KnownNames
from .retrieval.considered import considered
from .retrieval.search import checked
from .saved import dumped, loaded
from .settings import Settings
from .traces import Trace
from .types import Answer, Hit

if TYPE_CHECKING:
    from llama_index.core.base.llms.base import BaseLLM

    from .answering.answerer import Answerer
    from .index.store import PaperIndex


class Context(Protocol):
    """What was said before a question."""

    @property
    def filters(self) -> tuple[FoundFilter, ...]:
        """The filters that a follow-up takes over, unless it names others of their kind."""

    def leads_to(self, question: str) -> bool:
        """Whether this question cannot be understood without what was said."""

    def rephrased(self, question: str, model: ChatModel | None) -> str:
        """The question made to stand alone, with the help of a model where there is one."""


_SETTINGS = (
    "embed_unrelated_below",
    "max_answer_tokens",
    "max_prompt_tokens",
    "max_sources",
    "max_tokens_per_answer",
    "verify",
)
"""Those that change what is answered."""
VERSION = 4
"""Counts the changes of answering that make remembered answers stale."""


class Options(TypedDict, total=False):
    """How a question is answered; what is left out is as said.

    ``extractive`` quotes the papers and asks no model, even where there is one (else false).
    ``filters`` narrows the papers (else all count). ``filters_from_words`` reads "since 2022", "by Hajij" and
    the like out of the question (else true). ``cache`` takes a remembered answer of a model and remembers
    a new one (else true). ``trace`` keeps in ``Answer.trace`` how it came about (else false).
    """

    extractive: bool
    filters: Filters
    filters_from_words: bool
    cache: bool
    trace: bool


@dataclass(frozen=True, slots=True)
class Rooms:
    """What answering takes, opened."""

    index: PaperIndex
    embedder: Embedder
    answerer: Callable[[ChatModel | None, Settings], Answerer]
    model: ChatModel | None
    llm: BaseLLM | None
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it was understood."""

    question: str
    searched: str
    follows: bool
    filters: Filters
    found: tuple[FoundFilter, ...]
    notices: tuple[str, ...]
    start: float


class Asker:
    """Answers the questions of one assistant."""

    def __init__(
        self, settings: Settings, rooms: Rooms, cache_file: Path, today: Callable[[], date] = date.today
    ) -> None:
        """Answer from ``rooms``; "in the last three years" counts from ``today``."""
        self._settings = settings
        self._rooms = rooms
        self._cache = Cache(cache_file, settings.cache_mb * 1_000_000)
        self._today = today

    def stream(self, question: str, options: Options, context: Context | None = None) -> Generator[Event]:
        """The events of one answer to a question asked in a ``context``; see ``Assistant.stream``."""
        start = time.perf_counter()
        if unknown := sorted(options.keys() - Options.__annotations__.keys()):
            raise UsageError(
                f'"{unknown[0]}" is no option of a question.',
                f"There are {', '.join(Options.__annotations__)}. For years, authors, venues and topics: "
                'filters=Filters(topic="...")',
            )
        question = checked(question)
        tracing = options.get("trace", False)
        span = Span("Assistant.ask") if somebody_listens() else None
        try:
            model = None if options.get("extractive") else self._metered(span, keep=tracing)
            reading = Reading(question)
            if options.get("filters_from_words", True):
                reading = read(question, KnownNames(self._rooms.index.all), self._today())
            searched, found = reading.rest or question, reading.found
            everything = asks_for_everything(reading.rest) and bool(reading.rest or not context)
            follows = bool(
                context and not everything and (not reading.rest or context.leads_to(reading.rest))
            )
            if context and follows:
                yield Status("Reading the question in the light of the conversation")
                searched = checked(context.rephrased(reading.rest or question, model))
                found = (*_kept(context.filters, reading.filters), *found)
            filters = options.get("filters", NO_FILTERS)
            for each in found:
                filters &= each.filters
            asked = _Asked(question, searched, follows, filters, found, reading.notices, start)
            key = self._key(asked) if model and options.get("cache", True) and not tracing else ""
            if filters and everything and (passing := newest(self._rooms.index, filters)).total:
                answer = self._finished(listed(question, filters, passing), asked, None)
                yield from replayed(replace(answer, timings={"total": time.perf_counter() - start}))
            elif key and (known := self._remembered(key)):
                yield from replayed(self._finished(known, asked, model, cached=True))
            else:
                yield from self._made(asked, model, span, key, tracing=tracing)
        finally:
            if span:
                span.close()

    def _made(
        self, asked: _Asked, model: Metered | None, span: Span | None, key: str, *, tracing: bool
    ) -> Generator[Event]:
        """The events of an answer that has to be made."""
        retrieval = None
        if span:
            from .retrieval.observed import Retrieval

            retrieval = Retrieval(asked.searched, span)
        hits: tuple[Hit, ...] = ()
        answerer = self._rooms.answerer(model, self._within_limits(model))
        try:
            with closing(answerer.stream(asked.searched, asked.filters, follows=asked.follows)) as events:
                for event in events:
                    if isinstance(event, Done):
                        break
                    if isinstance(event, Sources):
                        hits = event.hits
                        if retrieval:
                            retrieval.end(hits)
                    yield event
        finally:
            if retrieval:
                retrieval.end(hits)
        assert isinstance(event, Done)  # noqa: S101 - for the type checker; a stream ends with it
        if key and model and model.sound and event.answer.mode == "llm":
            with suppress(ValueError):  # a model's reply may hold half a character
                self._cache.put(key, dumped(event.answer))
        answer = self._finished(event.answer, asked, model)
        if tracing:
            rooms, question, filters = self._rooms, asked.searched, asked.filters
            candidates = considered(question, filters, hits, rooms.index, rooms.embedder)
            answer = replace(answer, trace=Trace(candidates, tuple(model.calls) if model else ()))
        yield answer.usage
        yield Done(answer)

    def _finished(
        self, answer: Answer, asked: _Asked, model: Metered | None, *, cached: bool = False
    ) -> Answer:
        """The answer with what only the asking knows."""
        seconds = time.perf_counter() - asked.start
        notices = list(asked.notices)
        if asked.found:
            words = ", ".join(f"“{each.words}”" for each in asked.found)
            notices.append(f"Only papers that pass {words} were looked at.")
        usage = model.usage if model else answer.usage
        return replace(
            answer,
            question=asked.question,
            searched=asked.searched,
            filters=asked.filters,
            filters_found=asked.found,
            notices=(*notices, *answer.notices),
            usage=usage,
            timings={"cache": seconds, "total": seconds} if cached else answer.timings,
        )

    def follow_ups(self, answer: Answer, most: int) -> list[str]:
        """Questions after an answer that the collection answers; no model is asked."""
        return next_questions(answer, self._quoting(), most)

    def openers(self, most: int) -> list[str]:
        """Questions to begin with that the collection answers; no model is asked."""
        return first_questions(self._rooms.index.sample, self._quoting(), most)

    def _quoting(self) -> Callable[[str], Answer]:
        answerer = self._rooms.answerer(None, self._settings)
        return lambda question: last(answerer.stream(question))

    # -- the model under budgets ---------------------------------------------------------------------

    def _metered(self, span: Span | None, *, keep: bool) -> Metered | None:
        rooms = self._rooms
        if rooms.model is None:
            return None
        # A llama-index model tells its listeners itself.
        model = ObservedChat(rooms.model, span) if span and rooms.llm is None else rooms.model
        prices, limit = Prices.of(self._settings), self._settings.max_tokens_per_answer
        return Metered(model, prices, rooms.ledger, limit, keep=keep)

    def _within_limits(self, model: Metered | None) -> Settings:
        """The settings with budgets of prompt and reply that the limit of an answer leaves room for."""
        settings = self._settings
        if model is None or (left := model.left) is None:
            return settings
        reply = min(settings.max_answer_tokens, left // 2)
        prompt = min(settings.max_prompt_tokens, left - reply)
        return settings.model_copy(update={"max_answer_tokens": reply, "max_prompt_tokens": prompt})

    # -- memory --------------------------------------------------------------------------------------

    def _remembered(self, key: str) -> Answer | None:
        if (data := self._cache.get(key)) is None:
            return None
        try:
            return loaded(Answer, data, "a remembered answer")
        except SavedFileError:  # written by another version, or tampered with
            self._cache.drop(key)
            return None

    def _key(self, asked: _Asked) -> str:
        """A key of everything that the answer depends on; empty where that cannot be known."""
        settings, manifest = self._settings, self._rooms.index.manifest
        if not settings.cache_mb or not (model := identity_of(settings, self._rooms.llm)):
            return ""
        prompts = sorted(prompts_folder().glob("*.toml"))
        return key_of(
            {
                "question": unicodedata.normalize("NFC", asked.searched),
                "filters": asdict(asked.filters),
                "topic": sorted(self._rooms.index.members(asked.filters) or ()),
                "model": model,
                "prompts": [hashlib.sha256(path.read_bytes()).hexdigest() for path in prompts],
                "settings": {name: getattr(settings, name) for name in _SETTINGS},
                "index": [manifest.content, manifest.papers, manifest.embedder, manifest.format],
                "version": [VERSION, __version__],
            }
        )


def _kept(before: tuple[FoundFilter, ...], now: Filters) -> tuple[FoundFilter, ...]:
    """The filters of before that those of now do not replace: years by years, authors by authors."""
    years = now.since is not None or now.until is not None
    return tuple(
        each
        for each in before
        if not (years and (each.filters.since is not None or each.filters.until is not None))
        and not any(
            getattr(now, name) and getattr(each.filters, name) for name in ("author", "venue", "source")
        )
    )
