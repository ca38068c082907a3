"""The line under the chat: how the collection stands, and once there is an answer, what became of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import AssistantError
from . import panels
from .conversation import Conversation
from .escaping import shortened
from .preparation import Preparation

if TYPE_CHECKING:
    from ..assistant import Assistant


class Standing:
    """What can be said of one server's collection and of the conversations with it, as safe HTML."""

    def __init__(self, assistant: Assistant, preparation: Preparation) -> None:
        self._assistant = assistant
        self._preparation = preparation

    def line(self, conversation: Conversation | None) -> str:
        """What it says: of the collection, and once that is there of the last answer."""
        if conversation is None or conversation.last is None or self._preparation.under_way:
            return self.collection()
        return panels.status(conversation.last.summary())

    def collection(self) -> str:
        """How far the collection is."""
        snapshot = self._preparation.snapshot()
        match snapshot.phase:
            case "indexing":
                message = "Reading the sample collection, this once."
                return panels.progress(message, snapshot.done, snapshot.total, snapshot.rate)
            case "opening":
                return panels.progress("Opening the collection.", 0, 0, 0.0)
            case "ready":
                return panels.status(f"{self._papers():,} papers, ready for your question.")
            case "failed":
                return panels.status(shortened(snapshot.problem, 500))

    def _papers(self) -> int:
        """How many there are now; of an index that fails meanwhile, a question will tell."""
        with suppress(AssistantError):
            return self._assistant.status().papers
        return 0
