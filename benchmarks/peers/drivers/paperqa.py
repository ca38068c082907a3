"""paper-qa with texts that are split already, one an abstract, and its own settings of how many it reads."""

# Its libraries are not among those that the project is checked with.
# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore, misc, no-any-return"

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it is fetched at import

from lmi import EmbeddingModel
from paperqa import Docs, Settings
from paperqa.types import Doc, Text

from .port import Corpus, Vector

_MODEL = "openai/test-model"


class Given(EmbeddingModel):
    """The vector of the question that is being asked; papers bring theirs."""

    name: str = "given"
    vector: list[float] = []  # noqa: RUF012 - a field of pydantic's

    async def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The same for each text: there is only the question."""
        return [self.vector for _ in texts]


class PaperQa:
    """A ``Docs`` of papers with one text each."""

    def __init__(self) -> None:
        """One event loop for the process, as its clients are bound to one."""
        self._loop = asyncio.new_event_loop()
        self._given = Given()

    def index(self, corpus: Corpus, folder: Path) -> None:
        """Add the texts with their vectors; nothing is kept on the disk."""
        del folder
        rows = corpus.rows()
        self._docs = Docs()
        self._settings = Settings()
        self._loop.run_until_complete(self._add(rows, corpus.matrix(len(rows))))

    async def _add(self, rows: Sequence[Mapping[str, str]], vectors: Vector) -> None:
        for row, vector in zip(rows, vectors, strict=True):
            doc = Doc(docname=row["id"], dockey=row["id"], citation=row["title"])
            text = Text(text=row["text"], name=row["id"], doc=doc, embedding=vector.tolist())
            await self._docs.aadd_texts([text], doc, self._settings, self._given)

    def search(self, question: str, vector: Vector, k: int, options: Mapping[str, Any]) -> Sequence[str]:
        """What its search for evidence reads."""
        del options
        self._given.vector = vector.tolist()
        found = self._docs.retrieve_texts(question, k, self._settings, self._given)
        return [text.name for text in self._loop.run_until_complete(found)]

    def ask(self, question: str, vector: Vector, url: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Evidence summarised text by text, then the answer."""
        del options
        self._given.vector = vector.tolist()
        start = time.perf_counter()
        heard: list[float] = []

        def hear(_: str) -> None:
            heard.append(time.perf_counter() - start)

        session = self._loop.run_until_complete(self._ask(question, self._at(url), hear))
        first = heard[0] if heard else time.perf_counter() - start
        return {"text": session.formatted_answer, "first": first, "marked": False}

    async def _ask(self, question: str, settings: Any, hear: Any) -> Any:
        found = await self._docs.aget_evidence(question, settings, embedding_model=self._given)
        return await self._docs.aquery(found, settings, callbacks=[hear], embedding_model=self._given)

    def _at(self, url: str) -> Any:
        """Its own settings, with the model at this address."""
        parameters = {"model": _MODEL, "api_base": url, "api_key": "none", "max_retries": 0}
        router = {"model_list": [{"model_name": _MODEL, "litellm_params": parameters}]}
        return Settings(llm=_MODEL, llm_config=router, summary_llm=_MODEL, summary_llm_config=router)
