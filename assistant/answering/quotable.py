"""Picks the sentences of a paper that are worth quoting; no quote says again what another one has said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..index.words import terms
from ..questions.form import Form
from ..types import Hit
from .abstracts import asks_for_housekeeping, is_housekeeping, leans_back, own_work

_BACKGROUND = 0.5
"""Background is what a paper did not find out itself: it is quoted where it is twice as likely to answer."""
_SAME = 0.6
"""Sentences that share so many of their terms (Jaccard) say the same."""
_LONGEST = 120
"""Words; a longer sentence is a list or a badly split text, and quoted only for want of another."""
_DEFINING = re.compile(
    r"\b(?:propos\w+|introduc\w+|present\w*|develop\w*|describ\w+|call(?:ed)?|dub(?:bed)?|term(?:ed)?|nam(?:ed|ely)|"
    r"known\s+as|refer(?:red|s)?|is\s+an?|stands?\s+for)\b",
    re.IGNORECASE,
)
_LACK = re.compile(
    r"\b(?:lack(?:s|ing)?|unclear|unknown|unexplored|under-?explored|open\s+(?:question|problem)s?|little\s+is\s+known|"
    r"not\s+(?:well|fully|yet)\s+(?:\w+\s+)?(?:understood|known|explored|studied)|poorly\s+understood|"
    r"remains?\s+(?:\w+\s+)?(?:unclear|challenging|difficult|elusive|limited|an?\s+challenge))\b",
    re.IGNORECASE,
)
"""Words of background that says what is not known yet: the question again, and no answer."""
_LACKING = 0.5


class Quotable:
    """What may still be quoted in one answer."""

    def __init__(self, question: str, form: Form) -> None:
        """Pick for this question."""
        self._form = form
        self._housekeeping = asks_for_housekeeping(question)
        self._said: list[set[str]] = []

    def best(self, hit: Hit, most: int = 1, least: float = 1.0) -> list[int]:
        """The places of the best sentence and of further ones with a chance of ``least``, ``most`` in all.

        The best comes first, the others as the abstract has them. Empty where all has been said.
        """
        first = self._likeliest(hit, 1, 0.0)
        return [*first, *self._likeliest(hit, most - 1, least)] if first else []

    def more(self, hit: Hit, least: float) -> list[int]:
        """The place of a further sentence that has at least this chance, if there is one."""
        return self._likeliest(hit, 1, least)

    def _likeliest(self, hit: Hit, most: int, least: float) -> list[int]:
        """New sentences with that chance, as the abstract has them."""
        chances = self._chances(hit)
        found: list[int] = []
        for place in sorted(chances, key=lambda place: (-chances[place], place)):
            if len(found) < most and chances[place] >= least and self._is_new(hit, place):
                found.append(place)
        return sorted(found)

    def approach(self, hit: Hit, name: str = "") -> list[int]:
        """The place of the sentence that introduces ``name``, else what the paper does, if it is new."""
        place = _introducing(hit, name)
        place = own_work(hit.paper.sentences) if place is None else place
        text = hit.paper.sentences[place].text
        return [place] if len(text.split()) <= _LONGEST and self._is_new(hit, place) else []

    def naming(self, hit: Hit, names: Sequence[str]) -> list[int]:
        """The place of the best sentence that names two or more things, if there is one."""
        for evidence in hit.evidence:
            text = evidence.text.casefold()
            if sum(name.casefold() in text for name in names) > 1 and self._is_new(hit, evidence.index):
                return [evidence.index]
        return []

    def before(self, hit: Hit, place: int) -> int | None:
        """The place of the sentence that is needed to understand the one at ``place``, if it is new."""
        text = hit.paper.sentences[place].text
        return place - 1 if place and leans_back(text) and self._is_new(hit, place - 1) else None

    def _chances(self, hit: Hit) -> dict[int, float]:
        """The chance of each sentence that it answers, by its place, as far as its kind allows."""
        sentences = hit.paper.sentences
        own = own_work(sentences)
        found = {evidence.index: evidence.score for evidence in hit.evidence}
        for place in found:
            text = sentences[place].text
            if place < own:
                found[place] *= _BACKGROUND * (_LACKING if _LACK.search(text) else 1)
            if len(text.split()) > _LONGEST or (is_housekeeping(text) and not self._housekeeping):
                found[place] = 0.0
        introduced = _introducing(hit, self._form.defined)
        return found if introduced is None else found | {introduced: 1.0}

    def _is_new(self, hit: Hit, place: int) -> bool:
        """Whether a sentence says something new; it counts as said from then on."""
        its = set(terms(hit.paper.sentences[place].text))
        if any(len(its & other) > _SAME * len(its | other) for other in self._said):
            return False
        self._said.append(its)
        return True


def _introducing(hit: Hit, name: str) -> int | None:
    """The place of the first sentence that says what something is."""
    name = name.casefold()
    sentences = (sentence for sentence in hit.paper.sentences if name and name in sentence.text.casefold())
    return next((sentence.index for sentence in sentences if _DEFINING.search(sentence.text)), None)
