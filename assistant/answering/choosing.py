"""Chooses the papers of an answer: few for a question of fact, many for one that asks for several.

How far down the ranking it goes is told by the scores: from the best one they fall to a floor, the score that
any paper has for any question. A paper's level is its place between the two. Knows nothing of how an answer
is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median

from ..index.words import terms
from ..questions.form import Form, has_own_case
from ..types import Hit, Paper

_SEVERAL, _FACT = 0.4, 0.75
"""The lowest levels of papers that are quoted. They have the best F2, which weighs a paper missed twice as
much as one too many, on SciFact's train claims: those with several gold papers and those with one
(`python -m benchmarks.breadth`)."""
_FOR_A_MODEL = 0.5
"""A model is given papers down to this part of the level: it leaves out what is beside the point."""
_QUOTED_SEVERAL, _QUOTED_FACT, _QUOTED_PART = 8, 3, 2
"""The most papers that are quoted; the last for each of the parts of a question."""
_READ_FACT = 8
"""The most papers that a model reads for a fact: the right one is hardly ever further down."""
_TAIL = 12
"""From this place on, scores are those of papers that have nothing to do with the question."""
_USUAL_FLOOR = 0.45
"""The floor as a part of the best score where too few papers are found to see it: about what SciFact's train
claims have."""
_SAME = 0.6
"""Papers that share so many of their terms (Jaccard) are versions of one study; different papers of one group
on one subject share about a third."""
_NAMED = 0.5
"""A paper is on a named part of a question where it has half of its terms."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A paper of an answer, and which part of the question it is for, if that has parts."""

    hit: Hit
    part: int | None = None


def levels(hits: Sequence[Hit]) -> list[float]:
    """For each hit of one search, best first, its place between the floor, 0, and the best score, 1."""
    if not hits:
        return []
    best = hits[0].score
    tail = [hit.score for hit in hits[_TAIL:]]
    floor = median(tail) if tail else _USUAL_FLOOR * best
    width = best - floor
    return [(hit.score - floor) / width if width else 1.0 for hit in hits]


def to_quote(form: Form, hits: Sequence[Hit], parts: Sequence[Sequence[Hit]] = ()) -> list[Chosen]:
    """The papers to quote, of the ``hits`` of the question and those of each of its ``parts``."""
    level = _SEVERAL if form.several else _FACT
    most = form.count or (_QUOTED_SEVERAL if form.several else _QUOTED_FACT)
    of_parts = _with_evidence(_of_parts(form, parts, _FACT, _QUOTED_PART))
    if parts and not form.compared:  # one paper may answer two of the questions
        return [each for part in range(len(parts)) for each in _once(e for e in of_parts if e.part == part)]
    if of_parts:
        level = _FACT  # what was asked for is named, and found
    near = hits if form.count else _down_to(level, hits)
    rest = _with_evidence(map(Chosen, near))[: form.count or None]
    quoted = _once([*of_parts, *rest])[: max(most, len(parts))]
    return sorted(quoted, key=lambda each: len(parts) if each.part is None else each.part)


def bare(hits: Sequence[Hit]) -> list[Hit]:
    """The papers at the level of an answer of which there is only the title: there is nothing to quote."""
    return [hit for hit in _down_to(_FACT, hits) if not hit.evidence]


def to_read(form: Form, hits: Sequence[Hit], parts: Sequence[Sequence[Hit]], most: int) -> list[Chosen]:
    """The papers that a model is given, at most ``most``."""
    level = _FOR_A_MODEL * (_SEVERAL if form.several else _FACT)
    near = hits if len(hits) <= _READ_FACT else _down_to(level, hits)  # so few are read in any case
    near = near[: most if form.several else min(most, _READ_FACT)]
    of_parts = _of_parts(form, parts, _FOR_A_MODEL * _FACT, _QUOTED_PART + 1)
    return _once([*of_parts, *map(Chosen, near)])[:most]


def is_missing(part: str, papers: Iterable[Paper]) -> bool:
    """Whether none of the papers has what a part names."""
    if not terms(part):  # "WHO" and "A*" have no word that is searched for
        return not any(_as_written(part).search(paper.text) for paper in papers)
    return not any(_is_on(part, set(terms(paper.text))) for paper in papers)


def _down_to(level: float, hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit, its in zip(hits, levels(hits), strict=True) if its >= level]


def _with_evidence(chosen: Iterable[Chosen]) -> list[Chosen]:
    """Those that have an abstract. They are chosen among all: what falls behind a mere title is no answer."""
    return [each for each in chosen if each.hit.evidence]


def _of_parts(form: Form, parts: Sequence[Sequence[Hit]], level: float, most: int) -> Iterator[Chosen]:
    """The best paper for each part, then the second ones: where there is no room for all, each has some."""
    of_each = []
    for place, (name, hits) in enumerate(zip(form.parts, parts, strict=True)):
        near = _down_to(level, hits)
        if form.compared:
            named = _bearing(name, near) or _bearing(name, hits)[:1]
            near = named or [hit for hit in near if _is_on(name, set(terms(hit.paper.text)))]
        of_each.append([Chosen(hit, place) for hit in near[:most]])
    return (each for those in zip_longest(*of_each) for each in those if each)


def _bearing(name: str, hits: Sequence[Hit]) -> list[Hit]:
    """The papers that have a name as it is written, those with it in the title first: "PaSS" is no "pass"."""
    if terms(name) and not has_own_case(name):
        return []
    as_written = _as_written(name)
    bearing = [hit for hit in hits if as_written.search(hit.paper.text)]
    return sorted(bearing, key=lambda hit: not as_written.search(hit.paper.title))


def _as_written(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name.removesuffix('s'))}s?(?!\w)")


def _is_on(part: str, found: set[str]) -> bool:
    wanted = set(terms(part))
    return bool(wanted) and len(wanted & found) >= _NAMED * len(wanted)


def _once(chosen: Iterable[Chosen]) -> list[Chosen]:
    """Each paper once, and those that only repeat one before them behind all others."""
    kept: dict[str, Chosen] = {}
    repeated: dict[str, Chosen] = {}
    seen: list[set[str]] = []
    for each in chosen:
        if each.hit.id in kept or each.hit.id in repeated:
            continue
        its = set(terms(each.hit.paper.text))
        if any(len(its & other) > _SAME * len(its | other) for other in seen):
            repeated[each.hit.id] = each
            continue
        seen.append(its)
        kept[each.hit.id] = each
    return [*kept.values(), *repeated.values()]
