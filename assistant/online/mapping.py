"""What each service says of a paper, as the fields of `make_paper`; pure functions of untrusted values.

Beside those fields each mapping has ``key``, the service's own id, and ``date``, that of publication.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from ..corpus.record import FieldError, one_line

Fields = Mapping[str, object]

MAX_WORDS = 50_000
"""The most positions of an inverted index; an abstract has some hundred."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ARXIV_ID = re.compile(r"^https?://arxiv\.org/abs/(.+)$")
_ABSTRACT = re.compile(r"<(?:jats:)?title>\s*(?:abstract|summary)[\s.:]*</(?:jats:)?title>", re.IGNORECASE)
_TITLE_END = re.compile(r"[\s.:]*</(?:jats:)?title>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:jats:)?(?:p|sec|title|list|list-item|br)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][\w:.-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)


class Feed(NamedTuple):
    """A page of arXiv: how many papers there are in all, those of the page, and what is wrong instead."""

    total: int
    entries: list[Fields]
    problem: str = ""


def arxiv_feed(body: bytes) -> Feed:
    """A page of arXiv's Atom.

    Raises:
        ValueError: It is none.
    """
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

    try:
        # A document type is refused with what it may declare: entities that grow or that read files.
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, LookupError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if root.tag != f"{_ATOM}feed":
        raise ValueError("no Atom feed")
    total = (root.findtext(_TOTAL) or "").strip()
    entries = []
    for entry in root.iter(f"{_ATOM}entry"):
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            return Feed(0, [], one_line(entry.findtext(f"{_ATOM}summary") or "error")[:200])
        entries.append(_arxiv_entry(entry))
    return Feed(int(total) if re.fullmatch("[0-9]{1,9}", total) else 0, entries)


def _arxiv_entry(entry: Element) -> Fields:
    found = _ARXIV_ID.match((entry.findtext(f"{_ATOM}id") or "").strip())
    arxiv_id = found[1] if found else None
    published = entry.findtext(f"{_ATOM}published")
    return {
        "key": arxiv_id,
        "date": published,
        "title": entry.findtext(f"{_ATOM}title"),
        "abstract": entry.findtext(f"{_ATOM}summary"),
        "authors": [author.findtext(f"{_ATOM}name") for author in entry.iter(f"{_ATOM}author")],
        "year": (published or "")[:4],
        "venue": entry.findtext(f"{_ARXIV}journal_ref"),
        "doi": entry.findtext(f"{_ARXIV}doi"),
        "arxiv_id": arxiv_id,
        "url": arxiv_id and f"https://arxiv.org/abs/{arxiv_id}",
    }


def openalex_work(work: object) -> Fields:
    """A work of OpenAlex."""
    page = _at(work, "primary_location", "landing_page_url")
    return {
        "key": _at(work, "id"),
        "date": _at(work, "publication_date"),
        "title": _plain(_at(work, "title")),
        "abstract": _plain(_uninverted(_at(work, "abstract_inverted_index"))),
        "authors": [_at(each, "author", "display_name") for each in _list(_at(work, "authorships"))],
        "year": _at(work, "publication_year"),
        "venue": _at(work, "primary_location", "source", "display_name"),
        "doi": _at(work, "doi"),
        "arxiv_id": page,  # which is an arXiv address, or passed over
        "url": page or _at(work, "id"),
    }


def s2_paper(paper: object) -> Fields:
    """A paper of Semantic Scholar."""
    return {
        "key": _at(paper, "paperId"),
        "date": _at(paper, "publicationDate"),
        "title": _at(paper, "title"),
        "abstract": _at(paper, "abstract"),
        "authors": [_at(author, "name") for author in _list(_at(paper, "authors"))],
        "year": _at(paper, "year"),
        "venue": _at(paper, "venue"),
        "doi": _at(paper, "externalIds", "DOI"),
        "arxiv_id": _at(paper, "externalIds", "ArXiv"),
        "url": _at(paper, "url"),
    }


def crossref_work(work: object) -> Fields:
    """A work of Crossref, whose texts hold markup."""
    return {
        "key": _at(work, "DOI"),
        "title": _plain(_first(_at(work, "title"))),
        "abstract": _plain(_at(work, "abstract")),
        "authors": [
            _named(_at(each, "given"), _at(each, "family")) or _at(each, "name")
            for each in _list(_at(work, "author"))
        ],
        "year": _first(_first(_at(work, "issued", "date-parts"))),
        "venue": _plain(_first(_at(work, "container-title"))),
        "doi": _at(work, "DOI"),
        "url": _at(work, "URL"),
    }


def datacite_work(work: object) -> Fields:
    """A record of DataCite."""
    texts = [
        _at(each, "description")
        for each in _list(_at(work, "descriptions"))
        if _at(each, "descriptionType") == "Abstract"
    ]
    return {
        "key": _at(work, "doi"),
        "title": _plain(_at(_first(_at(work, "titles")), "title")),
        "abstract": _plain(_first(texts)),
        "authors": [
            _named(_at(each, "givenName"), _at(each, "familyName")) or _at(each, "name")
            for each in _list(_at(work, "creators"))
        ],
        "year": _at(work, "publicationYear"),
        "venue": _at(work, "container", "title") or _text(_at(work, "publisher")),
        "doi": _at(work, "doi"),
        "url": _at(work, "url"),
    }


def hf_paper(entry: object) -> Fields:
    """An entry of the daily papers of Hugging Face, whose ids are arXiv's."""
    key = _at(entry, "paper", "id")
    return {
        "key": key,
        "date": _at(entry, "publishedAt"),
        "title": _at(entry, "paper", "title") or _at(entry, "title"),
        "abstract": _at(entry, "paper", "summary") or _at(entry, "summary"),
        "authors": [_at(author, "name") for author in _list(_at(entry, "paper", "authors"))],
        "year": (_text(_at(entry, "paper", "publishedAt")) or "")[:4],
        "arxiv_id": key,
        "url": f"https://huggingface.co/papers/{key}" if isinstance(key, str) else None,
    }


def _uninverted(index: object) -> str | None:
    """The text of an inverted index, which gives the positions of each word."""
    if not isinstance(index, dict):
        return None
    words: list[tuple[int, str]] = []
    for word, places in index.items():
        words += [(place, word) for place in _list(places) if isinstance(place, int)]
        if len(words) > MAX_WORDS:
            raise FieldError(f"abstract has more than {MAX_WORDS:,} words")
    return " ".join(word for _, word in sorted(words))


def _plain(value: object) -> object:
    """A text without markup; a heading within it ends with a colon, unless it says "Abstract"."""
    if not isinstance(value, str):
        return value
    text = _BLOCK.sub("\n", _TITLE_END.sub(": ", _ABSTRACT.sub("", value)))
    return unescape(_TAG.sub("", text))


def _at(value: object, *path: str) -> object:
    """What stands at a path of keys, or None where there is no such path."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _named(given: object, family: object) -> str:
    return " ".join(part for part in (given, family) if isinstance(part, str))
