r"""The comparison table in LaTeX: a ``longtable`` for ``\input`` citing by the keys of the BibTeX file."""

from __future__ import annotations

import re

from ..bibliography import citation_keys
from ..cards import NOT_STATED, POINTS, WORDED_NOTE, Cell
from ..corpus.escapes import to_latex
from ..summaries import Summary
from .escaping import clean

_ACTS = re.compile(
    r"\^\^|\\(?:input|include|usepackage|documentclass|begin|end|write|open|close|read|immediate|special|"
    r"csname|catcode|[gex]?def|let|new|renew|provide|loop|repeat|expandafter|every|output|shipout|"
    r"directlua|lua|font|jobname|scan|message|url|href|includegraphics|verb|label|ref|cite)",
    re.IGNORECASE,
)
"""What acts rather than shows: a formula of a paper has no need of it, and it is written as text."""
_MARK = r"~\textdagger{}"
_WIDTHS = (0.16, 0.2, 0.2, 0.22, 0.14)


def to_tex(summary: Summary) -> bytes:
    """The table; its first lines say which packages it needs."""
    keys = dict(
        zip(
            (citation.id for citation in summary.citations),
            citation_keys(citation.paper for citation in summary.citations),
            strict=True,
        )
    )
    columns = "".join(rf">{{\raggedright\arraybackslash}}p{{{width}\linewidth}}" for width in _WIDTHS)
    head = " & ".join(["Paper", *(point.capitalize() for point in POINTS)])
    lines = [
        r"% \usepackage[T1]{fontenc} \usepackage{array, booktabs, longtable}",
        r"% \cite takes its keys from the BibTeX file of the same summary.",
        rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
        rf"\caption{{{_shown(summary.subject)}}}\\",
        rf"\toprule {head} \\ \midrule",
        r"\endfirsthead",
        rf"\toprule {head} \\ \midrule",
        r"\endhead",
        r"\bottomrule",
        *_explained(summary),
        r"\endlastfoot",
    ]
    for card in summary.cards:
        cite = rf"~\cite{{{keys[card.id]}}}" if card.id in keys else ""
        cells = [_cell(cell) for cell in card.cells.values()]
        lines.append(" &\n  ".join([f"{_shown(str(card.paper))}{cite}", *cells]) + r" \\ \addlinespace")
    return "\n".join([*lines, r"\end{longtable}", ""]).encode("utf-8", "replace")


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return rf"\emph{{{NOT_STATED}}}"
    return _shown(cell.text) + ("" if cell.verbatim else _MARK)


def _explained(summary: Summary) -> list[str]:
    """What a mark in the table means, where there is one."""
    note = rf"\footnotesize{_MARK} {WORDED_NOTE}"
    return (
        [rf"\multicolumn{{{len(_WIDTHS)}}}{{@{{}}p{{0.95\linewidth}}@{{}}}}{{{note}}}\\"]
        if summary.worded
        else []
    )


def _shown(text: str) -> str:
    line = " ".join(clean(text).split())
    # What opens a line of a table with a bracket would be the height of the line before it.
    return to_latex(line, formulas=not _ACTS.search(line)).replace(
        "[", "{[}", 1 if line.startswith("[") else 0
    )
