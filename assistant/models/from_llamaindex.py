"""A user's llama-index models as ours, so that any vendor's serve; it knows no vendor."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from pydantic import SecretStr

from ..errors import ModelReplyError
from . import chat_errors as failing
from . import tokens
from .endpoint import Endpoint
from .ports import ChatModel, Embedder, EndOfReply, Message, Schema, Vectors
from .thoughts import ThoughtFilter
from .vectors import BadVectorsError, unit

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.base.llms.base import BaseLLM
    from llama_index.core.base.llms.types import ChatResponse, CompletionResponse

T = TypeVar("T")

_UNNAMED = {"", "unknown", None}
_COUNT_EVERY = 200
_TOKEN_NAMES = (
    ("prompt_tokens", "completion_tokens"),
    ("input_tokens", "output_tokens"),
    ("prompt_eval_count", "eval_count"),
)


def embedder_from(embed_model: BaseEmbedding) -> Embedder:
    """A llama-index embedding model as an ``Embedder``. Raises a ``ModelError`` for vectors of no use."""
    return _Embedder(embed_model)


def chat_from(llm: BaseLLM) -> ChatModel:
    """A llama-index language model as a ``ChatModel``.

    It is asked with its own settings: what a vendor calls the limit of tokens is not known here, so a
    reply is cut by our own count. Whatever it raises is told as a ``ModelError``.
    """
    return _Chat(llm)


class _Embedder:
    def __init__(self, model: BaseEmbedding) -> None:
        self._model = model
        self._who = _who("the embedding model", model, model.model_name)

    def __repr__(self) -> str:
        return f"<{self._who.place}>"

    @cached_property
    def dimension(self) -> int:
        return len(self._vectors(lambda: [self._model.get_query_embedding("dimension")], 1)[0])

    @property
    def unrelated_below(self) -> None:
        return None

    @property
    def fingerprint(self) -> str:
        return f"{self._model.class_name()}:{self._model.model_name}:{self.dimension}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return self._checked(partial(self._model.get_text_embedding_batch, list(texts)), len(texts))

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._checked(lambda: [self._model.get_query_embedding(text)], 1).reshape(-1)
        return vector

    def _checked(self, ask: Callable[[], Any], count: int) -> Vectors:
        return self._vectors(ask, count, self.dimension)

    def _vectors(self, ask: Callable[[], Any], count: int, dimension: int | None = None) -> Vectors:
        """Unit vectors, as many as texts were asked for."""
        given = _guarded(self._who, ask)
        try:
            return unit(given, count, dimension)
        except BadVectorsError as error:
            did = str(error)
        place = self._who.place
        raise ModelReplyError(f"{place[0].upper()}{place[1:]} {did}.", "Pass another embed_model.")


class _Chat:
    def __init__(self, llm: BaseLLM) -> None:
        self._llm = llm
        about = _guarded(_who("the language model", llm), lambda: llm.metadata)
        model = about.model_name
        self.window = about.context_window if about.context_window > 0 else None
        self._who = _who("the language model", llm, model)
        self.name = llm.class_name() if model in _UNNAMED else model

    def __repr__(self) -> str:
        return f"<{self._who.place}>"

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Schema | None = None,  # noqa: ARG002 - each vendor has another name for it
    ) -> Generator[str | EndOfReply]:
        thoughts, text, cut = ThoughtFilter(), "", False
        prompt = completion = 0
        count_at = max_tokens  # a token is hardly ever less than a character
        with closing(self._replies(messages)) as replies:
            for delta, reply in replies:
                prompt, completion = _usage(reply, (prompt, completion))
                if piece := thoughts.feed(delta):
                    text += piece
                    yield piece
                if len(text) >= count_at:
                    cut = tokens.count(text, self.name) >= max_tokens
                    count_at = len(text) + _COUNT_EVERY
                if cut:
                    break
        if piece := thoughts.finish():
            text += piece
            yield piece
        if not text.strip():
            raise failing.EMPTY.at(self._who).error
        yield EndOfReply(
            prompt or tokens.count_messages(messages, self.name),
            completion or tokens.count(text, self.name),
            calls=1,
            cut=cut,
        )

    def _replies(
        self, messages: Sequence[Message]
    ) -> Generator[tuple[str, ChatResponse | CompletionResponse]]:
        """What each reply of the stream adds to the text, and the reply."""
        seen = ""
        stream = _guarded(self._who, lambda: iter(self._ask(messages)))
        try:
            while (reply := _guarded(self._who, lambda: next(stream, None))) is not None:
                delta = reply.delta
                if delta is None:  # some tell only the whole text so far
                    whole = str(_get(reply, "text") or _get(_get(reply, "message"), "content") or "")
                    delta = whole.removeprefix(seen) if whole.startswith(seen) else ""
                seen += delta
                yield delta, reply
        finally:
            if isinstance(stream, Generator):
                stream.close()

    def _ask(self, messages: Sequence[Message]) -> Iterator[ChatResponse | CompletionResponse]:
        from llama_index.core.base.llms.generic_utils import messages_to_prompt as generic_messages_to_prompt
        from llama_index.core.base.llms.types import ChatMessage, MessageRole

        asked = [ChatMessage(role=MessageRole(message.role), content=message.content) for message in messages]
        if self._llm.metadata.is_chat_model:
            return self._llm.stream_chat(asked)
        as_prompt = getattr(self._llm, "messages_to_prompt", None) or generic_messages_to_prompt
        return self._llm.stream_complete(as_prompt(asked), formatted=True)


def _who(kind: str, model: Any, name: str | None = None) -> Endpoint:
    """How a foreign model is called in messages, and the key that must not stand in them."""
    key = getattr(model, "api_key", None)
    key = key.get_secret_value() if isinstance(key, SecretStr) else key
    shown = f"{kind} {type(model).__name__}" + ("" if name in _UNNAMED else f" '{name}'")
    return Endpoint(shown, name or "", (key,) if key and isinstance(key, str) else (), configured=False)


def _guarded(who: Endpoint, call: Callable[[], T]) -> T:
    """What ``call`` returns; whatever it raises, told as a ``ModelError`` that does not drag it along."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - the user's object may raise anything
        failure = failing.translate(error, who)
    raise failure.error


def _usage(reply: Any, before: tuple[int, int]) -> tuple[int, int]:
    """The tokens that a reply reports, wherever its vendor puts them, else those reported before."""
    raw = getattr(reply, "raw", None)
    for place in (getattr(reply, "additional_kwargs", None), _get(raw, "usage"), raw):
        for names in _TOKEN_NAMES:
            prompt, completion = (_get(place, name) for name in names)
            if isinstance(prompt, int) and isinstance(completion, int) and completion > 0:
                return prompt, completion
    return before


def _get(place: Any, name: str) -> Any:
    return place.get(name) if isinstance(place, dict) else getattr(place, name, None)
