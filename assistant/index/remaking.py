"""Rebuilds a library on a Chroma server: a second collection is filled, then the library points to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from ..errors import AssistantError, IndexDamagedError
from ..models.ports import Embedder
from ..types import Progress, ProgressCallback
from .changes import Change
from .disk import writing_to
from .layout import Data, Layout, not_found
from .library import Description, Entry, Library
from .lock import OwnerLock
from .rebuild import as_stored, swap
from .remembering import Remembering, remembering
from .sentence_vectors import SentenceVectors
from .server import ChromaServer
from .shared import PATIENCE, SharedIndex
from .vectors import ServedVectors


def rebuild_on(
    server: ChromaServer, name: str, layout: Layout, embedder: Embedder, progress: ProgressCallback | None
) -> int:
    """Rebuild a library for ``embedder``; returns how many papers it holds now.

    Vectors that this embedder made are kept, everything else is embedded. Readers stay on the old collection
    until the swap. Cut off before it, the next rebuild clears up.

    Raises:
        IndexNotFoundError: there is no such library.
        IndexLockedError: another process writes to it, or took it over.
        IndexServerError: the server does not answer; the library is as it was.
    """
    library = Library(server, name)
    old = library.describe()
    if old is None:
        raise not_found(layout)
    with writing_to(layout.root):
        layout.root.mkdir(parents=True, exist_ok=True)
        lock = OwnerLock(layout, patience=PATIENCE)
        try:
            entry = _claimed(library)
            try:
                return _remade(library, old, entry, layout, embedder, progress)
            finally:
                with suppress(AssistantError):  # else the entry grows old
                    library.finish(entry)
        finally:
            lock.release()


def _claimed(library: Library) -> Entry:
    """An entry that keeps writers out while it is young; it names no papers."""
    writer, length = uuid4().hex, library.length()
    for last in library.entries(length) if length else []:
        if last.in_use(writer):
            raise library.busy(last)
        library.finish(last)
    return library.claim(length + 1, [], writer)


def _remade(
    library: Library,
    old: Description,
    entry: Entry,
    layout: Layout,
    embedder: Embedder,
    progress: ProgressCallback | None,
) -> int:
    def tell(done: Progress) -> None:
        library.beat(entry)
        if progress:
            progress(done)

    draft = Library(library.server, library.name, draft=True)
    workshop = Layout(layout.workshop, layout.title)
    known = remembering(embedder)
    changes = _stored(
        ServedVectors(library.papers(old)),
        known if old.embedder == embedder.fingerprint else None,
        SentenceVectors(Data(layout.root).sentences, embedder),
    )
    draft.drop_head()
    shutil.rmtree(workshop.root, ignore_errors=True)
    try:
        index = SharedIndex(draft, workshop, known, create=True)
        try:
            index.restore(changes, tell)
            made = index.manifest
        finally:
            index.close()
        if not made.papers:
            raise IndexDamagedError(
                f"No record can be read in {layout}.", "Add your papers to a new library."
            )
        if library.length() != entry.number:
            raise library.busy(library.entries(library.length())[-1])
        library.point_to(Description(made.embedder, made.dimension, made.collection))
        draft.drop_head()
        library.drop_papers(but=made.collection)
        return swap(layout, workshop, replace(made, entry=entry.number, claim=entry.claim))
    finally:
        shutil.rmtree(workshop.root, ignore_errors=True)


def _stored(store: ServedVectors, known: Remembering | None, sentences: SentenceVectors) -> Iterator[Change]:
    """All records of a collection; their vectors go to ``known``."""
    for page in store.pages():
        changes = [as_stored(paper_id, record) for paper_id, record in page.items()]
        papers = [change.paper for change in changes]
        if known:
            with suppress(Exception):  # what is damaged is embedded anew
                known.take(papers, store.vectors([paper.id for paper in papers]), sentences.get(papers))
        yield from changes
