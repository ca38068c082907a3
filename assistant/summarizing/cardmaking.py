"""The cards of many papers: remembered ones, the rest asked for side by side, quotes for what is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from ..cards import Cards, CardsProgress, PaperCard
from ..errors import (
    ModelBudgetError,
    ModelCutError,
    ModelError,
    ModelReplyError,
    ModelRequestError,
    ModelTimeoutError,
)
from ..models.metered import Metered
from ..retrieval.measure import Measure
from ..settings import Settings
from ..types import Paper
from .extraction import Batch, Extracted, ask, batches, halves
from .judging import carded
from .quotes import quoted_card
from .remembered import CardCache

_POLL = 0.2
"""Seconds between two looks at whether to stop."""
_OF_ONE_CALL = (ModelCutError, ModelReplyError, ModelRequestError, ModelTimeoutError)
"""Failures that the next call may not have; after ``_PATIENCE`` of them it is not tried."""
_PATIENCE = 3
_Reply = tuple[Batch, Extracted | Exception]


@dataclass(frozen=True, slots=True)
class Writer:
    """A model that writes cards, and what it needs."""

    model: Metered
    measure: Measure
    settings: Settings
    known: CardCache
    side_by_side: int


def cards_of(
    papers: Sequence[Paper],
    writer: Writer | None,
    *,
    progress: CardsProgress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Cards:
    """A card for each paper. Without a ``writer``, or where it fails, the papers are quoted."""
    tell = progress or (lambda _done, _total: None)
    quotes = {paper.id: quoted_card(paper) for paper in papers}
    if writer is None:
        tell(len(quotes), len(quotes))
        return Cards(tuple(quotes[paper.id] for paper in papers))
    run = _Run(quotes, writer, lambda done: tell(done, len(quotes)), stop or (lambda: False))
    known = run.remember()
    run.write()
    tell(len(quotes), len(quotes))
    cards = quotes | run.made
    made = tuple(cards[paper.id] for paper in papers)
    return Cards(made, run.notices(), writer.model.usage, known, run.interrupted)


class _Run:
    """The writing of the cards that are not remembered."""

    def __init__(
        self,
        quotes: dict[str, PaperCard],
        writer: Writer,
        tell: Callable[[int], None],
        stop: Callable[[], bool],
    ) -> None:
        self.made: dict[str, PaperCard] = {}
        self.interrupted = False
        self._quotes = quotes
        self._writer = writer
        self._tell = tell
        self._stop = stop
        self._prompt = writer.known.prompt
        longest, left = writer.settings.max_answer_tokens, writer.model.left
        self._reply = longest if left is None else min(longest, left // 2)
        self._problem: ModelError | None = None
        self._failures = 0
        self._left_out = 0
        self._unread = 0

    def remember(self) -> int:
        """Take the cards that were paid for before; returns how many."""
        for paper_id, quotes in self._quotes.items():
            if card := self._writer.known.get(quotes.paper):
                self.made[paper_id] = card
        self._tell(len(self.made))
        return len(self.made)

    def write(self) -> None:
        """Ask for the rest, several batches side by side, until all is done, stopped, or out of budget."""
        papers = [
            card.paper for id_, card in self._quotes.items() if id_ not in self.made and card.paper.sentences
        ]
        waiting = self._batches(papers)
        self._left_out = len(papers) - sum(len(batch.papers) for batch in waiting)
        most, running = self._writer.side_by_side, 0
        leave = threading.Event()
        replies: SimpleQueue[_Reply] = SimpleQueue()
        try:
            while (running or waiting) and not self.interrupted:
                while waiting and running < most:
                    self._begin(waiting.pop(0), leave, replies)
                    running += 1
                with suppress(Empty):
                    batch, outcome = replies.get(timeout=_POLL)
                    running -= 1
                    again = self._taken(batch, outcome, alone=not running)
                    if again is None:
                        waiting.clear()
                    elif again == [batch]:  # the others hold the budget: fewer at once
                        most = running
                        waiting.insert(0, batch)
                    else:
                        waiting += again
                self.interrupted = self._stop()
        finally:
            leave.set()  # what still runs ends at its next word, and nobody waits for that

    def _begin(self, batch: Batch, leave: threading.Event, replies: SimpleQueue[_Reply]) -> None:
        """Ask for a batch in a thread of its own, which does not keep the program from ending."""

        def run() -> None:
            try:
                replies.put((batch, self._asked(batch, leave)))
            except Exception as error:  # noqa: BLE001 - raised again where it is taken
                replies.put((batch, error))

        threading.Thread(target=run, name="cards", daemon=True).start()

    def _batches(self, papers: Sequence[Paper]) -> list[Batch]:
        settings, model = self._writer.settings, self._writer.model
        budget = settings.max_prompt_tokens
        if model.left is not None:
            budget = min(budget, model.left - self._reply)
        return batches(papers, self._prompt, model=model.name, budget=budget, reply=self._reply)

    def _asked(self, batch: Batch, leave: threading.Event) -> Extracted:
        return ask(self._writer.model, batch, max_tokens=self._reply, stop=leave.is_set)

    def _taken(self, batch: Batch, outcome: Extracted | Exception, *, alone: bool) -> list[Batch] | None:
        """Keep what a call brought; returns the calls that are still due for it, ``None`` to make no more."""
        if isinstance(outcome, Exception):
            return self._failed(batch, outcome, alone=alone)
        extracted, left = outcome, []
        for place, paper in enumerate(batch.papers):
            if fields := extracted.fields.get(place):
                try:
                    self._keep(carded(paper, fields, self._quotes[paper.id], self._writer.measure))
                except ModelError as error:  # the embedder's
                    self._problem = self._problem or error
            else:
                left.append(paper)
        self._tell(len(self.made))
        # A reply that was cut, or left papers out, is asked for again in smaller parts; one of no use is not.
        reached = extracted.cut or len(left) < len(batch.papers)
        again = halves(batch, left, self._prompt) if reached else []
        self._unread += 0 if again else len(left)
        return again

    def _failed(self, batch: Batch, error: Exception, *, alone: bool) -> list[Batch] | None:
        """What is still to be done after a call that failed."""
        if not isinstance(error, ModelError):
            raise error
        if isinstance(error, ModelBudgetError) and not alone:
            return [batch]
        self._problem = self._problem or error
        self._failures += 1
        return [] if isinstance(error, _OF_ONE_CALL) and self._failures < _PATIENCE else None

    def _keep(self, card: PaperCard) -> None:
        """Remember at once, so that a run that is cut off goes on from there."""
        self.made[card.id] = card
        self._writer.known.put(card)

    def notices(self) -> tuple[str, ...]:
        """Why papers are quoted, where some are."""
        quoted = sum(
            id_ not in self.made and bool(card.paper.sentences) for id_, card in self._quotes.items()
        )
        if not quoted:
            return ()
        how_many = (
            f"{quoted:,} of {len(self._quotes):,} papers {'is' if quoted == 1 else 'are'} quoted instead"
        )
        if self._problem:
            return (f"{self._problem} So {how_many}.",)
        if self.interrupted:
            return (f"It was stopped; {how_many}.",)
        if self._left_out:
            return (f"The budget of tokens is too small for some papers; {how_many}.",)
        return (f"What the model wrote of some papers could not be read; {how_many}.",)
