"""How often the sentence that answers is found, given the paper that holds it.

    python -m benchmarks.evidence --data DIR

On SciFact's claims (train is what the weights were chosen on, dev is held out) the gold is any rationale
sentence of the evidence document; on the sample's questions it is the one verbatim evidence sentence.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from assistant import Assistant, Paper, Sentence, sample_collection
from assistant.corpus import read
from assistant.index.words import terms
from assistant.retrieval.evidence import EvidenceRanker, inverse_frequency

from .data import arguments, require, rows, table

Case = tuple[str, Paper, set[int]]


def scifact(data: Path, split: str, papers: dict[str, Paper]) -> Iterator[Case]:
    """A claim, a paper that speaks to it, and the numbers of the sentences that do."""
    for row in rows(require(data / "scifact" / "original" / f"claims_{split}.jsonl")):
        for paper, sets in row["evidence"].items():
            yield row["claim"], papers[paper], {number for each in sets for number in each["sentences"]}


def scifact_papers(data: Path) -> dict[str, Paper]:
    """SciFact's papers with its own sentences."""
    papers = {}
    for row in rows(require(data / "scifact" / "original" / "corpus.jsonl")):
        at, sentences = 0, []
        for index, text in enumerate(row["abstract"]):
            sentences.append(Sentence(index, at, at + len(text), text))
            at += len(text) + 1
        papers[str(row["doc_id"])] = Paper(
            str(row["doc_id"]), row["title"], " ".join(row["abstract"]), sentences=tuple(sentences)
        )
    return papers


def sample(data: Path) -> Iterator[Case]:
    """A question, its paper, and the number of the sentence that answers it."""
    papers = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]
    for kind in ("single", "short"):
        for row in rows(require(data / "trending" / "questions" / f"{kind}.jsonl")):
            paper = papers[row["gold"][0]]
            at = paper.abstract.find(row["evidence"])
            gold = {s.index for s in paper.sentences if s.start < at + len(row["evidence"]) and at < s.end}
            if at >= 0:
                yield row["question"], paper, gold


def measured(ranker: EvidenceRanker, assistant: Assistant, cases: list[Case]) -> tuple[float, float]:
    """The shares of cases with a gold sentence first, and among the first three."""
    first = three = 0
    for question, paper, gold in cases:
        [judged] = ranker.rank(question, assistant.embedder.embed_query(question), [paper])
        found = [evidence.index for evidence in judged.evidence]
        first += found[0] in gold
        three += bool(gold & set(found))
    return first / len(cases), three / len(cases)


def main() -> None:
    """Run from the command line."""
    data = arguments(__doc__ or "").parse_args().data
    papers = scifact_papers(data)
    frequency: dict[str, int] = {}
    for paper in papers.values():
        for term in set(terms(paper.text)):
            frequency[term] = frequency.get(term, 0) + 1
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "sample") as assistant:
        assistant.add(sample_collection())
        index = assistant.index
        on_scifact = EvidenceRanker(
            assistant.embedder, lambda term: inverse_frequency(frequency.get(term, 0), len(papers))
        )
        on_sample = EvidenceRanker(
            assistant.embedder, lambda term: inverse_frequency(index.frequency(term), len(index))
        )
        body: list[tuple[object, ...]] = []
        for split in ("train", "dev"):
            cases = list(scifact(data, split, papers))
            body.append((f"SciFact {split}", len(cases), *measured(on_scifact, assistant, cases)))
        cases = list(sample(data))
        body.append(("sample questions", len(cases), *measured(on_sample, assistant, cases)))
    table("The sentence that answers, given its paper", ("set", "cases", "first", "in 3"), body)


if __name__ == "__main__":
    main()
