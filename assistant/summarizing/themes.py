"""Parts a handful of papers into themes; knows nothing of what is written of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..models.ports import Vectors
from ..types import Paper

_FEWEST = 6
"""Fewer papers are one theme: a theme of one paper compares nothing."""
_MOST = 7
"""More themes than a reader keeps in mind are too many; the smallest go to the rest."""


def grouped(papers: Sequence[Paper], vectors: Mapping[str, Vectors]) -> list[list[int]]:
    """The places of the papers by theme, the largest first; those that fit none are the last list.

    ``vectors`` are unit vectors by paper id; a paper without one fits none.
    """
    from ..topics.clustering import groups
    from ..topics.features import compared

    known = [place for place, paper in enumerate(papers) if paper.id in vectors]
    if len(known) < _FEWEST:
        return [list(range(len(papers)))]
    rows = compared([papers[p] for p in known], np.array([vectors[papers[p].id] for p in known], np.float32))
    labels = groups(rows)
    found = [[known[row] for row in np.flatnonzero(labels == label)] for label in range(labels.max() + 1)]
    themes = sorted((theme for theme in found if len(theme) > 1), key=lambda theme: (-len(theme), theme[0]))
    themes = themes[:_MOST]
    placed = {place for theme in themes for place in theme}
    rest = [place for place in range(len(papers)) if place not in placed]
    return [*themes, rest] if rest and themes else themes or [rest]
