"""What a library on a Chroma server costs beside the same one in a folder.

    python -m benchmarks.server [--papers 10000]

Starts `chroma run` on loopback, so there is no network in it: add your round trip to each request. The
papers are those of the sample, repeated under other ids and titles; the vectors are random, so embedding is
not in it either. Prints rates, sizes and medians of one run.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from assistant import Paper, Settings, sample_collection
from assistant.corpus import read
from assistant.index.place import place_of
from assistant.index.store import PaperIndex
from assistant.models.embedder import FakeEmbedder
from assistant.models.ports import Vectors
from tests.chroma_server import Chroma

from .data import arguments, table

_ASKED = 100


class _Random(FakeEmbedder):
    """A random direction for each text, the same each time."""

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        vector = np.random.default_rng(seed).standard_normal(self.dimension, dtype=np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _papers(count: int) -> Iterator[Paper]:
    sample = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]
    for number, paper in enumerate(islice(cycle(sample), count)):
        yield replace(paper, id=f"copy:{number}", title=f"{paper.title} {number}", doi=None, arxiv_id=None)


def _size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _asked(index: PaperIndex, questions: Sequence[str]) -> float:
    """The median of what a search asks of an index, in seconds; no embedding, no sentences."""

    def ask(question: str) -> None:
        vector = _Random(384).embed_query(question)
        near, matching = dict(index.nearest(vector, 50)), dict(index.matching(question, 50))
        index.similarities(vector, [paper for paper in matching if paper not in near])
        index.papers(list({**near, **matching})[:16])

    ask(questions[0])
    return statistics.median(_timed(lambda question=question: ask(question)) for question in questions)  # type: ignore[misc]


@contextmanager
def _opened(url: str | None, folder: Path) -> Iterator[PaperIndex]:
    place = place_of(Settings.load(chroma_url=url, index=folder))
    index = place.open(lambda: _Random(384), create=True)
    try:
        yield index
    finally:
        index.close()
        place.close()


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--papers", type=int, default=10_000)
    count = parser.parse_args().papers
    papers = list(_papers(count))
    questions = [paper.title for paper in islice(papers, _ASKED)]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        chroma = Chroma(root / "chroma")
        chroma.start()
        try:
            with _opened(None, root / "local") as index:
                here = _timed(lambda: index.add(papers))
                asked_here = _asked(index, questions)

            def reopen_here() -> None:
                with _opened(None, root / "local"):
                    pass

            reopened_here = _timed(reopen_here)
            with _opened(chroma.url, root / "one" / "library") as index:
                there = _timed(lambda: index.add(papers))
                asked_there = _asked(index, questions)

            def reopen(machine: str) -> None:
                with _opened(chroma.url, root / machine / "library"):
                    pass

            copied = _timed(lambda: reopen("two"))
            reopened = _timed(lambda: reopen("two"))
            with _opened(chroma.url, root / "one" / "library") as index:
                index.add([replace(papers[0], abstract="New.", sentences=())])
            synced = _timed(lambda: reopen("two"))
            sizes = [_size(root / part) / count / 1000 for part in ("local", "chroma", "two")]
        finally:
            chroma.kill()
    table(
        f"{count:,} papers, all but embedding",
        ("", "folder", "server", "ratio"),
        [
            ("import, papers a second", f"{count / here:.0f}", f"{count / there:.0f}", here / there),
            (
                "a search's requests, ms",
                f"{asked_here * 1e3:.1f}",
                f"{asked_there * 1e3:.1f}",
                asked_there / asked_here,
            ),
            ("open again, s", f"{reopened_here:.2f}", f"{reopened:.2f}", reopened / reopened_here),
        ],
    )
    table(
        "A server's readers",
        ("", ""),
        [
            ("first copy on a machine, papers a second", f"{count / copied:.0f}"),
            ("open after one paper changed, s", f"{synced:.2f}"),
            (
                "disk a paper: folder, server, copy on a machine; kB",
                ", ".join(f"{size:.1f}" for size in sizes),
            ),
        ],
    )


if __name__ == "__main__":
    main()
