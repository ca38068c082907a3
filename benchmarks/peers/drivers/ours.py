"""paper-assistant itself, through its facade; the vectors are given, as they are to the peers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant, Done, Paper, Settings, Token
from assistant.models.embedder import MiniLM
from assistant.models.ports import Vectors

from ...scale import Known
from .port import Corpus, Vector


class _Given(Known):
    """The shipped embedder, for which the vector of the question is known already."""

    vector: Vectors

    def embed_query(self, text: str) -> Vectors:
        del text
        return self.vector

    def embed(self, texts: Sequence[str]) -> Vectors:
        """What an answer says is new, and has to be embedded."""
        return MiniLM.embed_with_parts(self, texts, [()] * len(texts))[0]


class Ours:
    """An index in a folder, with a model at an address or without one."""

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Split, compare and write everything, as ``add`` does."""
        self._embedder = _Given(corpus.vectors.parent)
        self._folder = folder / "index"
        self._assistants: dict[str, Assistant] = {}
        rows = corpus.rows()
        self._open("").add(Paper(row["id"], row["title"], row["abstract"]) for row in rows)

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """The best papers, their evidence sentences included."""
        del options
        self._embedder.vector = vector
        return [hit.id for hit in self._open("").search(question, k)]

    def ask(self, question: str, vector: Vector, url: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """A cited and audited answer."""
        del options
        self._embedder.vector = vector
        start, first = time.perf_counter(), 0.0
        with closing(self._open(url).stream(question)) as events:
            for event in events:
                if isinstance(event, Token):
                    first = first or time.perf_counter() - start
                elif isinstance(event, Done):
                    answer = event.answer
        return {"text": answer.text, "first": first, "marked": doubted(answer)}

    def _open(self, url: str) -> Assistant:
        """The assistant that asks this address; one at a time owns the index."""
        if url not in self._assistants:
            for each in self._assistants.values():
                each.close()
            model: dict[str, Any] = {"base_url": url, "api_key": "none", "model": "test-model"} if url else {}
            settings = Settings.load(index=self._folder, cache_mb=0, **model)
            library = Assistant.open(settings=settings)
            library._held._embedder = self._embedder
            self._assistants = {url: library}
        return self._assistants[url]


def doubted(answer: Answer) -> bool:
    """Whether the reader sees doubt: a claim's badge, or a sentence on citations that were removed."""
    badges = any(claim.support in {"partial", "unsupported"} for claim in answer.claims)
    return badges or bool(answer.notices)
