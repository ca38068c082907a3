"""Claims with their citations, true ones and such with an error, and how many the audit flags.

Knows the audit only as something that gives a verdict on a claim and what it cites.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..answering.audit.auditor import Auditor, Verdict
from ..retrieval.measure import Measure
from ..types import Paper
from .injection import Altered, altered_number, names_in, negated, renamed, swapped, turned

SEED = 11
_FEWEST_WORDS = 3
"""A sentence of so few words claims nothing."""
_SOURCES = 10
_YES = re.compile(r"^(?:Yes|No)[:,] ")
"""What answers begin with, and no claim does."""
Cites = tuple[tuple[int, int | None], ...]
Alter = Callable[[str], Altered | None]


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim with what it cites of the sources of its answer, both counted from 0."""

    claim: str
    cites: Cites
    papers: tuple[Paper, ...]


class Judge:
    """Audits statements; the sources of many are the same, and compared once."""

    def __init__(self, measure: Measure) -> None:
        """Compare with ``measure``."""
        self._measure = measure
        self._auditors: dict[tuple[str, ...], Auditor] = {}

    def __call__(self, statement: Statement) -> Verdict:
        """The verdict on a statement."""
        names = tuple(paper.id for paper in statement.papers)
        if names not in self._auditors:
            self._auditors[names] = Auditor(statement.papers, self._measure)
        return self._auditors[names].judge(statement.claim, statement.cites)


def holding(paper: Paper, text: str) -> list[int]:
    """The numbers of the sentences of an abstract that a text, verbatim in it, touches."""
    at = paper.abstract.find(text) if text else -1
    end = at + len(text)
    return [s.index for s in paper.sentences if at >= 0 and s.start < end and at < s.end]


def quoted(papers: tuple[Paper, ...]) -> Iterator[Statement]:
    """The sentences of the first paper, each citing itself among the sources ``papers``."""
    for place, sentence in enumerate(papers[0].sentences):
        if len(sentence.text.split()) > _FEWEST_WORDS:
            yield Statement(sentence.text, ((0, place),), papers)


def told(answer: str, places: Sequence[int], papers: tuple[Paper, ...]) -> Statement:
    """A reference answer that cites these sentences of the first paper, among the sources ``papers``."""
    return Statement(_YES.sub("", answer), tuple((0, place) for place in places), papers)


def sources_with(paper: Paper, found: Sequence[Paper]) -> tuple[Paper, ...]:
    """A paper, and as sources beside it what was found."""
    return (paper, *[other for other in found if other.id != paper.id][: _SOURCES - 1])


def drawing(seed: int) -> random.Random:
    """The same choices for the same seed."""
    return random.Random(seed)  # noqa: S311 - no secret


def alterations(names: Sequence[str], seed: int = SEED) -> Mapping[str, Alter]:
    """The ways to put an error into a claim; ``names`` are those of methods to choose a wrong one from."""
    return {
        "a number altered": partial(altered_number, rng=drawing(seed)),
        "negated": partial(negated, rng=drawing(seed)),
        "a direction turned": partial(turned, rng=drawing(seed)),
        "a name altered": partial(renamed, names=names, rng=drawing(seed)),
    }


def altered(statements: Sequence[Statement], alter: Alter) -> list[Statement]:
    """The statements with an error, as far as they can have one."""
    made = ((alter(statement.claim), statement) for statement in statements)
    return [Statement(error.text, of.cites, of.papers) for error, of in made if error is not None]


def recited(statements: Sequence[Statement], rng: random.Random) -> list[Statement]:
    """The statements, each citing a sentence of another one of its sources."""
    made = ((swapped(0, statement.papers, rng), statement) for statement in statements)
    return [Statement(of.claim, (wrong,), of.papers) for wrong, of in made if wrong is not None]


def beside(statements: Sequence[Statement], rng: random.Random) -> list[Statement]:
    """The statements, each citing another sentence of its own paper."""
    made = []
    for of in statements:
        others = [place for place in range(len(of.papers[0].sentences)) if (0, place) not in of.cites]
        if others:
            made.append(Statement(of.claim, ((0, rng.choice(others)),), of.papers))
    return made


def with_errors(true: Sequence[Statement], seed: int = SEED) -> Iterator[tuple[str, list[Statement]]]:
    """For each kind of error the true statements with one of it."""
    names = sorted({name for each in true for paper in each.papers for name in names_in(paper.text)})
    for name, alter in alterations(names, seed).items():
        yield name, altered(true, alter)
    yield "citation swapped", recited(true, drawing(seed))
    yield "sentence swapped", beside(true, drawing(seed))
