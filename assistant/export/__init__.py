"""Results as JSON: the shapes that the command line prints, kept stable and documented in docs/json.md."""

from .answers import answer_json, conversation_json
from .collection import (
    RebuiltJson,
    added_json,
    checks_json,
    error_json,
    queries_json,
    refreshed_json,
    status_json,
)
from .events import Json, event_json
from .papers import UndoneJson, hits_json, moved_json, papers_json, topic_json, topics_json
from .summaries import cards_json, summary_json

__all__ = [
    "Json",
    "RebuiltJson",
    "UndoneJson",
    "added_json",
    "answer_json",
    "cards_json",
    "checks_json",
    "conversation_json",
    "error_json",
    "event_json",
    "hits_json",
    "moved_json",
    "papers_json",
    "queries_json",
    "refreshed_json",
    "status_json",
    "summary_json",
    "topic_json",
    "topics_json",
]
