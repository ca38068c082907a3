"""What a stream tells while an answer is made; the last event carries the whole answer."""

from __future__ import annotations

from dataclasses import dataclass

from .types import Answer, Claim, Hit


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


Event = Status | Sources | Token | Audited | Done
