"""What each source says of a paper, and the one record that is made of it all; knows no store.

The fuller record is shown, with what only the others know. A record that is made of several keeps in
``parts`` what each of them says otherwise, so that a source that says something new changes its own part
alone. One without ``parts``, and every record of an earlier version, is one part.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from ..types import Paper
from .changes import Change
from .records import BESIDE, Record, from_record, to_record

MOST = 16
"""Parts of a record; of more, the first two become one."""
_FIELDS = ("authors", "year", "venue", "url", "doi", "arxiv_id")
_ONLINE = re.compile(r"([a-z][a-z0-9-]*):[^\s:]")
"""An online source, "openalex:mining": one source, whatever was asked of it. No file has such a name."""

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What some sources say of a paper, and the marks of the rows in which they say it."""

    marks: tuple[str, ...]
    sources: tuple[str, ...]
    said: Said

    @property
    def origins(self) -> frozenset[str]:
        """Who says it."""
        return origins(self.sources)

    def without(self, gone: frozenset[str]) -> Part | None:
        """The part after these sources have taken back what they said."""
        rest = tuple(source for source in self.sources if not origins([source]) & gone)
        if rest == self.sources and not (gone & self.origins):
            return self
        return replace(self, sources=rest) if rest else None

    def with_sources(self, sources: Iterable[str]) -> Part:
        """The part said by these too."""
        return replace(self, sources=tuple(dict.fromkeys((*self.sources, *sources))))

    def joined(self, other: Part) -> Part:
        """Both in one."""
        said = to_record(_folded("", [self.said, other.said]))
        marks = tuple(dict.fromkeys((*self.marks, *other.marks)))
        return replace(self, marks=marks, said=_content(said)).with_sources(other.sources)


def origins(sources: Iterable[str]) -> frozenset[str]:
    """Who says what comes from these sources: files by their names, services; "" where none is named."""
    names = ((_ONLINE.match(source), source) for source in sources)
    return frozenset(online[1] + ":" if online else source for online, source in names) or frozenset([""])


def as_row(paper: Paper) -> Record:
    """The record of a row by itself; its mark tells its content and its id."""
    record = to_record(paper)
    mark = hashlib.sha256(f"{paper.id}\n{record['hash']}".encode()).hexdigest()[:16]
    return {**record, "rows": mark}


def marks_of(record: Mapping[str, Any]) -> list[str]:
    """The marks of all rows that a record is made of."""
    return str(record.get("rows", "")).split()


def parts_of(record: Mapping[str, Any]) -> list[Part]:
    """The parts of a record."""
    said = _content(record)
    told = record.get("parts")
    if not told:
        return [Part(tuple(marks_of(record)), tuple(json.loads(record.get("sources", "[]"))), said)]
    return [
        Part(tuple(marks), tuple(sources), {k: v for k, v in (said | other).items() if v is not None})
        for marks, sources, other in json.loads(told)
    ]


def as_part(row: Mapping[str, Any]) -> Part:
    """A row as a part by itself."""
    [part] = parts_of(row)
    return part


def heard(
    parts: Sequence[Part], row: Part, spoken: frozenset[str], *, as_shown: bool
) -> tuple[Literal["updated", "unchanged", "merged"], list[Part]]:
    """The parts after a row, and what it does to them.

    Args:
        parts: What is said so far.
        row: The row, which has one mark.
        spoken: Who has spoken in this import. The others take back what they said in an earlier one.
        as_shown: Whether the row says just what the paper shows, as an export of it does.
    """
    silent = row.origins - spoken
    same = next((part for part in parts if row.marks[0] in part.marks), None)
    if same is not None:
        gone = frozenset() if set(row.sources) <= set(same.sources) else silent - same.origins
        left = (part.with_sources(row.sources) if part is same else part.without(gone) for part in parts)
        return "updated" if any(part.origins & gone for part in parts) else "unchanged", [*filter(None, left)]
    if as_shown:
        named = {source for part in parts for source in part.sources}
        new = tuple(source for source in row.sources if source not in named)
        return "unchanged", [*parts, replace(row, sources=new)] if new else [*parts]
    if any(part.origins & silent for part in parts):
        return "updated", _said_anew(parts, row, silent)
    if not silent and any(part.origins == row.origins for part in parts):
        return "merged", [part.joined(row) if part.origins == row.origins else part for part in parts]
    return "merged", [*parts, row]


def _said_anew(parts: Sequence[Part], row: Part, gone: frozenset[str]) -> list[Part]:
    """The parts with a new one, in the place of the first that its speakers, ``gone``, said before."""
    place = next(number for number, part in enumerate(parts) if part.origins & gone)
    before = [source for part in parts for source in part.sources if origins([source]) & gone]
    left = [part.without(gone) for part in parts]
    return [part for part in (*left[:place], row.with_sources(before), *left[place:]) if part]


def as_change(target: str, parts: Sequence[Part], old: Mapping[str, Any]) -> Change:
    """The paper that is made of these parts, instead of the one that is there."""
    parts = list(parts)
    while len(parts) > MOST:
        parts[:2] = [parts[0].joined(parts[1])]
    paper = _folded(target, [part.said for part in parts])
    paper = replace(paper, sources=tuple(dict.fromkeys(chain(*(part.sources for part in parts)))))
    record = to_record(paper)
    record["rows"] = " ".join(dict.fromkeys(chain(*(part.marks for part in parts))))
    if len(parts) > 1:
        shown = _content(record)
        told = [(part.marks, part.sources, _otherwise(part.said, shown)) for part in parts]
        record["parts"] = json.dumps(told, ensure_ascii=False)
    return Change(paper, record, old)


def without_text(record: Record) -> Record:
    """A record and its parts without their abstracts."""
    bare: Record = {**record, "abstract": "", "spans": ""}
    if told := record.get("parts"):
        parts = [
            (marks, sources, {k: v for k, v in other.items() if k not in {"abstract", "spans"}})
            for marks, sources, other in json.loads(str(told))
        ]
        bare["parts"] = json.dumps(parts, ensure_ascii=False)
    return bare


def _content(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "hash" and key not in BESIDE}


def _otherwise(said: Said, shown: Said) -> dict[str, Any]:
    """What is said otherwise than it is shown; ``None`` where nothing is said."""
    return {key: said.get(key) for key in {**shown, **said} if said.get(key) != shown.get(key)}


def _folded(target: str, said: Iterable[Said]) -> Paper:
    """The fullest of some records, with what only the others know; of equals the first."""
    best, *others = sorted((from_record(target, each) for each in said), key=_fullness, reverse=True)
    for other in others:
        missing = {
            name: value for name in _FIELDS if (value := getattr(other, name)) and not getattr(best, name)
        }
        original = tuple(pair for pair in other.original if pair[0] in missing)
        best = replace(best, **missing, original=(*best.original, *original))
    return best


def _fullness(paper: Paper) -> tuple[int, int]:
    """How much a record knows: the length of its abstract, then how many fields it has."""
    return len(paper.abstract), sum(bool(getattr(paper, name)) for name in _FIELDS)
