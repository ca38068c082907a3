"""Makes an index anew from the records that it holds, beside the old one, and swaps the two in one step.

For another embedder, another format version, or damage: Chroma and tantivy each hold every record, so what
one has lost the other still has. A crash before the swap leaves the old index, one after it the new.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from ..errors import IndexDamagedError, IndexMismatchError
from ..models.ports import Embedder, Vectors
from ..progress import ProgressCallback, with_share
from ..types import Paper
from .disk import writing_to
from .health import broken_file
from .layout import Data, Layout, Manifest, not_found
from .lock import OwnerLock
from .records import from_record
from .store import PaperIndex
from .vectors import VectorStore
from .words import WordStore

_WORKSHOP = "rebuild"


def rebuild(layout: Layout, embedder: Embedder, progress: ProgressCallback | None = None) -> int:
    """Rebuild the index of ``layout`` for ``embedder``; returns how many papers it holds now.

    Vectors that this embedder made and that can still be read are kept, everything else is embedded.

    Raises:
        IndexNotFoundError: there is nothing to rebuild.
        IndexLockedError: another process owns the index.
        IndexDamagedError: no record can be read.
        IndexWriteError: the disk refused a write; the old index is as it was.
    """
    kept = _manifest(layout)
    data = _readable(layout, kept)
    if data is None:
        raise not_found(layout)
    workshop = Layout(layout.root / _WORKSHOP)
    with writing_to(layout.root):
        lock = OwnerLock(layout)
        try:
            shutil.rmtree(workshop.root, ignore_errors=True)
            made = _fill(workshop, data, embedder, kept, progress)
            return _swap(layout, workshop, made)
        finally:
            shutil.rmtree(workshop.root, ignore_errors=True)
            lock.release()


def _generations(layout: Layout) -> dict[int, Data]:
    """The folders of stores that are there, by generation; 0 is where format 1 kept them."""
    found = {0: Data(layout.root)}
    for folder in layout.root.glob("data-*"):
        if (number := folder.name.removeprefix("data-")).isdigit():
            found[int(number)] = Data(folder)
    return {number: data for number, data in found.items() if data.chroma.exists() or data.lexical.exists()}


def _readable(layout: Layout, kept: Manifest | None) -> Data | None:
    """The stores to read: those that the manifest names, else the latest that are there."""
    generations = _generations(layout)
    if kept and kept.generation in generations:
        return generations[kept.generation]
    return generations[max(generations)] if generations else None


def _manifest(layout: Layout) -> Manifest | None:
    """The manifest, if it can be read and is of this format."""
    with suppress(IndexDamagedError, IndexMismatchError):
        return Manifest.load(layout)
    return None


def _fill(
    workshop: Layout, data: Data, embedder: Embedder, kept: Manifest | None, progress: ProgressCallback | None
) -> Manifest:
    remembering = _Remembering(embedder)
    with_vectors = kept is not None and kept.embedder == embedder.fingerprint
    index = PaperIndex(workshop, remembering, create=True)
    try:
        told = with_share(progress, lambda now: now.total / kept.papers if kept and kept.papers else None)
        index.add(_papers(data, remembering if with_vectors else None), told)
        if not len(index):
            raise IndexDamagedError(
                f"No record can be read in {data.root}.", "Add your papers to a new folder (--index)."
            )
        return index.manifest
    finally:
        index.close()


def _swap(layout: Layout, workshop: Layout, made: Manifest) -> int:
    """Move the new stores into place and name them in the manifest, which is the swap."""
    generation = max(_generations(layout), default=0) + 1
    workshop.data(made.generation).root.rename(layout.data(generation).root)
    replace(made, generation=generation).save(layout)
    old_format = Data(layout.root)
    for leftover in (*layout.leftovers(generation), old_format.chroma, old_format.lexical):
        shutil.rmtree(leftover, ignore_errors=True)
    return made.papers


def _papers(data: Data, remembering: _Remembering | None) -> Iterator[Paper]:
    """Every record that either store still gives, Chroma's first."""
    seen: set[str] = set()
    if not broken_file(data.chroma):
        with suppress(Exception):  # whatever the damage is: the words hold the records too
            store = VectorStore(data.chroma, create=False)
            try:
                for page in store.pages():
                    papers = [from_record(paper_id, record) for paper_id, record in page.items()]
                    if remembering:
                        with suppress(Exception):
                            remembering.take(papers, store.vectors([paper.id for paper in papers]))
                    seen.update(paper.id for paper in papers)
                    yield from papers
            finally:
                store.close()
    with suppress(Exception):
        for paper_id, record in WordStore(data.lexical, create=False).records():
            if paper_id not in seen:
                yield from_record(paper_id, record)


class _Remembering:
    """An embedder that takes vectors it was given for texts, each once, before it makes any."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def take(self, papers: Sequence[Paper], vectors: dict[str, Vectors]) -> None:
        """Remember vectors by the texts they stand for; a broken one is none."""
        for paper in papers:
            vector = vectors.get(paper.id)
            if vector is not None and abs(float(np.linalg.norm(vector)) - 1.0) < 0.01:
                self._known[paper.text] = vector

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def unrelated_below(self) -> float | None:
        return self._embedder.unrelated_below

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of ``texts``, those that are known as they were given."""
        known = [self._known.pop(text, None) for text in texts]
        made = iter(self._embedder.embed([t for t, v in zip(texts, known, strict=True) if v is None]))
        rows = [next(made) if vector is None else vector for vector in known]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question."""
        return self._embedder.embed_query(text)
