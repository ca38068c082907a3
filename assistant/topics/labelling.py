"""Which names of topics stand on a map: those that lie on no other, the largest topics first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from unicodedata import east_asian_width

from ..grouped import Place, TopicMap

SIZE = 11
"""Of the letters, in pixels."""
_MOST = 40
"""Names that still can be read beside each other."""
_LONGEST = 40
"""Characters of a name; the rest is told where one points at a paper."""
# Bold letters of the usual typefaces are 0.55 of their size wide on average, and a little more to be safe.
_LETTER = 0.62 * SIZE
_WIDE_LETTER = 1.1 * SIZE
_AROUND = 6
_HEIGHT = 1.4 * SIZE + _AROUND
_MARGINS = 1.15
"""A map is so much wider and higher than its points."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a map is drawn on, in pixels; with ``stretched``, its height has another scale than its width."""

    width: int
    height: int
    stretched: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A name in the middle of its topic's papers, in the map's own units."""

    text: str
    x: float
    y: float


def labels(drawn: TopicMap, places: Sequence[Place], sheet: Sheet) -> list[Label]:
    """The names that have room on the sheet, and on any that is larger, for the places that are drawn."""
    if not places:
        return []
    across, up = _scales(places, sheet)
    of_topics: dict[str, list[Place]] = {}
    for place in places:
        of_topics.setdefault(place.topic, []).append(place)
    put: list[tuple[float, float, float]] = []
    found = []
    for topic in drawn.topics.topics:
        own = of_topics.get(topic.id)
        if own is None:
            continue
        label = Label(
            _shortened(topic.name), median(place.x for place in own), median(place.y for place in own)
        )
        x, y, half = label.x * across, label.y * up, _width(label.text) / 2
        if all(abs(x - other) >= half + others or abs(y - above) >= _HEIGHT for other, above, others in put):
            put.append((x, y, half))
            found.append(label)
            if len(found) == _MOST:
                break
    return found


def _scales(places: Sequence[Place], sheet: Sheet) -> tuple[float, float]:
    """Pixels of one unit of the map, to the right and up."""
    across = sheet.width / _MARGINS / _span(place.x for place in places)
    up = sheet.height / _MARGINS / _span(place.y for place in places)
    return (across, up) if sheet.stretched else (min(across, up), min(across, up))


def _span(values: Iterable[float]) -> float:
    known = list(values)
    return max(max(known) - min(known), 1e-9)


def _width(text: str) -> float:
    return sum(_WIDE_LETTER if east_asian_width(letter) in "FW" else _LETTER for letter in text) + _AROUND


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"
