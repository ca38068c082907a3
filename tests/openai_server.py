"""A loopback HTTP server that speaks the OpenAI wire format from a script; it knows no language.

Requests for vectors get those of ``FakeEmbedder``, times three, so that they are not of length 1.

In a test::

    with OpenAIServer(rate_limited(retry_after=0.1), says("Hello")) as server:
        ...  # OPENAI_BASE_URL=server.url; the first chat request gets a 429, the second "Hello"
    assert server.chats[1].body["model"] == "m"

By hand: ``python -m tests.openai_server --port 8000 --reply "The answer is [P1.S1]."``
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import select
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest

from assistant.models.embedder import FakeEmbedder

MODEL = "test-model"

Body = dict[str, Any]
Behaviour = Callable[["Exchange"], None]


@dataclass
class Request:
    """What a client sent, and whether it left before the reply was whole."""

    method: str
    path: str
    headers: dict[str, str]
    body: Body
    disconnected: threading.Event = field(default_factory=threading.Event)

    @property
    def question(self) -> str:
        """The last message."""
        return str(self.body["messages"][-1]["content"])

    @property
    def texts(self) -> list[str]:
        """The texts of a request for vectors."""
        return list(self.body["input"])


class Gone(Exception):  # noqa: N818 - no error, the client may leave
    """The client has left, or the server is closing."""


class Exchange:
    """One request being answered: the verbs that a behaviour is made of."""

    def __init__(self, server: OpenAIServer, request: Request, handler: BaseHTTPRequestHandler) -> None:
        self.server = server
        self.request = request
        self._handler = handler
        self._chunked = False

    def send(
        self, status: int, body: str, kind: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        """A whole response."""
        data = body.encode()
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})})
        self._write(data)

    def start(self, kind: str = "text/event-stream") -> None:
        """The head of a stream."""
        self._chunked = True
        self._head(200, {"Content-Type": kind, "Transfer-Encoding": "chunked"})

    def event(self, data: Body | str) -> None:
        """One event of a stream."""
        self.raw(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n")

    def delta(self, delta: Body | None, finish: str | None = None) -> None:
        """One event that carries a part of the reply; ``None`` one with nothing in ``choices``."""
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        self.event({**self._envelope("chat.completion.chunk"), "choices": choices})

    def raw(self, text: str) -> None:
        """Any bytes of a stream."""
        data = text.encode()
        self._write(b"%x\r\n%s\r\n" % (len(data), data))

    def finish(self, usage: tuple[int, int] | None, *, done: bool = True) -> None:
        """The end of a stream: the usage where it was asked for, and ``[DONE]``."""
        if usage is not None and (self.request.body.get("stream_options") or {}).get("include_usage"):
            self.event({**self._envelope("chat.completion.chunk"), "choices": [], "usage": as_usage(usage)})
        if done:
            self.event("[DONE]")
        self._write(b"0\r\n\r\n")

    def whole(self, text: str, finish: str, usage: tuple[int, int] | None) -> None:
        """The reply to a client that does not want it streamed."""
        message = {"role": "assistant", "content": text}
        body = {
            **self._envelope("chat.completion"),
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        }
        self.send(200, json.dumps(body | ({"usage": as_usage(usage)} if usage else {})))

    def drop(self) -> None:
        """Close the connection in the middle."""
        self._handler.close_connection = True
        with suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Do nothing, but notice a client that leaves and a server that closes."""
        step = 0.01
        for _ in range(max(1, round(seconds / step))):
            if self.server.closing.wait(step):
                raise Gone
            readable, _, _ = select.select([self._handler.connection], [], [], 0)
            if readable and not self._handler.connection.recv(1, socket.MSG_PEEK):
                raise Gone

    def _envelope(self, kind: str) -> Body:
        return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": self.request.body.get("model")}

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def _write(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()


def as_usage(usage: tuple[int, int]) -> Body:
    prompt, completion = usage
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


# -- behaviours: what the server does with one chat request ------------------------------------------


def says(
    *pieces: str,
    delay: float = 0.0,
    finish: str | None = "stop",
    usage: tuple[int, int] | None = (11, 7),
    done: bool = True,
    reasoning: Sequence[str] = (),
) -> Behaviour:
    """A reply in these pieces; one single piece is cut into words."""

    def act(exchange: Exchange) -> None:
        parts = re.findall(r"\s*\S+|\s+$", pieces[0]) if len(pieces) == 1 else pieces
        if not exchange.request.body.get("stream"):
            return exchange.whole("".join(parts), finish or "stop", usage)
        exchange.start()
        exchange.delta({"role": "assistant", "content": ""})
        for thought in reasoning:
            exchange.delta({"reasoning_content": thought})
        for part in parts:
            exchange.wait(delay) if delay else None
            exchange.delta({"content": part})
        if finish is not None:
            exchange.delta({}, finish)
        return exchange.finish(usage, done=done)

    return act


def fails(
    status: int,
    message: str = "Something went wrong.",
    *,
    code: str | int | None = None,
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Behaviour:
    """An error response in OpenAI's form."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return lambda exchange: exchange.send(status, json.dumps({"error": error}), headers=headers)


def unauthorized() -> Behaviour:
    """A 401 whose body quotes the key in part, as OpenAI's does."""

    def act(exchange: Exchange) -> None:
        key = exchange.request.headers.get("authorization", "").removeprefix("Bearer ")
        shown = f"{key[:10]}{'*' * 20}{key[-4:]}"
        fails(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")(exchange)

    return act


def forbidden() -> Behaviour:
    return fails(403, "Project `proj_1` does not have access to this model.", code="model_not_found")


def model_not_found() -> Behaviour:
    return fails(404, "The model does not exist or you do not have access to it.", code="model_not_found")


def too_long() -> Behaviour:
    message = (
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens "
        "(7800 in the messages, 1200 in max_tokens or max_completion_tokens)."
    )
    return fails(400, message, code="context_length_exceeded", param="messages")


def unsupported(parameter: str) -> Behaviour:
    """A 400 for one parameter; ``OpenAIServer.refuses`` does so for each request that has it."""
    message = f"Unsupported parameter: '{parameter}' is not supported with this model."
    return fails(400, message, code="unsupported_parameter", param=parameter)


def rate_limited(retry_after: str | float | None = None) -> Behaviour:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return fails(429, "Rate limit reached for requests.", code="rate_limit_exceeded", headers=headers)


def out_of_quota() -> Behaviour:
    return fails(429, "You exceeded your current quota.", code="insufficient_quota")


def silent() -> Behaviour:
    """Never a word, not even a status."""
    return lambda exchange: exchange.wait(600)


def stalls(*pieces: str) -> Behaviour:
    """These pieces, then silence."""

    def act(exchange: Exchange) -> None:
        _begin(exchange, pieces)
        exchange.wait(600)

    return act


def babbles(text: str) -> Behaviour:
    """This text again and again, without end and without regard to any limit."""

    def act(exchange: Exchange) -> None:
        exchange.start()
        while True:
            exchange.delta({"content": text})

    return act


def pings(every: float = 0.05) -> Behaviour:
    """A stream of comments without end, as some endpoints send while a model queues."""

    def act(exchange: Exchange) -> None:
        exchange.start()
        while True:
            exchange.raw(": still at it\n\n")
            exchange.wait(every)

    return act


def drops(*pieces: str) -> Behaviour:
    """These pieces, then a connection that is closed in the middle of the body."""

    def act(exchange: Exchange) -> None:
        _begin(exchange, pieces)
        exchange.drop()

    return act


def refuses_to_talk() -> Behaviour:
    """A connection that is closed before any response."""
    return lambda exchange: exchange.drop()


def unfinished(*pieces: str) -> Behaviour:
    """A stream that ends well as HTTP, without a finish reason and without ``[DONE]``."""
    return says(*pieces, finish=None, done=False, usage=None)


def reports(
    *pieces: str, message: str = "The server had an error.", code: Any = None, kind: str = ""
) -> Behaviour:
    """These pieces, then an error object in the stream."""

    def act(exchange: Exchange) -> None:
        _begin(exchange, pieces)
        exchange.event({"error": {"message": message, "type": kind, "code": code, "param": None}})
        exchange.finish(None)

    return act


def garbles(*pieces: str, garbage: str = '{"id": "x", "choices": [{"del') -> Behaviour:
    """These pieces, then an event that is no JSON."""

    def act(exchange: Exchange) -> None:
        _begin(exchange, pieces)
        exchange.event(garbage)
        exchange.finish(None)

    return act


def streams(*events: Body | str) -> Behaviour:
    """Any events, then ``[DONE]``."""

    def act(exchange: Exchange) -> None:
        exchange.start()
        for event in events:
            exchange.event(event)
        exchange.finish(None)

    return act


def html() -> Behaviour:
    """A 200 with a web page, as from a base URL without its ``/v1``."""
    page = "<!doctype html><title>Ollama</title><p>Ollama is running"
    return lambda exchange: exchange.send(200, page, "text/html; charset=utf-8")


def error_body(message: str = "The model crashed.") -> Behaviour:
    """A 200 whose JSON body is an error."""
    return lambda exchange: exchange.send(200, json.dumps({"error": {"message": message}}))


def no_choices() -> Behaviour:
    return streams({"id": "x", "object": "chat.completion.chunk", "choices": None})


def calls_tool() -> Behaviour:
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    return streams(
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": None, "tool_calls": [call]}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
    )


def ignores_stream(text: str) -> Behaviour:
    """A whole reply although a stream was asked for."""
    return lambda exchange: exchange.whole(text, "stop", (11, 7))


# -- behaviours for requests for vectors ---------------------------------------------------------------


def embeds(
    *,
    dimension: int | None = None,
    encoding: str | None = None,
    change: Callable[[list[Body]], list[Body]] = lambda data: data,
    pause: float = 0.0,
) -> Behaviour:
    """The vectors asked for, in the encoding asked for unless one is given; ``change`` spoils the reply."""

    def act(exchange: Exchange) -> None:
        exchange.wait(pause) if pause else None
        asked = exchange.request.body
        length = dimension or asked.get("dimensions") or exchange.server.dimension
        vectors = 3 * FakeEmbedder(length).embed(exchange.request.texts)
        as_base64 = (encoding or asked.get("encoding_format")) == "base64"
        data: list[Body] = [
            {
                "object": "embedding",
                "index": index,
                "embedding": base64.b64encode(vector.astype("<f4").tobytes()).decode()
                if as_base64
                else vector.tolist(),
            }
            for index, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        body = {"object": "list", "data": change(data), "model": asked.get("model"), "usage": usage}
        exchange.send(200, json.dumps(body))

    return act


def shuffled() -> Behaviour:
    """The vectors in another order, each with its index."""
    return embeds(change=lambda data: data[::-1])


def without_index_0() -> Behaviour:
    """As Gemini does, which leaves out what is 0."""
    return embeds(change=lambda data: [{k: v for k, v in item.items() if v != 0} for item in data])


def rows_missing() -> Behaviour:
    return embeds(change=lambda data: data[:-1])


def one_index_twice() -> Behaviour:
    return embeds(change=lambda data: [{**item, "index": 0} for item in data])


def vectors_of(value: Any) -> Behaviour:
    """A reply whose every vector is this."""
    return embeds(change=lambda data: [{**item, "embedding": value} for item in data])


def takes_at_most(
    texts: int = 10**9, characters: int = 10**9, *, status: int = 400, message: str = ""
) -> Behaviour:
    """Vectors, or a refusal of too many texts or a text that is too long."""

    def act(exchange: Exchange) -> None:
        given = exchange.request.texts
        if len(given) > texts:
            fails(status, message or f"batch size is invalid, it should not be larger than {texts}")(exchange)
        elif max(map(len, given)) > characters:
            fails(status, message or "This model's maximum context length is less.")(exchange)
        else:
            embeds()(exchange)

    return act


def endless() -> Behaviour:
    """A reply without end, as fast as it is read."""

    def act(exchange: Exchange) -> None:
        exchange.start("application/json")
        exchange.raw('{"data": [')
        while True:
            exchange.raw(" " * 100_000)

    return act


def trickles() -> Behaviour:
    """A reply that comes too slowly ever to end, and yet is never silent."""

    def act(exchange: Exchange) -> None:
        exchange.start("application/json")
        while True:
            exchange.raw(" ")
            exchange.wait(0.05)

    return act


def _begin(exchange: Exchange, pieces: Sequence[str]) -> None:
    exchange.start()
    for piece in pieces:
        exchange.delta({"content": piece})


# -- the server ---------------------------------------------------------------------------------------


class OpenAIServer:
    """The server, on a free port of loopback, as a context manager.

    Each chat request takes the next of the behaviours given (or added with :meth:`enqueue`); when they
    are used up, ``reply`` is said: a text, or a function of the request. Before that, a request that
    holds a parameter of ``refuses`` gets a 400, one for a model that is not among ``models`` a 404 where
    ``strict``. ``models=None`` means that there is no ``/models``.

    A request for vectors takes the next of the behaviours that :meth:`enqueue_vectors` added; when they are
    used up, ``vectors``, which are of ``dimension``.
    """

    def __init__(
        self,
        *behaviours: Behaviour,
        reply: str | Callable[[Request], str] = "Yes.",
        models: Sequence[str] | None = (MODEL,),
        strict: bool = False,
        refuses: Sequence[str] = (),
        vectors: Behaviour | None = None,
        dimension: int = 64,
        port: int = 0,
    ) -> None:
        self._queue = deque(behaviours)
        self._vectors_queue: deque[Behaviour] = deque()
        self.vectors = vectors or embeds()
        self.dimension = dimension
        self.reply = reply
        self.models = models
        self.strict = strict
        self.refuses = refuses
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._http = _Listener(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL, for ``OPENAI_BASE_URL``."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def chats(self) -> list[Request]:
        """The chat requests so far."""
        return [request for request in self.requests if request.path.endswith("/chat/completions")]

    @property
    def embeddings(self) -> list[Request]:
        """The requests for vectors so far."""
        return [request for request in self.requests if request.path.endswith("/embeddings")]

    def enqueue_vectors(self, *behaviours: Behaviour) -> None:
        """Script the next requests for vectors."""
        with self._lock:
            self._vectors_queue.extend(behaviours)

    def enqueue(self, *behaviours: Behaviour) -> None:
        """Script the next chat requests."""
        with self._lock:
            self._queue.extend(behaviours)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # wakes a thread that waits for the next request of a client
                    connection.shutdown(socket.SHUT_RDWR)
        self._http.server_close()
        self._thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Record a request and answer it."""
        length = int(handler.headers.get("content-length") or 0)
        body = json.loads(handler.rfile.read(length) or b"{}")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(handler.command, handler.path, headers, body)
        with self._lock:
            self.requests.append(request)
        try:
            self._behaviour(request)(Exchange(self, request, handler))
        except (Gone, OSError):
            if not self.closing.is_set():
                request.disconnected.set()
            handler.close_connection = True

    def seen(self, connection: socket.socket, *, opened: bool) -> None:
        """Keep account of the connections, so that all can be closed."""
        with self._lock:
            (self._connections.add if opened else self._connections.discard)(connection)

    def _behaviour(self, request: Request) -> Behaviour:
        if request.path.endswith("/models") and self.models is not None:
            listing = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
            return lambda exchange: exchange.send(200, json.dumps(listing))
        for_vectors = request.path.endswith("/embeddings")
        if not (for_vectors or request.path.endswith("/chat/completions")):
            return lambda exchange: exchange.send(404, '{"detail":"Not Found"}')
        refused = next((name for name in self.refuses if name in request.body), None)
        if refused is not None:
            return unsupported(refused)
        queue = self._vectors_queue if for_vectors else self._queue
        with self._lock:
            if queue:
                return queue.popleft()
        if self.strict and request.body.get("model") not in (self.models or ()):
            return model_not_found()
        if for_vectors:
            return self.vectors
        return says(self.reply if isinstance(self.reply, str) else self.reply(request))


class _Listener(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    request_queue_size = 128


def _handler(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            server.seen(self.connection, opened=True)

        def finish(self) -> None:
            server.seen(self.connection, opened=False)
            with suppress(OSError):
                super().finish()

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def do_GET(self) -> None:
            server.handle(self)

        def do_POST(self) -> None:
            server.handle(self)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """A server that says "Yes." until it is told otherwise."""
    with OpenAIServer() as server:
        yield server


def main() -> None:
    """Serve one reply until interrupted."""
    parser = argparse.ArgumentParser(description="An OpenAI-compatible endpoint that always says the same.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reply", default="The papers agree on this [P1.S1].")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds between two words")
    options = parser.parse_args()

    class Slow(OpenAIServer):
        def _behaviour(self, request: Request) -> Behaviour:
            chat = request.path.endswith("/chat/completions")
            return says(options.reply, delay=options.delay) if chat else super()._behaviour(request)

    with Slow(port=options.port) as server:
        sys.stdout.write(f"OPENAI_BASE_URL={server.url} ASSISTANT_MODEL={MODEL}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
