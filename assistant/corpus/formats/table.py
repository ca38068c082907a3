"""Tables of papers as CSV or TSV, with a row of column names; knows nothing of spreadsheets.

What tells the format, the delimiter and the place of the header is the row of column names itself:
the line of the first ones that has a title and most of the other names that exports use. A guess from
how often a character occurs would be led astray by commas in abstracts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import NamedTuple

from ...types import Paper, Rejected
from ..rows import refused, row_of
from ..source import Line, Source
from .columns import Columns
from .csv_rows import cells_of, rows

NAME = "a table (CSV or TSV with columns of titles and abstracts)"
MENDABLE = ("", "\n", "\n")

_DELIMITERS = "\t;,|"
_BEFORE = 50  # lines that may stand before the header
_COLUMN = re.compile(r"[^\W\d_][\w\u0300-\u036f .:/()（）#&'’*+-]{0,60}")
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_LINE_END = re.compile(r"\r\n?|\n")
_SAMPLE = 10  # rows that are compared with a header
_SEEN = 40  # columns that a message names


class _Header(NamedTuple):
    """Where the header stands, its delimiter and its columns."""

    number: int
    delimiter: str
    columns: Columns
    width: int
    text: str


def recognises(head: str) -> bool:
    """Whether a row of column names is among the first lines."""
    return _header(head) is not None


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper or a reason for each row; one reason for all where there is no column of titles."""
    header = _header(source.head)
    if header is None:
        return
    names = header.columns.names
    if "title" not in header.columns.fields:
        seen = ", ".join(name[:60] for name in names[:_SEEN]) + (", …" if len(names) > _SEEN else "")
        yield Rejected(source.where(header.number), f"no column of titles; the columns are: {seen}")
        return
    after = (line for line in source.lines() if line.number > header.number)
    for row in rows(after, header.delimiter, header.width):
        if row.problem or tuple(map(str.strip, row.cells)) != names:  # joined files repeat their header
            fields = refused(row.problem) if row.problem else partial(header.columns.fields_of, row.cells)
            found = row_of(source, row.number, fields, row.text)
            yield replace(found, header=header.text) if isinstance(found, Rejected) else found


def _header(head: str) -> _Header | None:
    """The header that tells most; else a first line that is one of some other table."""
    lines = _LINE_END.split(head)
    found: list[tuple[int, int, _Header]] = []
    for delimiter in _DELIMITERS:
        for place, line in enumerate(lines[:_BEFORE]):
            if delimiter in line:
                header = _made(place + 1, delimiter, line)
                known = len(header.columns.fields)
                if known and _is_header(header, lines[place + 1 :]):
                    found.append((known, -place, header))
    if found:
        return max(found, key=lambda each: ("title" in each[2].columns.fields, *each[:2]))[2]
    return _titles_alone(lines) or _other_table(lines)


def _is_header(header: _Header, after: Sequence[str]) -> bool:
    """Whether cells are names of columns; the fewer of them are known, the more the rows must say."""
    fields = header.columns.fields
    if len(fields) == 1:
        return "title" in fields and _has_names(header) and _fit(header, after) >= 0.5
    if fields >= {"title", "abstract"} and not any(map(str.strip, after)):
        return True  # an export of nothing, to be called by its name
    return (len(fields) >= 3 and _has_names(header)) or _fit(header, after) > 0


def _titles_alone(lines: Sequence[str]) -> _Header | None:
    """The header of a table of one column, where it is named as that of titles; commas part nothing there."""
    place = next((place for place, line in enumerate(lines) if line.strip()), 0)
    header = _made(place + 1, "\t", lines[place])
    names = header.columns.names
    is_one = header.columns.fields == {"title"} and len(names) == 1 and _WORDS.fullmatch(names[0])
    return header if is_one and _fit(header, lines[place + 1 :]) >= 0.5 else None


def _other_table(lines: Sequence[str]) -> _Header | None:
    """The header of a table without any known column, so that it can be said what its columns are."""
    place = next((place for place, line in enumerate(lines) if line.strip()), 0)
    for delimiter in _DELIMITERS:
        header = _made(place + 1, delimiter, lines[place])
        if header.width >= 3 and _has_names(header) and _fit(header, lines[place + 1 :]) >= 0.5:
            return header
    return None


def _made(number: int, delimiter: str, line: str) -> _Header:
    """A header of its line; blank cells at its end are no columns."""
    cells = cells_of(line, delimiter)
    while cells and not cells[-1].strip():
        cells.pop()
    return _Header(number, delimiter, Columns(cells), len(cells), line)


def _has_names(header: _Header) -> bool:
    """Whether the cells of a header read as names of columns."""
    names = header.columns.names
    return len(set(names)) == len(names) and all(map(_COLUMN.fullmatch, names))


def _fit(header: _Header, after: Sequence[str]) -> float:
    """Which share of the rows that follow has as many cells as the header; the last may be cut off."""
    lines = (Line(number, f"{text}\n") for number, text in enumerate(after))
    sample = [*islice(rows(lines, header.delimiter, header.width), _SAMPLE)]
    return sum(not row.problem for row in sample) / len(sample) if sample else 0.0
