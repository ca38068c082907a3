"""What `Assistant.add` does: tells online sources from files, and counting from adding; owns nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import IndexNotFoundError, UsageError
from .online import Online, named
from .progress import ProgressCallback, StopCallback, with_share
from .types import ImportReport, Paper, Rejected

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
        return online().add(asked[0], limit=how.limit, save=how.save, progress=how.progress)
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
        if not how.dry_run:
            told = with_share(how.progress, lambda _: gauge.share)
            until = _Until(rows, how.stop or (lambda: False))
            return replace(index().add(until, told), interrupted=until.stopped)
        from .index.preview import preview

        try:
            found = index()
        except IndexNotFoundError:
            return preview(rows)
        return found.preview(rows)


class _Until:
    """Rows up to where they are to stop: so an import ends early as it does at its end, with all in step."""

    def __init__(self, rows: Iterable[Paper | Rejected], stop: StopCallback) -> None:
        self._rows = rows
        self._stop = stop
        self.stopped = False

    def __iter__(self) -> Iterator[Paper | Rejected]:
        for row in self._rows:
            if self._stop():
                self.stopped = True
                return
            yield row
