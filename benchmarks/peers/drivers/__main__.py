"""A driver as a process: one JSON object a line in, one out, until the input ends.

    python -m benchmarks.peers.drivers NAME

Whatever the libraries print goes to standard error.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .port import Answering, Corpus

DRIVERS = {
    "bm25s": ("words", "Words", ("bm25s", "PyStemmer")),
    "chroma": ("chroma", "Chroma", ("chromadb",)),
    "exact": ("exact", "Exact", ("numpy",)),
    "llama-index": ("llamaindex", "LlamaIndex", ("llama-index-core", "llama-index-vector-stores-chroma")),
    "llama-index fusion": ("llamaindex", "Fusion", ("llama-index-core", "llama-index-retrievers-bm25")),
    "ours": ("ours", "Ours", ()),
    "paper-qa": ("paperqa", "PaperQa", ("paper-qa",)),
    "txtai": ("hybrid", "Txtai", ("txtai",)),
}
"""Module, class and the distributions whose versions are told."""


class Session:
    """What one process does with what it is told."""

    def __init__(self, name: str) -> None:
        """Import the libraries, and say how long that took."""
        module, kind, distributions = DRIVERS[name]
        start = time.perf_counter()
        made = getattr(importlib.import_module(f".{module}", __package__), kind)
        self._driver: Answering = made()
        versions = {each: importlib.metadata.version(each) for each in distributions}
        self.hello = {"import_seconds": time.perf_counter() - start, "versions": versions}

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What a line asks for."""
        return {"index": self._index, "search": self._search, "ask": self._ask}[request["do"]](request)

    def _index(self, request: Mapping[str, Any]) -> dict[str, Any]:
        before = _peak()
        corpus = Corpus(Path(request["papers"]), Path(request["vectors"]))
        start = time.perf_counter()
        self._driver.index(corpus, Path(request["folder"]))
        return {"seconds": time.perf_counter() - start, "before_mb": before, "peak_mb": _peak()}

    def _search(self, request: Mapping[str, Any]) -> dict[str, Any]:
        found, seconds = [], []
        for question, vector in zip(request["questions"], _vectors(request), strict=True):
            start = time.perf_counter()
            ids = self._driver.search(question, vector, request["k"], request.get("options", {}))
            seconds.append(time.perf_counter() - start)
            found.append(list(ids))
        return {"found": found, "seconds": seconds, "peak_mb": _peak()}

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        answers = []
        for question, vector in zip(request["questions"], _vectors(request), strict=True):
            start = time.perf_counter()
            answer = self._driver.ask(question, vector, request["url"], request.get("options", {}))
            answers.append({**answer, "seconds": time.perf_counter() - start})
        return {"answers": answers, "peak_mb": _peak()}


def _vectors(request: Mapping[str, Any]) -> Any:
    return np.asarray(np.load(request["question_vectors"])[request["rows"]], dtype=np.float32)


def _peak() -> float:
    """Megabytes; what ``getrusage`` tells begins with those of the process that started this one."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _loopback_only(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: nobody's measurement waits for a host elsewhere."""
    host = None
    if event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    if host not in {None, "", "127.0.0.1", "::1", "localhost"}:
        raise OSError(f"Measured without a network: {event} {host}")


def main() -> None:
    """Answer lines until there are none."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.addaudithook(_loopback_only)
    session = Session(sys.argv[1])

    def reply(value: Mapping[str, Any]) -> None:
        replies.write(json.dumps(value) + "\n")
        replies.flush()

    reply(session.hello)
    for line in sys.stdin:
        reply(session.answer(json.loads(line)))


if __name__ == "__main__":
    main()
