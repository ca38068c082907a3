"""The page behind a reverse proxy at a sub-path, and behind a login, in a real Chromium."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from assistant.serving.users import hashed, save

from .browser import Browser, browser, serving  # noqa: F401 - browser is a fixture
from .chroma_server import free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser]

QUESTION = "How can speculative decoding adapt its draft length?"


@contextmanager
def proxy(prefix: str, target: int, port: int) -> Iterator[list[str]]:
    """Shows a server below a sub-path, as nginx does: not buffered, with the name it was asked by."""
    outside: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                outside.append(self.path)
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = dict(self.headers) | {
                "X-Forwarded-Host": self.headers["Host"],
                "X-Forwarded-Proto": "http",
            }
            connection = HTTPConnection("127.0.0.1", target, timeout=60)
            with suppress(OSError):
                connection.request(self.command, self.path.removeprefix(prefix), body, headers)
                reply = connection.getresponse()
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in {"transfer-encoding", "connection", "date", "server"}:
                        self.send_header(name, value)
                self.end_headers()
                while piece := reply.read1():
                    self.wfile.write(piece)
            connection.close()

        do_GET = do_POST = do_HEAD = _pass  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield outside
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def ask_and_be_answered(browser: Browser) -> None:  # noqa: F811
    box = browser.wait("#pa-question textarea:enabled")
    browser.fill(box, QUESTION)
    box.send_keys(Keys.ENTER)
    browser.wait("#pa-status", text="Quoted from")
    browser.wait("#pa-sources article.pa-source mark")


def test_at_a_sub_path(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    with serving(index, tmp_path / "log", ASSISTANT_ROOT_PATH="/papers") as served:
        port = free_port()
        with proxy("/papers", int(served.url.rpartition(":")[2]), port) as outside:
            browser.open(f"http://127.0.0.1:{port}/papers/")
            ask_and_be_answered(browser)
            # Our style sheet has come, and so has the theme's.
            script = "return getComputedStyle(document.querySelector('#pa-sources mark')).backgroundColor"
            assert browser.script(script) not in {"", "rgba(0, 0, 0, 0)"}
            # Gradio names these from the root; nothing of the page hangs on them.
            assert set(outside) <= {"/favicon.ico", "/manifest.json"}
            asked = {address.split("/papers/")[0] for address in browser.requests() if "/papers/" in address}
            assert asked == {f"http://127.0.0.1:{port}"}
            assert browser.foreign_requests() == []
        assert served.end() == 0


def test_users_log_in_and_are_answered(browser: Browser, index: Path, tmp_path: Path) -> None:  # noqa: F811
    save({"ada": hashed("correct horse")}, tmp_path / "users")
    with serving(index, tmp_path / "log", ASSISTANT_AUTH_FILE=str(tmp_path / "users")) as served:
        browser.open(served.url)
        browser.wait("input[type=password]")
        assert not browser.find("#pa-question")
        name = browser.find("input:not([type=password]), textarea")[0]
        name.send_keys("ada")
        browser.wait("input[type=password]").send_keys("wrong" + Keys.ENTER)
        browser.wait("button", text="Login")
        browser.wait("body", text="ncorrect")
        box = browser.wait("input[type=password]")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys("correct horse" + Keys.ENTER)
        ask_and_be_answered(browser)
        assert served.end() == 0
