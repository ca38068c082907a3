"""A text as numbered lines or in pieces, whatever its encoding and line ends; knows nothing of papers."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .blob import Blob, UnreadableError

HEAD_BYTES = 65_536  # what formats are recognised by
MAX_LINE = 16_000_000  # characters; a longer record is not a paper, and must not fill the memory

_BLOCK = 65_536  # characters

_BEGINNINGS = (
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

    ``reached`` is the number of the last line that was read.
    """

    blob: Blob
    head: str
    encoding: str
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
            whole = not file.read(1)
        if not raw:
            raise UnreadableError(blob.problem or "empty")
        for magic, name in _MAGIC.items():
            if raw.startswith(magic):
                raise UnreadableError(f"{name}, not text")
        if raw[257:262] == b"ustar":
            raise UnreadableError("a tar archive; unpack it first")
        encoding = next((name for begin, name in _BEGINNINGS if raw.startswith(begin)), "") or _declared(raw)
        head = mended(raw.decode(encoding, _errors(encoding)))
        if not whole and "\n" in head:
            head = head[: head.rindex("\n")]
        if "\0" in head or len(_CONTROL.findall(head)) > len(head) / 100:
            raise UnreadableError("a binary file, not text")
        if not head.strip():
            raise UnreadableError("empty")
        return cls(blob, head, encoding)

    def where(self, number: int, unit: str = "line") -> str:
        """The place of a line, or of another unit that a format counts, for a report."""
        return f"{self.blob.name}, {unit} {number}"

    def lines(self) -> Iterator[Line]:
        """The lines one by one, ended by LF, CRLF or CR; one that is too long comes without its text."""
        self.reached = 0
        with self._decoded() as file:
            while text := file.readline(MAX_LINE):
                self.reached += 1
                if len(text) == MAX_LINE and not text.endswith("\n"):
                    while (rest := file.readline(MAX_LINE)) and not rest.endswith("\n"):
                        pass
                    yield Line(self.reached, "", f"longer than {MAX_LINE:,} characters")
                elif problem := stray_byte(text, self.encoding):
                    yield Line(self.reached, mended(text), problem)
                else:
                    yield Line(self.reached, text)

    def blocks(self) -> Iterator[str]:
        """The text piece by piece, cut anywhere, for formats without lines; see `stray_byte`, `mended`."""
        self.reached = 1
        with self._decoded() as file:
            while text := file.read(_BLOCK):
                yield text
                self.reached += text.count("\n")

    def _decoded(self) -> io.TextIOWrapper:
        """The whole text from the beginning."""
        self._text = io.TextIOWrapper(self.blob.open(), encoding=self.encoding, errors=_errors(self.encoding))
        return self._text

    def close(self) -> None:
        """Close the text, also where its reading was given up in the middle."""
        if self._text is not None:
            self._text.close()


def _errors(encoding: str) -> str:
    """How to decode what cannot be: so that it can be found and mended, where bytes are characters."""
    return "replace" if encoding.startswith("utf-16") else "surrogateescape"


def _declared(raw: bytes) -> str:
    """The encoding that an XML declaration names, as browsers understand it; else UTF-8."""
    found = _DECLARATION.match(raw)
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        name = ""
    if name == "iso8859-1":
        return "cp1252"  # the same but for characters that nobody means
    return name if _TEXTUAL.match(name) else "utf-8-sig"


def stray_byte(text: str, encoding: str = "utf-8") -> str:
    """What is wrong with a text in which a byte could not be decoded, or nothing."""
    bad = _BAD_BYTE.search(text)
    name = encoding.removesuffix("-sig").upper()
    return f"a byte that is not {name} (0x{ord(bad[0]) - 0xDC00:02X})" if bad else ""


def mended(text: str) -> str:
    """A text with its stray bytes read as Windows-1252, which is what they nearly always are."""
    return _BAD_BYTE.sub(lambda bad: bytes([ord(bad[0]) - 0xDC00]).decode("cp1252", "replace"), text)
