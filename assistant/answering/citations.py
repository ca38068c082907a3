"""Finds the citations in a model's stream, in whatever brackets and decoration a model puts them.

What stands in the brackets is read by ``handles``; a handle may also stand bare, and may come in two pieces
of the stream. Everything else in brackets is text.
"""

from __future__ import annotations

import re

from .abstracts import short_name
from .draft import Draft, Handle
from .handles import BARE, FIRST, parse

_LONGEST = 160
"""A bracket still open after so many characters is no citation: what is held back has to be shown."""
_LONGEST_QUOTE = 600
"""The same for one that began as a handle: models put what it says beside it."""
_FEWEST_LETTERS = 2
"""A name in brackets that is shorter than this means too many things."""
_START = re.compile(r"[\[【({<`*\\]|P")
_DECORATION = re.compile(r"(?P<mark>`+|\*+|\\\w{0,12}\*?|<(?:cite|sup|a)>)?", re.IGNORECASE)
_DECORATION_CUT = re.compile(r"`+|\*+|\\\w{0,12}\*?|<(?:c|ci|cit|cite|s|su|sup|a)?", re.IGNORECASE)
_CITE = re.compile(r"\\\w*(?:cite|ref)\w*\*?", re.IGNORECASE)
_OPENERS = "[【({<"
_CLOSE = {"[": "]", "【": "】", "(": ")", "{": "}", "<": ">"}
_CUT_BARE = re.compile(r"P(?:\d{1,4}(?:\.(?:S\d{0,4})?)?)?")
_CUT_BRACKET = re.compile(r"[`*]*[\[【({<]{1,2}\s*(?:P[\d.,:;\s\-–PS]*)?")
_SENTENCE_HANDLE = re.compile(r"\s*P\d{1,4}\s*[.:,]?\s*S", re.IGNORECASE)
_LABEL = re.compile(r"P(\d{1,4})(?![\w.-])(?=\W*\s+[a-z]|\s*[,'’])")
"""A paper called by its label in the prose, "P3 shows": a reader knows no P3."""


class CitationParser:
    """Reads a stream into a :class:`Draft`; each call returns what is to be shown next."""

    def __init__(self, draft: Draft) -> None:
        """Write into ``draft``."""
        self._draft = draft
        self._held = ""
        self._before = ""
        self._last: int | None = 0 if len(draft.sources) == 1 else None
        papers = [hit.paper for hit in draft.sources]
        self._by_name = {
            name.casefold(): (place, None)
            for place, paper in reversed([*enumerate(papers)])
            for name in (paper.title, short_name(paper))
            if len(name) >= _FEWEST_LETTERS
        }
        self._initials = {name[0] for name in self._by_name}
        words = set(re.findall(r"\bP\d{1,4}\b", " ".join(paper.text for paper in papers)))
        self._labels = {
            f"P{place}": short_name(paper)
            for place, paper in enumerate(papers, start=1)
            if f"P{place}" not in words  # there, it means something of its own
        }

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
            handles, length = self._citation(final=final)
            if length == 0:
                break  # it may go on in the next piece
            if handles:
                shown += self._draft.cite(handles)
                self._last = handles[-1][0]
                self._before += self._held[:length]
            elif name := self._labels.get(self._held[:length]):
                shown += self._text(name)
            elif not (final and length == len(self._held) and _is_cut(self._held)):
                length = 1
                shown += self._text(self._held[0])
            self._held = self._held[length:]
        return shown

    def _citation(self, *, final: bool) -> tuple[list[Handle], int]:
        """The citations at the head of what is held, and their length; 0 is not known yet."""
        if self._held[0] == "P":
            return self._bare(0, final=final)
        if not final and _DECORATION_CUT.fullmatch(self._held):
            return [], 0
        decoration = _DECORATION.match(self._held)
        mark = (decoration and decoration["mark"]) or ""
        if mark.startswith("\\") and not _CITE.fullmatch(mark):
            return [], 1
        at = len(mark)
        if at == len(self._held) and not final:
            return [], 0
        if self._held[at : at + 1] == "P" and mark:
            handles, length = self._bare(at, final=final)
        elif self._held[at : at + 1] and self._held[at] in _OPENERS:
            handles, length = self._bracket(at, final=final)
        else:
            return [], 1
        if not handles or not mark or mark.startswith("\\"):
            return handles, length
        return self._undecorated(handles, length, mark, final=final)

    def _undecorated(
        self, handles: list[Handle], length: int, mark: str, *, final: bool
    ) -> tuple[list[Handle], int]:
        """The citations with the end of what decorates them: "**[P1.S2]**"."""
        end = mark.replace("<", "</")
        after = self._held[length : length + len(end)]
        if after == end:
            return handles, length + len(end)
        if end.startswith(after) and not final:
            return [], 0
        return [], 1  # it decorates more than the citation

    def _bare(self, at: int, *, final: bool) -> tuple[list[Handle], int]:
        """A handle without brackets, or a paper's label, at a place of what is held."""
        if at == 0 and re.match(r"[\w.]", self._before[-1:]):
            return [], 1
        held = self._held[at:]
        match = BARE.match(held)
        if not final and (_CUT_BARE.fullmatch(held) or (match and match.end() == len(held))):
            return [], 0
        if match:
            return [(int(match[1]) - 1, int(match[2]) - 1)], at + match.end()
        label = _LABEL.match(held)
        if at == 0 and label is None and not final and re.fullmatch(r"P\d{1,4}\W{1,3}", held):
            return [], 0
        if at == 0 and label:
            return [], label.end()
        return [], len(held) if at == 0 and _CUT_BARE.fullmatch(held) else 1

    def _bracket(self, at: int, *, final: bool) -> tuple[list[Handle], int]:
        """The citations of the bracket at a place of what is held, and the length to its end."""
        opener = self._held[at]
        double = self._held[at + 1 : at + 2]
        if not double and not final:
            return [], 0
        wide = 2 if double and double in "[(" and opener in "[(" else 1
        close = "".join(_CLOSE[each] for each in reversed(self._held[at : at + wide]))
        begin = at + wide
        inside = self._held[begin:]
        longest = _LONGEST_QUOTE if _SENTENCE_HANDLE.match(inside) else _LONGEST
        inside = inside[:longest]
        first = inside[:1] if opener in "{<" else inside.lstrip(" ")[:1]
        if opener in "{<" and first and first not in "Pp":
            return [], 1  # "p < 0.05" and "{0, 1}"
        if first and first not in FIRST and not (opener == "[" and first.casefold() in self._initials):
            return [], 1
        stop = re.search(rf"[\[【(\n{re.escape(close[0])}]", inside)
        if stop:
            end = begin + stop.start() + len(close)
            if (
                not final
                and close.startswith(self._held[begin + stop.start() : end])
                and len(self._held) < end
            ):
                return [], 0
            if self._held[begin + stop.start() : end] != close:
                return [], 1
            content = inside[: stop.start()]
            numbers = opener in "[【" and not self._in_formula()
            handles = parse(content, numbers=numbers, last=self._last if opener == "[" else None)
            if not handles and opener == "[" and content.strip().casefold() in self._by_name:
                handles = [self._by_name[content.strip().casefold()]]
            return handles, end
        if len(inside) >= longest:
            return [], 1
        return [], len(self._held) if final else 0

    def _text(self, text: str) -> str:
        self._before = (self._before + text)[-400:]
        return self._draft.text(text) if text else ""

    def _in_formula(self) -> bool:
        """Whether a ``$...$`` is open on this line: there, numbers in brackets are intervals."""
        line = self._before.rpartition("\n")[2]
        return len(re.findall(r"(?<!\\)\$(?![\s\d])|(?<=\S)\$", line)) % 2 == 1


def _is_cut(rest: str) -> bool:
    return bool(_CUT_BRACKET.fullmatch(rest) or (len(rest) > 1 and _CUT_BARE.fullmatch(rest)))
