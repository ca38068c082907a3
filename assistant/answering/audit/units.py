"""The units and number words of papers, each with what it stands for."""

from __future__ import annotations

PERCENT, TIMES, POINTS = "%", "x", "points"

_UNITS = (
    ("% percent percentage pct pp", PERCENT, 1.0),
    ("x times fold folds", TIMES, 1.0),
    ("point points pts", POINTS, 1.0),
    ("ns nanosecond nanoseconds", "s", 1e-9),
    ("μs us microsecond microseconds", "s", 1e-6),
    ("ms msec millisecond milliseconds", "s", 1e-3),
    ("s sec secs second seconds", "s", 1.0),
    ("min mins minute minutes", "s", 60.0),
    ("h hr hrs hour hours", "s", 3600.0),
    ("day days", "s", 86400.0),
    ("week weeks", "s", 604800.0),
    ("month months", "month", 1.0),
    ("year years yr yrs", "month", 12.0),
    ("bit bits", "bit", 1.0),
    ("kb kib kilobyte kilobytes", "byte", 1e3),
    ("mb mib megabyte megabytes", "byte", 1e6),
    ("gb gib gigabyte gigabytes", "byte", 1e9),
    ("tb tib terabyte terabytes", "byte", 1e12),
    ("hz", "hz", 1.0),
    ("khz", "hz", 1e3),
    ("mhz", "hz", 1e6),
    ("ghz", "hz", 1e9),
    ("nm", "m", 1e-9),
    ("μm um", "m", 1e-6),
    ("mm", "m", 1e-3),
    ("cm", "m", 1e-2),
    ("m meter meters metre metres", "m", 1.0),
    ("km", "m", 1e3),
    ("μg ug mcg", "g", 1e-6),
    ("mg", "g", 1e-3),
    ("g gram grams", "g", 1.0),
    ("kg", "g", 1e3),
    ("ml", "l", 1e-3),
    ("nmol", "mol", 1e-9),
    ("mmol", "mol", 1e-3),
    ("db", "db", 1.0),
    ("w watt watts", "w", 1.0),
    ("kw", "w", 1e3),
    ("kcal", "kcal", 1.0),
    ("°c", "°c", 1.0),
)
UNITS = {name: (kind, factor) for names, kind, factor in _UNITS for name in names.split()}
"""For each name of a unit, what it measures, and how many of the base unit it is."""

MAGNITUDES = {
    "hundred": 1e2,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "billions": 1e9,
    "t": 1e12,
    "trillion": 1e12,
}

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS = {
    **{word: float(value) for value, word in enumerate(_SMALL)},
    **{word: 10.0 * value for value, word in enumerate(_TENS, start=2)},
    **{
        f"{ten}-{one}": 10.0 * value + unit
        for value, ten in enumerate(_TENS, start=2)
        for unit, one in enumerate(_SMALL[1:10], start=1)
    },
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
}

PARTS = {
    **dict.fromkeys(("twice", "double", "doubles", "doubled", "doubling", "twofold"), (2.0, TIMES)),
    **dict.fromkeys(("thrice", "triple", "triples", "tripled", "tripling", "threefold"), (3.0, TIMES)),
    **dict.fromkeys(("quadruple", "quadruples", "quadrupled", "fourfold"), (4.0, TIMES)),
    **dict.fromkeys(("half", "halve", "halves", "halved", "halving", "one-half"), (50.0, PERCENT)),
    "one-third": (100 / 3, PERCENT),
    "two-thirds": (200 / 3, PERCENT),
    "one-quarter": (25.0, PERCENT),
    "three-quarters": (75.0, PERCENT),
    "one-fifth": (20.0, PERCENT),
    "tenfold": (10.0, TIMES),
}
"""Words that are a number and its unit at once."""
