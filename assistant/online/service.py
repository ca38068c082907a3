"""What a service of papers offers, and what passes between it and those who fetch; knows no service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ..types import Rejected
from .mapping import Found
from .web import Host, MissingError, Web, unreadable


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the records of ``ids``, or else at most ``limit`` of those that match ``query``.

    With ``since`` only those published from that day on, the newest first.
    """

    ids: tuple[str, ...]
    query: str
    limit: int
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer's worth of records."""

    records: tuple[Found | Rejected, ...]


class Service(Protocol):
    """What a module of a service offers."""

    PREFIX: str
    NAME: str
    DATED: bool  # whether its queries heed `Wanted.since`

    def parse(self, text: str) -> tuple[str, ...]:
        """The ids that a text names, or none where it is a query.

        Raises:
            UsageError: It is neither.
        """

    def pages(self, web: Web, wanted: Wanted) -> Iterator[Page]:
        """The records page by page, each asked for when it is taken; ids that are not there as `Rejected`.

        Raises:
            SourceError: The service fails.
        """


def one_by_one(name: str, ids: tuple[str, ...], get: Callable[[str], Found]) -> Iterator[Page]:
    """A page for each id, of a service that is asked for one record at a time."""
    for each in ids:
        try:
            yield Page((get(each),))
        except MissingError:
            yield Page((Rejected(f"{name} {each}", "not found"),))


def listed(host: Host, found: object, key: str) -> list[object]:
    """The list under a key of an answer.

    Raises:
        SourceError: There is none, so it is no answer of this service.
    """
    value = found.get(key, found) if isinstance(found, dict) else found
    if value is None:
        return []
    if not isinstance(value, list):
        raise unreadable(host)
    return value
