"""An embedding model behind any OpenAI-compatible endpoint; it knows nothing of papers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from threading import Event
from typing import Self

import numpy as np

from ..settings import Settings
from ..threads import side_by_side
from . import chat_errors as failing
from . import tokens
from .connection import Connection
from .endpoint import Names
from .networks import encodable
from .ports import Vectors
from .retry import Deadline
from .vector_requests import VectorRequests

_MOST_TOKENS = 250_000
"""Of one request: OpenAI takes 300,000."""
_LEAST_TEXTS = 8
"""Fewer texts are not worth a request of their own beside others."""
_CUTS = 5
"""How often a text that the endpoint finds too long is halved: from 8,191 tokens to 255."""
_CHECK_SECONDS = 30.0
"""A local server may have to load the model first."""


class OpenAIEmbedder:
    """An ``Embedder`` behind ``POST {base_url}/embeddings``. Several threads may use one.

    A call of :meth:`embed` gives all vectors or raises a ``ModelError``.
    """

    def __init__(self, settings: Settings) -> None:
        """Use the ``embed_*`` settings; nothing is sent before the first text.

        Raises:
            SettingsError: the key is none that can be sent.
        """
        self._settings = settings
        self._connection = Connection(settings.for_embedding(), Names.for_embedding(settings))
        self._requests = VectorRequests(self._connection, settings.embed_dimensions)
        self._batch = settings.embed_batch

    @property
    def name(self) -> str:
        """The model's name."""
        return self._connection.endpoint.model

    @property
    def fingerprint(self) -> str:
        """The model and all that we add to it, but not where it is served.

        The same weights give the same vectors on any host, and a library that has cost money to embed must
        survive a move. What two hosts call by one name and is not the same model, only the vectors' length
        can tell, and the index compares it whenever vectors come.
        """
        settings = self._settings
        parts = [f"endpoint:{self.name}"]
        if settings.embed_dimensions:
            parts.append(f"dimensions={settings.embed_dimensions}")
        if settings.embed_query_prefix:
            parts.append(f"query={json.dumps(settings.embed_query_prefix)}")
        if settings.embed_text_prefix:
            parts.append(f"text={json.dumps(settings.embed_text_prefix)}")
        return " ".join(parts)

    @property
    def dimension(self) -> int:
        """The length of a vector: as set, or as the first vector had it, which a call is made for."""
        return self._requests.dimension or len(self.embed_query("dimension"))

    @property
    def unrelated_below(self) -> None:
        """Not known of a foreign model; ``ASSISTANT_EMBED_UNRELATED_BELOW`` says it."""
        return

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)`` and length 1, in the order of ``texts``."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        batches = self._batches([self._fitted(self._settings.embed_text_prefix, text) for text in texts])
        left = Event()
        try:
            workers = self._settings.embed_concurrency
            return np.concatenate(side_by_side(partial(self._vectors, left=left), batches, workers))
        finally:
            left.set()

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question, shape ``(dimension,)``, length 1."""
        vector: Vectors = self._vectors([self._fitted(self._settings.embed_query_prefix, text)])[0]
        return vector

    def check(self) -> str:
        """A sentence saying that the endpoint answers as the model; raises a ``ModelError`` otherwise.

        One attempt, and at most ``_CHECK_SECONDS``.
        """
        deadline = Deadline(min(_CHECK_SECONDS, self._settings.deadline))
        attempt = partial(self._requests.ask, ["a test"], deadline=deadline)
        found = self._connection.retrying(attempt, deadline, once=True)
        if isinstance(found, failing.Failure):
            raise found.error
        place = self._connection.endpoint.place
        return (
            f"{place[0].upper()}{place[1:]} answers as the embedding model '{self.name}', "
            f"{found.shape[1]} dimensions."
        )

    def close(self) -> None:
        """Give back idle connections; the next use opens new ones."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<OpenAIEmbedder {self._connection}>"

    # -- what a request holds ------------------------------------------------------------------------

    def _fitted(self, prefix: str, text: str) -> str:
        """What is sent for a text: an empty one is refused by most endpoints."""
        return tokens.cut(encodable(prefix + text), self._settings.embed_max_tokens, self.name) or " "

    def _batches(self, texts: list[str]) -> list[list[str]]:
        """The texts in requests, as even as to keep all workers busy, none beyond a request's limits."""
        share = -(-len(texts) // self._settings.embed_concurrency)
        most = min(self._batch, max(share, _LEAST_TEXTS))
        sizes = [len(text.encode()) for text in texts]  # in bytes, of which a token is at least one
        if sum(sizes) > _MOST_TOKENS:
            sizes = [tokens.count(text, self.name) for text in texts]
        batches: list[list[str]] = []
        room = 0
        for text, size in zip(texts, sizes, strict=True):
            if not batches or len(batches[-1]) == most or size > room:
                batches.append([])
                room = _MOST_TOKENS
            batches[-1].append(text)
            room -= size
        return batches

    # -- requests ------------------------------------------------------------------------------------

    def _vectors(self, texts: list[str], left: Event | None = None) -> Vectors:
        """The vectors of one request's texts, in parts where they are too much for one request."""
        deadline = Deadline(self._settings.deadline)
        found = self._tried(texts, deadline, left)
        return self._divided(texts, found, deadline, left) if isinstance(found, failing.Failure) else found

    def _divided(
        self, texts: list[str], failure: failing.Failure, deadline: Deadline, left: Event | None
    ) -> Vectors:
        """The vectors of texts that were too much: in halves, and those of a single one's beginning."""
        if len(texts) == 1:
            return self._shortened(texts[0], failure, deadline, left)
        middle = len(texts) // 2
        halves = texts[:middle], texts[middle:]
        tried = [self._tried(half, deadline, left) for half in halves]
        if failure.case is failing.SIZE and not any(isinstance(part, failing.Failure) for part in tried):
            self._batch = min(self._batch, middle)  # no text was too long, so there were too many
        return np.concatenate(
            [
                self._divided(half, part, deadline, left) if isinstance(part, failing.Failure) else part
                for half, part in zip(halves, tried, strict=True)
            ]
        )

    def _shortened(
        self, text: str, failure: failing.Failure, deadline: Deadline, left: Event | None
    ) -> Vectors:
        """The vector of a text's first half, or the half of that: endpoints tell the limit in many ways."""
        limit = tokens.count(text, self.name)
        for _ in range(_CUTS):
            limit //= 2
            found = self._tried([tokens.cut(text, limit, self.name) or " "], deadline, left)
            if not isinstance(found, failing.Failure):
                return found
        raise failure.error

    def _tried(self, texts: list[str], deadline: Deadline, left: Event | None) -> Vectors | failing.Failure:
        attempt = partial(self._requests.ask, texts, deadline=deadline, left=left)
        return self._connection.retrying(attempt, deadline)
