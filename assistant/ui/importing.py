"""Adds the papers of dropped files beside the open page, one drop after another; knows no component.

The page asks for a snapshot whenever it wants one, so a tab that is loaded again, or another one, sees the
same import. Where several readers share a page, ``who`` keeps them apart: the names of files, what became of
them and the button that stops them are for the reader whose files they are.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CollectionError
from ..progress import Pace, Progress
from ..types import ImportReport
from .failures import explain
from .uploads import Upload, Uploads

if TYPE_CHECKING:
    from ..assistant import Assistant
    from .preparation import Preparation

MOST_WAITING = 20
KEPT_RESULTS = 3
"""Reports of one reader that stay on the page, with the files of their rejected rows."""
MOST_RESULTS = 60
ANOTHER = "files of another reader"
GENERAL_PROBLEM = "This file could not be added."
_NOT_YET = Progress(0, 0)
_PACKED = {".gz", ".zip"}


@dataclass(frozen=True, slots=True)
class Download:
    """A file made for the reader: its name, and what its address ends in."""

    name: str
    token: str
    path: Path


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one drop: the sum over its files, and why some of them could not be read."""

    names: tuple[str, ...]
    report: ImportReport
    problems: tuple[str, ...] = ()
    downloads: tuple[Download, ...] = ()


@dataclass(frozen=True, slots=True)
class Underway:
    """The file that is being added, the ``place``-th of ``files``; ``pace`` is rate and time left."""

    name: str
    place: int
    files: int
    progress: Progress = _NOT_YET
    pace: str = ""
    stopping: bool = False
    held_up: bool = False
    """Whether the collection is not ready yet."""
    mine: bool = True
    """Whether they are files of the reader who looks."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is being added, what waits for it, and what was added, the newest first; ``ended`` counts it."""

    current: Underway | None
    waiting: tuple[str, ...]
    results: tuple[Result, ...]
    ended: int
    mine_waits: bool = False
    """Whether some of what waits are files of the reader who looks."""

    @property
    def stoppable(self) -> bool:
        """Whether the reader who looks has something to stop."""
        return self.mine_waits or (self.current is not None and self.current.mine)

    @property
    def busy(self) -> bool:
        """Whether it may change by itself."""
        return self.current is not None or bool(self.waiting)


@dataclass(slots=True)
class _Drop:
    files: tuple[Upload, ...]
    folder: Path
    """For the rejected rows."""
    who: str
    stop: threading.Event = field(default_factory=threading.Event)


class Desk:
    """Where files are handed in. One is added at a time; whatever else writes takes its turn."""

    def __init__(self, assistant: Assistant, preparation: Preparation, uploads: Uploads) -> None:
        """Nothing runs until something is handed in."""
        self._assistant = assistant
        self._preparation = preparation
        self._uploads = uploads
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: deque[_Drop] = deque()
        self._drop: _Drop | None = None
        self._current: Underway | None = None
        self._results: deque[tuple[Result, _Drop]] = deque()
        self._ended = 0
        self._thread: threading.Thread | None = None

    def hand_in(self, files: Sequence[Upload], who: str = "") -> bool:
        """Add the papers of these files when it is their turn; false if too many wait already."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                _delete(files)
                return False
            self._waiting.append(_Drop(tuple(files), self._uploads.folder(), who))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="assistant-import", daemon=True)
                self._thread.start()
            return True

    def stop(self, who: str = "") -> None:
        """End what is being added, keeping what is in hand; where it is another's, what waits behind it."""
        with self._lock:
            if self._drop is not None and self._drop.who == who:
                self._drop.stop.set()
                return
            for drop in [drop for drop in self._waiting if drop.who == who]:
                self._waiting.remove(drop)
                _delete(drop.files)

    def snapshot(self, who: str = "") -> Snapshot:
        """How far it is now, as far as it is this reader's business."""
        with self._lock:
            current = self._current
            if current and self._drop:
                current = replace(current, stopping=self._drop.stop.is_set(), mine=self._drop.who == who)
                if not current.mine:
                    current = replace(current, name=ANOTHER)
            waiting = [
                file.name if drop.who == who else ANOTHER for drop in self._waiting for file in drop.files
            ]
            results = tuple(result for result, drop in self._results if drop.who == who)
            mine = any(drop.who == who for drop in self._waiting)
            return Snapshot(current, tuple(waiting), results, self._ended, mine)

    def download(self, token: str) -> Download | None:
        """A file made for the reader."""
        with self._lock:
            results = [result for result, _ in self._results]
        return next((made for result in results for made in result.downloads if made.token == token), None)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether the caller may change the collection now; while it does, nothing is added."""
        free = not self._preparation.under_way and self._turn.acquire(blocking=False)
        try:
            yield free
        finally:
            if free:
                self._turn.release()

    @contextmanager
    def waited_turn(self) -> Iterator[None]:
        """Change the collection when nothing else does; the page's tables are looked at again after it."""
        with self._turn:
            yield
        with self._lock:
            self._ended += 1

    def close(self, timeout: float = 10.0) -> None:
        """End what is under way between two batches of papers, and forget what waits."""
        with self._lock:
            self._waiting.clear()
            thread = self._thread
            if self._drop is not None:
                self._drop.stop.set()
        if thread is not None:
            thread.join(timeout)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                self._drop = self._waiting.popleft()
                self._current = Underway(self._drop.files[0].name, 1, len(self._drop.files))
            drop = self._drop
            with self._turn:
                result = self._add(drop)
            with self._lock:
                self._results.appendleft((result, drop))
                self._drop = self._current = None
                self._ended += 1
                own = [each for each in self._results if each[1].who == drop.who]
                for old in own[KEPT_RESULTS:]:
                    self._forget(old)
                while len(self._results) > MOST_RESULTS:
                    self._forget(self._results[-1])

    def _forget(self, old: tuple[Result, _Drop]) -> None:
        self._results.remove(old)
        shutil.rmtree(old[1].folder, ignore_errors=True)

    def _add(self, drop: _Drop) -> Result:
        """Add one file after the other: one that is no collection does not keep the others out."""
        result = Result(tuple(file.name for file in drop.files), ImportReport())
        try:
            self._until_ready(drop)
            for place, file in enumerate(drop.files, 1):
                if drop.stop.is_set():
                    result = replace(result, report=replace(result.report, interrupted=True))
                    break
                self._current = Underway(file.name, place, len(drop.files))
                try:
                    report = self._add_file(file, drop, place)
                except CollectionError as error:
                    result = replace(result, problems=(*result.problems, _named(error.message, file)))
                else:
                    result = replace(result, report=_sum(result.report, report))
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            problem = explain(error, GENERAL_PROBLEM, self._assistant.settings)
            result = replace(result, problems=(*result.problems, problem))
        finally:
            _delete(drop.files)
        return replace(result, downloads=_downloads(drop.folder))

    def _add_file(self, file: Upload, drop: _Drop, place: int) -> ImportReport:
        pace = Pace()

        def advance(progress: Progress) -> None:
            pace.take(progress)
            self._current = Underway(file.name, place, len(drop.files), progress, str(pace))

        folder = drop.folder / str(place)
        folder.mkdir()
        return self._assistant.add(
            file.path, rejected=folder / _rejected_name(file), progress=advance, stop=drop.stop.is_set
        )

    def _until_ready(self, drop: _Drop) -> None:
        while self._preparation.under_way and not drop.stop.is_set():
            self._current = replace(self._current, held_up=True) if self._current else None
            time.sleep(0.05)


def _delete(files: Sequence[Upload]) -> None:
    for file in files:
        shutil.rmtree(file.path.parent, ignore_errors=True)


def _named(message: str, file: Upload) -> str:
    """A message about a file with the name that its user knows."""
    return message.replace(str(file.path), file.name)


def _rejected_name(file: Upload) -> str:
    """What the file of rejected rows is called: their format is that of the file, unless it is packed."""
    name = Path(file.name)
    while name.suffix.lower() in _PACKED:
        name = name.with_suffix("")
    return f"{name.stem}-rejected{name.suffix or '.txt'}"


def _downloads(folder: Path) -> tuple[Download, ...]:
    made = sorted(path for path in folder.glob("*/*") if path.is_file())
    return tuple(Download(path.name, secrets.token_urlsafe(16), path) for path in made)


def _sum(first: ImportReport, second: ImportReport) -> ImportReport:
    return ImportReport(
        first.added + second.added,
        first.updated + second.updated,
        first.unchanged + second.unchanged,
        first.merged + second.merged,
        first.rejected + second.rejected,
        first.more_rejected + second.more_rejected,
        first.folds + second.folds,
        first.interrupted or second.interrupted,
        first.without_abstract + second.without_abstract,
        first.notices + second.notices,
    )
