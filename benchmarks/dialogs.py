"""How often the right paper is found at the later turns of a conversation, with no language model.

    python -m benchmarks.dialogs --data DIR

Prints the share of later turns with a right paper first and among the first eight: each question asked alone,
and asked in the conversation. Then the price of misunderstanding: single questions asked in the middle of a
conversation about something else, which should be found as if they had been asked alone. And that of refusing
few follow-ups: how many are refused of questions without an answer that are put as follow-ups.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant import Answer, Assistant, Settings, sample_collection
from assistant.conversation.leaning import leans
from assistant.evaluation.cases import Case, Script
from assistant.evaluation.measures import place_of

from .data import arguments, sample_scripts, table


def place(answer: Answer, case: Case) -> int:
    """The place of the first right paper among the sources; 0 for none, as of a refusal."""
    return place_of([hit.id for hit in answer.sources], case.right)


def summary(found: list[int]) -> tuple[float, float]:
    """The shares of places that are the first, and among the first eight."""
    return sum(place == 1 for place in found) / len(found), sum(0 < place <= 8 for place in found) / len(
        found
    )


def main() -> None:
    """Run from the command line."""
    data = arguments(__doc__ or "").parse_args().data
    with tempfile.TemporaryDirectory() as store:
        settings = Settings.load(index=Path(store) / "sample", mode="extractive")
        with Assistant.open(settings=settings) as assistant:
            assistant.add(sample_collection())
            dialogs = sample_scripts(assistant, data, "dialog")
            kinds = {
                kind: [case for (case,) in sample_scripts(assistant, data, kind)]
                for kind in ("single", "short", "multi", "none")
            }
            later = [case for script in dialogs for case in script[1:]]
            alone = [place(assistant.ask(case.question), case) for case in later]
            talked = [found for script in dialogs for found in in_conversation(assistant, script)[1:]]
            body: list[tuple[object, ...]] = [("asked alone", len(alone), *summary(alone))]
            body.append(("in the conversation", len(talked), *summary(talked)))
            table("Later turns of dialogs, no model", ("", "turns", "first", "in 8"), body)

            single = kinds["single"]
            by_itself = [place(assistant.ask(case.question), case) for case in single]
            openings = (dialogs[number % len(dialogs)][0] for number in range(len(single)))
            between = [
                in_conversation(assistant, script)[-1] for script in zip(openings, single, strict=True)
            ]
            body = [("asked alone", len(by_itself), *summary(by_itself))]
            body.append(("after another topic", len(between), *summary(between)))
            table("Single questions, no model", ("", "questions", "first", "in 8"), body)

            none = [case.question for case in kinds["none"]]
            body = [
                (form, len(none), refused(assistant, dialogs, [form.replace("…", text) for text in none]))
                for form in ("…", "What about it: …", "And does it say …")
            ]
            table("Questions without an answer, no model", ("", "questions", "refused"), body)

    found: list[tuple[object, ...]] = []
    for kind, cases in {"later turns": later, **kinds}.items():
        found.append((kind, len(cases), sum(leans(case.question) for case in cases)))
    table("Taken for a follow-up", ("questions", "asked", "follow-ups"), found)


def refused(assistant: Assistant, dialogs: Sequence[Script], questions: Sequence[str]) -> int:
    """How many questions are refused, each after the first turn of a dialog."""
    count = 0
    for number, question in enumerate(questions):
        chat = assistant.chat()
        chat.ask(dialogs[number % len(dialogs)][0].question)
        count += chat.ask(question).status == "refused"
    return count


def in_conversation(assistant: Assistant, script: Script) -> list[int]:
    """The places that the questions of one conversation bring."""
    chat = assistant.chat()
    return [place(chat.ask(case.question), case) for case in script]


if __name__ == "__main__":
    main()
