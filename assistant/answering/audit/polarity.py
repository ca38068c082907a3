"""What a text denies: the words in the reach of "not", "no", "without", "fails to" and their like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .words import clauses, stem

WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
DENIES = re.compile(
    r"not|cannot|\w+n't|no|never|none|neither|nor|without|lack(?:s|ed|ing)?|fail(?:s|ed|ing)?|unable|absence|hardly",
    re.IGNORECASE,
)
_OF_THINGS = re.compile(r"no|none|without|lack\w*|absence", re.IGNORECASE)
"""These deny the thing they stand before, often with words of its own before it."""
_EVADES = re.compile(
    r"avoid\w*|eliminat\w*|remov\w*|obviat\w*|prevent\w*|instead|rather|except|unlike|free|un\w+able|unrelated|"
    r"limit\w*|only|insufficient\w*|ignor\w*|neglect\w*|miss\w*|omit\w*|overlook\w*|difficult\w*|hard|deficien\w*|"
    r"impossible|hinder\w*|inhibit\w*|reduc\w*|bypass\w*|discard\w*|less|little|few|rarely|seldom|ablat\w*|"
    r"deplet\w*|knock\w*|exclu\w*|unchanged|independent\w*|in(?:effective|accurate|sensitive|dependent)\w*|non-?\w+",
    re.IGNORECASE,
)
"""Words that come close to a denial: nothing is built on what stands beside them."""
_NO_DENIAL = re.compile(
    r"\bnot (?:only|just|merely|necessarily|limited to)\b|\bno (?:longer|matter|doubt)\b", re.IGNORECASE
)
_FREE = re.compile(r"\b(\w+)-(?:free|less)\b", re.IGNORECASE)
_REACH = 3
"""How many telling words a denial reaches, within its clause."""


@dataclass(frozen=True, slots=True)
class Polarity:
    """The stems of a text by how they are said.

    ``heads`` is what each denial denies: one stem after "not", two after "no". ``evaded`` are the stems
    beside a word that comes close to a denial ("avoids X", "X-free").
    """

    affirmed: frozenset[str]
    denied: frozenset[str]
    heads: tuple[frozenset[str], ...]
    evaded: frozenset[str]

    @property
    def denies_nothing(self) -> bool:
        """Whether there is no denial, nor anything like one."""
        return not (self.denied or self.heads or self.evaded)


@lru_cache(maxsize=4096)
def polarity(text: str) -> Polarity:
    """What the text affirms and denies."""
    affirmed: set[str] = set()
    denied: set[str] = set()
    heads: list[frozenset[str]] = []
    evaded: set[str] = set()
    for part in clauses(text):
        evaded.update(stem(found) for found in _FREE.findall(part))
        words = WORD.findall(_NO_DENIAL.sub(" ", part))
        roots = [stem(word) for word in words]
        reached = 0
        for place, (word, root) in enumerate(zip(words, roots, strict=True)):
            if DENIES.fullmatch(word):
                reached = _REACH
                following = [other for other in roots[place + 1 :] if other][
                    : 2 if _OF_THINGS.fullmatch(word) else 1
                ]
                heads.append(frozenset(following))
            elif root:
                (denied if reached else affirmed).add(root)
                reached = max(0, reached - 1)
        if any(_EVADES.fullmatch(word) for word in words):
            evaded.update(roots)
    return Polarity(frozenset(affirmed), frozenset(denied), tuple(heads), frozenset(evaded - {""}))


def contradicted(claim: str, source: str) -> tuple[str, bool] | None:
    """A stem that one of the two denies and the other affirms, and whether it is the claim that denies it."""
    mine, theirs = polarity(claim), polarity(source)
    for denying, affirming in ((mine, theirs), (theirs, mine)):
        for head in denying.heads:
            clear = not head & (affirming.denied | affirming.evaded | denying.affirmed)
            if head and clear and head <= affirming.affirmed:
                return min(head), denying is mine
    return None
