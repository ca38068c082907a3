"""The hybrid search as a llama-index retriever; knows only a search function."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ..types import Hit


class PaperRetriever(BaseRetriever):
    """One node a paper: its id, title and abstract as text, the rest as metadata, the fused score.

    The evidence sentences stand in ``metadata["evidence"]``, best first, out of sight of embedders and
    models, which get them with the text anyway.
    """

    def __init__(self, search: Callable[[str, int], list[Hit]], k: int = 8) -> None:
        """Retrieve the ``k`` best papers with ``search(question, k)``."""
        super().__init__()
        self._search = search
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return nodes(self._search(query_bundle.query_str, self._k))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def nodes(hits: Iterable[Hit]) -> list[NodeWithScore]:
    """The hits as llama-index has them."""
    return [NodeWithScore(node=_node(hit), score=hit.score) for hit in hits]


def _node(hit: Hit) -> TextNode:
    paper = hit.paper
    metadata = {
        "title": paper.title,
        "authors": ", ".join(paper.authors),
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.url,
        "evidence": [evidence.text for evidence in hit.evidence],
    }
    shown = {key: value for key, value in metadata.items() if value}
    hidden = list(shown)  # the text holds what matters
    return TextNode(
        id_=paper.id,
        text=paper.text,
        metadata=shown,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )
