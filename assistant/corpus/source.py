"""A text file as numbered lines, whatever its encoding and line ends; knows nothing of papers."""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TextIO

HEAD_BYTES = 65_536  # what formats are recognised by
MAX_LINE = 16_000_000  # characters; a longer record is not a paper, and must not fill the memory
_BLOCK = 65_536  # characters

_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"SQLite format 3": "a database",
}
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # how "surrogateescape" marks a byte that is not UTF-8
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class Line(NamedTuple):
    """A line with its number from 1. ``problem`` says why its text is not to be trusted, if so."""

    number: int
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of text: its path, its first lines (whole ones where it has any), and how to decode it."""

    path: Path
    head: str
    encoding: str

    @classmethod
    def open(cls, path: Path) -> Source:
        """Look at a file.

        Raises:
            OSError: It cannot be read.
            NotTextError: It is no file of text; its text says what it is instead.
        """
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise NotTextError("a folder" if stat.S_ISDIR(mode) else "not a regular file")
        with path.open("rb") as file:
            raw = file.read(HEAD_BYTES)
            whole = not file.read(1)
        if not raw:
            raise NotTextError("empty")
        for magic, name in _MAGIC.items():
            if raw.startswith(magic):
                raise NotTextError(f"{name}, not text")
        encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), "utf-8-sig")
        head = _mended(raw.decode(encoding, "replace" if encoding == "utf-16" else "surrogateescape"))
        if not whole and "\n" in head:
            head = head[: head.rindex("\n")]
        if "\0" in head or len(_CONTROL.findall(head)) > len(head) / 100:
            raise NotTextError("a binary file, not text")
        if not head.strip():
            raise NotTextError("empty")
        return cls(path, head, encoding)

    def where(self, number: int, unit: str = "line") -> str:
        """The place of a line, or of another unit that a format counts, for a report."""
        return f"{self.path.name}, {unit} {number}"

    def lines(self) -> Iterator[Line]:
        """The lines one by one, ended by LF, CRLF or CR; one that is too long comes without its text."""
        with self._open() as file:
            number = 0
            while text := file.readline(MAX_LINE):
                number += 1
                if len(text) == MAX_LINE and not text.endswith("\n"):
                    while (rest := file.readline(MAX_LINE)) and not rest.endswith("\n"):
                        pass
                    yield Line(number, "", f"longer than {MAX_LINE:,} characters")
                elif problem := stray_byte(text):
                    yield Line(number, _mended(text), problem)
                else:
                    yield Line(number, text)

    def blocks(self) -> Iterator[str]:
        """The text piece by piece, cut anywhere, for formats without lines; see `stray_byte`."""
        with self._open() as file:
            while text := file.read(_BLOCK):
                yield text

    def _open(self) -> TextIO:
        """The file as text; a byte that cannot be decoded is kept as a surrogate."""
        errors = "replace" if self.encoding == "utf-16" else "surrogateescape"
        return self.path.open(encoding=self.encoding, errors=errors)


class NotTextError(ValueError):
    """A file that is no text; says what it is."""


def stray_byte(text: str) -> str:
    """What is wrong with a text of `Source.blocks` in which a byte could not be decoded, or nothing."""
    bad = _BAD_BYTE.search(text)
    return f"a byte that is not UTF-8 (0x{ord(bad[0]) - 0xDC00:02X})" if bad else ""


def _mended(text: str) -> str:
    """A text with its stray bytes read as Windows-1252, which is what they nearly always are."""
    return _BAD_BYTE.sub(lambda bad: bytes([ord(bad[0]) - 0xDC00]).decode("cp1252", "replace"), text)
