"""Fits the model of sentence roles on CSAbstruct's train split, and writes assistant/summarizing/roles.npz.

    python -m benchmarks.roles_fit --data DIR [--out FILE]

Needs scipy, which comes with scikit-learn. Train abstracts that share a sentence with dev or test are left
out (36 of 1,668 do). CSAbstruct's labels are a vote of crowd workers, who agree on 64 % of a train
sentence: so a label counts as much as its voters agreed, and the rest goes to what a model fitted on the
other folds thinks of the sentence (bootstrapping, Reed et al. 2015, arXiv:1412.6596). As abstracts of
medicine read otherwise, those of SciFact that have headings are taken in with their headings as labels,
three of four of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from assistant.summarizing.role_features import Numbers, in_context, softmax, words_of
from assistant.summarizing.roles import FILE, ROLES, RoleModel

from .data import arguments
from .roles import LEFT_OUT, Abstract, csabstruct, report, structured

_FOLDS = 5
_FEWEST = 2
"""Sentences that something has to stand in to get a weight."""
_RIDGE, _CONTEXT_RIDGE = 0.3, 10.0
_STEPS = 60
_WEIGHT_OF_HEADED = 0.5
_LONG = 5
"""Words of a sentence that cannot be the same by chance, as "All rights reserved" can."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All sentences of some abstracts in one run."""

    hashes: list[NDArray[np.uint32]]
    labels: NDArray[np.int64]
    trust: Numbers
    weight: Numbers
    abstract: NDArray[np.int64]

    @classmethod
    def of(cls, abstracts: list[Abstract], weights: list[float]) -> Rows:
        """Take abstracts apart."""
        lengths = [len(abstract.sentences) for abstract in abstracts]
        return cls(
            [
                words_of(text, place, len(abstract.sentences))
                for abstract in abstracts
                for place, text in enumerate(abstract.sentences)
            ],
            np.array([label for abstract in abstracts for label in abstract.labels]),
            np.array([trust for abstract in abstracts for trust in abstract.trust]),
            np.repeat(weights, lengths),
            np.repeat(np.arange(len(abstracts)), lengths),
        )

    def with_context(self, scores: Numbers) -> Numbers:
        """The rows of the second look."""
        starts = np.flatnonzero(np.diff(self.abstract)) + 1
        return np.concatenate([in_context(own) for own in np.split(scores, starts)])


def matrix(hashes: list[NDArray[np.uint32]], known: NDArray[np.uint32]) -> sparse.csr_matrix:
    """A row for each sentence, of length 1 over what is known of it."""
    columns, ends, values = [], [0], []
    for found in hashes:
        places = np.searchsorted(known, found).clip(max=len(known) - 1)
        places = places[known[places] == found]
        columns.append(places)
        values.append(np.full(len(places), max(1, len(places)) ** -0.5))
        ends.append(ends[-1] + len(places))
    return sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(columns), ends), shape=(len(hashes), len(known))
    )


def fitted(
    x: sparse.csr_matrix | Numbers, targets: Numbers, weight: Numbers, ridge: float
) -> tuple[Numbers, Numbers]:
    """Weights and biases of a multinomial regression on chances as targets."""
    wide, roles = x.shape[1], len(ROLES)
    turned = x.T.tocsr() if isinstance(x, sparse.csr_matrix) else np.ascontiguousarray(x.T)

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        weights = flat.reshape(wide + 1, roles)
        chances = softmax(x @ weights[:-1] + weights[-1])
        slope = weight[:, None] * (chances - targets)
        value = -(weight[:, None] * targets * np.log(chances + 1e-12)).sum()
        gradient = np.vstack([turned @ slope + ridge * weights[:-1], slope.sum(axis=0)])
        return float(value + ridge / 2 * (weights[:-1] ** 2).sum()), gradient.ravel()

    start = np.zeros((wide + 1) * roles)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    weights = found.reshape(wide + 1, roles)
    return weights[:-1], weights[-1]


def unseen(x: sparse.csr_matrix | Numbers, targets: Numbers, data: Rows, ridge: float) -> Numbers:
    """The scores of each row by weights that were fitted without its fold."""
    scores: Numbers = np.zeros((x.shape[0], len(ROLES)))
    for fold in range(_FOLDS):
        inside = data.abstract % _FOLDS == fold
        weights, bias = fitted(x[~inside], targets[~inside], data.weight[~inside], ridge)
        scores[inside] = x[inside] @ weights + bias
    return scores


def train(abstracts: list[Abstract], weights: list[float]) -> RoleModel:
    """The model of these abstracts."""
    data = Rows.of(abstracts, weights)
    hashes, counts = np.unique(np.concatenate(data.hashes), return_counts=True)
    known = hashes[counts >= _FEWEST]
    x = matrix(data.hashes, known)
    given = np.eye(len(ROLES))[data.labels] * (data.labels >= 0)[:, None]
    trust = np.where(data.labels >= 0, data.trust, 0.0)[:, None]
    thought: Numbers = np.full_like(given, 1 / len(ROLES))
    for _ in range(2):  # the second time with what the first one thinks
        targets = trust * given + (1 - trust) * thought
        scores = unseen(x, targets, data, _RIDGE)
        around = data.with_context(scores)
        thought = softmax(unseen(around, targets, data, _CONTEXT_RIDGE))
    words, bias = fitted(x, targets, data.weight, _RIDGE)
    context, context_bias = fitted(around, targets, data.weight, _CONTEXT_RIDGE)
    scale = np.abs(words).max(axis=0) / 127
    rounded = np.round(words / scale).astype(np.int8)
    told = rounded.any(axis=1)
    return RoleModel(known[told], rounded[told], scale, bias, context, context_bias)


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--out", type=Path, default=FILE, help="the file of weights")
    options = parser.parse_args()
    held = {split: csabstruct(options.data, split) for split in ("dev", "test")}
    seen = {
        text
        for abstracts in held.values()
        for abstract in abstracts
        for text in abstract.sentences
        if len(text.split()) > _LONG
    }
    computing = [a for a in csabstruct(options.data, "train") if not seen.intersection(a.sentences)]
    medicine = structured(options.data)
    learnt = [abstract for place, abstract in enumerate(medicine) if place % LEFT_OUT]
    model = train([*computing, *learnt], [1.0] * len(computing) + [_WEIGHT_OF_HEADED] * len(learnt))
    model.save(options.out)
    print(f"{len(model.known):,} words with weights, {options.out.stat().st_size:,} bytes")
    report("CSAbstruct dev", model, held["dev"])
    report("SciFact's headings, the quarter left out", model, medicine[::LEFT_OUT])


if __name__ == "__main__":
    main()
