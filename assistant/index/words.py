"""The words of the papers in a tantivy index: BM25 search, filters, and a copy of every record."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tantivy import DocAddress, FieldType, Index, IndexWriter, Occur, Order, Query, Searcher

from ..corpus.identity import is_of_title
from ..errors import IndexDamagedError
from ..types import NO_FILTERS, Filters, Paper
from .records import Record
from .schema import ANALYZER, NAMES, analyzer, name_analyzer, paper_document, paper_schema, with_compounds
from .sorting import Column, Sorting

_EARLIEST, _LATEST = -(2**31), 2**31
_HEAP = 64_000_000
_LONGEST_QUERY = 256
"""Distinct terms of a query that are searched for, as many as the embedder reads tokens."""


def _within(query: Query, conditions: Sequence[Query]) -> Query:
    """The query among what meets all conditions, which add nothing to its scores."""
    if not conditions:
        return query
    required = [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
    return Query.boolean_query([(Occur.Must, query), *required])


def _all_of(text: str) -> Query:
    """The papers that hold every word of a text; all papers if it has none."""
    distinct = list(dict.fromkeys(terms(text)))[:_LONGEST_QUERY]
    if not distinct:
        return Query.all_query()
    return Query.boolean_query(
        [(Occur.Must, Query.term_query(paper_schema(), "text", term, "freq")) for term in distinct]
    )


def _holding(filters: Filters, text: str, among: Sequence[str] | None) -> Query:
    """The papers, of ``among`` where given, that pass ``filters`` and hold every word of ``text``."""
    return _within(_all_of(text), _conditions(filters, among))


def _records(searcher: Searcher, addresses: Iterable[DocAddress]) -> list[tuple[str, Record]]:
    documents = (searcher.doc(address) for address in addresses)
    return [(str(document["id"][0]), json.loads(document["record"][0])) for document in documents]


def _conditions(filters: Filters, among: Sequence[str] | None) -> list[Query]:
    schema = paper_schema()
    conditions = [] if among is None else [Query.term_set_query(schema, "id", list(among))]
    if filters.since is not None or filters.until is not None:
        first = _EARLIEST if filters.since is None else filters.since
        last = _LATEST if filters.until is None else filters.until
        conditions.append(Query.range_query(schema, "year", FieldType.Integer, first, last))
    for field in ("author", "venue", "source"):
        words = name_analyzer().analyze(getattr(filters, field))
        conditions += [Query.term_query(schema, field, word, "basic") for word in words]
    return conditions


def terms(text: str) -> list[str]:
    """The searchable terms of a text, with repetitions."""
    return analyzer().analyze(with_compounds(text))


class WordStore:
    """One tantivy index in a folder of its own; the caller owns the folder."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        """Open the index, or make it.

        Raises:
            IndexDamagedError: it should be there and is not.
        """
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not (folder / "meta.json").is_file():
            raise IndexDamagedError(f"There is no word index in {folder}.")
        self._index = Index(paper_schema(), path=str(folder))
        self._index.register_tokenizer(ANALYZER, analyzer())
        self._index.register_tokenizer(NAMES, name_analyzer())
        self._writer: IndexWriter | None = None
        self._version = 0
        self._sorting = Sorting(self._index.searcher)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep the writer between the commits within, since it takes longer to make than a small commit."""
        with self._writing():
            yield

    def write(self, papers: Sequence[tuple[Paper, Record]], remove: Iterable[str] = ()) -> None:
        """Write papers with their records, replacing those with the same id, and remove ids; one commit."""
        with self._writing() as writer:
            try:
                for paper_id in (*(paper.id for paper, _ in papers), *remove):
                    writer.delete_documents_by_term("id", paper_id)
                for paper, record in papers:
                    writer.add_document(paper_document(paper, record))
                writer.commit()
            except BaseException:
                with contextlib.suppress(Exception):  # the first error is the one to report
                    writer.rollback()
                raise
        self._index.reload()
        self._version += 1  # after it: who sees the number sees the papers

    @contextmanager
    def _writing(self) -> Iterator[IndexWriter]:
        if self._writer:
            yield self._writer
            return
        self._writer = writer = self._index.writer(_HEAP, 1)
        try:
            yield writer
        finally:
            self._writer = None
            with contextlib.suppress(Exception):
                writer.wait_merging_threads()  # and so give the writer's own lock back

    def search(
        self, text: str, k: int, *, filters: Filters = NO_FILTERS, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ``k`` best papers for the words of ``text`` as ``(id, BM25 score)``, best first.

        Only papers that pass ``filters``, and of ``among`` if given, are looked at; scores stay the same.
        BM25 with k1 1.2 and b 0.75 (Robertson and Zaragoza 2009, doi:10.1561/1500000019).
        """
        distinct = list(dict.fromkeys(terms(text)))[:_LONGEST_QUERY]
        if not distinct or k < 1:
            return []
        schema = paper_schema()
        query = Query.boolean_query(
            [(Occur.Should, Query.term_query(schema, "text", term, "freq")) for term in distinct]
        )
        searcher = self._searcher
        hits = searcher.search(_within(query, _conditions(filters, among)), limit=k, count=False).hits
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]

    def ids(self, filters: Filters, *, among: Sequence[str] | None = None, limit: int) -> list[str]:
        """The ids of at most ``limit`` papers that pass ``filters``, and are of ``among`` where given."""
        searcher = self._searcher
        query = _within(Query.all_query(), _conditions(filters, among))
        hits = searcher.search(query, limit=max(1, limit), count=False).hits
        return [str(searcher.doc(address)["id"][0]) for _, address in hits]

    def sample(self, count: int) -> list[str]:
        """The ids of a few papers, spread over the index."""
        searcher, total = self._searcher, self.count()
        found: list[str] = []
        for offset in sorted({total * i // count for i in range(count)}) if total else []:
            hits = searcher.search(Query.all_query(), limit=1, offset=offset, count=False).hits
            found += [str(searcher.doc(address)["id"][0]) for _, address in hits]
        return found

    def count_of(self, filters: Filters, text: str = "", *, among: Sequence[str] | None = None) -> int:
        """How many papers, of ``among`` where given, pass ``filters`` and hold every word of ``text``."""
        query = _holding(filters, text, among)
        found: Any = self._searcher.search(query, limit=1)  # its stub leaves out ``count``
        return int(found.count)

    def page(
        self,
        filters: Filters,
        text: str,
        *,
        offset: int,
        limit: int,
        newest_first: bool | None = None,
        among: Sequence[str] | None = None,
    ) -> list[tuple[str, Record]]:
        """Some records that pass ``filters`` and hold every word of ``text``, with their ids.

        In the order of years, papers without one last; or of BM25 scores, if ``newest_first`` is ``None``.
        """
        searcher = self._searcher
        by_year = {"order_by_field": "year", "order": Order.Desc if newest_first else Order.Asc}
        order: dict[str, Any] = {} if newest_first is None else by_year
        query = _holding(filters, text, among)
        found = searcher.search(query, limit=max(1, limit), offset=offset, count=False, **order)
        return _records(searcher, (address for _, address in found.hits))

    def sorted_page(
        self,
        filters: Filters,
        text: str,
        by: Column,
        *,
        down: bool,
        offset: int,
        limit: int,
        among: Sequence[str] | None = None,
    ) -> list[tuple[str, Record]]:
        """As :meth:`page`, in the order of a column."""
        version = self._version
        some = bool(filters or terms(text) or among is not None)
        query = _holding(filters, text, among) if some else None
        return _records(*self._sorting.page(version, query, by, down=down, offset=offset, limit=limit))

    def records(
        self, filters: Filters = NO_FILTERS, *, among: Sequence[str] | None = None
    ) -> Iterator[tuple[str, Record]]:
        """The records that pass ``filters``, and are of ``among`` where given, with their ids."""
        searcher = self._searcher
        query = _within(Query.all_query(), _conditions(filters, among))
        most = searcher.num_docs if among is None else len(among)
        for _, address in searcher.search(query, limit=max(1, most), count=False).hits:
            document = searcher.doc(address)
            yield str(document["id"][0]), json.loads(document["record"][0])

    def frequency(self, term: str) -> int:
        """In how many papers a term of :func:`terms` stands."""
        return self._searcher.doc_freq("text", term)

    def owners(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """The ids of the papers that are known by these keys (see ``keys.keys_in``), in their order."""
        titles = {key for key in keys if is_of_title(key)}
        found: dict[str, list[str]] = {}
        for wanted in (titles, set(keys) - titles):
            for id_, known_by in self._known_by(wanted):
                for key in wanted.intersection(known_by):
                    found.setdefault(key, []).append(id_)
        return {key: sorted(ids) for key, ids in found.items()}

    def _known_by(self, keys: set[str]) -> Iterator[tuple[str, list[str]]]:
        """The papers with any of these keys, and all their keys."""
        if not keys:
            return
        searcher = self._searcher
        query = Query.term_set_query(paper_schema(), "key", list(keys))
        # A title may stand over many papers ("Editorial"); so many of them are enough to look at.
        for _, address in searcher.search(query, limit=10 * len(keys) + 100, count=False).hits:
            document = searcher.doc(address)
            yield str(document["id"][0]), document["key"]

    def count(self) -> int:
        """How many papers there are."""
        return self._searcher.num_docs

    @property
    def _searcher(self) -> Searcher:
        return self._index.searcher()
