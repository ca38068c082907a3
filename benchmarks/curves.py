"""What a collection costs by its size, as SVG: a panel a measure, both axes in powers of ten."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_SIDE, _LEFT, _TOP, _GAP = 220, 70, 40, 110
_COLOURS = ("#1f6feb", "#d1542b", "#2b8a3e")


@dataclass(frozen=True, slots=True)
class Panel:
    """A measure: its title, the names of its values and what each curve is called."""

    title: str
    curves: Mapping[str, str]


PANELS = (
    Panel(
        "import, minutes (no embedding)",
        {"import_minutes": "paper-assistant", "bare_minutes": "Chroma alone"},
    ),
    Panel("peak memory, MB", {"import_mb": "while importing", "search_mb": "while searching"}),
    Panel("disk, MB", {"disk_mb": "paper-assistant", "bare_disk_mb": "Chroma alone"}),
    Panel("a search, ms", {"search_ms": "median", "search_p95_ms": "95th percentile"}),
)
"""The values are those that `benchmarks.scale` keeps, by the number of ``papers``."""


def curves(measured: Sequence[Mapping[str, float]], panels: Sequence[Panel] = PANELS) -> str:
    """The figure; sizes at which something was not measured have no point in that curve."""
    width = _LEFT + len(panels) * (_SIDE + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_TOP + _SIDE + 60}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{_TOP + _SIDE + 60}" fill="#fff"/>',
    ]
    for place, panel in enumerate(panels):
        parts += _panel(panel, measured, _LEFT + place * (_SIDE + _GAP))
    return "\n".join([*parts, "</svg>\n"])


def _panel(panel: Panel, measured: Sequence[Mapping[str, float]], left: int) -> list[str]:
    lines = {
        name: [(m["papers"], m[key]) for m in measured if m.get(key, 0) > 0]
        for key, name in panel.curves.items()
    }
    points = [point for line in lines.values() for point in line]
    parts = [
        f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>',
        f'<text x="{left + _SIDE / 2}" y="{_TOP - 12}" text-anchor="middle" font-weight="bold">'
        f"{escape(panel.title)}</text>",
        f'<text x="{left + _SIDE / 2}" y="{_TOP + _SIDE + 40}" text-anchor="middle">papers</text>',
    ]
    if not points:
        return parts
    across, up = _decades([x for x, _ in points]), _decades([y for _, y in points])

    def at(x: float, y: float) -> tuple[float, float]:
        return left + _share(x, across) * _SIDE, _TOP + (1 - _share(y, up)) * _SIDE

    for power in across:
        x, _ = at(10.0**power, 10.0 ** up[0])
        parts.append(f'<text x="{x:.1f}" y="{_TOP + _SIDE + 18}" text-anchor="middle">{_told(power)}</text>')
    for power in up:
        _, y = at(10.0 ** across[0], 10.0**power)
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{_told(power)}</text>')
        parts.append(f'<line x1="{left}" x2="{left + _SIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
    for place, ((name, line), colour) in enumerate(zip(lines.items(), _COLOURS, strict=False)):
        there = [at(x, y) for x, y in sorted(line)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in there)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in there]
        y = _TOP + 18 + 16 * place
        parts.append(f'<text x="{left + 8}" y="{y}" fill="{colour}">{escape(name)}</text>')
    return parts


def _decades(values: Sequence[float]) -> range:
    """The powers of ten that hold all values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return range(low, max(high, low + 1) + 1)


def _share(value: float, decades: range) -> float:
    return (math.log10(value) - decades[0]) / (decades[-1] - decades[0])


def _told(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
