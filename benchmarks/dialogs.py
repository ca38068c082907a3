"""How often the right paper is found at the later turns of a conversation, with no language model.

    python -m benchmarks.dialogs --data DIR

Prints the share of later turns with a right paper first and among the first eight: each question asked alone,
and asked in the conversation. Then the price of misunderstanding: single questions asked in the middle of a
conversation about something else, which should be found as if they had been asked alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant, Settings, sample_collection
from assistant.conversation.leaning import leans
from assistant.corpus import read
from assistant.types import Paper

from .data import arguments, require, rows, table

Row = dict[str, Any]


def places(answer: Answer, right: set[str]) -> int:
    """The place of the first right paper among the sources; 0 for none, as of a refusal."""
    return next((hit.rank for hit in answer.sources if hit.id in right), 0)


def summary(found: list[int]) -> tuple[float, float]:
    """The shares of places that are the first, and among the first eight."""
    return sum(place == 1 for place in found) / len(found), sum(0 < place <= 8 for place in found) / len(
        found
    )


def later_turns(dialogs: list[Row]) -> Iterator[tuple[Row, int]]:
    """Every turn but the first, with the dialog that it is of."""
    for dialog in dialogs:
        for place in range(1, len(dialog["turns"])):
            yield dialog, place


def main() -> None:
    """Run from the command line."""
    folder = arguments(__doc__ or "").parse_args().data / "trending" / "questions"
    dialogs = list(rows(require(folder / "dialog.jsonl")))
    single = list(rows(require(folder / "single.jsonl")))
    papers = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]

    def right(row: Row) -> set[str]:
        return {papers[number].id for number in (*row["gold"], *row.get("also", ()))}

    with tempfile.TemporaryDirectory() as store:
        settings = Settings.load(index=Path(store) / "sample", mode="extractive")
        with Assistant.open(settings=settings) as assistant:
            assistant.add(sample_collection())
            alone: list[int] = []
            talked: list[int] = []
            for dialog in dialogs:
                chat = assistant.chat()
                for place, turn in enumerate(dialog["turns"]):
                    answer = chat.ask(turn["question"])
                    if place:
                        talked.append(places(answer, right(turn)))
                        alone.append(places(assistant.ask(turn["question"]), right(turn)))
            body: list[tuple[object, ...]] = [("asked alone", len(alone), *summary(alone))]
            body.append(("in the conversation", len(talked), *summary(talked)))
            table("Later turns of dialogs, no model", ("", "turns", "first", "in 8"), body)

            by_itself = [places(assistant.ask(row["question"]), right(row)) for row in single]
            between: list[int] = []
            for number, row in enumerate(single):
                chat = assistant.chat()
                chat.ask(dialogs[number % len(dialogs)]["turns"][0]["question"])
                between.append(places(chat.ask(row["question"]), right(row)))
            body = [("asked alone", len(by_itself), *summary(by_itself))]
            body.append(("after another topic", len(between), *summary(between)))
            table("Single questions, no model", ("", "questions", "first", "in 8"), body)

    turns = [dialog["turns"][place]["question"] for dialog, place in later_turns(dialogs)]
    kinds = {
        kind: list(rows(require(folder / f"{kind}.jsonl"))) for kind in ("single", "short", "multi", "none")
    }
    found: list[tuple[object, ...]] = [("later turns", len(turns), sum(map(leans, turns)))]
    for kind, questions in kinds.items():
        found.append((kind, len(questions), sum(leans(row["question"]) for row in questions)))
    table("Taken for a follow-up", ("questions", "asked", "follow-ups"), found)


if __name__ == "__main__":
    main()
