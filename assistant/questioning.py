"""What can be asked of an assistant: the half of the facade that is about questions."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Generator, Iterable
from functools import partial
from typing import TYPE_CHECKING, Unpack

from .events import Event, last
from .settings import Settings
from .threads import in_thread
from .types import Answer

if TYPE_CHECKING:
    from .asking import Asker, Options
    from .conversation.chat import Chat
    from .saved import Turn


class Questions(ABC):
    """Answers, streams and conversations; ``options`` are those of :class:`assistant.asking.Options`."""

    settings: Settings

    @abstractmethod
    def _asker(self) -> Asker:
        """What answers."""

    def ask(self, question: str, **options: Unpack[Options]) -> Answer:
        """A cited answer, or a refusal; where the language model fails, the papers are quoted instead.

        Raises:
            QuestionError, IndexStoreError, ModelError: as ``search``, since nothing can be searched then.
        """
        return last(self.stream(question, **options))

    def stream(self, question: str, **options: Unpack[Options]) -> Generator[Event]:
        """:meth:`ask` as events: ``Status Sources Token Citation Audited Usage Done``.

        Closing the generator stops the model. Raises as :meth:`ask`, before the first event.
        """
        return self._asker().stream(question, options)

    async def aask(self, question: str, **options: Unpack[Options]) -> Answer:
        """:meth:`ask` for asynchronous code; runs in a thread."""
        return await asyncio.to_thread(partial(self.ask, question, **options))

    async def astream(self, question: str, **options: Unpack[Options]) -> AsyncGenerator[Event]:
        """:meth:`stream` for asynchronous code; each event is made in a thread."""
        async for event in in_thread(await asyncio.to_thread(partial(self.stream, question, **options))):
            yield event

    def chat(self, history: Iterable[Turn] = ()) -> Chat:
        """A conversation: follow-up questions are understood by what was said before, from ``history`` on."""
        from .conversation.chat import Chat

        return Chat(self._asker, self.settings, history)

    def follow_ups(self, answer: Answer, most: int = 3) -> list[str]:
        """Questions that may come next, made of the answer's papers, each of which the collection answers.

        Raises:
            IndexStoreError, ModelError: nothing can be searched.
        """
        return self._asker().follow_ups(answer, most)

    def openers(self, most: int = 3) -> list[str]:
        """Questions to begin with, made of papers here and there, each of which the collection answers.

        Raises:
            IndexStoreError, ModelError: nothing can be searched.
        """
        return self._asker().openers(most)
