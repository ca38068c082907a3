"""What was asked and answered in one conversation, and how it reads on the page; knows no component."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from ..confidence import in_words
from ..events import Audited, Done, Event, Sources, Status, Token
from ..feedback import Verdict
from ..saved import Turn as SavedTurn
from ..types import NO_FILTERS, Answer, Citation, Claim, Filters, Hit
from . import panels, talk
from .escaping import shortened
from .underway import PATIENCE, Underway

MAX_PANELS = 10
"""Answers whose sources stay in the panel; a mark of an older one leads nowhere."""
MAX_TITLE = 80


@dataclass(slots=True)
class Turn(Underway):
    """One question with as much of its answer as there is so far."""

    number: int
    question: str
    filters: Filters = NO_FILTERS
    doing: str = field(default="Searching", kw_only=True)
    patience: float = field(default=PATIENCE, kw_only=True)
    hits: tuple[Hit, ...] = ()
    citations: dict[int, Citation] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    answer: Answer | None = None
    verdict: Verdict = ""
    note: str = ""
    follow_ups: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the answer is there."""
        return self.answer is not None

    def take(self, event: Event) -> None:
        """Take the next event of the answer."""
        match event:
            case Status(message):
                self.doing = message
            case Sources(hits):
                self.hits = hits
                self.doing = f"Reading {panels.papers(len(hits))}"
            case Token(text):
                self.text += text
                self.doing = "Writing"
            case Citation(number=number):
                self.citations[number] = event
            case Audited(claims):
                self.claims = claims
            case Done(answer):
                self.answer = answer
                self.citations = {each.number: each for each in answer.citations}
                self.claims = answer.claims
                self.timed()

    def shown(self, *, last: bool) -> str:
        """Question and answer as safe HTML; of the ``last`` one more can be done."""
        reply = talk.reply(self.answer, self.text, self.citations, self.claims, self._key, self.problem)
        if not self.finished and not reply:
            reply = talk.doing(self.doing)
        done = last and self.finished
        below = talk.tools(self.number, self.answer, self.verdict, self.note, last=done)
        below += talk.follow_ups(self.follow_ups) if done else ""
        asked = talk.question(self.question, self.filters, editable=done)
        return talk.turn(self.number, asked, reply, below, busy=not self.finished)

    def sources(self, *, open_: bool) -> str:
        """The sources as safe HTML."""
        if self.answer is not None:
            return panels.sources(self.answer, self.number, open_=open_)
        return panels.found(self.hits, self.citations.values(), self._key) if self.hits and open_ else ""

    def summary(self) -> str:
        """What the line under the chat says about the turn."""
        if self.problem:
            return "No answer this time."
        if self.answer is None:
            return f"{self.doing.strip(' .…')}…"
        if self.answer.status == "refused":
            return f"Not answered from this collection ({self.seconds:.1f} s)."
        cited = len(self.answer.citations)
        manner = "Quoted from" if self.answer.mode == "extractive" else "Written by the language model from"
        told = f"{manner} {cited} {'paper' if cited == 1 else 'papers'} in {self.seconds:.1f} s."
        confidence = in_words(self.answer.confidence)
        return f"{told} Confidence that the collection answers this: {confidence}." if confidence else told

    @property
    def _key(self) -> str:
        """What the ids of its elements have."""
        return str(self.number)


@dataclass(slots=True)
class Conversation:
    """The turns of one conversation, oldest first. Asked and stopped in the event loop, so never at once."""

    turns: list[Turn] = field(default_factory=list)
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    owner: str = ""
    title: str = ""
    """What its reader calls it; else its first question."""
    created: float = field(default_factory=time.time)
    deleted: bool = False
    """Whether its reader wants it no more: what is still being written of it is not kept."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.title or shortened(self.turns[0].question if self.turns else "", MAX_TITLE)

    @property
    def last(self) -> Turn | None:
        """The turn that was asked last."""
        return self.turns[-1] if self.turns else None

    @property
    def history(self) -> tuple[SavedTurn, ...]:
        """The questions that were answered, as a follow-up is understood by them."""
        answers = (turn.answer for turn in self.turns if turn.answer is not None)
        return tuple(SavedTurn(each.question, each.searched, each) for each in answers)

    def ask(self, question: str, filters: Filters = NO_FILTERS) -> Turn:
        """Open a turn; one left open by a closed connection ends."""
        self.stop()
        turn = Turn(number=len(self.turns) + 1, question=question, filters=filters)
        self.turns.append(turn)
        return turn

    def take_back(self) -> Turn | None:
        """Take the last turn out, as if it had not been asked."""
        self.stop()
        return self.turns.pop() if self.turns else None

    def stop(self) -> None:
        """End the turn under way, if there is one."""
        if self.turns:
            self.turns[-1].stop()

    def turn(self, number: object) -> Turn | None:
        """The answered turn with a number that a browser says; anything else it may say is none."""
        return next((turn for turn in self.turns if str(turn.number) == str(number) and turn.answer), None)

    def past(self) -> str:
        """All turns but the last, as safe HTML."""
        return "".join(turn.shown(last=False) for turn in self.turns[:-1])

    def now(self) -> str:
        """The last turn as safe HTML."""
        return self.turns[-1].shown(last=True) if self.turns else ""

    def panel(self) -> str:
        """The panel of sources as safe HTML: the last answer's open, earlier ones folded."""
        recent = self.turns[-MAX_PANELS:]
        last = recent[-1] if recent else None
        return panels.panel(turn.sources(open_=turn is last) for turn in reversed(recent))
