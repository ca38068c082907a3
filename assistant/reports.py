"""What an import tells of itself: how far it is, what it did, what it rejected and folded.

Plain frozen values, as `types`, which has them too: that is where the rest of the package takes them from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be read: where it stands (file and line) and why.

    ``text`` is the row as it stands there and ``format`` the name of its format, for a file of rejected
    rows that can be mended; empty where the row is too long, or is no row but a whole file.
    """

    where: str
    reason: str
    text: str = field(default="", compare=False, repr=False)
    format: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        """Place and reason on one line."""
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in papers; ``merged`` are rows folded into a paper of the same import."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: tuple[Rejected, ...] = ()

    def __str__(self) -> str:
        """The counts on one line."""
        return (
            f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.merged} merged, {len(self.rejected)} rejected"
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: papers done of those read so far to be embedded."""

    done: int
    total: int


ProgressCallback = Callable[[Progress], None]
