"""What was measured, as sections of lines of figures, and as JSON; knows nothing of how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, NotRequired, TypedDict

from ..types import Mode, RefusalKind
from .estimates import Estimate

Figure = Estimate | float | None
"""A figure with its interval, or one that has none; ``None`` is one that cannot be told."""


class EstimateJson(TypedDict):
    """A figure over ``n`` cases.

    ``low`` and ``high`` are the 95 % interval.
    """

    value: float
    low: float
    high: float
    n: int


class CaseJson(TypedDict):
    """What came of one question.

    Of a question, ``where`` is its place in the file and ``group`` the line that it counts in; ``gold`` are
    the right papers, ``found`` those of the ranking. ``place`` is that of the first right paper, ``evidence``
    that of the first right sentence within its paper, both from 1.
    """

    where: str
    group: str
    question: str
    searched: str
    gold: list[Annotated[str, "id"]]
    found: list[Annotated[str, "id"]]
    place: int | None
    evidence: int | None
    status: Literal["answered", "refused"]
    refusal: RefusalKind | None
    confidence: float | None
    cited: list[Annotated[str, "id"]]
    mode: Mode
    notices: list[str]
    seconds: float


class ReportJson(TypedDict):
    """What an evaluation found.

    Sections are ``papers``, ``answers``, ``refusals``, ``cost`` and ``audit``, those of which there is
    something to tell; lines are files and kinds, and beside its figures each has ``n``, the number of its
    cases. ``details`` are in the file of ``--out`` only.
    """

    questions: int
    asked: int
    papers: int
    answers_by: str
    k: int
    interrupted: bool
    notices: list[str]
    figures: dict[
        Annotated[str, "section"],
        dict[Annotated[str, "line"], dict[Annotated[str, "figure"], EstimateJson | float | None]],
    ]
    details: NotRequired[list[CaseJson]]


class MadeJson(TypedDict):
    """What ``eval --make`` wrote: how many questions on how many papers."""

    file: str
    papers: int
    questions: int


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one group of ``n`` cases."""

    name: str
    n: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one thing that was measured, each with the same figures."""

    name: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation found.

    ``asked`` of ``questions`` were asked: fewer where it was ``interrupted``. ``answers_by`` says who
    answered, ``details`` what came of each question.
    """

    questions: int
    asked: int
    papers: int
    answers_by: str
    k: int
    sections: tuple[Section, ...]
    notices: tuple[str, ...] = ()
    interrupted: bool = False
    details: tuple[CaseJson, ...] = ()

    def figure(self, section: str, line: str, name: str) -> Figure:
        """One figure by its names; ``None`` where there is none."""
        found = next((each for each in self.sections if each.name == section), None)
        lines = [each for each in found.lines if each.name == line] if found else []
        return lines[0].figures.get(name) if lines else None


def report_json(report: Report, *, details: bool = False) -> ReportJson:
    """The report for a program; with ``details``, also what came of each question."""
    shown: ReportJson = {
        "questions": report.questions,
        "asked": report.asked,
        "papers": report.papers,
        "answers_by": report.answers_by,
        "k": report.k,
        "interrupted": report.interrupted,
        "notices": list(report.notices),
        "figures": {
            section.name: {
                line.name: {"n": line.n, **{name: _json(value) for name, value in line.figures.items()}}
                for line in section.lines
            }
            for section in report.sections
        },
    }
    if details:
        shown["details"] = list(report.details)
    return shown


def _json(figure: Figure) -> EstimateJson | float | None:
    if isinstance(figure, Estimate):
        value, low, high = (round(each, 4) for each in (figure.value, figure.low, figure.high))
        return {"value": value, "low": low, "high": high, "n": figure.n}
    return figure if figure is None else round(figure, 4)
