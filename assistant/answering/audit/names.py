"""The acronyms and named methods of a claim, and whether its sources know them, in short or spelled out."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from .words import plain, stem

_TOKEN = re.compile(r"[^\W_]+(?:[-.+/'][^\W_]+)*\+*")
_STARTS = re.compile(r'[.!?:] $|["(\[] ?$')
_SMALL_WORDS = frozenset("of the a an and for in on to with by from via as at or is are not its".split())
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|x|k|m|b|ms|gb|mb|tb|hz|d)?", re.IGNORECASE)
_SHOUTING = 0.6


def named(text: str) -> list[str]:
    """The names in a text: inner capitals, letters with digits, capitalised words within a sentence."""
    text = plain(text)
    found: dict[str, None] = {}
    words = [match[0] for match in _TOKEN.finditer(text)]
    capitals = sum(word.isupper() and len(word) > 1 for word in words)
    if len(words) > 3 and capitals > _SHOUTING * len(words):
        return []
    for match in _TOKEN.finditer(text):
        token = match[0].removesuffix("'s")
        if _ORDINAL.fullmatch(token) or len(token) < 2:
            continue
        letters = [character for character in token if character.isalpha()]
        inner = any(character.isupper() for character in token[1:])
        digits = any(character.isdigit() for character in token) and bool(letters)
        coined = inner or (digits and any(letter.isupper() for letter in letters)) or _lower_code(token)
        starts = match.start() == 0 or bool(_STARTS.search(text[max(0, match.start() - 2) : match.start()]))
        if (coined and not _titled(token)) or (token[0].isupper() and not starts and stem(token)):
            found[token] = None
    return list(found)


def _lower_code(token: str) -> bool:
    """Letters and digits without a capital: p53, word2vec; not 12-layer."""
    return bool(re.fullmatch(r"[a-z]+\d+[a-z\d]*", token))


def _titled(token: str) -> bool:
    """A hyphenated word whose parts are capitalised words, as at the start of a sentence or in a title."""
    parts = token.split("-")
    return (
        len(parts) > 1
        and all(part.islower() or part.istitle() for part in parts)
        and not any(character.isdigit() for character in token)
    )


def unknown(claim: str, context: str) -> list[str]:
    """The names of a claim that do not stand in ``context``, the text of what it cites."""
    return [name for name in named(claim) if not knows(context, name)]


def knows(context: str, name: str) -> bool:
    """Whether a text has a name: as it stands, with or without hyphens and plural, short or spelled out."""
    flat, tokens, roots, initials = _known(context)
    folded = _flat(name)
    if folded in tokens or folded.removesuffix("s") in tokens or f"{folded}s" in tokens:
        return True
    root = stem(name)
    if root and root in roots and not any(character.isdigit() for character in name):
        return True
    parts = [part for part in re.split(r"[-/.]", name) if part]
    if len(parts) > 1 and all(knows(context, part) or stem(part) in roots for part in parts):
        return not any(character.isdigit() for character in name) or folded in flat
    short = re.sub(r"s$", "", name)
    return short.isupper() and len(short) > 1 and short.casefold() in initials


@lru_cache(maxsize=1024)
def _known(context: str) -> tuple[str, frozenset[str], frozenset[str], str]:
    """A text's characters without breaks, its tokens, its stems, and the initials of its words."""
    text = plain(context)
    words = _TOKEN.findall(text)
    tokens = {_flat(word) for word in words}
    tokens |= {_flat(first + second) for first, second in pairwise(words)}
    tokens |= {_flat(part) for word in words for part in re.split(r"[-/+.]", word) if part}
    roots = frozenset(stem(part) for word in words for part in re.split(r"[-/]", word))
    pieces = [piece for word in words for piece in re.split(r"[-/]", word) if piece]
    initials = "".join(piece[0].casefold() for piece in pieces if piece.casefold() not in _SMALL_WORDS)
    return _flat(text), frozenset(tokens), roots, initials


def _flat(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
