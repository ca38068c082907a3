"""One study, one record: decides row by row what an import does to an index.

A row belongs to the paper with its own id, its DOI or its arXiv id, or to one of its title where authors and
years agree. The same row again changes nothing. A source that says something new of a paper takes back what
it said in an earlier import, which is an update; any other row is folded: the fuller record is shown, with
what only the other one knows (`parts` keeps both). A row with the numbers of two papers makes them one.

The record remembers the marks of all rows that it was made of, and each is one of its keys, so importing
the same files again finds nothing to do. Knows no store: it is given what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..corpus.identity import is_made, is_of_title, paper_id, title_keys
from ..types import Paper, Rejected
from .changes import Change
from .keys import agree, keys_in, may_be_one, may_correct, numbers_of, twin_id
from .parts import Part, as_change, as_part, as_row, heard, marks_of, origins, parts_of
from .records import Record, from_record
from .tally import Kind, Tally

Records = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
Owners = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
_Known = dict[str, Mapping[str, Any]]
_Seen = tuple[Kind, frozenset[str]]


class Folder:
    """The decisions of one import. ``records`` gives stored records by id, ``owners`` ids by key."""

    def __init__(self, records: Records, owners: Owners) -> None:
        self.tally = Tally()
        self.gone: dict[str, str] = {}
        """Papers that are to be taken out when all is stored, and those that they went into."""
        self._records = records
        self._owners = owners
        self._seen: dict[str, _Seen] = {}
        """How the first row of a paper was counted, and who has spoken of it in this import."""
        self._alike: dict[_Seen, _Seen] = {}
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
        records = [as_row(paper) for paper in papers]
        twins = [twin_id(paper) for paper in papers if is_of_title(paper.id)]
        known = self._known(map(self._now, [*(paper.id for paper in papers), *twins]))
        keys = [key for pair in zip(papers, records, strict=True) for key in keys_in(*pair)]
        owners = {key: list(ids) for key, ids in self._owners(keys).items()}
        for pending in self._pending.values():
            _own(owners, pending)
        owning = {self._now(id_): None for ids in owners.values() for id_ in ids}
        known |= self._known(id_ for id_ in owning if id_ not in known)
        batch: dict[str, Change] = {}
        for paper, record in zip(papers, records, strict=True):
            if change := self._decide(paper, record, known, owners):
                earlier = batch.get(change.paper.id)
                batch[change.paper.id] = replace(change, old=earlier.old) if earlier else change
                known[change.paper.id] = change.record
                _own(owners, change)
        self._pending |= batch
        return list(batch.values())

    def stored(self, changes: Iterable[Change]) -> None:
        """Take note that these changes are in the stores now."""
        for change in changes:
            if self._pending.get(change.paper.id) is change:
                del self._pending[change.paper.id]

    def _known(self, ids: Iterable[str]) -> _Known:
        """The records of these ids, as they will be when what is pending is stored."""
        distinct = list(dict.fromkeys(ids))
        pending = {id_: self._pending[id_].record for id_ in distinct if id_ in self._pending}
        return {**self._records([id_ for id_ in distinct if id_ not in pending]), **pending}

    def _decide(
        self, paper: Paper, record: Record, known: _Known, owners: Mapping[str, Sequence[str]]
    ) -> Change | None:
        def found(keys: Iterable[str]) -> list[str]:
            """The papers with these keys."""
            ids = (self._now(id_) for key in keys for id_ in owners.get(key, ()))
            return [id_ for id_ in dict.fromkeys(ids) if id_ in known]

        given = [] if is_of_title(paper.id) else [id_ for id_ in [self._now(paper.id)] if id_ in known]
        marked = found(f"row:{mark}" for mark in marks_of(record))
        sure = dict.fromkeys([*(marked or given), *found(numbers_of(paper))])
        others: list[str] = []
        if sure:
            target, *others = _one_of([*sure], known)
        elif own := self._titled(paper, found(title_keys(paper.title)), known):
            target = own
        else:
            return self._new(paper, record, known)
        old = known[target]
        into = str(old["title"])
        parts = parts_of(old)
        for other in others:
            parts += self._joined(other, target, known, paper.where)
        first, spoken = target not in self._seen, self._spoken(target)
        if not _renews(paper, target, parts):
            spoken |= origins(paper.sources)
        as_shown = target == paper.id and record["hash"] == old["hash"]
        kind, made = heard(parts, as_part(record), spoken, as_shown=as_shown)
        if kind == "merged" or (kind == "unchanged" and not first):
            self.tally.merge(paper.where, paper.id, paper.title, target, into)
        else:
            self.tally.count(kind)
        self._note(target, kind, origins(paper.sources))
        return as_change(target, made, old) if made != parts_of(old) else None

    def _now(self, id_: str) -> str:
        """The paper that another one went into, or itself."""
        while id_ in self.gone:
            id_ = self.gone[id_]
        return id_

    def _spoken(self, id_: str) -> frozenset[str]:
        """Who has spoken of a paper in this import."""
        return self._seen[id_][1] if id_ in self._seen else frozenset()

    def _note(self, id_: str, kind: Kind, by: frozenset[str]) -> None:
        """Take note that a paper came up; how it was counted at first stays."""
        first, spoken = self._seen.get(id_, (kind, by))
        seen = (first, spoken | by)
        self._seen[id_] = self._alike.setdefault(seen, seen)  # nearly all are the same

    def _titled(self, paper: Paper, titled: Sequence[str], known: _Known) -> str | None:
        """The paper that a row without known numbers is of, if any."""
        own = [twin_id(paper), paper.id] if is_of_title(paper.id) else []
        same = [id_ for id_ in own if id_ in known]
        stored = {id_: from_record(id_, known[id_]) for id_ in dict.fromkeys([*same, *titled])}
        agreed = {id_: agree(paper, each) for id_, each in stored.items()}
        if both := next((id_ for id_ in agreed if agreed[id_]), None):
            return both
        for id_ in same:
            silent = origins(paper.sources) - self._spoken(id_)
            if agreed[id_] is None or (
                may_correct(paper, stored[id_]) and silent & origins(stored[id_].sources)
            ):
                return id_
        return None

    def _new(self, paper: Paper, record: Record, known: _Known) -> Change:
        """A paper of its own; of several whose titles would give them one id, the first has it."""
        if paper.id in known or paper.id in self.gone:
            twin = twin_id(paper)
            taken = twin in known or twin in self.gone
            paper = replace(paper, id=paper_id(title=str(record["rows"])) if taken else twin)
        self.tally.count("added")
        self._note(paper.id, "added", origins(paper.sources))
        return Change(paper, record, None)

    def _joined(self, other: str, target: str, known: _Known, where: str) -> list[Part]:
        """What a paper that turned out to be another one, too, has that the other one has not."""
        gone = known.pop(other)
        self.gone[other] = target
        if other in self._seen:
            kind, spoken = self._seen[other]
            self.tally.count(kind, -1)
            self._note(target, "merged", spoken)
        self.tally.merge(where, other, gone["title"], target, known[target]["title"])
        there = set(marks_of(known[target]))
        return [part for part in parts_of(gone) if not there.issuperset(part.marks)]


def _own(owners: dict[str, list[str]], change: Change) -> None:
    """Take note of what a changed paper is found by."""
    for key in keys_in(change.paper, change.record):
        ids = owners.setdefault(key, [])
        if change.paper.id not in ids:
            ids.append(change.paper.id)


def _renews(paper: Paper, target: str, parts: Iterable[Part]) -> bool:
    """Whether a row may be what its source said before of a paper, changed, and not a second record of it.

    A file may have both the preprint and the article: each has a number that the other one has not.
    """
    if target in {paper.id, twin_id(paper)}:
        return True
    if not paper.sources or not is_made(paper.id):
        return False
    said = (part.said for part in parts if part.origins & origins(paper.sources))
    before = {number for each in said for number in numbers_of(from_record(target, each))}
    numbers = set(numbers_of(paper))
    return numbers <= before or before <= numbers


def _one_of(ids: Sequence[str], known: _Known) -> list[str]:
    """The paper that a row is of, and others that are the same one: it names them all by their numbers."""
    first, *others = ids
    paper = from_record(first, known[first])
    same = [first]
    for other in others:
        if may_be_one(paper, from_record(other, known[other])) and all(
            is_made(id_) for id_ in same if not is_made(other)
        ):
            same.append(other)
    return sorted(same, key=_rank)


def _rank(id_: str) -> tuple[bool, bool, bool, str]:
    """The id that stays comes first, whichever row made two papers one: a file's own, then that of a DOI."""
    return is_made(id_), not id_.startswith("doi:"), not id_.startswith("arxiv:"), id_
