"""EndNote's XML, also as Zotero, Rayyan and others write it; knows nothing of EndNote's tagged text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ...types import Paper, Rejected
from ..source import Source
from .xmlrecords import read_records, text

NAME = "EndNote XML"
MENDABLE = ("<records>\n", "\n", "\n</records>\n")

_BEGIN = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<xml>\s*)?<records>\s*<record>", re.IGNORECASE)


def recognises(head: str) -> bool:
    """Whether the file begins with a list of records."""
    return bool(_BEGIN.match(head))


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper or a reason for each record."""
    return read_records(source, "records", ("record",), _fields)


def _fields(record: Element) -> dict[str, object]:
    """The fields of a record."""
    authors = (
        "".join(author.itertext()).strip() for author in record.iterfind("contributors/authors/author")
    )
    return {
        "title": text(record, "titles/title"),
        "abstract": text(record, "abstract"),
        "authors": [*authors],
        "year": text(record, "dates/year", "dates/pub-dates/date"),
        "venue": text(
            record, "periodical/full-title", "titles/secondary-title", "periodical/abbr-1", "publisher"
        ),
        "doi": text(record, "electronic-resource-num"),
        "url": text(record, "urls/related-urls/url", "urls/web-urls/url"),
    }
