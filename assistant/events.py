"""What a stream tells while an answer is made; the last event carries the whole answer."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from .types import Answer, Citation, Claim, Hit, Usage

_PIECE = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Status:
    """Event: what the assistant does now, as a sentence for the reader."""

    message: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Event: the papers that the answer will be written from, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """Event: the next piece of the body, citations already renumbered to ``[n]``."""

    text: str


@dataclass(frozen=True, slots=True)
class Audited:
    """Event: the claims that are complete so far, each with its verdict; the last one has all."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """Event: the last one, with the whole answer."""

    answer: Answer


Event = Status | Sources | Token | Citation | Audited | Usage | Done
"""A ``Citation`` comes when its mark first stands in the text, with the sentences cited by then; a ``Usage``
once, right before ``Done``, for all calls together."""


def last(events: Generator[Event]) -> Answer:
    """The answer that a stream ends with."""
    with closing(events):
        for event in events:
            if isinstance(event, Done):
                return event.answer
    raise AssertionError("a stream ends with Done")


def replayed(answer: Answer) -> Generator[Event]:
    """The events of an answer that is there already, as if it were made now."""
    if answer.status == "answered":
        yield Sources(answer.sources)
        told = 0
        for piece in _PIECE.findall(answer.body):
            yield Token(piece)
            while told < len(answer.citations) and f"[{answer.citations[told].number}]" in piece:
                yield answer.citations[told]
                told += 1
        yield Audited(answer.claims)
    yield answer.usage
    yield Done(answer)
