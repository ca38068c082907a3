"""How often the right paper is found: the sample's questions, and SciFact in the BEIR layout.

    python -m benchmarks.retrieval --data DIR

Prints, for the whole search and each leg alone, the share of questions with a right paper first and among
the first eight on the sample collection, and nDCG@10 on SciFact's test queries.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from assistant import Assistant, sample_collection
from assistant.evaluation.beir import beir_scripts
from assistant.evaluation.measures import ndcg, place_of
from assistant.models import embedder
from assistant.retrieval.search import DEPTH

from .data import arguments, require, sample_scripts, table

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


def sample_questions(data: Path, kind: str, folder: Path) -> list[tuple[object, ...]]:
    """First place and first eight on the sample collection."""
    body: list[tuple[object, ...]] = []
    with Assistant.open(folder / "sample") as assistant:
        assistant.add(sample_collection())
        cases = [case for (case,) in sample_scripts(assistant, data, kind)]
        for name, rank in rankers(assistant).items():
            places = [place_of(rank(case.question), case.right) for case in cases]
            first, eight = (sum(0 < place <= k for place in places) for k in (1, 8))
            body.append((name, first / len(cases), eight / len(cases)))
    return body


def beir(folder: Path, split: str, store: Path) -> list[tuple[object, ...]]:
    """nDCG@10 on a collection in the BEIR layout."""
    cases = [case for (case,) in beir_scripts(require(folder), split)]
    with Assistant.open(store) as assistant:
        assistant.add(require(folder / "corpus.jsonl"))
        return [
            (name, sum(ndcg(rank(case.question), case.gains) for case in cases) / len(cases))
            for name, rank in rankers(assistant).items()
        ]


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--split", default="test", help="SciFact's split")
    parser.add_argument("--store", type=Path, help="keep SciFact's index here between runs")
    parser.add_argument("--only", choices=("sample", "scifact"))
    parser.add_argument("--tokens", type=int, default=embedder.MAX_TOKENS, help="the most of a text's vector")
    options = parser.parse_args()
    embedder.MAX_TOKENS = options.tokens
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
