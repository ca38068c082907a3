"""Takes out of a model's stream what is no part of an answer: labels, fences, references, the sentinel.

The prompt asks for none of these but the last; small models write them all the same. Works line by line, and
holds back no more of a line than it takes to tell.
"""

from __future__ import annotations

import re

SENTINEL = "NO_ANSWER_IN_SOURCES"
"""What the model replies when the sources hold no answer; the prompt gets it from here."""

_SENTINEL = re.compile(
    rf"[\s*`\"'\[(]{{0,8}}{SENTINEL.replace('_', '[_ -]')}[*`\"'\])]{{0,8}}[.!]?", re.IGNORECASE
)
_LEAD = re.compile(r"[\s#*_>-]*")
_WORDS = (
    *("reference", "source", "citation", "bibliography", "works cited", "cited ", "papers "),
    *("answer", "final answer", "final response", "response", "```"),
)
_FENCE = re.compile(r"\s*```\w*\s*$")
_LABEL = re.compile(r"[\s#*_>-]*(?:final\s+)?(?:answer|response)[\s*_]*:[\s*_]*", re.IGNORECASE)
_HEADING = re.compile(
    r"[\s#*_>-]*(?:references?|(?:cited\s+)?(?:sources?|papers?)(?:\s+(?:used|cited))?|citations?|bibliography|"
    r"works\s+cited)[\s*_]*:?[\s*_]*$",
    re.IGNORECASE,
)
_ONLY_HANDLES = re.compile(
    r"[\s#*_>-]*(?:references?|sources?|citations?)[\s*_]*:[\s*_]*[\d\[\]()PS.,;:&/\s–-]+$", re.IGNORECASE
)
_ITEM = re.compile(r"\s*(?:$|[\[(【•*-]|\d{1,3}[.):]|P\d)")
_LONGEST_LABEL = 48
"""A line that has not turned out to be a label by then is none."""

_DENIAL = re.compile(
    r"\b(?:papers?|sources?|abstracts?|sentences?|collection|context|texts?|documents?|passages?)\b[^.]{0,80}"
    r"\b(?:do(?:es)?\s+not|do(?:es)?n['’]t|contains?\s+no|provides?\s+no|has\s+no|have\s+no|none|cannot|not)\b"
    r"|\bnone\s+of\s+(?:the|these)\b"
    r"|\bI\s+(?:can\s?not|can['’]t|could\s+not|am\s+(?:not\s+able|unable)\s+to|do\s+not|don['’]t)\b"
    r"|\b(?:there\s+is\s+)?no\s+(?:information|answer|mention|evidence|data|details?)\b"
    r"|\bnot\s+(?:mentioned|stated|provided|addressed|covered|available|specified|discussed)\b",
    re.IGNORECASE,
)
_LONGEST_DENIAL = 80
"""Words; what is longer says something else as well."""


def denies(text: str) -> bool:
    """Whether a text without a citation says, in words of its own, that the papers do not tell."""
    return len(text.split()) <= _LONGEST_DENIAL and bool(_DENIAL.search(text))


class Reply:
    """Cleans one reply; what it returns is text with handles."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.denied = False
        """Whether the sentinel stood in it."""
        self._held = ""
        self._at_start = True
        self._said = False
        self._listing = False
        self._closed = False

    def feed(self, piece: str) -> str:
        """Take the next piece."""
        self._held += piece
        return self._drain(final=False)

    def close(self) -> str:
        """Take the end."""
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> str:
        text = self._without_sentinel(final=final)
        return "" if self._closed else text

    def _without_sentinel(self, *, final: bool) -> str:
        """The lines that are certain, up to what may be the beginning of the sentinel."""
        if match := _SENTINEL.search(self._held):
            self.denied = True
            # A reply that begins with it says nothing else, whatever follows.
            self._closed = self._closed or not (self._said or self._held[: match.start()].strip())
            self._held = self._held[: match.start()] + self._held[match.end() :]
        keep = 0 if final else _partial(self._held)
        ready, rest = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        passed, self._held = self._lines(ready, final=final and not rest)
        self._held += rest
        return passed

    def _lines(self, text: str, *, final: bool) -> tuple[str, str]:
        """What passes of a text, and what has to wait for the rest of its line."""
        passed = ""
        while text:
            line, newline, rest = text.partition("\n")
            whole = bool(newline) or final
            if self._at_start:
                if not whole and (self._listing or _may_be_special(line)):
                    return passed, text
                line, newline = self._line(line, newline, whole=whole)
            passed += line + newline
            self._said = self._said or bool(line.strip())
            self._at_start = whole
            text = rest
        return passed, ""

    def _line(self, line: str, newline: str, *, whole: bool) -> tuple[str, str]:
        """A line, or as much as there is of it, without what is no part of the answer."""
        if self._listing:
            if _ITEM.match(line):
                return "", ""
            self._listing = False
        if whole and _FENCE.match(line):
            return "", ""
        if whole and self._said and (_HEADING.match(line) and line.strip()):
            self._listing = True
            return "", ""
        if whole and self._said and _ONLY_HANDLES.match(line):
            return "", ""
        if not self._said and (label := _LABEL.match(line)):
            line = line[label.end() :]
        return line, newline


def _may_be_special(line: str) -> bool:
    """Whether the beginning of a line may turn out to be a label or a heading."""
    lead = _LEAD.match(line)
    bare = line[lead.end() if lead else 0 :].casefold()
    if len(bare) > _LONGEST_LABEL:
        return bool(_ONLY_HANDLES.match(line))
    return any(word.startswith(bare) or bare.startswith(word) for word in _WORDS)


def _partial(text: str) -> int:
    """How many characters at the end of a text may be the beginning of the sentinel and what is around it."""
    tail = text[-len(SENTINEL) - 8 :]
    for start in range(len(tail)):
        rest = tail[start:].lstrip(" \t*`\"'[(")
        if not (rest and start and tail[start - 1].isalnum()) and SENTINEL.startswith(
            re.sub(r"[ -]", "_", rest).upper()
        ):
            return len(tail) - start
    return 0
