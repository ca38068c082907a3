"""From the name of an online source to its papers, page by page; knows no service by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ..corpus.record import FieldError, make_paper, one_line
from ..errors import SourceError, UsageError
from ..types import Paper, Rejected
from . import arxiv, doi, hf_papers, openalex, semanticscholar
from .mapping import Found
from .service import Service, Wanted
from .web import MissingError, Web

SERVICES: tuple[Service, ...] = (arxiv, openalex, semanticscholar, doi, hf_papers)

LIMIT = 100
"""The papers of a query, where nothing else is said."""
_MAX_TEXT = 20_000
_MAX_QUERY = 2_000
_ALL = 10**9
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Source:
    """An online source as its user named it: some ids, or else a query, of a service."""

    service: Service
    text: str
    ids: tuple[str, ...]

    def __str__(self) -> str:
        """The name by which it is found again."""
        return f"{self.service.PREFIX}:{self.text}"


def named(text: str) -> Source | None:
    """The online source that a text names, or None where it names none (and so may be a file).

    Raises:
        UsageError: It names a service, but nothing that can be asked of it.
    """
    prefix, colon, rest = text.strip().partition(":")
    service = next((each for each in SERVICES if prefix.lower() == each.PREFIX), None)
    if not (colon and service):
        return None
    rest = one_line(rest)
    if not rest:
        raise UsageError(f"{service.PREFIX}: names nothing.", f"Say what of {service.NAME} you want.")
    if len(rest) > _MAX_TEXT:
        raise UsageError(f"More than {_MAX_TEXT:,} characters after {service.PREFIX}: are too many.")
    source = Source(service, rest, service.parse(rest))
    if not source.ids and len(rest) > _MAX_QUERY:
        raise UsageError(f"A query of more than {_MAX_QUERY:,} characters is too long.", "Shorten it.")
    return source


class Fetch:
    """The papers of a source, asked for as they are taken; ``newest`` is the latest day among them so far."""

    def __init__(
        self,
        source: Source,
        web: Web,
        *,
        limit: int | None = None,
        since: date | None = None,
        on_page: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            source: What is wanted.
            web: The way to it.
            limit: The most records; of a query 100 unless said otherwise, of ids all.
            since: Of a query, only those published from that day on.
            on_page: Told how many records came so far, after each page.
        """
        self._source = source
        self._web = web
        self._limit = limit or (_ALL if source.ids else LIMIT)
        self._since = since
        self._on_page = on_page
        self.newest: str | None = None

    def __iter__(self) -> Iterator[Paper | Rejected]:
        """The rows; one that cannot be used, or an id that is not there, is a `Rejected`.

        Raises:
            SourceError: The service fails, or has nothing at all (which is no error with ``since``).
        """
        papers, reasons = 0, list[Rejected]()
        try:
            for row in self._limited():
                if isinstance(row, Paper):
                    papers += 1
                elif len(reasons) < _REASONS:
                    reasons.append(row)
                yield row
        except MissingError as error:
            raise SourceError(error.message, error.hint) from None
        if not papers and not self._since:
            why = f" ({'; '.join(map(str, reasons))})" if reasons else ""
            raise SourceError(f"Nothing was found for {self._source}{why}.", "Check how it is written.")

    def _limited(self) -> Iterator[Paper | Rejected]:
        """The rows up to the limit; what is new beyond it must not go missing unsaid."""
        for number, row in enumerate(self._rows(), 1):
            if number > self._limit:
                why = f"more than {self._limit:,} are new; add it with a higher limit"
                yield Rejected(str(self._source), why)
                return
            yield row
            if number == self._limit and not self._since:
                return

    def _rows(self) -> Iterator[Paper | Rejected]:
        source = self._source
        wanted = Wanted(source.ids, source.text, self._limit + bool(self._since), self._since)
        seen: set[str] = set()
        count = 0
        for page in source.service.pages(self._web, wanted):
            rows = [self._row(record) for record in page.records]
            count += len(rows)
            self._on_page(count)
            yield from rows
            names = {row.id if isinstance(row, Paper) else str(row) for row in rows}
            if names and names <= seen and not source.ids:
                return  # a service that goes in circles would never end
            seen |= names

    def _row(self, record: Found | Rejected) -> Paper | Rejected:
        if isinstance(record, Rejected):
            return record
        where = f"{self._source.service.NAME} {one_line(str(record.key))[:100]}"
        try:
            paper = make_paper(record.fields(), where=where, source=str(self._source))
        except FieldError as error:
            return Rejected(where, str(error))
        day = str(record.date or "")[:10]
        # Some services know days that are yet to come.
        if (self.newest or "") < day <= datetime.now(UTC).date().isoformat():
            self.newest = day
        return paper
