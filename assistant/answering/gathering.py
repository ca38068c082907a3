"""Searches for a question and for each of its parts, and tells whether the collection answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..questions.form import Form, form_of
from ..retrieval.fusion import SHORTLIST
from ..retrieval.search import READ, Found, Searcher
from ..types import NO_FILTERS, Filters, Hit, Refusal
from .choosing import is_missing
from .refusal import unanswerable

_READ_FOR_FACT, _READ_OF_PART = 5, 3
"""Papers that are read for a fact, some more than are quoted, and for each part of a question: each takes
some milliseconds."""
_JUDGED_IN_CONTEXT = 2
"""Papers of which the better one tells whether a follow-up is answered: the first is often the one talked
about, whose words the question carries along."""
_READ_FIRST, _READ_FIRST_OF_PART = 2, 1
"""The same where a model is asked, which reads all of them itself: what tells whether to ask it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found for a question as a whole, and for each of its parts."""

    form: Form
    whole: Found
    parts: tuple[Found, ...] = ()
    unanswered: tuple[str, ...] = ()
    """The questions that were left out, as :meth:`answered` does."""

    @property
    def hits(self) -> list[Hit]:
        """The hits of the whole question, the whole shortlist: its tail tells what a score is worth."""
        return self.whole.hits

    @property
    def of_parts(self) -> list[list[Hit]]:
        """The hits of each part."""
        return [found.hits for found in self.parts]

    @property
    def notices(self) -> list[str]:
        """What the reader should know of the parts: which have no answer, or no paper that has the name."""
        if not self.form.compared:
            return [f"No paper here answers “{question}”" for question in self.unanswered]
        papers = [hit.paper for found in (self.whole, *self.parts) for hit in found.hits]
        return [f"No paper here speaks of “{part}”." for part in self.form.parts if is_missing(part, papers)]

    def confidence(self, unrelated_below: float | None) -> float:
        """The chance that the collection answers: the question as a whole, or what it is made of.

        That is any one of several questions, but all of the things that are compared: these belong together.
        """
        parts = [found.signals.chance(unrelated_below) for found in self.parts]
        of_parts = min(parts, default=0.0) if self.form.compared else max(parts, default=0.0)
        return max(self.whole.signals.chance(unrelated_below), of_parts)

    def refusal(self, unrelated_below: float | None, papers: int) -> Refusal | None:
        """Why a collection of so many papers has no answer, to the whole or its parts, else ``None``."""
        whole, *parts = [
            unanswerable(found.hits, found.signals, unrelated_below, papers)
            for found in (self.whole, *self.parts)
        ]
        without = any(parts) if self.form.compared else all(parts)
        return whole if without or not parts else None

    def answered(self, unrelated_below: float | None, papers: int) -> Gathered:
        """The same without those of its questions that have no answer; things that are compared all stay."""
        named = zip(self.form.parts, self.form.asked, self.parts, strict=True)
        kept = [
            each
            for each in named
            if self.form.compared or not unanswerable(each[2].hits, each[2].signals, unrelated_below, papers)
        ]
        if not kept or len(kept) == len(self.parts):
            return self
        parts, asked, found = zip(*kept, strict=True)
        left_out = tuple(part for part in self.form.parts if part not in parts)
        return Gathered(replace(self.form, parts=parts, asked=asked), self.whole, found, left_out)


def gather(
    searcher: Searcher,
    question: str,
    filters: Filters = NO_FILTERS,
    *,
    quoting: bool = True,
    follows: bool = False,
) -> Gathered:
    """Search for a question, in its turn; raises as ``Searcher.search``.

    ``quoting`` is whether the papers are to be quoted, and not to be read by a model; ``follows`` whether the
    question was made to stand alone.
    """
    form = form_of(question)
    read = READ if form.several else _READ_FOR_FACT
    read_of_part = _READ_OF_PART
    if not quoting:
        read, read_of_part = _READ_FIRST, _READ_FIRST_OF_PART
    with searcher.turns:
        judged = _JUDGED_IN_CONTEXT if follows else 1
        whole = searcher.find(question, SHORTLIST, filters, read=read, judged=judged)
        if not whole.hits:
            return Gathered(form, whole)
        parts = (searcher.find(asked, SHORTLIST, filters, read=read_of_part) for asked in form.asked)
        return Gathered(form, whole, tuple(parts))


def ranked(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits with their ranks counted anew, after those of several searches were put together."""
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1))
