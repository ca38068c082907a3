"""What papers are found by, and whether two of them are of one study; knows no store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..corpus.identity import is_made, paper_id, title_keys
from ..corpus.surnames import family_names, share_an_author
from ..types import Paper
from .parts import marks_of, parts_of
from .records import from_record

_YEARS_APART = 2
"""A preprint and its article may be so many years apart."""
_TELLING = 4
"""Words of a title that tell a study apart even where one of the records names no authors."""


def keys_in(paper: Paper, record: Mapping[str, Any]) -> list[str]:
    """All that a stored paper is found by: the keys of all that it is made of, and the marks of its rows."""
    keys = keys_of(paper)
    if "parts" in record:
        for part in parts_of(record):
            keys += keys_of(from_record(paper.id, part.said))
    return list(dict.fromkeys([*keys, *(f"row:{mark}" for mark in marks_of(record))]))


def keys_of(paper: Paper) -> list[str]:
    """What a paper is known by, beside its id: its title first, then its numbers."""
    return [*title_keys(paper.title), *numbers_of(paper)]


def numbers_of(paper: Paper) -> list[str]:
    """The DOI and the arXiv id of a paper as keys."""
    keys = [paper_id(doi=paper.doi)] if paper.doi else []
    if paper.arxiv_id:
        keys.append(paper_id(arxiv_id=paper.arxiv_id))
    return keys


def twin_id(paper: Paper) -> str:
    """The id of a paper whose title is another one's id: made of title, authors and year."""
    surnames, _ = family_names(paper.authors)
    return paper_id(title=" ".join([title_keys(paper.title)[-1], *sorted(surnames), str(paper.year)]))


def agree(one: Paper, other: Paper) -> bool | None:
    """Whether two records of the same title are of one study; ``None`` where nothing tells.

    That two files have the same title is no proof of it: "Editorial" stands over many.
    """
    if (not is_made(one.id) and not is_made(other.id)) or numbers_differ(one, other):
        return False  # their collection tells them apart, or their numbers do
    apart = abs(one.year - other.year) if one.year and other.year else 0
    shared = share_an_author(one.authors, other.authors)
    if apart > _YEARS_APART or shared is not None:
        return apart <= _YEARS_APART and bool(shared)
    if _tells(one):
        return True
    return False if apart else None


def may_correct(one: Paper, other: Paper) -> bool:
    """Whether a record may be that of the other with its year set right: all else speaks for it."""
    return (
        _tells(one)
        and is_made(one.id)
        and not numbers_differ(one, other)
        and share_an_author(one.authors, other.authors) is True
    )


def may_be_one(one: Paper, other: Paper) -> bool:
    """Whether two papers that a row names both by their numbers may be one."""
    if (not is_made(one.id) and not is_made(other.id)) or numbers_differ(one, other):
        return False
    return share_an_author(one.authors, other.authors) is not False


def numbers_differ(one: Paper, other: Paper) -> bool:
    """Whether both have a DOI or an arXiv id, and not the same."""
    return any(
        mine and theirs and mine != theirs
        for mine, theirs in ((one.doi, other.doi), (one.arxiv_id, other.arxiv_id))
    )


def _tells(paper: Paper) -> bool:
    return len(paper.title.split()) >= _TELLING
