"""What the rest of the house needs of a model: an embedder and a chat model, nothing of any vendor."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeGuard

import numpy as np
from numpy.typing import NDArray

from ..types import Usage

Vectors = NDArray[np.float32]
Spans = Sequence[tuple[int, int]]
"""Parts of a text as ``(start, end)``, in characters, in their order."""
Schema = Mapping[str, Any]
"""A JSON schema, with a ``title``."""
NO_VECTORS: Vectors = np.empty((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Embedder(Protocol):
    """Texts in, unit vectors out."""

    @property
    def fingerprint(self) -> str:
        """Names the vector space: equal fingerprints mean comparable vectors. Kept in the manifest."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    @property
    def unrelated_below(self) -> float | None:
        """The cosine under which a question and a paper have nothing to do with each other, if known."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)``, unit length, in the order of ``texts``."""

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question, shape ``(dimension,)``, unit length."""


class PartsEmbedder(Embedder, Protocol):
    """An embedder that gives vectors of a text's parts in the run that embeds the text."""

    def embed_with_parts(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, list[Vectors]]:
        """The vectors of ``embed``, and for each text those of its parts, shape ``(parts, dimension)``.

        They have unit length, or length 0 for a part that the embedder does not reach.
        """


def gives_parts(embedder: Embedder) -> TypeGuard[PartsEmbedder]:
    """Whether it is a ``PartsEmbedder``; ``isinstance`` would ask an endpoint for its dimension."""
    return hasattr(embedder, "embed_with_parts")


@dataclass(frozen=True, slots=True)
class EndOfReply(Usage):
    """The last item of a stream: what the reply took, and whether it was ``cut`` at ``max_tokens``."""

    cut: bool = False


class ChatModel(Protocol):
    """A language model that answers a list of messages."""

    @property
    def name(self) -> str:
        """The model's name, as shown to the reader."""

    @property
    def window(self) -> int | None:
        """The most tokens of prompt and reply together, as far as that is known by now."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Schema | None = None
    ) -> Generator[str | Usage]:
        """Pieces of the reply as they arrive, then one ``Usage`` (an ``EndOfReply`` where it is known).

        ``schema`` is what the reply should be; not every endpoint heeds one, so the messages say it too.
        Closing the generator closes the connection. Raises a ``ModelError``; whatever came before it
        stands, so the caller decides what a half reply is worth.
        """
