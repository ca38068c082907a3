"""Fits the weights of the audit's likeness on SciFact's train split; prints what likeness.py holds.

    python -m benchmarks.audit_fit --data DIR

Supported: a claim with its rationale. Not supported: the same claim with another sentence of the abstract,
with a sentence of a near abstract, and with the best sentence of sources that have nothing to do with it, as
when a model cites the nearest thing for what it knows by heart. The best sentence of the near abstracts is
shown, not fitted on: nobody has said that it does not support the claim, and often it does.
"""

from __future__ import annotations

import random
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answering.audit.likeness import Likeness
from assistant.answering.audit.pool import Pool
from assistant.models.embedder import MiniLM
from assistant.models.ports import Embedder
from assistant.retrieval.measure import Measure

from .audit_cases import Case, SciFact
from .data import arguments, table

Numbers = NDArray[np.float64]
_NOT_FITTED = "best of near"


@dataclass(frozen=True, slots=True)
class Example:
    """A likeness and what it is of."""

    kind: str
    likeness: Likeness


def examples(cases: list[Case], measure: Measure, rng: random.Random) -> list[Example]:
    """The likenesses of supported claims, and of those with the wrong sentences."""
    made = []
    for case in cases:
        pool = Pool(case.papers, measure)
        compared = pool.compared(case.claim)
        gold = [(0, place) for place in case.gold]
        made.append(Example("rationale", compared.likeness(gold)))
        same = [handle for handle in pool.of_paper(0) if handle not in gold]
        near = [handle for handle in pool.handles if handle[0] > 0]
        made += [
            Example("same abstract", compared.likeness([one])) for one in rng.sample(same, min(2, len(same)))
        ]
        made += [
            Example("near abstract", compared.likeness([one])) for one in rng.sample(near, min(3, len(near)))
        ]
        made += [Example(_NOT_FITTED, compared.likeness([one])) for one in compared.best(near)]
        other = rng.choice(cases)
        away = Pool(other.papers[1:], measure).compared(case.claim)
        if other.claim != case.claim:
            made += [
                Example("invented", away.likeness([one]))
                for one in away.best(Pool(other.papers[1:], measure).handles)
            ]
    return made


def fitted(made: list[Example]) -> Numbers:
    """Weights and bias of a logistic regression, both classes counting as much."""
    x = np.array([[*astuple(example.likeness), 1.0] for example in made])
    y = np.array([example.kind == "rationale" for example in made], dtype=float)
    importance = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    weights: Numbers = np.zeros(x.shape[1])
    penalty = np.diag([*[1.0] * (x.shape[1] - 1), 0.0])
    for _ in range(50):  # Newton's method
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (importance * (p - y)) + penalty @ weights
        weights -= np.linalg.solve((x * (importance * p * (1 - p))[:, None]).T @ x + penalty, gradient)
    return weights


def main(embedder: Embedder | None = None) -> None:
    """Run from the command line."""
    scifact = SciFact(arguments(__doc__ or "").parse_args().data)
    measure = scifact.measure(embedder or MiniLM())
    made = {}
    for split in ("train", "dev"):
        cases = [case for case in scifact.cases(split) if case.label == "SUPPORT"]
        made[split] = examples(cases, measure, random.Random(7))
    *weights, bias = fitted([example for example in made["train"] if example.kind != _NOT_FITTED])
    print(f"WEIGHTS = ({', '.join(f'{weight:.2f}' for weight in weights)})\nBIAS = {bias:.2f}")
    body: list[tuple[object, ...]] = []
    for split, of_split in made.items():
        for kind in dict.fromkeys(example.kind for example in of_split):
            x = np.array([[*astuple(example.likeness), 1.0] for example in of_split if example.kind == kind])
            p = 1 / (1 + np.exp(-x @ np.array([*weights, bias])))
            body.append(
                (split, kind, len(p), float((p >= 0.5).mean()), float((p < 0.25).mean()), float(p.mean()))
            )
    table("Likeness", ("split", "claim with", "pairs", "over 0.5", "under 0.25", "mean"), body)


if __name__ == "__main__":
    main()
