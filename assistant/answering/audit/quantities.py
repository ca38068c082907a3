"""Finds the numbers of prose: digits and words, magnitudes, units, bounds, ranges.

A number inside a name (``GPT-4``, ``1-WL``, ``3D``) is none, nor is "one", which is a pronoun too often.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from .units import MAGNITUDES, NUMBER_WORDS, PARTS, UNITS
from .words import plain

Bound = Literal["lower", "upper", "reached", "about", ""]

_WORDS = "|".join(sorted((*NUMBER_WORDS, *PARTS), key=len, reverse=True)).replace("-", "[- ]")
_NUMBER = re.compile(
    rf"(?<![\w^])(?P<sign>(?<![\d%)][-+])[-+])?"
    rf"(?P<digits>\d{{1,3}}(?:[,' ]\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"|\b(?P<word>{_WORDS})(?=\b|fold)",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"[^\W\d_](?:\d*[-./])+$|\d\.$")
_POWER = re.compile(
    r"\s?(?:e|(?:x|\*)\s?10\s?\^?)(?P<after>[-+]?\d{1,2})(?!\w)|\^(?P<of>[-+]?\d{1,2})(?!\w)", re.I
)
_MAGNITUDE = re.compile(
    r"(?P<capital>[kKMBT])(?!\w)|[ -]?(?P<word>hundred|thousand|millions?|billions?|bn|trillion)\b",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r",(\d{1,2})(?=\s?(?:%|percent|x\b))")
_UNIT = re.compile(r"[ -]?(?P<unit>%|°c\b|[a-zμ]+(?!\w))", re.IGNORECASE)
_PER_CENT = re.compile(r"[ -]?per cent\b", re.IGNORECASE)
_NAME_AFTER = re.compile(r"-?[A-Za-z_]")
_COMPOUND = re.compile(r"-[a-z]{2,}")
_NOUN = re.compile(r"[ -]((?:[^\W\d_][\w-]*\s?){1,3})")
_JOINT = re.compile(r"-?\s?(?:-|to|and|or|/|vs\.?|versus)\s?", re.IGNORECASE)
_BOUNDS: tuple[tuple[Bound, str], ...] = (
    (
        "lower",
        r"(?:more|greater|higher|larger) than|over|above|at least|exceed\w*|no less than|minimum of|>=?",
    ),
    (
        "upper",
        r"(?:less|fewer|lower|smaller) than|under|below|at most|within|no more than|<=?",
    ),
    ("reached", r"up to|as (?:much|many|high) as|maximum of"),
    ("about", r"about|around|approximately|approx\.?|roughly|nearly|almost|some|circa|close to|~"),
)
_BEFORE = tuple(
    (bound, re.compile(rf"(?:^|(?<=\W))(?:{words})(?: an?)?\s?$", re.IGNORECASE)) for bound, words in _BOUNDS
)
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text.

    ``value`` is in the base of ``unit``, ``written`` without it. ``shared`` is the unit that it may have from
    its neighbour, as the first of "10 to 20 %" has. ``step`` is what its last digit counts, in the same
    base; ``digits`` how many digits it has. ``noun`` are the words after it.
    """

    text: str
    value: float
    written: float
    unit: str = ""
    shared: str = ""
    bound: Bound = ""
    step: float = 0.0
    digits: int = 1
    spelled: bool = False
    noun: str = ""

    def __str__(self) -> str:
        """The number as it was written."""
        return self.text


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text, in order."""
    text = _DECIMAL_COMMA.sub(r".\1", plain(text))
    found: list[tuple[int, int, Quantity]] = []
    at = 0
    while match := _NUMBER.search(text, at):
        at = match.end()
        made = _read(text, match)
        if made is not None:
            at, quantity = made
            found.append((match.start(), at, quantity))
    read = [quantity for *_, quantity in found]
    for place in range(len(found) - 2, -1, -1):
        before, after = read[place], read[place + 1]
        between = text[found[place][1] : found[place + 1][0]]
        if not before.unit and (unit := after.unit or after.shared) and _JOINT.fullmatch(between):
            factor = after.value / after.written if after.written else 1.0
            read[place] = replace(before, shared=unit, value=before.value * factor, step=before.step * factor)
    return tuple(read)


def _read(text: str, match: re.Match[str]) -> tuple[int, Quantity] | None:
    """The quantity that begins here and where it ends; ``None`` for a part of a name."""
    at = match.end()
    if match["word"]:
        word = "-".join(match["word"].casefold().split())
        if word in PARTS:
            value, unit = PARTS[word]
            bound = _bound(text, match.start())
            return at, Quantity(match[0], value, value, unit, "", bound, step=1.0, digits=2, spelled=True)
        value, step, digits = NUMBER_WORDS[word], 0.0, 1
    else:
        if _NAME_BEFORE.search(text[max(0, match.start() - 12) : match.start()]):
            return None
        number = re.sub(r"[,' ]", "", match["digits"])
        value = float(number)
        step = 10.0 ** -len(number.partition(".")[2])
        digits = len(number.replace(".", "").lstrip("0"))
    scale, at = _scale(text, at, value)
    if match["word"] and value == 1 and scale == 1:
        return None
    value, step = value * scale, step * scale
    if match["sign"] == "-":
        value = -value
    unit, factor, end = _unit(text, at)
    if not unit:
        after = text[at : at + 3]
        if _NAME_AFTER.match(after) and not _COMPOUND.match(text, at):
            return None
        if (
            match["word"]
            and text[match.start()].isupper()
            and match.start()
            and not text[: match.start()].endswith(". ")
        ):
            return None  # "Four Over Six" is a name
    noun = _NOUN.match(text, end) if not unit else None
    return end, Quantity(
        text=text[match.start() : end].strip(),
        value=value * factor,
        written=value,
        unit=unit,
        bound=_bound(text, match.start()),
        step=step * factor,
        digits=digits,
        spelled=bool(match["word"]),
        noun=noun[1].strip().casefold() if noun else "",
    )


def _scale(text: str, at: int, value: float) -> tuple[float, int]:
    """What a power or a magnitude after the digits multiplies them by, and where it ends."""
    if power := _POWER.match(text, at):
        exponent = int(power["after"] or power["of"])
        if power["after"] is None:
            # 10^-3 is a number of its own, m^2 is not met here; 2^10 stays what it is.
            small = 0 < value < 1000
            return (value ** (exponent - 1) if small else 1.0), power.end()
        return 10.0**exponent, power.end()
    if (magnitude := _MAGNITUDE.match(text, at)) and magnitude["capital"] != "m":
        name = (magnitude["capital"] or magnitude["word"]).casefold()
        return MAGNITUDES[name], magnitude.end()
    return 1.0, at


def _unit(text: str, at: int) -> tuple[str, float, int]:
    """The unit that stands here, what it counts in its base, and where it ends."""
    if per_cent := _PER_CENT.match(text, at):
        return "%", 1.0, per_cent.end()
    found = _UNIT.match(text, at)
    if found is None or (known := UNITS.get(found["unit"].casefold())) is None:
        return "", 1.0, at
    if found["unit"].casefold() == "x" and re.match(r"\s?\d", text[found.end() :]):
        return "", 1.0, at  # 2 x 2
    if len(found["unit"]) == 1 and found["unit"].isupper() and found["unit"] not in "W":
        return "", 1.0, at
    return known[0], known[1], found.end()


def _bound(text: str, start: int) -> Bound:
    before = text[max(0, start - _LOOK_BACK) : start]
    return next((bound for bound, pattern in _BEFORE if pattern.search(before)), "")
