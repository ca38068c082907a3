"""How fast each system takes papers in, what that takes of memory and disk, and how fast it searches.

    python -m benchmarks.peers.speed --papers 203 [--file FILE] [--vectors FOLDER] [--runs 3]

Without FILE it is the sample collection. All vectors are made beforehand, by the shipped embedder, and the
vector of each question is given, too: embedding costs all of them the same, and is measured by
`benchmarks.embedding`. Each run is a process of its own, contestants in turns; the searches go round the
contestants too. Memory is that of the process at its peak, with what the libraries took before the first
paper in brackets. The questions are 200 titles and sentences, chosen with seed 0. Ours splits abstracts into
sentences, folds records of one study and chooses evidence sentences within these times; the others do none
of it.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from assistant import sample_collection

from ..data import arguments
from ..results import FOLDER, Cell, Result, command, keep
from ..scale import questions_from, size
from .corpus import Given, given, papers_of
from .process import Peer, there, versions

NAMES = {
    "bm25s": "bm25s (in memory)",
    "exact": "every cosine (in memory)",
    "chroma": "Chroma",
    "llama-index": "llama-index over Chroma",
    "llama-index fusion": "llama-index fusion (words in memory)",
    "txtai": "txtai hybrid",
    "ours": "paper-assistant",
}
_ROUNDS = 5


def measured(what: Given, drivers: Sequence[str], runs: int, root: Path) -> tuple[list[Any], dict[str, str]]:
    """For each driver its runs of indexing, its size on the disk and the seconds of its searches."""
    imports: dict[str, list[dict[str, Any]]] = {driver: [] for driver in drivers}
    sizes: dict[str, int] = {}
    searches: dict[str, list[float]] = {driver: [] for driver in drivers}
    hellos = []
    with ExitStack() as last:
        peers = {}
        for run in range(runs):
            for driver in drivers:
                peer = last.enter_context(Peer(driver)) if run == runs - 1 else Peer(driver)
                folder = root / driver / str(run)
                imports[driver].append(peer.call("index", **what.collection(folder)))
                sizes[driver] = size(folder)
                if run == runs - 1:
                    peers[driver] = peer
                    hellos.append(peer.hello)
                else:
                    peer.close()
        for peer in peers.values():
            peer.call(
                "search", **what.asked(range(min(5, len(what.questions)))), k=10
            )  # opens and loads what it will
        for rows in rounds(len(what.questions)):
            for driver, peer in peers.items():
                searches[driver] += peer.call("search", **what.asked(rows), k=10)["seconds"]
    found = [(driver, imports[driver], sizes[driver], searches[driver]) for driver in drivers]
    return found, versions(hellos)


def rounds(count: int) -> Iterator[range]:
    """The questions in a few parts, so that contestants take turns."""
    step = -(-count // _ROUNDS)
    return (range(start, min(start + step, count)) for start in range(0, count, step))


def rows_of(found: Sequence[Any], papers: int) -> Iterator[tuple[Cell, ...]]:
    """A row a driver, with ratios to ours."""
    rates = {
        driver: papers / statistics.median(run["seconds"] for run in runs) for driver, runs, _, _ in found
    }
    medians = {driver: statistics.median(seconds) for driver, _, _, seconds in found}
    for driver, runs, disk, seconds in found:
        peak, before = (statistics.median(run[key] for run in runs) for key in ("peak_mb", "before_mb"))
        yield (
            NAMES[driver],
            rates[driver],
            rates[driver] / rates["ours"],
            f"{peak:,.0f} ({before:,.0f})",
            disk / papers / 1000,
            medians[driver] * 1000,
            statistics.quantiles(seconds, n=20)[-1] * 1000,
            medians[driver] / medians["ours"],
        )


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--papers", type=int, default=203)
    parser.add_argument("--file", type=Path, default=sample_collection())
    parser.add_argument("--vectors", type=Path, help="keep vectors here between runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--results", type=Path, default=FOLDER, help="where the tables are kept")
    options = parser.parse_args()
    papers = papers_of(options.file, options.papers)
    with tempfile.TemporaryDirectory() as folder:
        vectors = options.vectors or Path(folder) / "vectors"
        what = given(papers, questions_from(papers), Path(folder) / "given", vectors)
        found, used = measured(what, there(list(NAMES)), options.runs, Path(folder) / "runs")
    header = (
        *("", "papers in, a second", "to ours", "peak memory, MB (before)", "disk, kB a paper"),
        *("search p50, ms", "p95, ms", "to ours"),
    )
    runs = f"median of {options.runs} runs" if options.runs > 1 else "one run"
    title = f"{len(papers):,} papers, {runs}, embedding left out"
    result = Result(title, header, tuple(rows_of(found, len(papers))), command(), versions=used)
    keep(f"peers-speed-{options.papers}", result, options.results)


if __name__ == "__main__":
    main()
