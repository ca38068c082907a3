"""How much of the time of indexing is the embedder's own.

    python -m benchmarks.indexing [FILE] [--runs 5]

Embeds the texts alone, then indexes them into a new folder, by turns in one process; prints the ratio of
the two rates (1 would mean that opening stores, parsing, splitting, Chroma, tantivy and the manifest cost
nothing). Both have their network loaded; the last row is of an assistant that still has to load its own,
as the first import of a program does.
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
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
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
    alone = statistics.median(embedding)
    rows = {
        "embedder alone": alone,
        "paper-assistant add": statistics.median(indexing),
        "the same, its network to be loaded first": statistics.median(loading),
    }
    table(
        f"Indexing {len(texts)} papers, median of {options.runs} runs",
        ("", "papers a second", "ratio"),
        [(name, f"{len(texts) / seconds:.0f}", alone / seconds) for name, seconds in rows.items()],
    )


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
