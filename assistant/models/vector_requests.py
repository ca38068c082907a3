"""One request for vectors in the OpenAI protocol and its reply; it knows nothing of limits and batches."""

from __future__ import annotations

import json
from contextlib import closing
from threading import Event, Lock
from typing import Any

from ..errors import ModelReplyError
from . import chat_errors as failing
from .connection import Connection
from .ports import Vectors
from .retry import Deadline
from .vectors import BadVectorsError, in_order, unit

_MOST_BYTES = 1_000_000
"""Of a reply, for each text: 40,000 numbers written out. More is no reply of an embedding model."""


class VectorRequests:
    """``POST {base_url}/embeddings``. Several threads may use one; all its vectors are of one length."""

    def __init__(self, connection: Connection, dimensions: int | None) -> None:
        """Ask for vectors of ``dimensions`` numbers, or for the model's own."""
        self.connection = connection
        self.dimension = dimensions
        """The length of the vectors, ``None`` before it is known."""
        self._dimensions = dimensions
        self._encoding: str | None = "base64"  # a quarter of the bytes, and what the official client asks for
        self._lock = Lock()

    def ask(
        self, texts: list[str], *, deadline: Deadline, left: Event | None = None
    ) -> Vectors | failing.Failure:
        """The vectors of these texts, or, for the caller to mend, the failure of a request that is too large.

        Too large is also what takes longer than an endpoint may be silent, since a reply comes in one
        piece: to ask for the same again would lead nowhere. One request, or two where the first teaches
        that the endpoint does not take our encoding. None once ``left`` is set: then nobody waits for it.
        """
        import openai

        if left is not None and left.is_set():
            raise RuntimeError
        while True:
            encoding = self._encoding
            try:
                return self._checked(self._reply(texts, encoding, deadline), len(texts))
            except openai.APIStatusError as error:
                refusal = failing.refusal_text(error)
                failure = self.connection.translate(error, deadline=deadline)
                if failure.case is failing.SIZE:
                    return failure
                if encoding is None or not ("encoding_format" in refusal or encoding in refusal):
                    raise
            except openai.APITimeoutError as error:
                failure = self.connection.translate(error, deadline=deadline)
                if failure.case is failing.SLOW and len(texts) > 1:
                    return failure
                raise
            self._encoding = None

    def _reply(self, texts: list[str], encoding: str | None, deadline: Deadline) -> bytes:
        """The body of a reply, read no further than it may be long."""
        import openai

        asked: dict[str, object] = {"model": self.connection.endpoint.model, "input": texts}
        if self._dimensions:
            asked["dimensions"] = self._dimensions
        if encoding is not None:
            asked["encoding_format"] = encoding
        # As a stream, though it is none, since only so the reply can be cut at the deadline.
        stream = self.connection.client.post(
            "/embeddings",
            body=asked,
            options={"timeout": self.connection.timeout(deadline)},
            cast_to=object,
            stream=True,
            stream_cls=openai.Stream[object],
        )
        body = bytearray()
        with closing(stream), deadline.cutting(stream.response):
            if "html" in stream.response.headers.get("content-type", "").lower():
                raise failing.PAGE.at(self.connection.endpoint).error
            try:
                for chunk in stream.response.iter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES * len(texts):
                        break
                else:
                    return bytes(body)
            except Exception as error:  # noqa: BLE001 - whatever the HTTP library raises
                failure = self.connection.translate(error, deadline=deadline)
            else:
                failure = failing.NOT_CHAT.at(self.connection.endpoint)
        if failure.case in {failing.UNREACHABLE, failing.OFFLINE}:
            failure = failing.CUT.at(self.connection.endpoint)
        raise failure.error

    def _checked(self, body: bytes, count: int) -> Vectors:
        """The unit vectors of a reply, which are as long as all before them."""
        endpoint = self.connection.endpoint
        reply: Any = json.loads(body)
        if isinstance(reply, dict) and reply.get("error"):
            said = reply["error"] if isinstance(reply["error"], dict) else {"message": reply["error"]}
            raise failing.reported(said, endpoint).error
        data = reply.get("data") if isinstance(reply, dict) else None
        if not isinstance(data, list):
            raise failing.NOT_CHAT.at(endpoint).error
        try:
            rows = in_order(data, count)
            with self._lock:  # the first replies come side by side, and one of them sets the length
                vectors = unit(rows, count, self.dimension)
                self.dimension = vectors.shape[1]
        except BadVectorsError as error:
            did = str(error)
        else:
            return vectors
        raise ModelReplyError(
            f"{endpoint.place[0].upper()}{endpoint.place[1:]} {did} (model '{endpoint.model}').",
            "Check that ASSISTANT_EMBED_MODEL is an embedding model"
            + (" and takes ASSISTANT_EMBED_DIMENSIONS." if self._dimensions else "."),
        )
