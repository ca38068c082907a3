"""Answers without a language model: verbatim sentences, grouped and cited.

It cannot invent: all that it writes of its own are the words that join the quotes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

from ..questions.form import Form
from ..retrieval.evidence import LIKELY
from ..types import Hit
from .abstracts import short_name
from .choosing import Chosen
from .draft import Draft
from .quotable import Quotable

_MOST_WORDS = 450
"""Once so many words are quoted, no further paper is: what is longer is not read."""
_LEAD, _OTHER = 3, 2
"""The most sentences quoted of the paper that answers, and of each other one."""
_FEW, _SURE = 3, 0.5
"""Of more papers than so few, a second sentence is quoted only where it is more likely than not to answer."""
_COUNTS = "No One Two Three Four Five Six Seven Eight".split()
Point = tuple[Hit, Sequence[int]]
"""A paper with the places of the sentences of it that are quoted."""


def compose(question: str, form: Form, chosen: Sequence[Chosen], draft: Draft) -> Generator[str]:
    """Write the quotes of the ``chosen`` papers into ``draft``; yields what is to be shown."""
    writer = _Writer(question, form, draft)
    hits = [each.hit for each in chosen]
    if form.parts and not form.compared:
        yield from writer.by_question(chosen)
    elif form.several and len(hits) > 1:
        yield from writer.side_by_side(chosen) if form.compared else writer.listed(hits)
    else:
        yield from writer.fact(hits)


class _Writer:
    """Writes one answer."""

    def __init__(self, question: str, form: Form, draft: Draft) -> None:
        self._form = form
        self._draft = draft
        self._places = {hit.id: place for place, hit in enumerate(draft.sources)}
        self._quotable = Quotable(question, form)
        self._words = 0

    def fact(self, hits: Iterable[Hit]) -> Generator[str]:
        """The paper that answers, then others that come near."""
        left = iter(hits)
        for hit in left:
            if places := self._quotable.best(hit, _LEAD, LIKELY):
                before = self._quotable.before(hit, places[0])
                yield from self._quote(hit, places if before is None else [before, *places])
                break
        yield from self._points("Also on this", [*self._new_points(left, LIKELY)])

    def listed(self, hits: Sequence[Hit]) -> Generator[str]:
        """The best evidence, then each paper with its own."""
        first, *others = hits
        yield from self._quote(first, self._quotable.best(first))
        least = LIKELY if len(hits) <= _FEW else _SURE
        points = [(first, self._quotable.more(first, least)), *self._new_points(others, least)]
        if len(points) > 1:
            yield from self._points(f"{_COUNTS[len(points)]} papers here speak to this", points)

    def side_by_side(self, chosen: Sequence[Chosen]) -> Generator[str]:
        """The best evidence, then what each paper does and what it says on the question, side by side.

        Of things that the question names, the best evidence is what says something of two of them at once.
        """
        hits = [each.hit for each in chosen]
        names = self._form.parts
        leads = ((hit, self._quotable.naming(hit, names)) for hit in hits)
        lead = next(((hit, places) for hit, places in leads if places), None)
        if not lead and not names:
            lead = hits[0], self._quotable.best(hits[0])
        if lead:
            yield from self._quote(*lead)
        yield from self._points("Side by side", [*self._contrasts(chosen, lead)])

    def by_question(self, chosen: Sequence[Chosen]) -> Generator[str]:
        """A group of quotes for each of the questions that one is made of."""
        for part, question in enumerate(self._form.parts):
            if hits := [each.hit for each in chosen if each.part == part]:
                yield self._draft.text(f"\n\n**{inline(question)}**\n\n")
                yield from self.fact(hits)

    def _contrasts(self, chosen: Sequence[Chosen], lead: Point | None) -> Generator[Point]:
        """What each paper does and says, without what stands above already."""
        for each in chosen:
            if self._words >= _MOST_WORDS:
                return
            hit, part = each.hit, each.part
            places = self._quotable.approach(hit, "" if part is None else self._form.parts[part])
            if not places or not lead or hit is not lead[0]:
                places += self._quotable.best(hit)
            self._words += _length(hit, places)
            yield hit, sorted(places)

    def _new_points(self, hits: Iterable[Hit], least: float) -> Generator[Point]:
        """Papers that add something, as long as the answer does not grow too long."""
        for hit in hits:
            if self._words < _MOST_WORDS and (places := self._quotable.best(hit, _OTHER, least)):
                self._words += _length(hit, places)
                yield hit, sorted(places)

    def _points(self, heading: str, points: Sequence[Point]) -> Generator[str]:
        if points:
            yield self._draft.text(f"\n\n{heading}:\n")
        for hit, places in points:
            yield self._draft.text(f"\n- **{inline(short_name(hit.paper))}**")
            if places:
                yield self._draft.text(": ")
                yield from self._quote(hit, places)
            else:  # all that it says stands above
                yield self._draft.cite([(self._places[hit.id], None)])

    def _quote(self, hit: Hit, places: Sequence[int]) -> Generator[str]:
        for count, place in enumerate(places):
            yield self._draft.text(" " if count else "")
            yield self._draft.quote(self._places[hit.id], place)


def _length(hit: Hit, places: Iterable[int]) -> int:
    return sum(len(hit.paper.sentences[place].text.split()) for place in places)


def inline(title: str) -> str:
    """A title inside bold Markdown."""
    return title.replace("*", r"\*")
