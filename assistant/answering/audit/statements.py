"""Which sentences of an answer state nothing about the papers' subject, and which are in another language."""

from __future__ import annotations

import re
import unicodedata

from ...index.stopwords import STOPWORDS
from .words import plain, tokens

_SOURCES = r"(?:abstracts?|papers?|sources?|collection|excerpts?|authors?)"
_TOLD = (
    r"(?:say|said|stated?|states|report(?:s|ed)?|mention(?:s|ed)?|specif(?:y|ies|ied)|give|gives|given|provided?|provides|"
    r"described?|describes|discuss(?:es|ed)?|address(?:es|ed)?|detail(?:s|ed)?|compared?|quantif(?:y|ies|ied)|covers?|"
    r"covered|indicated?|explain(?:s|ed)?|contains?|included?|includes|answer(?:s|ed)?|clear|disclosed?|elaborate)"
)
_OPEN = re.compile(
    rf"\b{_SOURCES}\b[^.;]{{0,60}}?(?:\b(?:not|never|cannot)|n't)(?: \w+ly)? {_TOLD}\b|"
    rf"\b(?:no|none of the(?:se)?|neither(?: of the(?:se)?)?)(?: \w+)? {_SOURCES}\b"
    rf"[^.;]{{0,20}}? ?{_TOLD}\b|"
    rf"\b(?:not|never)(?: \w+ly)? {_TOLD} (?:in|by) (?:the|these|this|any|either)(?: \w+)? {_SOURCES}\b|"
    rf"\b{_SOURCES} (?:is|are|remains?) silent\b|\b{_SOURCES} says? nothing\b",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(
    rf"^(?:they|it|this|none of them|neither|none)\b[^.;]{{0,30}}?(?:\b(?:not|never)|n't|"
    rf"^neither|^none of them)(?: \w+ly)? {_TOLD}\b|"
    rf"\b(?:is|are) (?:not {_TOLD}|unstated|unspecified|unreported)\b",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(r"^(?:I|I'm|I'll|Sorry|Unfortunately, I|As an AI)\b|\?$")
_WORD = re.compile(r"[^\W\d_]+")
_FEW = 0.15
_OWN_WORDS = 3
_OTHERS = frozenset(
    """
    der die das den dem und ist nicht mit von für auf ein eine einen einer werden wird sich durch
    le la les des est une dans pour que qui par sur avec ce cette sont plus aux
    el los las una del con por para como más se es y son su
    il lo gli che della nel sono di non per uno o os as um uma com não em do da dos das
    het een van niet voor op zijn en och att som är inte av för med
    """.split()
)
"""Small words of German, French, Spanish, Italian, Portuguese, Dutch and Swedish."""


def says_nothing(claim: str, *, cited: bool) -> bool:
    """Whether a sentence only says what the sources leave open, asks, or speaks of the writer.

    A claim that cites something is only excused where it names the sources as such.
    """
    text = plain(claim)
    if _OPEN.search(text):
        return True
    return not cited and bool(_OF_ITSELF.search(text) or _LEFT_OPEN.search(text))


def is_fragment(claim: str) -> bool:
    """Whether a sentence has too few words of its own to be found again: "However, this"."""
    own = {word for word in tokens(claim) if word not in STOPWORDS}
    return _is_latin(claim) and len(own) < _OWN_WORDS


def is_foreign(claim: str, source: str) -> bool:
    """Whether a claim is in another language than its source: another script, or another's small words."""
    if not _is_latin(claim):
        return _is_latin(source)
    return _is_other(claim) and not _is_other(source)


def _is_other(text: str) -> bool:
    """Whether a Latin text has more of the small words of other languages than of English."""
    words = [word.casefold() for word in _WORD.findall(plain(text))]
    others = sum(word in _OTHERS for word in words)
    return others > max(1, _FEW * len(words)) and others > sum(word in STOPWORDS - _OTHERS for word in words)


def _is_latin(text: str) -> bool:
    """Whether at least half of a text's letters are Latin ones."""
    letters = [character for character in text[:400] if character.isalpha()]
    return 2 * sum("LATIN" in unicodedata.name(letter, "") for letter in letters) >= len(letters)
