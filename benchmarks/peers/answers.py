"""What an answer costs with each system, and which wrong citations reach the reader without a word.

    python -m benchmarks.peers.answers --data DIR [--questions 30]

All talk to one scripted OpenAI-compatible server on loopback that answers at once, over the same 203
abstracts with the same vectors. The first table counts what each asks of it: time is until the first token of
the answer reaches the caller, contestants in turns, question by question; tokens are counted in all prompts
of a question by one tokeniser. For the second the model says a sentence of the first source, word for word,
and cites that source, another paper among its sources, or one that does not exist. A claim is unmarked when
it stands in the text for the reader, and neither the text nor what is shown beside it casts a doubt on it.
"""

from __future__ import annotations

import re
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant import Paper, sample_collection
from assistant.models.ports import Message
from assistant.models.tokens import count_messages
from tests.openai_server import MODEL, OpenAIServer, Request

from ..data import arguments, require, rows
from ..results import FOLDER, Cell, Result, command, keep
from .corpus import Given, given, papers_of
from .process import Peer, there, versions
from .quality import OURS, Contestant
from .scripted import MANNERS, Scripted, content_of

CONTESTANTS = (
    Contestant("paper-qa", "paper-qa", {}),
    Contestant("llama-index `CitationQueryEngine`, its two sources", "llama-index", {"sources": 2}),
    Contestant("llama-index `CitationQueryEngine`, ten sources", "llama-index", {"sources": 10}),
    Contestant(OURS, "ours", {}),
)
_CITED = re.compile(r"\[47\]|P47|pqac-00000000")


@dataclass(slots=True)
class Cost:
    """What the questions took of one contestant."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What became of claims that were cited in one manner; shares of ``asked``."""

    asked: int = 0
    stated: int = 0
    unmarked: int = 0
    cited: int = 0


class Stage:
    """The running contestants and the model that they talk to."""

    def __init__(self, what: Given, root: Path, contestants: Sequence[Contestant], stack: ExitStack) -> None:
        """Start each, and give it the papers."""
        self._what = what
        drivers = there(list(dict.fromkeys(each.driver for each in contestants)))
        self.contestants = [each for each in contestants if each.driver in drivers]
        self._peers = {driver: stack.enter_context(Peer(driver)) for driver in drivers}
        for driver, peer in self._peers.items():
            peer.call("index", **what.collection(root / driver))
        self.model = Scripted()
        self._server = stack.enter_context(OpenAIServer(reply=self.model))
        self.versions = versions([peer.hello for peer in self._peers.values()])
        for each in self.contestants:
            self.ask(each, 0)  # opens connections and loads what it will

    def ask(self, contestant: Contestant, row: int) -> tuple[dict[str, Any], list[Request]]:
        """The answer to a question, and what the model was asked for it."""
        self._server.requests.clear()
        self.model.claims.clear()
        self.model.able = True
        url, options = self._server.url, contestant.options
        peer = self._peers[contestant.driver]
        reply = peer.call("ask", **self._what.asked([row]), url=url, options=options)
        return reply["answers"][0], self._server.chats


def costs(stage: Stage, questions: int) -> dict[str, Cost]:
    """What each contestant takes for each question."""
    found = {each.name: Cost() for each in stage.contestants}
    for row in range(questions):
        for each in stage.contestants:
            answer, requests = stage.ask(each, row)
            cost = found[each.name]
            cost.first.append(answer["first"])
            cost.whole.append(answer["seconds"])
            cost.calls.append(len(requests))
            cost.tokens.append(sum(tokens(request.body) for request in requests))
    return found


def tokens(body: Mapping[str, Any]) -> int:
    """The tokens of a prompt."""
    return count_messages([Message(each["role"], content_of(each)) for each in body["messages"]], MODEL)


def outcomes(stage: Stage, questions: int) -> dict[str, list[Outcome]]:
    """What becomes of the claims of each contestant, by the manner of citing."""
    found = {each.name: [Outcome() for _ in MANNERS] for each in stage.contestants}
    for row in range(questions):
        for each in stage.contestants:
            for manner, outcome in zip(MANNERS, found[each.name], strict=True):
                stage.model.manner = manner
                answer, _ = stage.ask(each, row)
                if not stage.model.able:
                    continue
                outcome.asked += 1
                claim = stage.model.claims[-1] if stage.model.claims else None
                stated = claim is not None and plain(claim) in plain(answer["text"])
                outcome.stated += stated
                outcome.unmarked += stated and not answer["marked"]
                outcome.cited += bool(_CITED.search(answer["text"]))
    return found


def plain(text: str) -> str:
    """Letters and digits alone: systems set white space and escapes each in their own way."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def cost_rows(found: Mapping[str, Cost]) -> Iterator[tuple[Cell, ...]]:
    """A row a contestant, with ratios to ours."""
    ours = found[OURS]
    for name, cost in found.items():
        first = statistics.median(cost.first)
        yield (
            name,
            first * 1000,
            first / statistics.median(ours.first),
            statistics.median(cost.whole) * 1000,
            statistics.mean(cost.calls),
            statistics.mean(cost.tokens),
            statistics.mean(cost.tokens) / statistics.mean(ours.tokens),
        )


def outcome_rows(found: Mapping[str, Sequence[Outcome]]) -> Iterator[tuple[Cell, ...]]:
    """A row a contestant."""
    for name, (right, other, absent) in found.items():
        yield (
            name,
            f"{right.asked} / {other.asked} / {absent.asked}",
            right.stated / right.asked,
            (right.stated - right.unmarked) / right.asked,
            other.unmarked / other.asked if other.asked else None,
            absent.unmarked / absent.asked,
            absent.cited / absent.asked,
        )


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--questions", type=int, default=30, help="so many of the single questions")
    parser.add_argument("--vectors", type=Path, help="keep vectors here between runs")
    parser.add_argument("--results", type=Path, default=FOLDER, help="where the tables are kept")
    options = parser.parse_args()
    single = require(options.data / "trending" / "questions" / "single.jsonl")
    questions = [row["question"] for row in rows(single)][: options.questions]
    run(papers_of(sample_collection()), questions, options.vectors, options.results)


def run(
    papers: Sequence[Paper],
    questions: Sequence[str],
    vectors: Path | None,
    results: Path,
    contestants: Sequence[Contestant] = CONTESTANTS,
) -> None:
    """Measure both, and keep the tables."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        what = given(papers, questions, Path(folder) / "given", vectors or Path(folder) / "vectors")
        stage = Stage(what, Path(folder) / "runs", contestants, stack)
        spent = costs(stage, len(questions))
        became = outcomes(stage, len(questions))
        used = stage.versions
    header = (
        *(
            "",
            "first token, ms",
            "to ours",
            "whole answer, ms",
            "calls a question",
            "prompt tokens a question",
        ),
        "to ours",
    )
    title = f"Answers to {len(questions)} questions over {len(papers)} papers, a model that answers at once"
    keep("peers-answers-1", Result(title, header, tuple(cost_rows(spent)), command(), versions=used), results)
    header = (
        *(
            "",
            "asked: rightly / another / out of range",
            "claim stated when rightly cited",
            "doubted though right",
        ),
        *("another paper cited: unmarked", "out of range: unmarked", "out of range: citation printed"),
    )
    title = "Claims that reach the reader, by how the model cites; shares of the questions"
    keep(
        "peers-answers-2",
        Result(title, header, tuple(outcome_rows(became)), command(), versions=used),
        results,
    )


if __name__ == "__main__":
    main()
