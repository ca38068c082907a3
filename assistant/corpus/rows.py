"""A row of a file as a paper with its place, or the reason why it is none; knows no format."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..types import Paper, Rejected
from .record import FieldError, make_paper
from .source import Source


def row_of(
    source: Source,
    number: int,
    fields: Callable[[], Mapping[str, object]],
    text: str,
    *,
    unit: str = "line",
    braced: bool = False,
) -> Paper | Rejected:
    """What the row with this number is.

    Args:
        source: The file.
        number: The number of the row's first line, or of another unit that the format counts.
        fields: Gives the fields of `make_paper`, or raises `FieldError`.
        text: The row as it stands in the file, to be mended.
        unit: What is counted.
        braced: As `make_paper` has it.
    """
    where = source.where(number, unit)
    try:
        return make_paper(fields(), braced=braced, where=where, source=source.blob.file)
    except FieldError as error:
        return Rejected(where, str(error), text)


def refused(problem: str) -> Callable[[], Mapping[str, object]]:
    """Fields that cannot be had, for a reason."""

    def fields() -> Mapping[str, object]:
        raise FieldError(problem)

    return fields
