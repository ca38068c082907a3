"""The text of one JSON object into the fields of a paper; knows nothing of files.

What other programs write against the standard is taken where its meaning is plain: raw tabs and lines
in texts, and NaN, which pandas writes for nothing. What has no plain meaning is refused with a reason.
"""

from __future__ import annotations

import json

from ..record import FieldError
from ..shapes import fields_of
from ..shapes.values import Fields


def parse(text: str) -> Fields:
    """The fields of an object under the names that `record.make_paper` knows.

    Raises:
        FieldError: The text is no JSON, no object, or an object that cannot be trusted.
    """
    try:
        row = json.loads(
            text,
            strict=False,
            parse_int=_integer,
            parse_constant=lambda _: None,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno} of the record"
        raise FieldError(f"not valid JSON: {error.msg.removesuffix(' at')} at {place}") from None
    except RecursionError:
        raise FieldError("nested too deeply") from None
    if not isinstance(row, dict):
        raise FieldError("not a JSON object")
    return fields_of(row)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of its keys; none may stand twice, for which of the two is meant cannot be known."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise FieldError(f'the key "{twice[:80]}" stands twice')
    return found


def _integer(digits: str) -> float:
    """A whole number; one of thousands of digits, which Python refuses, as infinity."""
    return int(digits) if len(digits) < 40 else float(digits)
