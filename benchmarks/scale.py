"""What a large collection costs: import, disk, memory, opening, search, and whether the nearest are found.

    python -m benchmarks.scale FILE --papers 10000 [--vectors FOLDER] [--index FOLDER]

FILE holds papers (the figures in docs/scaling.md are for 100,000 arXiv abstracts); where it has fewer than
asked for, they are repeated with other ids. Embedding is timed by itself on the first papers and then left
out: all vectors are made once and kept in FOLDER for the next run. "Chroma alone" is a collection as one
makes it oneself, the same vectors and the same graph, in its best batches: with the abstracts as documents,
and with all text in the metadata, where Chroma cannot search it. With ``--index``, only searching is
measured, in an index of FILE that is there already; with ``--no-bare``, Chroma alone is left out.
"""

from __future__ import annotations

import hashlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from numpy.typing import NDArray

from assistant import Assistant, Filters, Paper
from assistant.corpus import read
from assistant.index.layout import Layout
from assistant.index.store import PaperIndex
from assistant.index.vectors import HNSW
from assistant.models.embedder import DIMENSION, MiniLM
from assistant.models.ports import Spans, Vectors

from .data import arguments, table
from .results import FOLDER, Result, command, keep

_BARE_BATCH = 2000
_QUERIES = 200
BARE = {"bare": ("with documents", True), "lean": ("metadata only", False)}
"""How Chroma alone is filled: the names of its values, what the table calls it, and if with documents."""


class Known(MiniLM):
    """The shipped embedder for questions; papers' vectors come from a folder, so that they cost nothing."""

    def __init__(self, folder: Path) -> None:
        """Read the vectors of :func:`embedded`."""
        super().__init__()
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._ends = np.load(folder / "ends.npy")
        self._parts = np.load(folder / "parts.npy", mmap_mode="r")
        self._rows = {mark.tobytes(): row for row, mark in enumerate(np.load(folder / "marks.npy"))}

    def embed_with_parts(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, list[Vectors]]:
        """The vectors that were made of these texts."""
        rows = [self._rows[marked(text)] for text in texts]
        own = [
            self._parts[self._ends[row] - len(p) : self._ends[row]]
            for row, p in zip(rows, parts, strict=True)
        ]
        return np.asarray(self._vectors[rows]), [np.asarray(each, dtype=np.float32) for each in own]


def marked(text: str) -> bytes:
    """Tells one text from another."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def embedded(papers: Sequence[Paper], folder: Path) -> None:
    """Make the vectors of papers and their sentences, unless the folder has them."""
    marks = np.array([np.frombuffer(marked(p.text), dtype=np.uint8) for p in papers])
    if (folder / "marks.npy").exists() and np.array_equal(
        np.load(folder / "marks.npy")[: len(papers)], marks
    ):
        return
    folder.mkdir(parents=True, exist_ok=True)
    embedder = MiniLM()
    vectors: list[Vectors] = []
    parts: list[NDArray[np.int8]] = []
    for start in range(0, len(papers), 256):
        some, of_parts = embedder.embed_with_parts(
            *zip(*map(texts_of, papers[start : start + 256]), strict=True)
        )
        vectors.append(some)
        parts += [np.round(own * 127).astype(np.int8).reshape(-1, DIMENSION) for own in of_parts]
    np.save(folder / "vectors.npy", np.concatenate(vectors))
    np.save(folder / "parts.npy", np.concatenate(parts))
    np.save(folder / "ends.npy", np.cumsum([len(own) for own in parts]))
    np.save(folder / "marks.npy", marks)


def texts_of(paper: Paper) -> tuple[str, Spans]:
    """A paper's text, and where its sentences stand in it."""
    before = len(paper.text) - len(paper.abstract)
    return paper.text, [(before + s.start, before + s.end) for s in paper.sentences]


def repeated(papers: Sequence[Paper], count: int) -> Iterator[Paper]:
    """So many papers, the same ones again where there are too few, as studies of their own."""
    return islice(
        chain.from_iterable(_round(papers, turn) for turn in range(-(-count // len(papers)))), count
    )


def _round(papers: Sequence[Paper], turn: int) -> Iterable[Paper]:
    if turn == 0:
        return papers
    # Other ids and authors, else they would be folded into the first ones.
    authors = (f"Author{turn}",)
    return (replace(p, id=f"{p.id}#{turn}", doi=None, arxiv_id=None, authors=authors) for p in papers)


def bare(papers: Iterator[Paper], folder: Path, embedder: Known, *, documents: bool) -> float:
    """Rows a second that Chroma alone takes, with the abstracts as documents or in the metadata."""
    client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    collection = client.create_collection("papers", embedding_function=None, configuration={"hnsw": HNSW})
    spent, rows = 0.0, 0
    while batch := list(islice(papers, _BARE_BATCH)):
        rest = [flat(paper) for paper in batch]
        texts = [fields.pop("abstract", "") for fields in rest] if documents else None
        vectors, _ = embedder.embed_with_parts([paper.text for paper in batch], [()] * len(batch))
        start = time.perf_counter()
        ids = [paper.id for paper in batch]
        collection.upsert(ids=ids, embeddings=vectors, metadatas=rest, documents=texts)
        spent += time.perf_counter() - start
        rows += len(batch)
    client.close()
    return rows / spent


def flat(paper: Paper) -> dict[str, str | int]:
    """What is known of a paper as metadata, nothing of ours."""
    fields = {name: getattr(paper, name) for name in ("title", "abstract", "year", "venue", "url", "doi")}
    fields |= {"arxiv_id": paper.arxiv_id, "authors": "; ".join(paper.authors)}
    return {name: value for name, value in fields.items() if value}


def size(folder: Path) -> int:
    """Bytes on the disk."""
    return sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file())


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile, in milliseconds."""
    ordered = sorted(seconds)
    return statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000


def searches(assistant: Assistant, questions: Sequence[str], filters: Filters) -> list[float]:
    """Seconds of each question's search, the question's own embedding included."""
    for question in questions[:5]:
        assistant.search(question, filters=filters)
    spent = []
    for question in questions:
        start = time.perf_counter()
        assistant.search(question, filters=filters)
        spent.append(time.perf_counter() - start)
    return spent


def recall(
    index: PaperIndex, embedder: MiniLM, questions: Sequence[str], known: Vectors, k: int = 20
) -> float:
    """The share of the ``k`` nearest by brute force that are found, by their cosines (equals are equal)."""
    found = []
    # Papers may be in more than once, see ``repeated``; a few are folded into others.
    rounds, more = divmod(max(len(index), len(known)), len(known))
    copies = np.full(len(known), rounds)
    copies[:more] += 1
    for question in questions:
        vector = embedder.embed_query(question)
        cosines = known @ vector
        best = np.argsort(-cosines)[:k]
        exact = float(cosines[best[np.searchsorted(np.cumsum(copies[best]), k)]])
        hits = index.nearest(vector, k)
        found.append(sum(cosine >= exact - 1e-5 for _, cosine in hits) / k)
    return float(np.mean(found))


_FIRST_RESULT = """
import sys, time
from assistant import Assistant
import chromadb, tantivy, onnxruntime
start = time.perf_counter()
with Assistant.open(sys.argv[1]) as assistant:
    assistant.search("What causes over-squashing in graph neural networks?")
    seconds = time.perf_counter() - start
    # The peak; what getrusage tells begins with that of the process that started this one.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    print(seconds, int(peak.split()[1]) / 1024)
"""


def first_result(folder: Path) -> tuple[float, float]:
    """Seconds from opening to the first result in a fresh process, libraries imported; and its memory."""
    call = [sys.executable, "-c", _FIRST_RESULT, str(folder)]
    told = [subprocess.run(call, check=True, capture_output=True).stdout.split() for _ in range(3)]
    seconds, megabytes = zip(*(map(float, each) for each in told), strict=True)
    return statistics.median(seconds), statistics.median(megabytes)


def questions_from(papers: Sequence[Paper]) -> list[str]:
    """Sentences of papers chosen by chance, cut to a question's length; half of them titles."""
    chosen = random.Random(0).sample(papers, min(_QUERIES, len(papers)))
    middle = [p.sentences[len(p.sentences) // 2].text if p.sentences else p.title for p in chosen]
    texts = [p.title if i % 2 else text for i, (p, text) in enumerate(zip(chosen, middle, strict=True))]
    return [" ".join(text.split()[:14]) for text in texts]


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--vectors", type=Path, default=Path(tempfile.gettempdir()) / "scale-vectors")
    parser.add_argument("--folder", type=Path, help="where the index is made, for the run")
    parser.add_argument("--index", type=Path, help="an index of the file: only searches are measured")
    parser.add_argument("--no-bare", action="store_true", help="do not import into Chroma alone")
    parser.add_argument("--results", type=Path, default=FOLDER, help="where the table is kept")
    options = parser.parse_args()
    rows = (row for row in read(options.file) if isinstance(row, Paper))
    by_id: dict[str, Paper] = {}
    for paper in islice(rows, options.papers):
        by_id.setdefault(paper.id, paper)
    distinct = list(by_id.values())
    embedded(distinct, options.vectors)
    if options.index:
        found = searching(distinct, options.vectors, options.index)
        table(f"{len(distinct):,} papers", ("", "value"), list(told(found)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        index = Path(folder) / "index"
        beside = None if options.no_bare else Path(folder) / "bare"
        found = importing(distinct, options.papers, options.vectors, index, beside)
        found |= searching(distinct, options.vectors, index)
    title = f"{options.papers:,} papers"
    keep(
        f"scale-{options.papers}",
        Result(title, ("", "value"), tuple(told(found)), command(), values=found),
        options.results,
    )


def importing(
    distinct: Sequence[Paper], count: int, vectors: Path, folder: Path, beside: Path | None
) -> dict[str, float]:
    """Make an index of ``count`` papers, and one of Chroma alone ``beside`` it; what both take."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    index = PaperIndex(Layout(folder), Known(vectors), create=True)
    start = time.perf_counter()
    index.add(repeated(distinct, count))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    index.close()
    found = {
        "papers": count,
        "import_minutes": seconds / 60,
        "before_mb": before,
        "import_mb": peak,
        "disk_mb": size(folder) / 1e6,
    }
    if beside:
        for key, (_, documents) in BARE.items():
            own = beside / key
            alone = bare(repeated(distinct, count), own, Known(vectors), documents=documents)
            found |= {f"{key}_minutes": count / alone / 60, f"{key}_disk_mb": size(own) / 1e6}
    return found


def searching(distinct: Sequence[Paper], vectors: Path, folder: Path) -> dict[str, float]:
    """What opening an index and searching it take, and how many of the nearest are found."""
    opening, megabytes = first_result(folder)
    questions = questions_from(distinct)
    years = sorted(paper.year for paper in distinct if paper.year)
    half = Filters(since=years[len(years) // 2]) if years else Filters()
    with Assistant.open(folder) as assistant:
        plain, p95 = percentiles(searches(assistant, questions, Filters()))
        filtered, filtered_p95 = percentiles(searches(assistant, questions, half))
        known = np.asarray(np.load(vectors / "vectors.npy", mmap_mode="r")[: len(distinct)])
        found = recall(assistant.index, MiniLM(), questions, known)
    return {
        "opening_s": opening,
        "search_mb": megabytes,
        "search_ms": plain,
        "search_p95_ms": p95,
        "filtered_ms": filtered,
        "filtered_p95_ms": filtered_p95,
        "recall": found,
    }


def told(found: Mapping[str, float]) -> Iterator[tuple[str, str | float]]:
    """The rows of the table, as far as there is something to tell."""
    papers = found.get("papers", 0)
    if papers:
        rate = papers / found["import_minutes"] / 60
        yield "import without embedding, papers a second", f"{rate:.0f}"
        yield "peak memory, MB (before the import)", f"{found['import_mb']:.0f} ({found['before_mb']:.0f})"
        yield "disk, kB a paper", f"{found['disk_mb'] / papers * 1000:.1f}"
    for key, (name, _) in BARE.items():
        if f"{key}_minutes" in found:
            alone = papers / found[f"{key}_minutes"] / 60
            yield f"Chroma alone, {name}, rows a second", f"{alone:.0f}"
            yield "ratio", found[f"{key}_minutes"] / found["import_minutes"]
            yield "kB of disk a row", f"{found[f'{key}_disk_mb'] / papers * 1000:.1f}"
    yield "opening to the first result, s", found["opening_s"]
    yield "peak memory of that process, MB", f"{found['search_mb']:.0f}"
    yield "search p50 / p95, ms", f"{found['search_ms']:.1f} / {found['search_p95_ms']:.1f}"
    filtered = f"{found['filtered_ms']:.1f} / {found['filtered_p95_ms']:.1f}"
    yield "search with a filter that half of the papers pass, p50 / p95, ms", filtered
    yield "recall@20 of the vectors", found["recall"]


if __name__ == "__main__":
    main()
