"""paper-assistant: cited answers from a collection of papers.

``from assistant import Assistant`` is all that most programs need. Importing the package is light: what
a name needs is imported when the name is first used (PEP 562).
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assistant import Assistant
    from .cards import Cards, Cell, Figure, PaperCard
    from .conversation.chat import Chat
    from .corpus import sample_collection
    from .errors import AssistantError
    from .events import Audited, Done, Sources, Status, Token
    from .grouped import Topic, Topics
    from .online.saved import Refreshed, SavedQuery
    from .progress import Progress
    from .settings import Settings
    from .types import (
        Answer,
        Citation,
        Claim,
        Evidence,
        Filters,
        Fold,
        FoundFilter,
        Hit,
        ImportReport,
        IndexStatus,
        Paper,
        Proposal,
        Refusal,
        Rejected,
        Sentence,
        Trace,
        Usage,
    )

# onnxruntime reports its usage unless told not to before it is imported, by whoever does that first.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"

_HOMES = {
    **dict.fromkeys(("Audited", "Done", "Sources", "Status", "Token"), "events"),
    "Assistant": "assistant",
    **dict.fromkeys(("Cards", "Cell", "Figure", "PaperCard"), "cards"),
    "Chat": "conversation.chat",
    "AssistantError": "errors",
    "Progress": "progress",
    "Refreshed": "online.saved",
    "SavedQuery": "online.saved",
    "Settings": "settings",
    "Topic": "grouped",
    "Topics": "grouped",
    "sample_collection": "corpus",
}

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Audited",
    "Cards",
    "Cell",
    "Chat",
    "Citation",
    "Claim",
    "Done",
    "Evidence",
    "Figure",
    "Filters",
    "Fold",
    "FoundFilter",
    "Hit",
    "ImportReport",
    "IndexStatus",
    "Paper",
    "PaperCard",
    "Progress",
    "Proposal",
    "Refreshed",
    "Refusal",
    "Rejected",
    "SavedQuery",
    "Sentence",
    "Settings",
    "Sources",
    "Status",
    "Token",
    "Topic",
    "Topics",
    "Trace",
    "Usage",
    "__version__",
    "sample_collection",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES.get(name, 'types')}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
