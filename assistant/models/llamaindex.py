"""Our models as llama-index classes; it knows only the ports. ``from_llamaindex`` goes the other way.

To import it imports llama-index-core, which takes seconds: do so inside functions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.generic_utils import (
    chat_response_to_completion_response,
    stream_chat_response_to_completion_response,
)
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.custom import CustomLLM

from ..threads import in_thread
from ..types import Usage
from .from_llamaindex import chat_from, embedder_from
from .ports import ChatModel, Embedder, EndOfReply, Message

__all__ = ["MiniLMEmbedding", "OpenAICompatible", "chat_from", "embedder_from"]


class MiniLMEmbedding(BaseEmbedding):
    """An ``Embedder`` of ours, by default the shipped MiniLM, as a llama-index embedding model."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder | None = None, **kwargs: Any) -> None:
        if embedder is None:
            from .embedder import MiniLM

            embedder = MiniLM()
        super().__init__(**{"model_name": embedder.fingerprint, "embed_batch_size": 64, **kwargs})
        self._embedder = embedder

    @classmethod
    def class_name(cls) -> str:
        """The name under which llama-index serialises it."""
        return "MiniLMEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return _floats(self._embedder.embed_query(query))

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [_floats(vector) for vector in self._embedder.embed(texts)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


class OpenAICompatible(CustomLLM):
    """A ``ChatModel`` of ours as a llama-index language model, one call of it for each of theirs.

    What the reply took is in ``additional_kwargs`` (``prompt_tokens``, ``completion_tokens``, and
    ``finish_reason``: "length" where it was cut). Raises our ``ModelError``.
    """

    max_tokens: int = Field(default=1200, gt=0)
    context_window: int = Field(default=8192, gt=0)
    _chat: ChatModel = PrivateAttr()

    def __init__(self, chat: ChatModel, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._chat = chat

    @classmethod
    def class_name(cls) -> str:
        """The name under which llama-index serialises it."""
        return "OpenAICompatible"

    @property
    def metadata(self) -> LLMMetadata:
        """What llama-index wants to know of a model before it asks."""
        return LLMMetadata(
            context_window=self.context_window,
            num_output=self.max_tokens,
            is_chat_model=True,
            model_name=self._chat.name,
        )

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The whole reply to a chat."""
        return _last(self._replies(messages, **kwargs))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """The reply to a chat as it grows."""
        return self._replies(messages, **kwargs)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """The whole reply to a prompt, put as the one message of a user."""
        return chat_response_to_completion_response(
            _last(self._replies(self._asked(prompt, formatted), **kwargs))
        )

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The reply to a prompt as it grows."""
        return stream_chat_response_to_completion_response(
            self._replies(self._asked(prompt, formatted), **kwargs)
        )

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """``chat`` on a thread."""
        return await asyncio.to_thread(_last, self._replies(messages, **kwargs))

    @llm_chat_callback()
    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """``stream_chat`` on a thread."""
        return in_thread(self._replies(messages, **kwargs))

    @llm_completion_callback()
    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """``complete`` on a thread."""
        reply = await asyncio.to_thread(_last, self._replies(self._asked(prompt, formatted), **kwargs))
        return chat_response_to_completion_response(reply)

    @llm_completion_callback()
    async def astream_complete(
        self,
        prompt: str,
        formatted: bool = False,
        **kwargs: Any,
    ) -> CompletionResponseAsyncGen:
        """``stream_complete`` on a thread."""
        replies = self._replies(self._asked(prompt, formatted), **kwargs)
        return in_thread(stream_chat_response_to_completion_response(replies))

    def _asked(self, prompt: str, formatted: bool) -> list[ChatMessage]:
        return [
            ChatMessage(
                role=MessageRole.USER,
                content=prompt if formatted else (self.completion_to_prompt or str)(prompt),
            )
        ]

    def _replies(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None, **_: Any
    ) -> Generator[ChatResponse]:
        """The reply so far, once for each piece and once with what it took."""
        text = ""
        asked = [_message(message) for message in messages]
        with closing(self._chat.stream(asked, max_tokens=max_tokens or self.max_tokens)) as pieces:
            for piece in pieces:
                delta = piece if isinstance(piece, str) else ""
                text += delta
                yield ChatResponse(
                    message=ChatMessage(role=MessageRole.ASSISTANT, content=text),
                    delta=delta,
                    additional_kwargs=_ending(piece) if isinstance(piece, Usage) else {},
                )


def _message(message: ChatMessage) -> Message:
    """Their message as ours: what is neither system nor assistant speaks to the model as a user does."""
    match message.role:
        case MessageRole.SYSTEM | MessageRole.DEVELOPER:
            return Message("system", message.content or "")
        case MessageRole.ASSISTANT | MessageRole.MODEL | MessageRole.CHATBOT:
            return Message("assistant", message.content or "")
        case _:
            return Message("user", message.content or "")


def _ending(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "finish_reason": "length" if isinstance(usage, EndOfReply) and usage.cut else "stop",
    }


def _last(replies: Generator[ChatResponse]) -> ChatResponse:
    """The last of at least one reply, not as a step of a stream."""
    reply = ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=""))
    for reply in replies:  # noqa: B007
        pass
    reply.delta = None
    return reply


def _floats(vector: Any) -> list[float]:
    return [float(x) for x in vector]
