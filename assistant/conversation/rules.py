"""Makes a follow-up stand alone without a model: adds the titles it points at and the terms of before."""

from __future__ import annotations

from collections.abc import Sequence

from ..saved import Turn
from .leaning import subjects
from .references import papers_meant

_TURNS = 2
"""A follow-up is about what the last turn was about, which may itself have been a follow-up."""
_TERMS = 24
"""The most terms carried over: a long question of before must not drown a short one of now."""


def condensed(question: str, turns: Sequence[Turn]) -> str:
    """The question with what it leans on, in brackets."""
    known = {word.casefold() for word in subjects(question)}
    context = [f"“{paper.title}”" for paper in papers_meant(question, turns[-1].answer)]
    terms: list[str] = []
    for turn in reversed(turns[-_TURNS:]):
        for term in _terms(turn):
            if term.casefold() not in known and len(terms) < _TERMS:
                known.add(term.casefold())
                terms.append(term)
    context += [" ".join(terms)] if terms else []
    return f"{question} ({'; '.join(context)})" if context else question


def _terms(turn: Turn) -> list[str]:
    """What a question of before was about; its filters hold on in another way."""
    question = turn.question
    for found in turn.answer.filters_found:
        question = question.replace(found.words, " ")
    return subjects(question)
