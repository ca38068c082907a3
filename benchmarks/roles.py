"""How often the shipped model tells a sentence's role, and how many cells the cards of the sample have.

    python -m benchmarks.roles --data DIR

CSAbstruct's dev labels are those of the train split's crowd, who agree on 63 % of a sentence; its test labels
are of annotators who agree on 83 %. The headings are of the abstracts of SciFact that were not trained on,
taken out before the model sees the sentences.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant import Paper, sample_collection
from assistant.corpus import read
from assistant.summarizing.headings import headed
from assistant.summarizing.quotes import quoted_card
from assistant.summarizing.roles import ROLES, RoleModel

from .data import arguments, require, rows

LEFT_OUT = 4
"""Every so many-th abstract with headings is not trained on."""
_SURE = 0.9
"""How far a heading is trusted as a label of each sentence below it."""


@dataclass(frozen=True, slots=True)
class Abstract:
    """Sentences with a label each, -1 where there is none, and how far each label is trusted."""

    sentences: list[str]
    labels: list[int]
    trust: list[float]


def csabstruct(data: Path, split: str) -> list[Abstract]:
    """One split of CSAbstruct."""
    file = require(data / "csabstruct" / f"{split}.jsonl")
    return [
        Abstract(row["sentences"], [ROLES.index(label) for label in row["labels"]], row["confs"])
        for row in rows(file)
    ]


def structured(data: Path) -> list[Abstract]:
    """SciFact's abstracts with at least three headings, without them."""
    found = []
    for row in rows(require(data / "scifact" / "original" / "corpus.jsonl")):
        above = headed(row["abstract"])
        told = {role for role, _ in above if role}
        if len(told) >= 3:
            texts = [text[begin:] for text, (_, begin) in zip(row["abstract"], above, strict=True)]
            kept = [(text, role) for text, (role, _) in zip(texts, above, strict=True) if text.strip()]
            labels = [ROLES.index(role) if role else -1 for _, role in kept]
            found.append(Abstract([text for text, _ in kept], labels, [_SURE] * len(kept)))
    return found


def report(name: str, model: RoleModel, abstracts: list[Abstract]) -> None:
    """Print the accuracy on some abstracts."""
    pairs = [
        (int(guess), label, trust)
        for abstract in abstracts
        for guess, label, trust in zip(
            model.chances(abstract.sentences).argmax(axis=1), abstract.labels, abstract.trust, strict=True
        )
        if label >= 0
    ]
    right = [guess == label for guess, label, _ in pairs]
    agreed = [guess == label for guess, label, trust in pairs if trust >= 0.75]
    by_role = []
    for role, title in enumerate(ROLES):
        hits = sum(guess == label == role for guess, label, _ in pairs)
        made = sum(guess == role for guess, _, _ in pairs) + sum(label == role for _, label, _ in pairs)
        by_role.append(f"{title} {2 * hits / max(1, made):.2f}")
    print(
        f"{name}: accuracy {np.mean(right):.4f} of {len(pairs):,} sentences; where three of four agree "
        f"{np.mean(agreed):.4f} of {len(agreed):,}; F1 {', '.join(by_role)}"
    )


def cells() -> None:
    """Print how many cells the cards of the sample have by quoting, and how long they take."""
    papers = [row for row in read(sample_collection()) if isinstance(row, Paper)]
    start = time.perf_counter()
    cards = [quoted_card(paper) for paper in papers]
    seconds = time.perf_counter() - start
    filled = Counter(point for card in cards for point, cell in card.cells.items() if cell)
    told = ", ".join(f"{point} {count}" for point, count in filled.items())
    figures = sum(bool(card.figures) for card in cards)
    print(f"Sample of {len(papers)}: {told}; figures {figures}; {1000 * seconds / len(papers):.1f} ms a card")


def main() -> None:
    """Run from the command line."""
    data = arguments(__doc__ or "").parse_args().data
    model = RoleModel.load()
    report("CSAbstruct dev", model, csabstruct(data, "dev"))
    report("CSAbstruct test", model, csabstruct(data, "test"))
    report("SciFact's headings", model, structured(data)[::LEFT_OUT])
    cells()


if __name__ == "__main__":
    main()
