"""Text as the checks read it: plain characters, tokens with their places, stems, clauses."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ...index.words import terms

LONGEST = 4000
"""Characters of a claim or a sentence that are read: no honest one is longer."""

_SUPERSCRIPT = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN_SUPERSCRIPT = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        **dict.fromkeys("×✕⨯", "x"),
        **dict.fromkeys("⋅·", "*"),
        "≤": "<",
        "≥": ">",
        "⩽": "<",
        "⩾": ">",
        "≈": "~",
        "∼": "~",
        "％": "%",
    }
)
_LATEX = re.compile(r"\\(?:times|cdot)\b ?")
_MARKUP = re.compile(r"\\(?=[%$&#_{}()\[\]])|[*_]{2,}|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|[${}]")
_WITHOUT_SPACES = re.compile(
    r"(?<=[\u2e80-\u9fff\uac00-\ud7af])(?=\d)|(?<=[\d%])(?=[\u2e80-\u9fff\uac00-\ud7af])"
)
_TOKEN = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)*|\w+(?:'\w+)?|[%<>=~±]")
_CLAUSE = re.compile(
    r"[;:()]|,?\s\b(?:but|while|whereas|although|though|however|yet|because|since|unlike|despite)\b|"
    r"(?<=[.!?])\s|,\s",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text in one line, with one form for each dash, quote, sign and power, without markup."""
    text = _SUPERSCRIPT.sub(lambda found: "^" + found[0].translate(_PLAIN_SUPERSCRIPT), text[:LONGEST])
    text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    text = _WITHOUT_SPACES.sub(" ", text)
    text = _MARKUP.sub("", _LATEX.sub("x", text))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text without their case, as they are compared for a quote."""
    return tuple(_TOKEN.findall(plain(text).casefold()))


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """The word as the word index knows it, empty for one that says nothing."""
    found = terms(word)
    return found[0] if found else ""


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The telling stems of a text."""
    return frozenset(terms(plain(text)))


def clauses(text: str) -> list[str]:
    """The parts of a sentence between commas, semicolons, brackets and contrasting words."""
    return [part for part in _CLAUSE.split(plain(text)) if part and part.strip()]
