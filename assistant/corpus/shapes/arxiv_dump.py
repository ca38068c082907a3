"""A record of arXiv's dump of its metadata, or of an extract of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..identity import normal_arxiv_id
from ..record import FieldError
from .values import Fields, at

_KEYS = {"authors_parsed", "categories", "journal-ref", "submitter", "update_date", "versions"}
_NUMBER = re.compile(r"(?P<month>\d{3,4})\.\d{1,20}")
_OLD = re.compile(r"[a-z-]+(?:\.[a-z]{2})?/(?P<year>\d\d)\d{5}", re.IGNORECASE)
_AFFILIATION = re.compile(r"\([^()]*\)")


def tells(record: Mapping[str, object]) -> bool:
    """Whether an object is of arXiv's dump of its metadata, or of an extract of it."""
    return not _KEYS.isdisjoint(record) and _arxiv_id(record.get("id")) is not None


def fields(record: Mapping[str, object]) -> Fields:
    """A record of arXiv's dump; the year is that of the first version, not of the last change."""
    arxiv_id = _arxiv_id(record.get("id"))
    authors = record.get("authors")
    doi = record.get("doi")
    return {
        "title": record.get("title"),
        "abstract": record.get("abstract"),
        "authors": _parsed(record.get("authors_parsed"))
        or (_without_affiliations(authors) if isinstance(authors, str) else authors),
        "year": at(record, "versions", 0, "created") or record.get("created") or _arxiv_year(arxiv_id),
        "venue": record.get("journal-ref"),
        # Some name the DOI of an erratum, too.
        "doi": re.split(r"[\s,;]", doi.strip(), maxsplit=1)[0] if isinstance(doi, str) else doi,
        "arxiv_id": arxiv_id,
    }


def _arxiv_id(value: object) -> str | None:
    """An arXiv id, also one that was a number on its way and lost its zeros: 704.218, 1702.0306699999999."""
    text = str(value) if isinstance(value, str | float) else ""
    if (found := _NUMBER.fullmatch(text)) and 1 <= int(found["month"]) % 100 <= 12:
        return f"{float(text):010.5f}" if int(found["month"]) >= 1501 else f"{float(text):09.4f}"
    return normal_arxiv_id(text)


def _arxiv_year(arxiv_id: str | None) -> int | None:
    """The year in an arXiv id; the archive began in 1991."""
    found = _OLD.fullmatch(arxiv_id or "")
    short = int(found["year"] if found else (arxiv_id or "0")[:2])
    return short + (1900 if found and short > 90 else 2000)


def _parsed(names: object) -> object:
    """The names of ``authors_parsed``: family name, given names, what follows."""
    if not isinstance(names, list):
        return names
    joined = []
    for name in names:
        if not isinstance(name, list) or not all(isinstance(part, str) for part in name):
            raise FieldError("authors_parsed holds something else than names")
        family, given, *rest = [*name, "", ""][: max(2, min(len(name), 3))]
        joined.append(" ".join(part for part in (given, family, *rest) if part.strip()))
    return joined


def _without_affiliations(authors: str) -> str:
    """A text of authors without what stands in brackets, also one within the other."""
    for _ in range(3):
        authors = _AFFILIATION.sub("", authors)
    return authors
