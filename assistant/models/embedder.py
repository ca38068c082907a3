"""The embedder inside the package, all-MiniLM-L6-v2 as int8 ONNX, and a fake one; knows nothing of papers.

One text is one run of the network on one thread, and several texts run side by side. Dynamic quantisation
scales a whole batch by its largest activation, so a batch would let neighbours change a vector (cosines
down to 0.975 for sentences); alone, a vector depends on nothing but its text, and no padding is computed.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import AssistantError
from .ports import Vectors

FOLDER = Path(__file__).parent / "minilm"
MODEL_SHA256 = "d2ac448d3a9e08cfb9afc1f1f3317df6ecafa98ed40935f716bbc0f598dd446d"
TOKENIZER_SHA256 = "6f6efedb5e8de0f5f666755da3a78d720810256c66c4eaf4af1b68c6670191cb"
DIMENSION = 384
MAX_TOKENS = 256
"""With ``[CLS]`` and ``[SEP]``; the length that the model's authors chose."""
MAX_CHARACTERS = 16_384
"""Of a text, before it is tokenised. The longest token of the vocabulary has 18 characters, so 254 of them
with blanks between fill under 5,000; only long runs of white space, or words of over 100 characters (one
``[UNK]`` each), get a text past this limit with room left for more."""
UNRELATED_BELOW = 0.26
"""The best cosine over a collection is under this for none of SciFact's 809 training claims and for 1 of 152
questions to the sample collection; for 97 % of those claims where they are asked of the sample. A large
collection has something near anything: of the sample's questions asked of SciFact's 5,183, it is for 26 %."""


class MiniLM:
    """The shipped embedder. Threads may share one. It takes about 90 MB of memory."""

    fingerprint = f"all-MiniLM-L6-v2/int8/{DIMENSION}/{MAX_TOKENS}/{MODEL_SHA256[:8]}{TOKENIZER_SHA256[:4]}"
    """Model, quantisation, dimension, most tokens, and the files' SHA-256 (which a test verifies, and no
    start has to wait for)."""
    dimension = DIMENSION
    unrelated_below = UNRELATED_BELOW

    def __init__(self, folder: Path = FOLDER, *, threads: int | None = None) -> None:
        """Load the network and its tokenizer.

        Args:
            folder: Where ``model.onnx`` and ``tokenizer.json`` are.
            threads: How many texts are embedded side by side; by default one for each usable core.

        Raises:
            AssistantError: A file is missing or damaged, or onnxruntime itself cannot be imported.
        """
        self.threads = threads or _usable_cores()
        try:
            self._tokenizer = _load_tokenizer(folder / "tokenizer.json")
            self._session = _load_session(folder / "model.onnx")
            self._run("")  # A sound file of another network fails here.
        except Exception as error:
            # Both libraries raise bare ``Exception``s, and the reader can do but one thing about any.
            reason = " ".join(str(error).split())[:200]
            raise AssistantError(
                f"The embedder in {folder} cannot be loaded ({type(error).__name__}: {reason}).",
                "Install paper-assistant again: pip install --force-reinstall paper-assistant",
            ) from error

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Float32 vectors of shape ``(len(texts), 384)`` and length 1, in the order of ``texts``."""
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        workers = min(self.threads, len(texts))
        if workers < 2:
            for row, text in enumerate(texts):
                vectors[row] = self._run(text)
            return vectors
        # A pool for each call: a question never queues behind the thousands of texts of an import.
        with ThreadPoolExecutor(workers, thread_name_prefix="embed") as pool:
            for row, vector in enumerate(pool.map(self._run, texts)):
                vectors[row] = vector
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """The float32 vector of a question, shape ``(384,)``, length 1: the same as that of a text."""
        return self._run(text)

    def _run(self, text: str) -> Vectors:
        tokens = self._tokenizer.encode(encodable(text[:MAX_CHARACTERS]))
        [vectors] = self._session.run(["embedding"], {"input_ids": np.array([tokens.ids], dtype=np.int64)})
        vector: Vectors = vectors.reshape(DIMENSION)
        return vector


class FakeEmbedder:
    """Hashed bags of words: texts with words in common are close, in this process and in any other.

    ``calls`` records the texts of each ``embed``, ``queries`` those of ``embed_query``.
    """

    def __init__(self, dimension: int = 64, *, unrelated_below: float | None = None) -> None:
        """Make vectors of ``dimension`` numbers; ``unrelated_below`` is what it says of itself."""
        self.dimension = dimension
        self.unrelated_below = unrelated_below
        self.fingerprint = f"fake/{dimension}"
        self.calls: list[tuple[str, ...]] = []
        self.queries: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Float32 vectors of shape ``(len(texts), dimension)`` and length 1."""
        self.calls.append(tuple(texts))
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """The vector of ``text``, shape ``(dimension,)``: the same as ``embed`` gives it."""
        self.queries.append(text)
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            vector[zlib.crc32(word.encode("utf-8", "replace")) % self.dimension] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


def _usable_cores() -> int:
    """The cores that this process may run on, fewer than the machine's in a container or under taskset."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def encodable(text: str) -> str:
    """The text with surrogate pairs joined and lone ones replaced; tokenizers and JSON take valid Unicode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _load_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(path.read_text("utf-8"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _load_session(path: Path) -> Any:
    # From 1.29 on, onnxruntime sends usage data to its maker also on Linux and macOS, and keeps a file for
    # it in the home folder. Only this variable, set before the first import, prevents both; the function
    # below comes too late for the first event, but is all there is for older builds on Windows.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime  # type: ignore[import-untyped]

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # A file that does not load is told by the exception.
    return onnxruntime.InferenceSession(
        str(path),
        options,
        providers=["CPUExecutionProvider"],
        # The fused kernel is slower than the two it replaces: 12 % of the whole on an abstract.
        disabled_optimizers=["SkipLayerNormFusion"],
    )
