"""How often the sentence that answers is found, given the paper that holds it.

    python -m benchmarks.evidence --data DIR

On SciFact's claims (train is what the weights were fitted on, dev is held out) the gold is any rationale
sentence of the evidence document; on the sample's questions it is the one verbatim evidence sentence. The F1
is that of all sentences that are likely to be one, against all rationale sentences.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant import Assistant, Paper, Sentence, sample_collection
from assistant.corpus import read
from assistant.evaluation.claims import holding
from assistant.index.embedding import spans
from assistant.index.words import terms
from assistant.models.cross_encoder import CrossEncoder
from assistant.models.ports import Embedder, Vectors, gives_parts
from assistant.retrieval.evidence import LIKELY, inverse_frequency, ranked_sentences
from assistant.retrieval.features import Read, features
from assistant.retrieval.question import Question

from .data import arguments, require, rows, table

Case = tuple[str, Paper, set[int]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A case as the ranker sees it: the features of the paper's sentences, and which of them are gold."""

    rows: Vectors
    gold: Vectors
    chances: Vectors


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
            if gold := holding(paper, row["evidence"]):
                yield row["question"], paper, set(gold)


def measured(embedder: Embedder, cases: list[Case], collection: list[Paper]) -> list[Measured]:
    """The cases with the vectors that an import would store, among the words of a collection."""
    reader = CrossEncoder()
    counts = Counter(term for paper in collection for term in set(terms(paper.text)))
    papers = list({paper.id: paper for _, paper, _ in cases}.values())
    assert gives_parts(embedder)
    _, made = embedder.embed_with_parts([paper.text for paper in papers], [spans(paper) for paper in papers])
    vectors = {paper.id: of_paper for paper, of_paper in zip(papers, made, strict=True)}
    found = []
    for text, paper, gold in cases:
        question = Question.of(
            text, embedder.embed_query(text), lambda term: inverse_frequency(counts[term], len(collection))
        )
        about = Read.of(paper)
        likely = np.zeros(len(paper.sentences), dtype=np.float32)
        [reading] = reader.read(text, [paper])
        for evidence in ranked_sentences(question, about, vectors[paper.id], reading, len(likely)):
            likely[evidence.index] = evidence.score
        is_gold = np.array([index in gold for index in range(len(likely))], dtype=np.float32)
        found.append(Measured(features(question, about, vectors[paper.id]), is_gold, likely))
    return found


def scifact_cases(embedder: Embedder, data: Path, split: str) -> list[Measured]:
    """The cases of a split of SciFact."""
    papers = scifact_papers(data)
    return measured(embedder, list(scifact(data, split, papers)), list(papers.values()))


def shares(cases: list[Measured]) -> tuple[float, float, float]:
    """The shares of cases with a gold sentence first and among the first three, and the F1."""
    order = [np.argsort(-case.chances, kind="stable") for case in cases]
    first = sum(case.gold[best[0]] for case, best in zip(cases, order, strict=True))
    three = sum(case.gold[best[:3]].any() for case, best in zip(cases, order, strict=True))
    gold = np.concatenate([case.gold for case in cases]) > 0
    chosen = np.concatenate([case.chances for case in cases]) >= LIKELY
    f1 = 2 * float((gold & chosen).sum()) / float(gold.sum() + chosen.sum())
    return float(first) / len(cases), float(three) / len(cases), f1


def main() -> None:
    """Run from the command line."""
    data = arguments(__doc__ or "").parse_args().data
    body: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "none") as assistant:
        for split in ("train", "dev"):
            cases = scifact_cases(assistant.embedder, data, split)
            body.append((f"SciFact {split}", len(cases), *shares(cases)))
        collection = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]
        cases = measured(assistant.embedder, list(sample(data)), collection)
        body.append(("sample questions", len(cases), *shares(cases)))
    table("The sentence that answers, given its paper", ("set", "cases", "first", "in 3", "F1"), body)


if __name__ == "__main__":
    main()
