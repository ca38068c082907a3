"""A chat model that remembers on disk what it replied for summaries, so that no part is paid for twice.

A summary that was stopped or failed goes on where it ended, and one that is asked for again costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress

from ..answering.cache import Cache, key_of
from ..models.metered import Metered
from ..models.ports import EndOfReply, Message
from ..types import Usage

VERSION = 1
"""Counts the changes that make remembered replies stale."""


class Recalling:
    """A model for one summary; several threads may stream at once."""

    def __init__(
        self, model: Metered, cache: Cache, identity: str, is_good: Callable[[str], bool] = bool
    ) -> None:
        """Keep replies in ``cache`` that came to their end, uncut, and that ``is_good`` takes.

        ``identity`` names the model and its options; without one, nothing is kept.
        """
        self._model = model
        self._cache = cache
        self._identity = identity
        self._is_good = is_good
        self._recalled: list[int] = []

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def usage(self) -> Usage:
        """What was paid for now."""
        return self._model.usage

    @property
    def recalled(self) -> int:
        """How many replies were taken from the cache."""
        return len(self._recalled)

    @property
    def tokens(self) -> int:
        """What the parts of this summary took, now or then: a budget must come out the same again."""
        return self.usage.prompt_tokens + self.usage.completion_tokens + sum(self._recalled)

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str | Usage]:
        """The reply, remembered or of the model; raises as the model."""
        key = self._key(messages, max_tokens)
        if key and (known := self._known(key)):
            text, tokens = known
            self._recalled.append(tokens)
            yield text
            yield EndOfReply()
            return
        reply: list[str] = []
        with closing(self._model.stream(messages, max_tokens=max_tokens)) as pieces:
            for piece in pieces:
                if isinstance(piece, str):
                    reply.append(piece)
                elif key and not getattr(piece, "cut", False) and self._is_good("".join(reply)):
                    self._keep(key, "".join(reply), piece.prompt_tokens + piece.completion_tokens)
                yield piece

    def _key(self, messages: Sequence[Message], max_tokens: int) -> str:
        """A key of all that a reply depends on: the messages hold subject, papers and prompt."""
        if not self._identity:
            return ""
        asked = [(message.role, message.content) for message in messages]
        return key_of({"summary": asked, "most": max_tokens, "model": self._identity, "version": VERSION})

    def _known(self, key: str) -> tuple[str, int] | None:
        if (data := self._cache.get(key)) is None:
            return None
        try:
            read = json.loads(data)
            text, tokens = read["text"], read["tokens"]
            if isinstance(text, str) and isinstance(tokens, int) and self._is_good(text):
                return text, tokens
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        self._cache.drop(key)  # written by another version, or tampered with
        return None

    def _keep(self, key: str, text: str, tokens: int) -> None:
        with suppress(ValueError):  # a model's reply may hold half a character
            self._cache.put(key, json.dumps({"text": text, "tokens": tokens}).encode())
