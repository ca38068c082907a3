"""Outcomes in, figures out, by the groups of their cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from ..retrieval.measure import Measure
from ..types import Paper
from . import estimates
from .asking import Outcome
from .cited import precision, recall
from .claims import SEED, Judge, Statement, drawing, holding, quoted, sources_with, told, with_errors
from .estimates import share
from .measures import auroc, ndcg, place_of, refused_at
from .report import Line, Section

MOST_CLAIMS = 150
"""True claims of each form that errors are put into: enough for an interval of a few per cent."""
Grouped = Iterator[tuple[str, list[Outcome]]]


def sections(outcomes: Sequence[Outcome], k: int) -> Iterator[Section]:
    """All that can be told of what was asked."""
    answerable = [outcome for outcome in outcomes if outcome.case.answerable]
    lines: list[tuple[str, str, Iterable[Line]]] = [
        ("papers", "The right papers", (_papers(name, each, k) for name, each in _by_group(answerable))),
        (
            "answers",
            "Answers to questions that have one",
            (_answers(name, each) for name, each in _by_group(answerable)),
        ),
        ("refusals", "Questions without an answer", _refusals(outcomes)),
        ("cost", "Time and tokens", (_cost(name, each) for name, each in _by_mode(outcomes))),
    ]
    for name, title, found in lines:
        if made := tuple(found):
            yield Section(name, title, made)


def audit(outcomes: Sequence[Outcome], measure: Measure, seed: int) -> Iterator[Section]:
    """How many true claims the audit flags, and how many with an error put into them."""
    rng = drawing(seed)
    judge = Judge(measure)
    lines = []
    for form, true in (("quotes", _quotes(outcomes)), ("answers", _told(outcomes))):
        statements = true if len(true) <= MOST_CLAIMS else rng.sample(true, MOST_CLAIMS)
        for name, claims in (("true", statements), *with_errors(statements, SEED + seed)):
            flagged = [judge(claim).support != "supported" for claim in claims]
            if flagged:
                lines.append(Line(f"{form}, {name}", len(claims), {"flagged": share(flagged)}))
    if lines:
        yield Section("audit", "The audit of claims", tuple(lines))


def _by_group(outcomes: Iterable[Outcome]) -> Grouped:
    return _grouped(outcomes, lambda outcome: outcome.case.group)


def _by_mode(outcomes: Iterable[Outcome]) -> Grouped:
    shown = {"llm": "answers of the model", "extractive": "answers that quote"}
    return _grouped(
        outcomes,
        lambda each: shown[each.answer.mode] if each.answer.status == "answered" else "refusals",
    )


def _grouped(outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> Grouped:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    yield from groups.items()


def _papers(name: str, outcomes: Sequence[Outcome], k: int) -> Line:
    places = [place_of(outcome.ranked, outcome.case.right) for outcome in outcomes]
    evidence = [outcome.evidence for outcome in outcomes if outcome.evidence]
    return Line(
        name,
        len(outcomes),
        {
            "first": share([place == 1 for place in places]),
            f"in_{k}": share([0 < place <= k for place in places]),
            "mrr": estimates.mean([1 / place if place else 0.0 for place in places]),
            "ndcg_10": estimates.mean(
                [ndcg(each.ranked, each.case.gains, also=each.case.also) for each in outcomes]
            ),
            "evidence_first": share([place == 1 for place in evidence]),
            "evidence_in_3": share([place <= 3 for place in evidence]),
        },
    )


def _answers(name: str, outcomes: Sequence[Outcome]) -> Line:
    answered = [outcome for outcome in outcomes if outcome.answer.status == "answered"]
    claims = [claim for outcome in answered for claim in outcome.answer.claims]
    return Line(
        name,
        len(outcomes),
        {
            "refused": share([outcome.answer.status == "refused" for outcome in outcomes]),
            "citation_recall": estimates.mean([recall(_cited(each), each.case.gains) for each in outcomes]),
            "citation_precision": estimates.mean(
                [precision(_cited(each), each.case.right) for each in answered if _cited(each)]
            ),
            "claims_supported": share([claim.support == "supported" for claim in claims]),
        },
    )


def _cited(outcome: Outcome) -> set[str]:
    return {citation.id for citation in outcome.answer.citations}


def _refusals(outcomes: Sequence[Outcome]) -> Iterator[Line]:
    answerable = [_chance(outcome) for outcome in outcomes if outcome.case.answerable]
    for name, without in _by_group(outcome for outcome in outcomes if not outcome.case.answerable):
        chances = [_chance(outcome) for outcome in without]
        kinds = [outcome.answer.refusal.kind if outcome.answer.refusal else "" for outcome in without]
        yield Line(
            name,
            len(without),
            {
                "refused": share([bool(kind) for kind in kinds]),
                "not_in_collection": share([kind == "not_in_collection" for kind in kinds]),
                "not_stated": share([kind == "not_stated" for kind in kinds]),
                "auroc": estimates.of(auroc, answerable, chances),
                "refused_at_3": estimates.of(refused_at, answerable, chances),
            },
        )


def _chance(outcome: Outcome) -> float:
    return outcome.answer.confidence or 0.0


def _cost(name: str, outcomes: Sequence[Outcome]) -> Line:
    seconds = [outcome.seconds for outcome in outcomes]
    words = [outcome.first_word for outcome in outcomes if outcome.first_word is not None]
    usages = [outcome.answer.usage for outcome in outcomes]
    called = [usage for usage in usages if usage.calls]
    costs = [usage.cost for usage in called if usage.cost is not None]
    return Line(
        name,
        len(outcomes),
        {
            "first_word_median": float(np.median(words)) if words else None,
            "median": float(np.median(seconds)),
            "p95": float(np.percentile(seconds, 95)),
            "prompt_tokens": _mean([usage.prompt_tokens for usage in called]),
            "completion_tokens": _mean([usage.completion_tokens for usage in called]),
            "calls": _mean([usage.calls for usage in usages]),
            "dollars": sum(costs) if called and len(costs) == len(called) else None,
        },
    )


def _mean(values: Sequence[int]) -> float | None:
    return float(np.mean(values)) if values else None


def _quotes(outcomes: Sequence[Outcome]) -> list[Statement]:
    """The sentences of the papers that questions are about, each paper's among one question's sources."""
    sources = {each.gold[0].id: _sources(each) for each in outcomes if each.gold}
    return [statement for papers in sources.values() for statement in quoted(papers)]


def _told(outcomes: Sequence[Outcome]) -> list[Statement]:
    """The answers that the questions come with, each citing its evidence."""
    found = []
    for outcome in outcomes:
        for paper in outcome.gold[:1]:
            places = holding(paper, outcome.case.evidence)
            if outcome.case.answer and places:
                found.append(told(outcome.case.answer, places, _sources(outcome)))
    return found


def _sources(outcome: Outcome) -> tuple[Paper, ...]:
    return sources_with(outcome.gold[0], [hit.paper for hit in outcome.hits])
