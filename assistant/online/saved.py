"""The saved queries of a library: a small file beside its index; knows nothing of services."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from ..errors import IndexWriteError, SourceError, UsageError
from ..types import ImportReport
from ..whole import write_whole

MARGIN = timedelta(days=14)
"""How far before the last run a refresh begins: papers appear days after the date that they bear."""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """An online query that is run again by a refresh.

    ``limit`` is the most papers of one run, ``last_run`` the moment of the last one (ISO 8601, UTC),
    ``newest`` the latest day of publication that has been seen.
    """

    source: str
    limit: int
    last_run: str
    newest: str | None = None

    def __str__(self) -> str:
        """The source, as it is given to be added."""
        return self.source


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What running a saved query again did: a ``report``, or the ``problem`` that it met."""

    query: SavedQuery
    report: ImportReport | None
    problem: str | None = None

    def __str__(self) -> str:
        """The query and what came of it on one line."""
        return f"{self.query}: {self.report or self.problem}"


class SavedQueries:
    """The queries in a file, which need not exist."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> list[SavedQuery]:
        """The queries in the order in which they were saved.

        Raises:
            SourceError: The file is none of ours.
        """
        try:
            rows = json.loads(self._path.read_text("utf-8"))["queries"]
            return [_checked(SavedQuery(**row)) for row in rows]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
            raise SourceError(
                f"The saved queries in {self._path} cannot be read.",
                "Mend the file, or delete it and save them again.",
            ) from None

    def put(self, query: SavedQuery) -> None:
        """Save a query in the place of the one with its source, or at the end."""
        queries = {each.source: each for each in self.load()}
        queries[query.source] = query
        self._write([*queries.values()])

    def remove(self, number: int) -> SavedQuery:
        """Forget a query by its number, counted from 1.

        Raises:
            UsageError: There is none of that number.
        """
        queries = self.load()
        if not 1 <= number <= len(queries):
            raise UsageError(
                f"There is no saved query {number}.",
                "See `paper-assistant refresh --list` for their numbers.",
            )
        gone = queries.pop(number - 1)
        self._write(queries)
        return gone

    def _write(self, queries: list[SavedQuery]) -> None:
        """Write in one step: a crash leaves the old file or the new one, whole."""
        rows = [asdict(query) for query in queries]
        text = json.dumps({"queries": rows}, indent=2, ensure_ascii=False) + "\n"
        try:
            write_whole(self._path, text.encode())
        except OSError as error:
            raise IndexWriteError(
                f"The saved queries in {self._path} cannot be written: {error.strerror}.",
                "Free some space or mend the permissions and run the same again.",
            ) from None


def _checked(query: SavedQuery) -> SavedQuery:
    """The same query, if a person who edited the file left it whole."""
    texts = (query.source, query.last_run, query.newest or "")
    if not all(isinstance(text, str) for text in texts) or type(query.limit) is not int or query.limit < 1:
        raise ValueError("not a saved query")
    since(query)
    return query


def since(query: SavedQuery) -> date:
    """The day from which on papers may be new since the last run."""
    return date.fromisoformat(query.last_run[:10]) - MARGIN
