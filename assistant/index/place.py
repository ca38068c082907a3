"""Where an index lives: in a folder, or on a Chroma server. Imports no store until one is opened."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import SettingsError
from ..folders import libraries
from ..models.ports import Embedder
from ..settings import Settings
from ..types import ProgressCallback
from .layout import Layout, Manifest, absent, known_manifest

if TYPE_CHECKING:
    from .server import ChromaServer
    from .store import PaperIndex


class Place(Protocol):
    """A place for one index; :meth:`close` gives back what it holds open."""

    @property
    def layout(self) -> Layout:
        """What of it is on this disk, with the name that messages give it."""

    def exists(self) -> bool:
        """Whether there is an index, whatever its state."""

    def open(self, embedder: Callable[[], Embedder], *, create: bool) -> PaperIndex:
        """The index, opened; with ``create``, a missing one is made. ``embedder`` is made when needed."""

    def rebuild(self, embedder: Embedder, progress: ProgressCallback | None) -> int:
        """Make the index anew from its records; how many papers it holds then."""

    def known(self) -> Manifest:
        """What can be known of an index that cannot be opened."""

    def libraries(self) -> list[str]:
        """The names of the indexes beside this one, and its own."""

    def close(self) -> None:
        """Give back connections."""


def place_of(settings: Settings) -> Place:
    """Where the settings put the index.

    Raises:
        SettingsError: its name cannot be one on a server.
    """
    return OnServer(settings) if settings.chroma_url else InFolder(settings.index)


class InFolder:
    """An index in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder)

    def exists(self) -> bool:
        """Whether the folder holds an index."""
        return self.layout.manifest.exists()

    def open(self, embedder: Callable[[], Embedder], *, create: bool) -> PaperIndex:
        """The index; this process owns its folder until it is closed."""
        if not (create or self.exists()):
            raise absent(self.layout)  # before anything heavy is imported
        from .opening import open_index

        return open_index(self.layout, embedder(), create=create)

    def rebuild(self, embedder: Embedder, progress: ProgressCallback | None) -> int:
        """Make the index anew beside the old one."""
        from .rebuild import rebuild

        return rebuild(self.layout, embedder, progress)

    def known(self) -> Manifest:
        """The manifest, as far as it can be read."""
        return known_manifest(self.layout)

    def libraries(self) -> list[str]:
        """The indexes in the folder around this one."""
        return libraries(self.layout.root.parent)

    def close(self) -> None:
        """Nothing is held."""


class OnServer:
    """A library on a Chroma server, with a copy of its words in the index folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name = settings.index.absolute().name
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?", self._name):
            raise SettingsError(
                f"{self._name[:80]!r} cannot be the name of a library on a Chroma server.",
                "Name the folder or library with letters from A to Z, digits, dots, dashes and underscores.",
            )
        where = (settings.chroma_url or "", settings.chroma_tenant, settings.chroma_database, self._name)
        copy = hashlib.sha256("\n".join(where).encode()).hexdigest()[:16]
        self.layout = Layout(Layout(settings.index).servers / copy, f"{self._name} on {settings.chroma_url}")
        self._server: ChromaServer | None = None
        self._lock = threading.Lock()

    @property
    def _connection(self) -> ChromaServer:
        """The connection."""
        with self._lock:
            if self._server is None:
                from .server import ChromaServer

                self._server = ChromaServer(self._settings)
            return self._server

    def exists(self) -> bool:
        """Whether the server has the library."""
        from .library import Library

        return Library(self._connection, self._name).describe() is not None

    def open(self, embedder: Callable[[], Embedder], *, create: bool) -> PaperIndex:
        """The library; others may read it, and write when this process does not."""
        from .library import Library
        from .shared import SharedIndex

        self._connection.check()
        return SharedIndex(Library(self._connection, self._name), self.layout, embedder(), create=create)

    def rebuild(self, embedder: Embedder, progress: ProgressCallback | None) -> int:
        """Fill a second collection and point the library to it."""
        from .remaking import rebuild_on

        self._connection.check()
        return rebuild_on(self._connection, self._name, self.layout, embedder, progress)

    def known(self) -> Manifest:
        """What the server says of the library."""
        from .library import Library

        described = Library(self._connection, self._name).describe()
        return Manifest(described.embedder, described.dimension) if described else Manifest("unknown", 0)

    def libraries(self) -> list[str]:
        """The libraries in the same database."""
        from .library import libraries_on

        return libraries_on(self._connection)

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None
