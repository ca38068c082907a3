"""Holds the fields that a model wrote to their sentences: what these do not carry is quoted instead."""

from __future__ import annotations

from ..answering.audit.auditor import Auditor
from ..answering.audit.statements import says_nothing
from ..cards import POINTS, Cell, PaperCard
from ..retrieval.measure import Measure
from ..types import Paper
from .figures import figures_of
from .replies import Fields, Written


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
    if verdict.support in {"partial", "unsupported"}:
        return quote
    sentences = tuple(paper.sentences[sentence] for sentence in sorted(cited))
    verbatim = written.text == " ".join(sentence.text for sentence in sentences)
    return Cell(written.text, sentences, verbatim, verdict.support)
