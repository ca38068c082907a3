"""Tells llama-index's listeners (OpenTelemetry among them) what we do, as its own classes tell theirs.

Where nobody has imported llama-index nobody listens, and it is not imported for this: that takes seconds.
"""

from __future__ import annotations

import inspect
import sys
import uuid
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from ..types import Usage
from .ports import ChatModel, Message, Schema


def somebody_listens() -> bool:
    """Whether llama-index is there to have listeners."""
    return "llama_index.core.base.base_retriever" in sys.modules


class Span:
    """One step in llama-index's tree of spans.

    Its events are tied to it by hand: a generator may go on in another thread, where a context variable
    would be lost.
    """

    def __init__(self, name: str, parent: Span | None = None) -> None:
        """Open the span below ``parent``."""
        from llama_index_instrumentation import get_dispatcher

        self.id = f"{name}-{uuid.uuid4()}"
        self._dispatcher = get_dispatcher("assistant")
        self._arguments = inspect.Signature().bind()
        self._open = True
        self._dispatcher.span_enter(
            self.id, self._arguments, parent_id=parent.id if parent else None, tags={}
        )

    def tell(self, event: Any) -> None:
        """Send an event of this span."""
        event.span_id = self.id
        self._dispatcher.event(event)

    def close(self, result: Any = None, error: BaseException | None = None) -> None:
        """End the span, once."""
        if not self._open:
            return
        self._open = False
        if error is None:
            self._dispatcher.span_exit(self.id, self._arguments, result=result)
        else:
            self._dispatcher.span_drop(self.id, self._arguments, err=error)


class ObservedChat:
    """A chat model of ours whose calls are told; a llama-index model tells its own."""

    def __init__(self, model: ChatModel, parent: Span) -> None:
        """Tell of ``model`` below the span ``parent``."""
        self._model = model
        self._parent = parent

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def window(self) -> int | None:
        """The model's window."""
        return self._model.window

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Schema | None = None
    ) -> Generator[str | Usage]:
        """The reply of the model; raises as the model."""
        from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
        from llama_index.core.instrumentation.events.exception import ExceptionEvent
        from llama_index.core.instrumentation.events.llm import LLMChatEndEvent, LLMChatStartEvent

        told = [ChatMessage(role=MessageRole(m.role), content=m.content) for m in messages]
        span = Span(f"{type(self._model).__name__}.stream", self._parent)
        about = {"model": self.name, "class_name": type(self._model).__name__}
        span.tell(
            LLMChatStartEvent(messages=told, additional_kwargs={"max_tokens": max_tokens}, model_dict=about)
        )
        reply: list[str] = []
        usage = Usage()
        try:
            with closing(self._model.stream(messages, max_tokens=max_tokens, schema=schema)) as pieces:
                for piece in pieces:
                    if isinstance(piece, str):
                        reply.append(piece)
                    else:
                        usage = piece
                    yield piece
        except Exception as error:
            span.tell(ExceptionEvent(exception=error))
            span.close(error=error)
            raise
        finally:
            tokens = {
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
                "total_tokens": usage.prompt_tokens + usage.completion_tokens,
            }
            response = ChatResponse(
                message=ChatMessage(role=MessageRole.ASSISTANT, content="".join(reply)),
                raw={"model": self.name, "usage": tokens},
                additional_kwargs=tokens,
            )
            span.tell(LLMChatEndEvent(messages=told, response=response))
            span.close(response)
