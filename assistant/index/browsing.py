"""One page of the papers at a time, in an order: what a table shows. Never holds more than it has to.

By year the word index keeps them in order. By title it does not: so few papers that it does not matter are
sorted here, more are given by year instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ..types import NO_FILTERS, Filters, Paper
from .records import from_record

if TYPE_CHECKING:
    from .words import WordStore

SORTED = 5000
"""Up to so many papers are sorted by title; reading as many records takes about a quarter of a second."""


class Order(StrEnum):
    """What comes first; ``MATCH`` is by the words that are looked for."""

    TITLE = "title"
    NEWEST = "newest"
    OLDEST = "oldest"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of ``total`` papers, from ``offset`` on, in the order that could be had."""

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
    if order is Order.TITLE and total > SORTED:
        order = Order.NEWEST
    if order is Order.TITLE:
        found = words.page(filters, text, offset=0, limit=total, among=among)
        found.sort(key=lambda row: (str(row[1]["title"]).casefold(), row[0]))
        found = found[offset : offset + limit]
    else:
        newest_first = None if order is Order.MATCH else order is Order.NEWEST
        found = words.page(filters, text, offset=offset, limit=limit, newest_first=newest_first, among=among)
    return Listing(tuple(from_record(*row) for row in found), total, offset, order)
