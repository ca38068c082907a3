"""A peer as a process of its own, so that its memory and its start are its own; talks JSON lines with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = frozenset({"ours", "exact"})
"""Drivers that need nothing but our own environment."""
ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "False",
    "ASSISTANT_CACHE_MB": "0",
    "HF_HUB_OFFLINE": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "TOKENIZERS_PARALLELISM": "false",
}
_PRIVATE = ("OPENAI_", "ASSISTANT_", "ANTHROPIC_", "PQA_")


def peers_python() -> Path:
    """The interpreter of the peers' environment, whether it is there or not."""
    folder = Path(os.environ.get("PAPER_ASSISTANT_PEERS", ROOT / ".venv-peers"))
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def there(drivers: Sequence[str]) -> list[str]:
    """Those of the drivers that can run here; says what is missing."""
    if peers_python().exists():
        return list(drivers)
    found = [driver for driver in drivers if driver in OURS]
    print(
        f"{peers_python()} is not there, so only {', '.join(found)} are measured; `make peers` makes it.",
        file=sys.stderr,
    )
    return found


class PeerError(Exception):
    """A peer that ended; the message is the end of what it said."""


class Peer:
    """One running driver; a context manager."""

    def __init__(self, driver: str, command: Sequence[str] | None = None) -> None:
        """Start it, and wait until its libraries are imported."""
        python = sys.executable if driver in OURS else str(peers_python())
        command = command or [python, "-m", "benchmarks.peers.drivers", driver]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._home = tempfile.TemporaryDirectory()
        environment |= ENVIRONMENT | {"PQA_HOME": self._home.name, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            cwd=self._home.name,
            env=environment,
        )
        self.driver = driver
        try:
            self.hello = self._reply()
        except PeerError:
            self.close()
            raise

    def call(self, do: str, **request: object) -> dict[str, Any]:
        """Tell it to do something, and wait for what it says."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self._process.stdin.flush()
        return self._reply()

    def _reply(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode("utf-8", "replace")[-2000:]
            raise PeerError(f"{self.driver} ended with {self._process.returncode}:\n{said}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
        self._home.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def versions(hellos: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The versions of all libraries that took part."""
    return dict(sorted({name: v for hello in hellos for name, v in hello["versions"].items()}.items()))
