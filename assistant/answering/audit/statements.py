"""Which sentences of an answer state nothing about the papers' subject, and which are in another language."""

from __future__ import annotations

import re
import unicodedata

from ...index.stopwords import STOPWORDS
from .words import plain, stem

_SOURCES = r"(?:abstracts?|papers?|sources?|collection|excerpts?|authors?)"
_TOLD = (
    r"(?:say|said|stated?|states|report(?:s|ed)?|mention(?:s|ed)?|specif(?:y|ies|ied)|give|gives|given|provided?|provides|"
    r"described?|describes|discuss(?:es|ed)?|address(?:es|ed)?|detail(?:s|ed)?|compared?|quantif(?:y|ies|ied)|covers?|"
    r"covered|indicated?|explain(?:s|ed)?|contains?|included?|includes|answer(?:s|ed)?|clear|disclosed?|elaborate)"
)
_OPEN = re.compile(
    rf"\b{_SOURCES}\b[^.;]{{0,60}}?(?:\b(?:not|never|cannot)|n't)(?: \w+ly)? {_TOLD}\b|"
    rf"\b(?:no|none of the(?:se)?|neither of the(?:se)?|neither)(?: \w+)? {_SOURCES}\b[^.;]{{0,20}}? ?{_TOLD}\b|"
    rf"\b(?:not|never)(?: \w+ly)? {_TOLD} (?:in|by) (?:the|these|this|any|either)(?: \w+)? {_SOURCES}\b|"
    rf"\b{_SOURCES} (?:is|are|remains?) silent\b|\b{_SOURCES} says? nothing\b",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(
    rf"^(?:they|it|this|none of them|neither|none)\b[^.;]{{0,30}}?(?:\b(?:not|never)|n't|^neither|^none of them)"
    rf"(?: \w+ly)? {_TOLD}\b|\b(?:is|are) (?:not {_TOLD}|unstated|unspecified|unreported)\b",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(r"^(?:I|I'm|I'll|Sorry|Unfortunately, I|As an AI)\b|\?$")
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH_WORDS = 6
_FEW = 0.15
_SHARED = 0.4


def says_nothing(claim: str, *, cited: bool) -> bool:
    """Whether a sentence only says what the sources leave open, asks, or speaks of the writer.

    A claim that cites something is only excused where it names the sources as such.
    """
    text = plain(claim)
    if _OPEN.search(text):
        return True
    return not cited and bool(_OF_ITSELF.search(text) or _LEFT_OPEN.search(text))


def is_foreign(claim: str, source: str) -> bool:
    """Whether a claim is in another language than its source: it has few small words, and few of the source's."""
    words = [word.casefold() for word in _WORD.findall(plain(claim))]
    if _is_latin(source) and not _is_latin(claim):
        return True
    if len(words) < _ENOUGH_WORDS or not _is_latin(claim):
        return False
    known = {stem(word.casefold()) for word in _WORD.findall(plain(source))}
    telling = [word for word in words if word not in STOPWORDS]
    shared = sum(stem(word) in known for word in telling)
    return len(words) - len(telling) < _FEW * len(words) and shared < _SHARED * len(telling)


def _is_latin(text: str) -> bool:
    """Whether at least half of a text's letters are Latin ones."""
    letters = [character for character in text[:400] if character.isalpha()]
    return 2 * sum("LATIN" in unicodedata.name(letter, "") for letter in letters) >= len(letters)
