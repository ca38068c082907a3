"""arXiv's Atom feed, as its query interface answers; knows nothing of other feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ...types import Paper, Rejected
from ..record import FieldError
from ..source import Source
from .xmlrecords import read_records, text

NAME = "arXiv's Atom feed"
MENDABLE = ('<feed xmlns="http://www.w3.org/2005/Atom"><!-- arxiv.org -->\n', "\n", "\n</feed>\n")

_BEGIN = re.compile(r"\s*<(?:[^<]*<){0,99}?(?:[\w.-]+:)?(?:feed|entry)[\s>]")


def recognises(head: str) -> bool:
    """Whether the file begins with a feed in which arXiv is named."""
    return bool(_BEGIN.match(head)) and "arxiv.org" in head


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper or a reason for each entry."""
    return read_records(source, "feed", ("entry",), fields)


def fields(entry: Element) -> dict[str, object]:
    """The fields of an entry, of which the names are without their namespaces.

    Raises:
        FieldError: It tells of an error instead.
    """
    address, summary = text(entry, "id"), text(entry, "summary")
    if "/api/errors" in address:
        raise FieldError(f"arXiv answered with an error: {summary[:200]}")
    links = {link.get("rel", "alternate"): link.get("href") for link in reversed(entry.findall("link"))}
    return {
        "title": text(entry, "title"),
        "abstract": summary,
        "authors": [text(author, "name") for author in entry.iterfind("author")],
        "year": text(entry, "published", "updated")[:4],
        "venue": text(entry, "journal_ref"),
        "doi": text(entry, "doi"),
        "arxiv_id": address,
        "url": links.get("alternate") or address,
    }
