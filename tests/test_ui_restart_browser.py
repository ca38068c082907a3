"""A page that outlives its program: the next one answers it nothing before it shows what is true."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from selenium.webdriver.common.keys import Keys

from assistant import Assistant, Paper
from assistant.ui.runs import RUN

from .browser import Browser, Served, browser, serving  # noqa: F401 - browser is a fixture
from .openai_server import OpenAIServer
from .test_ui_browser import QUESTION, type_in
from .test_ui_library_browser import show
from .test_ui_settings_browser import choose

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LATER = "What causes over-squashing?"
ANEW = "The program was started anew."
NEVER_LOOKS = "Object.defineProperty(document, 'hidden', {get: () => true})"
"""The page then learns of a new program by what its reader does alone."""
REFUSED_FOR_EVER = """
sessionStorage.setItem("loads", Number(sessionStorage.getItem("loads")) + 1);
const real = window.fetch;
window.fetch = (to, how) => String(to.url || to).endsWith("/healthz")
  ? Promise.resolve(new Response("", {status: 409, headers: {"X-Paper-Assistant-Run": "another"}}))
  : real(to, how);
"""


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the sample collection that only this test has, with no other beside it."""
    return Path(shutil.copytree(sample_index, tmp_path / "store" / "main"))


def port(served: Served) -> str:
    return served.url.rpartition(":")[2]


def in_box(browser: Browser) -> str:  # noqa: F811
    return str(browser.wait("#pa-question textarea:enabled").get_property("value"))


def test_a_question_goes_to_no_model_that_was_switched_off_before_a_restart(
    browser: Browser,  # noqa: F811
    openai_server: OpenAIServer,
    index: Path,
    tmp_path: Path,
) -> None:
    with serving(index, tmp_path / "log", OPENAI_BASE_URL=openai_server.url) as served:
        browser.open(served.url)
        show(browser, "Settings")
        browser.wait("#pa-mode label", text="Quoted").click()
        browser.wait("#pa-header", text="no language model is asked")
        show(browser, "Ask")
        type_in(browser, QUESTION)
        browser.wait("#pa-status", text="Quoted from")
        browser.wait(".pa-next")
        browser.script(NEVER_LOOKS)
        assert served.end() == 0
    with serving(
        index, tmp_path / "log", OPENAI_BASE_URL=openai_server.url, ASSISTANT_PORT=port(served)
    ) as served:
        follow_up = browser.wait(".pa-next").text
        browser.script("arguments[0].click()", browser.wait(".pa-next"))
        browser.wait("#pa-anew", text=ANEW)
        browser.wait("#pa-header", text="Answers are written by")
        browser.wait("#turn-1 .pa-reply")
        assert in_box(browser) == follow_up
        assert openai_server.requests == []
        assert not browser.find("#turn-2")
        # The reader sends it, who has read by whom it will be answered; the line is told once.
        browser.wait("#pa-question textarea:enabled").send_keys(Keys.ENTER)
        browser.wait("#pa-status", text="Written by the language model")
        assert openai_server.chats
        browser.wait("#pa-anew button").click()
        assert not browser.find("#pa-anew")
        browser.reload()
        browser.wait("#turn-2 .pa-reply")
        assert not browser.find("#pa-anew")
        assert in_box(browser) == ""


def test_a_question_for_another_library_is_not_answered_from_the_first(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with Assistant.open(index.parent / "second") as second:
        second.add([Paper("h", "On herrings", "Herrings swim in schools, which keeps them safe.")])
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        show(browser, "Library")
        choose(browser, "#pa-library", "second")
        browser.wait("#pa-chosen", text="Now at “second”.")
        show(browser, "Ask")
        browser.wait("#pa-status", text="1 paper")
        browser.script(NEVER_LOOKS)
        assert served.end() == 0
    with serving(index, tmp_path / "log", ASSISTANT_PORT=port(served)) as served:
        type_in(browser, "Why do herrings swim in schools?")
        browser.wait("#pa-anew", text="Your question was not sent: it stands in the box.")
        browser.wait("#pa-status", text="203 papers")
        assert in_box(browser) == "Why do herrings swim in schools?"
        assert not browser.find("#turn-1")
        show(browser, "Library")
        browser.wait("#pa-place", text="of 203.")
        assert browser.wait("#pa-library input").get_property("value") == "main"


def test_an_open_page_finds_a_restart_by_itself_and_keeps_what_is_being_typed(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with serving(index, tmp_path / "log") as served:
        browser.open(served.url)
        type_in(browser, QUESTION)
        browser.wait(".pa-next")
        browser.fill(browser.wait("#pa-question textarea:enabled"), LATER)
        served.end(seconds=60)
        browser.wait("#pa-lost", text="Your conversation is kept", seconds=60)
    with serving(index, tmp_path / "log", ASSISTANT_PORT=port(served)):
        browser.wait("#pa-anew", text=ANEW)
        browser.wait("#turn-1 .pa-reply")
        assert in_box(browser) == LATER
        assert not browser.find("#pa-lost:not([hidden])")
        browser.wait("#pa-question textarea:enabled").send_keys(Keys.ENTER)
        browser.wait("#turn-2 .pa-tools")


def test_a_page_that_is_refused_again_and_again_is_loaded_anew_once(
    browser: Browser,  # noqa: F811
    index: Path,
    tmp_path: Path,
) -> None:
    with serving(index, tmp_path / "log") as served:
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": REFUSED_FOR_EVER})
        browser.open(served.url)
        # Looked for every five seconds; here also after what was told has been closed.
        browser.wait("#pa-anew", text=ANEW)
        browser.wait("#pa-anew button").click()
        browser.wait("#pa-anew", text="Close it, and open its address again.")
        assert browser.script("return sessionStorage.getItem('loads')") == "2"


def test_only_what_says_that_it_is_from_another_run_is_refused(index: Path, tmp_path: Path) -> None:
    with serving(index, tmp_path / "log", ASSISTANT_AUTH="ada:a long password") as served:
        status, current = ask(served, "/healthz", "")
        assert (status, len(current or "")) == (409, 32)
        for run in ("0" * 32, "%00" * 9999, f"{current} "[::-1]):
            assert ask(served, "/healthz", run) == (409, current)
        for served_as_ever in (current, None):
            assert ask(served, "/healthz", served_as_ever) == (200, None)
        # Who has to log in again is no exception: the page is loaded anew, and asks for the password.
        joining = {"data": ["x"], "fn_index": 0, "session_hash": "x"}
        assert ask(served, "/gradio_api/queue/join", "0" * 32, joining) == (409, current)
        assert ask(served, "/gradio_api/queue/join", current, joining)[0] == 401


def ask(served: Served, path: str, run: str | None, body: object = None) -> tuple[int, str | None]:
    """The status of a request, and the run that a refusal names."""
    headers = {"Content-Type": "application/json"} | ({} if run is None else {RUN: run})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(served.url + path, data, headers), timeout=30) as reply:
            return reply.status, reply.headers.get(RUN)
    except HTTPError as error:
        with error:
            assert error.headers["content-security-policy"]
            return error.code, error.headers.get(RUN)
