"""JSON Lines: one object a line; what it may hold is `shapes`'. Knows nothing of other JSON files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice

from ...types import Paper, Rejected
from ..record import FieldError
from ..rows import row_of
from ..source import Line, Source
from .json_object import parse

NAME = "JSON Lines (an object a line with title and abstract)"
MENDABLE = ("", "\n", "\n")

_OBJECT = re.compile(r'\{\s*["}]')


def recognises(head: str) -> bool:
    """Whether the first line begins an object, or a third of the first twenty do (some may be broken)."""
    lines = [*islice((line for part in head.splitlines() if (line := part.strip())), 20)]
    objects = [bool(_OBJECT.match(line)) for line in lines]
    return bool(objects) and (objects[0] or sum(objects) >= len(objects) / 3)


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper or a reason for each line that is not blank."""
    for line in source.lines():
        if line.problem or line.text.strip():
            yield row_of(source, line.number, partial(_fields, line), line.text)


def _fields(line: Line) -> dict[str, object]:
    """The fields of a line under the names that `make_paper` knows."""
    if line.problem:
        raise FieldError(line.problem)
    return parse(line.text.rstrip("\r\n"))
