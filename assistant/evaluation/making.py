"""Makes questions of a user's own papers: each once with its paper, and once with that taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from ..assistant import Assistant
from ..errors import ModelReplyError, UsageError
from ..models.ports import ChatModel, Message
from ..models.prompts import Prompt
from ..progress import Progress, ProgressCallback, StopCallback
from ..retrieval.search import LONGEST_QUESTION
from ..types import Paper
from .claims import drawing
from .rewording import longest_run, reworded

Row = dict[str, Any]
_FEWEST_SENTENCES = 3
"""An abstract of fewer is mostly a note, and says nothing to ask for."""
_LONGEST_RUN = 5
"""A model may not copy more words in a row than this: it was asked for none of four."""


def make_questions(
    assistant: Assistant,
    file: str | Path,
    *,
    count: int = 50,
    seed: int = 0,
    progress: ProgressCallback | None = None,
    stop: StopCallback | None = None,
) -> int:
    """Write questions on ``count`` papers of the index to a new file, for :func:`evaluate`.

    Each is there twice: to be answered, and with its paper hidden, when a refusal is right. A language model
    puts them into words where one is configured, else rules do. The same seed makes the same choice, and by
    rules the same questions. Returns how many papers were asked about; ``stop`` ends it early.

    Raises:
        UsageError: the file is there already, or cannot be written.
        IndexStoreError, ModelError: the index cannot be read, or the model failed.
    """
    made = 0
    try:
        with Path(file).open("x", encoding="utf-8") as out:
            for rows in _made(assistant, seed):
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
                made += 1
                if progress:
                    progress(Progress(made, count, 1.0))
                if made >= count or (stop and stop()):
                    break
    except FileExistsError:
        raise UsageError(f"{file} is there already.", "Name a new file.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    return made


def messages_for(paper: Paper, number: int, prompt: Prompt) -> list[Message]:
    """The prompt for a question that this sentence of the paper answers."""
    return prompt.render(
        title=_line(paper.title),
        abstract=_line(paper.abstract),
        answer=_line(paper.sentences[number].text),
    )


def _made(assistant: Assistant, seed: int) -> Iterator[list[Row]]:
    rng = drawing(seed)
    papers = sorted(assistant.index.all(), key=lambda paper: paper.id)
    rng.shuffle(papers)
    model = assistant._chat()
    frequency = assistant.index.frequency
    for number, paper in enumerate(papers):
        if len(paper.sentences) < _FEWEST_SENTENCES:
            continue
        places = rng.sample(range(len(paper.sentences)), len(paper.sentences))
        by_rules = ((place, reworded(paper, place, frequency, len(papers), rng)) for place in places)
        place, question = next(((place, text) for place, text in by_rules if text), (0, None))
        if question is None:
            continue
        asked = _asked(model, paper, place, assistant.settings.max_answer_tokens) if model else None
        row: Row = {
            "id": f"made-{number}",
            "question": asked or question,
            "gold": [paper.id],
            "gold_titles": [paper.title],
            "evidence": paper.sentences[place].text,
            "made_by": "model" if asked else "rules",
        }
        yield [row, row | {"id": f"{row['id']}-removed", "hidden": [paper.id], "kind": "removed"}]


def _asked(model: ChatModel, paper: Paper, place: int, max_tokens: int) -> str | None:
    """The model's question; ``None`` where its reply is none, or copies the abstract."""
    messages = messages_for(paper, place, Prompt.load("question"))
    try:
        with closing(model.stream(messages, max_tokens=max_tokens)) as pieces:
            reply = "".join(piece for piece in pieces if isinstance(piece, str))
    except ModelReplyError:
        return None
    return _usable(reply.strip().strip('"“”*` '), paper)


def _usable(question: str, paper: Paper) -> str | None:
    is_one = question.endswith("?") and "\n" not in question and len(question) < LONGEST_QUESTION // 10
    return question if is_one and longest_run(question, paper.text) <= _LONGEST_RUN else None


def _line(text: str) -> str:
    return " ".join(text.split())
