"""What answers cite and quote without a model, and what a question costs with one.

    python -m benchmarks.answers --data DIR [--index FOLDER]

Without a model: citation recall and precision against the gold papers, and on single and short questions how
often the gold evidence sentence is quoted; the length of the answers, and quotes that say again what another
one said. The conversations are asked turn by turn.

With a model: the tokens of the prompt, system message included, and the time until the first token from a
server on loopback that answers at once, beside that of a search alone. ``--index`` takes another index for
the times (docs/scaling.md tells how to make one of 100,000 papers).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant, Settings, Token, sample_collection
from assistant.corpus import read
from assistant.evaluation.cited import precision, recall, repeated
from assistant.types import Paper
from tests.openai_server import MODEL, OpenAIServer

from .data import arguments, require, rows, table

_KINDS = ("single", "short", "multi", "none")
Row = dict[str, Any]


class Sample:
    """The questions of the sample collection with the ids of their papers."""

    def __init__(self, data: Path) -> None:
        """Read them."""
        self._folder = data / "trending" / "questions"
        self._papers = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]

    def rows(self, kind: str) -> list[Row]:
        """The rows of a kind."""
        return list(rows(require(self._folder / f"{kind}.jsonl")))

    def gold(self, row: Row) -> set[str]:
        """The papers that an answer should cite."""
        return {self._papers[number].id for number in row["gold"]}

    def right(self, row: Row) -> set[str]:
        """Those, and the ones that are as good."""
        return self.gold(row) | {self._papers[number].id for number in row.get("also", ())}


def quotes(answer: Answer) -> list[str]:
    """The sentences that are quoted."""
    return [claim.text for claim in answer.claims]


def shape(answers: list[Answer]) -> tuple[float, float, float, int]:
    """Papers, quotes and words of a mean answer, and quotes in all that say something again."""
    given = [answer for answer in answers if answer.status == "answered"]
    return (
        statistics.mean(len(answer.citations) for answer in given),
        statistics.mean(len(quotes(answer)) for answer in given),
        statistics.mean(len(answer.body.split()) for answer in given),
        sum(repeated(quotes(answer)) for answer in given),
    )


def without_model(assistant: Assistant, sample: Sample) -> None:
    """The tables of answers that quote."""
    lengths: list[tuple[object, ...]] = []
    cited: list[tuple[object, ...]] = []
    for kind in ("multi", "single", "short"):
        asked = [(assistant.ask(row["question"]), row) for row in sample.rows(kind)]
        ids = [({citation.id for citation in answer.citations}, row) for answer, row in asked]
        evidence = [
            any(row["evidence"].split() == quote.split() for quote in quotes(answer))
            for answer, row in asked
            if "evidence" in row
        ]
        cited.append(
            (
                kind,
                len(asked),
                statistics.mean(recall(found, sample.gold(row)) for found, row in ids),
                statistics.mean(precision(found, sample.right(row)) for found, row in ids),
                statistics.mean(float(bool(found & sample.right(row))) for found, row in ids),
                statistics.mean(map(float, evidence)) if evidence else "–",
            )
        )
        lengths.append((kind, len(asked), *shape([answer for answer, _ in asked])))
    turns = list(_conversations(assistant, sample))
    lengths.append(("dialog", len(turns), *shape(turns)))
    table(
        "Citations, no model",
        ("questions", "asked", "recall", "precision", "a right paper", "the gold sentence"),
        cited,
    )
    table("Length, no model", ("questions", "asked", "papers", "quotes", "words", "repeated quotes"), lengths)


def _conversations(assistant: Assistant, sample: Sample) -> Iterator[Answer]:
    for row in sample.rows("dialog"):
        chat = assistant.chat()
        yield from (chat.ask(turn["question"]) for turn in row["turns"])


def with_model(index: Path, sample: Sample) -> None:
    """The tables of prompts and times."""
    tokens: dict[str, list[int]] = {}
    first: list[float] = []
    search: list[float] = []
    with OpenAIServer() as server:
        settings = Settings.load(index=index, base_url=server.url, api_key="none", model=MODEL, cache_mb=0)
        with Assistant.open(settings=settings) as assistant:
            assistant.ask("What is it?")  # opens and loads everything
            for kind in _KINDS:
                for row in sample.rows(kind):
                    started = time.perf_counter()
                    assistant.search(row["question"])
                    searched = time.perf_counter()
                    with closing(assistant.stream(row["question"])) as events:
                        for event in events:
                            if isinstance(event, Token):
                                first.append(time.perf_counter() - searched)
                                search.append(searched - started)
                                break
                    sent = server.chats[-1:] if server.chats else []
                    tokens.setdefault(kind, []).extend(_tokens(request.body) for request in sent)
                    server.requests.clear()
    body: list[tuple[object, ...]] = [
        (kind, len(found), round(statistics.mean(found)), max(found)) for kind, found in tokens.items()
    ]
    every = [number for found in tokens.values() for number in found]
    body.append(("all that a model is asked", len(every), round(statistics.mean(every)), max(every)))
    table("Prompt tokens", ("questions", "asked", "mean", "most"), body)
    table(
        "Until a model's first token, ms",
        ("", "p50", "p95"),
        [
            ("a search alone", *_quantiles(search)),
            ("a question, search and a model on loopback included", *_quantiles(first)),
        ],
    )


def _tokens(body: dict[str, Any]) -> int:
    from assistant.models.ports import Message
    from assistant.models.tokens import count_messages

    return count_messages([Message(each["role"], each["content"]) for each in body["messages"]], MODEL)


def _quantiles(seconds: list[float]) -> tuple[float, float]:
    return 1000 * statistics.median(seconds), 1000 * statistics.quantiles(seconds, n=20)[-1]


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--index", type=Path, help="an index to take the times on")
    options = parser.parse_args()
    sample = Sample(options.data)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "sample"
        with Assistant.open(settings=Settings.load(index=index, mode="extractive")) as assistant:
            assistant.add(sample_collection())
            without_model(assistant, sample)
        with_model(options.index or index, sample)


if __name__ == "__main__":
    main()
