"""Reads the phrases of papers, each with where it stands and how; what they are worth is told elsewhere.

The words that say nothing are known for English (``plain``). Of papers in other languages, the phrases of
their titles are read, which are names mostly, and their abstracts only for these; words that stand in most of
them say nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..index.languages import is_english
from ..types import Paper
from .phrases import pieces, words_of
from .unspaced import Beside, grams
from .wording import small

IN_TITLE, IN_ABSTRACT = 1.0, 0.5
_USUAL, _GROUPS = 0.3, 0.75
"""A word of another language is a little one if so many papers have it in so many of the groups."""


@dataclass(slots=True)
class Phrase:
    """What is known of one phrase in all texts."""

    papers: int = 0
    begins: int = 0
    ends: int = 0
    count: int = 0
    after: int = 0
    """How many different words stand before it."""
    forms: Counter[str] = field(default_factory=Counter)
    title_forms: Counter[str] = field(default_factory=Counter)

    foreign: bool = False
    """Whether it was read in another language than English."""
    beside: Beside | None = None
    """Of a phrase without blanks, what stands beside it."""

    @property
    def whole(self) -> float:
        """How much of it is a term of its own, and no piece of a longer one.

        What stands after many different words is one ("secure", "scalable distributed training"): these only
        say more of it (accessor variety, Feng et al. 2004, doi:10.1162/089120104773633394). The words that
        follow tell nothing of the kind, since any adjective stands before many. Single words are not asked.
        """
        if self.beside:
            return self.beside.whole
        return min(self.begins + self.after, self.ends, self.count) / self.count

    @property
    def shown(self) -> str:
        """As it is written most often in running text; titles write words large that are not."""
        forms = self.forms + self.title_forms if self.foreign else self.forms or self.title_forms
        most = max(forms.values())
        shown = min(form for form, count in forms.items() if count == most)
        return shown if self.forms or self.foreign else " ".join(map(small, shown.split()))


class Reading:
    """The phrases of some papers, read one after the other."""

    def __init__(self, groups: Iterable[Sequence[Paper]]) -> None:
        """Look which papers are not English, what their titles hold, and what most groups of them have."""
        self._phrases: dict[str, Phrase] = defaultdict(Phrase)
        self._after: Counter[str] = Counter()
        abroad = [[paper for paper in group if not is_english(paper.text)] for group in groups]
        foreign = [paper for group in abroad for paper in group]
        self._foreign = {paper.id for paper in foreign}
        self._usual = _usual([group for group in abroad if group])
        self._titled: set[str] = set()
        for paper in foreign:
            self._titled.update(piece.key for piece in pieces(paper.title, self._usual))
            self._titled.update(gram for gram, _, _ in grams(paper.title))

    def read(self, paper: Paper) -> dict[str, float]:
        """The phrases of a paper, by where they stand."""
        weights: dict[str, float] = {}
        is_foreign = paper.id in self._foreign
        for text, weight in ((paper.title, IN_TITLE), (paper.abstract, IN_ABSTRACT)):
            for piece in pieces(text, self._usual if is_foreign else None):
                key = piece.key
                if is_foreign and key not in self._titled:
                    continue
                if len(piece.words) > 2 and key not in self._phrases:
                    self._after[piece.tail] += 1
                phrase = self._phrases[key]
                phrase.begins += piece.begins
                phrase.ends += piece.ends
                phrase.foreign = is_foreign
                self._count(key, " ".join(piece.words), weight, weights)
            if is_foreign:
                self._read_grams(text, weight, weights)
        return weights

    def _read_grams(self, text: str, weight: float, weights: dict[str, float]) -> None:
        for gram, before, after in grams(text):
            if gram in self._titled:
                phrase = self._phrases[gram]
                phrase.foreign = True
                phrase.beside = beside = phrase.beside or Beside()
                beside.before[before] += 1
                beside.after[after] += 1
                self._count(gram, gram, weight, weights)

    def _count(self, key: str, form: str, weight: float, weights: dict[str, float]) -> None:
        phrase = self._phrases[key]
        phrase.count += 1
        (phrase.title_forms if weight == IN_TITLE else phrase.forms)[form] += 1
        if key not in weights:
            phrase.papers += 1
        weights[key] = max(weights.get(key, 0.0), weight)

    def phrases(self) -> dict[str, Phrase]:
        """All phrases that were read, by their keys."""
        for key, count in self._after.items():
            if key in self._phrases:
                self._phrases[key].after = count
        return self._phrases


def _usual(groups: Sequence[Sequence[Paper]]) -> frozenset[str]:
    """The words that most groups use, whatever they are about; one group by itself tells none."""
    if len(groups) < 2:
        return frozenset()
    spread: Counter[str] = Counter()
    for group in groups:
        having = Counter(word for paper in group for word in set(words_of(paper.abstract)))
        spread.update(word for word, count in having.items() if count >= _USUAL * len(group))
    return frozenset(word for word, count in spread.items() if count >= max(2, _GROUPS * len(groups)))
