"""A library on a Chroma server: which collection holds its papers, and the journal of what was changed.

Its head is a small collection. The metadata say what the papers were embedded with and which collection they
are in, so that a rebuild swaps the two by writing them. The rows are the journal: one for each commit, with
the ids of the papers that it touches, numbered from 1 without gaps. Chroma's ``add`` leaves an id alone that
is there, so a number has one taker, whoever else wants it.

An entry is ``open`` before the papers are written and closed after it. A reader brings its copy up to date by
looking at the papers that new entries name, as they are now, and at those of an open one again each time. So
it does not matter where a writer dies, nor how often an entry is looked at.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast
from uuid import uuid4

from chromadb.api.models.Collection import Collection

from ..errors import IndexDamagedError, IndexLockedError, IndexMismatchError
from .server import ChromaServer
from .vectors import HNSW

SERVER_FORMAT = 1
"""The version of what is on a server; raised by any change that an older program would misread."""

_HEADS, _DRAFTS, _PAPERS = "paper-assistant.", "paper-assistant-draft.", "paper-assistant-papers."
_KIND = "a library of paper-assistant"
_READ = 50
"""Entries read at once."""
_TRIES = 20
_LEASE = 180.0
"""So many seconds after its last entry, a writer that has not said goodbye counts as dead."""

State = Literal["open", "more", "done"]
"""``more``: closed, and its writer has not finished."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a library was made with, and the collection that holds its papers."""

    embedder: str
    dimension: int
    collection: str
    format: int = SERVER_FORMAT


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit: ``claim`` tells two writers of one process apart, ``writer`` two copies."""

    number: int
    ids: tuple[str, ...]
    state: State
    writer: str
    who: str
    at: int
    claim: str

    def in_use(self, writer: str) -> bool:
        """Whether somebody else than ``writer`` may be at work still."""
        return (
            self.state != "done" and self.writer != writer and abs(time.time() - self.at) < _LEASE
        )  # a clock that is far ahead is no reason to wait for it


class Library:
    """One library by name; with ``draft``, one that a rebuild is making."""

    def __init__(self, server: ChromaServer, name: str, *, draft: bool = False) -> None:
        """Name a library; nothing is asked yet."""
        self.server = server
        self.name = name
        self._head_name = f"{_DRAFTS if draft else _HEADS}{name}"
        self._head: Collection | None = None

    def __str__(self) -> str:
        """The library as messages name it."""
        return f"{self.name} on {self.server.address}"

    # -- what it is ------------------------------------------------------------------------------

    def describe(self) -> Description | None:
        """What the library was made with, as of now; ``None`` where there is none.

        Raises:
            IndexMismatchError: it is of another format.
            IndexDamagedError: a collection has its name that is none of ours.
        """
        self._head = self.server.find(self._head_name)
        if self._head is None:
            return None
        data: Mapping[str, Any] = self._head.metadata or {}
        if data.get("kind") != _KIND:
            raise IndexDamagedError(
                f"The collection {self._head_name} on {self.server.address} is not one of paper-assistant.",
                "Use another name, or another database (ASSISTANT_CHROMA_DATABASE).",
            )
        if data.get("format") != SERVER_FORMAT:
            raise IndexMismatchError(
                f"The library {self} has format {data.get('format')}; this version of paper-assistant reads "
                f"format {SERVER_FORMAT}.",
                "Use the version that made it.",
            )
        try:
            return Description(str(data["embedder"]), int(data["dimension"]), str(data["collection"]))
        except (KeyError, ValueError, TypeError):
            raise IndexDamagedError(f"The metadata of {self._head_name} are not whole.") from None

    def create(self, embedder: str, dimension: int) -> Description:
        """Make the library; where another process was faster, it is that one's."""
        made = self.new_papers(embedder, dimension)
        self._head = self.server.make(self._head_name, {"kind": _KIND, **asdict(made)}, {})
        kept = self.describe() or made
        if kept.collection != made.collection:
            self.server.drop(made.collection)
        return kept

    def new_papers(self, embedder: str, dimension: int) -> Description:
        """An empty collection for papers, that no library points to yet."""
        name = f"{_PAPERS}{self.name}.{uuid4().hex[:8]}"
        self.server.make(name, {"kind": _KIND}, {"hnsw": HNSW})
        return Description(embedder, dimension, name)

    def papers(self, description: Description) -> Collection:
        """The collection with the papers."""
        found = self.server.find(description.collection)
        if found is None:
            raise IndexDamagedError(f"its papers ({description.collection}) are gone from the server")
        return found

    def point_to(self, description: Description) -> None:
        """Make another collection the one that counts; Chroma writes the metadata whole."""
        self._journal.modify(metadata={"kind": _KIND, **asdict(description)})

    def drop_head(self) -> None:
        """Delete the head; the papers stay."""
        self.server.drop(self._head_name)

    def drop_papers(self, *, but: str) -> None:
        """Delete what rebuilds, also such that were cut off, have left of this library."""
        prefix = f"{_PAPERS}{self.name}."
        for name in self.server.names(prefix):
            if name != but and "." not in name.removeprefix(prefix):  # or it is of a library `name.other`
                self.server.drop(name)

    # -- the journal -----------------------------------------------------------------------------

    @property
    def _journal(self) -> Collection:
        if self._head is None:
            raise AssertionError("described before it is read")
        return self._head

    def length(self) -> int:
        """How many entries there are, which is the number of the last."""
        return self._journal.count()

    def entries(self, first: int) -> list[Entry]:
        """Some entries from number ``first`` on, in their order; fewer than ``_READ`` are the last."""
        return self._read([_row(number) for number in range(first, first + _READ)])

    def claim(self, number: int, ids: Sequence[str], writer: str) -> Entry:
        """Take a number for a commit that touches ``ids``; it is open until :meth:`close` or :meth:`finish`.

        Raises:
            IndexLockedError: another writer has taken it.
        """
        mine = uuid4().hex
        told = {"state": "open", "writer": writer, "who": _who(), "at": int(time.time()), "claim": mine}
        self._journal.add(
            ids=[_row(number)],
            embeddings=cast("Any", [[1.0]]),
            metadatas=[cast("Any", told)],
            documents=[json.dumps(list(ids))],
        )
        [taken] = self._read([_row(number)])
        if taken.claim != mine:
            raise self.busy(taken)
        return taken

    def close(self, entry: Entry) -> None:
        """Say that all that an entry names is written, and that its writer goes on.

        Raises:
            IndexLockedError: the writer was taken for dead; what it wrote is announced all the same.
        """
        [found] = self._read([_row(entry.number)])
        if found.state != "open":
            for _ in range(_TRIES):
                with suppress(IndexLockedError):  # somebody else was faster
                    self.finish(self.claim(self.length() + 1, entry.ids, entry.writer))
                    break
            raise self.busy(self.entries(self.length())[-1])
        self._mark(entry, "more")

    def finish(self, entry: Entry) -> None:
        """Say that nothing more comes from the writer of an entry: it is done, or dead."""
        self._mark(entry, "done")

    def beat(self, entry: Entry) -> None:
        """Show that the writer of an entry lives."""
        self._journal.update(ids=[_row(entry.number)], metadatas=[{"at": int(time.time())}])

    def busy(self, entry: Entry) -> IndexLockedError:
        """The error for a library that another process writes to."""
        return IndexLockedError(
            f"The library {self} is written to by {entry.who}.",
            "Wait until that is done and run the same again; what is in is kept.",
            owner=entry.who,
        )

    def _mark(self, entry: Entry, state: State) -> None:
        told = {"state": state, "at": int(time.time())}
        self._journal.update(ids=[_row(entry.number)], metadatas=[cast("Any", told)])

    def _read(self, rows: list[str]) -> list[Entry]:
        found = self._journal.get(ids=rows, include=["metadatas", "documents"])
        entries = []
        for row, data, ids in zip(
            found["ids"], found["metadatas"] or [], found["documents"] or [], strict=True
        ):
            told = cast("Any", data)
            entries.append(
                Entry(
                    number=int(row),
                    ids=tuple(json.loads(ids)),
                    state=told["state"],
                    writer=told["writer"],
                    who=told["who"],
                    at=int(told["at"]),
                    claim=told["claim"],
                )
            )
        return sorted(entries, key=lambda entry: entry.number)


def libraries_on(server: ChromaServer) -> list[str]:
    """The names of the libraries in this database."""
    return [name.removeprefix(_HEADS) for name in server.names(_HEADS)]


def _row(number: int) -> str:
    return f"{number:012d}"


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"
