"""Lists of authors as people write them, into single names; knows nothing of records."""

from __future__ import annotations

import re

_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]*){1,4}")
# Between semicolons, of which those that end an entity are none: "M&uuml;ller; Smith".
_PART = re.compile(r"(?:&#?\w{2,31};|[^;])++")
_AND = re.compile(r"\s+(?:and|&)\s+")


def author_names(text: str) -> tuple[str, ...]:
    """The names in "A. One; B. Two", "A. One, B. Two and C. Three" or "One, A. and Two, B."."""
    parts = between_semicolons(text)
    if len(parts) < 2 and not text.rstrip().endswith(";"):
        parts = [name for part in _AND.split(text) for name in _by_commas(part)]
    return tuple(name for part in parts if (name := part.strip(" \t,")))


def between_semicolons(text: str) -> list[str]:
    """What stands between the semicolons of a text."""
    return _PART.findall(text)


def _by_commas(text: str) -> list[str]:
    """Names between commas, where the comma does not part a family name from what goes before it."""
    parts = [part.strip() for part in text.strip(" ,").split(",")]
    if all(" " in part or "." in part[:-1] for part in parts):
        return parts  # "Ada Lovelace, C. Babbage"
    if len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) and part.isupper() for part in parts[1::2]):
        return [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]  # "One, A., Two, B."
    return parts if len(parts) > 2 else [", ".join(parts)]  # "Lovelace, Ada" is one person
