"""llama-index: its vector index over Chroma, its fusion of words and vectors, and its citing query engine."""

# Its libraries are not among those that the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore, misc, no-any-return"

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import chromadb
import chromadb.config
from llama_index.core import Settings, StorageContext, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.retrievers import QueryFusionRetriever, VectorIndexRetriever
from llama_index.core.schema import QueryBundle, TextNode
from llama_index.llms.openai_like import OpenAILike
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.chroma import ChromaVectorStore

from .port import DEPTH, Corpus, Vector


class Given(BaseEmbedding):
    """The vector of the question that is being asked; papers bring theirs."""

    vector: list[float] = []  # noqa: RUF012 - a field of pydantic's

    def _get_query_embedding(self, query: str) -> list[float]:
        del query
        return self.vector

    def _get_text_embedding(self, text: str) -> list[float]:
        del text
        return self.vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class LlamaIndex:
    """A ``VectorStoreIndex`` over Chroma, made as the documentation makes it."""

    def __init__(self) -> None:
        """Replace the defaults that would call OpenAI."""
        self._given = Given()
        Settings.embed_model = self._given
        Settings.llm = MockLLM()

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Nodes with their vectors, in llama-index's batches of 2048."""
        rows = corpus.rows()
        vectors = corpus.matrix(len(rows))
        self._nodes = [
            TextNode(id_=row["id"], text=row["text"], embedding=vector.tolist())
            for row, vector in zip(rows, vectors, strict=True)
        ]
        client = chromadb.PersistentClient(
            str(folder), settings=chromadb.config.Settings(anonymized_telemetry=False)
        )
        store = ChromaVectorStore(
            chroma_collection=client.create_collection("papers", embedding_function=None)
        )
        self._index = VectorStoreIndex(
            self._nodes, storage_context=StorageContext.from_defaults(vector_store=store)
        )

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """The nearest nodes."""
        del options
        nodes = self._retriever(k).retrieve(QueryBundle(question, embedding=vector.tolist()))
        return [found.node.node_id for found in nodes]

    def ask(self, question: str, vector: Vector, url: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """An answer of the citing engine, its text as it is streamed."""
        self._given.vector = vector.tolist()
        model = OpenAILike(
            model="test-model", api_base=url, api_key="none", is_chat_model=True, max_retries=0
        )
        start = time.perf_counter()
        engine = CitationQueryEngine.from_args(
            self._index, llm=model, similarity_top_k=options.get("sources", 2), streaming=True
        )
        first, pieces = 0.0, []
        reply: Any = engine.query(question)
        for piece in reply.response_gen:
            first = first or time.perf_counter() - start
            pieces.append(piece)
        return {"text": "".join(pieces), "first": first, "marked": False}

    def _retriever(self, k: int) -> Any:
        return VectorIndexRetriever(self._index, similarity_top_k=k)


class Fusion(LlamaIndex):
    """A ``QueryFusionRetriever`` over BM25 and vectors; ``options["mode"]`` says how they are fused."""

    def index(self, corpus: Corpus, folder: Path) -> None:
        """The vector index, and BM25 over the same nodes."""
        super().index(corpus, folder)
        # Its BM25 keeps what a node holds, and the fusion knows equals by their text and metadata.
        for node in self._nodes:
            node.embedding = None
        words = BM25Retriever.from_defaults(nodes=self._nodes, similarity_top_k=min(DEPTH, len(self._nodes)))
        self._legs = [words, self._retriever(min(DEPTH, len(self._nodes)))]

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """The best of both legs."""
        fusion = QueryFusionRetriever(
            self._legs,
            llm=Settings.llm,
            mode=options.get("mode", "reciprocal_rerank"),
            similarity_top_k=k,
            num_queries=1,
            use_async=False,
        )
        found = fusion.retrieve(QueryBundle(question, embedding=vector.tolist()))
        return [each.node.node_id for each in found]
