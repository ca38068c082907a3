"""Letters as people type them who have no others: without accents; for comparing, never for showing."""

from __future__ import annotations

import unicodedata
from functools import cache

# Letters that no decomposition takes apart.
_WHOLE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)


def plain_letters(text: str) -> str:
    """A text in small letters, and those of Latin, Greek and Cyrillic without accents.

    The marks of other scripts stay: they carry vowels.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in apart if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare).translate(_WHOLE)


def greek_named(text: str) -> str:
    """A text of :func:`plain_letters` with the names of Greek letters in their place, as TeX has them."""
    return text if text.isascii() else text.translate(_greek())


@cache
def greek_names() -> frozenset[str]:
    """The names of the small Greek letters."""
    return frozenset(_greek().values())


@cache
def _greek() -> dict[int, str]:
    """The small Greek letters without accents, by their numbers."""
    names = {code: unicodedata.name(chr(code)).split()[-1].lower() for code in range(0x3B1, 0x3CA)}
    return {code: name.replace("lamda", "lambda") for code, name in names.items()}
