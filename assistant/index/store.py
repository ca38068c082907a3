"""The index of one collection: keeps Chroma, tantivy and the manifest in step, and owns the folder."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from ..errors import AssistantError, IndexDamagedError, IndexWriteError
from ..models.ports import Embedder
from ..types import ImportReport, Paper, Progress, ProgressCallback, Rejected
from .changes import Change, counted
from .disk import unwritable, writing_to
from .embedding import Embedded, embedded
from .folding import Folder
from .health import problem_of
from .importing import batches, pipelined
from .layout import Layout, Manifest, absent, mismatched
from .lock import OwnerLock
from .preview import preview
from .readonly import View, refusal
from .removing import Removing
from .sentence_vectors import SentenceVectors
from .settling import in_step
from .vectors import VectorStore
from .words import WordStore

_LONG_QUEUE = 100
"""Rows that Chroma may have to put into its vector files at every open."""
_HEAD_START = 0.005
"""Seconds. Chroma holds Python's lock while it writes, and begins just when the next batch is to be embedded.
So long its first texts take to get to the network, which needs no lock, and whose longest come first."""


class PaperIndex(Removing):
    """An open index. One process owns it; its threads may share it, and write in turn."""

    def __init__(self, layout: Layout, embedder: Embedder, *, create: bool = False) -> None:
        """Open the index, taking the ownership of its folder; with ``create``, make a missing one.

        An import that was cut off is settled here: the words are brought in step with the vectors,
        whose batches are written wholly or not at all.

        Raises:
            IndexNotFoundError: there is none, and ``create`` is false.
            IndexLockedError: another process owns it.
            IndexMismatchError: made by another embedder or another format version.
            IndexDamagedError: what is stored is not what the manifest says.
            IndexWriteError: the folder cannot be written.
        """
        self._layout = layout
        self._embedder = embedder
        self._lock: OwnerLock | None = None
        self._turn = threading.RLock()
        self._vectors = None
        self._view: View | None = None
        self._wrote = False
        try:
            self._open(create=create)
        except BaseException:
            self.close()
            raise

    def _open(self, *, create: bool) -> None:
        layout = self._layout
        exists = layout.manifest.exists()
        if not exists and (layout.holds_data or layout.root.is_file() or not create):
            raise absent(layout)
        if not exists:
            # Before the folder is made, as an embedder's endpoint may not answer.
            self.manifest = Manifest(self._embedder.fingerprint, self._embedder.dimension)
        self.read_only = refusal(layout)
        if self.read_only:
            self._view = View(layout)
            self._layout = layout = self._view.layout
        with writing_to(layout.root):
            layout.root.mkdir(parents=True, exist_ok=True)
        self._lock = OwnerLock(layout)
        if exists:
            self.manifest = Manifest.load(layout)
            self._require_embedder()
        data = layout.data(self.manifest.generation)
        with self._storing():
            if not exists:
                self.manifest.save(layout)
            for leftover in layout.leftovers(self.manifest.generation):
                shutil.rmtree(leftover, ignore_errors=True)
            # An import cut off before its first commit may have left no store at all.
            fresh = not self.manifest.papers
            self._sentences = SentenceVectors(data.sentences, self._embedder)
            self._vectors = VectorStore(data.chroma, create=fresh)
            self._words = WordStore(data.lexical, create=fresh or self.manifest.state == "writing")
            if self.manifest.state != "clean":
                self._settle()
                self._flush()
            else:
                self._check(self.manifest)

    def _check(self, manifest: Manifest) -> None:
        """Hold the stores to what a manifest says of them."""
        if problem := problem_of(manifest, self._stores, self._words):
            raise IndexDamagedError(problem)

    def _require_embedder(self) -> None:
        """Refuse another embedder by its name; its dimension may take a call over the network."""
        if self.manifest.embedder != self._embedder.fingerprint:
            raise mismatched(self._layout, self.manifest, f"not {self._embedder.fingerprint}")

    # -- writing ---------------------------------------------------------------------------------

    def add(
        self, papers: Iterable[Paper | Rejected], progress: ProgressCallback | None = None
    ) -> ImportReport:
        """Bring papers in: new ones are added, changed ones updated, the same ones left alone.

        Rows of one study are folded into one record (``folding`` tells how); importing a file twice
        changes nothing.
        An interrupt (also Ctrl-C) leaves every finished batch in, and is raised again.

        Raises:
            IndexWriteError: the disk refused a write; what was committed before is in.
        """
        self._stores  # noqa: B018 - a closed index says so before a file is read
        self._require_writable()
        folder = Folder(self._stores.get, self._words.owners)

        def prepared() -> Iterator[list[Change]]:
            changes: list[Change] = []

            def changing() -> bool:
                return bool(changes)

            for rows in self._batches(papers, changing=changing):
                changes = folder.changes(rows)
                tell()
                if changes:
                    yield changes

        def finished(changes: list[Change]) -> None:
            folder.stored(changes)
            tell()

        def tell() -> None:
            if progress:
                progress(Progress(folder.papers - folder.waiting, folder.papers))

        with self._turn:
            self._write(prepared(), finished)
            if (
                folder.gone
            ):  # A kill before this leaves them there; to add the same rows again takes them out.
                with self._storing():
                    self._take_out(self._stores.get(list(folder.gone)))
        return folder.tally.report()

    def restore(self, papers: Iterable[Change], progress: ProgressCallback | None = None) -> None:
        """Bring records in as they were, for an index that is made anew: nothing is folded again.

        Raises:
            IndexWriteError: the disk refused a write.
        """

        def finished(_: list[Change]) -> None:
            if progress:
                progress(Progress(len(self), len(self)))

        self._write(self._batches(papers), finished)

    def _write(self, changes: Iterable[list[Change]], finished: Callable[[list[Change]], None]) -> None:
        """Embed and store one batch after the other; ``finished`` is told of each that is in."""
        with self._turn:
            self._resume()
            with writing_to(self._layout.root), self._import(), self._words.writing():
                pipelined(changes, self._stages, finished)

    def preview(self, papers: Iterable[Paper | Rejected]) -> ImportReport:
        """What :meth:`add` would do with these papers; nothing is embedded or written."""
        with self._storing():
            return preview(papers, self._stores.get, self._words.owners)

    _batches = staticmethod(batches)

    @property
    def _stages(self) -> Sequence[Callable[[list[Change], Any], Any]]:
        """The steps of a batch; those of the next one begin before its last is done."""
        return self._embed, self._store_vectors, self._store_words

    def _embed(self, changes: list[Change], _: object) -> Embedded:
        made = embedded(self._embedder, changes)
        return made._replace(papers=self._comparable(made.papers)) if made.papers.size else made

    def _store_vectors(self, changes: list[Change], made: Embedded) -> Embedded:
        """The first step of a commit, since the vectors hold the records."""
        time.sleep(_HEAD_START)
        if self.manifest.state == "clean":
            self._save(replace(self.manifest, state="writing"))
        if new := [change for change in changes if change.needs_vector]:
            self._stores.upsert([c.paper.id for c in new], made.papers, [c.record for c in new])
        if same := [change for change in changes if not change.needs_vector]:
            self._stores.update([c.paper.id for c in same], [c.record for c in same])
        return made

    def _store_words(self, changes: list[Change], made: Embedded) -> None:
        """The rest of a commit, the manifest last."""
        if made.sentences:
            self._sentences.write([c.paper for c in changes if c.needs_vector], made.sentences)
        self._words.write([(change.paper, change.record) for change in changes])
        self._save(counted(self.manifest, changes))

    @contextmanager
    def _import(self) -> Iterator[None]:
        """Mark the import as running, and leave a manifest that tells the truth however it ends.

        Where a store failed, only Chroma opened anew knows what it holds: that is left for :meth:`_resume`.
        """
        try:
            yield
        except (AssistantError, KeyboardInterrupt):
            if self.manifest.state == "writing":
                with suppress(Exception):  # the next change or open settles it
                    self._settle()
            raise
        if self.manifest.state == "writing":
            self._finish(self.manifest)

    def _resume(self) -> None:
        """Settle what a full disk cut off in this process, before anything else is written."""
        self._require_writable()
        if self.manifest.state != "clean":
            with self._storing():
                self._stores.reconnect()
                self._settle()

    def _require_writable(self) -> None:
        if self.read_only:
            raise IndexWriteError(
                f"The index {self._layout} is read-only: {self.read_only}.",
                "It can be searched; to change it, copy it to a folder that can be written, or mend that.",
            )

    def _settle(self) -> None:
        """Bring words and manifest in step with the vectors after a change that was cut off."""
        manifest = in_step(self.manifest, self._stores, self._words)
        self._check(manifest)
        self._finish(manifest)

    def _finish(self, manifest: Manifest) -> None:
        """Save that all is done, if Chroma's files are whole: it does not notice every full disk."""
        if problem := self._stores.problem:
            raise unwritable(self._layout.root, problem)
        self._save(replace(manifest, state="clean"))

    def _flush(self) -> None:
        """Spare the next open what Chroma would do at each; a kill here is as one during an import."""
        if self._stores.queued >= _LONG_QUEUE:
            self._save(replace(self.manifest, state="writing"))
            self._stores.flush()
            self._finish(self.manifest)

    def _save(self, manifest: Manifest) -> None:
        manifest.save(self._layout)
        self.manifest = manifest
        self._wrote = True

    def close(self) -> None:
        """Give the folder back; doing it twice is harmless."""
        if self._vectors is not None:
            if self._wrote and self.manifest.state == "clean":
                with suppress(Exception):  # cut off in any way, the next open settles it
                    self._flush()
            self._vectors.close()
            self._sentences.close()
            self._vectors = None
        self.topic_papers = None  # It knows us, and would keep us and the embedder until the collector comes.
        if self._lock is not None:
            self._lock.release()
        if self._view is not None:
            self._view.close()
