"""The way in: recognises what a file is and reads its papers; knows no format by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import CollectionError
from ..types import Paper, Rejected
from .formats import FORMATS, Format, readable
from .source import NotTextError, Source

_REASONS = 3  # quoted where a file holds nothing readable


def sample_collection() -> Path:
    """The collection of 203 papers that comes with the package."""
    return Path(__file__).parent / "sample" / "trending-papers.txt"


def read(path: Path | str) -> Iterator[Paper | Rejected]:
    """The papers of a file one by one, each row that cannot be read as a `Rejected` in its place.

    The file is looked at now and read as the papers are taken, so that it never fills the memory.

    Raises:
        CollectionError: At once, if the file cannot be opened or is of no known format; at the end, if
            no paper was in it.
    """
    path = Path(path)
    try:
        source = Source.open(path)
    except NotTextError as error:
        raise _error(f"{path} is {error}.") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    known = next((known for known in FORMATS if known.recognises(source.head)), None)
    if known is None:
        raise _error(f"{path} is of a format that is not known here.")
    return _rows(source, known)


def _rows(source: Source, known: Format) -> Iterator[Paper | Rejected]:
    """The rows of a file in its format; an error at the end if none is a paper."""
    papers = 0
    rejected: list[Rejected] = []
    try:
        for row in known.read(source):
            if isinstance(row, Paper):
                papers += 1
            elif len(rejected) < _REASONS:
                rejected.append(row)
            yield row
    except OSError as error:
        raise _unreadable(source.path, error) from error
    if not papers:
        reasons = "; ".join(map(str, rejected)) or "no row at all"
        raise _error(f"{source.path} looks like {known.NAME}, but nothing in it can be read ({reasons}).")


def _unreadable(path: Path, error: Exception) -> CollectionError:
    """The error for a file that the system does not give."""
    if isinstance(error, FileNotFoundError):
        return _error(f"There is no file {path}.")
    if isinstance(error, PermissionError):
        return CollectionError(f"{path} may not be read.", "Give yourself the permission to read it.")
    reason = getattr(error, "strerror", None) or str(error)
    return _error(f"{path} cannot be read: {reason}.")


def _error(message: str) -> CollectionError:
    """An error that ends with what can be read."""
    return CollectionError(message, f"Give a file of papers: {readable()}.")
