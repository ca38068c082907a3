"""A listing of trending papers as text: a title line and an abstract line in turn; knows no other prose.

What such a text looks like, and how it is told from any other:

- The page's own text stands before the first paper, its button "Subscribe" glued to the first title;
  labels of the page (votes, dates, "Submitted by") may stand between. Known ones are passed over.
- An abstract is a line that ends a sentence, or a long one; a title is a short line that does not (it may
  end with "?" or "!"). In the sample titles have 19 to 145 characters, abstracts 410 to 1,899.
- Where blank lines part the papers, abstracts may be wrapped over short lines. Without blank lines a
  wrapped line cannot be told from a title: such a listing is read as it stands, and the report shows it.
- A text is taken for a listing only if it begins with the page's own text, or if titles and abstracts
  take turns nearly throughout and the titles have the length of titles. Prose with headings has several
  paragraphs a heading and short headings; notes, logs, code and tables do not take turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise
from statistics import median
from typing import NamedTuple

from ...types import Paper, Rejected
from ..record import MAX_ABSTRACT, one_line
from ..rows import row_of
from ..source import Line, Source

NAME = "a listing of trending papers (title and abstract lines in turn)"
# Begun as the page is: so it is known for a listing however few its rows are.
MENDABLE = ("Get trending papers in your email inbox!\n\n", "\n\n", "\n")

_LONG = 200  # characters that no title has
_WRAPPED = 120  # characters that a wrapped line has at most
_BLOCK = 100  # lines that a wrapped abstract has at most

_PAGE = re.compile(r"Get trending papers in your email inbox.*", re.IGNORECASE)
_SUBMITTED = re.compile(r"Submitted by(.{0,60})", re.IGNORECASE)
_LABEL = re.compile(
    r"Subscribe|(Daily|Trending) Papers|Upvotes?|Comments?|[\d.,]+[kKmM]?|Add to collection"
    r"|[-+·•\s]*\d+ (authors?|upvotes?|comments?)"
    r"|(View )?(arXiv|PDF|Project|GitHub|Paper)( page)?( [\d.,]+[kKmM]?)?"
    r"|(Published on )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(, \d{4})?"
    r"|(Published on )?\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^Subscribe(?=[A-Z0-9\"“‘(])")
_SENTENCE_END = re.compile(r"[.…。][\"'”’)\]}*]*$")
_HYPHEN = re.compile(r"(?<=\w)-\n")
_MARKUP = re.compile(r"[#>*|<{}@=~`\[\\/-]|\d+[.)]\s|.*[:;,?]$")


class _Piece(NamedTuple):
    """A title or an abstract, as one text, with the number of its first line."""

    number: int
    text: str
    problem: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it is longer than titles are."""
        return len(self.text) >= _LONG

    @property
    def is_text(self) -> bool:
        """Whether it reads as text, not as a title."""
        return self.is_long or bool(_SENTENCE_END.search(self.text))

    @property
    def is_doubtful(self) -> bool:
        """Whether it reads as text, but might be a title: short with a full stop, or long without one."""
        return self.is_long != bool(_SENTENCE_END.search(self.text)) and len(self.text) < 2 * _LONG


@dataclass(slots=True)
class _Draft:
    """A title with the pieces of its abstract so far."""

    number: int
    title: str
    abstract: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, text: str) -> None:
        """Take a further piece, up to the first that makes the abstract too long to be one."""
        if self.size <= MAX_ABSTRACT:
            self.abstract.append(text)
            self.size += len(text)


def recognises(head: str) -> bool:
    """Whether a text begins as the page does, or titles and abstracts take turns in it."""
    lines = [Line(number, text) for number, text in enumerate(head.splitlines(), 1)]
    if any(_PAGE.fullmatch(line.text.strip()) for line in lines[:10]):
        return True
    pieces = [*_pieces(lines)]
    titles = [title.text for title, text in pairwise(pieces) if _is_pair(title, text)]
    if len(titles) < 2 or 2 * len(titles) < 0.8 * len(pieces):
        return False
    return median(len(title.split()) for title in titles) >= 3


def _is_pair(title: _Piece, text: _Piece) -> bool:
    """Whether two pieces look like a title and its abstract, and not like code, tables or headings."""
    if title.is_text or not text.is_text or len(text.text) <= len(title.text) or _MARKUP.match(title.text):
        return False
    return all(_is_wording(piece.text) for piece in (title, text)) and len(text.text.split()) > 3


def _is_wording(text: str) -> bool:
    """Whether a text begins as a sentence does and is made of words."""
    words = sum(c.isalpha() or c == " " for c in text)
    return not text[:1].islower() and words >= 0.8 * len(text)


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper for each title with an abstract, a reason for each piece that has no partner."""
    draft: _Draft | None = None
    begun = False  # whether a paper was seen: the button is glued to the first title only
    for piece, after in pairwise(chain(_pieces(source.lines()), [None])):
        if piece is None:
            break
        if piece.problem:
            yield Rejected(source.where(piece.number), piece.problem, piece.text)
            continue
        # What follows a whole paper and is followed by an abstract is a title after all, with a full
        # stop or of unusual length; otherwise a text goes on with the abstract before it.
        titled = after is not None and after.is_long and piece.is_doubtful
        if piece.is_text and not (titled and (draft is None or draft.abstract)):
            if draft is None:
                yield Rejected(source.where(piece.number), "an abstract without a title", piece.text)
            else:
                draft.add(piece.text)
                begun = True
            continue
        if draft is not None:
            yield _finish(draft, source)
        draft = _Draft(piece.number, piece.text if begun else _GLUED.sub("", piece.text))
    if draft is not None:
        yield _finish(draft, source)


def _finish(draft: _Draft, source: Source) -> Paper | Rejected:
    """The paper of a title and its abstract, or why it is none."""
    abstract = " ".join(draft.abstract)
    if not abstract:
        reason = f'a title without an abstract: "{draft.title[:80]}"'
        return Rejected(source.where(draft.number), reason, draft.title)
    fields = {"title": draft.title, "abstract": abstract}
    return row_of(source, draft.number, lambda: fields, f"{draft.title}\n{abstract}")


def _pieces(lines: Iterable[Line]) -> Iterator[_Piece]:
    """The titles and abstracts of a listing, wrapped ones joined."""
    titled = False  # whether a title waits for its abstract
    for block in _blocks(_without_labels(lines)):
        pieces = [_Piece(*line) for line in block]
        if _is_wrapped([line.text for line in block]):
            head = not titled and not block[1].text[:1].islower() and not pieces[0].is_text
            body = block[1:] if head else block
            text = _HYPHEN.sub("-", "\n".join(line.text for line in body)).replace("\n", " ")
            joined = _Piece(body[0].number, text)
            pieces = [*pieces[:head], joined]
        yield from pieces
        titled = not pieces[-1].is_text


def _is_wrapped(texts: list[str]) -> bool:
    """Whether lines are one text, wrapped: short, some begin in mid-sentence, few end a sentence."""
    ended = sum(bool(_SENTENCE_END.search(text)) for text in texts[:-1])
    begun = any(text[:1].islower() for text in texts[1:])
    return begun and max(map(len, texts)) <= _WRAPPED and 3 * ended < len(texts)


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines between blank ones; a block ends also with a line or a length that none wrapped has."""
    block: list[Line] = []
    for line in lines:
        if line.text or line.problem:
            block.append(line)
        if block and (not line.text or len(line.text) > _WRAPPED or len(block) >= _BLOCK):
            yield block
            block = []
    if block:
        yield block


def _without_labels(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, cleaned, without the page's own text, its labels and the names of submitters."""
    name_next = False
    for number, text, problem in lines:
        clean = one_line(text)
        submitted = _SUBMITTED.fullmatch(clean)
        label = submitted or _PAGE.fullmatch(clean) or _LABEL.fullmatch(clean)
        if not (clean and (label or name_next)):
            yield Line(number, clean, "" if clean else problem)
        name_next = (submitted is not None and not submitted[1].strip()) or (name_next and not clean)
