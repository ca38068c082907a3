"""A chat model under budgets: counts what each call takes, and refuses one that would go beyond."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing

from ..errors import ModelBudgetError
from ..traces import Call
from ..types import Usage
from .ledger import Ledger
from .ports import ChatModel, Message, Schema
from .prices import Prices
from .tokens import count, count_messages

NO_USAGE = Usage()


class Metered:
    """A chat model for one answer, with all its calls counted in ``usage`` and kept in ``calls``.

    Several threads may stream at once.
    """

    def __init__(
        self, model: ChatModel, prices: Prices, ledger: Ledger, limit: int | None, *, keep: bool = False
    ) -> None:
        """Allow ``limit`` tokens for this answer; ``keep`` prompts and replies in ``calls``."""
        self._model = model
        self._prices = prices
        self._ledger = ledger
        self._limit = limit
        self._keep = keep
        self._taken = 0
        self._lock = threading.Lock()
        self.usage = Usage()
        self.calls: list[Call] = []
        self.sound = True
        """Whether every reply so far came whole."""

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def window(self) -> int | None:
        """The model's window."""
        return self._model.window

    @property
    def left(self) -> int | None:
        """The tokens that the next call may take: what is left of the limit, within the model's window."""
        limit = None if self._limit is None else max(0, self._limit - self._taken)
        return min((each for each in (limit, self.window) if each is not None), default=None)

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Schema | None = None
    ) -> Generator[str | Usage]:
        """The reply of the model.

        Raises:
            ModelBudgetError: the longest reply would go beyond a budget; nothing was asked.
            ModelError: as the model.
        """
        prompt = count_messages(messages, self.name)
        reserved = prompt + max_tokens
        if not self._reserve(reserved):
            raise ModelBudgetError(
                f"The answer could take more than {self._limit:,} tokens.",
                "ASSISTANT_MAX_TOKENS_PER_ANSWER raises the limit.",
            )
        if (limit := self._ledger.reserve(reserved)) is not None:
            self._settle(reserved, NO_USAGE)
            raise ModelBudgetError(
                f"The {limit:,} tokens of this session are used up.",
                "ASSISTANT_SESSION_TOKENS raises the limit.",
            )
        reply: list[str] = []
        end: Usage | None = None
        start = time.perf_counter()
        try:
            with closing(self._model.stream(messages, max_tokens=max_tokens, schema=schema)) as pieces:
                for piece in pieces:
                    if isinstance(piece, str):
                        reply.append(piece)
                    else:
                        end = piece
                    yield piece
        except BaseException:
            self.sound = False
            raise
        finally:
            if not isinstance(end, Usage) or getattr(end, "cut", False):
                self.sound = False
            text = "".join(reply)
            # A call that was cut off tells no usage, and is paid for all the same.
            spent = end or Usage(prompt if text else 0, count(text, self.name) if text else 0, 1)
            plain = Usage(spent.prompt_tokens, spent.completion_tokens, spent.calls)
            priced = self._prices.priced(plain, self.name)
            self._ledger.settle(reserved, priced)
            self._settle(reserved, priced)
            if self._keep:
                told = tuple((message.role, message.content) for message in messages)
                self.calls.append(Call(self.name, told, text, time.perf_counter() - start))

    def _reserve(self, tokens: int) -> bool:
        """Take tokens for a call that begins, if there are so many left."""
        with self._lock:
            if self._limit is not None and self._taken + tokens > self._limit:
                return False
            self._taken += tokens
            return True

    def _settle(self, reserved: int, usage: Usage) -> None:
        """Replace what was reserved by what the call took."""
        with self._lock:
            self._taken += usage.prompt_tokens + usage.completion_tokens - reserved
            self.usage += usage
