"""What was measured, as sections of lines of figures, and as JSON; knows nothing of how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .estimates import Estimate

Figure = Estimate | float | None
"""A figure with its interval, or one that has none; ``None`` is one that cannot be told."""


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
    details: tuple[Mapping[str, Any], ...] = ()

    def figure(self, section: str, line: str, name: str) -> Figure:
        """One figure by its names; ``None`` where there is none."""
        found = next((each for each in self.sections if each.name == section), None)
        lines = [each for each in found.lines if each.name == line] if found else []
        return lines[0].figures.get(name) if lines else None


def report_json(report: Report, *, details: bool = False) -> dict[str, Any]:
    """The report for a program; with ``details``, also what came of each question."""
    shown: dict[str, Any] = {
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
    return shown | ({"details": [dict(each) for each in report.details]} if details else {})


def _json(figure: Figure) -> Any:
    if isinstance(figure, Estimate):
        return {name: round(value, 4) for name, value in asdict(figure).items()}
    return figure if figure is None else round(figure, 4)
