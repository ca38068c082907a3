"""The formats that files of papers come in: a module each, listed here; knows nothing of paths or errors.

To add one, write a module with the three names of `Format` and list it in `FORMATS`, the most
recognisable first: the first that recognises a file reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ...types import Paper, Rejected
from ..source import Source
from . import (
    arxiv_atom,
    bibtex,
    endnote,
    endnote_xml,
    json_file,
    jsonl,
    listing,
    medline,
    pubmed_xml,
    ris,
    table,
    wos,
)


class Format(Protocol):
    """What a module of a format offers.

    Its ``Rejected`` carry the row as it stands in the file in ``text``, so that it can be written to a file
    and mended there. ``MENDABLE`` is what stands before, between and after the rows in such a file.
    """

    NAME: str
    MENDABLE: tuple[str, str, str]

    def recognises(self, head: str) -> bool:
        """Whether a file that begins so is of this format; must not take what it cannot read."""

    def read(self, source: Source) -> Iterator[Paper | Rejected]:
        """The rows of the file, one in memory at a time; a bad one is a `Rejected`, never an exception."""


FORMATS: tuple[Format, ...] = (
    pubmed_xml,
    arxiv_atom,
    endnote_xml,
    json_file,
    jsonl,
    bibtex,
    ris,
    medline,
    wos,
    endnote,
    table,
    listing,
)


def readable() -> str:
    """The names of the formats, as the end of a sentence."""
    *names, last = [known.NAME for known in FORMATS]
    return f"{', '.join(names)} or {last}" if names else last
