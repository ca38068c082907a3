"""The numbers of results with the words that say what they are of; knows nothing of roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..answering.audit.quantities import Quantity, quantities
from ..answering.audit.words import plain
from ..cards import Figure
from ..types import Sentence

_MOST = 6
_TAIL, _LEAD = 7, 4
"""Words after a number, and before one after which nothing tells."""
_BREAK = re.compile(
    r"[,;:()\[\]]|\.(?=\s|$)|\s(?:and|while|but|whereas|which|that|with|without|using|by|via|when|compared|relative|"
    r"than|from|outperforming|surpassing|achieving|reducing|improving|making|demonstrating|showing)\b|\s[-/]\s",
    re.IGNORECASE,
)
"""Where the words of a number end."""
_CHANCE = re.compile(r"\bp\s?(?:-?value)?\s?[<=>]\s?$", re.IGNORECASE)
"""A test's p goes before its number: it says how sure a finding is, and is none."""
_EMPTY = frozenset("a an and as by for in is of on our that the their to where which while with".split())
"""Words that a phrase does not begin with."""
_RANGE = re.compile(r"\s?(?:-|to)\s?\d+(?:\.\d+)?\s?(?:%|x|times)?(?!\w)")


def weighty(text: str) -> bool:
    """Whether a sentence gives a number that is a finding."""
    return any(_is_finding(quantity) for quantity in quantities(text))


def figures_of(sentences: Iterable[Sentence]) -> tuple[Figure, ...]:
    """The findings in numbers of these sentences, in their order, each number once."""
    found: dict[str, Figure] = {}
    for sentence in sentences:
        for figure in _figures(sentence):
            found.setdefault(figure.value, figure)
    return tuple(found.values())[:_MOST]


def _is_finding(quantity: Quantity) -> bool:
    """A share, a factor, an amount with a unit, a score with a decimal point; no count and no year."""
    if quantity.spelled or quantity.unit == "month":
        return False  # "half-duplex", "one second"; how long patients were followed
    return bool(quantity.unit or quantity.shared) or "." in quantity.text


def _figures(sentence: Sentence) -> Iterator[Figure]:
    text = plain(sentence.text)
    at = 0
    for quantity in quantities(sentence.text):
        start = text.find(quantity.text, at)
        if start < at:
            continue
        at = start + len(quantity.text)
        if _is_finding(quantity) and not _CHANCE.search(text[:start]):
            if upper := _RANGE.match(text, at):
                at = upper.end()
            yield Figure(text[start:at], _with_words(text, start, at), sentence.index)


def _with_words(text: str, start: int, end: int) -> str:
    """The number with the words behind it, or, where there are none, before it."""
    broken = _BREAK.search(text, end)
    tail = text[end : broken.start() if broken else len(text)].split()[:_TAIL]
    if tail:
        return (
            " ".join([text[start:end], *tail])
            if text[end : end + 1] == " "
            else text[start:end] + " ".join(tail)
        )
    lead = re.split(r"[,;:()\[\]]", text[:start])[-1].split()[-_LEAD:]
    while lead and lead[0].lower() in _EMPTY:
        del lead[0]
    return " ".join([*lead, text[start:end]])
