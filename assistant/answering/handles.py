"""Reads what stands in one bracket as citations, whatever form a model gives them; knows no stream.

The prompt asks for ``P1.S2``. Models also write ``P1.S2, P3.S1``, ``P1.S2-S4``, ``P1.S2,S3``, ``P1-S2``,
``P1.2``, ``P1``, ``P1-P3``, ``1``, ``1,2``, ``1-3``, ``^1``, ``Paper 1, sentence 2``, ``Source: P1.S2``, and
a handle with what it says: ``P1.S2: "quoted"``. Anything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .draft import Handle

FIRST = frozenset("^PpSsCcRrHhEe0123456789")
"""What a citation begins with: a handle, a number, or one of the words before one."""
BARE = re.compile(r"P(\d{1,4})\.S(\d{1,4})(?!\w)")
_HIGHEST = 999
"""A larger bare number in brackets is a year or the like."""
_LONGEST_RANGE = 50

_RANGE = r"\s*[-–—]\s*"
_S = r"S(?:ent(?:ence)?s?)?\.?\s*"
_ITEM = re.compile(
    rf"""
    \^?P(?P<paper>\d{{1,4}})
    (?: (?:\s*[.:,]\s*|\s+|\s*[-–—]\s*|) {_S}(?P<first>\d{{1,4}})
        (?: {_RANGE} (?:P(?P<upto>\d{{1,4}})[.:]?)? (?:{_S})?(?P<last>\d{{1,4}}) )?
      | [.:](?P<short>\d{{1,4}})
      | {_RANGE} P?(?P<papers>\d{{1,4}})
    )?
  | {_S}(?P<same>\d{{1,4}}) (?:{_RANGE}(?:{_S})?(?P<samelast>\d{{1,4}}))?
  | \^?(?P<number>\d{{1,4}}) (?:{_RANGE}(?P<numberlast>\d{{1,4}}))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*(?:[,;、，/|+]\s*(?:and\s+|&\s*)?|\band\b\s*|&\s*|\s|$)", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:see|cf\.?|(?P<label>sources?|papers?|refs?\.?|references?)|citations?|cite[ds]?|handles?|evidence)\b\.?"
    r"\s*[:=]?\s*(?=\^?[PS]?\s*\d)",
    re.IGNORECASE,
)
_SAID = re.compile(r"\s*[.:,;|–—-]+\s*(?:\S.*)?$", re.DOTALL)
"""What may follow a handle in its bracket: a quote of the sentence, or a stray full stop."""


def parse(content: str, *, numbers: bool, last: int | None) -> list[Handle]:
    """The handles of one bracket, or none where it is something else.

    ``numbers`` is whether a bare number is one; a lone ``S3`` is of the paper named before it, else of
    ``last``.
    """
    handles: list[Handle] = []
    content = content.strip()
    at, paper = 0, last
    while at < len(content):
        if prefix := _PREFIX.match(content, at):
            at = prefix.end()
            numbers = numbers or prefix["label"] is not None
        item = _ITEM.match(content, at)
        found = [] if item is None or (item["number"] and not numbers) else list(_expand(item, paper))
        if not item or not found:
            # A quote may follow a sentence, but not a number: "[2, see below]" is text.
            return _with_quote(handles, content[at:]) if _names_sentence(handles) else []
        if item["same"] and handles and handles[-1] == (paper, None):
            handles.pop()  # "Paper 1, sentence 2" is one handle
        handles += found
        paper = found[-1][0]
        at = item.end()
        if at < len(content):
            separator = _SEPARATOR.match(content, at)
            if not separator or separator.end() == at:
                said = _SAID.match(content, at)
                return _with_quote(handles, said[0]) if said and _names_sentence(handles) else []
            at = separator.end()
    return handles


def _names_sentence(handles: list[Handle]) -> bool:
    return any(sentence is not None for _, sentence in handles)


def _with_quote(handles: list[Handle], rest: str) -> list[Handle]:
    """The handles, and those within what else stands in the bracket."""
    return handles + [(int(match[1]) - 1, int(match[2]) - 1) for match in BARE.finditer(rest)]


def _expand(item: re.Match[str], paper: int | None) -> Iterator[Handle]:
    """What one item names; ``paper`` is the one named before it, which a lone ``S3`` belongs to."""
    if item["number"]:
        for number in _span(item["number"], item["numberlast"]):
            yield number - 1, None
        return
    if item["same"]:
        if paper is not None:
            yield from _sentences(paper, item["same"], item["samelast"])
        return
    paper = int(item["paper"]) - 1
    if item["short"]:
        yield paper, int(item["short"]) - 1
    elif item["papers"]:
        for number in _span(item["paper"], item["papers"]):
            yield number - 1, None
    elif not item["first"]:
        yield paper, None
    elif item["upto"] and int(item["upto"]) - 1 != paper:
        # "P1.S2-P3.S1" spans papers, which means nothing: its two ends are what is named.
        yield paper, int(item["first"]) - 1
        yield int(item["upto"]) - 1, int(item["last"]) - 1
    else:
        yield from _sentences(paper, item["first"], item["last"])


def _span(first: str, last: str | None) -> range:
    low, high = int(first), int(last or first)
    sound = 1 <= low <= high <= _HIGHEST and high - low < _LONGEST_RANGE
    return range(low, high + 1) if sound else range(0)


def _sentences(paper: int, first: str, last: str | None) -> Iterator[Handle]:
    low, high = int(first), int(last or first)
    if low <= high and high - low < _LONGEST_RANGE:
        yield from ((paper, sentence - 1) for sentence in range(low, high + 1))
    else:
        yield paper, low - 1
