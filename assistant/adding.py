"""What `Assistant.add` does: tells online sources from files, and counting from adding; owns nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import IndexNotFoundError, UsageError
from .flow import Flow
from .numbers import counted
from .online import Online, named
from .progress import ProgressCallback, StopCallback, with_share
from .types import ImportReport, Paper

if TYPE_CHECKING:
    from .index.store import PaperIndex


@dataclass(frozen=True, slots=True)
class How:
    """How papers are to be added: the keyword arguments of `Assistant.add`."""

    strict: bool
    dry_run: bool
    rejected: str | Path | None
    limit: int | None
    save: bool
    progress: ProgressCallback | None
    stop: StopCallback | None


def add(
    sources: Sequence[str | Path | Iterable[Paper]],
    how: How,
    index: Callable[[], PaperIndex],
    online: Callable[[], Online],
) -> ImportReport:
    """Add what an online source has, or the papers of files; ``index`` and ``online`` open what is needed.

    Raises:
        AssistantError: As `Assistant.add` tells.
    """
    asked = [found for source in sources if isinstance(source, str) and (found := named(source))]
    if asked:
        if len(sources) > 1:
            raise UsageError("An online source is added by itself.", "Add the others in a call of their own.")
        if how.strict or how.dry_run or how.rejected:
            raise UsageError(
                "An online source cannot be strict, a dry run, or keep rejected rows.",
                "Leave that out for it.",
            )
        return online().add(asked[0], limit=how.limit, save=how.save, progress=how.progress, stop=how.stop)
    if how.limit is not None or how.save:
        raise UsageError("Only an online source has a limit or is saved.", "Leave them out for a file.")
    return _add_files(sources, how, index)


def _add_files(
    sources: Iterable[str | Path | Iterable[Paper]], how: How, index: Callable[[], PaperIndex]
) -> ImportReport:
    """Add the papers of files and iterables, or count what that would do."""
    from .corpus import Gauge, take

    # The sources are looked at first: a wrong path must not leave an empty index behind.
    gauge = Gauge()
    with closing(take(sources, strict=how.strict, rejected=how.rejected, gauge=gauge)) as rows:
        flow = Flow(rows, how.stop)
        if how.dry_run:
            report = _previewed(flow, index)
        else:
            report = index().add(flow, with_share(how.progress, lambda _: gauge.share))
    return replace(
        report,
        interrupted=flow.stopped,
        without_abstract=flow.without_abstract,
        notices=tuple(_read_as(name, files) for name, files in gauge.assumed.items()),
    )


def _previewed(flow: Flow, index: Callable[[], PaperIndex]) -> ImportReport:
    """What adding would do."""
    from .index.preview import preview

    try:
        found = index()
    except IndexNotFoundError:
        return preview(flow)
    return found.preview(flow)


def _read_as(encoding: str, files: Sequence[str]) -> str:
    """The sentence about files in which nothing says in what encoding they are."""
    more = f" and {counted(len(files) - 1, 'more file')} are" if len(files) > 1 else " is"
    return f"{files[0]}{more} not UTF-8: read as {encoding}."
