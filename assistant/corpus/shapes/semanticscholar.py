"""A paper of Semantic Scholar, of its API or of its bulk files."""

from __future__ import annotations

from collections.abc import Mapping

from .values import Fields, at

_KEYS = {"paperId", "corpusId", "corpusid", "externalIds", "externalids"}


def tells(record: Mapping[str, object]) -> bool:
    """Whether an object is a paper of Semantic Scholar, of its API or of its bulk files."""
    return not _KEYS.isdisjoint(record)


def fields(record: Mapping[str, object]) -> Fields:
    """A paper of Semantic Scholar."""
    ids = record.get("externalIds") or record.get("externalids")
    return {
        "title": record.get("title"),
        "abstract": record.get("abstract"),
        "authors": record.get("authors"),
        "year": record.get("year") or record.get("publicationDate") or record.get("publicationdate"),
        "venue": record.get("venue")
        or at(record, "journal", "name")
        or at(record, "publicationVenue", "name"),
        "doi": at(ids, "DOI"),
        "arxiv_id": at(ids, "ArXiv"),
        "url": record.get("url"),
    }
