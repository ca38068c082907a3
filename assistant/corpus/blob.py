"""Bytes with a name, wherever they lie, guarded while they are unpacked; knows nothing of text or papers."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from gzip import BadGzipFile
from typing import Protocol

from .gauge import OnDisk

MAX_RATIO = 200  # to one; listings, JSON and XML of papers pack 3 to 30 to one, a bomb 1,000 and more
MAX_UNPACKED = 100_000_000_000  # bytes of one archive: twenty times the metadata of all of arXiv
_AHEAD = 16_384  # bytes; what is read before it is used counts as read, where time left is told
_SLACK = 64_000_000  # a small archive may unpack to this much whatever its ratio

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    NotImplementedError,  # a ZIP of a later version
    OverflowError,
    ValueError,
    RuntimeError,
)
"""What Python's unpackers raise for bytes that are not what they should be."""


class UnreadableError(ValueError):
    """Something that holds no papers we can read; its text says what it is, to follow "is"."""


class Binary(Protocol):
    """A stream of bytes."""

    def read(self, size: int = -1, /) -> bytes | None:
        """Up to ``size`` bytes, none at the end."""


@dataclass(slots=True)
class Budget:
    """How much an archive of ``packed`` bytes may unpack to; its members share it."""

    packed: int
    spent: int = 0

    @property
    def exceeded(self) -> bool:
        """Whether more came out than any collection of papers holds."""
        return self.spent > min(MAX_UNPACKED, _SLACK + MAX_RATIO * self.packed)


@dataclass(slots=True)
class Blob:
    """Bytes that can be opened again and again.

    ``name`` is the place for a report, with folders; ``file`` is without them; ``disk`` is where they lie in
    the end. ``inside`` tells that they are one of many, so that their faults are reported and the others
    still read. ``problem`` says why the
    last reading ended too soon: damaged bytes end a stream and never raise, so that every format keeps
    what came before them.
    """

    name: str
    file: str
    opener: Callable[[ExitStack], Binary]
    disk: OnDisk
    budget: Budget | None = None
    inside: bool = False
    problem: str = ""

    def open(self) -> io.BufferedReader:
        """The bytes from the beginning.

        Raises:
            OSError: The system does not give them.
            UnreadableError: They are in an archive that is damaged.
        """
        self.problem = ""
        return io.BufferedReader(_Stream(self), _AHEAD)


class _Stream(io.RawIOBase):
    """The bytes of a blob, up to where they are damaged or too many."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob = blob
        self._stack = ExitStack()
        try:
            inner = blob.opener(self._stack)
        except DAMAGE as error:
            self.close()
            raise UnreadableError(_damage(error)) from None
        except BaseException:
            self.close()
            raise
        # "read1" gives what there is; "read" would lose it where the bytes after it are damaged.
        self._read = getattr(inner, "read1", inner.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        blob = self._blob
        if blob.problem:
            return 0
        try:
            data = self._read(len(buffer)) or b""
        except (BadGzipFile, *DAMAGE) as error:
            blob.problem = _damage(error)
            return 0
        if blob.budget:
            blob.budget.spent += len(data)
            if blob.budget.exceeded:
                blob.problem = (
                    f"too large: unpacks to over {MAX_RATIO} times its size, as only a zip bomb does"
                )
                return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._stack.close()


def _damage(error: Exception) -> str:
    """What is wrong with the packed bytes."""
    if isinstance(error, EOFError):
        return "cut off: the packed data ends too soon"
    return f"damaged: the packed data cannot be unpacked ({str(error) or type(error).__name__})"


def why(error: Exception) -> str:
    """Why something could not be read, for a report."""
    if isinstance(error, PermissionError):
        return "may not be read"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return str(error)
