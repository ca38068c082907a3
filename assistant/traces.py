"""How an answer came about, kept when asked for: what was considered, what the model was told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that was considered: its place and score in each leg of the search, and in the end.

    ``vector_rank`` and ``word_rank`` count from 1 and are ``None`` where that leg did not bring the paper;
    ``rank`` and ``score`` are ``None`` where it was not among the hits.
    """

    id: str
    title: str
    vector_rank: int | None = None
    vector_score: float | None = None
    word_rank: int | None = None
    word_score: float | None = None
    rank: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the language model: the messages as ``(role, content)``, and the reply as it came."""

    model: str
    messages: tuple[tuple[str, str], ...]
    reply: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Trace:
    """What stood behind one answer; its seconds by step are in ``Answer.timings``."""

    candidates: tuple[Candidate, ...] = ()
    calls: tuple[Call, ...] = ()
