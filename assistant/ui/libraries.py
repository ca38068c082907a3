"""The libraries that this page has open: the one it was started with, and those that its readers chose.

Each stays open until the page ends, with an import desk of its own. Knows no component.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AssistantError, UsageError
from ..folders import library_folder
from .importing import Desk, Download
from .preparation import Preparation
from .uploads import Uploads

if TYPE_CHECKING:
    from ..assistant import Assistant

MOST_OPEN = 8
"""Libraries open at once: each has its index in memory."""


@dataclass(frozen=True, slots=True)
class OpenLibrary:
    """A library with what adds to it. ``assistant`` owns its index; ``opened`` is a monotonic time."""

    assistant: Assistant
    preparation: Preparation
    desk: Desk
    opened: float = field(default_factory=time.monotonic)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.assistant.path.absolute().name

    def close(self) -> None:
        """Give the index back."""
        self.preparation.stop()
        self.desk.close()
        self.assistant.close()


class Libraries:
    """Opens libraries by name. Threads may share it."""

    def __init__(self, first: OpenLibrary, uploads: Uploads) -> None:
        """Begin with the library of the page, which its caller closes."""
        self.first = first
        self._uploads = uploads
        self._lock = threading.Lock()
        self._others: dict[str, OpenLibrary] = {}

    def names(self) -> list[str]:
        """All that can be chosen, in the order of the alphabet."""
        with self._lock:
            known = {self.first.name, *self._others}
        with suppress(AssistantError):  # a server that does not answer; what is open can be chosen still
            known |= set(self.first.assistant.libraries())
        return sorted(known, key=str.casefold)

    def get(self, name: str) -> OpenLibrary:
        """The library of this name, opened in the background; one that is not there is begun empty.

        Raises:
            SettingsError: it cannot be the name of one.
            UsageError: too many are open.
        """
        if name == self.first.name:
            return self.first
        if name not in self.names():
            library_folder(name)  # says what is wrong with a new name
        with self._lock:
            known = self._others.get(name)
            if known is not None and known.preparation.snapshot().phase != "failed":
                return known
            if known is not None:
                self._others.pop(name).close()  # it may be free, or mended, by now
            if len(self._others) >= MOST_OPEN:
                raise UsageError(
                    f"{MOST_OPEN} other libraries are open on this page.", "Start it again to open more."
                )
            self._others[name] = opened = self._opened(name)
            return opened

    def download(self, token: str) -> Download | None:
        """A file made for a reader, whichever library its rows were for."""
        with self._lock:
            desks = [self.first.desk, *(other.desk for other in self._others.values())]
        return next((made for desk in desks if (made := desk.download(token)) is not None), None)

    def close(self) -> None:
        """Give all but the first one back."""
        with self._lock:
            others, self._others = list(self._others.values()), {}
        for other in others:
            other.close()

    def _opened(self, name: str) -> OpenLibrary:
        folder: Path = self.first.assistant.path.parent / name
        assistant = self.first.assistant.beside(folder)
        preparation = Preparation(assistant, sample=False)
        preparation.start()
        return OpenLibrary(assistant, preparation, Desk(assistant, preparation, self._uploads))
