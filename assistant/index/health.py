"""The quick checks at open: is what is stored what the manifest says? They cost a few milliseconds.

Chroma's damage is silent, or worse: an emptied database opens, a lost vector file answers with one hit, a
shortened one ends the process. So the files are looked at before Chroma reads them; then the counts are
compared, and queries must bring as many rows as there are, as near as their vectors say. (A sampled row need
not find itself: among rows that are all equally near, an approximate search may pass it over.)
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .layout import Manifest
from .records import content_hash

if TYPE_CHECKING:
    from .vectors import VectorStore
    from .words import WordStore

DATABASE = "chroma.sqlite3"
_VECTOR_FILES = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
_HEADER = struct.Struct("<i5Q56x")
"""hnswlib's: version, level-0 offset, most elements, elements, bytes an element, label offset, the rest."""
SAMPLED = 3
_QUERIED = 10
_ROUNDING = 0.01


def broken_file(chroma: Path) -> str | None:
    """What is wrong with Chroma's files, as half a sentence, or ``None``; reads sizes and heads."""
    return broken_database(chroma) or _broken_vectors(chroma)


def broken_database(chroma: Path) -> str | None:
    """What is wrong with the file that holds Chroma's records."""
    database = chroma / DATABASE
    if not database.is_file():
        return f"{_named(database)} is missing"
    with database.open("rb") as file:
        if not file.read(16).startswith(b"SQLite format 3"):
            return f"{_named(database)} is empty or no database"
    return None


def _broken_vectors(chroma: Path) -> str | None:
    for folder in (entry for entry in chroma.iterdir() if entry.is_dir()):
        sizes = {entry.name: entry.stat().st_size for entry in folder.iterdir()}
        if "index_metadata.pickle" not in sizes:
            continue  # too few papers so far: their vectors are in the database
        if gone := [name for name in _VECTOR_FILES if name not in sizes]:
            return f"{_named(folder / gone[0])} is missing"
        if sizes["header.bin"] < _HEADER.size:
            return f"{_named(folder / 'header.bin')} is cut short"
        _, _, _, elements, width, _ = _HEADER.unpack_from((folder / "header.bin").read_bytes())
        for name, least in (
            ("data_level0.bin", elements * width),
            ("length.bin", elements * 4),
            ("link_lists.bin", elements * 4),
        ):
            if sizes[name] < least:
                return f"{_named(folder / name)} is cut short ({sizes[name]:,} of {least:,} bytes)"
        if not sizes["index_metadata.pickle"]:
            return f"{_named(folder / 'index_metadata.pickle')} is empty"
    return None


def _named(path: Path) -> str:
    """A file of Chroma's as it is called within the index."""
    *_, parts = path.as_posix().rpartition("/chroma/")
    return f"chroma/{parts}"


def problem_of(manifest: Manifest, vectors: VectorStore, words: WordStore) -> str | None:
    """What is wrong, as half a sentence, or ``None``. Raises whatever the stores do on broken files."""
    if (found := vectors.count()) != manifest.papers:
        return f"Chroma holds {found} papers where the manifest says {manifest.papers}"
    if (found := words.count()) != manifest.papers:
        return f"the word index holds {found} papers where the manifest says {manifest.papers}"
    return problem_of_vectors(manifest.papers, vectors, words.sample(SAMPLED))


def problem_of_vectors(papers: int, vectors: VectorStore, ids: Sequence[str]) -> str | None:
    """What is wrong with the vectors of so many papers, by a few ids: half a sentence, or ``None``."""
    sample = vectors.vectors(ids)
    if lost := [paper for paper in ids if paper not in sample]:
        return f"Chroma has lost the paper {lost[0]}"
    expected = min(_QUERIED, papers)
    for vector in sample.values():
        if abs(float(np.linalg.norm(vector)) - 1.0) > _ROUNDING:
            return "a stored vector is not one of ours"
        hits = vectors.nearest(vector, expected)
        if len(hits) < expected:
            return f"the vectors answer with {len(hits)} papers where there are {papers}"
        cosines = vectors.similarities(vector, [paper for paper, _ in hits])
        if any(abs(cosines.get(paper, 2.0) - cosine) > _ROUNDING for paper, cosine in hits):
            return "the nearest papers are not as near as Chroma says"
    return None


def broken_links(chroma: Path) -> str | None:
    """What is wrong with the upper levels of the graph; reads them whole."""
    for folder in (entry for entry in chroma.iterdir() if (entry / "index_metadata.pickle").is_file()):
        elements = _HEADER.unpack_from((folder / "header.bin").read_bytes())[3]
        links = (folder / "link_lists.bin").read_bytes()
        place = 0
        for _ in range(elements):
            if place + 4 > len(links):
                break
            place += 4 + int.from_bytes(links[place : place + 4], "little")
        if place != len(links):
            return f"{_named(folder / 'link_lists.bin')} is not as long as it says"
    return None


def problem_of_records(manifest: Manifest, vectors: VectorStore, words: WordStore) -> str | None:
    """What is wrong with any of the records, as half a sentence, or ``None``; reads them all."""
    from_vectors = (record for page in vectors.pages() for record in page.values())
    from_words = (record for _, record in words.records())
    for name, records in (("Chroma", from_vectors), ("the word index", from_words)):
        content = sum(int(content_hash(record), 16) for record in records) % 2**256
        if f"{content:x}" != manifest.content:
            return f"the records in {name} are not those that the manifest tells of"
    return None
