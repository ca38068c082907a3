"""Finds again what was there before: sets of papers that are about the same as earlier ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

Old = TypeVar("Old", bound=Hashable)
New = TypeVar("New", bound=Hashable)

_SAME = 0.4
"""Sets are the same that share this part of the papers in either; each has one counterpart at most."""


def matched(before: Mapping[str, Old], after: Mapping[str, New]) -> dict[New, Old]:
    """The earlier set of each later one that has one, told by the papers that are in both collections.

    Both map papers to the set that holds them.
    """
    common = before.keys() & after.keys()
    shared = Counter((before[paper], after[paper]) for paper in common)
    sizes_before = Counter(before[paper] for paper in common)
    sizes_after = Counter(after[paper] for paper in common)
    found: dict[New, Old] = {}
    taken: set[Old] = set()
    likeness = {
        (old, new): both / (sizes_before[old] + sizes_after[new] - both)
        for (old, new), both in shared.items()
    }
    for (old, new), share in sorted(likeness.items(), key=lambda pair: (-pair[1], str(pair[0]))):
        if share >= _SAME and new not in found and old not in taken:
            found[new] = old
            taken.add(old)
    return found
