"""Reads the cards that a model wrote as JSON, whatever stands around them and wherever they break off.

Nothing is believed here: what comes out names a field, its text and the sentences it cites, as far as these
exist; whether they carry it is the audit's to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..answering.handles import parse
from ..cards import POINTS, Point
from ..types import Paper

LONGEST_REPLY = 60_000
"""Characters of a reply that are read: cards of one call have a tenth."""
_LONGEST_TEXT = 400
_MOST_SENTENCES = 4
_TRIED = 300
"""Braces at which an object is looked for, so that a reply of nothing but braces ends."""
_DEEP = 4
_HANDLE = re.compile(r"\s*[\[(](?:P\d{1,4}[.:]?\s?)?S\d{1,4}[^\])]{0,60}[\])]")
_NOT_STATED = re.compile(
    r"\W*(?:not (?:explicitly )?(?:stated|specified|mentioned|given|provided|available|discussed)\b.*|"
    r"none(?: (?:stated|mentioned|given))?|null|n/?a|unknown|unstated|-*)\W*",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE = re.compile(r"S?(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A field as a model wrote it, with the sentences of its paper that it cites, from 0."""

    text: str
    sentences: tuple[int, ...]


Fields = Mapping[Point, Written | None]
"""``None`` is what a model says is not stated; a point that is missing here it did not answer."""


def fields_in(reply: str, papers: Sequence[Paper]) -> dict[int, Fields]:
    """The fields of each paper that a reply has something of, by the paper's place."""
    reply = reply[:LONGEST_REPLY]
    found: dict[int, Fields] = {}
    for text in dict.fromkeys((reply, _mended(reply))):
        rows = list(_rows(text))
        nameless = all(number is None for number, _ in rows) and len(rows) == len(papers)
        for place, (number, row) in enumerate(rows):
            own = place if nameless else number
            if own is not None and 0 <= own < len(papers) and own not in found:
                found[own] = _fields(row, own, papers[own])
    return found


def _rows(text: str) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """The objects that look like cards, each with the number of its paper from 0 where it has one."""
    decoder = json.JSONDecoder()
    at = 0
    for _ in range(_TRIED):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1  # what is cut, or wrapped in something that is not JSON, is looked for within
            continue
        yield from _cards(value, None, _DEEP)


def _cards(value: Any, number: int | None, deep: int) -> Iterator[tuple[int | None, dict[str, Any]]]:
    if isinstance(value, list) and deep:
        for item in value:
            yield from _cards(item, None, deep - 1)
    elif isinstance(value, dict):
        row = {str(key).strip().casefold(): item for key, item in value.items()}
        if any(point in row for point in POINTS):
            named = next((row[key] for key in ("paper", "id", "handle", "number") if key in row), None)
            yield _number(named) if named is not None else number, row
        elif deep:
            for key, item in row.items():
                yield from _cards(item, _number(key) if key.startswith("p") else None, deep - 1)


def _number(named: Any) -> int | None:
    """The place of a paper that is called ``P3``, ``3`` or ``Paper 3``."""
    found = re.fullmatch(r"\D{0,8}(\d{1,4})(?:\D.*)?", str(named)[:300].strip(), re.DOTALL)
    return int(found[1]) - 1 if found else None


def _fields(row: Mapping[str, Any], place: int, paper: Paper) -> Fields:
    fields: dict[Point, Written | None] = {}
    for point in POINTS:
        if point in row:
            with suppress(_UnreadableError):
                fields[point] = _field(row[point], place, paper)
    return fields


class _UnreadableError(ValueError):
    """A field that is as if it were missing."""


def _field(value: Any, place: int, paper: Paper) -> Written | None:
    cited: Any = ()
    if isinstance(value, dict):
        row = {str(key).casefold(): item for key, item in value.items()}
        cited = next((row[key] for key in ("sentences", "sentence", "handles", "evidence") if key in row), ())
        value = next((row[key] for key in ("text", "statement", "summary", "value") if key in row), ())
    if value is None:
        return None
    if not isinstance(value, str):
        raise _UnreadableError
    within = [handle[0].strip(" []()") for handle in _HANDLE.finditer(value)]
    text = " ".join(_HANDLE.sub("", value).split())
    if not text or _NOT_STATED.fullmatch(text):
        return None
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise _UnreadableError
    listed = cited if isinstance(cited, list | tuple) else [cited]
    return Written(text, tuple(_sentences([*listed, *within], place, paper))[:_MOST_SENTENCES])


def _sentences(cited: Sequence[Any], place: int, paper: Paper) -> Iterator[int]:
    """The sentences of this paper that are cited, each once; handles of other papers are passed over."""
    seen = set()
    for item in cited[:20]:
        name = str(item)[:100].strip(" []()")
        own = _SENTENCE.fullmatch(name)
        handles = [(place, int(own[1]) - 1)] if own else parse(name, numbers=False, last=place)
        for source, sentence in handles:
            if source == place and sentence is not None and 0 <= sentence < len(paper.sentences):
                if sentence not in seen:
                    yield sentence
                seen.add(sentence)


def _mended(text: str) -> str:
    """What small models write for JSON, nearer to it."""
    text = re.sub(r",\s*([}\]])", r"\1", text)
    text = re.sub(r"(?<=[\[{:,])(\s*)None\b", r"\1null", text)
    return text.translate({0x201C: '"', 0x201D: '"'})
