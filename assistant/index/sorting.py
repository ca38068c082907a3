"""Sorts papers by title, author or venue, which the word index cannot; knows no query.

What they are sorted by is read from their records once, a segment of the word index after the other. A
segment never changes but by deletions, so after an import only new ones are read. At 100,000 papers, the
first reading takes about two seconds, and every page after it a few hundredths of one.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Literal

from tantivy import DocAddress, Query, Searcher

Column = Literal["title", "author", "venue"]
_COLUMNS: tuple[Column, ...] = ("title", "author", "venue")
_LOOKED_AT = 5
"""Papers of a segment that tell it from every other; the last one tells if any before it went in a merge."""
_ANY_LETTER = re.compile(r"[^\W_]")

Place = tuple[int, int]
"""Segment and number of a paper in it."""


@dataclass(slots=True)
class _Entry:
    id: str
    hash: str
    """Of the record: a changed paper may stand where it stood before."""
    keys: tuple[str, str, str]


@dataclass(slots=True)
class _State:
    """All papers of one state of the index; ``orders`` are made when they are asked for."""

    version: int
    searcher: Searcher
    segments: dict[int, dict[int, _Entry]]
    places: dict[int, list[int]]
    orders: dict[Column, tuple[list[Place], list[Place]]] = field(default_factory=dict)


class Sorting:
    """The orders of one word index; threads may share it."""

    def __init__(self, searcher: Callable[[], Searcher]) -> None:
        """Read with ``searcher``, which gives the index as it is now."""
        self._searcher = searcher
        self._lock = threading.Lock()
        self._state: _State | None = None

    def page(
        self, version: int, query: Query | None, by: Column, *, down: bool, offset: int, limit: int
    ) -> tuple[Searcher, list[DocAddress]]:
        """Some of the papers that ``query`` finds, or of all, in order.

        ``version`` grows with each change of the index.

        Papers that have nothing in that column come last in both directions.
        """
        with self._lock:
            if self._state is None or self._state.version != version:
                self._state = self._read(version)
            state = self._state
            with_text, without = state.orders.get(by) or self._ordered(state, by)
        order: Iterable[Place] = chain(reversed(with_text) if down else with_text, without)
        if query is not None:
            found = state.searcher.search(query, limit=max(1, state.searcher.num_docs), count=False).hits
            wanted = {(address.segment_ord, address.doc) for _, address in found}
            order = (place for place in order if place in wanted)
        return state.searcher, [DocAddress(*place) for place in islice(order, offset, offset + limit)]

    def _read(self, version: int) -> _State:
        searcher = self._searcher()
        found = searcher.search(Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        addresses: defaultdict[int, list[DocAddress]] = defaultdict(list)
        for _, address in found:
            addresses[address.segment_ord].append(address)
        known = list(self._state.segments.values()) if self._state else []
        segments, places = {}, {}
        for number, papers in addresses.items():
            papers.sort(key=lambda address: address.doc)
            places[number] = [address.doc for address in papers]
            segments[number] = _same(searcher, papers, known) or {
                address.doc: _entry(searcher, address) for address in papers
            }
        return _State(version, searcher, segments, places)

    def _ordered(self, state: _State, by: Column) -> tuple[list[Place], list[Place]]:
        column = _COLUMNS.index(by)
        with_text: list[tuple[str, str, str, Place]] = []
        without: list[tuple[str, str, str, Place]] = []
        for number, docs in state.places.items():
            segment = state.segments[number]
            for doc in docs:
                entry = segment[doc]
                key = entry.keys[column]
                (with_text if key else without).append((key, entry.keys[0], entry.id, (number, doc)))
        state.orders[by] = (_places(sorted(with_text)), _places(sorted(without)))
        return state.orders[by]


def _places(rows: Iterable[tuple[str, str, str, Place]]) -> list[Place]:
    return [place for *_, place in rows]


def _same(
    searcher: Searcher, papers: Sequence[DocAddress], known: Iterable[dict[int, _Entry]]
) -> dict[int, _Entry] | None:
    """The segment among those known that these papers are, or are left of."""
    step = max(1, len(papers) // _LOOKED_AT)
    looked_at = {address.doc: _mark(searcher, address) for address in (*papers[::step], papers[-1])}
    for segment in known:
        there = all(address.doc in segment for address in papers)
        if there and all((segment[doc].id, segment[doc].hash) == mark for doc, mark in looked_at.items()):
            return segment
    return None


def _mark(searcher: Searcher, address: DocAddress) -> tuple[str, str]:
    document = searcher.doc(address)
    return str(document["id"][0]), str(document["hash"][0])


def _entry(searcher: Searcher, address: DocAddress) -> _Entry:
    document = searcher.doc(address)
    record = json.loads(document["record"][0])
    authors = json.loads(record.get("authors", "[]"))
    keys = (record["title"], authors[0] if authors else "", record.get("venue", ""))
    title, author, venue = (sorting_key(str(text)) for text in keys)
    return _Entry(str(document["id"][0]), str(document["hash"][0]), (title, author, venue))


def sorting_key(text: str) -> str:
    """What a text is sorted by: no case, no accents, nothing before its first letter or digit."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    start = _ANY_LETTER.search(text)
    return text[start.start() :].casefold() if start else ""
