"""A scripted ``ChatModel`` for tests and trials; it knows no language at all."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from . import tokens
from .ports import EndOfReply, Message, Schema

Script = str | BaseException | Sequence[str | BaseException]


@dataclass(frozen=True, slots=True)
class Call:
    """What a ``FakeChat`` was asked."""

    messages: tuple[Message, ...]
    max_tokens: int
    schema: Schema | None = None


class FakeChat:
    """Replies from a script: one ``Script`` a call, the last one for all further calls.

    A string is streamed word by word, a sequence piece by piece; an exception in it is raised in its
    place. ``calls`` records what was asked, ``closed`` counts the streams left before their end.
    """

    def __init__(
        self, *scripts: Script, name: str = "fake-model", cut: bool = False, window: int | None = None
    ) -> None:
        self._scripts = list(scripts) or ["Yes."]
        self._cut = cut
        self.name = name
        self.window = window
        self.calls: list[Call] = []
        self.closed = 0

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Schema | None = None
    ) -> Generator[str | EndOfReply]:
        """See ``ChatModel.stream``."""
        self.calls.append(Call(tuple(messages), max_tokens, schema))
        script = self._scripts[min(len(self.calls), len(self._scripts)) - 1]
        said = ""
        try:
            for piece in _pieces(script):
                if isinstance(piece, BaseException):
                    raise piece
                said += piece
                yield piece
            yield EndOfReply(tokens.count_messages(messages), tokens.count(said), calls=1, cut=self._cut)
        except GeneratorExit:
            self.closed += 1
            raise


def _pieces(script: Script) -> Sequence[str | BaseException]:
    if isinstance(script, str):
        return re.findall(r"\s*\S+|\s+$", script)
    return [script] if isinstance(script, BaseException) else script
