"""What an import tells of itself: what it did, what it rejected and folded; `progress` says how far it is.

Plain frozen values, as `types`, which has them too: that is where the rest of the package takes them from.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be read: where it stands (file and line) and why.

    ``text`` is the row as it stands there and ``format`` the name of its format, for a file of rejected
    rows that can be mended; empty where the row is too long, or is no row but a whole file. ``header`` is
    what such a file must begin with for this row to be understood: the names of a table's columns.
    """

    where: str
    reason: str
    text: str = field(default="", compare=False, repr=False)
    format: str = field(default="", compare=False, repr=False)
    header: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        """Place and reason on one line."""
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Fold:
    """A row that was taken for another record of a paper that is there already, and merged into it.

    ``where``, ``id`` and ``title`` are the row's; ``into`` and ``into_title`` those of the paper as it was.
    """

    where: str
    id: str
    title: str
    into: str
    into_title: str

    def __str__(self) -> str:
        """What went where, on one line."""
        into = self.into if self.title == self.into_title else f'{self.into} "{self.into_title}"'
        return f'{f"{self.where}: " if self.where else ""}"{self.title}" into {into}'


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in papers.

    ``merged`` counts the rows that were folded into another paper, or came twice; ``folds`` lists them.
    Both lists hold the first thousand: ``more_rejected`` and ``more_folds`` count those that came after.
    ``interrupted`` tells that it was stopped before its end: what it counts is in.
    ``without_abstract`` counts the papers among the rows that have a title alone; ``notices`` are sentences
    on what was assumed, such as the encoding of a file.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: tuple[Rejected, ...] = ()
    more_rejected: int = 0
    folds: tuple[Fold, ...] = ()
    interrupted: bool = False
    without_abstract: int = 0
    notices: tuple[str, ...] = ()

    @property
    def more_folds(self) -> int:
        """How many merged rows are not listed in ``folds``."""
        return self.merged - len(self.folds)

    def __str__(self) -> str:
        """The counts on one line."""
        bare = f"; {self.without_abstract:,} without an abstract" if self.without_abstract else ""
        return (
            f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.merged} merged, {len(self.rejected) + self.more_rejected} rejected{bare}"
        )
