"""A loopback HTTP server in the place of arXiv, OpenAlex and the rest; it answers from a script.

In a test::

    services.on("/api/query", Reply(status=429, headers={"Retry-After": "5"}), sample("arxiv/….xml"))

The replies to a path are given in turn, the last one again and again; one may be made by a function of the
request's parameters. An unknown path gets a 404.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

from assistant import Settings
from assistant.online.web import Clock

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Reply:
    """One answer; ``delay`` is silence before it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


Script = Reply | Callable[[dict[str, str]], Reply]


@dataclass(frozen=True)
class Asked:
    """What a client asked for."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


class Services:
    """The server, with what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._scripts: dict[str, list[Script]] = {}
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                path, params = unquote(parts.path), dict(parse_qsl(parts.query))
                services.asked.append(Asked(path, params, dict(self.headers)))
                reply = services._reply(path, params)
                time.sleep(reply.delay)
                with suppress(OSError):  # the client may have left
                    self.send_response(reply.status)
                    for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def on(self, path: str, *scripts: Script) -> None:
        """Set the replies to a path."""
        self._scripts[path] = list(scripts)

    def _reply(self, path: str, params: dict[str, str]) -> Reply:
        scripts = self._scripts.get(path)
        if not scripts:
            return Reply(b'{"error": "no such thing"}', 404)
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        return script(params) if callable(script) else script

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead here."""
        hosts = ("ARXIV", "OPENALEX", "S2", "CROSSREF", "DATACITE", "HF")
        return {f"ASSISTANT_{host}_URL": self.url for host in hosts}

    def settings(self, **others: Any) -> Settings:
        """The same for Python."""
        urls = {name.removeprefix("ASSISTANT_").lower(): url for name, url in self.environment.items()}
        return Settings.load(**{"contact": "reader@example.org", **urls, **others})

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class FakeClock:
    """A clock that nobody waits for; it notes the waits."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Be later."""
        self.waits.append(seconds)
        self.time += seconds


@pytest.fixture
def services() -> Iterator[Services]:
    """A server for one test."""
    server = Services()
    yield server
    server.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The time of the online sources in this test."""
    fake = FakeClock()
    monkeypatch.setattr(Clock, "now", lambda _: fake.time)
    monkeypatch.setattr(Clock, "sleep", lambda _, seconds: fake.sleep(seconds))
    return fake


def sample(name: str) -> Reply:
    """A recorded answer."""
    return Reply((SAMPLES / name).read_bytes())


def as_json(value: object) -> Reply:
    """An answer in JSON."""
    return Reply(json.dumps(value).encode())


def feed(entries: list[tuple[str, str, str]], total: int | None = None) -> Reply:
    """An answer of arXiv, made of ids, titles and days."""
    parts = [
        f"<entry><id>http://arxiv.org/abs/{name}v1</id><title>{escape(title)}</title>"
        f"<summary>About {name}. It has two sentences.</summary><published>{day}T08:00:00Z</published>"
        "<author><name>Ada Lovelace</name></author></entry>"
        for name, title, day in entries
    ]
    return Reply(
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><opensearch:totalResults>'
        f"{len(entries) if total is None else total}</opensearch:totalResults>"
        f"{''.join(parts)}</feed>".encode()
    )


def library(entries: list[tuple[str, str, str]]) -> Callable[[dict[str, str]], Reply]:
    """An arXiv that holds these, given newest first, and serves them page by page."""

    def page(params: dict[str, str]) -> Reply:
        start = int(params["start"])
        return feed(entries[start : start + int(params["max_results"])], len(entries))

    return page
