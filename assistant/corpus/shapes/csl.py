"""CSL-JSON, as Zotero writes it, and works of Crossref, which are much the same but for texts in lists."""

from __future__ import annotations

from collections.abc import Mapping

from .values import Fields, at, first, is_arxiv_id, names

_KEYS = {"DOI", "URL", "container-title", "issued", "author"}
_PARTS = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
_DATES = ("issued", "published", "published-print", "published-online")


def tells(record: Mapping[str, object]) -> bool:
    """Whether an object is CSL-JSON, as Zotero writes it, or a work of Crossref, which is much the same."""
    return not _KEYS.isdisjoint(record) and "authors" not in record


def fields(record: Mapping[str, object]) -> Fields:
    """An item of CSL-JSON, or a work of Crossref, whose texts come in lists."""
    number = record.get("number")  # where Zotero keeps "arXiv:2205.13504"
    return {
        "title": first(record.get("title")),
        "abstract": record.get("abstract"),
        "authors": names(record.get("author"), _name),
        "year": next((year for key in _DATES if (year := _year(record.get(key)))), None),
        "venue": first(record.get("container-title")),
        "doi": record.get("DOI"),
        "arxiv_id": number if is_arxiv_id(number) else None,
        "url": record.get("URL"),
    }


def _name(entry: Mapping[str, object]) -> object:
    """A name in CSL's parts, in the order in which it is read."""
    if whole := entry.get("literal") or entry.get("name"):
        return whole
    parts = [entry.get(part) for part in _PARTS]
    wrong = next((part for part in parts if part is not None and not isinstance(part, str)), None)
    return wrong if wrong is not None else " ".join(part for part in parts if isinstance(part, str) and part)


def _year(date: object) -> object:
    """The year of a date in CSL's parts or as text."""
    return date if isinstance(date, str) else at(date, "date-parts", 0, 0) or at(date, "raw")
