"""Makes an index anew from the records that it holds, beside the old one, and swaps the two in one step.

For another embedder, another format version, or damage: Chroma and tantivy each hold every record, so what
one has lost the other still has. A crash before the swap leaves the old index, one after it the new.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from ..errors import IndexDamagedError, IndexMismatchError
from ..models.ports import Embedder
from ..progress import ProgressCallback, with_share
from ..types import Paper
from .disk import writing_to
from .health import broken_file
from .layout import Data, Layout, Manifest, not_found
from .lock import OwnerLock
from .records import from_record
from .remembering import Remembering, remembering
from .sentence_vectors import SentenceVectors
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
            return swap(layout, workshop, made)
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
    known = remembering(embedder)
    with_vectors = kept is not None and kept.embedder == embedder.fingerprint
    index = PaperIndex(workshop, known, create=True)
    try:
        told = with_share(progress, lambda now: now.total / kept.papers if kept and kept.papers else None)
        index.add(_papers(data, embedder, known if with_vectors else None), told)
        if not len(index):
            raise IndexDamagedError(
                f"No record can be read in {data.root}.", "Add your papers to a new folder (--index)."
            )
        return index.manifest
    finally:
        index.close()


def swap(layout: Layout, workshop: Layout, made: Manifest) -> int:
    """Move the new stores into place and name them in the manifest, which is the swap."""
    generation = max(_generations(layout), default=0) + 1
    workshop.data(made.generation).root.rename(layout.data(generation).root)
    replace(made, generation=generation).save(layout)
    old_format = Data(layout.root)
    for leftover in (*layout.leftovers(generation), old_format.chroma, old_format.lexical):
        shutil.rmtree(leftover, ignore_errors=True)
    return made.papers


def _papers(data: Data, embedder: Embedder, known: Remembering | None) -> Iterator[Paper]:
    """Every record that either store still gives, Chroma's first."""
    seen: set[str] = set()
    if not broken_file(data.chroma):
        with suppress(Exception):  # whatever the damage is: the words hold the records too
            store = VectorStore(data.chroma, create=False)
            sentences = SentenceVectors(data.sentences, embedder)
            try:
                for papers in stored_papers(store, known, sentences):
                    seen.update(paper.id for paper in papers)
                    yield from papers
            finally:
                store.close()
                sentences.close()
    with suppress(Exception):
        for paper_id, record in WordStore(data.lexical, create=False).records():
            if paper_id not in seen:
                yield from_record(paper_id, record)


def stored_papers(
    store: VectorStore, known: Remembering | None, sentences: SentenceVectors
) -> Iterator[list[Paper]]:
    """All papers of a store, a page at a time; their vectors go to ``known``."""
    for page in store.pages():
        papers = [from_record(paper_id, record) for paper_id, record in page.items()]
        if known:
            with suppress(Exception):
                known.take(papers, store.vectors([paper.id for paper in papers]), sentences.get(papers))
        yield papers
