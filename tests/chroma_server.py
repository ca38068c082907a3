"""A real `chroma run` on loopback in a process of its own, and a proxy that sees and spoils its requests."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest

_RUN = "import sys; from chromadb.cli.cli import app; sys.argv[0] = 'chroma'; app()"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Chroma:
    """`chroma run` over a folder; can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run until it answers."""
        command = [sys.executable, "-c", _RUN, "run", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--path", str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError):
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                try:
                    connection.request("GET", "/api/v2/heartbeat")
                    if connection.getresponse().status == 200:
                        return
                finally:
                    connection.close()
            time.sleep(0.05)
        raise AssertionError("chroma run does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass
class Seen:
    """A request that went through the proxy, and what came back."""

    method: str
    path: str
    status: int
    reply: bytes

    @property
    def ids(self) -> list[str]:
        """The ids of the rows that came back."""
        found = json.loads(self.reply).get("ids") or [] if self.path.endswith("/get") else []
        return list(found)


Spoil = Callable[[str, str], tuple[int, str, bytes] | None]


@dataclass
class Proxy:
    """Passes requests on to ``target``; ``header`` is demanded, ``spoil`` may answer in its place."""

    target: int
    header: tuple[str, str] | None = None
    spoil: Spoil = lambda _method, _path: None
    seen: list[Seen] = field(default_factory=list)

    def __enter__(self) -> Self:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, kind, reply = proxy.answer(self.command, self.path, dict(self.headers), body)
                proxy.seen.append(Seen(self.command, self.path, status, reply))
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(reply)))
                    self.end_headers()
                    self.wfile.write(reply)

            do_GET = do_POST = do_PUT = do_DELETE = _pass  # noqa: N815

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        """The server's answer, or another one."""
        json_type = "application/json"
        if self.header and {k.lower(): v for k, v in headers.items()}.get(self.header[0]) != self.header[1]:
            said = {"error": "AuthError", "message": f"Forbidden: {headers.get('Authorization')}"}
            return 401, json_type, json.dumps(said).encode()
        if spoiled := self.spoil(method, path):
            return spoiled
        connection = HTTPConnection("127.0.0.1", self.target, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": json_type})
            reply = connection.getresponse()
            return reply.status, reply.headers.get("Content-Type") or "text/plain", reply.read()
        except OSError:
            return 502, "text/plain", b"bad gateway"
        finally:
            connection.close()


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A server for all tests; each uses a library of its own name."""
    server = Chroma(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.kill()
