"""A question taken apart once, so that many papers and sentences can be held against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..index.stopwords import STOPWORDS
from ..index.words import terms
from ..models.ports import Vectors

_AMOUNT = re.compile(
    r"\bhow (much|many|few|fast|far|large|small|long|close|often|little|\w+er)\b|\bby what\b|"
    r"\b(what|which) (speed-?ups?|accurac\w+|improvements?|shares?|percent\w*|fractions?|gains?|factors?|"
    r"rates?|scores?|costs?)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_PIECE = 4
"""Characters of a piece: "denois" and "denoiser" share most of theirs, whatever the stemmer makes of them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a question is made of.

    ``weights`` tells how telling each of its terms is, ``pairs`` each two neighbouring ones, ``pieces`` are
    runs of characters of its words, and ``amount`` is whether it asks for a number.
    """

    vector: Vectors
    weights: dict[str, float]
    pairs: dict[str, float]
    pieces: tuple[str, ...]
    amount: bool

    @classmethod
    def of(cls, text: str, vector: Vectors, weight: Callable[[str], float]) -> Question:
        """Take ``text`` apart; ``vector`` is its embedding, ``weight`` a term's inverse frequency."""
        in_order = terms(text)
        weights = {term: weight(term) for term in dict.fromkeys(in_order)}
        pairs = {f" {one} {other} ": weights[one] + weights[other] for one, other in pairwise(in_order)}
        return cls(vector, weights, pairs, _pieces(text), bool(_AMOUNT.search(text)))

    def shared_pairs(self, texts: Iterable[Sequence[str]]) -> float:
        """The share of the pairs, by weight, that stand side by side in the terms of one of the texts."""
        # One string to look in, since making all pairs of 24 papers costs more than the rest of a search.
        ran = "\n".join(f" {' '.join(text)} " for text in texts)
        return share(self.pairs, ran)

    def has_pieces(self, text: str) -> list[bool]:
        """For each piece whether it stands in a text that :func:`plain` made."""
        return [piece in text for piece in self.pieces]


def share(weights: Mapping[str, float], found: Container[str]) -> float:
    """The share, by weight, of the words that are in ``found``."""
    total = sum(weights.values())
    return sum([weight for word, weight in weights.items() if word in found]) / total if total else 0.0


def plain(text: str) -> str:
    """The words of a text in lower case between single spaces: what pieces are looked for in."""
    return " " + " ".join(_WORD.findall(text.lower())) + " "


def _pieces(text: str) -> tuple[str, ...]:
    words = [f" {word} " for word in plain(text).split() if word not in STOPWORDS]
    runs = (word[at : at + _PIECE] for word in words for at in range(max(1, len(word) - _PIECE + 1)))
    return tuple(dict.fromkeys(runs))
