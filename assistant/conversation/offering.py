"""What a reader is offered to ask: only what the collection answers, which is tried without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from ..types import Answer, Paper
from .followups import FollowUp, follow_ups, of_papers

EXAMPLES = (
    "How does graph topology affect over-squashing?",
    "How can speculative decoding adapt its draft length?",
    "How do masked diffusion language models compare with autoregressive models?",
)
"""Questions that the sample collection answers well."""
_LIKELY = 0.5
"""They fit where they are likelier than not to have an answer."""
MOST_TRIED = 9
"""Questions that are searched for to offer some; a search is a fraction of a second."""

Quoting = Callable[[str], Answer]
"""Answers a question with quotes."""


def next_questions(answer: Answer, quoting: Quoting, most: int) -> list[str]:
    """Questions after an answer that quotes of their own papers answer."""
    return _answerable(follow_ups(answer), quoting, most)


def first_questions(papers: Callable[[int], Iterable[Paper]], quoting: Quoting, most: int) -> list[str]:
    """Questions to begin with: those of the sample where they fit, else of some ``papers`` here and there."""
    fitting = [each for each in EXAMPLES if (quoting(each).confidence or 0.0) >= _LIKELY]
    if len(fitting) < most:
        fitting += _answerable(of_papers(papers(MOST_TRIED)), quoting, most - len(fitting))
    return fitting[:most]


def _answerable(questions: Iterator[FollowUp], quoting: Quoting, most: int) -> list[str]:
    def answers(each: FollowUp) -> bool:
        tried = quoting(each.question)
        return tried.status == "answered" and any(cited.id in each.papers for cited in tried.citations[:3])

    return [each.question for each in islice(filter(answers, islice(questions, MOST_TRIED)), most)]
