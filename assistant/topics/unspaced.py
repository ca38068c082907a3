"""Phrases of Chinese and Japanese texts: runs of a few letters that stand beside many others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ..index.languages import runs

_LONGEST = 8
"""Letters of a phrase."""


@dataclass(slots=True)
class Beside:
    """What stands before and after a phrase, "" where a run begins or ends there."""

    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    @property
    def whole(self) -> float:
        """How much it is no piece of a longer phrase: that has the same letter beside it mostly."""
        return 1 - max(_most(self.before), _most(self.after))


def _most(letters: Counter[str]) -> float:
    return max((n for letter, n in letters.items() if letter), default=0) / max(1, letters.total())


def grams(text: str) -> Iterator[tuple[str, str, str]]:
    """The phrases, each with the letters before and after it; whole runs may be twice as long as others."""
    for run in runs(text):
        for start in range(len(run)):
            for end in range(start + 1, min(start + _LONGEST, len(run)) + 1):
                gram = "".join(run[start:end])
                if len(gram) > 1:
                    before = run[start - 1] if start else ""
                    yield gram, before, run[end] if end < len(run) else ""
        if _LONGEST < len(run) <= 2 * _LONGEST:
            yield "".join(run), "", ""


def pairs(text: str) -> list[str]:
    """Each two neighbours, which tell what a text is about as words do."""
    return [one + other for run in runs(text) for one, other in pairwise(run)]
