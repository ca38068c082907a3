"""Whether two lists of authors have somebody in common, however names are written; knows no records.

"Smith, John", "John Smith", "Smith J", "SMITH, J.A." and "Smith JA" are one name. Only family names are
compared: given names are shortened, left out and translated too often.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .letters import plain_letters

_PARTICLES = frozenset(
    "af al am ap at bin d da dal de del della den der di do dos du e el ibn la las le li lo los "
    "ten ter und van vom von y zu zum zur".split()
)
_NOBODY = frozenset("al anon anonymous na none others unknown".split())
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd|4th|phd|md)")
_INITIALS = 3
"""So many capitals without full stops may be initials."""
# One sound, two ways to write it: "Müller" is "Muller" or "Mueller".
_UMLAUT = re.compile(r"([aou])e|(a)a")


def share_an_author(one: Iterable[str], other: Iterable[str]) -> bool | None:
    """Whether two lists of names share a family name; ``None`` where either names nobody."""
    sure, maybe = family_names(one)
    others, perhaps = family_names(other)
    if not sure or not others:
        return None
    return bool(sure & others or sure & perhaps or maybe & others)


def family_names(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The family names in plain letters, each with its parts; and words that are one or else initials."""
    sure: set[str] = set()
    maybe: set[str] = set()
    for name in names:
        family, doubtful = _parted(name)
        words = [word for part in family for word in _words(part)]
        bare = [word for word in words if word not in _PARTICLES and len(word) > 1] or words
        if bare and not _NOBODY.issuperset(bare):
            sure.update(map(_one_sound, (*bare, "".join(bare), "".join(words))))
            maybe.update(_one_sound(word) for word in _words(doubtful) if len(word) > 1)
    return frozenset(sure), frozenset(maybe)


def _parted(name: str) -> tuple[list[str], str]:
    """The words of the family name, and a word that may be it instead."""
    family, comma, _ = name.partition(",")
    words = [word for word in family.split() if _words(word)]
    while len(words) > 1 and _SUFFIX.fullmatch("".join(_words(words[-1]))):
        words.pop()
    if comma:
        return words, ""
    end = len(words)
    while end > 1 and _may_be_initials(words[end - 1]):
        end -= 1
    if end < len(words) and not all(map(_are_initials, words[:end])):
        # "Smith J"; but is it "Smith JA", or "Wei LI"?
        doubtful = [word for word in words[end:] if not _are_initials(word)]
        return words[:end], " ".join(doubtful)
    start = len(words) - 1
    while start > 1 and _PARTICLES.issuperset(_words(words[start - 1])):
        start -= 1
    return words[max(0, start) :], ""


def _are_initials(word: str) -> bool:
    """Whether a word of a name can be nothing else."""
    letters = word.replace(".", "").replace("-", "")
    return letters.isupper() and (len(letters) == 1 or word.count(".") >= len(letters) - 1)


def _may_be_initials(word: str) -> bool:
    letters = word.replace("-", "")
    return _are_initials(word) or (letters.isupper() and letters.isalpha() and len(letters) <= _INITIALS)


def _words(text: str) -> list[str]:
    """The words of a name in plain letters; those with a hyphen as two, those with an apostrophe as one."""
    return re.findall(r"[^\W_]+", re.sub(r"['’ʼ`.]", "", plain_letters(text)))


def _one_sound(word: str) -> str:
    return _UMLAUT.sub(r"\1\2", word)
