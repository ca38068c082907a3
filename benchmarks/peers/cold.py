"""How long each system takes from nothing: its imports, the first answer over 203 papers, and the page.

    python -m benchmarks.peers.cold [--runs 3]

Fresh processes, contestants in turns, medians. The papers come with their vectors, so no embedding is in it;
the model is a server on loopback that answers at once. Only ours has a page among these, and it also opens an
index from the disk there, and its embedder.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from assistant import Assistant, sample_collection
from tests.openai_server import OpenAIServer

from ..data import arguments
from ..results import FOLDER, Cell, Result, command, keep
from ..startup import QUESTION, page
from .corpus import Given, given, papers_of
from .process import Peer, there, versions
from .scripted import Scripted

NAMES = {"paper-qa": "paper-qa", "llama-index": "llama-index over Chroma", "ours": "paper-assistant"}
Times = tuple[float, float, float]


def started(driver: str, what: Given, folder: Path, url: str) -> tuple[Times, dict[str, object]]:
    """Seconds of a process until its libraries are imported, papers are in, and the first answer is whole."""
    start = time.perf_counter()
    with Peer(driver) as peer:
        imported = time.perf_counter() - start
        peer.call("index", **what.collection(folder))
        indexed = time.perf_counter() - start
        peer.call("ask", **what.asked([0]), url=url)
        return (imported, indexed, time.perf_counter() - start), peer.hello


def rows_of(found: Mapping[str, Sequence[Times]], pages: Sequence[float]) -> Iterator[tuple[Cell, ...]]:
    """A row a system."""
    medians = {
        driver: [statistics.median(each) for each in zip(*runs, strict=True)]
        for driver, runs in found.items()
    }
    for driver, (imported, indexed, answered) in medians.items():
        shown = statistics.median(pages) if driver == "ours" and pages else None
        ratio = answered / medians["ours"][-1]
        yield (NAMES[driver], imported, indexed, answered, ratio, shown)


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--results", type=Path, default=FOLDER, help="where the table is kept")
    options = parser.parse_args()
    found: dict[str, list[Times]] = {}
    hellos = {}
    with tempfile.TemporaryDirectory() as name, OpenAIServer(reply=Scripted()) as server:
        root = Path(name)
        what = given(papers_of(sample_collection()), [QUESTION], root / "given", root / "vectors")
        drivers = there(list(NAMES))
        for run in range(options.runs + 1):  # the first one warms the cache of files
            for driver in drivers:
                times, hellos[driver] = started(driver, what, root / f"{driver}-{run}", server.url)
                if run:
                    found.setdefault(driver, []).append(times)
        with Assistant.open(root / "page") as assistant:
            assistant.add(sample_collection())
        pages = [page(root / "page") for _ in range(options.runs)]
    header = ("", "imported, s", "203 papers in, s", "first answer, s", "to ours", "page answers, s")
    title = f"From the start of a process, medians of {options.runs} runs"
    result = Result(
        title, header, tuple(rows_of(found, pages)), command(), versions=versions([*hellos.values()])
    )
    keep("peers-cold", result, options.results)


if __name__ == "__main__":
    main()
