"""How far a collection is from being asked, as a line of the page; knows no component."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import AssistantError
from .escaping import shortened
from .panels import progress, status
from .preparation import Preparation

if TYPE_CHECKING:
    from ..assistant import Assistant


def readiness(preparation: Preparation, assistant: Assistant | None = None) -> str:
    """The line as safe HTML; ``assistant`` knows how many papers there are by now."""
    snapshot = preparation.snapshot()
    match snapshot.phase:
        case "indexing":
            message = "Reading the sample collection, this once."
            return progress(message, snapshot.done, snapshot.total, snapshot.rate)
        case "opening":
            return progress("Opening the collection.", 0, 0, 0.0)
        case "ready":
            papers = snapshot.papers if assistant is None else _papers(assistant)
            if not papers:
                return status("This library has no papers yet: add some under Library.")
            return status(f"{papers:,} papers, ready for your question.")
        case "failed":
            return status(shortened(snapshot.problem, 500))


def _papers(assistant: Assistant) -> int:
    """How many there are now; of an index that fails meanwhile, a question will tell."""
    with suppress(AssistantError):
        return assistant.status().papers
    return 0
