"""Whether a number of a claim is one that its sources give."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .quantities import Quantity
from .units import PERCENT, POINTS, TIMES

_ABOUT = 0.06
"""How far "about 16 %" may lie from the number, as a share of it."""
_BEYOND = 1.25
"""How far "over 40 %" may lie below the number."""
_ROUND = 10
"""A multiple of it is a round number."""
_SMALL = 0.1
"""A bound this small is a level of significance: "p < 0.05" holds for any smaller value."""


def agrees(claimed: Quantity, given: Quantity) -> bool:
    """Whether a claim may say the one where its source says the other."""
    return any(_same(claimed, mine, theirs, step) for mine, theirs, step in _readings(claimed, given))


def opposed(claimed: Quantity, given: Quantity) -> bool:
    """Whether one is a lower bound and the other an upper one: "at least 40 %" and "up to 40 %"."""
    bounds = {claimed.bound, given.bound}
    return "lower" in bounds and bool(bounds & {"upper", "reached"})


def nearest(claimed: Quantity, given: Sequence[Quantity]) -> Quantity | None:
    """The number that the claim's was most likely meant to be: of the same unit, else of the same noun."""
    alike = [
        other
        for other in given
        if (claimed.unit or claimed.shared) == (other.unit or other.shared)
        and (claimed.unit or claimed.noun.split()[:1] == other.noun.split()[:1])
    ]
    return min(alike, key=lambda other: _distance(claimed.value, other.value), default=None)


def _readings(claimed: Quantity, given: Quantity) -> list[tuple[float, float, float]]:
    """The ways to compare the two: the claim's value, the source's, and its step."""
    mine, theirs = {claimed.unit, claimed.shared}, {given.unit, given.shared}
    readings = []
    if not (claimed.unit or given.unit):
        readings.append((claimed.written, given.written, given.step))
    if claimed.unit == given.unit or (mine & theirs) - {""} or {*mine, *theirs} >= {PERCENT, POINTS}:
        readings.append((claimed.value, given.value, given.step))
    if PERCENT in mine and TIMES in theirs:
        readings.append((claimed.value, given.value * 100, given.step * 100))
    if TIMES in mine and PERCENT in theirs:
        readings.append((claimed.value, given.value / 100, given.step / 100))
    if not claimed.unit and given.unit:
        # "94.2" for "94.2 %": the unit is left out, and 0.94 for 94 %.
        readings.append((claimed.written, given.written, given.step))
        if given.unit == PERCENT and 0 < claimed.value <= 1:
            readings.append((claimed.value, given.value / 100, given.step / 100))
    if claimed.unit in {PERCENT, POINTS} and not given.unit:
        if 0 < given.value <= 1:
            readings.append((claimed.value, given.value * 100, given.step * 100))
        elif given.step < 1 and not given.spelled:
            readings.append((claimed.value, given.value, given.step))  # an accuracy of 94.2
    return readings


def _same(claimed: Quantity, mine: float, theirs: float, step: float) -> bool:
    if math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-12):
        return True
    if (mine < 0) != (theirs < 0):
        return False
    distance = abs(mine - theirs)
    whole = claimed.unit == PERCENT and mine in {0.0, 100.0}
    if claimed.step > step and claimed.digits > 1 and not whole and distance <= claimed.step / 2 * (1 + 1e-9):
        return True
    match claimed.bound:
        case "about":
            return distance <= _ABOUT * abs(theirs)
        case "lower":
            return mine <= theirs <= mine * _BEYOND
        case "upper":
            return theirs <= mine and (mine <= _SMALL or theirs >= mine / _BEYOND)
        case "reached":
            # "Up to 3.9" is another number where the source has 3.2; "up to 40 %" rounds its 39 %.
            return claimed.written % _ROUND == 0 and theirs <= mine <= theirs * (1 + _ABOUT)
    return False


def _distance(one: float, other: float) -> float:
    if min(one, other) > 0 and math.isfinite(one + other):
        return abs(math.log(one) - math.log(other))
    return abs(one - other)
