"""Holds the fields that a model wrote to their sentences: what these do not carry is quoted instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..answering.audit.auditor import Auditor
from ..answering.audit.statements import says_nothing
from ..cards import POINTS, Cell, PaperCard
from ..retrieval.measure import Measure
from ..types import Paper, Sentence
from .figures import figures_of
from .replies import Fields, Written

_BOASTS = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (
        r"state[- ]of[- ]the[- ]art|sota|best|outperform\w*|surpass\w*|superior|exceed\w*|better|beats?",
        r"first|unprecedented|only",
        r"all|every|always|any|each|both",
    )
)
"""Words of rank, novelty and totality: a statement has one only where its sentences have one of its kind."""
_NAME = re.compile(r"\b(?=\w*[A-Z0-9])[\w-]+")


def carded(paper: Paper, fields: Fields, quotes: PaperCard, measure: Measure) -> PaperCard:
    """The card of a model's fields, with those of ``quotes`` where it has none that holds.

    Raises:
        ModelError: the embedder failed.
    """
    if all(fields.get(point) is None for point in POINTS):
        return quotes  # an abstract that states nothing at all was not read
    auditor = Auditor([paper], measure)
    cells = {
        point: _cell(fields[point], quote, paper, auditor) if point in fields else quote
        for point, quote in quotes.cells.items()
    }
    result = cells["result"]
    told = [*(result.sentences if result else ()), *(paper.sentences[f.sentence] for f in quotes.figures)]
    return PaperCard(
        paper,
        cells["problem"],
        cells["approach"],
        cells["result"],
        cells["limitation"],
        figures_of(dict.fromkeys(told)),
        "llm" if any(cell and not cell.verbatim for cell in cells.values()) else "extractive",
    )


def _says_more(text: str, sentences: Sequence[Sentence]) -> bool:
    """Whether a statement boasts where its sentences do not, or gives one thing's number to another.

    A likeness forgives both, as all the other words are the sentences'.
    """
    told = " ".join(sentence.text for sentence in sentences)
    if any(words.search(text) and not words.search(told) for words in _BOASTS):
        return True
    theirs = _names_by_number(told)
    return any(
        names and theirs.get(number) and not names & theirs[number] and names & set().union(*theirs.values())
        for number, names in _names_by_number(text).items()
    )


def _names_by_number(text: str) -> dict[str, set[str]]:
    """For each number of a text the names in the words behind it: "10% on OC20" is of OC20."""
    sentence = Sentence(0, 0, len(text), text)
    found: dict[str, set[str]] = {}
    for figure in figures_of([sentence]):
        words = figure.text.removeprefix(figure.value)
        found.setdefault(figure.value, set()).update(_NAME.findall(words))
    return found


def _cell(written: Written | None, quote: Cell | None, paper: Paper, auditor: Auditor) -> Cell | None:
    if written is None or says_nothing(written.text, cited=True):
        return None
    cited = written.sentences
    if not cited:
        carrier = auditor.carrying(written.text)
        cited = (carrier[1],) if carrier else ()
    verdict = auditor.judge(written.text, [(0, sentence) for sentence in cited])
    if verdict.better and verdict.support != "supported":
        # The right sentence was cited by a wrong handle, or one of two was left out.
        cited = tuple(dict.fromkeys((*cited, verdict.better[1])))
        verdict = auditor.judge(written.text, [(0, sentence) for sentence in cited])
    sentences = tuple(paper.sentences[sentence] for sentence in sorted(cited))
    if verdict.support in {"partial", "unsupported"} or _says_more(written.text, sentences):
        return quote
    verbatim = written.text == " ".join(sentence.text for sentence in sentences)
    return Cell(written.text, sentences, verbatim, None if verdict.support is None else "supported")
