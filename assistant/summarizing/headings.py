"""Headings within an abstract ("METHODS: We …"), as medicine writes them; knows nothing of models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Role = Literal["background", "objective", "method", "result", "other"]

_WORDS: tuple[tuple[Role, str], ...] = (
    ("background", "background introduction context rationale importance motivation problem"),
    ("objective", "objective aim purpose goal"),
    ("method", "method methodology design setting participant patient intervention material approach"),
    ("result", "result finding outcome conclusion interpretation discussion implication contribution"),
    ("other", "funding registration keyword"),
)
_HEADINGS = {form: role for role, words in _WORDS for word in words.split() for form in (word, f"{word}s")}
_HEADING = re.compile(
    r"\W{0,3}(?:(?P<capitals>[A-Z]{3,}(?:(?:[ /&,]{1,3}|-)[A-Z]{2,}){0,5})\b\s?[:.—–-]?\s+"
    r"|(?P<named>[A-Z][a-z]+(?:(?: and |/| )[A-Za-z]+){0,2})\s?(?::|\s[—–-])\s+)"
)
"""Capitals, or one to three words before a colon."""
_FEWEST = 2
"""One heading may be a figure of speech; two are a structure."""


def headed(sentences: Sequence[str]) -> list[tuple[Role | None, int]]:
    """For each sentence the role that the heading above it gives it, and where its own text begins.

    A heading holds until the next one; one that is not known ends it.
    """
    found = [_HEADING.match(sentence) for sentence in sentences]
    roles = [_role(match) for match in found]
    if sum(role is not None for role in roles) < _FEWEST:
        return [(None, 0)] * len(sentences)
    told: list[tuple[Role | None, int]] = []
    current: Role | None = None
    for match, role in zip(found, roles, strict=True):
        begins = match is not None and (role is not None or match["capitals"] is not None)
        current = role if begins else current
        told.append((current, match.end() if match and role is not None else 0))
    return told


def _role(match: re.Match[str] | None) -> Role | None:
    """What a heading's first or last word says."""
    if match is None:
        return None
    words = re.findall(r"[a-z]+", (match["capitals"] or match["named"]).lower())
    return _HEADINGS.get(words[0]) or _HEADINGS.get(words[-1])
