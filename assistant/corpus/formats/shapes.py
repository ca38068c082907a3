"""What the keys of a JSON object mean, by the service that wrote it; knows nothing of files.

A shape is told by keys that no other has, object by object, since people join files. All shapes but our
own leave the id to `identity`: one study must be one record, whichever service it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..identity import normal_arxiv_id
from ..markup import plain
from ..record import MAX_ABSTRACT, FieldError

Fields = dict[str, object]

_ALIASES = {"id": "_id", "abstract": "text"}  # BEIR's names
_OPENALEX = "https://openalex.org/"
_S2_KEYS = {"paperId", "corpusId", "corpusid", "externalIds", "externalids"}
_ARXIV_KEYS = {"authors_parsed", "categories", "journal-ref", "submitter", "update_date", "versions"}
_CSL_KEYS = {"DOI", "URL", "container-title", "issued", "author"}
_CSL_PARTS = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
_CSL_DATES = ("issued", "published", "published-print", "published-online")
_ARXIV_NUMBER = re.compile(r"(?P<month>\d{3,4})\.\d{1,20}")
_OLD_ARXIV = re.compile(r"[a-z-]+(?:\.[a-z]{2})?/(?P<year>\d\d)\d{5}", re.IGNORECASE)
_AFFILIATION = re.compile(r"\([^()]*\)")


def fields_of(record: Mapping[str, object]) -> Fields:
    """The fields of an object under the names that `record.make_paper` knows.

    Raises:
        FieldError: A part of it is not what the shape says it is.
    """
    message = record.get("message")
    if isinstance(message, dict) and "title" not in record:  # Crossref's envelope of a single work
        record = message
    shape = next((fields for tells, fields in _SHAPES if tells(record)), None)
    if shape is None:
        own = {name: record.get(alias) for name, alias in _ALIASES.items() if record.get(name) in (None, "")}
        return {**record, **own}
    return identified(shape(record))


def identified(fields: Fields) -> Fields:
    """The fields, with DOI and arXiv id taken from the address where it is all there is."""
    if isinstance(url := fields.get("url"), str):
        for name in ("doi", "arxiv_id"):
            fields[name] = fields.get(name) or url
    return fields


def _is_openalex(record: Mapping[str, object]) -> bool:
    """Whether an object is a work of OpenAlex."""
    key = record.get("id")
    known = "abstract_inverted_index" in record or "authorships" in record
    return known or (isinstance(key, str) and key.startswith(_OPENALEX))


def _openalex(record: Mapping[str, object]) -> Fields:
    """A work of OpenAlex, its abstract rebuilt from the places of its words."""
    place = record.get("primary_location")
    others = record.get("locations")
    addresses = [_at(each, "landing_page_url") for each in (others if isinstance(others, list) else [])]
    return {
        "title": _plain(record.get("display_name") or record.get("title")),
        "abstract": _plain(record.get("abstract")) or _rebuilt(record.get("abstract_inverted_index")),
        "authors": _names(
            record.get("authorships"),
            lambda entry: _at(entry, "author", "display_name") or entry.get("raw_author_name"),
        ),
        "year": record.get("publication_year") or record.get("publication_date"),
        "venue": _at(place, "source", "display_name") or _at(record, "host_venue", "display_name"),
        "doi": record.get("doi") or _at(record, "ids", "doi"),
        "arxiv_id": next((text for text in addresses if _is_arxiv_id(text)), None),
        "url": _at(place, "landing_page_url") or record.get("id"),
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
    return plain(" ".join(word for _, word in sorted(words)))


def _is_s2(record: Mapping[str, object]) -> bool:
    """Whether an object is a paper of Semantic Scholar, of its API or of its bulk files."""
    return not _S2_KEYS.isdisjoint(record)


def _s2(record: Mapping[str, object]) -> Fields:
    """A paper of Semantic Scholar."""
    ids = record.get("externalIds") or record.get("externalids")
    return {
        "title": _plain(record.get("title")),
        "abstract": _plain(record.get("abstract")),
        "authors": record.get("authors"),
        "year": record.get("year") or record.get("publicationDate") or record.get("publicationdate"),
        "venue": record.get("venue")
        or _at(record, "journal", "name")
        or _at(record, "publicationVenue", "name"),
        "doi": _at(ids, "DOI"),
        "arxiv_id": _at(ids, "ArXiv"),
        "url": record.get("url"),
    }


def _is_arxiv(record: Mapping[str, object]) -> bool:
    """Whether an object is of arXiv's dump of its metadata, or of an extract of it."""
    return not _ARXIV_KEYS.isdisjoint(record) and _arxiv_id(record.get("id")) is not None


def _arxiv(record: Mapping[str, object]) -> Fields:
    """A record of arXiv's dump; the year is that of the first version, not of the last change."""
    arxiv_id = _arxiv_id(record.get("id"))
    authors = record.get("authors")
    doi = record.get("doi")
    return {
        "title": record.get("title"),
        "abstract": record.get("abstract"),
        "authors": _parsed(record.get("authors_parsed"))
        or (_without_affiliations(authors) if isinstance(authors, str) else authors),
        "year": _at(record, "versions", 0, "created") or record.get("created") or _arxiv_year(arxiv_id),
        "venue": record.get("journal-ref"),
        # Some name the DOI of an erratum, too.
        "doi": re.split(r"[\s,;]", doi.strip(), maxsplit=1)[0] if isinstance(doi, str) else doi,
        "arxiv_id": arxiv_id,
    }


def _arxiv_id(value: object) -> str | None:
    """An arXiv id, also one that was a number on its way and lost its zeros: 704.218, 1702.0306699999999."""
    text = str(value) if isinstance(value, str | float) else ""
    if (found := _ARXIV_NUMBER.fullmatch(text)) and 1 <= int(found["month"]) % 100 <= 12:
        return f"{float(text):010.5f}" if int(found["month"]) >= 1501 else f"{float(text):09.4f}"
    return normal_arxiv_id(text)


def _arxiv_year(arxiv_id: str | None) -> int | None:
    """The year in an arXiv id; the archive began in 1991."""
    found = _OLD_ARXIV.fullmatch(arxiv_id or "")
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


def _is_csl(record: Mapping[str, object]) -> bool:
    """Whether an object is CSL-JSON, as Zotero writes it, or a work of Crossref, which is much the same."""
    return not _CSL_KEYS.isdisjoint(record) and "authors" not in record


def _csl(record: Mapping[str, object]) -> Fields:
    """An item of CSL-JSON, or a work of Crossref, whose texts come in lists."""
    number = record.get("number")  # where Zotero keeps "arXiv:2205.13504"
    return {
        "title": _plain(_first(record.get("title"))),
        "abstract": _plain(record.get("abstract")),
        "authors": _names(record.get("author"), _csl_name),
        "year": next((year for key in _CSL_DATES if (year := _csl_year(record.get(key)))), None),
        "venue": _plain(_first(record.get("container-title"))),
        "doi": record.get("DOI"),
        "arxiv_id": number if _is_arxiv_id(number) else None,
        "url": record.get("URL"),
    }


def _csl_name(entry: Mapping[str, object]) -> object:
    """A name in CSL's parts, in the order in which it is read."""
    if whole := entry.get("literal") or entry.get("name"):
        return whole
    parts = [
        entry.get(k) for k in ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    ]
    wrong = next((part for part in parts if part is not None and not isinstance(part, str)), None)
    return wrong if wrong is not None else " ".join(part for part in parts if isinstance(part, str) and part)


def _csl_year(date: object) -> object:
    """The year of a date in CSL's parts or as text."""
    return date if isinstance(date, str) else _at(date, "date-parts", 0, 0) or _at(date, "raw")


_SHAPES: tuple[
    tuple[Callable[[Mapping[str, object]], bool], Callable[[Mapping[str, object]], Fields]], ...
] = ((_is_openalex, _openalex), (_is_s2, _s2), (_is_arxiv, _arxiv), (_is_csl, _csl))


def _at(value: object, *path: str | int) -> object:
    """What stands at a path of keys and places, or None where the path ends early."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def _names(entries: object, name: Callable[[Mapping[str, object]], object]) -> object:
    """A list with each object in it replaced by the name that it holds."""
    if not isinstance(entries, list):
        return entries
    return [name(entry) if isinstance(entry, dict) else entry for entry in entries]


def _first(value: object) -> object:
    """The first of a list, or what is no list as it is."""
    return (value[0] if value else None) if isinstance(value, list) else value


def _plain(value: object) -> object:
    """A text without markup; what is no text is left for `make_paper` to refuse."""
    return plain(value) if isinstance(value, str) else value


def _is_arxiv_id(value: object) -> bool:
    """Whether a value is a text that names a paper of arXiv."""
    return isinstance(value, str) and normal_arxiv_id(value) is not None
