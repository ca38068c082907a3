"""How often each system finds the right paper: the sample's questions, SciFact, and any BEIR folder.

    python -m benchmarks.peers.quality --data DIR [--beir FOLDER ...] [--vectors FOLDER]

The same texts and the same vectors for all. "Ours is better by" is the difference of the last figure but one,
question by question, with its 95 % interval (2,000 resamples of the questions, seed 0): an interval that
holds 0 is a tie.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant import Assistant, sample_collection
from assistant.evaluation.beir import beir_scripts
from assistant.evaluation.cases import Case
from assistant.evaluation.measures import ndcg, place_of

from ..data import arguments, require, sample_scripts
from ..results import FOLDER, Cell, Result, command, keep
from .corpus import Given, given, papers_of
from .process import Peer, there, versions

OURS = "paper-assistant"
_K = 10
_MODES = ("reciprocal_rerank", "relative_score", "dist_based_score", "simple")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A driver, and in which of its modes it searches."""

    name: str
    driver: str
    options: Mapping[str, Any]


CONTESTANTS = (
    Contestant("bm25s", "bm25s", {}),
    Contestant("the same embedder, every cosine", "exact", {}),
    Contestant("Chroma", "chroma", {}),
    Contestant("llama-index `VectorStoreIndex` over Chroma", "llama-index", {}),
    Contestant("paper-qa's search for evidence", "paper-qa", {}),
    Contestant("txtai hybrid", "txtai", {}),
    *(Contestant(f"llama-index fusion, `{m}`", "llama-index fusion", {"mode": m}) for m in _MODES),
    Contestant(OURS, "ours", {}),
)

Found = dict[str, list[list[str]]]


def rankings(what: Given, folder: Path, contestants: Sequence[Contestant]) -> tuple[Found, dict[str, str]]:
    """What each contestant finds for each question, and the versions of the libraries."""
    found: Found = {}
    hellos = []
    for driver in there(list(dict.fromkeys(each.driver for each in contestants))):
        with Peer(driver) as peer:
            hellos.append(peer.hello)
            peer.call("index", **what.collection(folder / driver))
            for each in contestants:
                if each.driver == driver:
                    reply = peer.call("search", **what.asked(), k=_K, options=each.options)
                    found[each.name] = reply["found"]
    return found, versions(hellos)


def first(ranked: Sequence[str], case: Case) -> float:
    """Whether the first paper is a right one."""
    return float(place_of(ranked[:1], case.right) > 0)


def in_eight(ranked: Sequence[str], case: Case) -> float:
    """Whether a right paper is among the first eight."""
    return float(place_of(ranked[:8], case.right) > 0)


def reciprocal(ranked: Sequence[str], case: Case) -> float:
    """One over the place of the first right paper."""
    place = place_of(ranked, case.right)
    return 1 / place if place else 0.0


def gain(ranked: Sequence[str], case: Case) -> float:
    """The nDCG of the first ten."""
    return ndcg(ranked, case.gains)


Measure = Callable[[Sequence[str], Case], float]
ON_SAMPLE: dict[str, Measure] = {"first": first, "in 8": in_eight, "MRR@10": reciprocal}
ON_BEIR: dict[str, Measure] = {"first": first, "nDCG@10": gain}


def judged(found: Found, cases: Sequence[Case], measures: Mapping[str, Measure]) -> list[tuple[Cell, ...]]:
    """A row a contestant: each measure's mean, and by how much ours is better in the last one."""
    rows: list[tuple[Cell, ...]] = []
    scores = {
        name: [
            [m(ranked, case) for ranked, case in zip(lists, cases, strict=True)] for m in measures.values()
        ]
        for name, lists in found.items()
    }
    for name, of in scores.items():
        ahead = "" if name == OURS else difference(scores[OURS][-1], of[-1])
        rows.append((name, *(float(np.mean(each)) for each in of), ahead))
    return rows


def difference(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The mean difference with its 95 % interval, by resampling the questions."""
    each = np.array(ours) - np.array(theirs)
    chosen = np.random.default_rng(0).integers(0, len(each), (2000, len(each)))
    low, high = np.quantile(each[chosen].mean(axis=1), [0.025, 0.975])
    return f"{each.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def sample_cases(data: Path, folder: Path) -> Iterator[tuple[str, list[Case]]]:
    """The single and the short questions of the sample."""
    with Assistant.open(folder / "for-ids") as assistant:
        assistant.add(sample_collection())
        for kind in ("single", "short"):
            yield kind, [case for (case,) in sample_scripts(assistant, data, kind)]


def measure(
    name: str,
    title: str,
    what: tuple[Path, Sequence[Case], Mapping[str, Measure]],
    vectors: Path,
    results: Path,
    contestants: Sequence[Contestant] = CONTESTANTS,
) -> None:
    """Rank the questions of a file of papers by each contestant, and keep the table."""
    file, cases, measures = what
    with tempfile.TemporaryDirectory() as folder:
        papers = papers_of(file)
        questions = [case.question for case in cases]
        prepared = given(papers, questions, Path(folder) / "given", vectors)
        found, used = rankings(prepared, Path(folder), contestants)
    header = ("", *measures, f"ours is better in {list(measures)[-1]} by (95 %)")
    rows = tuple(judged(found, cases, measures))
    title = f"{title}: {len(cases)} questions, {len(papers):,} papers"
    keep(name, Result(title, header, rows, command(), versions=used), results)


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--beir", type=Path, action="append", default=[], help="a folder in the BEIR layout")
    parser.add_argument("--vectors", type=Path, help="keep vectors here between runs")
    parser.add_argument("--results", type=Path, default=FOLDER, help="where the tables are kept")
    options = parser.parse_args()
    require(options.data / "trending")
    with tempfile.TemporaryDirectory() as folder:
        store = options.vectors or Path(folder) / "vectors"
        for number, (kind, cases) in enumerate(sample_cases(options.data, Path(folder)), start=1):
            what = (sample_collection(), cases, ON_SAMPLE)
            measure(
                f"peers-sample-{number}", f"Sample, {kind} questions", what, store / "sample", options.results
            )
        for number, beir in enumerate([require(options.data / "scifact"), *options.beir], start=1):
            cases = [case for (case,) in beir_scripts(require(beir))]
            what = (require(beir / "corpus.jsonl"), cases, ON_BEIR)
            measure(f"peers-beir-{number}", beir.name, what, store / beir.name, options.results)


if __name__ == "__main__":
    main()
