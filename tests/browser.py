"""A headless Chromium, and a page in a process of its own, with all that either asks the network for."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from .conftest import need

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LOCAL_SCHEMES = {"data", "blob", "about", "chrome"}
_GOING = (NoSuchElementException, StaleElementReferenceException)
_BROKEN_OFF = re.compile(r"AbortError: signal is aborted|Connection errored out")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
    # Whatever the page tries to reach stays here; the attempt is logged all the same.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass
class Browser:
    """A driver with the few things our tests do."""

    driver: webdriver.Chrome
    seconds: float = 30.0
    _said: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        """Load a page."""
        self.driver.get(url)

    def resize(self, width: int, height: int) -> None:
        """Give the page that many pixels; windows have a smallest width, this has none."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def find(self, selector: str) -> list[WebElement]:
        """The elements that match now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, selector: str, *, text: str = "", seconds: float | None = None) -> WebElement:
        """The first visible element that matches, and holds the text, as soon as there is one."""

        def visible(_: object) -> WebElement | None:
            matching = (element for element in self.find(selector) if element.is_displayed())
            return next((element for element in matching if text in element.text), None)

        missing = f"no visible {selector!r}" + (f" with {text!r}" if text else "")
        waiting = WebDriverWait(
            self.driver, seconds or self.seconds, poll_frequency=0.1, ignored_exceptions=_GOING
        )
        found = waiting.until(visible, missing)
        assert found
        return found

    def script(self, code: str, *arguments: object) -> Any:
        """What a piece of script returns."""
        return self.driver.execute_script(code, *arguments)

    def fill(self, box: WebElement, text: str) -> None:
        """Put a text into a box as a paste would, line ends and odd characters included."""
        self.script(
            "arguments[0].value = arguments[1];"
            "arguments[0].dispatchEvent(new Event('input', {bubbles: true}));",
            box,
            text,
        )

    def requests(self) -> list[str]:
        """Every address asked for since the last call, local schemes left out."""
        addresses = []
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                addresses.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                addresses.append(message["params"]["url"])
        return [address for address in addresses if urlsplit(address).scheme not in LOCAL_SCHEMES]

    def foreign_requests(self) -> list[str]:
        """Those of them that leave this machine."""
        return [address for address in self.requests() if urlsplit(address).hostname not in LOOPBACK]

    def reload(self) -> None:
        """Load the page anew."""
        self._leave(self.driver.refresh)

    def close_tab(self) -> None:
        """Close this tab and go to the first."""

        def close() -> None:
            self.driver.close()
            self.driver.switch_to.window(self.driver.window_handles[0])

        self._leave(close)

    def _leave(self, leave: Callable[[], None]) -> None:
        """Leave a page, whose broken-off calls Gradio then tells the console of, or not: a race."""
        self._said += self._errors()
        leave()
        self._said += [said for said in self._errors() if not _BROKEN_OFF.search(said)]

    def complaints(self) -> list[str]:
        """What the console says at the level of an error since the last call."""
        said, self._said = self._said + self._errors(), []
        return said

    def _errors(self) -> list[str]:
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


def start(profile: Path, size: tuple[int, int] = (1280, 800)) -> Browser:
    """A Chromium with an empty profile; ``driver.quit()`` ends it."""
    assert CHROMIUM is not None
    assert DRIVER is not None
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*_FLAGS, f"--window-size={size[0]},{size[1]}", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    browser = Browser(driver)
    browser.resize(*size)
    return browser


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A fresh Chromium of 1280 by 800, skipped where there is none."""
    need(CHROMIUM and DRIVER, "Chromium with its driver (Debian: chromium, chromium-driver)")
    running = start(tmp_path / "chromium")
    try:
        yield running
    finally:
        running.driver.quit()


_ROOT = Path(__file__).resolve().parent.parent
_READY = re.compile(r"ready at (http://\S+)")
_LAUNCH = """
import runpy, sys

def watch(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
    else:
        return
    if host not in {None, "", "127.0.0.1", "::1", "localhost"}:
        sys.stderr.write(f"FOREIGN {event} {host}\\n")

sys.addaudithook(watch)
runpy.run_path("app.py", run_name="__main__")
"""


@dataclass
class Served:
    """``app.py`` in a process of its own."""

    process: subprocess.Popen[str]
    log: Path
    url: str = ""

    def get(self, path: str) -> tuple[int, Message, str]:
        """Status, headers and body of one address."""
        try:
            with urlopen(self.url + path, timeout=30) as reply:
                return reply.status, reply.headers, reply.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def wait_until(self, status: str, seconds: float = 60.0) -> None:
        """Wait for what ``/healthz`` says."""
        deadline = time.monotonic() + seconds
        while json.loads(self.get("/healthz")[2])["status"] != status:
            assert time.monotonic() < deadline, self.errors()
            time.sleep(0.05)

    def errors(self) -> str:
        """What the process wrote to its standard error."""
        return self.log.read_text("utf-8")

    def end(self, number: int = signal.SIGINT, seconds: float = 20.0) -> int:
        """End the process as its user would; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


@contextmanager
def serving(index: Path, log: Path, *, first: str = "", **environment: str) -> Iterator[Served]:
    """The page over an index, in a process that notes in ``log`` whatever leaves the machine.

    The process runs the code ``first`` before anything else.
    """
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ASSISTANT_", "OPENAI_", "GRADIO_"))
    }
    variables |= {"ASSISTANT_INDEX": str(index), "PYTHONUNBUFFERED": "1", **environment}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", first + _LAUNCH],
            cwd=_ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    served = Served(process, log)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := _READY.search(line):
                served.url = found[1]
                break
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert process.stdout is not None
        process.stdout.close()
