"""Writes to a library on a Chroma server: one writer at a time, each commit announced in the journal.

Who takes an entry's number knows all entries before it, so nothing is decided on what another writer has
changed. A writer that comes upon another's entry stops with an error; nothing it wrote is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from ..errors import AssistantError
from ..types import ImportReport, Paper, ProgressCallback, Rejected
from .changes import Change
from .embedding import Embedded
from .importing import USUAL, batches
from .library import Entry
from .lock import OwnerLock
from .mirror import MirrorIndex
from .vectors import ServedVectors

PATIENCE = 10.0
"""So long a process that brings the copy up to date is waited for; an import takes longer."""


class SharedIndex(MirrorIndex):
    """An open library on a server, for reading and writing."""

    _entry: Entry | None = None
    """The last entry of this writer while it is at work."""

    def add(
        self, papers: Iterable[Paper | Rejected], progress: ProgressCallback | None = None
    ) -> ImportReport:
        """As :meth:`PaperIndex.add`.

        Raises:
            IndexLockedError: another process writes to the library.
            IndexServerError: the server does not answer; what was committed before is in.
        """
        with self._writing():
            return super().add(papers, progress)

    def restore(self, papers: Iterable[Change], progress: ProgressCallback | None = None) -> None:
        """As :meth:`PaperIndex.restore`; raises as :meth:`add`."""
        with self._writing():
            super().restore(papers, progress)

    def remove(self, ids: Iterable[str]) -> list[Paper]:
        """As :meth:`PaperIndex.remove`; raises as :meth:`add`."""
        with self._writing():
            return super().remove(ids)

    def _take_out(self, records: Mapping[str, Mapping[str, Any]]) -> None:
        rows = list(records.items())
        for start in range(0, len(rows), ServedVectors.PAGE):
            page = dict(rows[start : start + ServedVectors.PAGE])
            try:
                with self._announced(list(page)):
                    super()._take_out(page)
            except BaseException:
                self._settle()
                raise

    def put_back(self, ids: Sequence[str] | None = None) -> list[Paper]:
        """As :meth:`PaperIndex.put_back`, of what was taken out on this machine; raises as :meth:`add`."""
        with self._writing():
            return super().put_back(ids)

    # An entry of the journal names all papers of a batch.
    _batches = staticmethod(partial(batches, most=USUAL))

    @property
    def _stages(self) -> Sequence[Callable[[list[Change], Any], Any]]:
        return self._embed, self._commit  # a batch is announced, so it is stored before the next one

    def _commit(self, changes: list[Change], made: Embedded) -> None:
        with self._storing(), self._announced([change.paper.id for change in changes]):
            self._store_words(changes, self._store_vectors(changes, made))

    @contextmanager
    def _announced(self, ids: Sequence[str]) -> Iterator[None]:
        """Name these papers in the journal before and after they are written."""
        entry = self._library.claim(self.manifest.entry + 1, ids, self.manifest.writer)
        self._entry = entry
        yield
        self._library.close(entry)
        self._save(replace(self.manifest, entry=entry.number, claim=entry.claim))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the one writer, knowing all that others have written."""
        with self._guard:
            self._stores  # noqa: B018 - a closed index says so
            lock = OwnerLock(self._layout, patience=PATIENCE)
            try:
                with self._storing():
                    self._catch_up()
                    self._take_turn()
                try:
                    yield
                finally:
                    # However it ends, nothing more comes. Where this is not heard, the entry grows old.
                    if self._entry:
                        with suppress(AssistantError):
                            self._library.finish(self._entry)
                        self._entry = None
            finally:
                lock.release()

    def _take_turn(self) -> None:
        """Follow the last writer, if it is done, or dead."""
        last = self._last
        if last is None:
            return
        if last.in_use(self.manifest.writer):
            raise self._library.busy(last)
        if last.state == "open":
            self._library.finish(last)
            self._save(replace(self.manifest, entry=last.number, claim=last.claim))
