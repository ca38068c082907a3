"""What was asked and answered in one browser tab, and how it reads in the chat; knows no component."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..confidence import in_words
from ..events import Done, Event, Sources, Status, Token
from ..types import NO_FILTERS, Answer, Filters, Hit
from . import panels
from .escaping import literal, markdown, shortened, unfinished_markdown
from .underway import Underway

if TYPE_CHECKING:
    from ..assistant import Assistant
    from ..conversation.chat import Chat

MAX_QUESTION_SHOWN = 2000
MAX_PANELS = 10
"""Answers whose sources stay in the panel; a mark of an older one leads nowhere."""


@dataclass(slots=True)
class Turn(Underway):
    """One question with as much of its answer as there is so far."""

    number: int
    question: str
    filters: Filters = NO_FILTERS
    doing: str = field(default="Searching", kw_only=True)
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None

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
            case Token(text):
                self.text += text
            case Done(answer):
                self.answer = answer
                self.timed()

    def reply(self) -> str:
        """The reply as safe Markdown."""
        if self.answer is not None:
            return _joined(markdown(self.answer.body, self._target), self.answer.notices)
        if self.problem:
            return _joined(markdown(self.text, self._target), (self.problem,))
        return unfinished_markdown(self.text, self._target) or f"*{literal(self.doing.strip(' .…'))}…*"

    def sources(self, *, open_: bool) -> str:
        """The sources as safe HTML."""
        if self.answer is not None:
            return panels.sources(self.answer, self.number, open_=open_)
        return panels.found(self.hits) if self.hits and open_ else ""

    def summary(self) -> str:
        """What the line under the chat says about the turn."""
        if self.problem:
            return "No answer this time."
        if self.answer is None:
            return self.doing
        if self.answer.status == "refused":
            return f"Not answered from this collection ({self.seconds:.1f} s)."
        cited = len(self.answer.citations)
        manner = "Quoted from" if self.answer.mode == "extractive" else "Written by the language model from"
        told = f"{manner} {cited} {'paper' if cited == 1 else 'papers'} in {self.seconds:.1f} s."
        confidence = in_words(self.answer.confidence)
        return f"{told} Confidence that the collection answers this: {confidence}." if confidence else told

    def _target(self, number: int) -> str | None:
        """The element a citation mark leads to: known marks only, and while writing, those that can be."""
        if self.answer is not None:
            known = number in {citation.number for citation in self.answer.citations}
        else:
            known = 1 <= number <= len(self.hits)
        return panels.source_id(self.number, number) if known else None


@dataclass(slots=True)
class Conversation:
    """The turns of one tab, oldest first. Asked and stopped in the event loop, so never at once."""

    turns: list[Turn] = field(default_factory=list)
    _chat: Chat | None = None
    _asked: Assistant | None = None

    def chat(self, assistant: Assistant) -> Chat:
        """What the tab's questions are asked through, so that a follow-up is understood.

        Other settings go on with the conversation; in another library a question stands alone.
        """
        if self._chat is None or self._asked is None or self._asked.path != assistant.path:
            self._chat = assistant.chat()
        elif self._asked is not assistant:
            self._chat = self._chat.with_assistant(assistant)
        self._asked = assistant
        return self._chat

    def clear(self) -> None:
        """Begin anew."""
        self.stop()
        self.turns.clear()
        self._chat = None

    def ask(self, question: str, filters: Filters = NO_FILTERS) -> Turn:
        """Open a turn; one left open by a closed connection ends."""
        self.stop()
        turn = Turn(number=len(self.turns) + 1, question=question, filters=filters)
        self.turns.append(turn)
        return turn

    def stop(self) -> None:
        """End the turn under way, if there is one."""
        if self.turns:
            self.turns[-1].stop()

    def messages(self) -> list[dict[str, Any]]:
        """The chat as messages of safe Markdown."""
        messages: list[dict[str, Any]] = []
        for turn in self.turns:
            question = turn.question
            if len(question) > MAX_QUESTION_SHOWN:
                question = shortened(question, MAX_QUESTION_SHOWN)
            asked = literal(question)
            if turn.filters:
                asked += f"\n\n*Only papers {literal(str(turn.filters))}*"
            messages.append({"role": "user", "content": asked})
            messages.append({"role": "assistant", "content": turn.reply()})
        return messages

    def panel(self) -> str:
        """The panel of sources as safe HTML: the last answer's open, earlier ones folded."""
        recent = self.turns[-MAX_PANELS:]
        last = recent[-1] if recent else None
        return panels.panel(turn.sources(open_=turn is last) for turn in reversed(recent))


def _joined(body: str, notices: tuple[str, ...]) -> str:
    """A reply and its notices, each a quote block of its own."""
    return "\n\n".join(
        part for part in [body.strip(), *(f"> {literal(_line(text))}" for text in notices)] if part
    )


def _line(text: str) -> str:
    return " ".join(text.split())
