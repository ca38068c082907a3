"""A work of OpenAlex, its abstract rebuilt from the places of its words."""

from __future__ import annotations

from collections.abc import Mapping

from ..record import MAX_ABSTRACT, FieldError
from .values import Fields, at, is_arxiv_id, names

_ADDRESS = "https://openalex.org/"


def tells(record: Mapping[str, object]) -> bool:
    """Whether an object is a work of OpenAlex."""
    key = record.get("id")
    known = "abstract_inverted_index" in record or "authorships" in record
    return known or (isinstance(key, str) and key.startswith(_ADDRESS))


def fields(record: Mapping[str, object]) -> Fields:
    """A work of OpenAlex, its abstract rebuilt from the places of its words."""
    place = record.get("primary_location")
    others = record.get("locations")
    addresses = [at(each, "landing_page_url") for each in (others if isinstance(others, list) else [])]
    return {
        "title": record.get("display_name") or record.get("title"),
        "abstract": record.get("abstract") or _rebuilt(record.get("abstract_inverted_index")),
        "authors": names(
            record.get("authorships"),
            lambda entry: at(entry, "author", "display_name") or entry.get("raw_author_name"),
        ),
        "year": record.get("publication_year") or record.get("publication_date"),
        "venue": at(place, "source", "display_name") or at(record, "host_venue", "display_name"),
        "doi": record.get("doi") or at(record, "ids", "doi"),
        "arxiv_id": next((text for text in addresses if is_arxiv_id(text)), None),
        "url": at(place, "landing_page_url") or record.get("id"),
    }


def _rebuilt(index: object) -> object:
    """The text of an inverted index, which has the places of each word."""
    if not isinstance(index, dict):
        return index
    words: list[tuple[int, str]] = []
    for word, places in index.items():
        if not isinstance(places, list) or not all(type(place) is int for place in places):
            raise FieldError("abstract_inverted_index holds something else than the places of words")
        words += [(place, word) for place in places]
        if len(words) > MAX_ABSTRACT:
            raise FieldError(f"abstract_inverted_index has more than {MAX_ABSTRACT:,} words")
    return " ".join(word for _, word in sorted(words))
