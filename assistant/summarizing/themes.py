"""Parts a handful of papers into themes and names them; knows nothing of what is written of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..models.ports import Vectors
from ..types import Paper

Parts = list[tuple[str, list[int]]]
"""Themes by name, with the places of their papers."""
OTHER = "Other papers"
FEWEST = 6
"""Fewer papers are one theme: a theme of one paper compares nothing."""
MOST = 6
"""More themes than a reader keeps in mind are too many."""


def themes_of(papers: Sequence[Paper], vectors: Mapping[str, Vectors]) -> Parts:
    """The papers by theme, the largest first, those that fit none last; empty where they are one theme.

    ``vectors`` are the papers' unit vectors by id.
    """
    from ..topics.clustering import groups
    from ..topics.features import compared
    from ..topics.naming import Namer

    if len(papers) < FEWEST:
        return []
    rows = compared(papers, np.array([vectors[paper.id] for paper in papers], dtype=np.float32))
    labels = groups(rows, MOST)
    found = [[int(row) for row in np.flatnonzero(labels == label)] for label in range(labels.max() + 1)]
    found = sorted((own for own in found if len(own) > 1), key=lambda own: (-len(own), own[0]))
    if len(found) < 2:
        return []
    named = Namer({place: [papers[p] for p in own] for place, own in enumerate(found)}).names()
    return with_rest([(named[place].name, own) for place, own in enumerate(found)], len(papers))


def with_rest(themes: Parts, papers: int) -> Parts:
    """The themes, and the papers that none of them has."""
    placed = {place for _, own in themes for place in own}
    rest = [place for place in range(papers) if place not in placed]
    return [*themes, (OTHER, rest)] if themes and rest else themes
