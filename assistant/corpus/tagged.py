"""Records of lines that begin with a tag: RIS, MEDLINE, Web of Science, EndNote; knows no tag by itself.

One reader for all, since they differ in how a tag is written and which ones mean what, and share what goes
wrong: ends that are missing, lines that go on without a tag, blank lines anywhere, words between records.
(rispy reads two of the four, as a list of a whole file; it joins records where an end is missing and leaves
out tags before a tab.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from ..types import Paper, Rejected
from .exported import RIS_TAG, unpacked
from .identity import normal_arxiv_id, normal_doi
from .names import between_semicolons
from .record import LITERAL
from .rows import refused, row_of
from .source import Line, Source

MAX_RECORD = 2_000_000  # characters; more is no record of a paper

_QUALIFIER = re.compile(r"\s*\[(?:doi|pii|bookaccession)\]$", re.IGNORECASE)  # of MEDLINE's identifiers
_COMPACT = re.compile(r"\b(\d{4})(?=\d{4}\b)")  # the year of "20031122"


@dataclass(frozen=True, slots=True)
class Flavour:
    """How a program writes its records.

    ``line`` matches a line with a tag, as groups ``tag`` and ``value``; any other line goes on with the one
    before. ``begins`` is the tag that every record begins with, ``ends`` the one that it ends with.
    ``parted`` are tags whose lines are a value each, not one text. After a blank line, a tag of ``restarts``
    begins a record, too, if the one before has a title. ``page`` makes an address of the value of the first
    tag, where that is a number. The others name the tags of a field, the best first.
    """

    line: re.Pattern[str]
    begins: str
    title: tuple[str, ...]
    abstract: tuple[str, ...]
    authors: tuple[str, ...]
    year: tuple[str, ...]
    venue: tuple[str, ...]
    url: tuple[str, ...]
    doi: tuple[str, ...]
    ends: str = ""
    parted: frozenset[str] = frozenset()
    restarts: frozenset[str] = frozenset()
    page: str = ""


@dataclass(slots=True)
class Record:
    """The values by tag, each as the pieces of its lines; ``number`` is that of the first of ``lines``."""

    number: int
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    size: int = 0
    problem: str = ""

    def has(self, tags: Iterable[str]) -> bool:
        """Whether one of the tags is there."""
        return any(tag in self.values for tag in tags)

    def texts(self, tags: Iterable[str]) -> list[str]:
        """The values of the tags that are not empty, in the order of the tags."""
        return [
            text for tag in tags for value in self.values.get(tag, ()) if (text := " ".join(value).strip())
        ]

    def first(self, tags: Iterable[str]) -> str | None:
        """The values of the first tag that has any, as one text."""
        return next((text for tag in tags if (text := " ".join(self.texts([tag])))), None)

    def add(self, text: str, problem: str) -> bool:
        """Count a line; False if it is not to be kept, because the record cannot be used."""
        self.size += len(text)
        if self.size > MAX_RECORD:
            self.problem = self.problem or f"a record of more than {MAX_RECORD:,} characters"
        elif problem and not text:
            self.problem = self.problem or problem  # a stray byte was mended, a line without text is lost
        if self.problem:
            self.values.clear()
            self.lines.clear()
        else:
            self.lines.append(text)
        return not self.problem


def papers(source: Source, flavour: Flavour) -> Iterator[Paper | Rejected]:
    """A paper for each record with a title, a reason for each other."""
    for record in records(source.lines(), flavour):
        fields = refused(record.problem) if record.problem else partial(_fields, record, flavour)
        yield row_of(source, record.number, fields, "".join(record.lines))


def records(lines: Iterable[Line], flavour: Flavour) -> Iterator[Record]:
    """The records, one in memory at a time; what is neither begun as one nor has a title is passed over."""
    record: Record | None = None
    value: list[str] | None = None
    blank = True
    for number, raw, problem in lines:
        text = raw.strip()
        if not text and not problem:
            blank = True
            continue
        found = flavour.line.match(raw)
        tag = found["tag"] if found else ""
        if record and tag and _is_over(record, tag, flavour, after_blank=blank):
            if _counts(record, flavour):
                yield record
            record = value = None
        blank = False
        if tag and tag != flavour.ends and record is None:
            record = Record(number)
        if record is None or not record.add(raw, problem):
            value = None
        elif found:
            value = [(found["value"] or "").strip()]
            record.values.setdefault(tag, []).append(value)
            last = tag
        elif value is not None:
            if last in flavour.parted:
                record.values[last].append([text])
            else:
                value.append(text)
    if record and _counts(record, flavour):
        yield record


def _is_over(record: Record, tag: str, flavour: Flavour, *, after_blank: bool) -> bool:
    """Whether a tag ends a record or begins the next; some programs write the first tag last."""
    if tag == flavour.begins:
        return after_blank or record.has([tag])
    return tag == flavour.ends or (after_blank and tag in flavour.restarts and record.has(flavour.title))


def _counts(record: Record, flavour: Flavour) -> bool:
    """Whether a record is one: tags between records (a note of the program, say) are not."""
    return bool(record.problem) or record.has((flavour.begins, *flavour.title))


def _fields(record: Record, flavour: Flavour) -> Mapping[str, object]:
    """The fields under the names that `make_paper` knows."""
    if (own := unpacked(record.first([RIS_TAG]))) is not None:
        return _literal(record) | own | LITERAL
    title, venue = record.first(flavour.title), record.first(flavour.venue)
    names = next((texts for tag in flavour.authors if (texts := record.texts([tag]))), [])
    addresses = record.texts(flavour.url)
    number = record.first([flavour.begins]) or ""
    if flavour.page and number.isdecimal():
        addresses.append(flavour.page.format(number))
    identifiers = [_QUALIFIER.sub("", text) for text in (*record.texts(flavour.doi), *addresses)]
    return {
        "title": title if title or not record.has(flavour.title) else "",
        "abstract": record.first(flavour.abstract),
        "authors": [
            name for text in names for part in between_semicolons(text) if (name := part.strip(" ,"))
        ],
        # The first that is one counts: "in press" is none.
        "year": _COMPACT.sub(r"\1-", "; ".join(record.texts(flavour.year))),
        "venue": None if venue == title else venue,
        "url": next((text for text in addresses if text.startswith("http")), None),
        "doi": next((text for text in identifiers if normal_doi(text)), None),
        "arxiv_id": next((text for text in identifiers if normal_arxiv_id(text)), None),
    }


def _literal(record: Record) -> dict[str, object]:
    """What a record of our own says by itself: nothing is looked for in other fields."""
    tags = {"title": "TI", "abstract": "AB", "year": "PY", "venue": "JO", "url": "UR", "doi": "DO"}
    return {name: record.first([tag]) for name, tag in tags.items()} | {"authors": record.texts(["AU"])}
