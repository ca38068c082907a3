"""How much of the time of indexing is the embedder's own.

    python -m benchmarks.indexing [FILE] [--runs 15]

Embeds the texts alone, then indexes them into a new folder, by turns in one process; prints the ratio of
the two rates, turn by turn (1 would mean that opening stores, parsing, splitting, Chroma, tantivy and the
manifest cost nothing). Both have their network loaded; the last row is of an assistant that still has to
load its own, as the first import of a program does.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from assistant import Assistant, sample_collection
from assistant.corpus import read
from assistant.models.embedder import MiniLM
from assistant.types import Paper

from .data import arguments, table


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("file", type=Path, nargs="?", default=sample_collection())
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    if options.runs < 2:
        parser.error("Two runs at least: what is printed is a median and its quartiles.")
    texts = [paper.text for paper in read(options.file) if isinstance(paper, Paper)]
    embedder = MiniLM()
    embedder.embed(texts[:16])
    embedding, indexing, loading = [], [], []
    _timed(options.file, loaded=True)  # imports are for once a process
    for _ in range(options.runs):
        start = time.perf_counter()
        embedder.embed(texts)
        embedding.append(time.perf_counter() - start)
        indexing.append(_timed(options.file, loaded=True))
        loading.append(_timed(options.file, loaded=False))
    rows = {
        "embedder alone": embedding,
        "paper-assistant add": indexing,
        "the same, its network to be loaded first": loading,
    }
    table(
        f"Indexing {len(texts)} papers, medians of {options.runs} runs",
        ("", "papers a second", "ratio", "its middle half"),
        [
            (name, f"{len(texts) / statistics.median(own):.0f}", *_ratios(embedding, own))
            for name, own in rows.items()
        ],
    )


def _ratios(embedding: list[float], own: list[float]) -> tuple[float, str]:
    """The median of each turn's ratio, as a machine's pace drifts, and the quartiles."""
    ratios = [alone / seconds for alone, seconds in zip(embedding, own, strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4)
    return statistics.median(ratios), f"{low:.3f} to {high:.3f}"


def _timed(file: Path, *, loaded: bool) -> float:
    """Seconds of an import into a new folder."""
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "index") as assistant:
        if loaded:
            assistant.embedder.embed_query("Load the network.")
        start = time.perf_counter()
        assistant.add(file)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
