"""What the box holds in which papers are chosen by a part of their titles, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import panels
from .escaping import clean, shortened
from .finding import titles_with

if TYPE_CHECKING:
    from ..assistant import Assistant


def choices(assistant: Assistant, typed: str, chosen: list[str]) -> list[tuple[str, str]]:
    """Titles and ids of papers for what is typed, below those that are chosen already."""
    found = (*assistant.index.papers(chosen), *titles_with(assistant.index, typed))
    papers = {paper.id: paper for paper in found}.values()
    return [(shortened(str(paper), panels.MAX_TITLE), paper.id) for paper in papers]


def ids(values: object, most: int) -> list[str]:
    """The ids that a browser says, ``most`` at most; anything else it may say is none."""
    return [clean(str(value)) for value in values[:most]] if isinstance(values, list) else []
