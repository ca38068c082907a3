"""One study, one record: decides row by row what an import does to an index.

A row belongs to the paper with its id, its DOI or its arXiv id, or with its title where authors and years
agree. The same row again changes nothing; a changed row under its own id is an update; any other row of a
paper that is there already is folded into it: the fuller one is kept, with what only the other one knows.

The record remembers the marks of all rows that it was made of, and each is one of its keys, so importing
the same files again finds nothing to do. Knows no store: it is given what it asks for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..corpus.identity import paper_id
from ..types import Fold, ImportReport, Paper, Rejected
from .changes import Change
from .records import Record, from_record, to_record

Records = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
Owners = Callable[[Sequence[str]], Mapping[str, str]]

_YEARS_APART = 2
"""A preprint and its article may be so many years apart."""
LISTED = 1_000
"""Rejected rows and folds that a report lists; the rest is counted."""
_TELLING = 4
"""Words of a title that tell a study apart even where one of the records names no authors."""


def keys_in(paper: Paper, record: Mapping[str, Any]) -> list[str]:
    """All that a stored paper is found by: the keys of the paper and the marks of its rows."""
    return keys_of(paper) + [f"row:{mark}" for mark in str(record.get("rows", "")).split()]


def keys_of(paper: Paper) -> list[str]:
    """What a paper is known by, beside its id: its title first, then its numbers."""
    keys = [paper_id(title=paper.title)]
    if paper.doi:
        keys.append(paper_id(doi=paper.doi))
    if paper.arxiv_id:
        keys.append(paper_id(arxiv_id=paper.arxiv_id))
    return keys


@dataclass(slots=True)
class Tally:
    """What an import has come upon so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    more_rejected: int = 0
    folds: list[Fold] = field(default_factory=list)

    def reject(self, row: Rejected) -> None:
        """Count a bad row. It is listed without its text: a file of bad rows must not fill the memory."""
        if len(self.rejected) < LISTED:
            self.rejected.append(replace(row, text="", header=""))
        else:
            self.more_rejected += 1

    def merge(self, paper: Paper, target: str, title: object) -> None:
        """Count a row that was folded into another paper."""
        self.merged += 1
        if len(self.folds) < LISTED:
            self.folds.append(Fold(paper.where, paper.id, paper.title, target, str(title)))

    def report(self) -> ImportReport:
        """The counts and the lists."""
        return ImportReport(
            self.added,
            self.updated,
            self.unchanged,
            self.merged,
            tuple(self.rejected),
            self.more_rejected,
            tuple(self.folds),
        )


class Folder:
    """The decisions of one import. ``records`` gives stored records by id, ``owners`` ids by key."""

    def __init__(self, records: Records, owners: Owners) -> None:
        self.tally = Tally()
        self._records = records
        self._owners = owners
        self._seen: set[str] = set()
        self._pending: dict[str, Change] = {}
        """What was decided and is not stored yet, by id."""

    @property
    def papers(self) -> int:
        """How many papers came up."""
        return len(self._seen)

    @property
    def waiting(self) -> int:
        """How many of them have a change that is not stored yet."""
        return len(self._pending)

    def changes(self, rows: Iterable[Paper | Rejected]) -> list[Change]:
        """What these rows change; each paper comes once."""
        rows = list(rows)
        papers = [row for row in rows if isinstance(row, Paper)]
        for row in rows:
            if isinstance(row, Rejected):
                self.tally.reject(row)
        known = self._known([paper.id for paper in papers])
        records = [as_row(paper) for paper in papers]
        keys = [key for pair in zip(papers, records, strict=True) for key in keys_in(*pair)]
        owners = dict(self._owners(keys))
        for pending in self._pending.values():
            owners |= dict.fromkeys(keys_in(pending.paper, pending.record), pending.paper.id)
        known |= self._known([id_ for id_ in owners.values() if id_ not in known])
        batch: dict[str, Change] = {}
        for paper, record in zip(papers, records, strict=True):
            if change := self._decide(paper, record, known, owners):
                earlier = batch.get(change.paper.id)
                batch[change.paper.id] = replace(change, old=earlier.old) if earlier else change
                known[change.paper.id] = change.record
                owners |= dict.fromkeys(keys_in(change.paper, change.record), change.paper.id)
        self._pending |= batch
        return list(batch.values())

    def stored(self, changes: Iterable[Change]) -> None:
        """Take note that these changes are in the stores now."""
        for change in changes:
            if self._pending.get(change.paper.id) is change:
                del self._pending[change.paper.id]

    def _known(self, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """The records of these ids, as they will be when what is pending is stored."""
        distinct = list(dict.fromkeys(ids))
        pending = {id_: self._pending[id_].record for id_ in distinct if id_ in self._pending}
        return {**self._records([id_ for id_ in distinct if id_ not in pending]), **pending}

    def _decide(
        self, paper: Paper, record: Record, known: Mapping[str, Mapping[str, Any]], owners: Mapping[str, str]
    ) -> Change | None:
        mark = str(record["rows"])
        target = owners.get(f"row:{mark}")
        if target is None:
            target = paper.id if paper.id in known else _owner(paper, known, owners)
        first = (target or paper.id) not in self._seen
        self._seen.add(target or paper.id)
        if target is None:
            self.tally.added += 1
            return Change(paper, record, None)
        old = known[target]
        if mark in str(old.get("rows", "")).split():
            if first:
                self.tally.unchanged += 1
            else:
                self.tally.merge(paper, target, old["title"])
            return _sourced(paper, target, old)
        if target == paper.id and first:
            self.tally.updated += 1
            return Change(paper, record, old)
        self.tally.merge(paper, target, old["title"])
        return _folded(paper, mark, target, old)


def as_row(paper: Paper) -> Record:
    """The record of a row by itself; its mark tells its content and its id."""
    record = to_record(paper)
    mark = hashlib.sha256(f"{paper.id}\n{record['hash']}".encode()).hexdigest()[:16]
    return {**record, "rows": mark}


def _owner(paper: Paper, known: Mapping[str, Mapping[str, Any]], owners: Mapping[str, str]) -> str | None:
    """The id of the paper that a row is another record of, if any."""
    by_title, *by_number = keys_of(paper)
    for key in by_number:
        if key in owners:
            return owners[key]
    owner = owners.get(by_title)
    return owner if owner and _agree(paper, from_record(owner, known[owner])) else None


def _agree(one: Paper, other: Paper) -> bool:
    """Whether two records of the same title are of the same study."""
    if _has_own_id(one) and _has_own_id(other):
        return False  # their collection tells them apart
    if one.doi and other.doi and one.doi != other.doi:
        return False
    if one.year and other.year and abs(one.year - other.year) > _YEARS_APART:
        return False
    if one.authors and other.authors:
        return bool(_surnames(one) & _surnames(other))
    return len(one.title.split()) >= _TELLING


def _has_own_id(paper: Paper) -> bool:
    return paper.id not in keys_of(paper)


def _surnames(paper: Paper) -> set[str]:
    """The last names, as far as they can be told: before a comma, else the last word."""
    names = (name.split(",")[0].split() for name in paper.authors)
    return {words[-1].casefold() for words in names if words}


def _sourced(paper: Paper, target: str, old: Mapping[str, Any]) -> Change | None:
    """The same paper with one more file that it came from, if it is one."""
    stored = from_record(target, old)
    if set(paper.sources) <= set(stored.sources):
        return None
    return _changed(stored, (*stored.sources, *paper.sources), target, old)


def _folded(paper: Paper, mark: str, target: str, old: Mapping[str, Any]) -> Change:
    """The fuller of two records, with what only the other one knows, under the id that is there."""
    stored = from_record(target, old)
    best, rest = (paper, stored) if _fullness(paper) > _fullness(stored) else (stored, paper)
    missing = {
        name: getattr(rest, name)
        for name in ("authors", "year", "venue", "url", "doi", "arxiv_id")
        if not getattr(best, name)
    }
    return _changed(replace(best, **missing), (*stored.sources, *paper.sources), target, old, mark)


def _changed(
    paper: Paper, sources: Sequence[str], target: str, old: Mapping[str, Any], mark: str = ""
) -> Change:
    """A stored paper with new content, more sources or one more row."""
    paper = replace(paper, id=target, sources=tuple(dict.fromkeys(sources)))
    rows = " ".join(filter(None, (str(old.get("rows", "")), mark)))
    return Change(paper, {**to_record(paper), "rows": rows}, old)


def _fullness(paper: Paper) -> tuple[int, int]:
    """How much a record knows: the length of its abstract, then how many fields it has."""
    fields = (paper.authors, paper.year, paper.venue, paper.url, paper.doi, paper.arxiv_id)
    return len(paper.abstract), sum(bool(value) for value in fields)
