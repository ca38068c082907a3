"""The HTML of what stands around the chat: title, sources, progress; knows no component and no server.

Every text goes through ``html_text`` or ``rich_text``: paper text is untrusted. Only this, ``claims``,
``kept``, ``shelf``, ``sheet``, ``talk`` and ``topiclist`` write HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..numbers import counted
from ..outputs.mathematics import rich_text
from ..types import Answer, Citation, Hit, Paper, Sentence
from . import claims
from .escaping import html_text, paper_link, shortened

MAX_AUTHORS = 6
MAX_TITLE = 400


def source_id(turn: int | str, number: int) -> str:
    """The id of the element that a citation mark leads to."""
    return f"source-{turn}-{number}"


def header(composer: str) -> str:
    """The title, what this is, and who answers."""
    return (
        '<header class="pa-header"><h1>paper-assistant</h1>'
        "<p>Ask a collection of papers. Every statement of an answer is cited to a paper, "
        "and to the sentence that supports it.</p>"
        f'<p class="pa-composer">{html_text(composer)}</p></header>'
    )


def highlighted(abstract: str, sentences: Iterable[Sentence]) -> str:
    """The abstract with the given sentences marked; offsets outside the text are cut to it."""
    pieces: list[str] = []
    end = 0
    for sentence in sorted(sentences, key=lambda sentence: (sentence.start, sentence.end)):
        start, stop = max(sentence.start, end), min(sentence.end, len(abstract))
        if start >= stop:
            continue
        pieces += [rich_text(abstract[end:start]), f"<mark>{rich_text(abstract[start:stop])}</mark>"]
        end = stop
    return "".join([*pieces, rich_text(abstract[end:])])


def byline(paper: Paper) -> str:
    """Authors, year and venue as one line of plain text, as far as they are known."""
    authors = list(paper.authors[:MAX_AUTHORS])
    if len(paper.authors) > MAX_AUTHORS:
        authors.append("et al.")
    parts = [", ".join(authors), str(paper.year) if paper.year else "", paper.venue or ""]
    return " · ".join(part for part in parts if part)


def source(citation: Citation, turn: int | str) -> str:
    """One cited paper: number, title, byline and the abstract with the cited sentences marked."""
    paper = citation.paper
    line = byline(paper)
    abstract = highlighted(paper.abstract, citation.sentences)
    return (
        f'<article class="pa-source" id="{source_id(turn, citation.number)}" tabindex="-1">'
        f'<h3><span class="pa-number">{citation.number}</span> {paper_title(paper)}</h3>'
        + (f'<p class="pa-byline">{html_text(line)}</p>' if line else "")
        + (f'<p class="pa-abstract" dir="auto">{abstract}</p>' if paper.abstract.strip() else _NO_ABSTRACT)
        + "</article>"
    )


def found(hits: Sequence[Hit], citations: Iterable[Citation] = (), turn: str = "") -> str:
    """The papers found, while the answer is still being written, below those that it cites by now."""
    cited = [*citations]
    inner = "".join(source(citation, turn) for citation in cited)
    numbers = {citation.id for citation in cited}
    others = titles(hit.paper for hit in hits if hit.id not in numbers)
    return section(f"{papers(len(hits))} found", inner + others, open_=True)


def sources(answer: Answer, turn: int, *, open_: bool = True) -> str:
    """What an answer rests on: the cited papers, then those that were found and not cited."""
    if answer.status == "refused":
        nearest = answer.refusal.nearest if answer.refusal else ()
        return section("Nearest papers", titles(nearest), open_=open_) if nearest else ""
    cited = {citation.id for citation in answer.citations}
    others = [hit.paper for hit in answer.sources if hit.id not in cited]
    inner = claims.audit(answer) + "".join(source(citation, turn) for citation in answer.citations)
    if others:
        inner += (
            f'<details class="pa-others"><summary>{papers(len(others))} found and not cited</summary>'
            f"{titles(others)}</details>"
        )
    question = "" if open_ else f": {shortened(answer.question, 70)}"
    return section(f"{papers(len(answer.citations))} cited{question}", inner, open_=open_)


def no_sources() -> str:
    """What the panel says before the first question."""
    return (
        '<p class="pa-empty">The papers an answer cites appear here, '
        "with the sentences it rests on highlighted in their abstracts.</p>"
    )


def panel(sections: Iterable[str]) -> str:
    """The panel of sources, newest answer first."""
    inner = "".join(sections)
    return (
        f'<section class="pa-sources" aria-label="Sources"><h2>Sources</h2>{inner or no_sources()}</section>'
    )


def progress(message: str, done: int, total: int, rate: float) -> str:
    """A bar with the count and the papers a second; without a total it only says that something happens."""
    if not total:
        return f'<div class="pa-status"><p>{html_text(message)}</p><progress></progress></div>'
    speed = f" · {rate:.0f} a second" if rate >= 1 else ""
    return (
        f'<div class="pa-status"><p>{html_text(message)} {done} of {total}{speed}</p>'
        f'<progress value="{done}" max="{total}" aria-label="Papers read"></progress></div>'
    )


def status(message: str) -> str:
    """The line under the chat; spoken by screen readers when it changes."""
    return f'<div class="pa-status" role="status"><p>{html_text(message)}</p></div>'


_NO_ABSTRACT = '<p class="pa-byline">This paper has no abstract in the collection.</p>'


def paper_title(paper: Paper) -> str:
    """The title, leading to where the paper can be read, if that is known."""
    text = rich_text(shortened(paper.title, MAX_TITLE))
    link = paper_link(paper.url, paper.doi, paper.arxiv_id)
    if link is None:
        return f'<span dir="auto">{text}</span>'
    return f'<a href="{html_text(link)}" target="_blank" rel="noopener noreferrer" dir="auto">{text}</a>'


def titles(papers: Iterable[Paper]) -> str:
    """A list of papers by their titles."""
    rows = "".join(f"<li>{paper_title(paper)}{_year(paper)}</li>" for paper in papers)
    return f'<ul class="pa-titles">{rows}</ul>'


def _year(paper: Paper) -> str:
    return f' <span class="pa-byline">{paper.year}</span>' if paper.year else ""


def papers(count: int) -> str:
    """How many papers, in words."""
    return counted(count, "paper")


def notices(texts: Iterable[str]) -> str:
    """Sentences for the reader, each a quote of its own."""
    return "".join(
        f'<blockquote dir="auto">{html_text(" ".join(text.split()))}</blockquote>' for text in texts if text
    )


def section(title: str, inner: str, *, open_: bool) -> str:
    """A part of the panel, which can be folded."""
    attribute = " open" if open_ else ""
    return f'<details class="pa-answer"{attribute}><summary>{html_text(title)}</summary>{inner}</details>'
