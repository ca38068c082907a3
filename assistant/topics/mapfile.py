"""The map as one file that reaches for nothing outside itself: a click on a point tells of its paper."""

from __future__ import annotations

from html import escape

from ..grouped import TopicMap
from ..types import Paper
from .figures import address_of, map_figure, some_of, years_figure

LONGEST_ABSTRACT = 2_000
"""Characters of one: longer than nearly all."""
ALL_ABSTRACTS = 4_000_000
"""Characters of all together: no more than plotly itself adds to the file. Many papers share them evenly."""
_LONGEST_AUTHORS = 300
# What is loaded from elsewhere would tell somebody that the map was opened.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; worker-src blob:"
)
_STYLE = (
    "body{font-family:sans-serif;margin:1rem}"
    "dialog{max-width:42rem;max-height:80vh;overflow:auto;box-sizing:border-box;padding:1rem 1.25rem;"
    "border:1px solid #888;border-radius:.5rem;line-height:1.5;overflow-wrap:anywhere}"
    "dialog button{float:right}dialog h2{margin:0 0 .25rem;font-size:1.15rem}dialog p{margin:.5rem 0}"
    "dialog::backdrop{background:#0006}"
)
_PANEL = (
    '<dialog id="paper" aria-labelledby="title"><button id="close" type="button">Close</button>'
    '<h2 id="title" dir="auto"></h2><p id="byline" dir="auto"></p><p id="abstract" dir="auto"></p>'
    '<p><a id="link" target="_blank" rel="noopener noreferrer"></a></p></dialog>'
)
# What is told comes from papers: it is set as text, and only an address of the web becomes a link.
_OPENS = """
const plot = document.getElementById('{plot_id}');
const part = name => document.getElementById(name);
part('close').addEventListener('click', () => part('paper').close());
plot.on('plotly_click', event => {
  const [title, byline, abstract, address] = event.points[0].customdata.map(String);
  for (const [name, text] of Object.entries({title, byline, abstract})) part(name).textContent = text;
  const web = /^https?:[/][/]/i.test(address);
  part('link').hidden = !web;
  part('link').textContent = web ? address : '';
  if (web) part('link').href = address; else part('link').removeAttribute('href');
  if (!part('paper').open) part('paper').showModal();
});
"""


def map_page(drawn: TopicMap, title: str) -> str:
    """The map, and the years where they are known, as one page with all it needs, abstracts too."""
    from plotly.io import to_html

    config = {"displaylogo": False, "responsive": True, "modeBarButtonsToRemove": ["sendDataToCloud"]}
    share = min(LONGEST_ABSTRACT, ALL_ABSTRACTS // max(1, len(some_of(drawn))))
    parts = [
        to_html(
            map_figure(drawn, custom=lambda paper: _told(paper, share)),
            config=config,
            full_html=False,
            include_plotlyjs=True,
            default_height="85vh",
            div_id="map",
            post_script=_OPENS,
        )
    ]
    if years := years_figure(drawn):
        parts.append(
            to_html(
                years,
                config=config,
                full_html=False,
                include_plotlyjs=False,
                default_height="60vh",
                div_id="years",
            )
        )
    name = escape(title)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{name}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{name}</h1>{_PANEL}{''.join(parts)}</body></html>\n"
    )


def _told(paper: Paper, share: int) -> list[str]:
    """What the panel tells of a paper: title, byline, abstract as far as its share goes, address."""
    authors = _cut(", ".join(paper.authors), _LONGEST_AUTHORS)
    byline = " · ".join(part for part in (authors, str(paper.year or ""), paper.venue or "") if part)
    abstract = _cut(paper.abstract.strip(), share) or "This paper has no abstract in the collection."
    return [paper.title, byline, abstract, address_of(paper)]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest].rstrip()}…"
