"""Brings the words in step with the vectors after a change that was cut off; knows no files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import IndexDamagedError
from .changes import Change, counted
from .layout import Manifest
from .records import from_record
from .vectors import VectorStore
from .words import WordStore


def in_step(manifest: Manifest, vectors: VectorStore, words: WordStore) -> Manifest:
    """Make the words say what the vectors' records say; returns the manifest of what is stored.

    Vectors come first, both when papers are added and when they are removed, and a batch of them is written
    wholly or not at all. So during an import the words never know a paper that Chroma does not: where they
    do, Chroma has lost it, and nothing is touched.

    Raises:
        IndexDamagedError: Chroma holds fewer papers than it should.
    """
    stored = {paper_id: _digest(record) for paper_id, record in words.records()}
    found = replace(manifest, papers=0, sentences=0, content="0")
    seen: set[str] = set()
    for page in vectors.pages():
        changes = [Change(from_record(id_, record), dict(record), None) for id_, record in page.items()]
        found = counted(found, changes)
        seen.update(page)
        if stale := [c for c in changes if stored.get(c.paper.id) != _digest(c.record)]:
            words.write([(change.paper, change.record) for change in stale])
    gone = [paper_id for paper_id in stored if paper_id not in seen]
    if manifest.state == "writing" and (gone or found.papers < manifest.papers):
        told = max(manifest.papers, found.papers + len(gone))
        raise IndexDamagedError(f"Chroma holds {found.papers} papers where there should be {told}")
    if gone:
        words.write([], remove=gone)
    return found


def _digest(record: Mapping[str, Any]) -> bytes:
    """All that a record says, also what its hash leaves out: the files and rows that it came from."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).digest()[:16]
