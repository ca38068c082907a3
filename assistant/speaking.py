"""Who answers: the reader's own model, the configured one, or none; opened when first asked."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from .settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.llms.base import BaseLLM

    from .models.ports import ChatModel


class Speaker:
    """The chat model of some settings, or of the reader's own ``llm``; threads may share it."""

    def __init__(self, settings: Settings, llm: BaseLLM | None = None) -> None:
        """Choose it; nothing is opened yet."""
        self.llm = llm
        self._settings = settings
        self._lock = threading.Lock()
        self._model: ChatModel | None = None
        self._to_close = ExitStack()

    def changed(self, settings: Settings) -> Speaker:
        """The one of other settings, which is this one where they do not differ in who answers."""
        return self if settings.answering == self._settings.answering else Speaker(settings)

    def chat(self) -> ChatModel | None:
        """The model; none where papers are quoted."""
        with self._lock:
            if self._model is None:
                from .models.choice import choose_chat

                self._model = choose_chat(self._settings, self.llm)
                if isinstance(self._model, AbstractContextManager):
                    self._to_close.enter_context(self._model)
            return self._model

    def __str__(self) -> str:
        """Who answers, as one sentence for the reader."""
        model = self.chat() if self.llm is not None or self._settings.has_model else None
        if model is None:
            if self._settings.mode == "extractive":
                return "Answers quote the papers word for word: no language model is asked."
            return "Answers quote the papers word for word: no language model is configured."
        where = "" if self.llm is not None else f" at {self._settings.endpoint}"
        return f"Answers are written by {model.name}{where}."

    def close(self) -> None:
        """Give back its connections; the next question opens new ones."""
        with self._lock:
            self._to_close.close()
            self._model = None
