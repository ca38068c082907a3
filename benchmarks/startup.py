"""How long a person waits before anything happens, and how much memory it takes.

    python -m benchmarks.startup [--runs 5]

Each figure is the median of fresh processes; a bare `python -c pass` and the import of the libraries that
cannot be avoided stand beside them, since absolute times differ from machine to machine.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from assistant import Assistant, sample_collection

from .data import arguments, table

PYTHON = sys.executable
COMMAND = (PYTHON, "-c", "from assistant.cli import main; main()")
SUBJECT = "speculative decoding"
QUESTION = "What causes over-squashing in graph neural networks?"


def seconds(*command: str) -> float:
    """The wall time of a process, in seconds."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def page(index: Path) -> float:
    """Seconds from the start of the server until its page is answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    server = subprocess.Popen(
        [*COMMAND, "serve", "--index", str(index), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - start < 120:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as reply:
                    reply.read()
                    return time.perf_counter() - start
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise TimeoutError("the page did not come up")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    folder = Path(tempfile.mkdtemp())
    try:
        with Assistant.open(folder / "index") as assistant:
            assistant.add(sample_collection())
        index = str(folder / "index")
        commands = {
            "python -c pass": (PYTHON, "-c", "pass"),
            "import assistant": (PYTHON, "-c", "import assistant"),
            "paper-assistant --help": (*COMMAND, "--help"),
            "import chromadb, onnxruntime, tantivy": (PYTHON, "-c", "import chromadb, onnxruntime, tantivy"),
            "paper-assistant search": (*COMMAND, "search", QUESTION, "--index", index),
            "paper-assistant ask": (*COMMAND, "ask", QUESTION, "--index", index),
            "paper-assistant summarize": (*COMMAND, "summarize", SUBJECT, "--index", index),
        }
        body: list[tuple[object, ...]] = []
        for name, command in commands.items():
            seconds(*command)  # byte code and file cache
            body.append((name, statistics.median(seconds(*command) for _ in range(runs))))
        body.append(
            ("page answered, with an index", statistics.median(page(folder / "index") for _ in range(3)))
        )
        body.append(("page answered, first start", page(folder / "new")))
        table(f"Seconds, median of {runs} runs", ("process", "seconds"), body)
        command = (*COMMAND, "ask", QUESTION, "--index", index)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        print(f"\nPeak memory of `paper-assistant ask`: {usage.ru_maxrss / 1024:.0f} MB")
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"Peak memory of indexing the sample: {own / 1024:.0f} MB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
