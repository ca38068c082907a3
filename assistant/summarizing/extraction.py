"""Asks a model for the cards of several papers in one call; what it writes is not judged here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from ..answering.sources import Source
from ..cards import POINTS
from ..models.ports import ChatModel, Message
from ..models.prompts import Prompt
from ..models.tokens import count
from ..types import Hit, Paper, Usage
from .replies import LONGEST_REPLY, Fields, fields_in

_TOKENS_EACH = 240
"""What a card takes of a reply: four statements of 25 words with their handles."""
_MOST = 8
"""Papers of one call: with more of them, models begin to mix them up."""
_LONGEST_PAPER = 60
"""Sentences of a paper that are shown: an abstract with more of them is something else."""


def _schema() -> dict[str, Any]:
    field: dict[str, Any] = {
        "type": ["object", "null"],
        "properties": {
            "text": {"type": "string"},
            "sentences": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["text", "sentences"],
        "additionalProperties": False,
    }
    card: dict[str, Any] = {
        "type": "object",
        "properties": {"paper": {"type": "string"}} | dict.fromkeys(POINTS, field),
        "required": ["paper", *POINTS],
        "additionalProperties": False,
    }
    return {
        "title": "cards",
        "type": "object",
        "properties": {"papers": {"type": "array", "items": card}},
        "required": ["papers"],
        "additionalProperties": False,
    }


SCHEMA = _schema()


@dataclass(frozen=True, slots=True)
class Batch:
    """Papers of one call, with its messages."""

    papers: tuple[Paper, ...]
    messages: tuple[Message, ...]


def batches(papers: Sequence[Paper], prompt: Prompt, *, model: str, budget: int, reply: int) -> list[Batch]:
    """Calls for all papers, each prompt within ``budget`` tokens and each reply likely within ``reply``.

    A paper whose prompt alone goes beyond the budget is in none of them.
    """
    empty = sum(count(message.content, model) for message in prompt.render(sources=""))
    most = max(1, min(_MOST, reply // _TOKENS_EACH))
    made: list[Batch] = []
    group: list[Paper] = []
    taken = empty
    for paper in papers:
        cost = count(_block(1, paper), model) + 2
        if empty + cost > budget:
            continue
        if group and (len(group) == most or taken + cost > budget):
            made.append(_batch(group, prompt))
            group, taken = [], empty
        group.append(paper)
        taken += cost
    return [*made, _batch(group, prompt)] if group else made


def halves(batch: Batch, left: Sequence[Paper], prompt: Prompt) -> list[Batch]:
    """Smaller calls for those papers that a reply did not reach."""
    if len(batch.papers) < 2 or not left:
        return []
    middle = (len(left) + 1) // 2
    return [_batch(part, prompt) for part in (left[:middle], left[middle:]) if part]


def _batch(papers: Sequence[Paper], prompt: Prompt) -> Batch:
    blocks = (_block(number, paper) for number, paper in enumerate(papers, start=1))
    return Batch(tuple(papers), tuple(prompt.render(sources="\n\n".join(blocks))))


def _block(number: int, paper: Paper) -> str:
    shown = range(min(len(paper.sentences), _LONGEST_PAPER))
    return Source(Hit(number, paper, 0.0), tuple(shown)).block(number)


@dataclass(frozen=True, slots=True)
class Extracted:
    """The fields of a batch by the place of its papers, and whether the reply was ``cut``."""

    fields: dict[int, Fields]
    cut: bool


class Stopped(Exception):  # noqa: N818 - somebody's wish, not a fault
    """Nobody wants the reply any more."""


def ask(model: ChatModel, batch: Batch, *, max_tokens: int, stop: Callable[[], bool]) -> Extracted:
    """What the model writes of a batch.

    Raises:
        ModelError: as the model.
        Stopped: ``stop`` said so while it wrote; the connection is closed.
    """
    reply: list[str] = []
    length, cut = 0, False
    with closing(model.stream(batch.messages, max_tokens=max_tokens, schema=SCHEMA)) as pieces:
        for piece in pieces:
            if stop():
                raise Stopped
            if isinstance(piece, Usage):
                cut = bool(getattr(piece, "cut", False))
                continue
            reply.append(piece)
            length += len(piece)
            if length > LONGEST_REPLY:
                cut = True
                break
    return Extracted(fields_in("".join(reply), batch.papers), cut)
