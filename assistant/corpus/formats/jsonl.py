"""JSON Lines: one object a line with title and abstract; knows nothing of other JSON shapes.

The keys are those of `record.make_paper`, and BEIR's ``_id`` and ``text`` for ``id`` and ``abstract``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

from ...types import Paper, Rejected
from ..record import FieldError, make_paper
from ..source import Line, Source

NAME = "JSON Lines (an object a line with title and abstract)"
MENDABLE = ("", "\n", "\n")

_ALIASES = {"id": "_id", "abstract": "text"}
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
            try:
                yield make_paper(_fields(line))
            except FieldError as error:
                yield Rejected(source.where(line.number), str(error), line.text)


def _fields(line: Line) -> dict[str, object]:
    """The fields of a line under the names that `make_paper` knows."""
    if line.problem:
        raise FieldError(line.problem)
    try:
        # "strict=False" takes raw tabs in texts. NaN, which pandas writes for nothing, is nothing.
        row = json.loads(line.text, strict=False, parse_int=_integer, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        raise FieldError(f"not valid JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise FieldError("nested too deeply") from None
    if not isinstance(row, dict):
        raise FieldError("not a JSON object")
    return row | {name: row.get(alias) for name, alias in _ALIASES.items() if row.get(name) in (None, "")}


def _integer(digits: str) -> float:
    """A whole number; one of thousands of digits, which Python refuses, as infinity."""
    return int(digits) if len(digits) < 40 else float(digits)
