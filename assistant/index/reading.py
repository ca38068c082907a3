"""What an open index answers; it neither opens nor writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from ..errors import IndexDamagedError, IndexNotFoundError, UsageError
from ..models.ports import Vectors
from ..types import NO_FILTERS, Filters, Paper
from .browsing import Listing, Order, listing
from .disk import storing
from .filtering import Members, matching_passing, nearest_passing
from .health import broken_links, problem_of_records
from .layout import Layout, Manifest, mismatched
from .records import from_record
from .sentence_vectors import SentenceVectors
from .vectors import VectorStore
from .words import WordStore


class Reading:
    """The questions that can be asked of an index; ``PaperIndex`` opens it."""

    manifest: Manifest
    read_only: str | None = None
    """Why nothing can be written, as half a sentence, where that is so."""
    topic_papers: Callable[[str], frozenset[str]] | None = None
    """The papers of the topic of this id or name; the index itself knows no topics."""
    _layout: Layout
    _vectors: VectorStore | None
    _words: WordStore
    _sentences: SentenceVectors

    @property
    def _stores(self) -> VectorStore:
        if self._vectors is None:
            raise IndexNotFoundError(f"The index {self._layout} is closed.", "Open it again.")
        return self._vectors

    @property
    def notice(self) -> str | None:
        """What a reader should know of the index."""
        return (
            self.read_only
            and f"The index {self._layout} is read-only: {self.read_only}; nothing can be added."
        )

    def examine(self) -> None:
        """Read every record and link of an index in a folder, which takes a while for a large one.

        Raises:
            IndexDamagedError: one is not as it was stored.
        """
        with self._storing():
            chroma = self._layout.data(self.manifest.generation).chroma
            problem = broken_links(chroma) or problem_of_records(self.manifest, self._stores, self._words)
            if problem:
                raise IndexDamagedError(problem)

    def __len__(self) -> int:
        """How many papers the index holds."""
        return self.manifest.papers

    def nearest(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[tuple[str, float]]:
        """The ``k`` papers that pass ``filters`` nearest to a query vector, as ``(id, cosine)``."""
        vector = self._comparable(vector)
        members = self.members(filters)
        with self._storing():
            if filters:
                return nearest_passing(self._stores, self._words, vector, k, filters, members)
            return self._stores.nearest(vector, k)

    def matching(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[tuple[str, float]]:
        """The ``k`` papers that pass ``filters`` and match the words of ``text`` best, by BM25 score."""
        members = self.members(filters)
        with self._storing():
            if members is not None:
                return matching_passing(self._words, text, k, filters, members)
            return self._words.search(text, k, filters=filters)

    def members(self, filters: Filters) -> Members:
        """The papers of the topics that ``filters`` name; ``None`` where they name none.

        Raises:
            UsageError: there is no such topic.
        """
        topics = filters.topics
        if not topics:
            return None
        if self.topic_papers is None:
            raise UsageError(f"The topic “{topics[0]}” cannot be looked up here.")
        return frozenset.intersection(*map(self.topic_papers, topics))

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors of those of these papers that the index holds, by id."""
        with self._storing():
            return self._stores.vectors(ids)

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of these papers to a query vector."""
        with self._storing():
            return self._stores.similarities(vector, ids)

    def scores(self, text: str, ids: Sequence[str]) -> dict[str, float]:
        """The BM25 scores of those of these papers that share a word with ``text``."""
        with self._storing():
            return dict(self._words.search(text, len(ids), among=ids)) if ids else {}

    def owners(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """The ids of the papers that are known by these keys: ids of DOIs, arXiv ids and titles."""
        with self._storing():
            return self._words.owners(keys)

    def frequency(self, term: str) -> int:
        """In how many papers a term (see :func:`assistant.index.words.terms`) stands."""
        return self._words.frequency(term)

    def papers(self, ids: Iterable[str]) -> list[Paper]:
        """The papers of ``ids``, in their order; an id that is not there is passed over."""
        wanted = list(ids)
        with self._storing():
            # The words' store gives them in a fifth of the time; Chroma has what it may lack.
            records: dict[str, Mapping[str, Any]] = dict(self._words.records(among=wanted))
            if missing := [paper_id for paper_id in wanted if paper_id not in records]:
                records |= self._stores.get(missing)
        return [from_record(paper_id, records[paper_id]) for paper_id in wanted if paper_id in records]

    def current(self) -> Manifest:
        """What the index holds now."""
        return self.manifest

    def sample(self, count: int) -> list[Paper]:
        """At most ``count`` papers, spread over the index; always the same ones of the same index."""
        with self._storing():
            return self.papers(self._words.sample(count))

    def ids(self) -> list[str]:
        """The ids of all papers, in a fixed order."""
        with self._storing():
            return sorted(self._words.ids(NO_FILTERS, limit=self._words.count()))

    def sentence_vectors(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        """The stored vectors of these papers' sentences, by id, as far as the embedder gave any."""
        return self._sentences.get(papers)

    def passing(self, ids: Sequence[str], filters: Filters) -> list[str]:
        """Those of these papers that pass ``filters``, in their order."""
        members = self.members(filters)
        wanted = [paper_id for paper_id in ids if members is None or paper_id in members]
        with self._storing():
            there = set(self._words.ids(filters, among=wanted, limit=len(wanted)))
        return [paper_id for paper_id in wanted if paper_id in there]

    def all(self, filters: Filters = NO_FILTERS) -> Iterator[Paper]:
        """The papers that pass ``filters``, in no particular order."""
        members = self.members(filters)
        with self._storing():
            among = None if members is None else list(members)
            for paper_id, record in self._words.records(filters, among=among):
                yield from_record(paper_id, record)

    def page(self, text: str, filters: Filters, order: Order, offset: int, limit: int) -> Listing:
        """Some papers, in an order; see :func:`assistant.index.browsing.listing`."""
        members = self.members(filters)
        with self._storing():
            among = None if members is None else list(members)
            return listing(self._words, text, filters, order=order, offset=offset, limit=limit, among=among)

    def _storing(self) -> AbstractContextManager[None]:
        return storing(self._layout)

    def _comparable(self, vectors: Vectors) -> Vectors:
        """The vectors, if they are as long as those in the index."""
        if vectors.shape[-1] != self.manifest.dimension:
            raise mismatched(self._layout, self.manifest, f"which now gives vectors of {vectors.shape[-1]}")
        return vectors
