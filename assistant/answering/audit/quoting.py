"""Whether a claim is a sentence of its sources, word for word, and what differs where it nearly is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from .polarity import DENIES
from .words import plain, tokens

_ELLIPSIS = re.compile(r"\[?\(?(?:\.\s?){3,}\)?\]?|\[?…\]?")
_REPORTS = re.compile(
    r"^(?:(?:according to [^,\d]{1,60},)|"
    r"(?:(?:the|this|that|these|their|its)\s(?:[\w-]+\s){0,2}?(?:authors?|papers?|stud(?:y|ies)|works?|articles?|"
    r"abstracts?|researchers?|survey|review|team|results?|findings?|experiments?)|it|they|we|"
    r"[\w'-]+(?: (?:and [\w'-]+|et al\.?)(?: \(\d{4}\))?| \(\d{4}\)))"
    r"\s(?:also |further |then |explicitly |empirically |theoretically )?"
    r"(?:report|show|find|found|state|say|said|note|argue|conclude|observe|claim|write|wrote|demonstrate|suggest|"
    r"indicate|explain|confirm|reveal|point out|prove|describe)(?:s|ed|d|n)?(?: that|:|,)?)\s+",
    re.IGNORECASE,
)
_LONGEST = 300
"""Tokens of a text that are compared."""
_FEWEST = 3
_CLOSE = 0.7
_GUARD = 6
"""A part of a sentence is no quote of it where a denial stands so near before it."""


def quoted(claim: str, sentences: Sequence[str]) -> bool:
    """Whether a claim quotes the sentences, also with ellipses, a cut opening, or a reporting clause."""
    lines = [tokens(sentence) for sentence in sentences]
    if len(lines) > 1:  # A quote may run over sentences that follow each other.
        lines.append(tuple(token for line in lines for token in line))
    return any(_stands(parts, line) for parts in _readings(claim) for line in lines)


@lru_cache(maxsize=256)
def _readings(claim: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The parts between ellipses of a claim, as it is and without its reporting clause."""
    texts = dict.fromkeys((claim, _REPORTS.sub("", plain(claim))))
    readings = (tuple(tokens(part) for part in _ELLIPSIS.split(text)) for text in texts)
    return tuple(dict.fromkeys(readings))


def _stands(parts: Sequence[tuple[str, ...]], line: tuple[str, ...]) -> bool:
    """Whether all parts stand in the line, in order, long enough to be a quote."""
    parts = [part for part in parts if part]
    if sum(map(len, parts)) < min(_FEWEST, len(line)) or not parts:
        return False
    at = 0
    for part in parts:
        place = _place(part, line, at)
        if place is None or (place > at and any(map(_takes_back, line[max(at, place - _GUARD) : place]))):
            return False
        at = place + len(part)
    return True


def _takes_back(word: str) -> bool:
    """Whether what follows a word is not said: it is denied, or only asked."""
    return bool(DENIES.fullmatch(word)) or word in {"if", "whether", "unclear", "unlikely", "unknown"}


def _place(part: tuple[str, ...], line: tuple[str, ...], start: int) -> int | None:
    with suppress(ValueError):  # the first of its words is not there any more
        while True:
            start = line.index(part[0], start)
            if line[start : start + len(part)] == part:
                return start
            start += 1
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """A place where a claim that is nearly a quote says ``mine`` and its source ``theirs``."""

    mine: tuple[str, ...]
    theirs: tuple[str, ...]


def changes(claim: str, sentence: str) -> list[Change] | None:
    """Where a claim differs from a sentence that it nearly quotes; ``None`` where it does not."""
    if _REPORTS.match(plain(claim)):
        claim, sentence = (_REPORTS.sub("", plain(text)) for text in (claim, sentence))
    mine, theirs = tokens(claim)[:_LONGEST], tokens(sentence)[:_LONGEST]
    if len(mine) < _FEWEST + 1 or not theirs:
        return None
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.real_quick_ratio() * (len(mine) + len(theirs)) < 2 * _CLOSE * len(mine):
        return None
    steps = matcher.get_opcodes()
    equal = sum(step[2] - step[1] for step in steps if step[0] == "equal")
    if equal < _CLOSE * len(mine):
        return None
    # What the claim leaves out before and after may be left out, unless it takes back what follows.
    if steps[0][0] == "insert" and not any(map(_takes_back, theirs[: steps[0][4]][-_GUARD:])):
        steps = steps[1:]
    if steps and steps[-1][0] == "insert":
        steps = steps[:-1]
    return [Change(mine[a:b], theirs[c:d]) for kind, a, b, c, d in steps if kind != "equal"]
