"""Cuts the lines of a table into rows of cells; knows nothing of what the cells hold.

Python's reader does the work; what it lacks is a way back after a quote that is never closed, which
would take all rows up to the next quote for one. Here such a row costs itself alone.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..source import Line

# A row that goes on for longer has an open quote; it bounds also what is read again after each.
_LINES = 500
_SIZE = 1_000_000


class Row(NamedTuple):
    """The cells of a row with the number of its first line, and its lines as they stand in the file.

    ``problem`` says why there are no cells, if so.
    """

    number: int
    cells: list[str]
    text: str
    problem: str = ""


def rows(lines: Iterable[Line], delimiter: str, width: int) -> Iterator[Row]:
    """The rows of a table of ``width`` columns; blank ones are left out."""
    feed = _Feed(lines)
    while feed.more():
        row = _row(feed, delimiter, width)
        if row.problem or any(cell.strip() for cell in row.cells):
            yield row


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line by itself; none where it is no row."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _row(feed: _Feed, delimiter: str, width: int) -> Row:
    """The next row."""
    try:
        cells = next(csv.reader(feed, delimiter=delimiter, skipinitialspace=True, strict=True), [])
        problem, text = _misfit(cells, width), "".join(line.text for line in feed.taken)
    except csv.Error as error:
        cells, problem = _mended(feed.taken[0].text, delimiter, width), _reason(feed.taken[0], error)
        text = feed.taken[0].text
        feed.go_back()
        if cells:
            problem = ""
    return Row(feed.taken[0].number, cells[:width], text, problem)


def _mended(line: str, delimiter: str, width: int) -> list[str]:
    """The cells of a line with misplaced quotes, if there is one way to take it that fits."""
    line = line.rstrip("\n")
    quoted = cells_of(f"{line}\n", delimiter)
    if not _misfit(quoted, width) and not any("\n" in cell for cell in quoted):  # a quote is left open
        return quoted
    # Tables by tabs are often written without any quoting.
    plain = line.split("\t") if delimiter == "\t" else []
    return [] if _misfit(plain, width) else plain


def _misfit(cells: list[str], width: int) -> str:
    """Why cells do not fit the header; blank ones at the end are nothing."""
    if len(cells) == width or (len(cells) > width and not any(cell.strip() for cell in cells[width:])):
        return ""
    if not any(cell.strip() for cell in cells):
        return ""
    return f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'} where the header has {width}"


def _reason(line: Line, error: csv.Error) -> str:
    """What a row cannot be read for."""
    if line.problem and not line.text:
        return line.problem
    if len(line.text) > csv.field_size_limit() and "limit" in str(error):
        return f"a cell of more than {csv.field_size_limit():,} characters"
    return "a quote is not closed, or not doubled within quotes"


class _Feed:
    """The lines for Python's reader, with a way back to those after the first of a row."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Begin before the first line."""
        self.taken: list[Line] = []
        self._lines = iter(lines)
        self._ahead: deque[Line] = deque()
        self._size = 0

    def more(self) -> bool:
        """Begin a row, if there is one."""
        self.taken, self._size = [], 0
        if not self._ahead and (line := next(self._lines, None)):
            self._ahead.append(line)
        return bool(self._ahead)

    def go_back(self) -> None:
        """Give the lines after the first of this row once more."""
        self._ahead.extendleft(reversed(self.taken[1:]))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line of this row."""
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        self.taken.append(line)
        self._size += len(line.text)
        # What is wrong with a line that has a text is a byte of another encoding, already mended.
        if (line.problem and not line.text) or (
            len(self.taken) > 1 and (len(self.taken) > _LINES or self._size > _SIZE)
        ):
            raise csv.Error("too long")
        return line.text
