"""Cuts a stream of JSON into the texts of its records; knows nothing of what a record means.

Only brackets and quotes are looked at. So a record that is no valid JSON costs itself alone and not, as
with a parser of events, all that comes after it; and no record, nesting or text fills the memory.

Records are the objects of a document, or of the list that it is; or, where the document is an envelope,
the objects of its lists under one of `LISTS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..source import MAX_LINE

LISTS = frozenset("results data items works papers collection".split())

_MESSAGE = "message"  # Crossref's key, whose object holds the list
_DEPTH = 1_000  # brackets that Python's parser does not go into any more
# A text to its end, or to that of the block; a list of numbers, which has no record in it; a bracket.
_TEXT = r'[^"\\]*+(?:\\.[^"\\]*+)*+("?)'
_MARK = re.compile(rf'"{_TEXT}|\[\s*+\d[\d\s,]*+\]|[{{}}\[\]]', re.DOTALL)
_REST = re.compile(_TEXT, re.DOTALL)
_KEY = re.compile(r'"([^"\\]{1,20})"\s{0,40}:\s{0,40}\Z')
_BEFORE = 110  # characters that are enough for a key
_BETWEEN = " \t\r\n,\x1e"
_OPENING = {"}": b"{", "]": b"["}


class Record(NamedTuple):
    """A record's text with its number from 1; ``problem`` says why it cannot be had, if so."""

    number: int
    text: str
    problem: str = ""


class Splitter:
    """Takes a document block by block, and gives the records that end in each."""

    def __init__(self, *, is_envelope: bool) -> None:
        """Begin before the document."""
        self.list_at: int | None = None  # where the first list of the first envelope begins
        self._is_envelope = is_envelope
        self._fed = 0  # characters of the blocks before
        self._tail = ""  # the last of them
        self._carry = ""  # a backslash whose character is yet to come
        self._in_text = False
        self._open = bytearray()  # the brackets around the present place
        self._excess = 0  # those beyond `_DEPTH`, which are only counted
        self._keys: list[str] = []  # the keys of the first of them
        self._level = 0  # how many are around a record and no part of it
        self._held: list[str] | None = None  # the present record; None between records
        self._size = 0
        self._junk = False  # whether something else than a comma stands between the records
        self._count = 0
        self._documents = 0

    def feed(self, block: str) -> Iterator[Record]:
        """The records that end in the next block."""
        block = self._carry + block
        begin = cut = 0  # of what is not looked after yet; of a text that goes beyond the block
        if self._in_text and (found := _REST.match(block)):
            self._in_text, cut = not found[1], found.end()
        for found in _MARK.finditer(block, cut):
            if found[1]:
                continue
            mark, at, end = found[0], found.start(), found.end()
            if mark[0] == '"':
                self._in_text, cut = True, end
            elif len(mark) > 1:
                continue
            elif mark in "{[":
                if self._held is None:
                    yield from self._between(block[begin:at])
                    begin = at if self._begins(mark, block, at) else end
                self._push(mark)
            elif (depth := self._pop(mark)) is not None:
                if self._held is not None and depth == self._level:
                    self._take(block[begin:end])
                    yield self._finished()
                    begin = end
                elif depth < self._level:
                    yield from self._between(block[begin:at])
                    self._level = 0
                    begin = end
                self._documents += depth == 0
        self._carry = "\\" if self._in_text and cut < len(block) else ""
        rest = block[begin : len(block) - len(self._carry)]
        if self._held is not None:
            self._take(rest)
        elif self._is_among_records():
            self._junk = self._junk or bool(rest.strip(_BETWEEN))
        self._fed += len(block) - len(self._carry)
        self._tail = (self._tail + block)[-_BEFORE:]

    def end(self) -> Iterator[Record]:
        """What is to be said at the end of the file."""
        yield from self._between("")
        if self._open:
            where = "inside this record" if self._held is not None else "before its list does"
            problem = f"the file ends {where}: it is cut off, or a bracket or quote is missing"
            yield Record(self._count + 1, "", problem)

    def _begins(self, mark: str, block: str, at: int) -> bool:
        """Enter a list or a record where one begins here; whether it is a record."""
        depth = len(self._open)
        if (self._level and depth == self._level) or (not depth and mark == "{" and not self._is_envelope):
            self._held, self._size = [], 0
            return True
        before = block[max(0, at - _BEFORE) : at] if at >= _BEFORE else self._tail + block[:at]
        found = _KEY.search(before)
        key = found[1] if found else ""
        is_inside = depth == 1 or (depth == 2 and self._keys[1] == _MESSAGE)
        if mark == "[" and (not depth or (is_inside and key in LISTS)):
            self._level = depth + 1
            if depth and self.list_at is None and not self._documents:
                self.list_at = self._fed + at
        del self._keys[depth:]
        if depth < 2:
            self._keys.append(key)
        return False

    def _push(self, mark: str) -> None:
        """Go into a bracket."""
        if len(self._open) < _DEPTH:
            self._open += mark.encode()
        else:
            self._excess += 1

    def _pop(self, mark: str) -> int | None:
        """Leave a bracket, and those within it that were never closed; how many are left.

        None where there is no such bracket to leave; a record cannot close what is around it.
        """
        if self._excess:
            self._excess -= 1
            return len(self._open) + self._excess
        depth = self._open.rfind(_OPENING[mark], 0 if self._held is None else self._level)
        if depth < 0:
            return None
        del self._open[depth:]
        return depth

    def _take(self, text: str) -> None:
        """Hold a part of the present record, up to the one that makes it too long."""
        if self._held is not None and self._size <= MAX_LINE:
            self._held.append(text)
        self._size += len(text)

    def _finished(self) -> Record:
        """The present record, at its end."""
        held, self._held = self._held or [], None
        self._count += 1
        if self._size > MAX_LINE:
            return Record(self._count, "", f"longer than {MAX_LINE:,} characters")
        return Record(self._count, "".join(held))

    def _is_among_records(self) -> bool:
        """Whether what stands here, outside a record, should be nothing but commas."""
        return self._level > 0 or not self._is_envelope

    def _between(self, text: str) -> Iterator[Record]:
        """A complaint where something else than a comma stood between two records."""
        if self._junk or (self._held is None and self._is_among_records() and text.strip(_BETWEEN)):
            self._junk = False
            self._count += 1
            yield Record(self._count, "", "not a JSON object")
