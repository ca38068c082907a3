"""How much of the time of indexing is the embedder's own.

    python -m benchmarks.indexing [FILE] [--runs 3]

Embeds the texts alone, then indexes them into a new folder, by turns in one process; prints the ratio of
the two rates (1 would mean that parsing, splitting, Chroma, tantivy and the manifest cost nothing).
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
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    texts = [paper.text for paper in read(options.file) if isinstance(paper, Paper)]
    embedder = MiniLM()
    embedder.embed(texts[:16])
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "warm") as assistant:
        assistant.add([Paper("warm", "Warm up: imports and model are loaded once a process")])
    embedding, indexing = [], []
    for run in range(options.runs):
        start = time.perf_counter()
        embedder.embed(texts)
        embedding.append(time.perf_counter() - start)
        with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / str(run)) as assistant:
            start = time.perf_counter()
            assistant.add(options.file)
            indexing.append(time.perf_counter() - start)
    alone, whole = statistics.median(embedding), statistics.median(indexing)
    table(
        f"Indexing {len(texts)} papers, median of {options.runs} runs",
        ("", "papers a second", "ratio"),
        [
            ("embedder alone", f"{len(texts) / alone:.0f}", 1.0),
            ("paper-assistant add", f"{len(texts) / whole:.0f}", alone / whole),
        ],
    )


if __name__ == "__main__":
    main()
