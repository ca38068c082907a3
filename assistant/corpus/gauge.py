"""What is told of the reading of an import's files: how much, in bytes as they lie on disk, and how.

Knows no format.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path


@dataclass(slots=True)
class OnDisk:
    """A file on disk: its bytes, and where the last one to open it has come to.

    Of an archive it is the place in the archive, so that packed files need not be unpacked to be measured.
    """

    size: int
    file: FileIO | None = None

    @property
    def position(self) -> int:
        """How many bytes have been read; all of them once the file is closed."""
        if self.file is None:
            return 0
        return self.size if self.file.closed else min(self.file.tell(), self.size)


@dataclass(slots=True)
class Gauge:
    """The bytes of all files of an import, and of those that were read.

    ``assumed`` has the names of files by an encoding that nothing in them tells.
    """

    total: int = 0
    assumed: dict[str, list[str]] = field(default_factory=dict)
    _passed: int = 0
    _at: OnDisk = field(default_factory=lambda: OnDisk(0))

    def expect(self, size: int) -> None:
        """So many bytes are going to be read."""
        self.total += size

    def reach(self, at: OnDisk) -> None:
        """It is this file's turn; several parts of an archive are one file."""
        if at is not self._at:
            self._passed += self._at.size
            self._at = at

    @property
    def share(self) -> float | None:
        """The share of the bytes that has been read, in [0, 1], if there are any."""
        return min(1.0, (self._passed + self._at.position) / self.total) if self.total else None


def size_of(place: Path) -> int:
    """The bytes of a file, or of all files in a folder; what cannot be looked at has none."""
    try:
        if not place.is_dir():
            return place.stat().st_size
        return sum(size_of(Path(entry.path)) for entry in os.scandir(place) if not entry.is_symlink())
    except OSError:
        return 0
