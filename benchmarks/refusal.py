"""How well questions without an answer are told from those with one, before any model is asked.

    python -m benchmarks.refusal --data DIR [--store FOLDER] [--figure FILE.svg]

``far`` questions are of another field; ``near`` ones use the collection's words but ask for what no abstract
says; the others can be answered. SciFact's test claims, none of which anything was fitted on, are asked of
all its papers and of 203 of them, with their papers, without these, and where these do not say. The last
table holds the chance that is told against how often there was an answer, both sides weighing as much.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from assistant import Assistant, Settings, sample_collection
from assistant.evaluation.measures import auroc, refused_at, reliability
from assistant.models.cross_encoder import CrossEncoder
from assistant.models.embedder import UNRELATED_BELOW

from .answerability import Kind, scifact, scifact_signals
from .data import arguments, require, rows, table

_ANSWERABLE = ("single", "short", "multi")
Chances = Mapping[str, Sequence[float]]


def sample_questions(data: Path) -> dict[str, list[str]]:
    """The sample collection's questions by group."""
    folder = data / "trending" / "questions"
    groups = {"far, SciFact's train claims": [claim for claim, _, _ in scifact(data, "train")]}
    for row in rows(require(folder / "none.jsonl")):
        groups.setdefault(row["kind"], []).append(row["question"])
    for kind in _ANSWERABLE:
        groups[f"answerable, {kind}"] = [row["question"] for row in rows(require(folder / f"{kind}.jsonl"))]
    return groups


def on_sample(groups: Mapping[str, list[str]]) -> dict[str, list[float]]:
    """Print what is refused on the sample collection; returns the chances by group."""
    chances: dict[str, list[float]] = {}
    body: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as store:
        settings = Settings.load(index=Path(store) / "sample", mode="extractive")
        with Assistant.open(settings=settings) as assistant:
            assistant.add(sample_collection())
            for name, questions in groups.items():
                answers = [assistant.ask(question) for question in questions]
                kinds = [answer.refusal.kind for answer in answers if answer.refusal]
                chances[name] = [answer.confidence or 0.0 for answer in answers]
                absent = kinds.count("not_in_collection")
                body.append((name, len(answers), absent, len(kinds) - absent, len(kinds) / len(answers)))
    table("Refused without a model", ("questions", "asked", "not in collection", "not stated", "share"), body)
    return chances


def on_scifact(store: Path, data: Path) -> dict[tuple[int, Kind], list[float]]:
    """The chances of SciFact's test claims, by the size of the collection and kind."""
    chances: dict[tuple[int, Kind], list[float]] = {}
    for kind, size, signals in scifact_signals(store, data, "test", CrossEncoder()):
        chances.setdefault((size, kind), []).append(signals.chance(UNRELATED_BELOW))
    return chances


def figure(curves: Mapping[str, list[tuple[float, float, int]]]) -> str:
    """A reliability plot as SVG: a curve on the diagonal means what it says."""
    side, left = 300, 50
    colours = ("#1f6feb", "#d1542b", "#2b8a3e")

    def at(x: float, y: float) -> str:
        return f"{left + x * side:.1f},{10 + (1 - y) * side:.1f}"

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 360" '
        'font-family="sans-serif" font-size="12">',
        f'<rect x="{left}" y="10" width="{side}" height="{side}" fill="none" stroke="#888"/>',
        f'<polyline points="{at(0, 0)} {at(1, 1)}" stroke="#888" stroke-dasharray="4"/>',
        f'<text x="{left + side / 2}" y="345" text-anchor="middle">chance told</text>',
        f'<text transform="translate(16 {10 + side / 2}) rotate(-90)" text-anchor="middle">answerable</text>',
    ]
    for tick in (0.0, 0.5, 1.0):
        parts.append(f'<text x="{left + tick * side}" y="326" text-anchor="middle">{tick}</text>')
        parts.append(f'<text x="{left - 6}" y="{14 + (1 - tick) * side}" text-anchor="end">{tick}</text>')
    for place, ((name, curve), colour) in enumerate(zip(curves.items(), colours, strict=False)):
        points = " ".join(at(told, true) for told, true, _ in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{left + side + 12}" y="{30 + 18 * place}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--store", type=Path, help="keep SciFact's index here between runs")
    parser.add_argument("--figure", type=Path, help="write the reliability plot here")
    options = parser.parse_args()
    chances = on_sample(sample_questions(options.data))
    answerable = list(chain.from_iterable(chances.pop(f"answerable, {kind}") for kind in _ANSWERABLE))
    body: list[tuple[object, ...]] = [
        (
            f"sample, {name}",
            len(answerable),
            len(other),
            auroc(answerable, other),
            refused_at(answerable, other),
        )
        for name, other in chances.items()
    ]
    curves = {"sample, near": reliability(answerable, chances["near"])}
    with tempfile.TemporaryDirectory() as folder:
        scifact_chances = on_scifact(options.store or Path(folder) / "scifact", options.data)
    for size in sorted({size for size, _ in scifact_chances}):
        there = scifact_chances[size, "answered"]
        both: list[float] = []
        for kind in ("taken away", "not stated"):
            other = scifact_chances[size, kind]
            name = f"SciFact test, {size:,} papers, {kind}"
            body.append((name, len(there), len(other), auroc(there, other), refused_at(there, other)))
            both += other
        curves[f"SciFact, {size:,} papers"] = reliability(there, both)
    table(
        "Answerable or not, by the chance told",
        ("questions", "answerable", "others", "AUROC", "refused at 3 % wrong"),
        body,
    )
    for name, curve in curves.items():
        table(f"Reliability: {name}", ("chance told", "answerable", "questions"), [*curve])
    if options.figure:
        options.figure.write_text(figure(curves), encoding="utf-8")


if __name__ == "__main__":
    main()
