"""The way in: finds what holds papers, recognises what it is and reads it; knows no format by itself."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from ..errors import CollectionError
from ..numbers import counted
from ..types import Paper, Rejected
from .blob import Blob, UnreadableError, why
from .containers import STDIN, unpack
from .formats import FORMATS, Format, readable
from .gauge import Gauge, size_of
from .source import Source

MAX_ROW = 100_000  # characters of a rejected row that are kept to be mended
PATIENCE = 10_000  # rejected rows of a file, after which it is given up if hardly a paper is among them

_REASONS = 3  # quoted where nothing can be read


class _Reading(NamedTuple):
    """A source and the format that it was recognised as."""

    source: Source
    known: Format


def sample_collection() -> Path:
    """The collection of 203 papers that comes with the package."""
    return Path(__file__).parent / "sample" / "trending-papers.txt"


def read(*places: Path | str, gauge: Gauge | None = None) -> Generator[Paper | Rejected]:
    """The papers of files one by one, each row that cannot be read as a `Rejected` in its place.

    A place is a file, also packed by gzip, a ZIP archive or a folder, of which everything is read in the
    order of names, or "-" for standard input. It is looked at now and read as the papers are taken, so
    that it never fills the memory; closing it closes the files. ``gauge`` is told how far the reading has
    come.

    Raises:
        CollectionError: At once, if a place cannot be opened or nothing of a known format is in it; at
            the end, if no paper was in any.
    """
    gauge = gauge or Gauge()
    with ExitStack() as stack:
        found = chain.from_iterable([_looked_at(place, gauge, stack) for place in places])
        return _rows(", ".join(map(_shown, places)), found, gauge, stack.pop_all())


def _looked_at(place: Path | str, gauge: Gauge, stack: ExitStack) -> Iterator[_Reading | Rejected]:
    """What is in a place, up to the first that is of a known format already looked for."""
    shown = _shown(place)
    passed: list[Rejected] = []
    try:
        found = stack.enter_context(closing(_readings(place)))
        for item in found:
            if isinstance(item, _Reading):
                gauge.expect(item.source.blob.disk.size if place == STDIN else size_of(Path(place)))
                return chain(passed, [item], found)
            passed.append(item)
    except FileNotFoundError:
        raise CollectionError(f"There is no file {shown}.", "Look at its name and its folder.") from None
    except PermissionError as error:
        raise CollectionError(
            f"{shown} may not be read.", "Give yourself the permission to read it."
        ) from error
    except UnreadableError as error:
        raise _error(f"{shown} is {error}.") from None
    except (OSError, ValueError) as error:
        raise _error(
            f"{shown} {why(error) if isinstance(error, OSError) else f'is no file: {error}'}."
        ) from error
    raise _error(f"There is nothing in {shown} that can be read ({_quoted(passed, 'no file at all')}).")


def _readings(place: Path | str) -> Generator[_Reading | Rejected]:
    """What is in a place, recognised; a fault of the place itself is raised, one within it a row."""
    with closing(unpack(place)) as blobs:
        for blob in blobs:
            if isinstance(blob, Rejected):
                yield blob
                continue
            try:
                yield _recognised(blob)
            except (OSError, UnreadableError) as error:
                if not blob.inside:
                    raise
                yield Rejected(blob.name, why(error))


def _recognised(blob: Blob) -> _Reading:
    """A blob with its format."""
    source = Source.open(blob)
    known = next((known for known in FORMATS if known.recognises(source.head)), None)
    if known is None:
        raise UnreadableError(blob.problem or "of a format that is not known here")
    return _Reading(source, known)


def _rows(
    shown: str, found: Iterator[_Reading | Rejected], gauge: Gauge, stack: ExitStack
) -> Generator[Paper | Rejected]:
    """The rows of all that was found; an error at the end if none is a paper. ``stack`` is closed then."""
    papers = 0
    rejected: list[Rejected] = []
    kinds: dict[str, None] = {}
    strange = False  # whether something was of no format at all
    with stack:
        for item in found:
            if isinstance(item, Rejected):
                strange = True
            else:
                kinds[item.known.NAME] = None
                gauge.reach(item.source.blob.disk)
            with closing(_rows_of(item, gauge)) as rows:
                for row in rows:
                    if isinstance(row, Paper):
                        papers += 1
                    elif len(rejected) < _REASONS:
                        rejected.append(row)
                    yield row
    if not papers:
        reasons = _quoted(rejected, "no row at all")
        if strange:
            raise _error(f"Nothing in {shown} can be read ({reasons}).")
        raise _error(f"{shown} looks like {' and '.join(kinds)}, but nothing in it can be read ({reasons}).")


def _rows_of(item: _Reading | Rejected, gauge: Gauge) -> Generator[Paper | Rejected]:
    """The rows of a file in its format, each with where it came from, and why it ended if too soon."""
    if isinstance(item, Rejected):
        yield item
        return
    source, known = item
    blob, papers, rejected = source.blob, 0, 0
    try:
        for row in known.read(source):
            if isinstance(row, Paper):
                papers += 1
                yield row
                continue
            text = row.text if len(row.text) <= MAX_ROW else ""
            yield replace(row, text=text, format=known.NAME)
            rejected += 1
            if rejected >= PATIENCE and rejected > 10 * papers:
                reason = f"given up after {rejected:,} rejected rows and {counted(papers, 'paper')}"
                yield Rejected(source.where(source.reached), reason)
                return
    except (OSError, UnreadableError) as error:
        yield Rejected(source.where(source.reached), why(error))
    finally:
        source.close()
        if source.assumed:
            gauge.assumed.setdefault(source.assumed, []).append(blob.name)
    if blob.problem:
        yield Rejected(source.where(source.reached), blob.problem)


def _shown(place: Path | str) -> str:
    """A place as an error names it."""
    return "Standard input" if place == STDIN else str(place)


def _quoted(rejected: list[Rejected], nothing: str) -> str:
    """The first reasons, for an error."""
    return "; ".join(map(str, rejected[:_REASONS])) or nothing


def _error(message: str) -> CollectionError:
    """An error that ends with what can be read."""
    return CollectionError(message, f"Give a file of papers: {readable()}.")
