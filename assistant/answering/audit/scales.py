"""Words that say which way a thing goes, on the scales where two of them are opposites."""

from __future__ import annotations

_SCALES = {
    "amount": (
        """
        increase increases increased increasing raise raises raised raising higher high greater more
        larger grow grows grew growing elevate elevates elevated elevating gain gains rise rises
        rose rising upregulate upregulates upregulated promote promotes promoted promoting activate
        activates activated activating stimulate stimulates stimulated induce induces induced
        inducing enhance enhances enhanced enhancing boost boosts boosted boosting expand expands
        expanded maximize maximizes maximise maximises longer stronger amplify amplifies amplified
        above
        """,
        """
        decrease decreases decreased decreasing reduce reduces reduced reducing reduction lower
        lowers lowered lowering low smaller less fewer drop drops dropped dropping decline declines
        declined declining fall falls fell falling diminish diminishes diminished shrink shrinks
        downregulate downregulates downregulated inhibit inhibits inhibited inhibiting suppress
        suppresses suppressed suppressing impair impairs impaired deactivate deactivates deactivated
        repress represses repressed attenuate attenuates attenuated block blocks blocked minimize
        minimizes minimise minimises cut cuts shorter weaker weaken weakens below
        """,
    ),
    "quality": (
        """
        improve improves improved improving improvement better enhance enhances enhanced enhancing
        outperform outperforms outperformed outperforming surpass surpasses surpassed exceed exceeds
        exceeded superior boost boosts boosted boosting beat beats strengthen strengthens best
        benefit benefits
        """,
        """
        worsen worsens worsened worse degrade degrades degraded degrading degradation harm harms
        harmed hurt hurts impair impairs impaired inferior underperform underperforms underperformed
        underperforming deteriorate deteriorates weaken weakens worst undermine undermines
        """,
    ),
    "speed": (
        """
        faster accelerate accelerates accelerated accelerating speed speeds quicker speedup speedups
        """,
        """
        slower slow slows slowed slowdown decelerate decelerates
        """,
    ),
    "order": (
        """
        before earlier
        """,
        """
        after later
        """,
    ),
    "link": (
        """
        positive positively
        """,
        """
        negative negatively
        """,
    ),
}
Sides = frozenset[tuple[str, int]]
NO_SIDES: Sides = frozenset()

SIDES: dict[str, Sides] = {}
"""For each word the scales that it is on, and on which side: 1 or -1."""
for _scale, _ends in _SCALES.items():
    for _sign, _words in zip((1, -1), _ends, strict=True):
        for _word in _words.split():
            SIDES[_word] = SIDES.get(_word, NO_SIDES) | {(_scale, _sign)}

PLAIN_SCALES = ("quality", "speed")
"""Here worse is worse, whatever it is of; a lower amount is good of one thing and bad of another."""


def opposite(one: str, other: str) -> bool:
    """Whether two words point in opposite directions on one scale."""
    mine, theirs = SIDES.get(one, NO_SIDES), SIDES.get(other, NO_SIDES)
    return not mine & theirs and any((scale, -sign) in theirs for scale, sign in mine)
