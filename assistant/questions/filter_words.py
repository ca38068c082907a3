"""Finds filters in the words of a question: "since 2022", "by Hajij", "published at ICML".

Conservative: a year that is part of the subject is none, and a name counts only where the collection has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ..filters import Filters, FoundFilter

_EARLIEST = 1900

_NUMBERS = dict(zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True))
_YEAR = r"(?P<{}>(?:19|20)\d\d)"
_PUBLISHED = (
    r"(?:(?:that\s+|which\s+)?(?:was\s+|were\s+|have\s+been\s+)?"
    r"(?:published|written|released|appear(?:ed|ing)))"
)
_PAPERS = r"(?:papers?|works?|articles?|studies|publications?|preprints?|literature|research)"
_ENDS = (
    r"(?=\s*(?:$|[?.,;:!)]|(?:and|or|but|on|about|that|which|who|where|when|since|before|after|between|from|by|with|"
    r"in|at|for|is|are|was|were|do|does|did|can|could|say|says|how|what|why|to|use|uses|using|propose|proposes|"
    r"have|has|only|address|study|show|describe)\b))"
)
"""What follows filter words; before any other word they are a part of what is asked: "in 2012 models"."""


class Collection(Protocol):
    """What must be known of a collection to tell a filter from a turn of phrase."""

    def has_years(self) -> bool:
        """Whether any paper has a year."""

    def has_author(self, name: str) -> bool:
        """Whether these are words of one author's name, the last one being the family name."""

    def has_venue(self, name: str) -> bool:
        """Whether a venue goes by this name."""

    def has_source(self, name: str) -> bool:
        """Whether a file of this name was imported."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as read: ``rest`` is what is left to be searched for, ``found`` what is filtered by.

    ``rest`` is empty where a question is nothing but filters: "since 2022?".
    """

    rest: str
    found: tuple[FoundFilter, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def filters(self) -> Filters:
        """All that was found as one."""
        filters = Filters()
        for each in self.found:
            filters &= each.filters
        return filters


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    filters: Filters


def read(question: str, collection: Collection, today: date) -> Reading:
    """The filters that the words of a question ask for, and the question without these words."""
    matches = _apart([*_years(question, today), *_names(question, collection)])
    notices: tuple[str, ...] = ()
    timed = [match for match in matches if (match.filters.since, match.filters.until) != (None, None)]
    if timed and not collection.has_years():
        words = ", ".join(f"“{_words(question, match)}”" for match in timed)
        notices = (f"No paper here has a year, so {words} could not be a filter.",)
        matches = [match for match in matches if match not in timed]
    if not matches:
        return Reading(question, notices=notices)
    found = tuple(FoundFilter(_words(question, match), match.filters) for match in matches)
    rest = _without(question, matches)
    return Reading(rest if re.search(r"\w", rest) else "", found, notices)


# -- years -------------------------------------------------------------------------------------------


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_SPANS = (
    _pattern(rf"\b(?:{_PUBLISHED}\s+)?between\s+{_YEAR.format('a')}\s+and\s+{_YEAR.format('b')}\b{_ENDS}"),
    _pattern(
        rf"\b(?:{_PUBLISHED}\s+)?from\s+{_YEAR.format('a')}\s*(?:to|until|till|through|-|–)\s*"
        rf"{_YEAR.format('b')}\b{_ENDS}"
    ),
    _pattern(rf"\b{_PUBLISHED}\s+(?:in\s+)?{_YEAR.format('a')}\s*[-–]\s*{_YEAR.format('b')}\b{_ENDS}"),
)
_SINCE = _pattern(rf"\b(?:{_PUBLISHED}\s+)?since\s+(?:the\s+year\s+)?{_YEAR.format('a')}\b{_ENDS}")
_ONWARDS = _pattern(rf"\b(?:{_PUBLISHED}\s+)?from\s+{_YEAR.format('a')}\s+(?:on(?:wards?)?|and\s+later)\b")
_AFTER = _pattern(
    rf"\b(?:{_PUBLISHED}\s+)?(?:after|later\s+than|newer\s+than)\s+{_YEAR.format('a')}\b{_ENDS}"
)
_BEFORE = _pattern(
    rf"\b(?:{_PUBLISHED}\s+)?(?:before|prior\s+to|earlier\s+than|older\s+than)\s+{_YEAR.format('a')}\b{_ENDS}"
)
_UNTIL = _pattern(
    rf"\b(?:(?:{_PUBLISHED}\s+)?(?:until|till|up\s+to)|{_PUBLISHED}\s+by)\s+{_YEAR.format('a')}\b{_ENDS}"
)
_IN = _pattern(rf"\b{_PUBLISHED}\s+(?:in|during)\s+{_YEAR.format('a')}\b{_ENDS}")
_OF = _pattern(rf"(?<=\w\s)(?:from|of|in)\s+{_YEAR.format('a')}\b{_ENDS}")
_PAPERS_BEFORE = _pattern(rf"\b(?:{_PAPERS}|there|anything|everything)\s+$")
_LAST_YEARS = _pattern(
    r"\b(?:published\s+)?(?:with)?(?:in|from|over|during)\s+the\s+(?:last|past|previous)\s+"
    rf"(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)}|couple\s+of|few)\s+years\b(?!\s+of\b)"
)
_LAST_YEAR = _pattern(
    rf"\b(?:{_PUBLISHED}\s+|(?P<noun>{_PAPERS}\s+)(?:from|of)\s+)(?P<which>last|this)\s+year\b"
)


def _years(question: str, today: date) -> Iterator[_Match]:
    for pattern in _SPANS:
        for match in pattern.finditer(question):
            first, second = sorted((int(match["a"]), int(match["b"])))
            yield _Match(*match.span(), Filters(since=first, until=second))
    bounds: tuple[tuple[re.Pattern[str], Callable[[int], Filters]], ...] = (
        (_SINCE, lambda year: Filters(since=year)),
        (_ONWARDS, lambda year: Filters(since=year)),
        (_AFTER, lambda year: Filters(since=year + 1)),
        (_BEFORE, lambda year: Filters(until=year - 1)),
        (_UNTIL, lambda year: Filters(until=year)),
        (_IN, _exactly),
    )
    for pattern, filters in bounds:
        for match in pattern.finditer(question):
            year = int(match["a"])
            if _EARLIEST <= year <= today.year + 1:
                yield _Match(*match.span(), filters(year))
    for match in _OF.finditer(question):
        # "the crisis of 2008" is what is asked; "papers of 2008" is which are to be read.
        if _PAPERS_BEFORE.search(question, 0, match.start()):
            yield _Match(*match.span(), _exactly(int(match["a"])))
    for match in _LAST_YEARS.finditer(question):
        words = match["n"].casefold()
        if words != "few":  # says nothing that could be counted
            count = 2 if words.startswith("couple") else _NUMBERS.get(words) or int(words)
            yield _Match(*match.span(), Filters(since=today.year - count))
    for match in _LAST_YEAR.finditer(question):
        year = today.year - (match["which"].casefold() == "last")
        yield _Match(match.end("noun") if match["noun"] else match.start(), match.end(), _exactly(year))


def _exactly(year: int) -> Filters:
    return Filters(since=year, until=year)


# -- names -------------------------------------------------------------------------------------------

_WORD = r"[^\W\d_][\w'’.-]*"
_PARTICLES = r"(?:(?:de|del|der|den|di|da|du|la|le|van|von|bin|al|el|ter|ten)\s+){0,3}"
_CAPITALISED = r"[A-ZÀ-ÞĀ-Ž][\w'’.-]*"
_NAME = rf"{_PARTICLES}{_CAPITALISED}(?:\s+{_PARTICLES}{_CAPITALISED})*"
_LONGEST_NAME = 8
_BY = re.compile(
    r"\b(?:(?:published|written|authored|co-authored)\s+)?[Bb]y\s+"
    rf"(?P<names>{_NAME}(?:\s*(?:,\s*(?:and\s+)?|and\s+|&\s*){_NAME})*)(?P<etal>\s+et\s+al\.?)?"
)
_BY_LOWER = _pattern(
    rf"\b(?:(?P<noun>{_PAPERS}\s+)|written\s+|authored\s+)by\s+(?P<name>{_WORD})(?:\s+et\s+al\.?)?{_ENDS}"
)
_NAME_END = _pattern(rf"(?:'s\b|{_ENDS})")
_JOINED = re.compile(r"\s*(?:,\s*(?:and\s+)?|\band\s+|&)\s*")
_AT = re.compile(
    r"\b(?:(?:published|presented|accepted|appeared|appearing)\s+)?(?P<how>from|in|at)\s+(?:the\s+)?"
    r"(?P<venue>[A-Z][\w&+-]*(?:\s+(?:of|on|and|for|in|the|[A-Z&][\w&+-]*))*)"
)
_VENUE_YEAR = _pattern(rf",?\s+(?:in\s+)?{_YEAR.format('a')}\b{_ENDS}")
_FILE = _pattern(
    r"\b(?:in|from)\s+(?:the\s+)?(?:file\s+(?P<quote>[\"“'‘]?)(?P<file>[\w./-]*\w)[\"”'’]?|(?P<named>[\w/-]+\.(?:bib|ris|csv|tsv|json|"
    r"jsonl|txt|xml|nbib|enw|zip|gz)))(?![\w])"
)


def _names(question: str, collection: Collection) -> Iterator[_Match]:
    for match in _FILE.finditer(question):
        name = match["file"] or match["named"]
        if collection.has_source(name):
            yield _Match(*match.span(), Filters(source=name))
    for match in _BY.finditer(question):
        yield from _authors(question, match, collection)
    for match in _BY_LOWER.finditer(question):
        if collection.has_author(match["name"]):
            start = match.end("noun") if match["noun"] else match.start()
            yield _Match(start, match.end(), Filters(author=match["name"]))
    for match in _AT.finditer(question):
        words = match["venue"].split()
        # "at ICML in 2023" and "from NeurIPS On graphs": the longest name that is one.
        for length in range(min(len(words), _LONGEST_NAME), 0, -1):
            name = " ".join(words[:length])
            end = match.start("venue") + _length(question[match.start("venue") :], length)
            year = _VENUE_YEAR.match(question, end)
            if (year or _ends_here(question, end)) and collection.has_venue(name):
                filters = Filters(venue=name)
                if year:
                    end, filters = year.end(), filters & _exactly(int(year["a"]))
                yield _Match(match.start(), end, filters)
                break


def _authors(question: str, match: re.Match[str], collection: Collection) -> Iterator[_Match]:
    """The names after "by", as many of them as the collection's authors have."""
    known: list[str] = []
    end = match.start("names")
    for place, name in enumerate(_JOINED.split(match["names"])):
        at = question.index(name, end)
        words = name.rstrip(".").split()
        length = 0
        for length in range(min(len(words), _LONGEST_NAME), 0, -1):
            candidate = " ".join(words[:length]).removesuffix("'s").removesuffix("’s").rstrip(".,")
            if collection.has_author(candidate):
                known.append(candidate)
                end = at + _length(question[at:], length)
                break
        if len(known) <= place or length < len(words):
            break
    if not known:
        return
    if match["etal"] and end == match.end("names"):
        end = match.end()
    elif not _ends_here(question, end):
        return  # "by Adam optimisers" names no author
    yield _Match(match.start(), end, Filters(author=" ".join(known)))


def _ends_here(question: str, end: int) -> bool:
    return bool(_NAME_END.match(question, end)) or question[max(0, end - 1) : end] in {".", ","}


def _length(text: str, words: int) -> int:
    """The length of the first words of a text."""
    found = re.match(rf"(?:\S+\s+){{{words - 1}}}[\w&+'’.-]+", text)
    length = found.end() if found else 0
    return length - (text[:length].endswith("."))


# -- the rest ----------------------------------------------------------------------------------------


def _apart(matches: list[_Match]) -> list[_Match]:
    """The matches in the order of the text, the longer one where two overlap."""
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda match: match.start - match.end):
        if match.end > match.start and all(match.end <= m.start or match.start >= m.end for m in kept):
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _words(question: str, match: _Match) -> str:
    return question[match.start : match.end].strip()


def _without(question: str, matches: list[_Match]) -> str:
    """The question without these words, as somebody would have written it."""
    parts, at = [], 0
    for match in matches:
        parts.append(question[at : match.start])
        at = match.end
    text = "\n".join([*parts, question[at:]])
    text = re.sub(r"\s*,\s*\n\s*,\s*", " ", text)
    # A link that joined the removed words to others goes with them.
    text = re.sub(r"\s*(?:,|\band\b|\bbut\b)?\s*\n\s*(?:and\b\s*)?(?=\n|$|[?.!])", " ", text)
    text = re.sub(r"^\s*\n\s*,?\s*", "", text)
    text = re.sub(r"\s*\n\s*(?=[,;:?.!])", "", text)
    text = " ".join(text.split())
    return re.sub(r"\s+([?.,;:!])", r"\1", text).strip(" ,")
