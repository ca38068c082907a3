"""What one tab shows of the library, and what a browser may say of it; knows no component."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..index.browsing import Order
from ..types import NO_FILTERS, Filters, Paper

ROWS = 25
LONGEST_SEARCH = 500
ORDERS = (
    ("Title, A to Z", Order.TITLE),
    ("Title, Z to A", Order.TITLE_DOWN),
    ("Newest first", Order.NEWEST),
    ("Oldest first", Order.OLDEST),
    ("First author, A to Z", Order.AUTHOR),
    ("First author, Z to A", Order.AUTHOR_DOWN),
    ("Venue, A to Z", Order.VENUE),
    ("Venue, Z to A", Order.VENUE_DOWN),
    ("Best match", Order.MATCH),
)


@dataclass(slots=True)
class View:
    """What one tab shows of the library, and what it removed last."""

    text: str = ""
    filters: Filters = NO_FILTERS
    order: Order = Order.TITLE
    offset: int = 0
    total: int = 0
    ids: tuple[str, ...] = ()
    """The papers in the table, from the first row to the last."""
    table: int = 0
    """Which table it is: rows chosen in an earlier one, just replaced by an import, are other papers."""
    removed: list[Paper] = field(default_factory=list)
    seen: tuple[str, int] = ("", -1)
    """The library, and how many imports had ended in it, when it was last looked at."""
    shown: bool = False
    """Whether the fields of the page say what was asked for."""

    def loaded_anew(self) -> View:
        """The same search, and removal to be undone, for a page that has to be sent all of it."""
        return replace(self, seen=(self.seen[0], -1), shown=False)


def order_of(value: object) -> Order:
    """The order that a browser says; what it cannot have meant is the usual one."""
    return next((known for known in Order if known == value), Order.TITLE)


def places_of(ticked: str | None, view: View) -> list[int]:
    """The rows that a browser says are ticked in this table; anything else it may say is none."""
    try:
        values: object = json.loads(ticked or "[]")
    except (ValueError, RecursionError):
        return []
    if not isinstance(values, Sequence):
        return []
    return [place for place in range(len(view.ids)) if f"{view.table}.{place}" in values]
