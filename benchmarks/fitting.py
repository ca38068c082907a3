"""Fits the weights of evidence and of answerability on SciFact's train split, and prints them.

    python -m benchmarks.fitting --data DIR --store FOLDER

``FOLDER`` keeps SciFact's index between runs. Nothing but train claims is looked at. Evidence: weights under
which a rationale sentence is likely to be chosen among those of its abstract (softmax, L2), then how likely a
sentence of such a score is a rationale, from scores of claims that the weights were not fitted on.
Answerability: logistic regression on the claims with evidence, asked with and without their papers, and on
the claims whose papers do not say, each side weighing as much.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant
from assistant.retrieval.evidence import chances
from assistant.retrieval.features import NAMES

from .answerability import SIGNALS, train_signals
from .data import arguments
from .evidence import Measured, scifact_cases

Numbers = NDArray[np.float64]
_RIDGE = 0.01
_FOLDS = 5


def descended(loss: Callable[[Numbers], tuple[float, Numbers]], size: int, steps: int = 3000) -> Numbers:
    """The minimum of a smooth loss, which gives its value and gradient (Nesterov's way)."""
    at = before = np.zeros(size)
    rate = 1.0
    for step in range(steps):
        ahead = at + step / (step + 3) * (at - before)
        value, gradient = loss(ahead)
        while loss(ahead - rate * gradient)[0] > value - rate / 2 * (gradient @ gradient) and rate > 1e-6:
            rate /= 2
        before, at = at, ahead - rate * gradient
    return at


def chosen(cases: list[tuple[Numbers, Numbers]]) -> Numbers:
    """Weights that make the gold rows of each case likely among its rows."""
    rows = np.concatenate([x for x, _ in cases])
    gold = np.concatenate([y for _, y in cases])
    starts = np.cumsum([0] + [len(y) for _, y in cases])[:-1]
    group = np.repeat(np.arange(len(cases)), [len(y) for _, y in cases])
    scale = rows.std(axis=0)
    scale[scale == 0] = np.inf
    rows = rows / scale

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        scores = rows @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        total, good = np.add.reduceat(odds, starts), np.add.reduceat(odds * gold, starts)
        slope = odds / total[group] - odds * gold / good[group]
        value = -np.log(good / total).mean() + _RIDGE * weights @ weights
        return float(value), rows.T @ slope / len(cases) + 2 * _RIDGE * weights

    weights: Numbers = descended(loss, rows.shape[1]) / scale
    return weights


def logistic(rows: Numbers, true: Numbers, weight: Numbers) -> Numbers:
    """Weights and, last, the intercept of a logistic regression."""
    middle, scale = rows.mean(axis=0), rows.std(axis=0)
    with_one = np.column_stack([(rows - middle) / scale, np.ones(len(rows))])
    weight = weight / weight.sum()

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        scores = with_one @ weights
        value = (weight * (np.logaddexp(0, scores) - true * scores)).sum()
        return float(value), with_one.T @ (weight * (1 / (1 + np.exp(-scores)) - true))

    found = descended(loss, with_one.shape[1])
    slopes = found[:-1] / scale
    return np.array([*slopes, found[-1] - slopes @ middle])


def balanced(true: Numbers) -> Numbers:
    """Weights by which both sides weigh as much."""
    weights: Numbers = np.where(true > 0, 0.5 / true.sum(), 0.5 / (1 - true).sum())
    return weights


def best_f1(likely: Numbers, true: Numbers) -> float:
    """The chance from which on sentences are to be chosen, for the largest F1."""
    order = np.argsort(-likely)
    right = np.cumsum(true[order])
    f1 = 2 * right / (np.arange(1, len(true) + 1) + true.sum())
    return float(likely[order][int(np.argmax(f1))])


def evidence(cases: list[Measured]) -> None:
    """Fit and print the weights of sentences."""
    made = [(case.rows.astype(float), case.gold.astype(float)) for case in cases]
    weights = chosen(made)
    fold = np.arange(len(made)) * _FOLDS // len(made)
    unseen: list[Numbers] = []
    for each in range(_FOLDS):
        fitted = chosen([case for case, place in zip(made, fold, strict=True) if place != each])
        unseen += [case[0] @ fitted for case, place in zip(made, fold, strict=True) if place == each]
    shares = [np.column_stack([scores, scores - np.logaddexp.reduce(scores)]) for scores in unseen]
    true = np.concatenate([gold for _, gold in made])
    slopes = logistic(np.concatenate(shares), true, np.ones(len(true)))
    likely = np.concatenate([chances(scores, (slopes[0], slopes[1], slopes[2])) for scores in unseen])
    print("\nWEIGHTS:", {name: round(float(weight), 3) for name, weight in zip(NAMES, weights, strict=True)})
    print("CHANCE:", tuple(round(float(number), 3) for number in slopes))
    print("LIKELY:", round(best_f1(likely, true), 3))


def answerability(store: Path, data: Path) -> None:
    """Fit and print the chance that a collection answers, with and without the vectors' scale."""
    signals, true = train_signals(store, data)
    for names in (SIGNALS, SIGNALS[1:]):
        rows = signals[:, [SIGNALS.index(name) for name in names]]
        found = logistic(rows, true, balanced(true))
        scores = rows @ found[:-1] + found[-1]
        lowest = np.quantile(1 / (1 + np.exp(-scores[true > 0])), [0, 0.01, 0.02, 0.03, 0.05])
        print(f"\n{names}: {tuple(round(float(number), 3) for number in found)}")
        print("chance below which 0, 1, 2, 3 and 5 % of the answerable lie:", lowest.round(3).tolist())


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--store", type=Path, help="keep SciFact's index here between runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with Assistant.open(Path(folder) / "none") as assistant:
            evidence(scifact_cases(assistant.embedder, options.data, "train"))
        answerability(options.store or Path(folder) / "scifact", options.data)


if __name__ == "__main__":
    main()
