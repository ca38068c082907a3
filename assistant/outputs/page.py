"""A summary as one HTML page that needs nothing else: no script, no font, no picture, no request."""

from __future__ import annotations

from collections.abc import Callable

from ..cards import NOT_STATED, POINTS, WORDED, WORDED_NOTE
from ..summaries import Summary
from ..types import Citation, Claim, Paper
from .escaping import html_text, paper_link
from .prose import to_html

_STYLE = """
:root { color-scheme: light dark; --line: #d4d7dd; --soft: #5d6673; --link: #1d5fbf; --back: #fff;
  --tint: #f4f6f9 }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a404a; --soft: #a3acb9; --link: #8ab8ff; --back: #16191e; --tint: #1f242b }
}
body { margin: 0 auto; max-width: 52rem; padding: 1.5rem 1rem 4rem; background: var(--back);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { line-height: 1.2; margin-bottom: .3rem } h2 { margin-top: 2.2rem; line-height: 1.25 }
a { color: var(--link) } a.mark { text-decoration: none; font-size: .85em }
.soft { color: var(--soft) } li { margin: .35rem 0 }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem }
table { border-collapse: collapse; font-size: .88rem; min-width: 64rem }
th, td { padding: .5rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
thead th { background: var(--tint); white-space: nowrap } tbody th { width: 15rem }
tbody tr:last-child > * { border-bottom: 0 }
blockquote { margin: .3rem 0; padding-left: .8rem; border-left: 3px solid var(--line); color: var(--soft) }
:target { background: var(--tint); outline: .3rem solid var(--tint) }
@media print { .scroll { overflow: visible } table { min-width: 0; font-size: .7rem } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def to_page(summary: Summary) -> bytes:
    """The whole summary, or the refusal with the nearest papers."""
    title = html_text(" ".join(summary.subject.split()))
    parts = [f"<h1>{title}</h1>"]
    if summary.refusal:
        nearest = summary.refusal.nearest
        parts.append(f"<p>{html_text(str(summary.refusal))}</p>")
        if nearest:
            items = "".join(f"<li>{_linked(paper)}</li>" for paper in nearest)
            parts.append(f"<p>The nearest titles are:</p><ul>{items}</ul>")
    else:
        parts += [
            f'<p class="soft">{html_text(summary.coverage)} {_made(summary)}</p>',
            *(f'<p class="soft">{html_text(notice)}</p>' for notice in summary.notices),
            *(
                f"<h2>{html_text(section.title)}</h2>\n{to_html(section.body, _target(summary))}"
                for section in summary.sections
            ),
            _table(summary),
            _first_reads(summary),
            _to_check(summary),
            _references(summary),
        ]
    body = "\n".join(part for part in parts if part)
    page = (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return page.encode()


def _made(summary: Summary) -> str:
    if summary.mode == "llm":
        return "A language model wrote it; each statement was held to the sentences that it cites."
    return "All in quotation marks is word for word from the abstracts."


def _target(summary: Summary) -> Callable[[int], str | None]:
    numbers = {citation.number for citation in summary.citations}
    return lambda number: f"ref-{number}" if number in numbers else None


def _mark(summary: Summary, paper: Paper) -> str:
    number = summary.number_of(paper.id)
    return "" if number is None else f' <a class="mark" href="#ref-{number}">[{number}]</a>'


def _linked(paper: Paper) -> str:
    name = html_text(str(paper))
    link = paper_link(paper.url, paper.doi, paper.arxiv_id)
    return f'<a href="{html_text(link)}" rel="noreferrer">{name}</a>' if link else name


def _table(summary: Summary) -> str:
    if not summary.cards:
        return ""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Paper", *(p.capitalize() for p in POINTS)))
    lines = []
    for card in summary.cards:
        cells = "".join(
            f"<td>{html_text(cell.marked)}</td>" if cell else f'<td class="soft">{NOT_STATED}</td>'
            for cell in card.cells.values()
        )
        paper = f"{html_text(str(card.paper))}{_mark(summary, card.paper)}"
        lines.append(f'<tr><th scope="row">{paper}</th>{cells}</tr>')
    rows = "\n".join(lines)
    note = f'\n<p class="soft">{WORDED} {WORDED_NOTE}</p>' if summary.worded else ""
    return (
        f'<h2>Side by side</h2>\n<div class="scroll" role="region" aria-label="Comparison" tabindex="0">'
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>{note}"
    )


def _first_reads(summary: Summary) -> str:
    items = "\n".join(
        f"<li>{html_text(str(each.paper))}{_mark(summary, each.paper)}: {html_text(each.reason)}</li>"
        for each in summary.reading
    )
    return f"<h2>Where to start</h2>\n<ol>\n{items}\n</ol>" if items else ""


def _to_check(summary: Summary) -> str:
    flagged = [claim for claim in summary.claims if claim.support in {"partial", "unsupported"}]
    items = "\n".join(map(_flagged, flagged))
    return f"<h2>Statements to check</h2>\n<ul>\n{items}\n</ul>" if items else ""


def _flagged(claim: Claim) -> str:
    verdict = "partly supported" if claim.support == "partial" else "not supported"
    reason = f": {html_text(claim.reason)}" if claim.reason else ""
    return f'<li>{html_text(claim.text)} <span class="soft">({verdict}{reason})</span></li>'


def _references(summary: Summary) -> str:
    items = "\n".join(map(_reference, summary.citations))
    return f"<h2>References</h2>\n{items}" if items else ""


def _reference(citation: Citation) -> str:
    paper = citation.paper
    told = "; ".join(part for part in (", ".join(paper.authors), paper.venue) if part)
    by = f'<br><span class="soft">{html_text(told)}</span>' if told else ""
    quotes = "".join(
        f"<blockquote>{html_text(sentence.text)}</blockquote>" for sentence in citation.sentences
    )
    return f'<div id="ref-{citation.number}"><p>[{citation.number}] {_linked(paper)}{by}</p>{quotes}</div>'
