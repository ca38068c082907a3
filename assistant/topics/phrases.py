"""Phrases of a text that may name something, found by rule: no tagger and no download is needed.

Runs of words between punctuation and plain words ("we show that", "novel") are taken apart into pieces of up
to four words. Not every piece is a term: "graph neural" is one cut short. That shows over many texts, so each
piece is told with whether its run went on after it or before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..index.languages import UNSPACED
from ..index.words import terms
from .plain import NOT_ALONE, PLAIN

LONGEST = 4
_LITTLE = 3
"""Letters of the longest words that say nothing in most languages: "der", "des", "con"."""
_PART = rf"[^\W_{UNSPACED}]+"
_WORD = re.compile(rf"https?://\S+|{_PART}(?:[-‐‑’']{_PART})*|[^\w\s]|[_{UNSPACED}]")
_MOST_CHARACTERS = 10_000
"""Of one text; an abstract has some 1,500."""

_ADJECTIVES = tuple("able aware based ed free ful ible ic ical ional less like ous wise".split())
_NOUNS = tuple("need speed seed table cable variable logic metric topic traffic music magic public".split())
"""Nouns that end as adjectives do."""
_NO_END = frozenset(
    (
        "deep large-scale multi high-dimensional low-dimensional time-varying real-time neural "
        "fault-tolerant evolutionary stationary elementary auxiliary customary primary secondary "
        "necessary ordinary unitary"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a run, as they stand there; ``begins`` and ``ends`` where the run does."""

    words: tuple[str, ...]
    begins: bool
    ends: bool

    @property
    def key(self) -> str:
        """The stems of the words: the same in singular and plural, with and without hyphens."""
        return _key(self.words)

    @property
    def tail(self) -> str:
        """The key of what is left without the first word."""
        return _key(self.words[1:])


def words_of(text: str) -> list[str]:
    """The words of a text in their order, one case, whatever they tell."""
    return [word.casefold() for word in _WORD.findall(text[:_MOST_CHARACTERS]) if word[0].isalpha()]


def pieces(text: str, usual: frozenset[str] | None = None) -> Iterator[Piece]:
    """The pieces of a text that may be terms; of one that is not English, ``usual`` words tell nothing."""
    for run in _runs(text[:_MOST_CHARACTERS], usual):
        count = len(run)
        for start in range(count):
            for end in range(start + 1, min(start + LONGEST, count) + 1):
                if not _may_end(run[end - 1].casefold()) or (
                    end - start == 1 and run[start].casefold() in NOT_ALONE
                ):
                    continue
                yield Piece(tuple(run[start:end]), start == 0, end == count)


def _key(words: tuple[str, ...]) -> str:
    return " ".join(stem for word in words for stem in _stems(word))


def _may_end(word: str) -> bool:
    """Whether a term may end with this word: not with an adjective, as far as its letters show it."""
    return not (word in _NO_END or word.endswith(_ADJECTIVES)) or word.endswith(_NOUNS)


def _runs(text: str, usual: frozenset[str] | None) -> Iterator[list[str]]:
    """The words between plain ones and punctuation."""
    run: list[str] = []
    for word in _WORD.findall(text):
        if _tells(word) and (usual is None or _tells_abroad(word, usual)):
            run.append(word)
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _tells(word: str) -> bool:
    small = word.casefold()
    return (
        len(word) > 1
        and not small.endswith("ly")
        and small not in PLAIN
        and any(character.isalpha() for character in word)
    )


def _tells_abroad(word: str, usual: frozenset[str]) -> bool:
    """Whether a word of another language is no little one: these are short, or stand in most texts."""
    return (len(word) > _LITTLE or word.isupper()) and word.casefold() not in usual


@lru_cache(maxsize=100_000)
def _stems(word: str) -> tuple[str, ...]:
    """The stems of the parts of a word; of one that has none, itself."""
    parts = re.split(r"\W+", word)
    return tuple(stem for part in parts for stem in terms(part)) or (word.casefold(),)
