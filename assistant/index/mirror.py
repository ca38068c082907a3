"""Reads a library on a Chroma server: vectors and records there, words in a copy in a folder of this machine.

The copy is brought up to date by the library's journal: at open, and while it is searched every few seconds.
Any number of processes may read one copy; whoever finds it unlocked brings it up to date for all.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import uuid4

from ..errors import IndexDamagedError, IndexLockedError, IndexMismatchError
from ..models.ports import Embedder, Vectors
from ..types import NO_FILTERS, Filters, ImportReport, Paper, Rejected
from .browsing import Listing, Order
from .changes import Change, counted, without
from .health import SAMPLED, problem_of_vectors
from .layout import Data, Layout, Manifest, damaged, not_found
from .library import Description, Entry, Library
from .lock import OwnerLock
from .mirror_manifest import MirrorManifest
from .records import from_record
from .sentence_vectors import SentenceVectors
from .server import CollectionGoneError
from .store import PaperIndex
from .vectors import ServedVectors
from .words import WordStore

_FRESH, _PATIENCE = 5.0, 60.0
"""So many seconds a reader relies on what it knows of the journal, and waits for another's first copy."""
_COPIED = 10
"""Pages of a first copy that are written at once."""


class MirrorIndex(PaperIndex):
    """A library on a server, for reading; threads and processes may share its copy."""

    manifest: MirrorManifest
    _vectors: ServedVectors | None

    def __init__(self, library: Library, layout: Layout, embedder: Embedder, *, create: bool = False) -> None:
        """Open the library with its copy in ``layout``; with ``create``, make a missing one.

        Raises:
            IndexNotFoundError: there is none, and ``create`` is false.
            IndexServerError: the server does not answer, or refuses.
            IndexMismatchError: made by another embedder or another format version.
            IndexDamagedError: what is stored does not answer as it should.
            IndexLockedError: another process is making the first copy in this folder.
            IndexWriteError: the folder of the copy cannot be written.
        """
        self._library = library
        self._guard = threading.RLock()
        self._checked = 0.0
        self._last: Entry | None = None
        super().__init__(layout, embedder, create=create)

    def _open(self, *, create: bool) -> None:
        description = self._library.describe()
        if description is None:
            if not create:
                raise not_found(self._layout)
            description = self._library.create(self._embedder.fingerprint, self._embedder.dimension)
        with self._storing():
            self._layout.root.mkdir(parents=True, exist_ok=True)
            # Of what this machine has embedded; rows tell their embedder, so no rebuild makes them wrong.
            self._sentences = SentenceVectors(Data(self._layout.root).sentences, self._embedder)
            lock = self._copy_lock(description)
            try:
                self._attach(description, locked=lock is not None)
            finally:
                if lock:
                    lock.release()

    def _copy_lock(self, description: Description) -> OwnerLock | None:
        """The right to write the copy; ``None`` where another process has it and the copy can be read."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return OwnerLock(self._layout)
            except IndexLockedError:
                if self._reread(description.collection):
                    return None
                if time.monotonic() >= until:
                    raise
            time.sleep(0.1)

    def _attach(self, description: Description, *, locked: bool) -> None:
        """Read this collection from now on."""
        self.manifest = MirrorManifest(description.embedder, description.dimension)
        self._require_embedder()
        self._vectors = vectors = ServedVectors(self._library.papers(description))
        copied = self._reread(description.collection)
        if not copied and not locked:
            raise IndexLockedError(
                f"Another process is making a copy of {self._layout} in {self._layout.root}.",
                "Try again in a moment.",
            )
        if locked:
            if not (copied and self._synced()):
                self._copy(description)
                self._sync()
            # Only where nobody is in the middle of a commit do the counts have to agree.
            if not (self._last and self._last.state == "open") and vectors.count() != self._words.count():
                self._compare(vectors)
        if problem := problem_of_vectors(len(self), vectors, vectors.sample(SAMPLED)):
            raise damaged(self._layout, problem)

    # -- the copy --------------------------------------------------------------------------------

    def _reread(self, collection: str) -> bool:
        """Take the copy as it is on disk; whether it is one of this collection."""
        with suppress(IndexDamagedError, IndexMismatchError, ValueError, OSError):
            manifest = MirrorManifest.load(self._layout)
            if manifest.collection == collection:
                self._words = WordStore(self._layout.data(manifest.generation).lexical, create=False)
                self.manifest = manifest
                return True
        return False

    def _copy(self, description: Description) -> None:
        """Copy all records; what changes meanwhile is in the journal."""
        layout = self._layout
        numbers = [int(folder.name[5:]) for folder in layout.root.glob("data-*") if folder.name[5:].isdigit()]
        generation = max(numbers, default=0) + 1
        for folder in layout.leftovers(generation):
            shutil.rmtree(folder, ignore_errors=True)
        fresh = MirrorManifest(description.embedder, description.dimension, writer=uuid4().hex)
        before = self._library.length() - 1  # the last one may be open
        if before > 0:
            fresh = replace(fresh, entry=before, claim=self._library.entries(before)[0].claim)
        self._save(replace(fresh, generation=generation))
        self._words = WordStore(layout.data(generation).lexical, create=True)
        pages = self._stores.pages()
        while some := list(islice(pages, _COPIED)):
            records = {paper_id: record for page in some for paper_id, record in page.items()}
            self._bring(list(records), records)
        self._save(replace(self.manifest, collection=description.collection))

    def _synced(self) -> bool:
        """Bring the copy up to date; whether that can be done."""
        if self.manifest.state != "clean":
            self._settle()
        with suppress(CollectionGoneError):
            self._sync()
            return True
        return False

    def _sync(self) -> None:
        """Look at the papers that the journal names since last time.

        Raises:
            CollectionGoneError: another collection counts now, or an earlier state of this one.
        """
        while True:
            known = self.manifest.entry
            entries = self._library.entries(max(1, known))
            self._last = entries[-1] if entries else None
            if known and [entry.claim for entry in entries[:1]] != [self.manifest.claim]:
                raise CollectionGoneError(f"{self._library} was set back.", "Run the same again.")
            new = [entry for entry in entries if entry.number > known]
            if not new:
                return
            described = self._library.describe()
            if described is None or described.collection != self.manifest.collection:
                raise CollectionGoneError(f"The library {self._library} was rebuilt.", "Run the same again.")
            self._look_at(dict.fromkeys(paper_id for entry in new for paper_id in entry.ids))
            unfinished = next((entry.number for entry in new if entry.state == "open"), None)
            seen = new[-1].number if unfinished is None else unfinished - 1
            claims = {0: "", **{entry.number: entry.claim for entry in entries}}
            self._save(replace(self.manifest, entry=seen, claim=claims[seen]))
            if seen == known:
                return

    def _look_at(self, ids: Iterable[str]) -> None:
        """Bring papers into the copy as they are now."""
        rest = iter(ids)
        while page := list(islice(rest, ServedVectors.PAGE)):
            self._bring(page, self._stores.get(page))

    def _bring(self, ids: Sequence[str], records: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the copy say of ``ids`` what ``records`` say, and nothing of those without a record."""
        held = dict(self._words.records(among=ids))
        fresh = [
            Change(from_record(paper_id, r), dict(r), held.get(paper_id))
            for paper_id, r in records.items()
            if held.get(paper_id) != r
        ]
        gone = [paper_id for paper_id in held if paper_id not in records]
        if not fresh and not gone:
            return
        self._save(replace(self.manifest, state="writing"))
        self._words.write([(change.paper, change.record) for change in fresh], remove=gone)
        manifest = counted(without(self.manifest, [held[paper_id] for paper_id in gone]), fresh)
        self._save(replace(manifest, state="clean"))

    def _compare(self, vectors: ServedVectors) -> None:
        """Bring in what the journal does not tell: papers that another program wrote or removed."""
        held = set(self._words.ids(NO_FILTERS, limit=self._words.count()))
        there = {paper_id for page in vectors.ids() for paper_id in page}
        self._look_at(held ^ there)

    def _settle(self) -> None:
        """Count the copy anew after a change of it was cut off; the journal tells what it lacks."""
        empty = replace(self.manifest, papers=0, sentences=0, content="0", state="clean")
        records = self._words.records()
        self._save(counted(empty, (Change(from_record(paper_id, r), r, None) for paper_id, r in records)))

    # -- reading ---------------------------------------------------------------------------------

    def nearest(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[tuple[str, float]]:
        """As :meth:`PaperIndex.nearest`, in the library as it is now."""
        self._refresh()
        try:
            return super().nearest(vector, k, filters)
        except CollectionGoneError:
            self._refresh()
            return super().nearest(vector, k, filters)

    def current(self) -> Manifest:
        """As :meth:`PaperIndex.current`, of the library as it is now."""
        self._refresh()
        return super().current()

    def all(self, filters: Filters = NO_FILTERS) -> Iterator[Paper]:
        """As :meth:`PaperIndex.all`, of the library as it is now."""
        self._refresh()
        return super().all(filters)

    def page(self, text: str, filters: Filters, order: Order, offset: int, limit: int) -> Listing:
        """As :meth:`PaperIndex.page`, of the library as it is now."""
        self._refresh()
        return super().page(text, filters, order, offset, limit)

    def preview(self, papers: Iterable[Paper | Rejected]) -> ImportReport:
        """As :meth:`PaperIndex.preview`, of the library as it is now."""
        self._refresh()
        return super().preview(papers)

    def _refresh(self) -> None:
        """Bring the copy up to date, unless it was a moment ago or somebody is at it."""
        self._stores  # noqa: B018 - a closed index says so
        if time.monotonic() - self._checked < _FRESH or not self._guard.acquire(blocking=False):
            return
        try:
            with self._storing():
                try:
                    lock = OwnerLock(self._layout)
                except IndexLockedError:
                    if not self._reread(self.manifest.collection):
                        self._attach(self._described(), locked=False)
                else:
                    try:
                        self._catch_up()
                    finally:
                        lock.release()
            self._checked = time.monotonic()
        finally:
            self._guard.release()

    def _catch_up(self) -> None:
        """Bring the copy, whose lock is held, up to date; also with another collection than so far."""
        if not (self._reread(self.manifest.collection) and self._synced()):
            self._attach(self._described(), locked=True)

    def _described(self) -> Description:
        description = self._library.describe()
        if description is None:
            raise not_found(self._layout)
        return description

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """Look at the journal at once after a collection was found gone."""
        try:
            with super()._storing():
                yield
        except CollectionGoneError:
            self._checked = 0.0
            raise
