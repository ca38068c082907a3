"""The index of one collection: keeps Chroma, tantivy and the manifest in step, and owns the folder."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace

from ..errors import IndexMismatchError, IndexNotFoundError
from ..models.ports import Embedder, Vectors
from ..types import NO_FILTERS, Filters, ImportReport, Paper, Progress, ProgressCallback, Rejected
from .browsing import Listing, Order, listing
from .changes import Change, counted, without
from .disk import storing, writing_to
from .embedding import Embedded, embedded
from .filtering import nearest_passing
from .folding import Folder
from .health import problem_of
from .importing import batches, pipelined
from .layout import Layout, Manifest, damaged, not_found
from .lock import OwnerLock
from .preview import preview
from .records import from_record
from .sentence_vectors import SentenceVectors
from .vectors import VectorStore
from .words import WordStore


class PaperIndex:
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
        self._vectors: VectorStore | None = None
        try:
            self._open(create=create)
        except BaseException:
            self.close()
            raise

    def _open(self, *, create: bool) -> None:
        layout = self._layout
        exists = layout.manifest.exists()
        if not exists and not create:
            raise not_found(layout)
        if not exists:
            # Before the folder is made, as an embedder's endpoint may not answer.
            self.manifest = Manifest(self._embedder.fingerprint, self._embedder.dimension)
        with writing_to(layout.root):
            layout.root.mkdir(parents=True, exist_ok=True)
        self._lock = OwnerLock(layout)
        if exists:
            self.manifest = Manifest.load(layout)
            self._require_embedder()
        data = layout.data(self.manifest.generation)
        if not exists and data.root.exists():
            # Records without a manifest may be anybody's; answering from them is not safe.
            raise damaged(layout, "it holds data but no manifest.json")
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
            problem = problem_of(self.manifest, self._vectors, self._words)
        if problem:
            raise damaged(layout, problem)

    def _require_embedder(self) -> None:
        """Refuse another embedder by its name; its dimension may take a call over the network."""
        if self.manifest.embedder != self._embedder.fingerprint:
            raise self._mismatch(f"not {self._embedder.fingerprint}")

    def _comparable(self, vectors: Vectors) -> Vectors:
        """The vectors, if they are as long as those in the index."""
        if vectors.shape[-1] != self.manifest.dimension:
            raise self._mismatch(f"which now gives vectors of {vectors.shape[-1]}")
        return vectors

    def _mismatch(self, found: str) -> IndexMismatchError:
        manifest = self.manifest
        return IndexMismatchError(
            f"The index {self._layout} was made with the embedder {manifest.embedder} "
            f"({manifest.dimension} dimensions), {found}.",
            "Open it with that embedder, or embed its papers anew with `paper-assistant rebuild`.",
        )

    @property
    def _stores(self) -> VectorStore:
        if self._vectors is None:
            raise IndexNotFoundError(f"The index {self._layout} is closed.", "Open it again.")
        return self._vectors

    # -- reading ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many papers the index holds."""
        return self.manifest.papers

    def nearest(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[tuple[str, float]]:
        """The ``k`` papers that pass ``filters`` nearest to a query vector, as ``(id, cosine)``."""
        vector = self._comparable(vector)
        with self._storing():
            if filters:
                return nearest_passing(self._stores, self._words, vector, k, filters)
            return self._stores.nearest(vector, k)

    def matching(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[tuple[str, float]]:
        """The ``k`` papers that pass ``filters`` and match the words of ``text`` best, by BM25 score."""
        with self._storing():
            return self._words.search(text, k, filters=filters)

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of these papers to a query vector."""
        with self._storing():
            return self._stores.similarities(vector, ids)

    def scores(self, text: str, ids: Sequence[str]) -> dict[str, float]:
        """The BM25 scores of those of these papers that share a word with ``text``."""
        with self._storing():
            return dict(self._words.search(text, len(ids), among=ids)) if ids else {}

    def frequency(self, term: str) -> int:
        """In how many papers a term (see :func:`assistant.index.words.terms`) stands."""
        return self._words.frequency(term)

    def papers(self, ids: Iterable[str]) -> list[Paper]:
        """The papers of ``ids``, in their order; an id that is not there is passed over."""
        wanted = list(ids)
        with self._storing():
            records = self._stores.get(wanted)
        return [from_record(paper_id, records[paper_id]) for paper_id in wanted if paper_id in records]

    def sentence_vectors(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        """The stored vectors of these papers' sentences, by id, as far as the embedder gave any."""
        return self._sentences.get(papers)

    def all(self, filters: Filters = NO_FILTERS) -> Iterator[Paper]:
        """The papers that pass ``filters``, in no particular order."""
        with self._storing():
            for paper_id, record in self._words.records(filters):
                yield from_record(paper_id, record)

    def page(self, text: str, filters: Filters, order: Order, offset: int, limit: int) -> Listing:
        """Some papers, in an order; see :func:`assistant.index.browsing.listing`."""
        with self._storing():
            return listing(self._words, text, filters, order=order, offset=offset, limit=limit)

    def _storing(self) -> AbstractContextManager[None]:
        return storing(self._layout)

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
        folder = Folder(self._stores.get, self._words.owners)
        stored = 0

        def prepared() -> Iterator[list[Change]]:
            for rows in batches(papers):
                changes = folder.changes(rows)
                tell()
                if changes:
                    yield changes

        def finished(changes: list[Change]) -> None:
            nonlocal stored
            folder.stored(changes)
            stored += len(changes)
            tell()

        def tell() -> None:
            if progress:
                progress(Progress(min(folder.papers, folder.tally.unchanged + stored), folder.papers))

        with self._turn, writing_to(self._layout.root), self._import(), self._words.writing():
            pipelined(prepared(), self._embed, self._commit, finished)
        return folder.tally.report()

    def preview(self, papers: Iterable[Paper | Rejected]) -> ImportReport:
        """What :meth:`add` would do with these papers; nothing is embedded or written."""
        with self._storing():
            return preview(papers, self._stores.get, self._words.owners)

    def _embed(self, changes: list[Change]) -> Embedded:
        made = embedded(self._embedder, changes)
        return made._replace(papers=self._comparable(made.papers)) if made.papers.size else made

    def _commit(self, changes: list[Change], made: Embedded) -> None:
        """Store one batch: vectors first, since they hold the records; the manifest last."""
        if self.manifest.state == "clean":
            self._save(replace(self.manifest, state="writing"))
        if new := [change for change in changes if change.needs_vector]:
            self._stores.upsert([c.paper.id for c in new], made.papers, [c.row for c in new])
        if same := [change for change in changes if not change.needs_vector]:
            self._stores.update([c.paper.id for c in same], [c.row for c in same])
        if made.sentences:
            self._sentences.write([change.paper for change in new], made.sentences)
        self._words.write([(change.paper, change.record) for change in changes])
        self._save(counted(self.manifest, changes))

    def remove(self, ids: Iterable[str]) -> list[Paper]:
        """Take papers out; returns them, so that they can be added again.

        Raises:
            IndexWriteError: the disk refused a write; the next open brings the stores in step.
        """
        wanted = list(dict.fromkeys(ids))
        with self._turn, self._storing():
            records = self._stores.get(wanted)
            if records:
                self._save(replace(self.manifest, state="removing"))
                self._stores.delete(list(records))
                self._sentences.delete(records)
                self._words.write([], remove=records)
                self._save(replace(without(self.manifest, records.values()), state="clean"))
        return [from_record(paper_id, records[paper_id]) for paper_id in wanted if paper_id in records]

    @contextmanager
    def _import(self) -> Iterator[None]:
        """Mark the import as running, and leave a manifest that tells the truth however it ends."""
        try:
            yield
        except BaseException:
            if self.manifest.state == "writing":
                with suppress(Exception):  # a full disk refuses this too; the next open settles it
                    self._settle()
            raise
        if self.manifest.state == "writing":
            self._save(replace(self.manifest, state="clean"))

    def _settle(self) -> None:
        """Bring words and manifest in step with the vectors after a change that was cut off."""
        words = self._words.hashes()
        manifest = replace(self.manifest, papers=0, sentences=0, content="0")
        seen: set[str] = set()
        for page in self._stores.pages():
            changes = [Change(from_record(id_, record), dict(record), None) for id_, record in page.items()]
            manifest = counted(manifest, changes)
            seen.update(page)
            stale = [c for c in changes if words.get(c.paper.id) != c.record["hash"]]
            if stale:
                self._words.write([(change.paper, change.record) for change in stale])
        if gone := [paper_id for paper_id in words if paper_id not in seen]:
            self._words.write([], remove=gone)
        if manifest.state == "writing" and manifest.papers < self.manifest.papers:
            held, told = manifest.papers, self.manifest.papers
            raise damaged(self._layout, f"Chroma holds {held} papers where the manifest says {told}")
        self._save(replace(manifest, state="clean"))

    def _save(self, manifest: Manifest) -> None:
        manifest.save(self._layout)
        self.manifest = manifest

    def close(self) -> None:
        """Give the folder back; doing it twice is harmless."""
        if self._vectors is not None:
            self._vectors.close()
            self._sentences.close()
            self._vectors = None
        if self._lock is not None:
            self._lock.release()
