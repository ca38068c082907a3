"""Claims of known support for measuring and fitting the audit: SciFact's, and the sample's answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant import Paper
from assistant.index.words import terms
from assistant.models.ports import Embedder, Spans, Vectors, gives_parts
from assistant.retrieval.evidence import EvidenceRanker, inverse_frequency
from assistant.retrieval.measure import Measure

from .data import require, rows
from .evidence import scifact_papers

NEAR = 7
"""Papers beside the cited one, as an answer has sources."""


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with its sources; the paper that speaks to it comes first, with the sentences that do."""

    claim: str
    papers: tuple[Paper, ...]
    gold: tuple[int, ...]
    label: Literal["SUPPORT", "CONTRADICT"] = "SUPPORT"


class SciFact:
    """SciFact's abstracts by the words they hold: what stands beside a cited paper shares its words."""

    def __init__(self, data: Path) -> None:
        """Read the corpus."""
        self.data = data
        self.papers = scifact_papers(data)
        self._terms = {name: frozenset(terms(paper.text)) for name, paper in self.papers.items()}
        self._frequency: dict[str, int] = {}
        for found in self._terms.values():
            for term in found:
                self._frequency[term] = self._frequency.get(term, 0) + 1

    def weight(self, term: str) -> float:
        """The inverse document frequency of a term."""
        return inverse_frequency(self._frequency.get(term, 0), len(self.papers))

    def measure(self, embedder: Embedder) -> Measure:
        """How its texts are compared, the sentences by vectors made as an import makes them."""
        made: dict[str, Vectors] = {}

        def stored(papers: Sequence[Paper]) -> dict[str, Vectors]:
            new = [paper for paper in papers if paper.id not in made]
            if new and gives_parts(embedder):
                _, parts = embedder.embed_with_parts([paper.text for paper in new], [_spans(p) for p in new])
                made.update(zip((paper.id for paper in new), parts, strict=True))
            return {paper.id: made[paper.id] for paper in papers if paper.id in made}

        return Measure(EvidenceRanker(embedder, stored), embedder, self.weight)

    def cases(self, split: str) -> Iterator[Case]:
        """The claims of a split with the first set of sentences that speaks to each, a case a paper."""
        for row in rows(require(self.data / "scifact" / "original" / f"claims_{split}.jsonl")):
            cited = {str(name) for name in row["cited_doc_ids"]}
            if not row["evidence"]:
                continue
            near = [self.papers[name] for name in self._nearest(row["claim"]) if name not in cited]
            for name, sets in row["evidence"].items():
                for each in sets[:1]:
                    papers = (self.papers[name], *near[:NEAR])
                    yield Case(row["claim"], papers, tuple(each["sentences"]), each["label"])

    def _nearest(self, claim: str) -> list[str]:
        wanted = {term: self.weight(term) for term in terms(claim)}
        scores = {
            name: sum(weight for term, weight in wanted.items() if term in found)
            for name, found in self._terms.items()
        }
        return sorted(scores, key=lambda name: (-scores[name], name))[: 3 * NEAR]


def _spans(paper: Paper) -> Spans:
    before = len(paper.text) - len(paper.abstract)
    return [(before + sentence.start, before + sentence.end) for sentence in paper.sentences]
