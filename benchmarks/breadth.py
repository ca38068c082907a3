"""How far down a ranking an answer should read: what the levels of `answering/choosing.py` are chosen by.

    python -m benchmarks.breadth --data DIR [--store FOLDER]

A paper's level is the place of its score between the best one, 1, and the floor, 0. For SciFact's train
claims with several gold papers, and for those with one, the table holds what is found and what is right of
the papers down to a level. F2 weighs recall twice as much as precision: a paper that is missing cannot be
seen by the reader, one too many can.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant import Assistant, Hit
from assistant.answering.choosing import levels
from assistant.evaluation.cited import f_measure, precision, recall
from assistant.retrieval.fusion import SHORTLIST

from .answerability import scifact
from .data import arguments, require, table

_MOST = 12
_LEVELS = tuple(round(0.05 * step, 2) for step in range(2, 20))


def down_to(level: float, hits: Sequence[Hit]) -> list[str]:
    """The ids of the papers of this level and above."""
    return [hit.id for hit, its in zip(hits, levels(hits), strict=True) if its >= level][:_MOST]


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--store", type=Path, help="keep SciFact's index here between runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Assistant.open(options.store or Path(folder) / "i") as a:
        a.add(require(options.data / "scifact" / "corpus.jsonl"))
        found = [(a.search(claim, SHORTLIST), papers) for claim, papers, _ in scifact(options.data, "train")]
    for name, several in (("several gold papers", True), ("one gold paper", False)):
        cases = [(hits, gold) for hits, gold in found if (len(gold) > 1) is several]
        body: list[tuple[object, ...]] = []
        for level in _LEVELS:
            cited = [(down_to(level, hits), gold) for hits, gold in cases]
            both = [(recall(ids, gold), precision(ids, gold)) for ids, gold in cited]
            scores = [
                (r, p, f_measure(r, p), f_measure(r, p, 2), float(len(ids)))
                for (r, p), (ids, _) in zip(both, cited, strict=True)
            ]
            body.append((level, *(float(value) for value in np.mean(scores, axis=0))))
        table(
            f"SciFact train, {len(cases)} claims with {name}",
            ("level", "recall", "precision", "F1", "F2", "papers"),
            body,
        )


if __name__ == "__main__":
    main()
