"""The line under the chat: how the collection stands, and once there is an answer, what became of it."""

from __future__ import annotations

from contextlib import suppress

from ..errors import AssistantError
from . import panels
from .conversation import Conversation
from .escaping import shortened
from .libraries import OpenLibrary
from .sessions import Session


def line(session: Session, conversation: Conversation | None) -> str:
    """What it says, as safe HTML: of the library, and once that is there of the last answer."""
    preparing = session.library.preparation.under_way
    if conversation is None or conversation.last is None or preparing:
        return collection(session.library)
    return panels.status(conversation.last.summary())


def collection(library: OpenLibrary) -> str:
    """How far a library is, as safe HTML."""
    snapshot = library.preparation.snapshot()
    match snapshot.phase:
        case "indexing":
            message = "Reading the sample collection, this once."
            return panels.progress(message, snapshot.done, snapshot.total, snapshot.rate)
        case "opening":
            return panels.progress("Opening the collection.", 0, 0, 0.0)
        case "ready":
            papers = _papers(library)
            if not papers:
                return panels.status("This library has no papers yet: add some under Library.")
            return panels.status(f"{panels.papers(papers)}, ready for your question.")
        case "failed":
            return panels.status(shortened(snapshot.problem, 500))


def _papers(library: OpenLibrary) -> int:
    """How many there are now; of an index that fails meanwhile, a question will tell."""
    with suppress(AssistantError):
        return library.assistant.status().papers
    return 0
