"""Stable ids of papers from DOI, arXiv id or title; knows nothing of where they were found."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:(?:https?://)?(?:[a-z]+\.)?arxiv\.org/[a-z]+/)?(?:arxiv:\s*)?"
    r"(?:(?P<new>\d{4}\.\d{4,5})|(?P<archive>[a-z][a-z-]+)(?:\.[a-z]{2})?/(?P<number>\d{7}))"
    r"(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)
_MAX_DOI = 2_000
_ARXIV_DOI = "10.48550/arxiv."


@lru_cache(maxsize=16_384)  # an import asks for the ids of each of its papers a dozen times
def paper_id(doi: str | None = None, arxiv_id: str | None = None, title: str = "") -> str:
    """The id of a paper: ``doi:10.…``, else ``arxiv:2205.13504``, else ``t:`` and a hash of the title.

    An arXiv DOI counts as the arXiv id that it holds. What is not a DOI or an arXiv id is passed over.
    """
    if arxiv := normal_arxiv_id(doi):
        return f"arxiv:{arxiv}"
    if normal := normal_doi(doi):
        return f"doi:{normal}"
    if arxiv := normal_arxiv_id(arxiv_id):
        return f"arxiv:{arxiv}"
    return f"t:{hashlib.sha256(_bare(title).encode('utf-8', 'replace')).hexdigest()[:16]}"


def normal_doi(text: str | None) -> str | None:
    """A DOI in small letters without prefix, or None where the text is none.

    That of a normal DOI is itself, also where its per cent signs were escaped several times over.
    """
    text = text or ""
    if len(text) > _MAX_DOI:
        return None
    while (unquoted := unquote(text)) != text:
        text = unquoted
    found = _DOI.fullmatch(text.strip())
    doi = found[1].rstrip(".,;").lower() if found else ""
    return doi if doi.isprintable() and _DOI.fullmatch(doi) else None


def normal_arxiv_id(text: str | None) -> str | None:
    """An arXiv id without prefix, version and subject class, also from its DOI or its address."""
    doi = normal_doi(text)
    if doi and doi.startswith(_ARXIV_DOI):
        text = doi.removeprefix(_ARXIV_DOI)
    found = _ARXIV.fullmatch((text or "").strip())
    if not found:
        return None
    return found["new"] or f"{found['archive'].lower()}/{found['number']}"


def _bare(title: str) -> str:
    """A title reduced to what two spellings of it share: letters and digits, or itself if it has none."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    # Marks carry the vowels of many scripts; in Latin they are part of the letter by now.
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c)[0] == "M") or title.strip()
