"""Pictures of topics as plotly figures: the map, and the years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..grouped import Place, TopicMap
from ..numbers import counted
from ..types import Paper
from .discovering import sample_of
from .labelling import SIZE, Sheet, labels

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_SHOWN = 30_000
"""Points that a browser still draws smoothly."""
_IN_CANVAS = 3000
"""From so many points on they are drawn by the graphics card."""
_PAGE = Sheet(700, 500)
"""What a small window leaves to a map beside its legend."""
_LARGEST_BY_YEAR = 12
_COLOURS = (
    "#4e79a7 #f28e2b #59a14f #e15759 #76b7b2 #edc948 #b07aa1 #ff9da7 #9c755f #6b8e23 #1f77b4 #d37295 "
    "#2e8b57 #8c564b #17becf #bc8f00 #7b68ee #c71585 #556b2f #cd5c5c"
).split()
_NO_TOPIC = "#b8b8b8"
_LONGEST_TITLE = 200


def map_figure(
    drawn: TopicMap, sheet: Sheet = _PAGE, custom: Callable[[Paper], object] | None = None
) -> Figure:
    """The papers as points, coloured by topic (by area, where there are areas), named where there is room.

    It is drawn on a ``sheet`` of that size or a larger one.
    A point's ``customdata`` is what ``custom`` makes of its paper: else its address, http or https, or empty.
    """
    from plotly.graph_objects import Figure, Scatter, Scattergl

    places = some_of(drawn)
    kind = Scatter if len(places) < _IN_CANVAS else Scattergl
    names = {topic.id: topic.name for topic in drawn.topics}
    figure = Figure()
    for number, (name, members) in enumerate(_layers(drawn, places)):
        figure.add_trace(
            kind(
                x=[place.x for place in members],
                y=[place.y for place in members],
                mode="markers",
                name=_text(name or "No topic"),
                marker={
                    "size": 7,
                    "opacity": 0.8,
                    "color": _COLOURS[number % len(_COLOURS)] if name else _NO_TOPIC,
                },
                text=[_hover(place, names) for place in members],
                customdata=[(custom or address_of)(place.paper) for place in members],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    for label in labels(drawn, places, sheet):
        figure.add_annotation(
            x=label.x,
            y=label.y,
            text=f"<b>{_text(label.text)}</b>",
            showarrow=False,
            font={"size": SIZE},
            bgcolor="rgba(255,255,255,0.7)",
        )
    shown, count = len(places), len(drawn.places)
    whole = counted(count, "paper")
    title = whole if shown == count else f"{shown:,} of {whole}"
    bare = {"visible": False, "scaleanchor": None}
    figure.update_layout(
        template="plotly_white",
        title=title,
        xaxis=bare,
        yaxis={"visible": False, "scaleanchor": None if sheet.stretched else "x"},
        legend={"itemsizing": "constant"},
        margin={"l": 10, "r": 10, "t": 50, "b": 10},
        hovermode="closest",
    )
    return figure


def years_figure(drawn: TopicMap) -> Figure | None:
    """The number of papers by year of the largest topics; ``None`` where fewer than two years are known."""
    from plotly.graph_objects import Bar, Figure

    years = sorted({place.paper.year for place in drawn.places if place.paper.year})
    if len(years) < 2:
        return None
    of_topics: dict[str, Counter[int]] = {}
    for place in drawn.places:
        if place.paper.year:
            of_topics.setdefault(place.topic, Counter())[place.paper.year] += 1
    figure = Figure()
    largest = drawn.topics.topics[:_LARGEST_BY_YEAR]
    rest: Counter[int] = Counter()
    for topic_id, counts in of_topics.items():
        if topic_id not in {topic.id for topic in largest}:
            rest.update(counts)
    layers = [(topic.name, of_topics.get(topic.id, Counter())) for topic in largest]
    for number, (name, counts) in enumerate([*layers, *([("Others", rest)] if rest else [])]):
        colour = _NO_TOPIC if number == len(layers) else _COLOURS[number % len(_COLOURS)]
        figure.add_trace(
            Bar(x=years, y=[counts[year] for year in years], name=_text(name), marker={"color": colour})
        )
    figure.update_layout(
        template="plotly_white", title="Papers by year", barmode="stack", xaxis={"dtick": "M1"}
    )
    figure.update_xaxes(type="category")
    return figure


def address_of(paper: Paper) -> str:
    """Where a paper can be read: its own address if it is on the web, else that of its DOI or arXiv id."""
    doi = paper.doi and f"https://doi.org/{paper.doi}"
    arxiv = paper.arxiv_id and f"https://arxiv.org/abs/{paper.arxiv_id}"
    for address in (paper.url, doi, arxiv):
        if not address:
            continue
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and parts.netloc:
            return address.strip()
    return ""


def some_of(drawn: TopicMap) -> list[Place]:
    """As many places of the map as can be drawn."""
    if len(drawn.places) <= _SHOWN:
        return list(drawn.places)
    chosen = set(sample_of([place.paper.id for place in drawn.places], _SHOWN))
    return [place for place in drawn.places if place.paper.id in chosen]


def _layers(drawn: TopicMap, places: list[Place]) -> list[tuple[str, list[Place]]]:
    """The points of one colour each, with their name; those of no topic last, without one."""
    areas = {area.id: area.name for area in drawn.topics.areas}
    layer_of = {topic.id: areas.get(topic.area, topic.name) for topic in drawn.topics}
    layers: dict[str, list[Place]] = {name: [] for name in areas.values()} if areas else {}
    for name in layer_of.values():
        layers.setdefault(name, [])
    layers[""] = []
    for place in places:
        layers[layer_of.get(place.topic, "")].append(place)
    return [(name, members) for name, members in layers.items() if members]


def _hover(place: Place, names: Mapping[str, str]) -> str:
    """Title, year and topic, as text: plotly reads markup in it."""
    year = f" ({place.paper.year})" if place.paper.year else ""
    topic = _text(names.get(place.topic, "No topic"))
    return f"{_text(place.paper.title[:_LONGEST_TITLE])}{year}<br><i>{topic}</i>"


def _text(plain: str) -> str:
    """For plotly, which reads some markup, and shows the entity of a quotation mark as it is."""
    return escape(plain, quote=False)
