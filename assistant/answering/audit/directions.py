"""Which way a text says that things go: more or less, faster or slower, better or worse, and of what."""

from __future__ import annotations

import re
from functools import lru_cache

from .polarity import DENIES, WORD
from .words import clauses, plain, stem

_AXES = {
    "amount": (
        "increase increases increased increasing raise raises raised raising higher high greater more larger "
        "grow grows grew growing elevate elevates elevated elevating gain gains rise rises rose rising upregulate "
        "upregulates upregulated promote promotes promoted promoting activate activates activated activating "
        "stimulate stimulates stimulated induce induces induced inducing enhance enhances enhanced enhancing boost "
        "boosts boosted boosting expand expands expanded maximize maximizes maximise maximises longer stronger "
        "amplify amplifies amplified above",
        "decrease decreases decreased decreasing reduce reduces reduced reducing reduction lower lowers lowered lowering low "
        "smaller less fewer drop drops dropped dropping decline declines declined declining fall falls fell "
        "falling diminish diminishes diminished shrink shrinks downregulate downregulates downregulated inhibit "
        "inhibits inhibited inhibiting suppress suppresses suppressed suppressing impair impairs impaired "
        "deactivate deactivates deactivated repress represses repressed attenuate attenuates attenuated block blocks blocked minimize minimizes minimise minimises cut cuts "
        "shorter weaker weaken weakens below",
    ),
    "quality": (
        "improve improves improved improving improvement better enhance enhances enhanced enhancing outperform "
        "outperforms outperformed outperforming surpass surpasses surpassed exceed exceeds exceeded superior boost "
        "boosts boosted boosting beat beats strengthen strengthens best benefit benefits",
        "worsen worsens worsened worse degrade degrades degraded degrading degradation harm harms harmed hurt hurts "
        "impair impairs impaired inferior underperform underperforms underperformed deteriorate deteriorates "
        "weaken weakens worst undermine undermines",
    ),
    "speed": (
        "faster accelerate accelerates accelerated accelerating speed speeds quicker speedup speedups",
        "slower slow slows slowed slowdown decelerate decelerates",
    ),
    "order": ("before earlier", "after later"),
    "link": ("positive positively", "negative negatively"),
}
_SIDES: dict[str, frozenset[tuple[str, int]]] = {}
for _axis, (_ups, _downs) in _AXES.items():
    for _sign, _words in ((1, _ups), (-1, _downs)):
        for _word in _words.split():
            _SIDES[_word] = _SIDES.get(_word, frozenset()) | {(_axis, _sign)}

_PLAIN_AXES = ("quality", "speed")
"""Here worse is worse, whatever it is of; a lower amount is good of one thing and bad of another."""
_REACH = 3
_OVER = re.compile(
    r"(?P<passive>(?:is|are|was|were|been|being) )?(?P<verb>outperform\w*|surpass\w*|exceed\w*|beats?|superior to|"
    r"underperform\w*|inferior to|(?P<more>better|faster|higher|larger|greater|stronger|cheaper|smaller|lower|"
    r"slower|worse|weaker|shorter|fewer|more|less)\b[^.,;]{0,40}? than)(?P<by> by)?\b",
    re.IGNORECASE,
)


def opposite(one: str, other: str) -> bool:
    """Whether two words point in opposite directions on one scale."""
    mine, theirs = _SIDES.get(one, frozenset()), _SIDES.get(other, frozenset())
    return not mine & theirs and any((axis, -sign) in theirs for axis, sign in mine)


@lru_cache(maxsize=4096)
def _pointed(text: str) -> dict[str, frozenset[tuple[str, int]]]:
    """For each stem near a word of direction, where that points; a denial turns it round."""
    pointed: dict[str, set[tuple[str, int]]] = {}
    for clause in clauses(text):
        words = [word.casefold() for word in WORD.findall(clause)]
        roots = [stem(word) for word in words]
        turned = 0
        for place, word in enumerate(words):
            turned = 5 if DENIES.fullmatch(word) else max(0, turned - 1)
            sides = _SIDES.get(word)
            if sides is None:
                continue
            if turned:
                sides = frozenset((axis, -sign) for axis, sign in sides)
            after = [root for root, near in zip(roots[place + 1 :], words[place + 1 :], strict=True) if root and near not in _SIDES]
            before = [root for root, near in zip(roots[:place], words[:place], strict=True) if root and near not in _SIDES]
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
        if any((axis, -sign) in theirs[root] for axis, sign in mine[root]):
            return root
    return None


def only_opposite(claim: str, source: str) -> bool:
    """Whether the claim speaks only of worse, or slower, where the source speaks only of the contrary."""
    mine, theirs = _sides(claim), _sides(source)
    for axis in _PLAIN_AXES:
        for sign in (1, -1):
            if (axis, sign) in mine - theirs and (axis, -sign) in theirs - mine:
                return True
    return False


def _sides(text: str) -> frozenset[tuple[str, int]]:
    words = [word.casefold() for word in WORD.findall(plain(text))]
    sides = frozenset[tuple[str, int]]().union(*(_SIDES.get(word, frozenset()) for word in words))
    # A denial may turn any of them.
    return sides | {(axis, -sign) for axis, sign in sides} if any(map(DENIES.fullmatch, words)) else sides


def sides_swapped(claim: str, source: str) -> bool:
    """Whether both compare the same two things, each with the other one ahead."""
    mine, theirs = _compared(plain(claim)), _compared(plain(source))
    if mine is None or theirs is None:
        return False
    (ahead, behind), (first, second) = mine, theirs
    ahead, behind = ahead - behind, behind - ahead
    first, second = first - second, second - first
    return bool(ahead & second and behind & first) and not (ahead & first or behind & second)


def _compared(text: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The stems of what is ahead in a comparison and of what is behind."""
    found = _OVER.search(text)
    if found is None:
        return None
    left = frozenset(stem(word) for word in WORD.findall(text[: found.start()])) - {""}
    right = frozenset(stem(word) for word in WORD.findall(text[found.end() :])[:12]) - {""}
    word = (found["more"] or found["verb"]).casefold()
    falls = word.startswith(("underperform", "inferior")) or any(sign < 0 for _, sign in _SIDES.get(word, ()))
    turned = falls != bool(found["passive"] and found["by"])
    return (right, left) if turned else (left, right)
