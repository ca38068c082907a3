"""Chat through any OpenAI-compatible endpoint, streamed; it knows nothing of papers or prompts."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Self

from ..errors import (
    ModelError,
    ModelNotFoundError,
    ModelReplyError,
    ModelTimeoutError,
    ModelUnavailableError,
)
from ..settings import Settings
from . import chat_errors as failing
from . import tokens
from .connection import Connection
from .dialect import Dialect
from .endpoint import Names
from .ports import EndOfReply, Message, Schema
from .reply import Reply
from .retry import Deadline
from .turns import NoTurnError, turn
from .window import shorter_reply, window_in

_CHECK_SECONDS = 10.0
_CHECK_TOKENS = 16  # reasoning models refuse less
_NAMES_SHOWN = 5
_LONGEST_TOKEN = 10
"""Characters, far above any text's mean: only a reply of an endpoint that keeps no limit comes so far."""

# What a failure is when it comes after the first piece.
_MIDWAY: dict[failing.Case | None, failing.Case] = {
    failing.UNREACHABLE: failing.CUT,
    failing.OFFLINE: failing.CUT,
    failing.NOT_CHAT: failing.GARBLED,
}


class OpenAIChat:
    """A ``ChatModel`` behind ``POST {base_url}/chat/completions``. Several threads may stream at once."""

    def __init__(self, settings: Settings, names: Names | None = None) -> None:
        """Talk to the endpoint that is set; ``names`` are what messages call the settings."""
        self._settings = settings
        self._connection = Connection(settings, names)
        self._endpoint = self._connection.endpoint
        self._dialect = Dialect.of(is_openai=self._endpoint.is_openai)
        self._window: int | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._settings.model

    @property
    def window(self) -> int | None:
        """See ``ChatModel.window``; learnt when the endpoint refuses a request for its length."""
        return self._window

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, schema: Schema | None = None
    ) -> Generator[str | EndOfReply]:
        """See ``ChatModel.stream``. Only what comes before the first piece is retried."""
        deadline = Deadline(self._settings.deadline)
        with self._turn(deadline):
            reply, piece = self._connection.retrying(
                partial(self._begin, messages, max_tokens, deadline, schema), deadline
            )
            with closing(reply), deadline.cutting(reply.response):
                left = max_tokens * _LONGEST_TOKEN
                while piece is not None and left > 0:
                    left -= len(piece)
                    yield piece
                    piece = self._read_on(reply, deadline)
                count = partial(tokens.count, model=self.name)
                end = reply.end(partial(tokens.count_messages, messages, self.name), count)
                yield end if piece is None else replace(end, cut=True)

    def check(self, *, by_asking: bool = False) -> str:
        """A sentence saying that the endpoint answers and knows the model; raises a ``ModelError`` otherwise.

        Asks for the list of models, and where that does not settle it, or ``by_asking``, for a few tokens of
        chat: some endpoints show their list to anybody, whatever the key. Quick: one attempt, and at most
        ``_CHECK_SECONDS`` for each.
        """
        deadline = Deadline(min(2 * _CHECK_SECONDS, self._settings.deadline))
        once = partial(self._connection.retrying, deadline=deadline, once=True)
        shown = self._endpoint.place
        try:
            served = once(partial(self._served, deadline))
        except (ModelTimeoutError, ModelUnavailableError):
            raise
        except ModelError:
            served = []  # many servers have no list, and many keys may not read it
        if self.name in served and not by_asking:
            return f"{shown[0].upper()}{shown[1:]} answers and serves the model '{self.name}'."
        missing = None
        try:
            once(partial(self._try_chat, deadline))
        except ModelNotFoundError as error:
            missing = error
        if missing is not None:
            if served:
                names = ", ".join(served[:_NAMES_SHOWN]) + (", …" if len(served) > _NAMES_SHOWN else "")
                missing = ModelNotFoundError(
                    missing.message, f"Set {self._endpoint.names.setting} to one it serves: {names}."
                )
            raise missing
        return f"{shown[0].upper()}{shown[1:]} answers as the model '{self.name}'."

    def close(self) -> None:
        """Give back idle connections; the next use opens new ones."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<OpenAIChat {self._connection}>"

    def _open(
        self, messages: Sequence[Message], max_tokens: int, deadline: Deadline, schema: Schema | None = None
    ) -> Reply:
        """Ask, in the dialect that the endpoint has taught so far; learn from a refusal and ask again."""
        import openai

        dialect = self._dialect
        while True:
            try:
                stream = self._connection.client.post(
                    "/chat/completions",
                    body={
                        "model": self.name,
                        "messages": dialect.messages(messages),
                        **dialect.parameters(max_tokens, schema),
                    },
                    options={"timeout": self._connection.timeout(deadline)},
                    cast_to=object,
                    stream=True,
                    stream_cls=openai.Stream[object],
                )
            except (
                openai.BadRequestError,
                openai.UnprocessableEntityError,
                openai.InternalServerError,  # where a chat template fails on a role
            ) as error:
                refusal = failing.refusal_text(error)
                if (learnt := dialect.after(refusal, with_schema=schema is not None)) is not None:
                    self._dialect = dialect = learnt
                elif (shorter := self._shorter(refusal, messages, max_tokens)) is not None:
                    max_tokens = shorter
                else:
                    raise
            else:
                return Reply(stream, self._endpoint)

    def _shorter(self, refusal: str, messages: Sequence[Message], max_tokens: int) -> int | None:
        """The length of a reply that fits after a refusal, which may tell the model's window."""
        window = window_in(refusal)
        if window is None:
            return None
        self._window = window
        return shorter_reply(refusal, window, tokens.count_messages(messages, self.name), max_tokens)

    @contextmanager
    def _turn(self, deadline: Deadline) -> Iterator[None]:
        """Hold one of the turns that all questions of this process share."""
        try:
            with turn(self._endpoint.place, self._settings.concurrency, deadline):
                yield
        except NoTurnError:
            raise failing.CROWDED.at(self._endpoint).error from None

    def _begin(
        self, messages: Sequence[Message], max_tokens: int, deadline: Deadline, schema: Schema | None
    ) -> tuple[Reply, str | None]:
        """A reply with its first piece read, so that all that is retried is behind us."""
        reply = self._open(messages, max_tokens, deadline, schema)
        try:
            with deadline.cutting(reply.response):
                return reply, reply.read()
        except BaseException:
            reply.close()
            raise

    def _read_on(self, reply: Reply, deadline: Deadline) -> str | None:
        """The next piece after the first."""
        try:
            piece = reply.read()
        except Exception as error:  # noqa: BLE001 - see retrying
            failure = self._connection.translate(error, deadline=deadline)
        else:
            if piece is None or not deadline.passed:
                return piece
            failure = failing.LATE.at(self._endpoint)
        midway = _MIDWAY.get(failure.case)
        raise midway.at(self._endpoint).error if midway else failure.error

    def _served(self, deadline: Deadline) -> list[str]:
        """The names of the models that the endpoint lists."""
        patience = self._connection.timeout(deadline, _CHECK_SECONDS)
        listing = self._connection.client.get("/models", cast_to=object, options={"timeout": patience})
        models: Iterable[Any] = listing.get("data") or () if isinstance(listing, dict) else ()
        return [str(model["id"]) for model in models if isinstance(model, dict) and model.get("id")]

    def _try_chat(self, deadline: Deadline) -> None:
        """Ask for a few tokens; a reply that is Chat Completions is proof, be it empty."""
        reply = self._open([Message("user", "Say ok.")], _CHECK_TOKENS, deadline)
        with closing(reply), deadline.cutting(reply.response):
            try:
                reply.read()
            except ModelReplyError:
                if not reply.is_chat:
                    raise
