"""Which sentences of an answer state nothing about the papers' subject, and which are in another language."""

from __future__ import annotations

import re
import unicodedata

from ...index.stopwords import STOPWORDS
from .words import plain

_ABOUT_THE_SOURCES = re.compile(
    r"\b(?:abstracts?|papers?|sources?|stud(?:y|ies)|collection|excerpts?|texts?|sentences?|documents?|authors?|"
    r"context|passages?|they|it)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"(?:\b(?:not|never|none|neither|no|cannot)\b|n't\b).{0,50}?\b(?:say|said|state|report|mention|specif|give|given|"
    r"provid|describ|discuss|address|detail|compar|quantif|cover|indicat|explain|contain|include|answer|clear|disclos|"
    r"information|elaborat)|\b(?:silent|say nothing|says nothing|unstated|unspecified|unclear|unreported)\b",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(r"^(?:I|I'm|I'll|Sorry|Unfortunately, I|As an AI)\b|\?$")
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH_WORDS = 7
_FEW = 0.1


def says_nothing(claim: str, *, cited: bool) -> bool:
    """Whether a sentence only says what the sources leave open, asks, or speaks of the writer.

    A claim that cites something is only excused where it names the sources as such.
    """
    text = plain(claim)
    if not cited and _OF_ITSELF.search(text):
        return True
    denial = _SAYS_NOTHING.search(text)
    return bool(denial and _ABOUT_THE_SOURCES.search(text))


def is_foreign(claim: str, source: str) -> bool:
    """Whether a claim is in another language than its English source: it has none of its small words."""
    return _is_foreign(claim) and not _is_foreign(source)


def _is_foreign(text: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(plain(text))]
    letters = "".join(words)
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters[:200])
    if letters and latin < len(letters[:200]) / 2:
        return True
    return len(words) >= _ENOUGH_WORDS and sum(word in STOPWORDS for word in words) < _FEW * len(words)
