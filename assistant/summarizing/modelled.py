"""The sections of a summary that a language model writes; what it cannot is quoted instead."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing

from ..answering.citations import CitationParser
from ..answering.draft import Draft
from ..answering.reply import Reply
from ..errors import ModelError
from ..events import Status, Token
from ..summaries import SummaryEvent
from .assignments import Assignment, assignments
from .material import Material
from .quoting import OVERVIEW, InProse, Quoting
from .recalling import Recalling
from .writing import Writing

IN_RELATION = "Agreements, tensions and gaps"
_WORKERS = 4
"""Sections that are written at once; an endpoint that takes fewer requests lets the others wait."""


class Modelled:
    """Has a model write one summary within a budget of tokens."""

    def __init__(self, model: Recalling, budget: int) -> None:
        """Use ``model``; ``budget`` is for the whole summary, with what was spent before."""
        self._model = model
        self._budget = budget
        self.notices: list[str] = []
        self.wrote = False
        """Whether anything is by the model."""

    def assigned(self, material: Material) -> list[Assignment]:
        """What the model writes within the budget; nothing where that is too small."""
        planned = assignments(
            material.subject,
            material.cards,
            material.themes,
            (OVERVIEW, IN_RELATION),
            self._model.name,
            self._budget - self._model.tokens,
        )
        if not planned:
            self.notices.append(
                f"The budget of {self._budget:,} tokens is too small for a section of this summary, so "
                "the papers are quoted. ASSISTANT_MAX_TOKENS_PER_SUMMARY raises it."
            )
        return planned

    def written(
        self, material: Material, planned: Sequence[Assignment], draft: Draft
    ) -> Generator[SummaryEvent]:
        """The model's sections in their order; those that fail or are beyond the budget are quoted."""
        yield Status(
            f"Writing {len(planned)} section{'s' if len(planned) > 1 else ''} with {self._model.name}"
        )
        quoting = Quoting(material, InProse(draft))
        failures: dict[str, None] = {}
        with closing(Writing(self._model, planned, _WORKERS)) as writing:
            for place, each in enumerate(planned):
                yield from told([draft.text(f"\n\n## {each.title}\n\n")], draft)
                before, cited = draft.body, len(draft.cited)
                try:
                    yield from told(_parsed(writing.cited(place), draft), draft)
                except ModelError as error:
                    failures[str(error)] = None
                    yield from told([draft.text(" …")] if draft.body != before else (), draft)
                self.wrote = self.wrote or draft.body != before
                if draft.body == before:
                    yield from told(quoting.instead_of(each.kind, each.title), draft)
                elif each.kind == "theme":
                    mentioned = {*draft.cited[cited:]}
                    left = (p for p in each.places if p not in mentioned)
                    yield from told(quoting.left_out(left), draft)
        for theme in material.themes[sum(each.kind == "theme" for each in planned) :]:
            yield from told(quoting.theme(theme), draft)
        yield from told(quoting.further(), draft)
        if failures:
            self.notices.append(f"Where a section failed, the papers are quoted. {' '.join(failures)}")
        if writing.cut:
            self.notices.append("A section was cut off at its longest length.")
        if count := self._model.recalled:
            parts = "One part" if count == 1 else f"{count} parts"
            self.notices.append(
                f"{parts} of this summary had been written before, and {'was' if count == 1 else 'were'} not "
                "asked for again."
            )


def told(pieces: Iterable[str], draft: Draft) -> Generator[SummaryEvent]:
    """The events of pieces of text, and of the citations that they bring."""
    for piece in pieces:
        if piece:
            yield Token(piece)
        yield from draft.introduced()


def _parsed(pieces: Generator[str], draft: Draft) -> Generator[str]:
    """The pieces of a model with their citations in the draft."""
    reply, parser = Reply(), CitationParser(draft)
    try:
        for piece in pieces:
            yield parser.feed(reply.feed(piece))
    finally:
        rest = parser.feed(reply.close()) + parser.close()
    yield rest
