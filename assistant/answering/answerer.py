"""Makes one answer: search, refuse or compose, cite, audit; told as a stream of events."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from ..errors import ModelBudgetError, ModelError, ModelReplyError
from ..events import Audited, Done, Event, Sources, Status, Token
from ..models.ports import ChatModel, EndOfReply
from ..models.prompts import Prompt
from ..numbers import counted
from ..retrieval.search import Searcher, checked
from ..settings import Settings
from ..types import NO_FILTERS, Answer, Claim, Filters, Mode, Refusal, Usage
from . import extractive, llm
from .audit import second
from .checking import Checker
from .choosing import bare, to_quote, to_read
from .draft import Draft
from .gathering import Gathered, gather, ranked
from .refusal import body_of, filtered_out, not_stated, only_titles


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step], self._last = now - self._last, now
        self.seconds["total"] = now - self._start


@dataclass(slots=True)
class _Outcome:
    """What composing brought: a draft, a refusal, or (with neither) a model that failed."""

    draft: Draft | None = None
    checker: Checker | None = None
    mode: Mode = "extractive"
    refusal: Refusal | None = None
    usage: Usage = field(default_factory=Usage)
    notices: list[str] = field(default_factory=list)
    confidence: float | None = None


class Answerer:
    """Answers questions from one collection, with a chat model or, where there is none, by quoting."""

    def __init__(
        self,
        searcher: Searcher,
        model: ChatModel | None,
        settings: Settings,
        *,
        papers: int,
        unrelated_below: float | None,
    ) -> None:
        """Answer from what ``searcher`` finds; ``papers`` is the size of the collection."""
        self._searcher = searcher
        self._model = model
        self._settings = settings
        self._papers = papers
        self._unrelated_below = unrelated_below

    def stream(
        self, question: str, filters: Filters = NO_FILTERS, *, follows: bool = False
    ) -> Generator[Event]:
        """The events of one answer, ``Done`` last. Closing the generator stops the model.

        Only papers that pass ``filters`` are answered from. ``follows`` as :func:`gather` takes it.

        Raises:
            QuestionError: before the first event.
            IndexDamagedError: the stores cannot be read.
        """
        clock = _Clock()
        question = checked(question)
        yield Status(
            f"Searching {counted(self._papers, 'paper')}{f', only those {filters}' if filters else ''}"
        )
        found = partial(gather, self._searcher, question, follows=follows)
        gathered = found(filters, quoting=self._model is None)
        clock.lap("search")
        if filters and not gathered.hits:
            yield Done(self._refused(question, filtered_out(filters), "extractive", Usage(), clock))
            return
        confidence = gathered.confidence(self._unrelated_below)
        if refusal := self._refusal(gathered):
            # What the whole collection can answer was not kept back by it, but by the filters.
            if filters and not self._refusal(found()):
                refusal = filtered_out(filters, gathered.hits)
            yield Done(self._refused(question, refusal, "extractive", Usage(), clock, confidence))
            return
        gathered = gathered.answered(self._unrelated_below, self._papers)
        outcome = (yield from self._with_model(question, gathered, clock)) if self._model else _Outcome()
        outcome.confidence = confidence
        outcome.notices += gathered.notices
        if outcome.refusal:
            yield Done(self._refused(question, outcome.refusal, "llm", outcome.usage, clock, confidence))
            return
        if outcome.draft is None:
            if self._model:  # it gave no answer, and the papers were not read for quoting
                gathered = found(filters)
                gathered = gathered.answered(self._unrelated_below, self._papers)
            outcome.draft = yield from self._by_quoting(question, gathered)
            if outcome.draft.is_empty:
                titles = bare(gathered.hits)
                refusal = only_titles(titles) if titles else not_stated(gathered.hits)
                yield Done(self._refused(question, refusal, "extractive", outcome.usage, clock, confidence))
                return
            outcome.checker = Checker(outcome.draft, self._searcher.measure)
            outcome.notices += [
                f"Only the title of “{hit.paper}” is here, which may say more."
                for hit in bare(gathered.hits)[:1]
            ]
            clock.lap("compose")
        assert outcome.checker is not None  # noqa: S101 - for the type checker; each draft has one
        yield from self._finish(question, outcome.checker, outcome.draft, outcome, clock)

    def _refusal(self, gathered: Gathered) -> Refusal | None:
        return gathered.refusal(self._unrelated_below, self._papers)

    def _with_model(
        self, question: str, gathered: Gathered, clock: _Clock
    ) -> Generator[Event, None, _Outcome]:
        """Ask the model; a draft only where it wrote something to show."""
        model, settings, form = self._model, self._settings, gathered.form
        assert model is not None  # noqa: S101 - for the type checker; the caller looked
        chosen = to_read(form, gathered.hits, gathered.of_parts, settings.max_sources)
        prompt, budget = Prompt.load("answer"), settings.max_prompt_tokens
        try:
            messages, sources = llm.messages_for(question, chosen, prompt, model=model.name, budget=budget)
        except ModelBudgetError as error:
            return _Outcome(notices=[f"{error} The papers are quoted instead."])
        yield Sources(sources)
        yield Status(f"Reading {counted(len(sources), 'paper')} with {model.name}")
        draft = Draft(sources)
        checker = Checker(draft, self._searcher.measure)
        outcome = _Outcome(checker=checker, mode="llm", usage=Usage(calls=1))
        try:
            pieces = llm.compose(model, messages, draft, max_tokens=settings.max_answer_tokens)
            end = yield from _tokens(pieces, draft, checker, clock)
            outcome.usage = Usage() + end
            if isinstance(end, EndOfReply) and end.cut:
                outcome.notices.append(
                    "The answer was cut off at its longest length; ASSISTANT_MAX_ANSWER_TOKENS raises it."
                )
            if draft.is_empty:
                raise ModelReplyError(f"The model {model.name} replied with nothing to show.")
        except llm.NotStated as reply:
            outcome.usage = Usage() + reply.usage
            outcome.refusal = not_stated(sources)
        except ModelError as error:
            if draft.is_empty:
                outcome.notices.append(f"{error} The papers are quoted instead.")
                outcome.mode = "extractive"
                return outcome
            outcome.notices.append(f"The answer was cut off. {error}")
        outcome.draft = draft
        return outcome

    def _by_quoting(self, question: str, gathered: Gathered) -> Generator[Event, None, Draft]:
        form = gathered.form
        chosen = to_quote(form, gathered.hits, gathered.of_parts)
        quoted = {each.hit.id: each.hit for each in chosen}
        others = [hit for hit in gathered.hits if hit.id not in quoted]
        sources = ranked([*quoted.values(), *others][: max(len(quoted), self._settings.max_sources)])
        yield Sources(sources)
        draft = Draft(sources)
        for piece in extractive.compose(question, form, chosen, draft):
            if piece:
                yield Token(piece)
            yield from draft.introduced()
        return draft

    def _finish(
        self, question: str, checker: Checker, draft: Draft, outcome: _Outcome, clock: _Clock
    ) -> Generator[Event]:
        """Audit what is left, hear a second opinion where that is wanted, and tell the answer."""
        claims = checker.all()
        yield from draft.introduced()
        if outcome.mode == "llm" and self._settings.verify == "llm":
            claims = yield from self._verified(claims, checker, outcome)
        citations = draft.citations(claims)
        if draft.unknown:
            outcome.notices.append(
                f"{draft.unknown} citation{'s' if draft.unknown > 1 else ''} of something that is not among "
                "the sources had to be removed."
            )
        outcome.notices += checker.notices
        if not citations:
            outcome.notices.append("Nothing in this answer is cited: it may be the model's own knowledge.")
        yield Audited(claims)
        clock.lap("audit")
        yield Done(
            Answer(
                question=question,
                status="answered",
                mode=outcome.mode,
                body=draft.body,
                citations=citations,
                claims=claims,
                notices=tuple(outcome.notices),
                usage=outcome.usage,
                timings=MappingProxyType(clock.seconds),
                sources=draft.sources,
                confidence=outcome.confidence,
            )
        )

    def _verified(
        self, claims: tuple[Claim, ...], checker: Checker, outcome: _Outcome
    ) -> Generator[Event, None, tuple[Claim, ...]]:
        """The claims after the model's second opinion on those that were flagged."""
        model, flagged = self._model, checker.flagged(claims)
        if model is None or not flagged:
            return claims
        messages = second.messages_for(
            flagged, Prompt.load("verify"), model=model.name, budget=self._settings.max_prompt_tokens
        )
        if not messages:
            return claims
        yield Status(f"Checking {len(flagged)} statement{'s' if len(flagged) > 1 else ''} with {model.name}")
        try:
            opinions, usage = second.ask(model, messages, flagged)
        except ModelError as error:
            outcome.usage += Usage(calls=1)
            outcome.notices.append(f"There is no second opinion on the statements that were flagged. {error}")
            return claims
        outcome.usage += usage
        return checker.heard(claims, opinions)

    def _refused(
        self,
        question: str,
        refusal: Refusal,
        mode: Mode,
        usage: Usage,
        clock: _Clock,
        confidence: float | None = None,
    ) -> Answer:
        clock.lap("refuse")
        return Answer(
            question=question,
            status="refused",
            mode=mode,
            body=body_of(refusal),
            refusal=refusal,
            usage=usage,
            timings=MappingProxyType(clock.seconds),
            confidence=confidence,
        )


def _tokens(
    pieces: Generator[str, None, Usage], draft: Draft, checker: Checker, clock: _Clock
) -> Generator[Event, None, Usage]:
    """The pieces, the papers that they cite and the claims that they complete; returns the usage."""
    with closing(pieces):
        while True:
            try:
                piece = next(pieces)
            except StopIteration as end:
                clock.lap("compose")
                usage: Usage = end.value
                return usage
            if piece:
                if "first_token" not in clock.seconds:
                    clock.lap("first_token")
                yield Token(piece)
            yield from draft.introduced()
            if piece and (audited := checker.so_far(piece)):
                yield Audited(audited)
                yield from draft.introduced()
