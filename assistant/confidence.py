"""``Answer.confidence`` in words for a reader; docs/answers.md says what it means."""

from __future__ import annotations

HIGH = 0.6
_WORDS = ((HIGH, "high"), (0.25, "fair"), (0.0, "low"))
"""From which chance on it is called so. Questions share fewer words with abstracts than the claims that the
chance was fitted on, so it is rather too low than too high: "fair" begins well under one half."""


def in_words(confidence: float | None) -> str:
    """The confidence as half a sentence, "fair (33 %)"; empty where there is none."""
    if confidence is None:
        return ""
    word = next(word for least, word in _WORDS if confidence >= least)
    return f"{word} ({confidence:.0%})".replace("%", " %")
