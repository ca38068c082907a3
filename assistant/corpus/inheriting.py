"""What entries of BibTeX take from others that they name by ``crossref`` or ``xdata``; knows no paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .source import Line

MAX_PARENTS = 100_000
_MOST = 8  # entries of a chain of them

_NAMED = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]([^}\"\n]{1,500})", re.IGNORECASE)
# Of the volume that a paper is in. Its title is where the paper appeared; its editors wrote no paper.
_OF_VOLUME = "booktitle journal journaltitle maintitle publisher institution school".split()
_YEARS = ("year", "date")

Fields = Mapping[str, str]


def named(lines: Iterable[Line]) -> set[str]:
    """The keys that entries refer to, in small letters."""
    keys: set[str] = set()
    for line in lines:
        for found in _NAMED.findall(line.text):
            keys.update(_keys(found))
        if len(keys) > MAX_PARENTS:
            break
    return keys


def complete(fields: Fields, others: Mapping[str, Fields]) -> dict[str, str]:
    """Fields with those that they lack and the entries they name have, as BibTeX and biber do it."""
    found = {**fields}
    for shared in _chain(fields, "xdata", others):
        found = {**shared, **found}
    for volume in _chain(found, "crossref", others):
        whole = complete({**volume, "crossref": ""}, others) if "xdata" in volume else volume
        given = {name: whole[name] for name in _OF_VOLUME if whole.get(name)}
        given.setdefault("booktitle", whole.get("title", ""))
        if not any(found.get(name) for name in _YEARS):
            given |= {name: whole[name] for name in _YEARS if whole.get(name)}
        found = given | {name: text for name, text in found.items() if text or name not in given}
    return found


def _chain(fields: Fields, reference: str, others: Mapping[str, Fields]) -> Iterator[Fields]:
    """The entries that are named, then those that they name; each once."""
    waiting, seen = [*_keys(fields.get(reference, ""))], set[str]()
    while waiting and len(seen) < _MOST:
        key = waiting.pop(0)
        if key not in seen and (other := others.get(key)):
            yield other
            waiting += _keys(other.get(reference, ""))
        seen.add(key)


def _keys(text: str) -> Iterator[str]:
    return (key for part in text.split(",") if (key := part.strip().lower()))
