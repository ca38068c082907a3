"""What a collection knows of years, authors, venues and files, asked of its index as a question needs it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice

from ..filters import Filters
from ..types import Paper

_LOOKED_AT = 200
"""So many papers of a name are looked at; a name that none of them bears is taken for none."""
_QUESTIONS = 40
"""So many names of one question are looked up; one with more is no question for papers of somebody."""
_DECORATION = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:proceedings|proc|of|the|in|conference|workshop|annual)\b|[^\w\s]"
)


class KnownNames:
    """The names that filters in words may mean."""

    def __init__(self, papers: Callable[[Filters], Iterator[Paper]]) -> None:
        """Ask ``papers`` for those that pass filters."""
        self._papers = papers
        self._left = _QUESTIONS

    def has_years(self) -> bool:
        """Whether any paper has a year."""
        return bool(self._some(Filters(since=0), 1))

    def has_author(self, name: str) -> bool:
        """Whether these are words of one author's name, the last one being the family name."""
        wanted = _words(name)
        if not wanted or len(wanted[-1]) < 2:
            return False
        authors = (author for paper in self._some(Filters(author=name)) for author in paper.authors)
        return any(_is_called(author, wanted) for author in authors)

    def has_venue(self, name: str) -> bool:
        """Whether a venue goes by this name, or has it as its short one ("NeurIPS")."""
        wanted = _words(name)
        is_short = len(wanted) == 1 and sum(letter.isupper() for letter in name) > 1
        for paper in self._some(Filters(venue=name)):
            venue = paper.venue or ""
            if is_short and wanted[0] in _words(venue):
                return True
            if wanted and wanted == _words(_DECORATION.sub(" ", venue.casefold())):
                return True
        return False

    def has_source(self, name: str) -> bool:
        """Whether a file of this name was imported."""
        return bool(_words(name) and self._some(Filters(source=name), 1))

    def _some(self, filters: Filters, most: int = _LOOKED_AT) -> list[Paper]:
        self._left -= 1
        return list(islice(self._papers(filters), most)) if self._left >= 0 else []


def _is_called(author: str, wanted: list[str]) -> bool:
    family, comma, given = author.partition(",")
    words = [*_words(given), *_words(family)] if comma else _words(author)
    return bool(words) and words[-1] == wanted[-1] and set(wanted) <= set(words)


def _words(text: str) -> list[str]:
    """The words of a name, without case and accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain.casefold())
