"""A paper as a flat record and back, the hash that tells whether it changed, and how Chroma keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..types import Paper, Sentence

Record = dict[str, str | int]

BESIDE = ("sources", "rows", "parts")
"""What a record says of how it was made, and not of the paper: see `parts`."""
_COLUMNS = ("title", "abstract")
_MORE = "record"
"""Chroma writes a row for each field of a record, which is a third of an insert. What nobody asks Chroma for
is in one; title and abstract stand by themselves for other programs that look at the collection."""


def to_record(paper: Paper) -> Record:
    """The paper's fields as flat metadata: absent ones are left out, sentences become offsets.

    Title and abstract go into the metadata and not into Chroma's ``documents``: those are indexed by
    trigrams, which nobody here asks for, and cost half of the insert rate and of the disk.
    """
    record: Record = {"title": paper.title, "abstract": paper.abstract}
    if paper.authors:
        record["authors"] = json.dumps(paper.authors, ensure_ascii=False)
    if paper.sources:
        record["sources"] = json.dumps(paper.sources, ensure_ascii=False)
    if paper.year is not None:
        record["year"] = paper.year
    for name in ("venue", "url", "doi", "arxiv_id"):
        value = getattr(paper, name)
        if value:
            record[name] = value
    if paper.original:
        record["original"] = json.dumps(paper.original, ensure_ascii=False)
    record["spans"] = " ".join(f"{sentence.start}:{sentence.end}" for sentence in paper.sentences)
    record["hash"] = content_hash(record)
    return record


def content_hash(record: Mapping[str, Any]) -> str:
    """SHA-256 of what the record says of the paper; where it came from does not count as a change."""
    content = {key: value for key, value in record.items() if key != "hash" and key not in BESIDE}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def packed(record: Mapping[str, Any]) -> dict[str, str]:
    """The record as metadata of few fields."""
    more = {key: value for key, value in record.items() if key not in _COLUMNS}
    return {name: record[name] for name in _COLUMNS} | {_MORE: json.dumps(more, ensure_ascii=False)}


def unpacked(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record of :func:`packed`; format 2 kept its fields one by one. One that is broken is not intact."""
    if _MORE not in metadata:
        return metadata
    record = {name: metadata[name] for name in _COLUMNS if name in metadata}
    with suppress(ValueError, TypeError):
        record |= json.loads(metadata[_MORE])
    return record


def is_intact(record: Mapping[str, Any]) -> bool:
    """Whether the record still says what it said when it was stored."""
    return "hash" in record and content_hash(record) == record["hash"]


def from_record(paper_id: str, record: Mapping[str, Any]) -> Paper:
    """The paper that :func:`to_record` was given."""
    abstract = str(record["abstract"])
    spans = [span.split(":") for span in str(record["spans"]).split()]
    return Paper(
        id=paper_id,
        title=str(record["title"]),
        abstract=abstract,
        authors=tuple(json.loads(record.get("authors", "[]"))),
        sources=tuple(json.loads(record.get("sources", "[]"))),
        year=int(record["year"]) if "year" in record else None,
        venue=record.get("venue"),
        url=record.get("url"),
        doi=record.get("doi"),
        arxiv_id=record.get("arxiv_id"),
        sentences=tuple(
            Sentence(index, int(start), int(end), abstract[int(start) : int(end)])
            for index, (start, end) in enumerate(spans)
        ),
        original=tuple((name, text) for name, text in json.loads(record.get("original", "[]"))),
    )
