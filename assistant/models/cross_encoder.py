"""The cross-encoder inside the package: how likely a paper, and each of its sentences, answers a question.

Knows nothing of ranking.

An embedder reads question and paper apart, so what a paper says on this very question is blurred into all
that it says. A cross-encoder (Nogueira and Cho 2019, arXiv:1901.04085) lets each word of the one look at each
of the other, at the price of a run of the network for each pair, so it reads a few papers only. One run tells
of a whole abstract: sentences are scored within their context, as Wadden et al. do (2022, arXiv:2112.01640).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from ..types import Paper
from .embedder import FOLDER as EMBEDDER
from .networks import encodable, load_session, load_tokenizer, unloadable, usable_cores
from .ports import Vectors

FOLDER = Path(__file__).parent / "minicross"
MODEL_SHA256 = "773147745af241ded1839c9f755633aed8f2947c9b3a67267be48ebcee604c25"
MAX_TOKENS = 352
"""Of a question and a paper, as it was trained. A longer paper is read in parts of like length, which it was
trained for too."""
_MOST_PARTS = 4
"""Parts of one paper that are read; what is beyond them is not."""
_MOST_QUESTION, _MOST_TITLE, _MOST_SENTENCE = 64, 48, 160
"""Tokens; what is longer is cut, so that some of the abstract is read in any case."""
_CLS, _SEP = 101, 102
_NEVER = -20.0
"""The log odds of a sentence without tokens."""
_KEPT = 2048
"""Papers whose tokens are kept: the next questions find many of the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the cross-encoder makes of one paper, as log odds.

    ``paper`` is that the paper answers the question, ``sentences``, float32 of shape ``(read,)``, that each
    of its first ``read`` sentences does; an abstract's last ones may be beyond what it reads.
    """

    paper: float
    sentences: Vectors


class CrossEncoder:
    """The shipped cross-encoder. Threads may share one."""

    def __init__(self, folder: Path = FOLDER, *, threads: int | None = None) -> None:
        """Begin to load the network; the first paper waits for it.

        Args:
            folder: Where ``model.onnx`` is. The tokenizer is the embedder's.
            threads: How many papers are read side by side; by default as many as there are usable cores.
        """
        self.threads = threads or usable_cores()
        self._folder = folder
        self._loaded = False
        with_both = ThreadPoolExecutor(2, thread_name_prefix="load")
        self._tokenizer = with_both.submit(load_tokenizer, EMBEDDER / "tokenizer.json", None)
        self._session = with_both.submit(load_session, folder / "model.onnx")
        with_both.shutdown(wait=False)
        # It does not know us: else a closed library would wait for the garbage collector.
        self._tokens = lru_cache(_KEPT)(partial(_taken_apart, self._tokenizer))

    def read(self, question: str, papers: Sequence[Paper]) -> list[Reading]:
        """What each of the papers, which have abstracts, says on the question; in their order.

        Raises:
            AssistantError: A file of the model is missing or damaged, or onnxruntime cannot be imported.
        """
        if not papers:
            return []
        try:
            asked = [_CLS, *_ids(self._tokenizer.result(), question, _MOST_QUESTION), _SEP]
            if not self._loaded:
                self._run([_CLS, _SEP], 1)  # A sound file of another network fails here.
                self._loaded = True
        except Exception as error:
            raise unloadable("cross-encoder", self._folder, error) from error
        workers = min(self.threads, len(papers))
        if workers < 2:
            return [self._read(asked, paper) for paper in papers]
        with ThreadPoolExecutor(workers, thread_name_prefix="read") as pool:
            return list(pool.map(lambda paper: self._read(asked, paper), papers))

    def _read(self, asked: list[int], paper: Paper) -> Reading:
        title, sentences = self._tokens(paper)
        before = [*asked, *title, _SEP]
        of_paper: list[float] = []
        of_sentences: list[float] = []
        for part in _parts(sentences, MAX_TOKENS - len(before) - 1):
            ids, spans = [*before], []
            for sentence in part:
                spans.append((len(ids), len(ids) + len(sentence)))
                ids += sentence
            ids.append(_SEP)
            odds, of_tokens = self._run(ids, len(asked))
            of_paper.append(float(odds[0]))
            of_sentences += [
                float(of_tokens[0, start:end].mean()) if start < end else _NEVER for start, end in spans
            ]
        return Reading(max(of_paper), np.array(of_sentences, dtype=np.float32))

    def _run(self, ids: list[int], asked: int) -> tuple[Vectors, Vectors]:
        """The network's outputs for one text, of which the first ``asked`` tokens are the question's."""
        kinds = np.zeros((1, len(ids)), dtype=np.int64)
        kinds[0, asked:] = 1
        given = {"input_ids": np.array([ids], dtype=np.int64), "token_type_ids": kinds}
        paper, tokens = self._session.result().run(["paper", "tokens"], given)
        return paper, tokens


def _taken_apart(loaded: Future[Any], paper: Paper) -> tuple[list[int], list[list[int]]]:
    """The tokens of a paper's title and of each of its sentences."""
    tokenizer = loaded.result()
    sentences = [_ids(tokenizer, sentence.text, _MOST_SENTENCE) for sentence in paper.sentences]
    return _ids(tokenizer, paper.title, _MOST_TITLE), sentences


def _ids(tokenizer: Any, text: str, most: int) -> list[int]:
    text = encodable(" ".join(text[: 40 * most].split()))
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids[:most]


def _parts(sentences: list[list[int]], room: int) -> list[list[list[int]]]:
    """The sentences in as few parts as fit into ``room`` tokens each, all about as long."""
    total = sum(map(len, sentences))
    share = total / max(1, -(-total // room))
    parts: list[list[list[int]]] = [[]]
    filled = 0
    for sentence in sentences:
        if parts[-1] and (filled + len(sentence) > room or filled + len(sentence) / 2 > share):
            if len(parts) == _MOST_PARTS:
                break
            parts.append([])
            filled = 0
        parts[-1].append(sentence)
        filled += len(sentence)
    return parts
