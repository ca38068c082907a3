"""Writes rejected rows to a file of the format they came from, to be mended and read again.

The file holds the rows alone, so that mending it is all there is to do; a second file beside it says for
each where it stood and why it was rejected. Not every format has comments, and a reason between the rows
would become a rejected row itself. Rows of a second format, or of a table with other columns, go to a second
file. The second file of an earlier import tells which files are of ours: only those are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TextIO

from ..errors import UsageError
from ..types import Paper, Rejected
from .blob import why
from .formats import FORMATS

_PLACE = re.compile(r"(?:not kept|([^\n]+?), row \d+): ")  # what a line of the reasons begins with
_FRAMES = {known.NAME: known.MENDABLE for known in FORMATS}


def keeping(rows: Iterable[Paper | Rejected], path: Path) -> Generator[Paper | Rejected]:
    """The same rows; those rejected are written to ``path``, and why to ``path`` with ".reasons.txt".

    The files are put in place when the rows are at an end, so ``path`` may be one of those being read.
    Where no row is rejected, none is written. What is no row (a file that cannot be read, an archive that
    is cut off) has its reason alone, and so has a row of more than `reading.MAX_ROW` characters.

    Raises:
        UsageError: The files cannot be written, or another file is in their place.
    """
    return _kept(rows, _Files(path))


def _kept(rows: Iterable[Paper | Rejected], files: _Files) -> Generator[Paper | Rejected]:
    """The rows, those rejected written on their way."""
    try:
        for row in rows:
            if isinstance(row, Rejected):
                files.write(row)
            yield row
    finally:
        files.finish()


@dataclass(slots=True)
class _File:
    """A file in the making: where it will be, and how many rows are in it."""

    path: Path
    stream: TextIO
    after: str = ""
    rows: int = 0


class _Files:
    """The files of rows, one a format, and that of the reasons."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[tuple[str, str], _File] = {}
        self._reasons: _File | None = None
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise _refused(
                path, "there is a folder in its place" if path.is_dir() else "its folder is missing"
            )
        reasons = _reasons(path)
        self._ours = _written_before(reasons)
        for taken in (path, reasons):
            if not self._may_write(taken):
                raise _refused(path, f"{taken} is there already, and is no file of rejected rows")

    def _may_write(self, path: Path) -> bool:
        """Whether nothing is lost by writing a file: there is none, or an empty one, or one of ours."""
        if not path.exists():
            return True
        return path.is_file() and (path.name in self._ours or path.stat().st_size == 0)

    def write(self, row: Rejected) -> None:
        """Take a further row."""
        try:
            if self._reasons is None:
                self._reasons = _begun(_reasons(self._path))
            place = "not kept"
            if row.text.strip() and row.format in _FRAMES:
                file = self._file(row)
                file.stream.write((_FRAMES[row.format][1] if file.rows else "") + row.text.strip("\r\n"))
                file.rows += 1
                place = f"{file.path.name}, row {file.rows}"
            self._reasons.stream.write(f"{place}: {row}\n")
        except OSError as error:
            raise _refused(self._path, why(error)) from error

    def _file(self, row: Rejected) -> _File:
        """The file for the rows of a format, and of a header if they need one."""
        kind = row.format, row.header
        if kind not in self._files:
            file = _begun(self._next() if self._files else self._path)
            before, _, file.after = _FRAMES[row.format]
            file.stream.write(before + (f"{row.header}\n" if row.header else ""))
            self._files[kind] = file
        return self._files[kind]

    def _next(self) -> Path:
        """The place for a further file."""
        taken = {file.path for file in self._files.values()}
        numbered = (
            self._path.with_name(f"{self._path.stem}-{number}{self._path.suffix}") for number in count(2)
        )
        return next(path for path in numbered if path not in taken and self._may_write(path))

    def finish(self) -> None:
        """Put the files in place."""
        try:
            for file in self._files.values():
                file.stream.write(file.after)
            for file in [*self._files.values(), *([self._reasons] if self._reasons else [])]:
                file.stream.close()
                _draft(file.path).replace(file.path)
        except OSError as error:
            raise _refused(self._path, why(error)) from error


def _reasons(path: Path) -> Path:
    """The file that says why the rows of another one were rejected."""
    return path.with_name(f"{path.name}.reasons.txt")


def _written_before(reasons: Path) -> frozenset[str]:
    """The names of the files that an earlier import wrote, its reasons among them; none if it is no such."""
    if not reasons.is_file():
        return frozenset()
    try:
        with reasons.open(encoding="utf-8", errors="replace") as file:
            found = [_PLACE.match(line) for line in file]
    except OSError as error:
        raise _refused(reasons, why(error)) from error
    if not all(found):
        return frozenset()
    return frozenset({reasons.name, *(place[1] for place in found if place and place[1])})


def _begun(path: Path) -> _File:
    """A file in the making."""
    return _File(path, _draft(path).open("w", encoding="utf-8", errors="replace"))


def _draft(path: Path) -> Path:
    """Where a file is written before it is put in place."""
    return path.with_name(f"{path.name}.part")


def _refused(path: Path, reason: str) -> UsageError:
    """The error for a file that cannot be written."""
    return UsageError(f"Rejected rows cannot be written to {path}: {reason}.", "Name another file for them.")
