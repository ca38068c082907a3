"""What an import changes: new and changed papers, and what the manifest says after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..models.ports import Vectors
from ..types import Paper
from .layout import Manifest
from .records import Record

Known = tuple[Vectors, Vectors]
"""The vector of a paper, and those of its sentences, of which there may be none."""


@dataclass(slots=True)
class Change:
    """A new or changed paper with its record, the record that it replaces, and vectors that are at hand."""

    paper: Paper
    record: Record
    old: Mapping[str, Any] | None
    known: Known | None = None

    @property
    def needs_vector(self) -> bool:
        """Whether the text that is embedded is new."""
        return self.old is None or any(self.old[key] != self.record[key] for key in ("title", "abstract"))


def without(manifest: Manifest, records: Iterable[Mapping[str, Any]]) -> Manifest:
    """The manifest after these records are gone."""
    papers, sentences, content = manifest.papers, manifest.sentences, int(manifest.content, 16)
    for record in records:
        papers -= 1
        sentences -= len(str(record["spans"]).split())
        content -= int(str(record["hash"]), 16)
    return replace(manifest, papers=papers, sentences=sentences, content=f"{content % 2**256:x}")


def counted(manifest: Manifest, changes: Iterable[Change]) -> Manifest:
    """The manifest after these changes."""
    papers, sentences, content = manifest.papers, manifest.sentences, int(manifest.content, 16)
    for change in changes:
        content += int(str(change.record["hash"]), 16)
        sentences += len(change.paper.sentences)
        if change.old is None:
            papers += 1
        else:
            content -= int(str(change.old["hash"]), 16)
            sentences -= len(str(change.old["spans"]).split())
    return replace(manifest, papers=papers, sentences=sentences, content=f"{content % 2**256:x}")
