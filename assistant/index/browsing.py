"""One page of the papers at a time, in an order: what a table shows. Never holds more than it has to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, get_args

from ..types import NO_FILTERS, Filters, Paper
from .records import from_record
from .sorting import Column

if TYPE_CHECKING:
    from .words import WordStore


class Order(StrEnum):
    """What comes first; ``MATCH`` is by the words that are looked for."""

    TITLE = "title"
    TITLE_DOWN = "-title"
    AUTHOR = "author"
    AUTHOR_DOWN = "-author"
    VENUE = "venue"
    VENUE_DOWN = "-venue"
    NEWEST = "-year"
    OLDEST = "year"
    MATCH = "match"

    @property
    def column(self) -> str:
        """What it goes by."""
        return self.removeprefix("-")

    @property
    def down(self) -> bool:
        """Whether it goes from the last to the first."""
        return self.startswith("-")


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of ``total`` papers, from ``offset`` on, in an order."""

    papers: tuple[Paper, ...]
    total: int
    offset: int
    order: Order


def listing(
    words: WordStore,
    text: str = "",
    filters: Filters = NO_FILTERS,
    *,
    order: Order = Order.TITLE,
    offset: int = 0,
    limit: int = 25,
    among: Sequence[str] | None = None,
) -> Listing:
    """The papers from ``offset`` on that hold every word of ``text`` and pass ``filters``.

    Only those of ``among`` count, where it is given. An offset behind the last paper gives the last page.
    """
    total = words.count_of(filters, text, among=among)
    offset = min(offset, max(0, total - 1) // limit * limit)
    column: Column | None = next((known for known in get_args(Column) if known == order.column), None)
    if column is not None:
        page = {"offset": offset, "limit": limit}
        found = words.sorted_page(filters, text, column, down=order.down, among=among, **page)
    else:
        newest_first = None if order is Order.MATCH else order is Order.NEWEST
        found = words.page(filters, text, offset=offset, limit=limit, newest_first=newest_first, among=among)
    return Listing(tuple(from_record(*row) for row in found), total, offset, order)
