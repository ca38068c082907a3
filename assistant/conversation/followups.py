"""Questions that may follow an answer or begin a conversation, made of papers without a model.

Each asks for what a paper's abstract states and no answer has quoted yet. Whether the collection answers
them is for the caller to try.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest

from ..cards import PaperCard, Point
from ..summarizing.quotes import quoted_card
from ..types import Answer, Paper

_MOST_PAPERS = 5
_NAME = re.compile(r"(?P<name>[^\W\d_][\w+\-]{1,24}(?: [A-Z0-9][\w+\-]{0,14})?)\s?[:\-–—]\s")
"""What a title calls its own work, before a colon: "SpecDec++: Boosting …"."""
_SHORTEST_NAME, _LONGEST_TITLE = 3, 80
_ASKED: tuple[tuple[Point, str], ...] = (
    ("result", "What results does {name} achieve?"),
    ("approach", "How does {name} work?"),
    ("limitation", "What are the limitations of {name}?"),
    ("problem", "What problem does {name} solve?"),
)
_ASKED_OF_TITLES: tuple[tuple[Point, str], ...] = (
    ("approach", "What does “{name}” propose?"),
    ("result", "What are the main results of “{name}”?"),
    ("limitation", "What are the limitations of “{name}”?"),
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question, and the papers of which one has to be cited for it to be answered."""

    question: str
    papers: tuple[str, ...]


def follow_ups(answer: Answer) -> Iterator[FollowUp]:
    """Questions after an answer, the most likely first; after a refusal, of the nearest papers."""
    if answer.refusal and answer.refusal.kind == "not_in_collection":
        return  # what is nearest there is near by chance
    refused = answer.refusal.nearest if answer.refusal else ()
    cited = [citation.paper for citation in answer.citations] or list(refused)
    others = [hit.paper for hit in answer.sources if hit.paper not in cited]
    read = {(each.id, sentence.index) for each in answer.citations for sentence in each.sentences}
    papers = [*cited, *others][:_MOST_PAPERS]
    known = answer.question.casefold()
    each = [[*_of_paper(quoted_card(paper), read, known)] for paper in papers if paper.sentences]
    rounds = [question for questions in zip_longest(*each) for question in questions if question]
    yield from rounds[:1]
    yield from _comparisons(papers, known)
    yield from rounds[1:]


def of_papers(papers: Iterable[Paper]) -> Iterator[FollowUp]:
    """Questions to begin with: one of each paper, by turns for another point of it."""
    for turn, paper in enumerate(papers):
        if questions := [*_of_paper(quoted_card(paper), set(), "")]:
            yield questions[turn % len(questions)]


def _of_paper(card: PaperCard, read: set[tuple[str, int]], known: str) -> Iterator[FollowUp]:
    """What a paper states and was not quoted."""
    name = name_of(card.paper)
    title = _titled(card.paper)
    for point, form in _ASKED if name else _ASKED_OF_TITLES:
        cell = card.cells[point]
        unread = cell is not None and any((card.id, each.index) not in read for each in cell.sentences)
        if unread and (name or title):
            question = form.format(name=name or title)
            if question.casefold() != known:
                yield FollowUp(question, (card.id,))


def _comparisons(papers: Sequence[Paper], known: str) -> Iterator[FollowUp]:
    """One question that holds two named works against each other."""
    named = [(name, paper) for paper in papers if (name := name_of(paper))]
    for (first, one), (second, other) in combinations(named, 2):
        question = f"How does {first} differ from {second}?"
        if first.casefold() != second.casefold() and question.casefold() != known:
            yield FollowUp(question, (one.id, other.id))
            return


def name_of(paper: Paper) -> str:
    """What the title calls the work, where it is a name: with a capital within, a digit or a sign."""
    found = _NAME.match(paper.title)
    name = found["name"] if found else ""
    return name if len(name) >= _SHORTEST_NAME and re.search(r"\w[A-Z]|\d|\w\+", name) else ""


def _titled(paper: Paper) -> str:
    """The title, or what stands before its colon, where that is short enough to be said."""
    title = " ".join(paper.title.split()).rstrip(".?")
    head = re.split(r"[:?] ", title)[0]
    return next((text for text in (title, head) if len(text) <= _LONGEST_TITLE and len(text.split()) > 2), "")
