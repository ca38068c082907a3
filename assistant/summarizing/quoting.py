"""A summary without a language model: verbatim sentences of the papers, by theme, each cited.

It cannot invent: of its own are only the words that join the quotes, counts and titles.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..answering.abstracts import leans_back, short_name
from ..answering.draft import Draft, Handle
from ..answering.extractive import inline
from ..cards import NOT_STATED, POINTS, Cell, PaperCard
from ..models.ports import Vectors
from ..numbers import counted
from ..summaries import Depth, Theme
from .relations import Said, by_nearness, contradictions, near_results, open_ends

_POINTS: dict[Depth, tuple[str, ...]] = {
    "brief": ("approach",),
    "standard": ("approach", "result"),
    "full": ("problem", "approach", "result", "limitation"),
}
"""The cells of a paper that its theme quotes."""
_IN_BRIEF = 2
"""Papers of a theme in a brief summary."""
_PAIRS, _ENDS = 3, 5
_NO_RELATIONS = "No abstract sets itself beside or against another in so many words."
_NO_GAPS = "No abstract names a limit of its work or an open question."
OVERVIEW, RELATIONS, GAPS = "Overview", "Agreements and tensions", "Gaps"


@dataclass(frozen=True, slots=True)
class Material:
    """What a summary is written from; all sequences are by the place of a paper among the cards."""

    subject: str
    cards: Sequence[PaperCard]
    themes: Sequence[Theme]
    vectors: Sequence[Vectors]
    """The papers' own."""
    sentences: Mapping[str, Vectors]
    """By paper id, one a row."""
    total: int
    """How many papers the subject has, with those that were not read."""
    depth: Depth

    def places(self, theme: Theme) -> list[int]:
        """Its papers, the most typical first."""
        own = set(theme.papers)
        return by_nearness((p for p, card in enumerate(self.cards) if card.id in own), self.vectors)


class Pen(Protocol):
    """What a summary is written with: a draft, or one that holds prose as well."""

    def text(self, piece: str) -> str:
        """Write text; returns what is to be shown of it now."""

    def quote(self, paper: int, sentence: int) -> str:
        """Write a sentence, verbatim and cited."""

    def cite(self, handles: Iterable[Handle]) -> str:
        """Write citations."""


class InProse:
    """A draft in which quotes stand beside a model's prose, so that both are audited as statements."""

    def __init__(self, draft: Draft) -> None:
        """Write into ``draft``."""
        self._draft = draft

    def text(self, piece: str) -> str:
        """As the draft."""
        return self._draft.text(piece)

    def quote(self, paper: int, sentence: int) -> str:
        """The sentence in quotation marks, as text of the draft."""
        quoted = self._draft.sources[paper].paper.sentences[sentence].text
        return self._draft.text(f"“{quoted}”") + self._draft.cite([(paper, sentence)])

    def cite(self, handles: Iterable[Handle]) -> str:
        """As the draft."""
        return self._draft.cite(handles)


class Quoting:
    """Writes the sections of one summary; each returns what is to be shown."""

    def __init__(self, material: Material, pen: Pen) -> None:
        """Write what ``material`` holds, with ``pen``."""
        self._material = material
        self._cards = material.cards
        self._draft = pen
        self._quoted: set[str] = set()

    def whole(self) -> Generator[str]:
        """All sections, each under its title."""
        yield self._draft.text(f"## {OVERVIEW}\n\n{_counted(self._material)}")
        yield from self.overview()
        if len(self._cards) > 1:
            for theme in self._material.themes:
                yield from self.theme(theme)
            if self._material.depth != "brief":
                yield from self._told(RELATIONS, self.relations(), _NO_RELATIONS)
                yield from self._told(GAPS, self.gaps(), _NO_GAPS)

    def compared(self) -> Generator[str]:
        """Point by point what each paper says, and what of it lies close together or apart."""
        for point in POINTS:
            yield self._draft.text(f"\n\n## {point.capitalize()}\n")
            for place, card in enumerate(self._cards):
                yield self._draft.text(f"\n- **{inline(short_name(card.paper))}**")
                if cell := card.cells[point]:
                    yield self._draft.text(": ")
                    yield from self._quote(place, cell)
                else:
                    yield self._draft.text(f": {NOT_STATED}")
        yield from self._told(RELATIONS, self.relations(), _NO_RELATIONS)

    def _told(self, title: str, pieces: Generator[str], nothing: str) -> Generator[str]:
        """A section, which says so where there is nothing for it."""
        yield self._draft.text(f"\n\n## {title}\n")
        is_empty = True
        for piece in pieces:
            is_empty = False
            yield piece
        if is_empty:
            yield self._draft.text(f"\n{nothing}")

    def instead_of(self, kind: str, title: str) -> Generator[str]:
        """The quotes for a section that a model was to write, without the title."""
        if kind == "overview":
            yield from self.overview()
        elif kind == "theme":
            yield from self.points(next(theme for theme in self._material.themes if theme.name == title))
        else:
            yield from self.relations()
            yield from self.gaps("\n\nLeft open:\n")

    def overview(self) -> Generator[str]:
        """What the papers start from, and what they find."""
        material = self._material
        if len(self._cards) == 1:
            yield self._draft.text("\n\n")
            yield from self._cells(0, _POINTS["full"])
            return
        typical = by_nearness(range(len(self._cards)), material.vectors)
        yield from self._opening("What they start from", "problem", typical)
        yield from self._opening("What they find", "result", typical)

    def _opening(self, label: str, point: str, places: Iterable[int]) -> Generator[str]:
        """The most typical sentences on one point, of two papers."""
        fresh = [(place, cell) for place in places if (cell := self._fresh(place, point))]
        # "This problem …" tells nothing without what goes before it.
        cells = [pair for pair in fresh if not leans_back(pair[1].sentences[0].text)][:2]
        if cells:
            yield self._draft.text(f"\n\n{label}:")
        for place, cell in cells:
            yield self._draft.text("\n- ")
            yield from self._quote(place, cell)

    def theme(self, theme: Theme) -> Generator[str]:
        """A theme under its title."""
        yield self._draft.text(f"\n\n## {theme.name}\n")
        yield from self.points(theme)

    def points(self, theme: Theme) -> Generator[str]:
        """The papers of a theme with what they do and find, the most typical first."""
        places = self._material.places(theme)
        if self._material.depth == "brief":
            places = places[:_IN_BRIEF]
        for place in places:
            card = self._cards[place]
            year = f" ({card.paper.year})" if card.paper.year else ""
            yield self._draft.text(f"\n- **{inline(short_name(card.paper))}**{year}")
            yield from self._cells(place, _POINTS[self._material.depth], ": ")

    def left_out(self, places: Iterable[int]) -> Generator[str]:
        """The papers that a model's section does not tell of, each with what it does."""
        before = "\n\nAlso here:\n"
        for place in places:
            card = self._cards[place]
            yield self._draft.text(f"{before}\n- **{inline(short_name(card.paper))}**")
            before = ""
            if cell := card.approach or card.result or card.problem:
                yield self._draft.text(": ")
                yield from self._quote(place, cell)
            else:
                yield self._draft.cite([(place, None)])

    def _cells(self, place: int, points: Iterable[str], before: str = "") -> Generator[str]:
        """Cells of a paper that are not quoted yet; the paper alone where all are."""
        cells = [cell for point in points if (cell := self._fresh(place, point))]
        if not cells:
            yield self._draft.cite([(place, None)])
            return
        for cell in sorted(cells, key=lambda cell: cell.sentences[0].index):
            yield self._draft.text(before)
            yield from self._quote(place, cell)
            before = " "

    def relations(self) -> Generator[str]:
        """What is said alike, and against what."""
        material = self._material
        pairs = near_results(self._cards, material.sentences, _PAIRS)
        against = contradictions(self._cards, material.sentences, _PAIRS)
        if pairs:
            yield self._draft.text("\nFindings that lie close together:\n")
        for pair in pairs:
            yield from self._pair(*pair)
        if against:
            yield self._draft.text("\n\nAgainst what others hold, or one aim against another:\n")
        for said, beside in against:
            yield from self._pair(said, beside)

    def gaps(self, label: str = "") -> Generator[str]:
        """What the papers leave open, after a label."""
        for said in open_ends(self._cards, _ENDS):
            yield self._draft.text(label)
            yield from self._pair(said, None)
            label = ""

    def _pair(self, said: Said, beside: Said | None) -> Generator[str]:
        for before, each in (("\n- ", said), (" beside ", beside)):
            if each:
                yield self._draft.text(before)
                yield self._draft.quote(each.paper, each.sentence.index)

    def _fresh(self, place: int, point: str) -> Cell | None:
        """A cell of words that are not quoted yet."""
        cell: Cell | None = getattr(self._cards[place], point)
        return cell if cell and cell.sentences[0].text not in self._quoted else None

    def _quote(self, place: int, cell: Cell) -> Generator[str]:
        for count, sentence in enumerate(cell.sentences):
            yield self._draft.text(" " if count else "")
            yield self._draft.quote(place, sentence.index)
            self._quoted.add(sentence.text)


def _counted(material: Material) -> str:
    """How many papers there are, of what years, in which themes."""
    count, read = material.total, len(material.cards)
    papers = counted(count, "paper")
    years = sorted(card.paper.year for card in material.cards if card.paper.year)
    span = (
        "" if not years else f" of {years[0]}" if years[0] == years[-1] else f" of {years[0]} to {years[-1]}"
    )
    told = f"{papers}{span}" + (f", of which the {read:,} most typical are read" if read < count else "")
    if len(material.themes) > 1:
        names = [f"**{inline(theme.name)}** ({len(theme.papers)})" for theme in material.themes]
        told += f", in {len(names)} groups: {', '.join(names[:-1])} and {names[-1]}"
    return f"{told}."
