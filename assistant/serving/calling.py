"""A command's side: what it needs of an assistant, asked of the page that has the index open."""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from .. import __version__
from ..errors import AssistantError
from ..index.layout import Layout
from .address import Address, read
from .link import HANDSHAKE_SECONDS, Link, LostError
from .listening import ADD_ROWS, PREVIEW_ROWS, READ, WRITTEN
from .values import error_from_json, from_json, to_json

if TYPE_CHECKING:
    from ..assistant import Assistant
    from ..online import Source
    from ..online.saved import Refreshed, SavedQueries
    from ..types import ImportReport, IndexStatus, Paper, ProgressCallback, Rejected

STREAMS = frozenset({"stream", "stream_summary", "stream_comparison"})
LISTS = frozenset({"papers", "search", "similar", "remove", "restore"})


def caller(index: Path) -> Assistant | None:
    """An assistant that asks the page which has this index open; none where no page answers.

    Raises:
        AssistantError: The page is of another version.
    """
    address = read(Layout(index).page)
    if address is None:
        return None
    try:
        link, said = _connected(address)
    except (LostError, OSError):
        return None  # killed; or whatever has got its port
    link.close()
    if said.get("version") != __version__:
        raise AssistantError(
            f"The index {index} is open in a page of paper-assistant {str(said.get('version'))[:20]} "
            f"(process {address.pid}), and this is {__version__}.",
            "Stop that page, or start it anew with this version.",
        )
    return cast("Assistant", Caller(index, address, str(said.get("index"))))


def _connected(address: Address) -> tuple[Link, dict[str, Any]]:
    link = Link(socket.create_connection(("127.0.0.1", address.port), HANDSHAKE_SECONDS))
    try:
        return link, link.ask_proof(address.secret)
    except BaseException:
        link.close()
        raise


class Caller:
    """Has those methods of an ``Assistant`` that commands call, each a connection of its own."""

    def __init__(self, index: Path, address: Address, title: str) -> None:
        """``title`` is what the page calls the index."""
        self.path = index
        self._address = address
        self._title = title

    def __getattr__(self, name: str) -> Any:
        if name in {"composer", "notice"}:
            return self._value(name)
        if name in STREAMS:
            return partial(self._items, name)
        if name in LISTS:
            return lambda *arguments, **options: [*self._items(name, *arguments, **options)]
        if name in READ | WRITTEN:
            return partial(self._value, name)
        raise AttributeError(name)

    def status(self) -> IndexStatus:
        """As of the assistant, with the index named as it is here."""
        found: IndexStatus = self._value("status")
        return replace(found, path=found.path.replace(self._title, str(self.path)))

    def libraries(self) -> list[str]:
        """As of the assistant."""
        from ..folders import libraries

        return libraries(self.path.parent)

    def save_map(self, path: str | Path, *, progress: ProgressCallback | None = None) -> int:
        """As of the assistant; drawn and written here."""
        from ..topical import Topical

        return Topical.save_map(cast("Topical", self), path, progress=progress)

    def refresh(self, **how: Any) -> list[Refreshed]:
        """As of the assistant; Ctrl-C ends the command at once, and what the page has by then stays."""
        how.pop("stop", None)
        return [*self._items("refresh", **how)]

    def add(self, *sources: str | Path | Iterable[Paper], **how: Any) -> ImportReport:
        """As of the assistant: files are read here, what is in them is put in there."""
        from ..adding import How, add

        usual: dict[str, Any] = {"strict": False, "dry_run": False, "rejected": None, "limit": None}
        wanted = How(**(usual | {"save": False, "progress": None, "stop": None} | how))
        index = cast("Any", _Index(self._value))
        return add(sources, wanted, lambda: index, lambda: cast("Any", self.online))

    @property
    def online(self) -> _Online:
        """As of the assistant."""
        return _Online(self.path, self._value)

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def _value(self, name: str, *arguments: Any, **options: Any) -> Any:
        """What a method there returns."""
        try:
            next(self._exchange(name, arguments, options))
        except StopIteration as end:
            return end.value
        raise AssertionError(f"{name} yields nothing")

    def _items(self, name: str, *arguments: Any, **options: Any) -> Generator[Any]:
        """What a method there yields. Closing the generator ends it."""
        yield from self._exchange(name, arguments, options)

    def _exchange(
        self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Generator[Any, None, Any]:
        functions: list[Callable[..., Any]] = []

        def sent(value: Any) -> Any:
            if callable(value):
                functions.append(value)
                return {"function": len(functions) - 1}
            return to_json(value)

        failed: Exception | None = None
        link, _ = _connected(self._address)
        with closing(link):
            named = {key: sent(each) for key, each in options.items()}
            link.send({"name": name, "arguments": [sent(each) for each in arguments], "options": named})
            while True:
                said = link.receive()
                if "item" in said:
                    yield from_json(said["item"])
                elif "value" in said:
                    return from_json(said["value"])
                elif "error" in said:
                    raise failed or self._named(error_from_json(said["error"]))
                else:
                    try:
                        result = functions[said["function"]](*map(from_json, said["arguments"]))
                        link.send({"value": to_json(result)})
                    except Exception as error:  # noqa: BLE001 - raised when the page has ended its part
                        failed = error
                        link.send({})

    def _named(self, error: Exception) -> Exception:
        """An error of the page's with the index named as it is here."""
        if isinstance(error, AssistantError):
            error.message = error.message.replace(self._title, str(self.path))
            error.hint = error.hint.replace(self._title, str(self.path))
            error.args = (f"{error.message} {error.hint}".strip(),)
        return error


class _Index:
    """What an import needs of an index."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def add(self, rows: Iterable[Paper | Rejected], progress: ProgressCallback | None) -> Any:
        """Put the rows in."""
        return self._ask(ADD_ROWS, _next_of(rows), progress)

    def preview(self, rows: Iterable[Paper | Rejected]) -> Any:
        """What that would do."""
        return self._ask(PREVIEW_ROWS, _next_of(rows))


class _Online:
    """What commands need of the online sources of a library."""

    def __init__(self, index: Path, ask: Callable[..., Any]) -> None:
        self._index = index
        self._ask = ask

    @property
    def saved(self) -> SavedQueries:
        """The saved queries, a file beside the index."""
        from ..online.saved import SavedQueries

        return SavedQueries(Layout(self._index).queries)

    def add(self, source: Source, **how: Any) -> Any:
        """Add what a source has; it is the page that asks for it, until the command goes away."""
        how.pop("stop", None)
        return self._ask("add", str(source), **how)


def _next_of(rows: Iterable[Any]) -> Callable[[], Any]:
    iterator: Iterator[Any] = iter(rows)
    return lambda: next(iterator, None)
