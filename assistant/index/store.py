"""The index of one collection: keeps Chroma, tantivy and the manifest in step, and owns the folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from ..errors import AssistantError, IndexDamagedError, IndexMismatchError, IndexNotFoundError
from ..models.ports import Embedder, Vectors
from ..types import ImportReport, Paper, Progress, ProgressCallback, Rejected
from .changes import Change, Tally, counted, preview
from .disk import writing_to
from .health import problem_of
from .layout import Layout, Manifest, not_found
from .lock import OwnerLock
from .records import from_record, to_record
from .vectors import VectorStore
from .words import WordStore

_EMBED = 64
"""Papers embedded between two reports of progress, enough for batches of like length."""


class PaperIndex:
    """An open index. One process owns it; its threads may share it for reading."""

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
        exists = layout.manifest.exists()
        if not exists and not create:
            raise not_found(layout)
        with writing_to(layout.root):
            layout.root.mkdir(parents=True, exist_ok=True)
        self._lock = OwnerLock(layout)
        self._vectors: VectorStore | None = None
        try:
            self._open(exists=exists)
        except BaseException:
            self.close()
            raise

    def _open(self, *, exists: bool) -> None:
        layout = self._layout
        if exists:
            self.manifest = Manifest.load(layout)
            self._require_embedder()
        elif layout.chroma.exists():
            # Vectors without a manifest may be anybody's; answering from them is not safe.
            raise IndexDamagedError(
                f"{layout.root} holds data but no manifest.json.",
                "Move the folder away and add your papers again.",
            )
        else:
            self.manifest = Manifest(self._embedder.fingerprint, self._embedder.dimension)
        with self._storing():
            if not exists:
                self.manifest.save(layout)
            # An import cut off before its first commit may have left no store at all.
            fresh = not self.manifest.papers
            self._vectors = VectorStore(layout.chroma, create=fresh)
            self._words = WordStore(layout.lexical, create=fresh or self.manifest.state == "writing")
            if self.manifest.state == "writing":
                self._settle()
            problem = problem_of(self.manifest, self._vectors, self._words)
        if problem:
            raise _damaged(layout, problem)

    def _require_embedder(self) -> None:
        manifest, embedder = self.manifest, self._embedder
        if (manifest.embedder, manifest.dimension) != (embedder.fingerprint, embedder.dimension):
            raise IndexMismatchError(
                f"The index {self._layout.root} was made with the embedder {manifest.embedder} "
                f"({manifest.dimension} dimensions), not {embedder.fingerprint} ({embedder.dimension}).",
                "Open it with that embedder, or add your papers to a new folder (--index).",
            )

    @property
    def _stores(self) -> VectorStore:
        if self._vectors is None:
            raise IndexNotFoundError(f"The index {self._layout.root} is closed.", "Open it again.")
        return self._vectors

    # -- reading ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many papers the index holds."""
        return self.manifest.papers

    def nearest(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The ``k`` papers whose text is nearest to a query vector, as ``(id, cosine)``."""
        with self._storing():
            return self._stores.nearest(vector, k)

    def matching(self, text: str, k: int) -> list[tuple[str, float]]:
        """The ``k`` papers that match the words of ``text`` best, as ``(id, BM25 score)``."""
        with self._storing():
            return self._words.search(text, k)

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

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """Translate what the stores raise, each in its engine's own kinds: the disk, or damaged files."""
        try:
            with writing_to(self._layout.root):
                yield
        except IndexDamagedError as error:
            raise _damaged(self._layout, error.message) from None
        except AssistantError:
            raise
        except Exception as error:
            raise _damaged(self._layout, f"its files cannot be read ({type(error).__name__})") from error

    # -- writing ---------------------------------------------------------------------------------

    def add(
        self, papers: Iterable[Paper | Rejected], progress: ProgressCallback | None = None
    ) -> ImportReport:
        """Bring papers in: new ones are added, changed ones updated, the same ones left alone.

        Of several rows with one id the first counts, so that importing a file twice changes nothing.
        An interrupt (also Ctrl-C) leaves every finished batch in, and is raised again.

        Raises:
            IndexWriteError: the disk refused a write; what was committed before is in.
        """
        self._stores  # noqa: B018 - a closed index says so before a file is read
        tally = Tally()
        with writing_to(self._layout.root), self._import():
            for changes in tally.batches(papers, self._stores.get):
                seen = len(tally.seen)
                self._commit(changes, progress, done=seen - len(changes), total=seen)
        return tally.report

    def preview(self, papers: Iterable[Paper | Rejected]) -> ImportReport:
        """What :meth:`add` would do with these papers; nothing is embedded or written."""
        with self._storing():
            return preview(papers, self._stores.get)

    def _commit(
        self, changes: list[Change], progress: ProgressCallback | None, *, done: int, total: int
    ) -> None:
        """Embed and store one batch: vectors first, since they hold the records; the manifest last."""
        if progress:
            progress(Progress(done, total))
        if not changes:
            return
        if self.manifest.state == "clean":
            self._save(replace(self.manifest, state="writing"))
        new = [change for change in changes if change.needs_vector]
        for start in range(0, len(new), _EMBED):
            part = new[start : start + _EMBED]
            vectors = self._embedder.embed([change.paper.text for change in part])
            self._stores.upsert(
                [change.paper.id for change in part], vectors, [change.row for change in part]
            )
            done += len(part)
            if progress:
                progress(Progress(done, total))
        if same := [change for change in changes if not change.needs_vector]:
            self._stores.update([change.paper.id for change in same], [change.row for change in same])
        self._words.replace([(change.paper, str(change.record["hash"])) for change in changes])
        self._save(counted(self.manifest, changes))

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
        """Bring words and manifest in step with the vectors after an import that was cut off."""
        words = self._words.hashes()
        manifest = replace(self.manifest, papers=0, sentences=0, content="0")
        seen: set[str] = set()
        for page in self._stores.pages():
            changes = [
                Change(paper := from_record(paper_id, record), to_record(paper), None)
                for paper_id, record in page.items()
            ]
            manifest = counted(manifest, changes)
            seen.update(page)
            stale = [change for change in changes if words.get(change.paper.id) != change.record["hash"]]
            if stale:
                self._words.replace([(change.paper, str(change.record["hash"])) for change in stale])
        if gone := [paper_id for paper_id in words if paper_id not in seen]:
            self._words.replace([], remove=gone)
        if manifest.papers < self.manifest.papers:
            raise _damaged(
                self._layout,
                f"Chroma holds {manifest.papers} papers where the manifest says {self.manifest.papers}",
            )
        self._save(replace(manifest, state="clean"))

    def _save(self, manifest: Manifest) -> None:
        manifest.save(self._layout)
        self.manifest = manifest

    def close(self) -> None:
        """Give the folder back; doing it twice is harmless."""
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None
        self._lock.release()


def _damaged(layout: Layout, finding: str) -> IndexDamagedError:
    if finding.startswith("The index "):
        return IndexDamagedError(finding)
    return IndexDamagedError(
        f"The index {layout.root} is damaged: {finding.rstrip('.')}.",
        "Move the folder away and add your papers again.",
    )
