"""The rows of one import: of all its sources, rejected ones stopping it or kept; knows no index."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import chain, count, islice
from pathlib import Path

from ..errors import CollectionError, UsageError
from ..types import Paper, Rejected
from .gauge import Gauge
from .reading import read
from .rejected import keeping
from .sentences import split

_FIRST = 256  # rows, as many as may be rejected before an index is made all the same


def take(
    sources: Iterable[str | Path | Iterable[Paper]],
    *,
    strict: bool = False,
    rejected: str | Path | None = None,
    gauge: Gauge | None = None,
) -> Generator[Paper | Rejected]:
    """The rows of files (see `reading.read`) and of iterables of papers, in one import.

    The sources are looked at and rows read up to the first paper now, so that a file without any is known
    before anything is made for it. With ``rejected``, rejected rows are written there (see `keeping`).
    Closing it puts those that came so far in place. ``gauge`` is told how much of the files is read.

    Raises:
        CollectionError: A source cannot be read; or, with ``strict``, a row was rejected. Also later.
        UsageError: There is no source, or ``rejected`` cannot be written. The latter also later.
    """
    with ExitStack() as stack:
        rows = _rows(sources, gauge, stack)
        if rejected is not None:
            rows = stack.enter_context(closing(keeping(rows, Path(rejected))))
        if strict:
            rows = _strictly(rows)
        first: list[Paper | Rejected] = []
        for row in islice(rows, _FIRST):
            first.append(row)
            if isinstance(row, Paper) and not strict:
                break  # the rest is read while papers are embedded
        return _closing(stack.pop_all(), chain(first, rows))


def _closing(stack: ExitStack, rows: Iterable[Paper | Rejected]) -> Generator[Paper | Rejected]:
    """The rows; what they were read with is closed after them."""
    with stack:
        yield from rows


def _rows(
    sources: Iterable[str | Path | Iterable[Paper]], gauge: Gauge | None, stack: ExitStack
) -> Iterator[Paper | Rejected]:
    """The rows of all sources: of the files, then of the iterables."""
    places: list[str | Path] = []
    given: list[Iterable[Paper]] = []
    for source in sources:
        if isinstance(source, (str, Path)):
            places.append(source)
        elif isinstance(source, Iterable):
            given.append(source)
        else:
            raise UsageError(
                f"{_shown(source)} is no file and no list of papers.", "Give a path, or papers in a list."
            )
    if not places and not given:
        raise UsageError("There is nothing to add.", "Name a file or a folder of papers.")
    papers = map(_with_sentences, map(_usable, chain.from_iterable(given), count(1)))
    from_files = stack.enter_context(closing(read(*places, gauge=gauge))) if places else ()
    return chain(from_files, papers)


def _usable(paper: object, place: int) -> Paper:
    """A paper made by hand, if it can be kept; raises ``UsageError`` with its place among those given."""
    if not isinstance(paper, Paper):
        raise UsageError(f"What is given as paper {place} is none: {_shown(paper)}.", "Make a `Paper` of it.")
    if not isinstance(paper.id, str) or not paper.id.strip():
        raise UsageError(
            f"Paper {place}, {_shown(paper.title)}, has no id.",
            "`assistant.corpus.identity.paper_id` makes one of a DOI, an arXiv id or a title.",
        )
    return paper


def _shown(thing: object) -> str:
    """A thing in one short line."""
    return repr(thing)[:60]


def _with_sentences(paper: Paper) -> Paper:
    """A paper made by hand, its abstract split: without sentences, nothing of it could be cited."""
    if paper.sentences or not paper.abstract:
        return paper
    return replace(paper, sentences=split(paper.abstract))


def _strictly(rows: Iterable[Paper | Rejected]) -> Iterator[Paper]:
    """The rows, up to the first that is rejected, which is an error."""
    for row in rows:
        if isinstance(row, Rejected):
            hint = "Mend it, or import the rest without being strict."
            raise CollectionError(f"{row.where}: {row.reason}.", hint)
        yield row
