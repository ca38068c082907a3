"""A text as numbered lines or in pieces, whatever its encoding and line ends; knows nothing of papers.

What is not UTF-8 within a text that should be is read line by line in the encoding that `legacy` tells of it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .blob import Blob, UnreadableError
from .legacy import SAMPLE, USUAL, is_utf8, legacy_encoding, read_as, spoken, wide_encoding

HEAD_BYTES = 65_536  # what formats are recognised by
MAX_LINE = 16_000_000  # characters; a longer record is not a paper, and must not fill the memory

_BLOCK = 65_536  # characters
_UTF8 = "utf-8-sig"

_BEGINNINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARATION = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
# Of the codecs those of real text, in which ASCII is ASCII; a declared UTF-16 that can be read is none.
_TEXTUAL = re.compile(r"iso8859|cp\d|koi8|gb|big5|shift_jis|euc|mac-")
_MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"PK\x03\x04": "a ZIP archive in an archive",
    b"\x1f\x8b": "a gzip archive in an archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"SQLite format 3": "a database",
}
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # how "surrogateescape" marks a byte that is none of the encoding
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")


class Line(NamedTuple):
    """A line with its number from 1. ``problem`` says why its text is not to be trusted, if so."""

    number: int
    text: str
    problem: str = ""


@dataclass(slots=True)
class Source:
    """A text: its bytes, its first lines (whole ones where it has any), and how to decode it.

    ``reached`` is the number of the last line that was read. ``legacy`` is the encoding of what is not of
    ``encoding``, once it was looked for, and ``assumed`` the name of one that nothing in the file tells.
    """

    blob: Blob
    head: str
    encoding: str
    legacy: str = ""
    assumed: str = ""
    reached: int = 0
    _text: io.TextIOWrapper | None = field(default=None, repr=False)

    @classmethod
    def open(cls, blob: Blob) -> Source:
        """Look at some bytes.

        Raises:
            OSError: They cannot be read.
            UnreadableError: They are no text.
        """
        with blob.open() as file:
            raw = file.read(HEAD_BYTES)
            more = file.read(1)
            if not is_utf8(raw, whole=False):
                more += file.read(SAMPLE)
        if not raw:
            raise UnreadableError(blob.problem or "empty")
        for magic, name in _MAGIC.items():
            if raw.startswith(magic):
                raise UnreadableError(f"{name}, not text")
        if raw[257:262] == b"ustar":
            raise UnreadableError("a tar archive; unpack it first")
        encoding = next((name for begin, name in _BEGINNINGS if raw.startswith(begin)), "") or _declared(raw)
        source = cls(blob, "", encoding)
        if encoding == _UTF8 and (wide := wide_encoding(raw)):
            source.encoding, source.assumed = wide, spoken(wide)
        head = raw.decode(source.encoding, _errors(source.encoding))
        if more and "\n" in head:
            head = head[: head.rindex("\n")]
        source.head = head = source.mended(head, raw + more)
        if "\0" in head or len(_CONTROL.findall(head)) > len(head) / 100:
            raise UnreadableError("a binary file, not text")
        if not head.strip():
            raise UnreadableError("empty")
        return source

    def where(self, number: int, unit: str = "line") -> str:
        """The place of a line, or of another unit that a format counts, for a report."""
        return f"{self.blob.name}, {unit} {number}"

    def lines(self) -> Iterator[Line]:
        """The lines one by one, ended by LF, CRLF or CR; one that is too long comes without its text."""
        self.reached = 0
        ahead = deque[Line]()
        with self._decoded() as file:
            lines = _numbered(file)
            while line := ahead.popleft() if ahead else next(lines, None):
                self.reached = line.number
                if problem := stray_byte(line.text, self.encoding):
                    sample = b""
                    if not self.legacy:
                        ahead.extend(_some(lines))
                        sample = _bytes("".join(each.text for each in (line, *ahead)))
                    line = Line(line.number, self.mended(line.text, sample), problem)
                yield line

    def blocks(self) -> Iterator[str]:
        """The text piece by piece, cut anywhere, for formats without lines; see `stray_byte`, `mended`."""
        self.reached = 1
        with self._decoded() as file:
            # To a line's end if one is near: a character of several bytes that are not UTF-8 would be cut.
            while text := file.read(_BLOCK) + file.readline(_BLOCK):
                yield text
                self.reached += text.count("\n")

    def mended(self, text: str, sample: bytes = b"") -> str:
        """A text of this source, its lines with stray bytes read in the encoding that they are likely of.

        The first time, that is told from ``sample``, or from the text itself.
        """
        if not _BAD_BYTE.search(text):
            return text
        if not self.legacy:
            self.legacy = USUAL
            if self.encoding == _UTF8:
                self.legacy = legacy_encoding(sample or _bytes(text))
                self.assumed = spoken(self.legacy)
        lines = text.splitlines(keepends=True)
        return "".join(
            read_as(_bytes(line), self.legacy) if _BAD_BYTE.search(line) else line for line in lines
        )

    def _decoded(self) -> io.TextIOWrapper:
        """The whole text from the beginning."""
        self._text = io.TextIOWrapper(self.blob.open(), encoding=self.encoding, errors=_errors(self.encoding))
        return self._text

    def close(self) -> None:
        """Close the text, also where its reading was given up in the middle."""
        if self._text is not None:
            self._text.close()


def _numbered(file: io.TextIOWrapper) -> Iterator[Line]:
    """The lines as they are decoded."""
    number = 0
    while text := file.readline(MAX_LINE):
        number += 1
        if len(text) == MAX_LINE and not text.endswith("\n"):
            while (rest := file.readline(MAX_LINE)) and not rest.endswith("\n"):
                pass
            yield Line(number, "", f"longer than {MAX_LINE:,} characters")
        else:
            yield Line(number, text)


def _some(lines: Iterator[Line]) -> Iterator[Line]:
    """The next lines, as many as an encoding is told from."""
    size = 0
    while size < SAMPLE and (line := next(lines, None)):
        size += len(line.text)
        yield line


def _bytes(text: str) -> bytes:
    """A text as it stands in its file, which was decoded as UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _errors(encoding: str) -> str:
    """How to decode what cannot be: so that it can be found and mended, where bytes are characters."""
    return "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _declared(raw: bytes) -> str:
    """The encoding that an XML declaration names, as browsers understand it; else UTF-8."""
    found = _DECLARATION.match(raw)
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        name = ""
    if name == "iso8859-1":
        return "cp1252"  # the same but for characters that nobody means
    return name if _TEXTUAL.match(name) else _UTF8


def stray_byte(text: str, encoding: str = "utf-8") -> str:
    """What is wrong with a text in which a byte could not be decoded, or nothing."""
    bad = _BAD_BYTE.search(text)
    name = encoding.removesuffix("-sig").upper()
    return f"a byte that is not {name} (0x{ord(bad[0]) - 0xDC00:02X})" if bad else ""
