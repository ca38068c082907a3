"""The card of a paper by quoting: for each point the sentence that states it best, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

from ..answering.audit.words import stems
from ..cards import POINTS, Cell, PaperCard, Point
from ..index.languages import is_english, length
from ..types import Paper, Sentence
from . import cues
from .figures import figures_of, weighty
from .roles import role_model

_FEWEST_WORDS = 4
"""A shorter sentence is a heading or a scrap."""
_TRIED = 5
"""The best sentences of each point that are tried together with those of the others."""
_NAME = re.compile(r"(\w[\w+-]*(?: \w[\w+-]*){0,2})\s?:")
"""What a title names before its colon."""
_LEAST: dict[Point, float] = {"problem": 0.45, "approach": 0.45, "result": 0.5, "limitation": 1.0}
"""What a sentence has to reach to be taken at all: an empty cell is better than a wrong one."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with all that is asked of it here."""

    sentence: Sentence
    background: float
    objective: float
    method: float
    result: float
    place: float
    titled: float
    """How much of the title it has."""
    after: bool
    """Whether what is new has been told before."""
    of_work: bool
    """Whether it has been told by now."""
    named: bool
    """Whether it begins with the name that the title gives to what is new."""


def quoted_card(paper: Paper) -> PaperCard:
    """The card of a paper, each cell a sentence of its abstract, word for word."""
    told = _told(paper)
    english = is_english(paper.abstract)
    chosen = _together({point: _ranked(point, told) for point in POINTS}) if english else _by_place(paper)
    cells = {point: Cell(own.text, (own,)) if own else None for point, own in chosen.items()}
    result = [own] if (own := chosen["result"]) else []
    others = [each.sentence for each in told if each.result >= 0.5 and each.sentence not in result]
    return PaperCard(
        paper,
        cells["problem"],
        cells["approach"],
        cells["result"],
        cells["limitation"],
        figures_of([*result, *others]),
    )


def _by_place(paper: Paper) -> dict[Point, Sentence | None]:
    """What the first sentence, the middle one and the last state mostly: no words tell it here."""
    told: list[Sentence | None] = [each for each in paper.sentences if length(each.text) >= _FEWEST_WORDS]
    count = len(told)
    return {
        "problem": told[0] if count > 2 else None,
        "approach": told[count // 2 if count > 2 else 0] if told else None,
        "result": told[-1] if count > 1 else None,
        "limitation": None,
    }


def _told(paper: Paper) -> list[Told]:
    roles = role_model().roles([sentence.text for sentence in paper.sentences])
    title = stems(paper.title)
    name = _NAME.match(paper.title)
    told = []
    new = False
    for sentence in paper.sentences:
        text = sentence.text
        named = name is not None and text.startswith(f"{name[1]} ")
        after, new = new, new or bool(cues.NAMES_IT.search(text))
        place = sentence.index
        if len(re.findall(r"\w+", text)) < _FEWEST_WORDS or (
            cues.ELSEWHERE.search(text) and not cues.NAMES_IT.search(text)
        ):
            continue
        background, objective, method, result, _ = (float(chance) for chance in roles.chances[place])
        shared = len(title & stems(text)) / len(title) if title else 0.0
        relative = place / max(1, len(paper.sentences) - 1)
        told.append(
            Told(sentence, background, objective, method, result, relative, shared, after, new, named)
        )
    return told


def _ranked(point: Point, told: Iterable[Told]) -> list[tuple[float, Sentence]]:
    """The sentences that could state a point, best first."""
    scored = ((_SCORES[point](each), each.sentence) for each in told)
    good = [(score, sentence) for score, sentence in scored if score >= _LEAST[point]]
    return sorted(good, key=lambda pair: (-pair[0], pair[1].index))[:_TRIED]


def _together(ranked: dict[Point, list[tuple[float, Sentence]]]) -> dict[Point, Sentence | None]:
    """The choice for all points with the highest sum, no sentence twice."""
    best: tuple[float, tuple[Sentence | None, ...]] = (-1.0, (None,) * len(POINTS))
    for choice in product(*([*ranked[point], (0.0, None)] for point in POINTS)):
        taken = [sentence.index for _, sentence in choice if sentence is not None]
        score = sum(each for each, _ in choice)
        if len(set(taken)) == len(taken) and score > best[0] + 1e-9:
            best = (score, tuple(sentence for _, sentence in choice))
    return dict(zip(POINTS, best[1], strict=True))


def _problem(told: Told) -> float:
    """What is hard or missing; else the aim; else what the paper starts from."""
    text = told.sentence.text
    gap, aim = bool(cues.GAP.search(text)), bool(cues.AIM.search(text))
    score = told.background + 0.6 * told.objective - 0.3 * told.result
    if gap and not told.of_work:
        score = max(score, 0.5) + 0.45  # the model may take what others lack for a method
    score += 0.2 if aim else 0.0
    score += 0.15 * told.titled + 0.1 * told.place
    score -= 0.6 if cues.NEW.search(text) and not (aim or gap) else 0.0
    score -= 0.2 if cues.DETAIL.search(text) else 0.0
    score -= 0.5 if cues.PRAISE.search(text) and not gap else 0.0
    score -= 0.4 if text.startswith("We ") and not (gap or aim) else 0.0
    score -= 0.6 if told.named else 0.0
    score -= 0.5 if cues.OURS.search(text) else 0.0
    score -= 0.3 if told.place > 0.6 else 0.0
    return score - (0.5 if told.of_work else 0.0)


def _approach(told: Told) -> float:
    """What is new, where it is told first; else how it was done."""
    text = told.sentence.text
    score = told.method + 0.8 * told.objective - 0.4 * told.result
    if cues.NAMES_IT.search(text) or (told.named and not told.after and told.result < 0.5):
        # Whatever the model thinks of it; the first one tells the whole, later ones its parts.
        score = max(score, 0.5) + (0.7 if told.after else 0.95)
    else:
        score += (0.35 if cues.NEW.search(text) else 0.0) - 0.3 * told.background
    score += 0.2 if cues.HERE.search(text) else 0.0
    score -= 0.4 if cues.DETAIL.search(text) else 0.0
    return score + 0.4 * told.titled - 0.25 * told.place


def _result(told: Told) -> float:
    """What was found, the more so with a number."""
    text = told.sentence.text
    ours = bool(cues.OURS.search(text))
    score = max(told.result, 0.45 if ours else 0.0) - 0.4 * told.background
    score += 0.1 * told.place + 0.1 * told.titled
    score += 0.3 if ours else 0.15 if cues.FOUND.search(text) else 0.0
    score += 0.4 if weighty(text) else 0.0
    score -= 0.3 if cues.LIMIT.search(text) else 0.0
    score -= 0.6 if cues.TALK.search(text) else 0.0
    return score - (0.0 if told.of_work else 0.2)


def _limitation(told: Told) -> float:
    """Only what is told in so many words, and of this work."""
    text = told.sentence.text
    if not told.of_work or told.place < 0.5 or told.background > told.result or cues.TALK.search(text):
        return 0.0
    turned = cues.BUT.search(text) and cues.GAP.search(text) and told.result > 0.5
    return 1.0 + 0.3 * told.place if cues.LIMIT.search(text) or turned else 0.0


_SCORES: dict[Point, Callable[[Told], float]] = {
    "problem": _problem,
    "approach": _approach,
    "result": _result,
    "limitation": _limitation,
}
