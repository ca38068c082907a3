"""The page's side: answers the calls of commands with the assistant that the page has open."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import AssistantError
from ..index.layout import Layout
from .address import Address
from .link import Link, LostError
from .values import error_to_json, from_json, to_json

if TYPE_CHECKING:
    from ..assistant import Assistant

T = TypeVar("T")

READ = frozenset(
    {
        *("composer", "notice", "status", "search", "papers", "tldr", "similar", "cards"),
        *("topics", "topic_map", "stream", "stream_summary", "stream_comparison"),
    }
)
WRITTEN = frozenset({"add", "refresh", "remove", "restore", "rename_topic", "merge_topics", "undo_topics"})
ADD_ROWS, PREVIEW_ROWS = "add_rows", "preview_rows"
"""Files are read where the command runs; their rows come one by one, when they are asked for."""
_GRACE_SECONDS = 2.0


class Listener:
    """Listens on loopback from the start to :meth:`close`; nobody knows where until it is published."""

    def __init__(
        self,
        assistant: Assistant,
        *,
        ready: Callable[[], bool] = lambda: True,
        turn: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """``ready`` is whether the collection can be asked yet; ``turn`` is held while it is changed."""
        self._assistant = assistant
        self._ready = ready
        self._turn = turn
        self._file = Layout(assistant.path).page
        self._closing = threading.Event()
        self._under_way: set[threading.Thread] = set()
        self._bound = socket.create_server(("127.0.0.1", 0))
        self._address = Address.made(self._bound.getsockname()[1])
        threading.Thread(target=self._accept, name="assistant-calls", daemon=True).start()

    def publish(self) -> None:
        """Say where it is, once this process owns the index. A library on a server is owned by nobody."""
        if not self._assistant.settings.chroma_url:
            with suppress(OSError):  # a folder that cannot be written: commands will find it in use
                self._address.publish(self._file)

    def close(self) -> None:
        """End the calls under way, each with a sentence, and take the address away."""
        self._closing.set()
        self._address.withdraw(self._file)
        with suppress(OSError):
            self._bound.shutdown(socket.SHUT_RDWR)
        self._bound.close()
        for thread in [*self._under_way]:
            thread.join(_GRACE_SECONDS)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connected, _ = self._bound.accept()
            except OSError:
                return
            thread = threading.Thread(
                target=self._serve, args=(connected,), name="assistant-call", daemon=True
            )
            self._under_way.add(thread)
            thread.start()

    def _serve(self, connected: socket.socket) -> None:
        with suppress(LostError, OSError), closing(Link(connected)) as link:
            link.answer_proof(self._address.secret, {"index": str(Layout(self._assistant.path))})
            try:
                self._answer(link, link.receive())
            except LostError:
                raise
            except Exception as error:  # noqa: BLE001 - told to the caller, whatever it is
                link.send({"error": error_to_json(error)})
        self._under_way.discard(threading.current_thread())

    def _answer(self, link: Link, call: dict[str, Any]) -> None:
        """Do what is asked for and send what comes of it, piece by piece."""
        name = call["name"]
        back = _Back(link, self._closing)
        arguments = [back.value(each) for each in call["arguments"]]
        options = {key: back.value(each) for key, each in call["options"].items()}
        while not self._ready():
            back.check()
            time.sleep(0.05)
        with self._turn() if name in WRITTEN or name == ADD_ROWS else nullcontext():
            result = self._result(name, arguments, options)
            if isinstance(result, Generator):
                with closing(result):
                    for item in result:
                        back.check()
                        link.send({"item": to_json(item)})
                result = None
            elif isinstance(result, list):
                for item in result:
                    link.send({"item": to_json(item)})
                result = None
        link.send({"value": to_json(result)})

    def _result(self, name: str, arguments: list[Any], options: dict[str, Any]) -> Any:
        if name == ADD_ROWS:
            return self._assistant.index.add(_until_none(arguments[0]), arguments[1])
        if name == PREVIEW_ROWS:
            return self._assistant.index.preview(_until_none(arguments[0]))
        if name not in READ | WRITTEN:
            raise AssistantError(f"The page does not know how to {name[:40]!r}.")
        found = getattr(self._assistant, name)
        return found(*arguments, **options) if callable(found) else found


class _Back:
    """Calls that go back: functions among the arguments are called where the command runs."""

    def __init__(self, link: Link, closing_: threading.Event) -> None:
        self._link = link
        self._closing = closing_
        self._turn = threading.Lock()  # an import tells its progress from several threads

    def value(self, sent: Any) -> Any:
        """An argument as it was meant."""
        if isinstance(sent, dict) and "function" in sent:
            number = sent["function"]
            return lambda *arguments: self._call(number, arguments)
        return from_json(sent)

    def check(self) -> None:
        """Raise an error if nobody is left to be told, or the page is about to end."""
        if self._closing.is_set():
            raise AssistantError("The page was closed before it had answered.", "Run the same again.")
        if self._link.left:
            raise LostError("The command was stopped.")

    def _call(self, number: int, arguments: tuple[Any, ...]) -> Any:
        with self._turn:
            if self._closing.is_set():
                self.check()
            self._link.send({"function": number, "arguments": [to_json(each) for each in arguments]})
            said = self._link.receive()
        if "value" not in said:
            raise AssistantError("The command could not go on.")  # it knows why
        return from_json(said["value"])


def _until_none(more: Callable[[], T | None]) -> Iterator[T]:
    while (item := more()) is not None:
        yield item
