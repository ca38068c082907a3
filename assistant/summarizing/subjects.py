"""What is to be summarised: finds the papers of a topic, of any words, of a list, or of filters."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from ..answering.refusal import filtered_out, unanswerable
from ..errors import UsageError
from ..index.store import PaperIndex
from ..numbers import counted
from ..retrieval.search import Searcher, checked
from ..summaries import Depth, SummaryEvent
from ..types import NO_FILTERS, Filters, Paper, Refusal
from .reach import Reach
from .recalling import Recalling
from .summarizer import READ, KnownCards, Subject, Summarizer, Tools

_LEAST_CHANCE = 0.1
"""That the collection has anything on the words: a page of papers on something else costs a reader more than
one refused answer, so it lies above what questions are refused at."""
_NEAREST = 3
FEWEST_COMPARED, MOST_COMPARED = 2, 6


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Finds the papers of a subject and has them summarised."""

    index: PaperIndex
    searcher: Searcher
    reach: Reach
    topic: Callable[[str], tuple[str, tuple[str, ...]] | None]
    """The name and the papers of the topic that is called so."""
    model: Recalling | None
    budget: int
    unrelated_below: float | None
    known_cards: KnownCards

    def stream(
        self, subject: str | Sequence[Paper] | None, depth: Depth, filters: Filters
    ) -> Generator[SummaryEvent]:
        """The events of a summary; see ``Assistant.stream_summary``."""
        if depth not in READ:
            raise UsageError(f"There is no depth {str(depth)[:40]!r}.", f"Take one of {', '.join(READ)}.")
        found = self._found(subject, filters)
        yield from Summarizer(self._tools()).stream(found, depth)

    def comparison(self, papers: Sequence[Paper]) -> Generator[SummaryEvent]:
        """The events of a comparison; see ``Assistant.stream_comparison``."""
        chosen = self._listed(papers, NO_FILTERS)
        if not FEWEST_COMPARED <= len(chosen) <= MOST_COMPARED:
            raise UsageError(
                f"{counted(len(chosen), 'paper')} cannot be compared.",
                f"Name {FEWEST_COMPARED} to {MOST_COMPARED} different ones.",
            )
        name = " and ".join([", ".join(map(str, chosen[:-1])), str(chosen[-1])])
        yield from Summarizer(self._tools()).stream(Subject(name, tuple(chosen)), "full", compared=True)

    def _tools(self) -> Tools:
        return Tools(self.searcher.measure, self.index.vectors, self.model, self.budget, self.known_cards)

    def _found(self, subject: str | Sequence[Paper] | None, filters: Filters) -> Subject:
        if subject is None or (isinstance(subject, str) and not subject.strip()):
            if not filters:
                raise UsageError("There is no subject.", "Name a topic, some words, papers or filters.")
            if not (len(filters.topics) == 1 and self.topic(filters.topics[0])):
                return self._passing(str(filters), filters)
            subject = filters.topics[0]
        if not isinstance(subject, str):
            papers = self._listed(subject, filters)
            name = str(papers[0]) if len(papers) == 1 else f"{len(papers)} papers"
            return Subject(name, tuple(papers), None if papers else filtered_out(filters), "first")
        words = checked(subject)
        if topic := self.topic(words):
            name, ids = topic
            papers = self._kept(ids, filters)
            return Subject(name, tuple(papers), None if papers else filtered_out(filters))
        return self._searched(words, filters)

    def _searched(self, words: str, filters: Filters) -> Subject:
        """All papers that are on some words; a refusal where none is."""
        reached = self.reach.of(words, filters)
        found = reached.found
        if filters and not found.hits:
            return Subject(words, refusal=filtered_out(filters))
        papers = len(self.index)
        refusal = unanswerable(found.hits, found.signals, self.unrelated_below, papers)
        if refusal or found.signals.chance(self.unrelated_below) < _LEAST_CHANCE:
            nearest = tuple(hit.paper for hit in found.hits[:_NEAREST])
            these = "this one paper" if papers == 1 else f"these {papers:,} papers"
            told = f"Too little in {these} is on “{words}” for a summary."
            refusal = Refusal("not_in_collection", told, nearest)
        if refusal:
            return Subject(words, refusal=refusal)
        notice = f"More than the {len(reached.papers):,} papers that were counted may be on it."
        return Subject(words, reached.papers, None, "nearest", (notice,) if reached.more else ())

    def _passing(self, name: str, filters: Filters) -> Subject:
        """All papers that pass filters, the newest first."""
        papers = sorted(
            self.index.all(filters), key=lambda paper: (-(paper.year or 0), paper.title, paper.id)
        )
        return Subject(name, tuple(papers), None if papers else filtered_out(filters), "newest")

    def _listed(self, papers: Sequence[Paper], filters: Filters) -> list[Paper]:
        """The papers that are named, each once, in their order; raises ``UsageError`` for one not there."""
        ids = list(dict.fromkeys(paper.id for paper in papers))
        known = {paper.id for paper in self.index.papers(ids)}
        if missing := [paper_id for paper_id in ids if paper_id not in known]:
            shown = ", ".join(f"“{' '.join(paper_id.split())[:60]}”" for paper_id in missing[:5])
            raise UsageError(f"There is no paper {shown}.", "`paper-assistant list` tells the ids.")
        return self._kept(ids, filters)

    def _kept(self, ids: Sequence[str], filters: Filters) -> list[Paper]:
        """Those of these papers that pass filters, in their order."""
        return self.index.papers(self.index.passing(ids, filters) if filters else ids)
