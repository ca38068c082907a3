"""Asks an assistant its cases, one after the other, and notes what came of each; judges nothing."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass

from ..assistant import Assistant
from ..conversation.chat import Chat
from ..events import Done, Token
from ..questioning import Questions
from ..types import Answer, Hit, Paper
from .cases import Case, Script
from .claims import holding
from .hidden import Without

DEPTH = 10
"""Papers of a ranking that are looked at, at least."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: the answer, the ranking that its question gets, and how long it took.

    ``evidence`` is the place, from 1, of the first sentence that answers among those of its paper, be that
    found or not; ``None`` where the case names no such sentence. ``first_word`` is when it came.
    """

    case: Case
    answer: Answer
    hits: tuple[Hit, ...]
    gold: tuple[Paper, ...]
    evidence: int | None
    seconds: float
    first_word: float | None

    @property
    def ranked(self) -> list[str]:
        """The ids of the ranking."""
        return [hit.id for hit in self.hits]


class Examiner:
    """Asks one assistant, looking ``k`` papers deep."""

    def __init__(self, assistant: Assistant, k: int) -> None:
        self._assistant = assistant
        self._depth = max(k, DEPTH)

    def outcomes(self, scripts: Iterable[Script]) -> Generator[Outcome]:
        """What comes of each case, in their order.

        Raises:
            IndexStoreError, ModelError: as ``Assistant.ask``.
        """
        for script in scripts:
            hidden = frozenset[str]().union(*(case.hidden for case in script))
            asked = Without(self._assistant, hidden) if hidden else self._assistant
            talk = asked.chat() if len(script) > 1 else asked
            for case in script:
                yield self._outcome(case, talk)

    def _outcome(self, case: Case, talk: Questions | Chat) -> Outcome:
        start = time.perf_counter()
        first_word = None
        with closing(talk.stream(case.question, cache=False)) as events:
            for event in events:
                if isinstance(event, Token) and first_word is None:
                    first_word = time.perf_counter() - start
                if isinstance(event, Done):
                    answer = event.answer
        seconds = time.perf_counter() - start
        if not case.answerable:
            return Outcome(case, answer, (), (), None, seconds, first_word)
        depth = self._depth + len(case.hidden)
        found = self._assistant.search(answer.searched, depth, filters=answer.filters)
        hits = [hit for hit in found if hit.id not in case.hidden][: self._depth]
        gold = tuple(self._assistant.index.papers(case.gains))
        return Outcome(case, answer, tuple(hits), gold, self._evidence(case, gold), seconds, first_word)

    def _evidence(self, case: Case, gold: Iterable[Paper]) -> int | None:
        """The place of the sentence that answers, among those of its paper."""
        for paper in gold:
            if right := holding(paper, case.evidence):
                ranked = self._assistant.searcher.evidence(case.question, paper)
                return next(place for place, each in enumerate(ranked, start=1) if each.index in right)
        return None
