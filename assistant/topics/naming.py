"""Names topics by the phrases that many of their papers use and few others do.

A class-based TF-IDF: papers of a topic count together, and a phrase counts by the share of them that has it,
times how much larger that share is than in all papers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..index.languages import has_unspaced
from ..types import Paper
from .phrases import LONGEST
from .reading import IN_TITLE, Phrase, Reading
from .wording import both, heading, is_short_for, numbered, size

TERMS = 8
"""Terms that are told of a topic."""
_WHOLE = 0.4
"""A phrase is one if so large a part of its occurrences is not within a longer run."""
_LENGTHS = (0.0, 0.55, 1.0, 1.1, 0.9)
"""What a phrase of one to four words is worth: a single word says little, four are long."""
_COVERED = 0.4
"""Where a phrase stands in fewer of a topic's papers, it counts less, and a second one is put beside it."""
_HALF, _TWICE = 0.5, 2.0
"""Words that name papers which share no phrase: in half of them, and twice as often as in others."""
_SECOND = 0.2
"""Of the papers without the first phrase, so many must have the second one."""
_BESIDE = 0.4
"""And it must be this part as good as the best."""
_LONGEST_NAME = 5
_TELLING = 1.5
"""How much more it counts that a phrase tells a topic from others than that many of its papers have it."""
_BROAD = frozenset(
    (
        *("machine learning", "machine learning models", "deep learning", "deep learning models"),
        *("neural networks", "deep neural networks", "language models", "large language models"),
        *("artificial intelligence", "generative models"),
    )
)
"""Names of fields: half as good for a topic within them."""


@dataclass(frozen=True, slots=True)
class Named:
    """A topic's name and the terms that tell it from others, best first."""

    name: str
    terms: tuple[str, ...]


class Namer:
    """Names groups of papers against each other."""

    def __init__(self, groups: Mapping[int, Sequence[Paper]]) -> None:
        """Read the papers of all groups; each group has a number."""
        reading = Reading(groups.values())
        self._of_papers: dict[int, list[dict[str, float]]] = {
            group: [reading.read(paper) for paper in papers] for group, papers in groups.items()
        }
        self._phrases: dict[str, Phrase] = reading.phrases()
        self._total = sum(map(len, self._of_papers.values()))

    def names(self, sets: Mapping[int, Sequence[int]] | None = None) -> dict[int, Named]:
        """A name for each group, no two the same; with ``sets``, for each of these sets of groups."""
        together = sets or {group: [group] for group in self._of_papers}
        named: dict[int, Named] = {}
        taken: set[str] = set()
        # The largest first: it has the better claim to a name that fits two.
        for name_of in sorted(together, key=lambda one: (-self._size(together[one]), one)):
            papers = [paper for group in together[name_of] for paper in self._of_papers[group]]
            named[name_of] = self._named(papers, taken)
            taken.add(named[name_of].name.casefold())
        return named

    def _size(self, groups: Iterable[int]) -> int:
        return sum(len(self._of_papers[group]) for group in groups)

    def _named(self, papers: Sequence[Mapping[str, float]], taken: set[str]) -> Named:
        scores = self._scores(papers)
        terms = self._unabbreviated(_distinct(list(scores)))
        shown = tuple(self._phrases[key].shown for key in terms[:TERMS])
        for name in self._candidates(terms, scores, papers):
            if heading(name).casefold() not in taken:
                return Named(heading(name), shown)
        return Named(numbered("Other papers", taken), shown)

    def _unabbreviated(self, terms: Sequence[str]) -> list[str]:
        """The phrases without those that are short for a better one: they say nothing more."""
        shown = [self._phrases[key].shown for key in terms]
        return [
            key
            for place, key in enumerate(terms)
            if not any(is_short_for(shown[place], better) for better in shown[:place])
        ]

    def _candidates(
        self, terms: Sequence[str], scores: Mapping[str, float], papers: Sequence[Mapping[str, float]]
    ) -> Iterator[str]:
        """Names, the best first."""
        having = {key: sum(key in paper for paper in papers) for key in terms}
        least = _least(papers)
        # A phrase that tells of few is worth less than its score, which counts most how few others have it.
        worth = {key: scores[key] * min(1.0, having[key] / len(papers) / _COVERED) for key in terms}
        phrases = sorted((key for key in terms if self._poverty(key) == 0), key=lambda key: -worth[key])
        shared = [key for key in phrases if having[key] >= least]
        near = [key for key in terms if scores[key] >= _BESIDE * scores[terms[0]]]
        for key in shared:
            yield self._joined(key, near, papers)
            yield self._phrases[key].shown
        common = [key for key in terms if self._common(key, having[key], len(papers))]
        for first, second in combinations(common, 2):
            yield self._both(first, second)
        if not shared and len(common) < 2:
            short = (shown for key in phrases if len((shown := self._phrases[key].shown).split()) < 4)
            yield from (f"{shown} and others" for shown in short)
        for key in (*phrases, *sorted(terms, key=self._poverty)):
            yield self._joined(key, near, papers)
            yield self._phrases[key].shown
        # In another language titles are all there is: a longer piece of one is better than no name.
        yield from (self._phrases[key].shown for key in scores if self._phrases[key].foreign)

    def _common(self, key: str, having: int, papers: int) -> bool:
        """Whether half of the papers share this, and others far less."""
        usual = self._phrases[key].papers / self._total
        return having >= max(2, _HALF * papers) and having / papers >= _TWICE * usual

    def _poverty(self, key: str) -> int:
        """How little of a name a phrase is: that of a whole field, or even a single word."""
        shown = self._phrases[key].shown
        return 2 if size(shown) < 2 else int(shown.casefold() in _BROAD)

    def _scores(self, papers: Sequence[Mapping[str, float]]) -> dict[str, float]:
        """How well phrases tell these papers from the others, best first; those of single papers last."""
        weights: Counter[str] = Counter()
        having: Counter[str] = Counter()
        for paper in papers:
            weights.update(paper)
            having.update(paper.keys())
        least = _least(papers)
        scores: dict[str, float] = {}
        for key, weight in weights.items():
            phrase = self._phrases[key]
            # Where the papers share no phrase, that of a title at least tells of one of them.
            in_title = weight >= IN_TITLE and (" " in key or has_unspaced(key))
            if (having[key] < least and not in_title) or phrase.whole < _WHOLE:
                continue
            share = weight / len(papers)
            more = (having[key] / len(papers)) / (phrase.papers / self._total)
            words = min(size(phrase.shown), LONGEST)
            # A single group has nothing that it could be told from.
            telling = math.log(max(more, 1.0)) if len(papers) < self._total else 1.0
            broad = 0.5 if phrase.shown.casefold() in _BROAD else 1.0
            scores[key] = share * telling**_TELLING * _LENGTHS[words] * phrase.whole * broad
        order = sorted(scores, key=lambda key: (having[key] < least, -scores[key], key))
        return {key: scores[key] for key in order if scores[key] > 0}

    def _both(self, key: str, other: str) -> str:
        first, second = self._phrases[key], self._phrases[other]
        return both(first.shown, second.shown, foreign=first.foreign or second.foreign)

    def _joined(self, key: str, near: Sequence[str], papers: Sequence[Mapping[str, float]]) -> str:
        """The phrase, with a second one where it does not stand for enough of the papers."""
        first = self._phrases[key].shown
        without = [paper for paper in papers if key not in paper]
        alone = size(first) < 2
        if not alone and len(without) <= (1 - _COVERED) * len(papers):
            return first
        for other in near:
            second = self._phrases[other].shown
            same = set(key.split()) & set(other.split())
            if other == key or (alone and same) or len(f"{first} {second}".split()) >= _LONGEST_NAME:
                continue
            having = sum(other in paper for paper in without)
            enough = having >= max(2, _SECOND * len(without)) and size(second) > 1
            if alone or enough:
                return self._both(key, other)
        return first


def _least(papers: Sequence[object]) -> int:
    """How many of a topic's papers share what is shared."""
    return 1 if len(papers) < 3 else 2


def _distinct(ranked: Sequence[str]) -> list[str]:
    """The phrases without those that only repeat words of better ones."""
    kept: list[str] = []
    for key in ranked[: 20 * LONGEST]:
        words = set(key.split())
        if not any(
            words <= set(other.split()) or set(other.split()) < words or _within(key, other) for other in kept
        ):
            kept.append(key)
    return kept


def _within(one: str, other: str) -> bool:
    """Whether phrases without blanks say the same thing: one is a part of the other."""
    return has_unspaced(one) and (one in other or other in one)
