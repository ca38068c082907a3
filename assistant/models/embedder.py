"""The embedder inside the package, all-MiniLM-L6-v2 as int8 ONNX, and a fake one; knows nothing of papers.

One text is one run of the network on one thread, and several texts run side by side. Dynamic quantisation
scales a whole batch by its largest activation, so a batch would let neighbours change a vector (cosines
down to 0.975 for sentences); alone, a vector depends on nothing but its text, and no padding is computed.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from .networks import encodable, load_session, load_tokenizer, unloadable, usable_cores
from .ports import NO_VECTORS, Spans, Vectors

FOLDER = Path(__file__).parent / "minilm"
MODEL_SHA256 = "2f05aa2802af46b4c9a2033c70317b0cf9e62b42f80f01f4d53b99bed21503d6"
TOKENIZER_SHA256 = "6f6efedb5e8de0f5f666755da3a78d720810256c66c4eaf4af1b68c6670191cb"
DIMENSION = 384
MAX_TOKENS = 512
"""With ``[CLS]`` and ``[SEP]``: all that the network has places for. Its authors trained with 256, which cuts
the longer abstracts; whole they are found better (SciFact train, vectors alone: nDCG@10 0.661 for 0.655)."""
MAX_CHARACTERS = 16_384
"""Of a text, before it is tokenised. The longest token of the vocabulary has 18 characters, so 510 of them
with blanks between fill under 10,000; only long runs of white space, or words of over 100 characters (one
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
        """Begin to load the network and its tokenizer; the first text waits for them.

        Args:
            folder: Where ``model.onnx`` and ``tokenizer.json`` are.
            threads: How many texts are embedded side by side; by default as many as there are usable cores.
        """
        self.threads = threads or usable_cores()
        self._folder = folder
        self._loaded = False
        # In the background: an index takes as long to open, and wants its embedder after that.
        with_both = ThreadPoolExecutor(2, thread_name_prefix="load")
        self._tokenizer = with_both.submit(load_tokenizer, folder / "tokenizer.json", MAX_TOKENS)
        self._session = with_both.submit(load_session, folder / "model.onnx")
        with_both.shutdown(wait=False)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Float32 vectors of shape ``(len(texts), 384)`` and length 1, in the order of ``texts``.

        Raises:
            AssistantError: A file of the model is missing or damaged, or onnxruntime cannot be imported.
        """
        return self.embed_with_parts(texts, [()] * len(texts))[0]

    def embed_with_parts(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, list[Vectors]]:
        """The vectors of :meth:`embed`, and for each text those of its parts, shape ``(parts, 384)``.

        A part's vector is the mean of its tokens' states within the whole text (late chunking, Günther et
        al. 2024, arXiv:2409.04701), so it costs nothing beside the text's. It has length 1, or 0 where the
        text is cut before the part.
        """
        self._require()
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        of_parts = [NO_VECTORS] * len(texts)

        def run(row: int) -> None:
            vectors[row], of_parts[row] = self._run(texts[row], parts[row])

        # The longest first: the threads end together when what is left is short.
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        workers = min(self.threads, len(texts))
        if workers < 2:
            for row in order:
                run(row)
            return vectors, of_parts
        # A pool for each call: a question never queues behind the thousands of texts of an import.
        with ThreadPoolExecutor(workers, thread_name_prefix="embed") as pool:
            for _ in pool.map(run, order):
                pass
        return vectors, of_parts

    def embed_query(self, text: str) -> Vectors:
        """The float32 vector of a question, shape ``(384,)``, length 1: the same as that of a text."""
        self._require()
        return self._run(text, ())[0]

    def _require(self) -> None:
        """Wait for the network, and say so where it cannot be loaded."""
        if self._loaded:
            return
        try:
            self._run("", ())  # A sound file of another network fails here.
            self._loaded = True
        except Exception as error:
            raise unloadable("embedder", self._folder, error) from error

    def _run(self, text: str, parts: Spans) -> tuple[Vectors, Vectors]:
        tokens = self._tokenizer.result().encode(encodable(text[:MAX_CHARACTERS]))
        wanted = ["embedding", "states"] if parts else ["embedding"]
        ids = np.array([tokens.ids], dtype=np.int64)
        [vectors, *states] = self._session.result().run(wanted, {"input_ids": ids})
        vector: Vectors = vectors.reshape(DIMENSION)
        return vector, _pooled(states[0][0], tokens.offsets, parts) if parts else NO_VECTORS


def _pooled(states: Vectors, offsets: Sequence[tuple[int, int]], parts: Spans) -> Vectors:
    """The mean states of the tokens that begin in each part, scaled to length 1."""
    starts = [start for start, _ in offsets[1:-1]]  # without [CLS] and [SEP]
    vectors = np.zeros((len(parts), DIMENSION), dtype=np.float32)
    for row, (start, end) in enumerate(parts):
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        if first < last:
            mean = states[first + 1 : last + 1].mean(axis=0)
            vectors[row] = mean / np.linalg.norm(mean)
    return vectors


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

    def embed_with_parts(self, texts: Sequence[str], parts: Sequence[Spans]) -> tuple[Vectors, list[Vectors]]:
        """The vectors of :meth:`embed`, and those of the parts of each text by themselves."""
        of_parts = [
            np.array([self._vector(text[start:end]) for start, end in spans], dtype=np.float32)
            for text, spans in zip(texts, parts, strict=True)
        ]
        return self.embed(texts), of_parts

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
