"""What the sentences of several papers have to do with each other: near results, contradiction, open ends.

Told by wording and by vectors, so it is a pointer for a reader and no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..cards import PaperCard
from ..models.ports import Vectors
from ..types import Sentence
from . import cues

_AGAINST = re.compile(
    r"\b(?:contrary to|in (?:stark |sharp )?contrast (?:to|with)|as opposed to|contradict\w*|"
    r"inconsistent with|"
    r"unlike (?:\w+ ){0,2}?(?:prior|previous|existing|other|most|current|standard|traditional|conventional)|"
    r"challeng(?:e|es|ing) (?:the|this|these|common|conventional|prevailing|widely|existing) (?:\w+ ){0,3}?"
    r"(?:assumption|belief|view|notion|wisdom|idea|claim|understanding|paradigm)s?|disagree\w*|surprising\w*|"
    r"counter-?intuitive\w*|contrary|controvers\w+|debated?|misleading|overestimat\w+|trade-?offs?|"
    r"at the (?:cost|expense) of|"
    r"we (?:refute|disprove|dispute|question)|(?:is|are) (?:neither|not) (?:necessary|sufficient|enough))\b",
    re.IGNORECASE,
)
"""That a sentence sets itself against what others hold, or two aims against each other."""
_OPEN = re.compile(
    r"\b(?:remain(?:s|ed|ing)?|is|are|still|largely)\b[^.;]{0,40}?\b(?:open|unclear|unknown|unexplored|"
    r"under-?explored|under-?studied|unsolved|elusive|poorly understood|"
    r"not (?:yet )?(?:well |fully )?understood|lacking|scarce)\b|"
    r"\b(?:little|less|limited) (?:is known|attention|work|research|understanding)\b|"
    r"\bno (?:existing|prior|previous)\b|"
    r"\bfuture (?:work|research|directions?)\b|\bopen (?:question|problem|challenge)s?\b",
    re.IGNORECASE,
)
"""That something is not known yet."""
_NEAR = 0.5
"""The cosine from which on two sentences are on the same thing: unrelated ones of one field stay below 0.4,
paraphrases lie above 0.6 (all-MiniLM-L6-v2)."""
_SHORTEST = 6  # words


def tells_relations(sentence: Sentence) -> bool:
    """Whether a sentence sets itself against something, or says that something is not known yet."""
    return bool(_AGAINST.search(sentence.text) or _OPEN.search(sentence.text))


class Said(NamedTuple):
    """A sentence of the paper with this place."""

    paper: int
    sentence: Sentence


def near_results(
    cards: Sequence[PaperCard], vectors: Mapping[str, Vectors], most: int
) -> list[tuple[Said, Said]]:
    """Pairs of results that say nearly the same, the nearest first; each paper in one of them at most."""
    said = [
        Said(place, card.result.sentences[0])
        for place, card in enumerate(cards)
        if card.result and card.result.verbatim
    ]
    if len(said) < 2:
        return []
    rows = np.array([_vector(each, cards, vectors) for each in said], dtype=np.float32)
    likeness = np.triu(rows @ rows.T, 1)
    pairs: list[tuple[Said, Said]] = []
    taken: set[int] = set()
    for flat in np.argsort(-likeness, axis=None, kind="stable"):
        one, other = divmod(int(flat), len(said))
        if len(pairs) == most or likeness[one, other] < _NEAR:
            break
        same = said[one].sentence.text == said[other].sentence.text
        if not same and not taken & {one, other}:
            taken |= {one, other}
            pairs.append((said[one], said[other]))
    return pairs


def contradictions(
    cards: Sequence[PaperCard], vectors: Mapping[str, Vectors], most: int
) -> list[tuple[Said, Said | None]]:
    """Sentences that set themselves against something, each with the one of another paper that is nearest.

    Those with such a neighbour come first.
    """
    against = [said for said in _sentences(cards) if _AGAINST.search(said.sentence.text)]
    own = {said.paper for said in against}
    others = [
        said for said in _sentences(cards) if said.sentence.text not in {a.sentence.text for a in against}
    ]
    rows = np.array([_vector(each, cards, vectors) for each in others], dtype=np.float32)
    found: list[tuple[float, Said, Said | None]] = []
    for said in (next(s for s in against if s.paper == paper) for paper in sorted(own)):
        likeness = rows @ _vector(said, cards, vectors) if others else np.zeros(0, dtype=np.float32)
        likeness = np.where([other.paper == said.paper for other in others], -1, likeness)
        best = int(likeness.argmax()) if len(likeness) else -1
        near = best >= 0 and likeness[best] >= _NEAR
        found.append((float(likeness[best]) if near else 0.0, said, others[best] if near else None))
    found.sort(key=lambda each: (-each[0], each[1].paper))
    return [(said, beside) for _, said, beside in found[:most]]


def open_ends(cards: Sequence[PaperCard], most: int) -> list[Said]:
    """Limits that papers name of themselves, then what they say is not known yet; one a paper."""
    found: dict[int, Said] = {}
    for place, card in enumerate(cards):
        if card.limitation and card.limitation.verbatim:
            found[place] = Said(place, card.limitation.sentences[0])
    for said in _sentences(cards):
        if said.paper not in found and _OPEN.search(said.sentence.text):
            found[said.paper] = said
    return list(found.values())[:most]


def _sentences(cards: Sequence[PaperCard]) -> list[Said]:
    """All sentences that say something of the work."""
    return [
        Said(place, sentence)
        for place, card in enumerate(cards)
        for sentence in card.paper.sentences
        if len(sentence.text.split()) >= _SHORTEST and not cues.ELSEWHERE.search(sentence.text)
    ]


def _vector(said: Said, cards: Sequence[PaperCard], vectors: Mapping[str, Vectors]) -> Vectors:
    row: Vectors = vectors[cards[said.paper].id][said.sentence.index]
    return row


def by_nearness(places: Iterable[int], vectors: Sequence[Vectors]) -> list[int]:
    """These papers, the nearest to what all of them share first; ``vectors`` are theirs by place."""
    ordered = sorted(places)
    if not ordered:
        return []
    rows = np.array([vectors[place] for place in ordered], dtype=np.float32)
    likeness = rows @ rows.mean(axis=0)
    return [ordered[row] for row in np.argsort(-likeness, kind="stable")]
