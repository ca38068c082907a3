"""The comparison table of a summary as rows of plain text; knows no format of files."""

from __future__ import annotations

from ..cards import NOT_STATED, POINTS, Cell
from ..summaries import Summary
from .escaping import clean, paper_link

HEADER = ("Cited as", "Paper", "Year", "Theme", *(point.capitalize() for point in POINTS), "Address")
Row = list[str | int | None]


def rows(summary: Summary) -> list[Row]:
    """A row a paper under :data:`HEADER`; ``None`` where there is no number or year."""
    theme_of = {paper_id: theme.name for theme in summary.themes for paper_id in theme.papers}
    made: list[Row] = []
    for card in summary.cards:
        paper = card.paper
        cells = [_line(_told(cell)) for cell in card.cells.values()]
        address = paper_link(paper.url, paper.doi, paper.arxiv_id) or ""
        theme = _line(theme_of.get(card.id, ""))
        made.append([summary.number_of(card.id), _line(paper.title), paper.year, theme, *cells, address])
    return made


def _told(cell: Cell | None) -> str:
    """A cell; a table without a line below it says in place what a mark would."""
    if cell is None:
        return NOT_STATED
    return cell.text if cell.verbatim else f"{cell.text} [in the words of the language model]"


def _line(text: str) -> str:
    return " ".join(clean(text).split())
