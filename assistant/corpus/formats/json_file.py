"""JSON files: a list of objects, an object that holds such a list, or one object over several lines.

What the objects may hold is `shapes`'; knows nothing of an object a line, which `jsonl` reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial

from ...types import Paper, Rejected
from ..record import FieldError
from ..rows import row_of
from ..source import Source, stray_byte
from .json_object import parse
from .json_split import Record, Splitter

NAME = "JSON (a list of records, as from Zotero, OpenAlex, Crossref or Semantic Scholar)"
MENDABLE = ("[\n", ",\n", "\n]\n")

_LIST = re.compile(r"\[\s*[{\]]")
_OBJECT = re.compile(r'\{\s*["}]')


def recognises(head: str) -> bool:
    """Whether a text begins a list of objects, an envelope of one, or an object over several lines."""
    text = head.lstrip("\ufeff \t\r\n")
    if not _OBJECT.match(text):
        return bool(_LIST.match(text))
    return _is_envelope(head) or not any(map(_is_object, text.splitlines()))


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper or a reason for each record."""
    for record in _records(source):
        yield row_of(
            source, record.number, partial(_fields, record), source.mended(record.text), unit="record"
        )


def _records(source: Source) -> Iterator[Record]:
    """The texts of the records."""
    splitter = Splitter(is_envelope=_is_envelope(source.head))
    for block in source.blocks():
        yield from splitter.feed(block)
    yield from splitter.end()


def _fields(record: Record) -> dict[str, object]:
    """The fields of a record under the names that `make_paper` knows."""
    if problem := record.problem or stray_byte(record.text):
        raise FieldError(problem)
    return parse(record.text)


def _is_envelope(head: str) -> bool:
    """Whether the first object holds a list of records; a paper may have a list of its "results", too."""
    splitter = Splitter(is_envelope=True)
    for _ in splitter.feed(head):
        pass
    at = splitter.list_at
    return at is not None and '"title"' not in head[:at] and bool(_LIST.match(head[at:]))


def _is_object(line: str) -> bool:
    """Whether a line is a whole object by itself, and no part of one that goes over several lines."""
    try:
        return line.startswith("{") and isinstance(json.loads(line, strict=False, parse_int=float), dict)
    except (ValueError, RecursionError):
        return False
