"""Finds the citations in a model's stream, whatever form the model gives them.

Handles ``[P1.S2]`` are what the prompt asks for. Models also write ``[P1.S2, P3.S1]``, ``[P1.S2-S4]``,
``[P1.S2,S3]``, ``(P1.S2)``, a bare ``P1.S2``, ``[P1]``, ``[1]``, ``[1,2]``, ``[1-3]``, ``[^1]`` and
``【1】``; a handle may come in two pieces of the stream. Everything else in brackets is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .draft import Draft, Handle

_LONGEST = 160
"""A bracket still open after so many characters is no citation: what is held back has to be shown."""
_HIGHEST = 999
"""A larger bare number in brackets is a year or the like."""

_RANGE = r"\s*[-–—]\s*"
_HANDLE = rf"""
    P(?P<paper>\d{{1,4}})
    (?: [.:,\s]?\s* S(?P<first>\d{{1,4}})
        (?: {_RANGE} (?:P(?P<upto>\d{{1,4}})[.:]?)? S?(?P<last>\d{{1,4}}) )?
    )?
  | S(?P<same>\d{{1,4}}) (?:{_RANGE}S?(?P<samelast>\d{{1,4}}))?
  | \^?(?P<number>\d{{1,4}}) (?:{_RANGE}(?P<numberlast>\d{{1,4}}))?
"""
_ITEM = re.compile(_HANDLE, re.VERBOSE | re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:[,;、，]\s*(?:and\s+|&\s*)?|\band\b\s*|&\s*|\s)", re.IGNORECASE)
_PREFIX = re.compile(r"(?:see|cf\.?|sources?|papers?|refs?\.?)\s+(?=P?\d)", re.IGNORECASE)
_BARE = re.compile(r"P(\d{1,4})\.S(\d{1,4})(?!\w)")
_START = re.compile(r"[\[【(]|P")
_CLOSE = {"[": "]", "【": "】", "(": ")"}
_FIRST = "^PpSsCcRr0123456789"
"""What a citation begins with (a handle, a number, "see", "cf.", "source", "paper", "ref.")."""
_CUT_BARE = re.compile(r"P(?:\d{1,4}(?:\.(?:S\d{0,4})?)?)?")
_CUT_BRACKET = re.compile(r"[\[【(]\s*(?:P[\d.,;\s\-–PS]*)?")


class CitationParser:
    """Reads a stream into a :class:`Draft`; each call returns what is to be shown next."""

    def __init__(self, draft: Draft) -> None:
        """Write into ``draft``."""
        self._draft = draft
        self._held = ""
        self._before = ""

    def feed(self, piece: str) -> str:
        """Take the next piece of the stream."""
        self._held += piece
        return self._drain(final=False)

    def close(self) -> str:
        """Take the end of the stream: a bracket left open is no citation and goes out as it is.

        A handle that was cut in the middle ("[P3.S") is no text for a reader, and is dropped.
        """
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        """Write as much as is certain.

        What starts like a citation and is none loses its first character to the text, and the rest is
        looked at anew: so pieces of any size bring the same result.
        """
        shown = ""
        while self._held:
            start = _START.search(self._held)
            at = start.start() if start else len(self._held)
            shown += self._text(self._held[:at])
            self._held = self._held[at:]
            if not self._held:
                break
            if self._held[0] == "P":
                handles, length = self._bare(final=final)
            else:
                handles, length = self._bracket(final=final)
            if length == 0:
                break  # it may go on in the next piece
            if handles:
                shown += self._draft.cite(handles)
                self._before += self._held[:length]
            elif not (final and length == len(self._held) and _is_cut(self._held)):
                length = 1
                shown += self._text(self._held[0])
            self._held = self._held[length:]
        return shown

    def _bare(self, *, final: bool) -> tuple[list[Handle], int]:
        """A handle without brackets at the head of what is held, and its length; 0 is not known yet."""
        if re.match(r"[\w.]", self._before[-1:]):
            return [], 1
        match = _BARE.match(self._held)
        if not final and (_CUT_BARE.fullmatch(self._held) or (match and match.end() == len(self._held))):
            return [], 0
        if match:
            return [(int(match[1]) - 1, int(match[2]) - 1)], match.end()
        return [], len(self._held) if _CUT_BARE.fullmatch(self._held) else 1

    def _bracket(self, *, final: bool) -> tuple[list[Handle], int]:
        """The citations of the bracket at the head of what is held, and its length; 0 is not known yet."""
        inside = self._held[1 : _LONGEST + 1]
        first = inside.lstrip(" ")[:1]
        if first and first not in _FIRST:
            return [], 1
        stop = re.search(rf"[\[【(\n{re.escape(_CLOSE[self._held[0]])}]", inside)
        if stop:
            if stop[0] != _CLOSE[self._held[0]]:
                return [], 1
            numbers_too = self._held[0] != "(" and not self._in_formula()
            return handles_in(inside[: stop.start()], numbers=numbers_too), stop.end() + 1
        if len(inside) >= _LONGEST:
            return [], 1
        return [], len(self._held) if final else 0

    def _text(self, text: str) -> str:
        self._before = (self._before + text)[-400:]
        return self._draft.text(text) if text else ""

    def _in_formula(self) -> bool:
        """Whether a ``$...$`` is open on this line: there, numbers in brackets are intervals."""
        line = self._before.rpartition("\n")[2]
        return len(re.findall(r"(?<!\\)\$(?![\d\s])|(?<=\S)\$", line)) % 2 == 1


def _is_cut(rest: str) -> bool:
    return bool(_CUT_BRACKET.fullmatch(rest) or (len(rest) > 1 and _CUT_BARE.fullmatch(rest)))


def handles_in(content: str, *, numbers: bool) -> list[Handle]:
    """The handles of the content of one bracket, or none where anything in it is something else."""
    handles: list[Handle] = []
    content = content.strip()
    at, paper = 0, None
    while at < len(content):
        if prefix := _PREFIX.match(content, at):
            at = prefix.end()
        item = _ITEM.match(content, at)
        if not item or (item["number"] and not numbers):
            return []
        found = list(_expand(item, paper))
        if not found:
            return []
        handles += found
        paper = found[-1][0]
        at = item.end()
        if at < len(content):
            separator = _SEPARATOR.match(content, at)
            if not separator or separator.end() == at:
                return []
            at = separator.end()
    return handles


def _expand(item: re.Match[str], paper: int | None) -> Iterator[Handle]:
    """What one item names; ``paper`` is the one named before it, which a lone ``S3`` belongs to."""
    if item["number"]:
        first = int(item["number"])
        last = int(item["numberlast"] or first)
        if 1 <= first <= last <= _HIGHEST and last - first < 50:
            yield from ((number - 1, None) for number in range(first, last + 1))
        return
    if item["same"]:
        first, last = int(item["same"]), int(item["samelast"] or item["same"])
        if paper is None:
            return
    else:
        paper = int(item["paper"]) - 1
        if not item["first"]:
            yield paper, None
            return
        first, last = int(item["first"]), int(item["last"] or item["first"])
        if item["upto"] and int(item["upto"]) - 1 != paper:
            # "P1.S2-P3.S1" spans papers, which means nothing: its two ends are what is named.
            yield paper, first - 1
            yield int(item["upto"]) - 1, last - 1
            return
    if first <= last and last - first < 50:
        yield from ((paper, sentence - 1) for sentence in range(first, last + 1))
    else:
        yield paper, first - 1
