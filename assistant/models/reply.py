"""Reads one streamed reply in the Chat Completions protocol; it knows no client, only JSON events.

The events are plain JSON rather than the client's typed chunks: the client builds those unchecked, so
that each field would have to be questioned all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import chat_errors as failing
from .chat_errors import Case
from .endpoint import Endpoint
from .ports import EndOfReply
from .thoughts import ThoughtFilter

# Reasons to finish that are no proper end; every other one is, whatever an endpoint calls it.
_FILTERED = {"content_filter", "safety", "recitation"}
_BROKEN = {"error", "insufficient_system_resource"}


class Reply:
    """The text of a reply piece by piece, then how it ended and what it took.

    ``stream`` is the client's stream: it iterates over events, has the HTTP ``response``, and closes.
    """

    def __init__(self, stream: Any, endpoint: Endpoint) -> None:
        self._stream = stream
        self._endpoint = endpoint
        self._thoughts = ThoughtFilter()
        self._events = self._iterate()
        self._text: list[str] = []
        self._usage: Mapping[str, Any] = {}
        self._finish: str | None = None
        self._asked_for_tool = False
        self._declined = False
        self.is_chat = False
        """Whether anything of the protocol has come yet."""

    @property
    def response(self) -> Any:
        """The HTTP response."""
        return self._stream.response

    def close(self) -> None:
        """Close the connection; the endpoint stops generating."""
        self._stream.close()

    def read(self) -> str | None:
        """The next piece of the answer, never empty, or ``None`` at its proper end; raises at any other."""
        while True:
            try:
                event = next(self._events, None)
            except Exception:
                # Whatever goes wrong after the model has said that it is done, the answer is whole.
                if self._finish is None:
                    raise
                event = None
            piece = self._piece(event) if event is not None else self._thoughts.finish()
            if piece:
                self._text.append(piece)
                return piece
            if event is None:
                self._check_end()
                return None

    def end(self, prompt_tokens: Callable[[], int], count: Callable[[str], int]) -> EndOfReply:
        """How it ended: tokens as the endpoint reports them, else counted by the functions given."""
        prompt, completion = self._usage.get("prompt_tokens"), self._usage.get("completion_tokens")
        return EndOfReply(
            prompt_tokens=prompt if isinstance(prompt, int) and prompt > 0 else prompt_tokens(),
            completion_tokens=completion
            if isinstance(completion, int) and completion > 0
            else count("".join(self._text)),
            calls=1,
            cut=self._finish == "length",
        )

    def _iterate(self) -> Iterator[Any]:
        """The events of the stream, or the one of an endpoint that does not stream."""
        kind = str(self.response.headers.get("content-type", "")).lower()
        if "html" in kind:
            raise self._failed(failing.PAGE)
        if "json" in kind:
            yield json.loads(self.response.read())
        else:
            yield from self._stream

    def _piece(self, event: Any) -> str:
        """The text that an event adds to the answer, after noting all else that it says."""
        if not isinstance(event, dict):
            return ""
        if event.get("error") or event.get("object") == "error":
            error = event.get("error") or event
            said = error if isinstance(error, dict) else {"message": error}
            raise failing.reported(said, self._endpoint).error
        if isinstance(event.get("usage"), dict):
            self._usage = event["usage"]
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return ""
        self.is_chat = True
        if isinstance(choice.get("finish_reason"), str):
            self._finish = choice["finish_reason"].lower()
        delta = choice.get("delta") or choice.get("message")
        if not isinstance(delta, dict):
            return ""
        self._asked_for_tool |= bool(delta.get("tool_calls") or delta.get("function_call"))
        self._declined |= bool(delta.get("refusal"))
        return self._thoughts.feed(_text(delta.get("content")))

    def _check_end(self) -> None:
        """Raise where the reply has ended otherwise than with an answer."""
        if not self.is_chat:
            raise self._failed(failing.NOT_CHAT)
        if self._finish is None or self._finish in _BROKEN:
            raise self._failed(failing.CUT)
        if self._finish in _FILTERED:
            raise self._failed(failing.FILTERED)
        if not "".join(self._text).strip():
            if self._asked_for_tool:
                raise self._failed(failing.TOOL)
            if self._declined:
                raise self._failed(failing.DECLINED)
            raise self._failed(failing.SPENT if self._finish == "length" else failing.EMPTY)

    def _failed(self, case: Case) -> Exception:
        return case.at(self._endpoint).error


def _text(content: Any) -> str:
    """The text of a delta's content, which is a string, or a list of parts of which some are reasoning."""
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict) and part.get("type") == "text"]
        return "".join(str(part.get("text") or "") for part in parts)
    return content if isinstance(content, str) else ""
