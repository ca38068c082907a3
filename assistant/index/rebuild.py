"""Makes an index anew from the records that it holds, beside the old one, and swaps the two in one step.

For another embedder, another format version, or damage: Chroma and tantivy each hold every record, so what
one has lost the other still has. A crash before the swap leaves the old index, one after it the new.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from ..errors import IndexDamagedError, IndexMismatchError
from ..models.ports import Embedder
from ..progress import ProgressCallback, with_share
from .changes import Change
from .disk import writing_to
from .health import DATABASE
from .layout import Data, Layout, Manifest, damaged, not_found
from .lock import OwnerLock
from .parts import as_row
from .records import from_record, is_intact, to_record
from .remembering import Remembering, remembering
from .salvage import Salvage
from .sentence_vectors import SentenceVectors
from .store import PaperIndex
from .vectors import VectorStore
from .words import WordStore


def rebuild(
    layout: Layout, embedder: Embedder, progress: ProgressCallback | None = None, *, at_least: int = 1
) -> int:
    """Rebuild the index of ``layout`` for ``embedder``; returns how many papers it holds now.

    Vectors that this embedder made and that can still be read are kept, everything else is embedded.
    With fewer papers than ``at_least`` the old index stays as it is.

    Raises:
        IndexNotFoundError: there is nothing to rebuild.
        IndexLockedError: another process owns the index.
        IndexDamagedError: no record can be read, or fewer than ``at_least``.
        IndexWriteError: the disk refused a write; the old index is as it was.
    """
    kept = _manifest(layout)
    data = _readable(layout, kept)
    if data is None:
        raise not_found(layout)
    workshop = Layout(layout.workshop)
    with writing_to(layout.root):
        lock = OwnerLock(layout)
        try:
            shutil.rmtree(workshop.root, ignore_errors=True)
            made = _fill(workshop, data, embedder, kept, progress)
            if made.papers < at_least:
                raise damaged(layout, f"{made.papers} of {at_least} papers can be read")
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
    index = PaperIndex(workshop, known, create=True)
    try:
        told = with_share(progress, lambda now: now.total / kept.papers if kept and kept.papers else None)
        index.restore(_changes(data, kept, embedder, known, workshop.root / "spare"), told)
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


def _changes(
    data: Data, kept: Manifest | None, embedder: Embedder, known: Remembering, spare: Path
) -> Iterator[Change]:
    """Every record that either store still gives, Chroma's first; the vectors of each go to ``known``."""
    ours = kept is not None and kept.embedder == embedder.fingerprint
    with closing(SentenceVectors(data.sentences, embedder)) as sentences:
        salvage = Salvage(data.chroma, embedder.dimension) if ours else None
        seen: set[str] = set()
        doubtful: dict[str, Mapping[str, Any]] = {}
        for page in _stored_vectors(data, spare):
            doubtful |= {paper_id: record for paper_id, record in page.items() if not is_intact(record)}
            fresh = [paper_id for paper_id in page if paper_id not in seen and paper_id not in doubtful]
            changes = [as_stored(paper_id, page[paper_id]) for paper_id in fresh]
            if salvage:
                papers = [change.paper for change in changes]
                known.take(papers, salvage.get(page), sentences.get(papers))
            seen.update(fresh)
            yield from changes
        if kept is None or kept.state != "clean":
            salvage = None  # the words may be behind, and their texts not those that the vectors stand for
        for paper_id, record in chain(_stored_words(data), doubtful.items()):
            if paper_id not in seen:
                seen.add(paper_id)
                change = as_stored(paper_id, record)
                if salvage:
                    known.take([change.paper], salvage.get([paper_id]), sentences.get([change.paper]))
                yield change


def _stored_vectors(data: Data, spare: Path) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    """Chroma's records; where its vector files hinder it, out of a copy of its database without them."""
    for copied in (False, True):
        with suppress(Exception):  # whatever the damage is: the words hold the records too
            if copied:
                spare.mkdir(parents=True)
                for file in data.chroma.glob(f"{DATABASE}*"):
                    shutil.copyfile(file, spare / file.name)
            store = VectorStore(spare if copied else data.chroma, create=False, records_only=True)
            try:
                yield from store.pages()
                return
            finally:
                store.close()


def _stored_words(data: Data) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with suppress(Exception):
        yield from WordStore(data.lexical, create=False).records()


def as_stored(paper_id: str, record: Mapping[str, Any]) -> Change:
    """A record as this format has it, with the rows that it was made of: they must be known again."""
    paper = from_record(paper_id, record)
    made_of = {key: record[key] for key in ("rows", "parts") if key in record}
    return Change(paper, to_record(paper) | made_of if made_of else as_row(paper), None)
