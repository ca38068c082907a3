"""Whether a question names no subject, and so asks for whatever passes its filters: "papers by Hajij?"."""

from __future__ import annotations

import re

_WORDS = frozenset(
    """a all any anything are article articles can collection could did do does every everything exist find
    from get give has have here i in is it library list many me of on or our out paper papers please preprint
    preprints publication publications published research see show studies tell the there this us was we were
    what what's whatever which who work works write written wrote you your""".split()
)
"""The words that ask for papers without saying on what."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def asks_for_everything(rest: str) -> bool:
    """Whether what is left of a question without its filters asks for the papers themselves."""
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(rest)]
    return all(word in _WORDS for word in words)
