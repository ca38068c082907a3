"""The HTML of a paper that unfolds: its title, then authors, abstract and where it is. Knows no component.

Every text goes through ``html_text`` or ``rich_text``, as in ``panels``.
"""

from __future__ import annotations

from ..outputs.mathematics import rich_text
from ..types import Paper
from .escaping import html_text, paper_link, shortened
from .panels import byline

MAX_TITLE = 400
MAX_AUTHORS = 2000
MAX_SOURCES = 5


def unfolding(paper: Paper) -> str:
    """A title that opens to all that is known of its paper."""
    title = rich_text(shortened(paper.title, MAX_TITLE)) or "(no title)"
    authors = html_text(shortened(", ".join(paper.authors), MAX_AUTHORS))
    return (
        f'<details class="pa-paper"><summary dir="auto">{title}</summary>'
        + (f'<p class="pa-byline" dir="auto">{authors}</p>' if authors else "")
        + f'<p class="pa-abstract" dir="auto">{_abstract(paper)}</p>{_links(paper)}{_origin(paper)}</details>'
    )


def opened(paper: Paper) -> str:
    """All that is known of a paper, as a sheet over the page shows it."""
    return _sheet(
        paper.id,
        f'<h3 dir="auto">{rich_text(shortened(paper.title, MAX_TITLE)) or "(no title)"}</h3>'
        f'<p class="pa-byline" dir="auto">{html_text(byline(paper))}</p>'
        f'<p class="pa-abstract" dir="auto">{_abstract(paper)}</p>{_links(paper)}{_origin(paper)}',
    )


def gone(paper_id: str, why: str) -> str:
    """Why there is no paper of that id to be shown."""
    return _sheet(paper_id, f"<p>{html_text(why)}</p>", ' data-gone="yes"')


def _sheet(paper_id: str, inner: str, more: str = "") -> str:
    return f'<article class="pa-source" data-paper="{html_text(paper_id)}"{more}>{inner}</article>'


def _abstract(paper: Paper) -> str:
    return rich_text(paper.abstract.strip()) or "This paper has no abstract in the collection."


def _links(paper: Paper) -> str:
    """Where it can be read: by its DOI, on arXiv, and at its own address if that is another."""
    known = [
        ("DOI", paper_link(None, paper.doi, None)),
        ("arXiv", paper_link(None, None, paper.arxiv_id)),
        ("Page", paper_link(paper.url, None, None)),
    ]
    distinct = {link: label for label, link in reversed(known) if link}
    if not distinct:
        return ""
    links = " · ".join(
        f'<a href="{html_text(link)}" target="_blank" rel="noopener noreferrer">{label}</a>'
        for link, label in reversed(distinct.items())
    )
    return f'<p class="pa-links">{links}</p>'


def _origin(paper: Paper) -> str:
    """The files that it came from, and its id."""
    files = ", ".join(shortened(name, 80) for name in paper.sources[:MAX_SOURCES])
    told = f"From {files}. " if files else ""
    return f'<p class="pa-byline">{html_text(told)}Id: <code>{html_text(shortened(paper.id, 200))}</code></p>'
