"""Names topics by the phrases that many of their papers use and few others do.

A class-based TF-IDF: papers of a topic count together, and a phrase counts by the share of them that has it,
times how much larger that share is than in all papers.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..types import Paper
from .phrases import LONGEST, pieces

TERMS = 8
"""Terms that are told of a topic."""
_IN_TITLE, _IN_ABSTRACT = 1.0, 0.5
_WHOLE = 0.4
"""A phrase is one if so large a part of its occurrences is not within a longer run."""
_LENGTHS = (0.0, 0.55, 1.0, 1.1, 0.9)
"""What a phrase of one to four words is worth: a single word says little, four are long."""
_COVERED = 0.4
"""Where the best phrase stands in fewer of a topic's papers, a second one is put beside it."""
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


@dataclass(slots=True)
class _Phrase:
    """What is known of one phrase in all texts."""

    papers: int = 0
    begins: int = 0
    ends: int = 0
    count: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    title_forms: Counter[str] = field(default_factory=Counter)

    @property
    def whole(self) -> float:
        return min(self.begins, self.ends) / self.count

    @property
    def shown(self) -> str:
        """As it is written most often in running text; titles write words large that are not."""
        forms = self.forms or self.title_forms
        most = max(forms.values())
        shown = min(form for form, count in forms.items() if count == most)
        return shown if self.forms else " ".join(map(_small, shown.split()))


class Namer:
    """Names groups of papers against each other."""

    def __init__(self, groups: Mapping[int, Sequence[Paper]]) -> None:
        """Read the papers of all groups; each group has a number."""
        self._phrases: dict[str, _Phrase] = defaultdict(_Phrase)
        self._of_papers: dict[int, list[dict[str, float]]] = {
            group: [self._read(paper) for paper in papers] for group, papers in groups.items()
        }
        self._total = sum(map(len, self._of_papers.values()))

    def _read(self, paper: Paper) -> dict[str, float]:
        """The phrases of a paper, by where they stand."""
        weights: dict[str, float] = {}
        for text, weight in ((paper.title, _IN_TITLE), (paper.abstract, _IN_ABSTRACT)):
            for piece in pieces(text):
                key = piece.key
                phrase = self._phrases[key]
                phrase.count += 1
                phrase.begins += piece.begins
                phrase.ends += piece.ends
                (phrase.title_forms if weight == _IN_TITLE else phrase.forms)[" ".join(piece.words)] += 1
                if key not in weights:
                    phrase.papers += 1
                weights[key] = max(weights.get(key, 0.0), weight)
        return weights

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
        terms = _distinct(list(scores))
        shown = tuple(self._phrases[key].shown for key in terms[:TERMS])
        near = [key for key in terms if scores[key] >= _BESIDE * scores[terms[0]]]
        for key in sorted(terms, key=self._poverty):
            for name in (self._joined(key, near, papers), self._phrases[key].shown):
                if heading(name).casefold() not in taken:
                    return Named(heading(name), shown)
        return Named(_numbered("Other papers", taken), shown)

    def _poverty(self, key: str) -> int:
        """How little of a name a phrase is: that of a whole field, or even a single word."""
        shown = self._phrases[key].shown
        return 2 if len(_parts(shown)) < 2 else int(shown.casefold() in _BROAD)

    def _scores(self, papers: Sequence[Mapping[str, float]]) -> dict[str, float]:
        """How well phrases tell these papers from the others, best first; those of single papers last."""
        weights: Counter[str] = Counter()
        having: Counter[str] = Counter()
        for paper in papers:
            weights.update(paper)
            having.update(paper.keys())
        least = 1 if len(papers) < 3 else 2
        scores: dict[str, float] = {}
        for key, weight in weights.items():
            phrase = self._phrases[key]
            # Where the papers share no phrase, that of a title at least tells of one of them.
            in_title = weight >= _IN_TITLE and " " in key
            if (having[key] < least and not in_title) or phrase.whole < _WHOLE:
                continue
            share = weight / len(papers)
            more = (having[key] / len(papers)) / (phrase.papers / self._total)
            words = min(len(_parts(phrase.shown)), LONGEST)
            # A single group has nothing that it could be told from.
            telling = math.log(max(more, 1.0)) if len(papers) < self._total else 1.0
            broad = 0.5 if phrase.shown.casefold() in _BROAD else 1.0
            scores[key] = share * telling**_TELLING * _LENGTHS[words] * phrase.whole * broad
        order = sorted(scores, key=lambda key: (having[key] < least, -scores[key], key))
        return {key: scores[key] for key in order if scores[key] > 0}

    def _joined(self, key: str, near: Sequence[str], papers: Sequence[Mapping[str, float]]) -> str:
        """The phrase, with a second one where it does not stand for enough of the papers."""
        first = self._phrases[key].shown
        without = [paper for paper in papers if key not in paper]
        alone = len(_parts(first)) < 2
        if not alone and len(without) <= (1 - _COVERED) * len(papers):
            return first
        for other in near:
            second = self._phrases[other].shown
            if set(key.split()) & set(other.split()) or len(f"{first} {second}".split()) >= _LONGEST_NAME:
                continue
            having = sum(other in paper for paper in without)
            enough = having >= max(2, _SECOND * len(without)) and len(_parts(second)) > 1
            if alone or enough:
                return f"{first} and {second}"
        return first


def heading(name: str) -> str:
    """The name with a large first letter."""
    return name[:1].upper() + name[1:]


def _parts(shown: str) -> list[str]:
    """The words of a phrase; those joined by hyphens count each."""
    return re.split(r"[\s‐‑’-]+", shown)


def _distinct(ranked: Sequence[str]) -> list[str]:
    """The phrases without those that only repeat words of better ones."""
    kept: list[str] = []
    for key in ranked[: 20 * LONGEST]:
        words = set(key.split())
        if not any(words <= set(other.split()) or set(other.split()) < words for other in kept):
            kept.append(key)
    return kept


def _small(word: str) -> str:
    """A word of a title as in running text; one with large letters inside is written so everywhere."""
    return word.casefold() if word[1:].islower() or not word[1:] else word


def _numbered(name: str, taken: set[str]) -> str:
    number = 1
    while (numbered := name if number == 1 else f"{name} {number}").casefold() in taken:
        number += 1
    return numbered
