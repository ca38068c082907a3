"""What a text denies: the words in the reach of "not", "no", "without", "fails to" and their like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .words import clauses, stem

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
DENIES = re.compile(
    r"not|cannot|\w+n't|no|never|none|neither|nor|without|lack(?:s|ed|ing)?|fail(?:s|ed|ing)?|unable|absence|hardly",
    re.IGNORECASE,
)
_EVADES = re.compile(
    r"avoid\w*|eliminat\w*|remov\w*|obviat\w*|prevent\w*|instead|rather|except|unlike|beyond|free|un\w+able|"
    r"limit\w*|only|insufficient\w*|ignor\w*|neglect\w*|miss\w*|omit\w*|overlook\w*|difficult\w*|hard|"
    r"deficien\w*|ablat\w*|deplet\w*|knock\w*|impossible|hinder\w*|inhibit\w*|reduc\w*|bypass\w*|discard\w*|less|little|few|rarely|seldom|un\w+|in\w+able",
    re.IGNORECASE,
)
_BEYOND_DENIAL = re.compile(r"not (?:only|just|merely|necessarily|limited to)|no (?:longer|matter|doubt)|nor", re.IGNORECASE)
_FREE = re.compile(r"(\w+)-(?:free|less)\b", re.IGNORECASE)
_REACH = 3
"""How many telling words a denial reaches, within its clause."""


@dataclass(frozen=True, slots=True)
class Polarity:
    """The stems of a text by how they are said.

    ``heads`` are the first ones that each denial reaches: what is denied. ``evaded`` are near words that
    come close to a denial ("avoids X", "X-free"), on which nothing should be built.
    """

    affirmed: frozenset[str]
    denied: frozenset[str]
    heads: frozenset[str]
    evaded: frozenset[str]
    denials: int


@lru_cache(maxsize=4096)
def polarity(text: str) -> Polarity:
    """What the text affirms and denies."""
    affirmed: set[str] = set()
    denied: set[str] = set()
    heads: set[str] = set()
    evaded: set[str] = set()
    denials = 0
    for clause in clauses(text):
        evaded.update(stem(found) for found in _FREE.findall(clause))
        clause = _BEYOND_DENIAL.sub(" ", clause)
        words = _WORD.findall(clause)
        evades = any(_EVADES.fullmatch(word) for word in words)
        reach, first = 0, False
        for word in words:
            if DENIES.fullmatch(word):
                reach, first = _REACH, True
                denials += 1
                continue
            root = stem(word)
            if not root:
                continue
            if reach:
                denied.add(root)
                if first:
                    heads.add(root)
                reach, first = reach - 1, False
            else:
                affirmed.add(root)
            if evades:
                evaded.add(root)
    return Polarity(
        frozenset(affirmed), frozenset(denied), frozenset(heads), frozenset(evaded - {""}), denials
    )


def contradicted(claim: str, source: str) -> tuple[str, bool] | None:
    """The stem that one of the two denies and the other affirms, and whether it is the claim that denies it."""
    mine, theirs = polarity(claim), polarity(source)
    for root in sorted(mine.heads & theirs.affirmed):
        if root not in theirs.denied | theirs.evaded | mine.affirmed:
            return root, True
    for root in sorted(theirs.heads & mine.affirmed):
        if root not in mine.denied | mine.evaded | theirs.affirmed:
            return root, False
    return None
