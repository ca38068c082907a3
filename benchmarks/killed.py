"""The processes that `benchmarks.kills` kills: each does one thing to an index and says how far it is.

A line `@PHASE` says what begins now, `=N` that so many papers are acknowledged, `ready` that all is imported,
`refused TEXT` that another process has the index, and the last line of a check is its finding as JSON.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from typing import Any

import numpy as np

from assistant import Paper
from assistant.corpus import split
from assistant.errors import IndexLockedError
from assistant.index import opening, rebuild, store
from assistant.index.layout import Layout, Manifest
from assistant.index.store import PaperIndex
from assistant.index.vectors import VectorStore
from assistant.index.words import WordStore
from assistant.models.embedder import FakeEmbedder
from assistant.models.ports import Vectors
from assistant.retrieval.search import Searcher

DIMENSION = 384
_SEARCHED = 60
"""So many stored papers are searched for by their titles."""
_MISSED = 0.1
"""An approximate index may miss now and then what is right before it; a broken one misses much."""
_CHUNK = 40
"""So many papers are removed at once."""


class Embedder(FakeEmbedder):
    """Sums of random vectors, one a word: papers lie apart, as real ones do, and take no time.

    The word that only one title has weighs most, so that a title is near to its paper.
    """

    def __init__(self) -> None:
        super().__init__(DIMENSION)

    def _vector(self, text: str) -> Vectors:
        rows = np.stack([_of_word(word) * (1 if word.startswith("w") else 8) for word in text.split()])
        unit: Vectors = rows.sum(axis=0) / np.linalg.norm(rows.sum(axis=0))
        return unit


@cache
def _of_word(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)


def collection(count: int, edition: int) -> list[Paper]:
    """Papers of random words; in the second edition every third has another abstract, and a tenth is new."""
    papers = []
    for number in range(count + (count // 10 if edition > 1 else 0)):
        changed = edition if number % 3 == 0 else 1
        draw = random.Random(f"{number}/{changed}")
        words = [f"w{draw.randrange(4000)}" for _ in range(60)]
        title = random.Random(f"title {number}")
        abstract = f"{' '.join(words[:30])}. {' '.join(words[30:])}."
        papers.append(
            Paper(
                f"p{number}",
                f"t{number} " + " ".join(f"w{title.randrange(4000)}" for _ in range(6)),
                abstract,
                year=2000 + number % 25,
                sentences=split(abstract),
                sources=("library.bib",),  # the same file, changed: its own rows are updates
            )
        )
    return papers


def removed(count: int) -> list[str]:
    """The ids that the removal takes out."""
    return [f"p{number}" for number in range(0, count, 5)]


def add(layout: Layout, count: int, edition: int) -> None:
    """Add an edition of the collection."""
    index = opening.open_index(layout, Embedder(), create=True)
    index.add(collection(count, edition), lambda progress: tell(f"={progress.done}"))
    index.close()


def wait_and_add(layout: Layout, count: int, edition: int) -> None:
    """Try until the index is free, then add."""
    while True:
        try:
            return add(layout, count, edition)
        except IndexLockedError as error:
            tell(f"refused {error}")
            time.sleep(0.05)


def remove(layout: Layout, count: int) -> None:
    """Take papers out, some at a time."""
    index = opening.open_index(layout, Embedder())
    ids = removed(count)
    for start in range(0, len(ids), _CHUNK):
        index.remove(ids[start : start + _CHUNK])
        tell(f"={min(len(ids), start + _CHUNK)}")
    index.close()


def remake(layout: Layout) -> None:
    """Rebuild."""
    rebuild.rebuild(layout, Embedder(), lambda progress: tell(f"={progress.done}"))


def look(layout: Layout) -> None:
    """Open, settle and close."""
    opening.open_index(layout, Embedder(), create=True).close()


def check(layout: Layout, dump: Path) -> None:
    """Open, and find out whether all that is stored is right; the index is written to ``dump``."""
    embedder = Embedder()
    start = time.perf_counter()
    index = opening.open_index(layout, embedder, create=True)
    seconds = time.perf_counter() - start
    wrong = list(_wrong(index, embedder))
    ids = sorted(paper.id for paper in index.all())
    manifest = index.manifest
    chroma, words = dict(_rows(index)), dict(index._words.records())
    vectors = index._stores.vectors(ids)
    index.close()
    np.savez(
        dump,
        ids=np.array(ids),
        vectors=np.array([vectors[paper] for paper in ids], np.float32).reshape(len(ids), DIMENSION),
        chroma=json.dumps(chroma, sort_keys=True),
        words=json.dumps(words, sort_keys=True),
        manifest=json.dumps(
            [manifest.papers, manifest.sentences, manifest.content, manifest.embedder, manifest.dimension]
        ),
    )
    tell(json.dumps({"seconds": seconds, "wrong": wrong, "papers": len(ids), "state": manifest.state}))


def _rows(index: PaperIndex) -> Iterator[tuple[str, Any]]:
    for page in index._stores.pages():
        yield from page.items()


def _wrong(index: PaperIndex, embedder: Embedder) -> Iterator[str]:
    """What the open index says that is not so."""
    papers = {paper.id: paper for paper in index.all()}
    chroma = {paper_id for paper_id, _ in _rows(index)}
    if len(index) != len(papers) or chroma != set(papers):
        yield f"manifest {len(index)}, words {len(papers)}, Chroma {len(chroma)}"
        return
    vectors = index._stores.vectors(list(papers))
    for paper_id, paper in papers.items():
        if not np.allclose(vectors[paper_id], embedder.embed_query(paper.text), atol=1e-6):
            yield f"the vector of {paper_id} is of another text"
    if papers:
        searcher = Searcher(index, embedder)
        missed = 0
        for paper_id in random.Random(len(papers)).sample(sorted(papers), min(_SEARCHED, len(papers))):
            paper = papers[paper_id]
            [first, *_] = searcher.search(paper.title, 3)
            if first.paper != paper:
                yield f"{paper_id} is not found by its title, but {first.id}"
            vector = embedder.embed_query(paper.text)
            nearest = index.nearest(vector, 10)
            if any(abs(vectors[found] @ vector - cosine) > 1e-4 for found, cosine in nearest):
                yield f"the papers near {paper_id} are not as near as it says"
            missed += nearest[0][0] != paper_id
        if missed > _SEARCHED * _MISSED:
            yield f"{missed} of {_SEARCHED} papers are not found by their vectors"


def tell(line: str) -> None:
    """Say a line to the parent."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def announced(owner: Any, name: str, phase: str) -> None:
    """Have a function say that it begins."""
    original: Callable[..., Any] = getattr(owner, name)

    @wraps(original)
    def telling(*arguments: Any, **named: Any) -> Any:
        tell(f"@{phase}")
        return original(*arguments, **named)

    setattr(owner, name, telling)


def main() -> None:
    """Run as `python -m benchmarks.killed WHAT FOLDER ARGUMENT...`."""
    what, folder, *arguments = sys.argv[1:]
    announced(VectorStore, "__init__", "open")
    announced(VectorStore, "upsert", "Chroma")
    announced(VectorStore, "delete", "Chroma")
    announced(VectorStore, "flush", "flush")
    announced(WordStore, "write", "words")
    announced(Manifest, "save", "manifest")
    announced(store, "in_step", "settle")
    announced(opening, "rebuild", "restore")
    announced(rebuild, "swap", "swap")
    tell("ready")
    layout = Layout(Path(folder))
    match what:
        case "add":
            add(layout, *map(int, arguments))
        case "wait":
            wait_and_add(layout, *map(int, arguments))
        case "remove":
            remove(layout, *map(int, arguments))
        case "rebuild":
            remake(layout)
        case "open":
            look(layout)
        case "check":
            check(layout, Path(arguments[0]))


if __name__ == "__main__":
    main()
