"""The HTML of a summary around its sections: title, sources, table, coverage, where to start, downloads.

Every text goes through ``html_text``, as in ``panels``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..cards import NOT_STATED, POINTS, WORDED, WORDED_NOTE, Cell, PaperCard
from ..outputs.mathematics import rich_text
from ..summaries import Summary
from ..types import Citation, Paper, Refusal
from . import claims, panels
from .escaping import html_text, shortened

LONGEST_SUBJECT = 200
JUMPS = '<p class="pa-jumps"><a href="#pa-table">Side by side</a><a href="#pa-downloads">Download</a></p>'
"""From the title to what follows the sections, which may be long."""
# Fixed code. Cells that state nothing come last; the third click gives the order by theme back.
SORT = """element.addEventListener("click", (event) => {
  const button = event.target.closest("button.pa-sort");
  if (!button) return;
  const head = button.closest("th"), body = head.closest("table").tBodies[0];
  const column = [...head.parentElement.children].indexOf(head);
  const rows = [...body.rows];
  rows.forEach((row, place) => { row.dataset.place ??= place; });
  const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort];
  for (const other of head.parentElement.querySelectorAll("[aria-sort]")) other.ariaSort = "none";
  head.ariaSort = next;
  const sign = next === "descending" ? -1 : 1;
  const text = (row) => row.cells[column].textContent;
  const absent = (row) => Number(row.cells[column].querySelector(".pa-absent") !== null);
  rows.sort((one, other) => next === "none"
    ? one.dataset.place - other.dataset.place
    : absent(one) - absent(other) || sign * text(one).localeCompare(text(other)));
  body.append(...rows);
});"""
"""Sorts the comparison table by the column whose head is clicked."""
DOWNLOADS = (
    ("md", "Markdown"),
    ("html", "Web page"),
    ("xlsx", "Excel"),
    ("csv", "CSV"),
    ("tex", "LaTeX"),
    ("bib", "BibTeX"),
    ("ris", "RIS"),
    ("json", "JSON"),
)
"""The endings of the files that a summary is offered as, with what they are called."""


def title(subject: str) -> str:
    """What is summarised."""
    return f'<h2 class="pa-subject" dir="auto">{html_text(shortened(subject, LONGEST_SUBJECT))}</h2>'


def working(message: str) -> str:
    """What is being done, spoken by screen readers when it changes."""
    told = html_text(f"{message.strip(' .…')}…")
    bar = '<progress aria-label="Working"></progress>'
    return f'<div class="pa-status" role="status"><p>{told}</p>{bar}</div>'


def made(summary: Summary, seconds: float) -> str:
    """From how much it was written, by whom and how fast, as a sentence."""
    manner = "Quoted from" if summary.mode == "extractive" else "Written by the language model from"
    read, found = len(summary.cards), len(summary.papers)
    how_many = f"{read:,} of {panels.papers(found)}" if found > read else panels.papers(read)
    return f"{manner} {how_many} in {seconds:.1f} s."


def refusal(why: Refusal) -> str:
    """Why there is no summary, and what comes nearest."""
    nearest = f"<p>The nearest titles are:</p>{panels.titles(why.nearest)}" if why.nearest else ""
    return f'<section class="pa-refusal"><p dir="auto">{html_text(why.reason)}</p>{nearest}</section>'


def read(papers: Sequence[Paper]) -> str:
    """The papers that a summary is being written from."""
    return panels.section(f"{panels.papers(len(papers))} read", panels.titles(papers), open_=True)


def cited(citations: Sequence[Citation], key: str, before: str = "") -> str:
    """The cited papers, each with its sentences marked; ``before`` stands above them."""
    inner = before + "".join(panels.source(citation, key) for citation in citations)
    return panels.section(f"{panels.papers(len(citations))} cited", inner, open_=True)


def sources(summary: Summary, key: str) -> str:
    """The panel of a whole summary: the audit of its statements, then the cited papers."""
    return panels.panel([cited(summary.citations, key, claims.audit(summary))])


def table(cards: Sequence[PaperCard], numbers: Mapping[str, int], key: str, *, choosable: bool) -> str:
    """Papers side by side, in cells that quote them; ``numbers`` are the marks of those that are cited."""
    if not cards:
        return ""
    choose = '<th scope="col"><span class="pa-hidden">Choose</span></th>' if choosable else ""
    points = "".join(_sortable(point.capitalize()) for point in POINTS)
    rows = "".join(
        _row(card, numbers.get(card.id), key, f"{key}.{place}" if choosable else "")
        for place, card in enumerate(cards)
    )
    worded = any(card.worded for card in cards)
    note = f'<p class="pa-byline">{html_text(f"{WORDED} {WORDED_NOTE}")}</p>' if worded else ""
    return (
        '<h3 class="pa-part">Side by side</h3>'
        '<div class="pa-scroll" role="region" aria-label="Comparison table" tabindex="0">'
        f'<table class="pa-compared"><thead><tr>{choose}{_sortable("Paper")}{points}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{note}"
    )


def _sortable(name: str) -> str:
    return f'<th scope="col" aria-sort="none"><button type="button" class="pa-sort">{name}</button></th>'


def foot(summary: Summary, key: str, token: str) -> str:
    """What follows the table: coverage, where to start, references, files."""
    head, _, _ = summary.coverage.partition(";")
    left = summary.not_cited
    coverage = f'<p class="pa-byline">{html_text(head.rstrip("."))}.</p>'
    if left:
        coverage += _folded(f"{panels.papers(len(left))} not cited", panels.titles(left))
    start = "".join(
        f"<li>{panels.paper_title(each.paper)}{_mark(summary.number_of(each.paper.id), key)}"
        f'<br><span class="pa-byline" dir="auto">{html_text(each.reason)}</span></li>'
        for each in summary.reading
    )
    references = "".join(
        f"<li>{_mark(citation.number, key)} {panels.paper_title(citation.paper)}"
        f' <span class="pa-byline" dir="auto">{html_text(panels.byline(citation.paper))}</span></li>'
        for citation in summary.citations
    )
    parts = [
        coverage,
        f'<h3 class="pa-part">Where to start</h3><ol class="pa-start">{start}</ol>' if start else "",
        _folded("References", f'<ul class="pa-references">{references}</ul>') if references else "",
        _downloads(token),
    ]
    return f'<section class="pa-foot">{"".join(parts)}</section>'


def _row(card: PaperCard, number: int | None, key: str, value: str) -> str:
    label = html_text(f"Compare: {shortened(card.paper.title, 100)}")
    box = f'<td><input type="checkbox" value="{value}" aria-label="{label}"></td>' if value else ""
    year = f' <span class="pa-byline">{card.paper.year}</span>' if card.paper.year else ""
    cells = "".join(f"<td>{_cell(cell)}</td>" for cell in card.cells.values())
    head = f'<th scope="row">{panels.paper_title(card.paper)}{year}{_mark(number, key)}</th>'
    return f"<tr>{box}{head}{cells}</tr>"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return f'<span class="pa-absent">{NOT_STATED}</span>'
    if cell.verbatim:
        return f'<q dir="auto">{rich_text(cell.text)}</q>'
    quotes = html_text(" ".join(sentence.text for sentence in cell.sentences))
    return f'<span dir="auto" title="{quotes}">{rich_text(cell.marked)}</span>'


def _mark(number: int | None, key: str) -> str:
    return "" if number is None else f' <a href="#{panels.source_id(key, number)}">[{number}]</a>'


def _folded(name: str, inner: str) -> str:
    return f'<details class="pa-more"><summary>{html_text(name)}</summary>{inner}</details>'


def _downloads(token: str) -> str:
    links = "".join(
        f'<li><a href="summaries/{token}/{ending}" download>{name}</a></li>' for ending, name in DOWNLOADS
    )
    return f'<h3 class="pa-part" id="pa-downloads">Download</h3><ul class="pa-downloads">{links}</ul>'
