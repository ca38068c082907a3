"""A conversation: each question is understood by what was asked and answered before it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from ..errors import SavedFileError
from ..events import Done, Event, Status, last, replayed
from ..filters import FoundFilter
from ..models.ports import ChatModel
from ..saved import SavedChat, Turn, opened, save
from ..settings import Settings
from ..threads import in_thread
from ..types import Answer
from .condense import condense
from .leaning import leans

if TYPE_CHECKING:
    from ..asking import Asker, Options
    from ..questioning import Questions


@dataclass(frozen=True, slots=True)
class Said:
    """The turns before a question, as far as they matter to it; ``budget`` tokens of them for a model."""

    turns: tuple[Turn, ...]
    budget: int

    @property
    def filters(self) -> tuple[FoundFilter, ...]:
        """Those of the last turn."""
        return self.turns[-1].answer.filters_found

    def leads_to(self, question: str) -> bool:
        """Whether this question cannot be understood without what was said."""
        return leans(question)

    def rephrased(self, question: str, model: ChatModel | None) -> str:
        """The question made to stand alone."""
        return condense(question, self.turns, model, self.budget)


class Chat:
    """A conversation with an assistant; get one with ``Assistant.chat()``.

    A question that leans on what was said is made to stand alone before it is searched for
    (``Answer.searched``); any other one is asked as it is. One conversation is for one reader: its
    questions are asked one after the other.
    """

    def __init__(self, asker: Callable[[], Asker], settings: Settings, history: Iterable[Turn] = ()) -> None:
        """Use ``Assistant.chat()``."""
        self._asker = asker
        self._settings = settings
        self._turns = [*history]

    @property
    def history(self) -> tuple[Turn, ...]:
        """The questions that were answered, oldest first, each with its answer."""
        return tuple(self._turns)

    def ask(self, question: str, **options: Unpack[Options]) -> Answer:
        """The answer to the next question; raises and takes options as ``Assistant.ask``."""
        return last(self.stream(question, **options))

    def stream(self, question: str, **options: Unpack[Options]) -> Generator[Event]:
        """:meth:`ask` as events; a stream that is closed before ``Done`` leaves no turn behind."""
        turns = self.history
        context = Said(turns, self._settings.max_history_tokens) if turns else None
        with closing(self._asker().stream(question, options, context)) as events:
            for event in events:
                if isinstance(event, Done):
                    answer = event.answer
                    self._turns.append(Turn(answer.question, answer.searched, answer))
                yield event

    async def aask(self, question: str, **options: Unpack[Options]) -> Answer:
        """:meth:`ask` for asynchronous code; runs in a thread."""
        return await asyncio.to_thread(partial(self.ask, question, **options))

    async def astream(self, question: str, **options: Unpack[Options]) -> AsyncGenerator[Event]:
        """:meth:`stream` for asynchronous code; each event is made in a thread."""
        async for event in in_thread(self.stream(question, **options)):
            yield event

    # -- files ---------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the conversation to a JSON file; raises ``UsageError`` where that cannot be written."""
        save(SavedChat(self.history), path)

    @classmethod
    def load(cls, path: str | Path, assistant: Questions) -> Self:
        """A conversation as it was saved, to be gone on with.

        Raises:
            SavedFileError: it cannot be read; says where in the file.
        """
        saved = opened(path)
        if not isinstance(saved, SavedChat):
            raise SavedFileError(f"{path} holds no conversation.", "Name another file.")
        return cls(assistant._asker, assistant.settings, saved.turns)

    def replay(self) -> Iterator[Event]:
        """The events of all turns again, each turn opened by its question as a ``Status``; asks nothing."""
        for turn in self._turns:
            yield Status(turn.question)
            yield from replayed(turn.answer)
