"""Brings papers from online sources into a library, and again what is new; knows no index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path

from ..errors import SourceError, UsageError
from ..flow import Flow
from ..progress import StopCallback
from ..settings import Settings
from ..types import ImportReport, Paper, Progress, ProgressCallback, Rejected
from .fetching import LIMIT, Fetch, Source, named
from .saved import Refreshed, SavedQueries, SavedQuery, since
from .web import Web

Rows = Iterable[Paper | Rejected]
Add = Callable[[Rows, ProgressCallback | None], ImportReport]
"""Puts rows into the index and reports what that did."""


class Online:
    """The online sources of one library, and the queries of them that it saved; to be closed."""

    def __init__(self, settings: Settings, queries: Path, add: Add) -> None:
        """Know where the queries are saved and how rows are added; nothing is asked yet."""
        self.saved = SavedQueries(queries)
        self._web = Web(settings)
        self._add = add

    def add(
        self,
        source: Source,
        *,
        limit: int | None = None,
        save: bool = False,
        progress: ProgressCallback | None = None,
        stop: StopCallback | None = None,
    ) -> ImportReport:
        """Add what a source has; with ``save``, remember it as a query to be run again.

        ``stop`` is asked before each paper; once it says so, what is in hand is stored, and no more. A query
        that was stopped is not remembered: the next run would ask for what is newer alone.

        Raises:
            UsageError: It is to be saved, but can never have anything new; or the limit is none.
            SourceError: The service failed; what it gave before is added.
        """
        if limit is not None and limit < 1:
            raise UsageError("A limit is at least 1.")
        if save and source.ids:
            raise UsageError(f"{source} is no query: nothing new can come of it.", "Add it without saving.")
        begun = datetime.now(UTC)
        report, newest = self._bring(source, limit, None, progress, stop)
        if save and not report.interrupted:
            self.saved.put(SavedQuery(str(source), limit or LIMIT, _iso(begun), newest))
        return report

    def refresh(
        self, progress: ProgressCallback | None = None, stop: StopCallback | None = None
    ) -> list[Refreshed]:
        """Run each saved query again and add what is new; one that fails does not stop the others.

        ``stop`` is asked before each paper; the results end with the query that it ended, which will be run
        as if it had not been.

        Raises:
            UsageError: None is saved.
        """
        queries = self.saved.load()
        if not queries:
            raise UsageError(
                "No query is saved in this library.", "Save one with `paper-assistant add SOURCE --save`."
            )
        results: list[Refreshed] = []
        for query in queries:
            results.append(self._again(query, progress, stop))
            if (report := results[-1].report) and report.interrupted:
                break
        return results

    def _again(
        self, query: SavedQuery, progress: ProgressCallback | None, stop: StopCallback | None
    ) -> Refreshed:
        begun = datetime.now(UTC)
        try:
            source = named(query.source)
            if source is None:
                return Refreshed(query, None, f"{query.source} is no online source. Remove it.")
            start = since(query) if source.service.DATED else None
            report, newest = self._bring(source, query.limit, start, progress, stop)
        except (SourceError, UsageError) as error:
            return Refreshed(query, None, str(error))
        if report.interrupted:
            return Refreshed(query, report)
        newest = max(query.newest or "", newest or "") or None
        query = replace(query, last_run=_iso(begun), newest=newest)
        self.saved.put(query)
        return Refreshed(query, report)

    def _bring(
        self,
        source: Source,
        limit: int | None,
        start: date | None,
        progress: ProgressCallback | None,
        stop: StopCallback | None,
    ) -> tuple[ImportReport, str | None]:
        """What adding the rows of a source did, and the latest day among them."""
        meter = _Meter(progress)
        fetch = Fetch(source, self._web, limit=limit, since=start, on_page=meter.fetched)
        rows = iter(fetch)
        # The first is waited for, so that a source that gives nothing leaves no empty index behind.
        first = [*islice(rows, 1)]
        if not first:
            return ImportReport(), None
        rest = _Until(rows)
        flow = Flow(chain(first, rest), stop)
        report = self._add(flow, meter.embedded if progress else None)
        report = replace(report, interrupted=flow.stopped, without_abstract=flow.without_abstract)
        if rest.failure is not None:
            raise SourceError(
                f"{rest.failure.message} What came before is kept: {report}.", rest.failure.hint
            )
        return report, fetch.newest

    def close(self) -> None:
        """Give the connection back; asking again opens another."""
        self._web.close()


class _Until:
    """Rows up to a failure of their source, which is kept: raised among them it would cost a batch."""

    def __init__(self, rows: Iterator[Paper | Rejected]) -> None:
        self._rows = rows
        self.failure: SourceError | None = None

    def __iter__(self) -> Iterator[Paper | Rejected]:
        try:
            yield from self._rows
        except SourceError as error:
            self.failure = error


class _Meter:
    """Joins what came from the service and what is indexed into one account of progress."""

    def __init__(self, callback: ProgressCallback | None) -> None:
        self._callback = callback
        self._done = self._total = 0

    def fetched(self, count: int) -> None:
        """So many records have come."""
        self._total = count
        self._tell()

    def embedded(self, progress: Progress) -> None:
        """So many are in the index."""
        self._done = progress.done
        self._tell()

    def _tell(self) -> None:
        if self._callback:
            self._callback(Progress(self._done, max(self._total, self._done)))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
