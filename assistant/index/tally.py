"""What an import has come upon so far; knows no store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Literal

from ..types import Fold, ImportReport, Rejected

LISTED = 1_000
"""Rejected rows and folds that a report lists; the rest is counted."""

Kind = Literal["added", "updated", "unchanged", "merged"]


@dataclass(slots=True)
class Tally:
    """The counts and lists of an import."""

    rejected: list[Rejected] = field(default_factory=list)
    more_rejected: int = 0
    folds: list[Fold] = field(default_factory=list)
    _rows: Counter[Kind] = field(default_factory=Counter)

    def count(self, kind: Kind, rows: int = 1) -> None:
        """Count a row, or take its count back."""
        self._rows[kind] += rows

    def reject(self, row: Rejected) -> None:
        """Count a bad row. It is listed without its text: a file of bad rows must not fill the memory."""
        if len(self.rejected) < LISTED:
            self.rejected.append(replace(row, text="", header=""))
        else:
            self.more_rejected += 1

    def merge(self, where: str, id_: str, title: object, target: str, into: object) -> None:
        """Count a row or a paper that was folded into a paper, and list it."""
        self.count("merged")
        if len(self.folds) < LISTED:
            self.folds.append(Fold(where, id_, str(title), target, str(into)))

    def report(self) -> ImportReport:
        """The counts and the lists."""
        return ImportReport(
            self._rows["added"],
            self._rows["updated"],
            self._rows["unchanged"],
            self._rows["merged"],
            tuple(self.rejected),
            self.more_rejected,
            tuple(self.folds),
        )
