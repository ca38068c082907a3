"""Gets the collection ready behind the open page: opens the index, or makes one of the sample collection.

Knows nothing of the page, which asks for a snapshot whenever it wants one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import AssistantError, IndexDamagedError, IndexLockedError
from ..types import Progress
from .failures import explain

if TYPE_CHECKING:
    from ..assistant import Assistant

MARKER = "sample-import"
"""An empty file in the index's folder while the sample collection is read: what was cut off goes on."""

Phase = Literal["opening", "indexing", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far the preparation is; ``rate`` is papers a second, ``problem`` what it failed on."""

    phase: Phase
    done: int = 0
    total: int = 0
    rate: float = 0.0
    papers: int = 0
    problem: str = ""

    @property
    def untouched(self) -> bool:
        """Whether the index has not been touched yet, so that nothing is known of it."""
        return self.phase in {"opening", "indexing"} and not self.total


class Preparation:
    """One run in a thread. ``on_fatal`` is called with an error that leaves the page nothing to show."""

    def __init__(
        self,
        assistant: Assistant,
        on_fatal: Callable[[AssistantError], None] = lambda _: None,
        on_open: Callable[[], None] = lambda: None,
        *,
        sample: bool = True,
    ) -> None:
        """``on_open`` is called once this process owns the index.

        Where there is none, one of the ``sample`` collection is made, or that is left to an import.
        """
        self._assistant = assistant
        self._on_fatal = on_fatal
        self._on_open = on_open
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="assistant-preparation", daemon=True)
        self._began = 0.0
        self._marker = assistant.path / MARKER
        self._snapshot = Snapshot("opening")
        if sample and (self._marker.exists() or not assistant.has_index):
            self._snapshot = Snapshot("indexing")

    def start(self) -> None:
        """Begin, once."""
        self._thread.start()

    def snapshot(self) -> Snapshot:
        """How far it is now."""
        return self._snapshot

    @property
    def under_way(self) -> bool:
        """Whether it may still change."""
        return self._snapshot.phase in {"opening", "indexing"}

    def stop(self, timeout: float = 10.0) -> None:
        """Ask a run under way to end between two batches of papers, and wait for it."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            if self._snapshot.phase == "indexing":
                self._index()
            papers = self._sound_papers()
            if self._snapshot.untouched:
                self._on_open()
            self._snapshot = Snapshot("ready", papers=papers)
        except _StoppedError:
            self._fail("Reading the sample collection was stopped.")
        except AssistantError as error:
            fatal = self._snapshot.phase == "opening" or isinstance(error, IndexLockedError)
            self._fail(str(error))
            if fatal:
                self._on_fatal(error)
        except Exception as error:  # noqa: BLE001 - the thread's last line: the page has to learn of it
            self._fail(explain(error, "The collection could not be made ready.", self._assistant.settings))

    def _sound_papers(self) -> int:
        """Open the index; how many papers it holds. Of one that is not there, none."""
        if not self._assistant.has_index:
            return 0
        status = self._assistant.status()
        if not status.sound:
            raise IndexDamagedError(status.problem or f"The index {status.path} is not sound.")
        return status.papers

    def _index(self) -> None:
        from ..corpus import sample_collection

        with suppress(OSError):  # a place that cannot be written is for the import to tell
            self._assistant.path.mkdir(parents=True, exist_ok=True)
            self._marker.touch()
        self._assistant.add(sample_collection(), progress=self._advance)
        self._marker.unlink(missing_ok=True)

    def _advance(self, progress: Progress) -> None:
        if self._stopping.is_set():
            raise _StoppedError
        now = time.monotonic()
        if self._snapshot.untouched:
            self._on_open()
        self._began = self._began or now  # the first call comes when all is loaded
        elapsed = now - self._began
        rate = progress.done / elapsed if elapsed > 0 else 0.0
        self._snapshot = Snapshot("indexing", done=progress.done, total=progress.total, rate=rate)

    def _fail(self, problem: str) -> None:
        self._snapshot = Snapshot("failed", problem=problem)


class _StoppedError(Exception):
    """Raised inside an import to end it."""
