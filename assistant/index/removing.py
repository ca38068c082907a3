"""Takes papers out of an index, and puts them back as they were."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import UsageError
from ..models.ports import NO_VECTORS
from ..types import Paper
from .changes import Change, Known, without
from .disk import writing_to
from .layout import Manifest
from .reading import Reading
from .records import from_record
from .removed import RemovedPapers

_MOST_WITH_VECTORS = 5_000
"""Of a larger removal no vectors are kept: they take more room than the papers, and can be made again."""

Records = Mapping[str, Mapping[str, Any]]


class Removing(Reading, ABC):
    """What goes and comes back whole; ``PaperIndex`` does the writing."""

    _turn: threading.RLock

    def remove(self, ids: Iterable[str]) -> list[Paper]:
        """Take papers out by id, or one; returns them. :meth:`put_back` brings them back as they were.

        Raises:
            UsageError: they are no list of ids.
            IndexWriteError: the disk refused a write; the next open brings the stores in step.
        """
        wanted = _listed(ids)
        with self._turn, self._storing():
            self._resume()
            records = self._kept(wanted)
            self._take_out(records)
        return [from_record(*row) for row in records.items()]

    def put_back(self, ids: Sequence[str] | None = None) -> list[Paper]:
        """Bring back papers that were taken out lately, without ``ids`` those of the last removal.

        Each is as it was: nothing is folded, and embedded only where its vectors are not at hand. One that
        is there again meanwhile stays as it is. Returns those that came back.

        Raises:
            UsageError: they are no list of ids.
            IndexWriteError: the disk refused a write.
        """
        wanted = None if ids is None else _listed(ids)
        with self._turn, self._storing():
            self._resume()
            removed = self._removed.found(wanted)
            there = self._stores.get([row.id for row in removed])
            fingerprint = self.manifest.embedder
            changes = [row.change(fingerprint) for row in removed if row.id not in there]
            if changes:
                self._write(self._batches(changes), lambda _: None)
            self._removed.forget([change.paper.id for change in changes])
        return [change.paper for change in changes]

    @property
    def _removed(self) -> RemovedPapers:
        return RemovedPapers(self._layout.removed)

    def _kept(self, ids: Iterable[str]) -> Records:
        """The records of those ids that are there, in their order, kept so that they can come back."""
        wanted = list(dict.fromkeys(ids))
        found = self._stores.get(wanted)
        records = {paper_id: found[paper_id] for paper_id in wanted if paper_id in found}
        if records:
            vectors: dict[str, Known] = {}
            if len(records) <= _MOST_WITH_VECTORS:
                sentences = self._sentences.get([from_record(*row) for row in records.items()])
                own = self._stores.vectors(list(records))
                vectors = {each: (own[each], sentences.get(each, NO_VECTORS)) for each in own}
            with writing_to(self._layout.root):
                self._removed.keep(records, vectors, self.manifest.embedder)
        return records

    def _take_out(self, records: Records) -> None:
        """Take out what is there."""
        if records:
            self._save(replace(self.manifest, state="removing"))
            self._stores.delete(list(records))
            self._sentences.delete(records)
            self._words.write([], remove=records)
            self._finish(without(self.manifest, records.values()))

    @abstractmethod
    def _resume(self) -> None:
        """Settle what was cut off, before anything else is written."""

    @abstractmethod
    def _write(self, changes: Iterable[list[Change]], finished: Callable[[list[Change]], None]) -> None:
        """Store changes."""

    @abstractmethod
    def _save(self, manifest: Manifest) -> None:
        """Save what is true from now on."""

    @abstractmethod
    def _finish(self, manifest: Manifest) -> None:
        """Save that all is done."""

    _batches: Callable[[Iterable[Change]], Iterable[list[Change]]]


def _listed(ids: object) -> list[str]:
    """The ids in a list, also where there is but one; raises a ``UsageError`` where they are none."""
    wanted: list[Any] = [*ids] if isinstance(ids, Iterable) and not isinstance(ids, str) else [ids]
    if not all(isinstance(each, str) for each in wanted):
        raise UsageError(f"{ids!r:.60} is no list of ids.", "Give the ids of papers in a list.")
    return wanted
