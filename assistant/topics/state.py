"""What is kept of a collection's topics, in one file beside its index; knows no index."""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from ..errors import IndexWriteError, SavedFileError
from ..index.layout import Layout
from ..saved import dumped, loaded
from ..whole import write_whole
from .features import Matrix

FORMAT = 1
"""The version of the file; raised by any change that an older program would misread."""
_LARGEST = 500_000_000
"""Bytes: the topics of some million papers. A file beyond is none of ours."""
_LONGEST_WAIT = 10.0
"""Seconds that an exit waits for a file that is being written: a disk may hang."""
_WRITING = threading.RLock()
# A thread that an exit does not wait for would leave half a draft behind. Not given back: none begins later.
atexit.register(_WRITING.acquire, timeout=_LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Group:
    """A topic as it was discovered: ``centre`` is its direction among the vectors without their mean."""

    id: str
    name: str
    terms: tuple[str, ...]
    centre: tuple[float, ...]
    area: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """What the user changed: the ``name`` of a topic, or ``topics`` of which all join the first."""

    kind: Literal["rename", "merge"]
    topics: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The topics of a collection whose manifest had this ``content``; ``discovered`` papers were grouped.

    ``papers`` is the place of each paper's group in ``groups`` (-1 for none) with its cosine to the centre.
    ``areas`` are ids and names. ``new`` are the papers that came in last. ``edits`` are in their order.
    ``numbered`` counts the ids that were given away. ``named_by`` is the model that named the topics.
    ``places`` are those on the map, as far as it was asked for.
    """

    embedder: str
    content: str
    discovered: int = 0
    mean: tuple[float, ...] = ()
    floor: float = -1.0
    groups: tuple[Group, ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    papers: dict[str, tuple[int, float]] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    numbered: int = 0
    named_by: str = ""
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    kind: Literal["topics"] = "topics"
    format: int = FORMAT

    @property
    def centres(self) -> Matrix:
        """The centres of all groups, one a row."""
        return np.array([group.centre for group in self.groups], dtype=np.float32).reshape(-1, len(self.mean))


@dataclass(frozen=True, slots=True)
class _Head:
    kind: Literal["topics"]
    format: int


_last: tuple[tuple[Path, int, int, int], State] | None = None
"""The state read last, and of which file as it was then: that of 100,000 papers takes a second to read."""


def load(path: Path) -> tuple[State | None, str]:
    """What is kept, with why there is nothing where a file cannot be used; such a file is put aside.

    As long as the file stays as it is, it is the same object.
    """
    global _last  # noqa: PLW0603 - one for the process, as files are
    try:
        with path.open("rb") as file:
            there = os.fstat(file.fileno())
            stamp = (path.absolute(), there.st_mtime_ns, there.st_size, there.st_ino)
            known = _last
            if known is not None and known[0] == stamp:
                return known[1], ""
            state = _read(file.read(_LARGEST + 1), path)
    except FileNotFoundError:
        return None, ""
    except (SavedFileError, OSError):
        aside = Layout(path.parent).spoilt_topics
        with suppress(OSError):
            path.replace(aside)
        return None, (
            "The kept topics could not be read and were found anew; names and merges of yours are in "
            f"{aside.name} only."
        )
    _last = stamp, state
    return state, ""


def _read(data: bytes, path: Path) -> State:
    """The state that a file holds, if it is one of ours and its parts fit each other."""
    if len(data) > _LARGEST or loaded(_Head, data, str(path)).format != FORMAT:
        raise SavedFileError(f"{path} is too large, or of another version of paper-assistant.")
    state = loaded(State, data, str(path))
    width, count = len(state.mean), len(state.groups)
    if any(len(group.centre) != width for group in state.groups) or any(
        not -1 <= place < count for place, _ in state.papers.values()
    ):
        raise SavedFileError(f"{path} does not fit together.")
    return state


def save(state: State, path: Path) -> None:
    """Write the file in one step: a crash leaves the old one or the new one, whole.

    Raises:
        IndexWriteError: the disk does not take it.
    """
    try:
        data = dumped(state)
        with _WRITING:
            write_whole(path, data)
    except (OSError, ValueError) as error:
        raise IndexWriteError(
            f"The topics in {path} cannot be written: {getattr(error, 'strerror', None) or 'no Unicode'}.",
            "Free some space or mend the permissions and run the same again.",
        ) from None
