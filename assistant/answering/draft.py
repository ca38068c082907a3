"""The answer while it is written: text and citations go in, renumbered Markdown comes out.

Both composers write through it, so that marks, references and claims are made in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ..corpus.sentences import split
from ..types import Citation, Claim, Hit

Handle = tuple[int, int | None]
"""A paper and a sentence of it, both counted from 0; ``None`` is the paper as a whole."""

_BULLET = re.compile(r"[\s*+•>-]*(?:\d{1,3}[.)]\s+)?[\s*]*")
_RULING = re.compile(r"[\s|:-]*--[\s|:-]*$")
_MARKUP = re.compile(r"\*\*|__|`")
_FEWEST_WORDS = 2
"""A piece of text with fewer words is a heading or a label, not a claim."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A citation in the text: ``at`` is its place in the text without marks."""

    at: int
    handle: Handle


class Draft:
    """An answer in the making over the numbered ``sources``.

    ``text`` and ``cite`` return what to show next: white space is held back until it is known what
    follows, so that a removed citation leaves no gap before a full stop.
    """

    def __init__(self, sources: Sequence[Hit]) -> None:
        """Begin an empty draft."""
        self.sources = tuple(sources)
        self.unknown = 0
        """Citations of papers or sentences that are not among the sources; removed from the text."""
        self._body: list[str] = []
        self._is_plain: list[bool] = []
        self._plain: list[str] = []
        self._length = 0
        self._marks: list[_Mark] = []
        self._numbers: dict[int, int] = {}
        self._quotes: list[tuple[int, int]] = []
        self._space = ""
        self._touching: dict[int, None] = {}
        self._removed = False
        self._told = 0

    def text(self, piece: str) -> str:
        """Write text; returns what is to be shown of it now."""
        core = piece.strip()
        if not core:
            self._space += piece
            return ""
        start = piece.index(core)
        space, self._space = self._space + piece[:start], piece[start + len(core) :]
        if not self._body or (self._removed and core[0] in ".,;:!?)"):
            space = ""  # what a removed citation left before a full stop goes with it
        elif self._removed and "\n" not in space:
            space = space[:1]
        self._touching.clear()
        self._removed = False
        return self._write(space + core, plain=True)

    def quote(self, paper: int, sentence: int) -> str:
        """Write a sentence of a source, verbatim and cited; it becomes a claim as it is."""
        text = self.sources[paper].paper.sentences[sentence].text
        shown = self.text(f"“{text}”")
        self._quotes.append((self._length - len(text) - 1, self._length - 1))
        return shown + self.cite([(paper, sentence)])

    def cite(self, handles: Iterable[Handle]) -> str:
        """Write citations; returns their marks, without those that stand right before already."""
        numbers: list[int] = []
        for paper, sentence in handles:
            if not self._known(paper, sentence):
                self.unknown += 1
                self._removed = True
                continue
            self._marks.append(_Mark(self._length, (paper, sentence)))
            number = self._numbers.setdefault(paper, len(self._numbers) + 1)
            if number not in self._touching:
                self._touching[number] = None
                numbers.append(number)
        if not numbers:
            return ""
        self._removed = False
        marks = "".join(f"[{number}]" for number in numbers)
        space, self._space = self._space, ""
        if "\n" in space:
            return self._write(space, plain=True) + self._write(marks, plain=False)
        # "claim [1][2]": a space before the first mark, none between marks that touch.
        alone = len(self._touching) == len(numbers) and self._body
        return self._write(f" {marks}" if alone else marks, plain=False)

    def attach(self, claim: int, handle: tuple[int, int]) -> None:
        """Cite a sentence at the end of the claim of that place, which its writer left without a citation."""
        start, end = self._spans()[claim]
        text = "".join(self._plain)
        at = start + len(text[start:end].rstrip(".!?:;”\"' "))
        paper, sentence = handle
        number = self._numbers.setdefault(paper, len(self._numbers) + 1)
        self._marks.append(_Mark(at, (paper, sentence)))
        written = 0
        for place, (piece, plain) in enumerate(zip(self._body, self._is_plain, strict=True)):
            if plain and written + len(piece) >= at:
                before, after = piece[: at - written], piece[at - written :]
                self._body[place : place + 1] = [before, f" [{number}]", after]
                self._is_plain[place : place + 1] = [True, False, True]
                return
            written += len(piece) if plain else 0

    def source(self, number: int) -> int:
        """The place among the sources of the paper that a mark ``[number]`` stands for."""
        return next(index for index, given in self._numbers.items() if given == number)

    def number(self, source: int) -> int | None:
        """The mark of a source, if it is cited."""
        return self._numbers.get(source)

    def _known(self, paper: int, sentence: int | None) -> bool:
        if not 0 <= paper < len(self.sources):
            return False
        return sentence is None or 0 <= sentence < len(self.sources[paper].paper.sentences)

    def _write(self, piece: str, *, plain: bool) -> str:
        self._body.append(piece)
        self._is_plain.append(plain)
        if plain:
            self._plain.append(piece)
            self._length += len(piece)
        return piece

    def introduced(self) -> Iterator[Citation]:
        """The papers cited since this was last asked, each with the sentences cited by now."""
        for index, number in [*self._numbers.items()][self._told :]:
            paper = self.sources[index].paper
            handles = (mark.handle for mark in self._marks)
            cited = {place for cited, place in handles if cited == index and place is not None}
            sentences = (paper.sentences[place] for place in sorted(cited))
            self._told += 1
            yield Citation(number, paper, tuple(sentences))

    @property
    def body(self) -> str:
        """What has been written, with its marks."""
        return "".join(self._body).strip()

    @property
    def is_empty(self) -> bool:
        """Whether nothing but white space has been written."""
        return not "".join(self._plain).strip()

    @property
    def is_cited(self) -> bool:
        """Whether a citation stands in it."""
        return bool(self._marks)

    @property
    def cited(self) -> tuple[int, ...]:
        """The papers cited so far by their place, one for each citation."""
        return tuple(mark.handle[0] for mark in self._marks)

    def claims(self) -> tuple[Claim, ...]:
        """The statements of the text, each with the citations that stand in it or right after it."""
        plain = "".join(self._plain)
        spans = self._spans()
        cited: list[list[Handle]] = [[] for _ in spans]
        for mark in self._marks:
            # A mark after the full stop belongs to the sentence before it, one that opens a line to
            # the sentence after it, and one of a line that states nothing ("The results differ:") to none.
            before = sum(start < mark.at for start, _ in spans)
            above, newline, line = plain[: mark.at].rpartition("\n")
            opens = not line.strip(" -*•")
            place = before if opens else before - 1
            if 0 <= place < len(spans) and (opens or spans[place][1] > len(above + newline)):
                cited[place].append(mark.handle)
        return tuple(
            Claim(
                text=_unmarked(plain[start:end]),
                citations=tuple(dict.fromkeys(self._numbers[paper] for paper, _ in handles)),
                evidence=tuple(
                    dict.fromkeys(
                        (self._numbers[paper], sentence)
                        for paper, sentence in handles
                        if sentence is not None
                    )
                ),
            )
            for (start, end), handles in zip(spans, cited, strict=True)
        )

    def _spans(self) -> list[tuple[int, int]]:
        return self._quotes or list(_statements("".join(self._plain)))

    def citations(self, claims: Sequence[Claim]) -> tuple[Citation, ...]:
        """The references: each cited paper once, by its number, with the sentences that claims cite."""
        evidence = {pair for claim in claims for pair in claim.evidence}
        evidence.update(
            (self._numbers[paper], sentence)
            for paper, sentence in (mark.handle for mark in self._marks)
            if sentence is not None
        )
        references = []
        for paper_index, number in sorted(self._numbers.items(), key=lambda item: item[1]):
            paper = self.sources[paper_index].paper
            cited = sorted(sentence for cited, sentence in evidence if cited == number)
            references.append(Citation(number, paper, tuple(paper.sentences[index] for index in cited)))
        return tuple(references)


def _statements(text: str) -> Iterable[tuple[int, int]]:
    """The spans of the sentences of a Markdown text, line by line, without headings, labels and rulings."""
    start = 0
    lines = text.splitlines(keepends=True)
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        lead = _BULLET.match(line)
        content = line[lead.end() if lead else 0 :].strip()
        is_heading = content.startswith("#") or content.endswith(":")
        is_ruling = any(_RULING.match(each) for each in (line, below)) and "|" in line
        if content and not is_heading and not is_ruling:
            offset = start + line.index(content)
            for sentence in split(content):
                if len(sentence.text.split()) >= _FEWEST_WORDS:
                    yield offset + sentence.start, offset + sentence.end
        start += len(line)


def _unmarked(text: str) -> str:
    """A statement without emphasis and the bars of a table."""
    return _MARKUP.sub("", text).strip(" |")
