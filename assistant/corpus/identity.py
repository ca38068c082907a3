"""Stable ids of papers from DOI, arXiv id or title; knows nothing of where they were found."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

from .letters import greek_named, greek_names, plain_letters

_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:(?:https?://)?(?:[a-z]+\.)?arxiv\.org/[a-z]+/)?(?:arxiv:\s*)?"
    r"(?:(?P<new>\d{4}\.\d{4,5})|(?P<archive>[a-z][a-z-]+)(?:\.[a-z]{2})?/(?P<number>\d{7}))"
    r"(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)
_MAX_DOI = 2_000
_TITLE_ID = re.compile("t:[0-9a-f]{16}")
_COMMAND = re.compile(r"\\(?:var)?([A-Za-z]+)")
_FUNCTIONS = frozenset("log ln exp max min sup inf sin cos tan det dim ker".split())
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


def title_keys(title: str) -> list[str]:
    r"""The id of a title, and where it is another one, that of the title as others may have typed it.

    That is without accents and without TeX: "Poincaré" and "Poincare" share it, and "$\beta$" and "β".
    """
    if "\\" in title:
        loose = _COMMAND.sub(_spelled, title)
    elif title.isascii() and "&" not in title:
        return [paper_id(title=title)]
    else:
        loose = title
    loose = greek_named(plain_letters(loose)).replace("&", " and ")
    return list(dict.fromkeys([paper_id(title=title), paper_id(title=loose)]))


def _spelled(command: re.Match[str]) -> str:
    """What a command of TeX is in a title: the name of a letter or function, else nothing."""
    name = command[1]
    return name if name in _FUNCTIONS or name.lower() in greek_names() else ""


def is_of_title(id_: str) -> bool:
    """Whether an id may be one that was made of a title."""
    return _TITLE_ID.fullmatch(id_) is not None


def is_made(id_: str) -> bool:
    """Whether an id may be one that was made here, of a DOI, an arXiv id or a title, and is no file's own."""
    kind, _, text = id_.partition(":")
    return (
        is_of_title(id_)
        or (kind == "doi" and normal_doi(text) == text)
        or (kind == "arxiv" and normal_arxiv_id(text) == text)
    )


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
