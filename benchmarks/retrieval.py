"""How often the right paper is found: the sample's questions, and SciFact in the BEIR layout.

    python -m benchmarks.retrieval --data DIR

Prints, for the whole search and each leg alone, the share of questions with a right paper first and among
the first eight on the sample collection, and nDCG@10 on SciFact's test queries.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from assistant import Assistant, sample_collection
from assistant.corpus import read
from assistant.retrieval.search import DEPTH
from assistant.types import Paper

from .data import arguments, require, rows, table

Rank = Callable[[str], list[str]]


def rankers(assistant: Assistant) -> dict[str, Rank]:
    """The whole search and each leg alone, as functions of a question."""
    index, embed = assistant.index, assistant.embedder.embed_query

    def vectors(question: str) -> list[tuple[str, float]]:
        return index.nearest(embed(question), DEPTH)

    def words(question: str) -> list[tuple[str, float]]:
        return index.matching(question, DEPTH)

    return {
        "words": lambda question: [paper for paper, _ in words(question)],
        "vectors": lambda question: [paper for paper, _ in vectors(question)],
        "paper-assistant": lambda question: [hit.id for hit in assistant.search(question, 10)],
    }


def ndcg(ranked: Iterable[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """nDCG@k with gains as given (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418)."""
    gain = sum(relevant.get(paper, 0) / math.log2(place + 2) for place, paper in enumerate(list(ranked)[:k]))
    best = sorted(relevant.values(), reverse=True)[:k]
    ideal = sum(value / math.log2(place + 2) for place, value in enumerate(best))
    return gain / ideal if ideal else 0.0


def sample_questions(data: Path, kind: str, folder: Path) -> list[tuple[object, ...]]:
    """First place and first eight on the sample collection."""
    papers = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]
    questions = list(rows(require(data / "trending" / "questions" / f"{kind}.jsonl")))
    body: list[tuple[object, ...]] = []
    with Assistant.open(folder / "sample") as assistant:
        assistant.add(sample_collection())
        for name, rank in rankers(assistant).items():
            first = eight = 0
            for row in questions:
                right = {papers[number].id for number in (*row["gold"], *row.get("also", ()))}
                ranked = rank(row["question"])
                first += ranked[0] in right
                eight += bool(right & set(ranked[:8]))
            body.append((name, first / len(questions), eight / len(questions)))
    return body


def beir(folder: Path, split: str, store: Path) -> list[tuple[object, ...]]:
    """nDCG@10 on a collection in the BEIR layout."""
    relevant: dict[str, dict[str, int]] = {}
    for line in require(folder / "qrels" / f"{split}.tsv").read_text("utf-8").splitlines()[1:]:
        query, paper, gain = line.split("\t")
        relevant.setdefault(query, {})[paper] = int(gain)
    queries = {row["_id"]: row["text"] for row in rows(require(folder / "queries.jsonl"))}
    with Assistant.open(store) as assistant:
        assistant.add(require(folder / "corpus.jsonl"))
        return [
            (name, sum(ndcg(rank(queries[query]), relevant[query]) for query in relevant) / len(relevant))
            for name, rank in rankers(assistant).items()
        ]


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--split", default="test", help="SciFact's split")
    parser.add_argument("--store", type=Path, help="keep SciFact's index here between runs")
    parser.add_argument("--only", choices=("sample", "scifact"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.only != "scifact":
            for kind in ("single", "short"):
                body = sample_questions(options.data, kind, Path(folder))
                table(f"Sample collection, {kind} questions", ("ranking", "first", "in 8"), body)
        if options.only != "sample":
            store = options.store or Path(folder) / "scifact"
            body = beir(options.data / "scifact", options.split, store)
            table(f"SciFact, {options.split}", ("ranking", "nDCG@10"), body)


if __name__ == "__main__":
    main()
