"""Tells llama-index's listeners of one retrieval; knows only what was asked and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from ..models.observed import Span
from ..types import Hit


class Retrieval:
    """The span of one retrieval."""

    def __init__(self, question: str, parent: Span) -> None:
        """Tell that it starts, below the span ``parent``."""
        from llama_index.core.instrumentation.events.retrieval import RetrievalStartEvent

        self._question = question
        self._span = Span("PaperRetriever.retrieve", parent)
        self._span.tell(RetrievalStartEvent(str_or_query_bundle=question))
        self._ended = False

    def end(self, hits: Sequence[Hit]) -> None:
        """Tell what was found; only the first time counts."""
        from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent

        from .llamaindex import nodes

        if self._ended:
            return
        self._ended = True
        found = nodes(hits)
        self._span.tell(RetrievalEndEvent(str_or_query_bundle=self._question, nodes=found))
        self._span.close(found)
