"""Which embedder and which chat model serve: the user's own, the configured one, or the embedded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..settings import Settings
from .ports import ChatModel, Embedder

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.base.llms.base import BaseLLM


def choose_embedder(settings: Settings, embed_model: BaseEmbedding | None) -> Embedder:
    """The user's llama-index embedding, else the configured endpoint, else the embedded MiniLM."""
    if embed_model is not None:
        from .from_llamaindex import embedder_from

        return embedder_from(embed_model)
    if settings.embed_model:
        from .openai_embedder import OpenAIEmbedder

        return OpenAIEmbedder(settings)
    from .embedder import MiniLM

    return MiniLM()


def choose_chat(settings: Settings, llm: BaseLLM | None) -> ChatModel | None:
    """The user's llama-index model, else the configured endpoint, else none: then papers are quoted."""
    if llm is not None:
        from .from_llamaindex import chat_from

        return chat_from(llm)
    if settings.has_model:
        from .chat import OpenAIChat

        return OpenAIChat(settings)
    return None


def identity_of(settings: Settings, llm: BaseLLM | None) -> str:
    """Which model ``choose_chat`` gives, and with which options; empty where that cannot be told."""
    if llm is None:
        return f"{settings.model} at {settings.endpoint}"
    try:
        return f"{type(llm).__qualname__} {llm.to_json()}"
    except Exception:  # noqa: BLE001 - the user's object may raise anything
        return ""
