"""Which way a text says that things go: more or less, faster or slower, better or worse, and of what."""

from __future__ import annotations

import re
from functools import lru_cache

from .names import named
from .polarity import DENIES, WORD
from .scales import NO_SIDES, PLAIN_SCALES, SIDES, Sides
from .words import clauses, plain, stem

_REACH = 3
_OVER = re.compile(
    r"(?P<passive>(?:is|are|was|were|been|being) )?(?P<verb>outperform\w*|surpass\w*|exceed\w*|beats?|"
    r"superior to|underperform\w*|inferior to|(?P<more>better|faster|higher|larger|greater|stronger|cheaper|"
    r"smaller|lower|slower|worse|weaker|shorter|fewer|more|less)\b[^.,;]{0,40}? than)(?P<by> by)?\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _pointed(text: str) -> dict[str, Sides]:
    """For each stem near a word of direction, where that points; a denial turns it round."""
    pointed: dict[str, set[tuple[str, int]]] = {}
    for clause in clauses(text):
        words = [word.casefold() for word in WORD.findall(clause)]
        roots = [stem(word) for word in words]
        turned = 0
        for place, word in enumerate(words):
            turned = 5 if DENIES.fullmatch(word) else max(0, turned - 1)
            sides = SIDES.get(word)
            if sides is None:
                continue
            if turned:
                sides = frozenset((scale, -sign) for scale, sign in sides)
            after = [
                root
                for root, near in zip(roots[place + 1 :], words[place + 1 :], strict=True)
                if root and near not in SIDES
            ]
            before = [
                root
                for root, near in zip(roots[:place], words[:place], strict=True)
                if root and near not in SIDES
            ]
            for root in after[:_REACH] or before[-2:]:
                pointed.setdefault(root, set()).update(sides)
    return {root: frozenset(sides) for root, sides in pointed.items()}


def turned_round(claim: str, source: str) -> str | None:
    """The stem of which the claim says that it goes one way, and the source that it goes the other."""
    mine, theirs = _pointed(claim), _pointed(source)
    for root in sorted(mine.keys() & theirs.keys()):
        if mine[root] & theirs[root]:
            return None
    for root in sorted(mine.keys() & theirs.keys()):
        if any((scale, -sign) in theirs[root] for scale, sign in mine[root]):
            return root
    return None


def only_opposite(claim: str, source: str) -> bool:
    """Whether the claim speaks only of worse, or slower, where the source speaks only of the contrary."""
    mine, theirs = _sides(claim), _sides(source)
    for scale in PLAIN_SCALES:
        for sign in (1, -1):
            if (scale, sign) in mine - theirs and (scale, -sign) in theirs - mine:
                return True
    return False


def _sides(text: str) -> Sides:
    words = [word.casefold() for word in WORD.findall(plain(text))]
    sides = NO_SIDES.union(*(SIDES.get(word, NO_SIDES) for word in words))
    # A denial may turn any of them.
    return sides | {(scale, -sign) for scale, sign in sides} if any(map(DENIES.fullmatch, words)) else sides


def sides_swapped(claim: str, source: str) -> bool:
    """Whether both compare the same two things, each with the other one ahead."""
    mine, theirs = _compared(plain(claim)), _compared(plain(source))
    if mine is None or theirs is None:
        return False
    (ahead, behind), (first, second) = mine, theirs
    ahead, behind = ahead - behind, behind - ahead
    first, second = first - second, second - first
    return bool(ahead & second or behind & first) and not (ahead & first or behind & second)


def _things(text: str) -> frozenset[str]:
    """What a side of a comparison is about: its names, or where it has none, its words."""
    return frozenset(stem(word) for word in named(f"… {text}") or WORD.findall(text)[:12]) - {""}


def _compared(text: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The stems of what is ahead in a comparison and of what is behind."""
    found = _OVER.search(text)
    if found is None:
        return None
    left, right = _things(text[: found.start()]), _things(text[found.end() :])
    word = (found["more"] or found["verb"]).casefold()
    falls = word.startswith(("underperform", "inferior")) or any(
        sign < 0 for _, sign in SIDES.get(word, NO_SIDES)
    )
    turned = falls != bool(found["passive"] and found["by"])
    return (right, left) if turned else (left, right)
